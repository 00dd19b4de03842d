"""Guest links, and what guests do."""

from typing import Final

from infra.contract.answers.shares import Marks, NewlyShared, SharedStudio, ShareList
from infra.contract.operation import LOCATION, Operation, Operations, Success, found
from scene_studio.model.errors import Deleted, LinkInvalid, NotFound, StudioFull

_LINKS: Final = "Guest links"
_GUESTS: Final = "Guests"
_EDITED: Final = (NotFound, Deleted, StudioFull)

OPERATIONS: Final[Operations] = {
    "create_share": Operation(
        _LINKS,
        (Success(201, "The link was made.", NewlyShared, (LOCATION,)),),
        _EDITED,
        {"expiresInDays": 14, "name": "For the agency"},
    ),
    "list_shares": Operation(_LINKS, (found(ShareList, "The links."),), (NotFound, Deleted)),
    "remove_share": Operation(_LINKS, (Success(204, "The link is withdrawn."),), _EDITED),
    "read_share": Operation(
        _GUESTS, (found(SharedStudio, "The studio as a guest sees it."),), (LinkInvalid, NotFound)
    ),
    "put_favorites": Operation(
        _GUESTS,
        (found(Marks, "All marks of this link."),),
        (LinkInvalid, StudioFull),
        {"favorites": [{"slotId": "slot-1", "imageId": "img-1", "favorite": True}]},
    ),
}
