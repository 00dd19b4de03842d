"""What the share routes take in their bodies."""

from typing import Annotated

from pydantic import Field, StrictBool

from scene_studio.model.base import Items
from scene_studio.model.edits import Request
from scene_studio.model.identifiers import Id
from scene_studio.model.share import DEFAULT_DAYS, MAX_DAYS, MAX_MARKS, ShareName


class NewShare(Request):
    """A guest link to make.

    Attributes:
        expires_in_days: for how long guests may come in by it.
        name: for the team, to tell their links apart.
    """

    expires_in_days: Annotated[int, Field(ge=1, le=MAX_DAYS, strict=True)] = DEFAULT_DAYS
    name: ShareName | None = None


class GuestFavorite(Request):
    """A picture that a guest marks.

    Attributes:
        favorite: whether it is to be marked, or not any more.
    """

    slot_id: Id
    image_id: Id
    favorite: StrictBool = True


class GuestFavorites(Request):
    """Marks that a guest sets or takes away; those that are not named stay.

    So two people who came by one link, and two tabs, keep each other's marks, and a request that is repeated
    changes nothing more.
    """

    favorites: Annotated[tuple[GuestFavorite, ...], Items(MAX_MARKS, all_told=True)]
