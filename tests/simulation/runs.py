"""Runs of machines: of a worker or of ingestion, about one message, and of the janitor."""

from dataclasses import dataclass

from tests.simulation.state import State


@dataclass(slots=True, eq=False, repr=False)
class MachineRun:
    """One run of a machine in one container.

    Attributes:
        name: what it is called in the story.
        began: when it began, in milliseconds on the wall's clock.
        slot_id: for workers, the slot of the picture that the message speaks of.
        image_id: for workers, that picture.
        last: for workers, whether the message will not come again.
        takes_in: for ingestion, the key of the file that the message speaks of.
        seen: the studio as it read it last.
        seen_at: when that was.
        claimed_at: when its claim was written; None if none was.
        ended: how it ended: `done`, `failed` or `died`; empty while it runs.
    """

    name: str
    began: int
    slot_id: str = ""
    image_id: str = ""
    last: bool = False
    takes_in: str = ""
    seen: State | None = None
    seen_at: int = 0
    claimed_at: int | None = None
    ended: str = ""

    def __repr__(self) -> str:
        return f"{self.name} {self.image_id[:8] or self.takes_in}".rstrip()

    @property
    def is_janitor(self) -> bool:
        """Whether it is the janitor's."""
        return not self.image_id and not self.takes_in
