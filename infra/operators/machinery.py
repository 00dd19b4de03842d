"""What machines leave for each other beside the documents, each by its key and its content."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from pydantic import ValidationError

from infra.operators.contents import AT_ONCE, Fetch, batched
from scene_studio.generation.claims import ClaimBody
from scene_studio.model.base import Model
from scene_studio.model.identifiers import ID_PATTERN
from scene_studio.model.results import parse_result
from scene_studio.store import keys
from shares_api.links import Destination

_ID: Final = ID_PATTERN.removeprefix("^").removesuffix("$")
_PLACE: Final = rf"{_ID}/(?:{_ID}|{keys.LIBRARY})"
_SHAPES: Final[Mapping[str, re.Pattern[str]]] = {
    "claims": re.compile(rf"claims/{_ID}/{_ID}/{_ID}"),
    "inbox": re.compile(rf"inbox/{_PLACE}/{_ID}\.[^/]+\.json"),
    "janitor": re.compile(re.escape(keys.purge_round())),
    "reminders": re.compile(rf"reminders/{_PLACE}/\d{{13}}\.[^/]+"),
    "shares": re.compile(rf"shares/{_ID}/[0-9a-f]{{64}}\.json"),
}
_DOCUMENTS: Final[Mapping[str, type[Model]]] = {"claims": ClaimBody, "shares": Destination}
_READ: Final = frozenset({"inbox", *_DOCUMENTS})


def is_known(folder: str) -> bool:
    """Whether machines leave something in this folder at the top of a store."""
    return folder in _SHAPES or folder == "uploads"


def faults(folder: str, names: Iterable[str], fetch: Fetch) -> Iterator[tuple[str, str]]:
    """What is wrong with the objects of these names in such a folder: their keys, and why, in words."""
    for batch in batched(names, AT_ONCE):
        misplaced = [key for key in batch if not _is_spelled(folder, key)]
        yield from ((key, "has a name that nothing here is given") for key in misplaced)
        read = [key for key in batch if folder in _READ and key not in misplaced]
        for key, body in zip(read, fetch(read) if read else (), strict=True):
            # What is gone since it was listed has been dealt with.
            if body is not None and not _is_readable(folder, body):
                yield key, "cannot be read as what its place says that it is"


def _is_spelled(folder: str, key: str) -> bool:
    if folder == "uploads":
        return keys.upload_place(key) is not None
    return _SHAPES[folder].fullmatch(key) is not None


def _is_readable(folder: str, body: bytes) -> bool:
    if folder == "inbox":
        return parse_result(body) is not None
    try:
        _DOCUMENTS[folder].model_validate_json(body)
    except ValidationError:
        return False
    return True
