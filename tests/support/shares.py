"""Guest links, made and used."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final, NamedTuple

from scene_studio import runtime
from scene_studio.http import requests
from scene_studio.store.object_store import StoredObject
from shares_api.handler import app
from tests.support.api import STUDIO, Answer, call

SHARES: Final = f"{STUDIO}/shares"
NOW: Final = 1_800_000_000_000
DAY: Final = 86_400_000


class Link(NamedTuple):
    """A guest link with its secret."""

    id: str
    secret: str


def made(answer: Answer) -> Link:
    """The link that an answer tells."""
    assert answer.status == 201, answer.body
    return Link(answer.json["share"]["id"], answer.json["secret"])


def new_link(**body: Any) -> Link:
    """A link to the sample studio."""
    return made(call("POST", SHARES, body))


def listed() -> list[dict[str, Any]]:
    """The links of the sample studio as the team sees them."""
    answer = call("GET", SHARES)
    assert answer.status == 200, answer.body
    assert answer.json.keys() == {"items"}
    items = answer.json["items"]
    assert isinstance(items, list)
    return items


def look(link: Link, query: str = "", claims: Mapping[str, Any] | None = None) -> Answer:
    """What a guest sees."""
    headers = {"X-Share-Token": link.secret}
    return call("GET", f"/api/shares/{link.id}{query}", headers=headers, claims=claims)


def put_marks(link: Link, favorites: Sequence[Mapping[str, Any]]) -> Answer:
    """Send a guest's marks."""
    headers = {"X-Share-Token": link.secret}
    return call("PUT", f"/api/shares/{link.id}/favorites", {"favorites": favorites}, headers)


def set_marks(link: Link, *image_ids: str, favorite: bool = True, slot_id: str = "slot-1") -> Answer:
    """Mark pictures of one slot, or take their marks away."""
    return put_marks(link, [{"slotId": slot_id, "imageId": one, "favorite": favorite} for one in image_ids])


@contextmanager
def clock_of_shares() -> Iterator[Callable[[int], None]]:
    """Stop the clock of the share routes at `NOW`; gives what sets it to so many milliseconds later."""

    def set_to(milliseconds: int) -> None:
        app.dependency_overrides[requests.clock] = lambda: lambda: NOW + milliseconds

    set_to(0)
    try:
        yield set_to
    finally:
        del app.dependency_overrides[requests.clock]


def rewrite(key: str, change: Callable[[Any], None]) -> None:
    """Change a stored document past all of our own rules."""
    store = runtime.object_store()
    found = store.get(key)
    assert isinstance(found, StoredObject)
    document = json.loads(found.body)
    change(document)
    body = json.dumps(document).encode()
    store.put(key, body, expected=found.version.etag, content_type="application/json", metadata=found.metadata)
