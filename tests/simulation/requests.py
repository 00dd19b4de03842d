"""Requests as their senders know them, each run of one, and the answers."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from scene_studio.store.cache import Versioned
from scene_studio.store.keys import UploadPlace
from scene_studio.store.saving import Saved
from tests.simulation.oracle import Expected, Intent


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants of pictures.

    Attributes:
        slots: whose.
        image_ids: to cancel or retry: which; None for all.
        count: to generate: how many for each slot.
        products: likewise: what stands in them.
        style: likewise: the one setting that is not the slot's.
        seed: likewise: of the first of each slot; None for one of its own.
    """

    slots: tuple[str, ...]
    image_ids: tuple[str, ...] | None = None
    count: int = 0
    products: tuple[str, ...] = ()
    style: str = ""
    seed: int | None = None


@dataclass(slots=True, eq=False, repr=False)
class Request:
    """A request, which may run several times under one key.

    Attributes:
        kind: `edit`, `generate`, `cancel`, `retry`, `await`, `import`, `create`, `delete`, `undelete` or
            `read`.
        key: its idempotency key.
        body: what it sends, as text.
        intent: for edits, what is wanted.
        strict: whether a conflict is to refuse it.
        slot_id: the slot it is about, if it is about one.
        adds: the slot that it adds, if it adds one.
        revives: whether it brings the slot back.
        wish: what it wants of pictures.
        place: for files that are awaited, what for; the function names the upload, but for a new scene.
        imported: for imports, the slots that come in, by id, as JSON members.
        tag: for deletions of the studio, the entity tag that must hold.
        refused: the refusal that was answered, if any.
        writes: the numbers of the versions that it wrote.
        clients_written: how often it wrote the client.
        expected: what it had to come to when it was written.
    """

    kind: str
    key: str
    body: str
    intent: Intent = field(default_factory=Intent)
    strict: bool = False
    slot_id: str | None = None
    adds: bool = False
    revives: bool = False
    wish: Wish = Wish(())
    place: UploadPlace | None = None
    imported: Mapping[str, Any] = field(default_factory=dict)
    tag: str | None = None
    refused: str | None = None
    writes: list[int] = field(default_factory=list)
    clients_written: int = 0
    expected: Expected | None = None

    def __repr__(self) -> str:
        body = re.sub(
            r"'(varietyLevel|surroundings|cameraAngle|colorScheme|props|colorTheme|accessories|promptText|history"
            r"|historyCount|status)': ('[^']*'|[^,}]*)(, )?",
            "",
            self.body,
        )
        return f"{self.key} {self.kind} {body}"


@dataclass(slots=True, eq=False)
class Run:
    """One run of a request in one container.

    Attributes:
        started: how many versions the studio had when it began.
        now: when it began, in milliseconds on the wall's clock.
        said_unwritten: whether it was answered that nothing was written.
        wrote: whether it wrote something.
    """

    request: Request
    started: int
    now: int
    said_unwritten: bool = False
    wrote: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back.

    Attributes:
        entry: the studio that it shows, with its version.
        saved: for merged edits, how it went.
        etag: the header.
        whole: whether the body is the whole studio.
        unchanged: whether it is 304.
        images: the slots and ids of the pictures that were asked for.
        rev: that of the studio as it was answered, where the answer holds nothing else of it.
        ticket: for files that are awaited, the key that they are to be sent to.
    """

    entry: Versioned[Any] | None = None
    saved: Saved | None = None
    etag: str | None = None
    whole: bool = False
    unchanged: bool = False
    images: tuple[tuple[str, str], ...] = ()
    rev: int | None = None
    ticket: str | None = None
