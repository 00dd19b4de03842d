"""The port to where pictures are opened that come inside JSON, as data URLs.

Whoever answers requests never opens a picture: what decodes files from anybody is large, slow to load, and the
part that a hostile file would attack. It has a function of its own, which may write pictures and nothing else.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, Protocol

from scene_studio.model.errors import ImageRejected
from scene_studio.model.upload import Picture

MAX_PICTURES: Final = 1000
"""How many one request may bring; with a body of 4 MiB they would be 4 KiB each."""
SECONDS: Final = 20
"""How long it may take to open and store those of one request; the rest of 29 s is for the documents."""

Kind = Literal["product", "revision", "scene"]


@dataclass(frozen=True, slots=True)
class InlinePicture:
    """A picture that came inside JSON.

    Attributes:
        kind: what it is a picture of, which says in which form it is stored.
        ids: what it is stored under, within its client: product and picture; studio, slot and revision; or
            studio and scene.
        data: the file.
    """

    kind: Kind
    ids: tuple[str, ...]
    data: bytes


class InlinePictureRejected(ImageRejected):
    """One of the pictures cannot be used; nothing was stored.

    Attributes:
        at: its place among those that were given.
    """

    def __init__(self, at: int, detail: str) -> None:
        super().__init__(detail)
        self.at = at


class InlinePictures(Protocol):
    """Opens and stores pictures that came inside JSON."""

    def take_in(self, client_id: str, pictures: Sequence[InlinePicture]) -> Sequence[Picture | None]:
        """Open all of them, and store them once all could be opened.

        What is stored already stays as it is, so this can be repeated.

        Args:
            client_id: whose they are.
            pictures: at most `MAX_PICTURES`.

        Returns:
            What is known of each picture of a product; None for the others.

        Raises:
            InlinePictureRejected: one cannot be used; nothing was stored.
            Busy: they could not be opened or stored this time; some may be stored, and nothing names them.
        """
        ...
