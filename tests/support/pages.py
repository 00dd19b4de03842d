"""Following lists and pictures to where they lead."""

from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from scene_studio.store.sqlite import SignedObject, SqliteObjectStore
from tests.support.api import Answer, call


def all_items(path: str, limit: int) -> list[dict[str, object]]:
    """Every item of a list, part after part."""
    items: list[dict[str, object]] = []
    cursor = ""
    while True:
        part = call("GET", f"{path}?limit={limit}{cursor}")
        assert part.status == 200, part.body
        assert len(part.json["items"]) <= limit
        items += part.json["items"]
        if "nextCursor" not in part.json:
            return items
        cursor = f"&cursor={part.json['nextCursor']}"


def opened(answer: Answer, store: Path) -> SignedObject:
    """What the signed address of a redirect gives."""
    assert answer.status == 302, answer.body
    return open_address(answer.headers["location"], store)


def open_address(url: str, store: Path) -> SignedObject:
    """What a signed address gives."""
    address = urlsplit(url)
    objects = SqliteObjectStore(store)
    try:
        key = unquote(address.path).removeprefix("/_objects/")
        found = objects.open_signed(key, dict(parse_qsl(address.query)))
    finally:
        objects.close()
    assert found is not None
    return found
