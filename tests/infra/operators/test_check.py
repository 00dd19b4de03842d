"""Each kind of damage is found, where it is, and nothing is written."""

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from infra.operators.__main__ import main
from infra.operators.checking import Check
from scene_studio.model.client import new_client
from scene_studio.model.share import Share
from scene_studio.store import keys
from scene_studio.store.clients import prepare
from scene_studio.store.object_store import ABSENT, StoredObject
from scene_studio.store.sqlite import SqliteObjectStore
from scene_studio.store.summaries import encode_summary
from tests.support.histories import CLIENT, NOW, STUDIO
from tests.support.pictures import jpeg, png
from tests.support.scripted_store import MemoryStore
from tests.support.small_client import CONFIG, put, replace, rewritten, small_client
from tests.support.stored import newest_version
from tests.support.worked import Worked

MILLISECONDS = 1_700_000_000_000
CLIENT_KEY = keys.client(CLIENT)
FRONT = keys.product_image(CLIENT, "chair", "front")
BEACH = keys.user_scene(CLIENT, STUDIO, "beach")
HASH = "a" * 64


@pytest.fixture
def store() -> MemoryStore:
    return small_client()


def findings(store: Any) -> list[str]:
    return [str(finding) for finding in Check(store, MILLISECONDS).findings()]


def pages(store: MemoryStore) -> list[str]:
    """The keys of the pages, the newest first."""
    found = []
    name = slot(store)["olderHistory"]
    while name is not None:
        found.append(keys.history_page(CLIENT, STUDIO, "slot", name))
        name = document(store, found[-1]).get("older")
    return found


def pictures(store: MemoryStore) -> list[str]:
    return [name for name in store.list_names("").names if "/revisions/" in name]


def document(store: MemoryStore, key: str) -> Any:
    found = store.get(key)
    assert isinstance(found, StoredObject)
    return json.loads(found.body)


def slot(store: MemoryStore) -> dict[str, Any]:
    found: dict[str, Any] = document(store, CONFIG)["outputSlots"][0]
    return found


def change_slot(store: MemoryStore, **members: Any) -> None:
    rewritten(store, CONFIG, outputSlots=[{**slot(store), **members}])


def damage(key_of: Callable[[MemoryStore], str], body: bytes | None = None) -> Callable[[MemoryStore], str]:
    """What takes an object away, or puts other bytes in its place, and gives its key."""

    def do(store: MemoryStore) -> str:
        key = key_of(store)
        if body is None:
            store.delete(key)
        else:
            replace(store, key, body)
        return key

    return do


def edit(key: str, **members: Any) -> Callable[[MemoryStore], str]:
    """What changes members of a document, and gives its key."""

    def do(store: MemoryStore) -> str:
        rewritten(store, key, **members)
        return key

    return do


def edit_slot(**members: Any) -> Callable[[MemoryStore], str]:
    def do(store: MemoryStore) -> str:
        change_slot(store, **members)
        return CONFIG

    return do


def twice(name: str) -> Callable[[MemoryStore], str]:
    def do(store: MemoryStore) -> str:
        rewritten(store, CONFIG, **{name: document(store, CONFIG)[name] * 2})
        return CONFIG

    return do


def repeat_a_revision(store: MemoryStore) -> str:
    history = slot(store)["history"]
    change_slot(store, history=[*history[:-1], history[0]])
    return CONFIG


def drop_a_revision(store: MemoryStore) -> str:
    newest = pages(store)[0]
    change_slot(store, history=slot(store)["history"][:-1])
    return newest


def count_one_more(store: MemoryStore) -> str:
    change_slot(store, historyCount=slot(store)["historyCount"] + 1)
    return pages(store)[0]


def lose_the_client(store: MemoryStore) -> str:
    store.delete(CLIENT_KEY)
    return CONFIG


def skip_a_page(store: MemoryStore) -> str:
    change_slot(store, olderHistory=document(store, pages(store)[0])["older"])
    return pages(store)[0]


def forget_all_pages(store: MemoryStore) -> str:
    change_slot(store, olderHistory=None)
    return CONFIG


def tell_another_hash(store: MemoryStore) -> str:
    first, *rest = slot(store)["history"]
    change_slot(store, history=[{**first, "sha256": HASH}, *rest])
    return keys.revision(CLIENT, STUDIO, "slot", first["id"])


def tell_another_summary(store: MemoryStore) -> str:
    found = store.get(CONFIG)
    assert isinstance(found, StoredObject)
    summary = encode_summary(["Another name"])
    store.put(CONFIG, found.body, expected=found.version.etag, content_type="", metadata=summary)
    return CONFIG


def summarise_as(summary: str) -> Callable[[MemoryStore], str]:
    def do(store: MemoryStore) -> str:
        found = store.get(CONFIG)
        assert isinstance(found, StoredObject)
        metadata = {"summary": summary}
        store.put(CONFIG, found.body, expected=found.version.etag, content_type="", metadata=metadata)
        return CONFIG

    return do


def lose_the_reminder(store: MemoryStore) -> str:
    store.delete(store.list_names(keys.reminders()).names[0])
    return CLIENT_KEY


def share(store: MemoryStore, destination: dict[str, str] | None) -> str:
    link = Share(id="link", created_at=NOW, expires_at="2099-01-01T00:00:00.000Z", salt="s", secret_sha256=HASH)
    rewritten(store, CONFIG, shares=[link.to_json()])
    if destination is not None:
        put(store, keys.share("link", HASH), json.dumps(destination).encode())
    return CONFIG


def thing(key: str, body: bytes = b"") -> Callable[[MemoryStore], str]:
    """What stores an object, and gives its key."""

    def do(store: MemoryStore) -> str:
        put(store, key, body)
        return key

    return do


def the_oldest(store: MemoryStore) -> str:
    return pages(store)[-1]


def a_picture(store: MemoryStore) -> str:
    return pictures(store)[0]


DAMAGES: list[tuple[str, Callable[[MemoryStore], str], str]] = [
    ("a product's picture lost", damage(lambda _: FRONT), "is named and not there"),
    ("a product's picture another kind of file", damage(lambda _: FRONT, jpeg(1)), "is no PNG picture"),
    ("a scene's picture lost", damage(lambda _: BEACH), "is named and not there"),
    ("a picture cut short", damage(a_picture, jpeg(1)[:-9]), "breaks off before its end"),
    ("a picture lost", damage(a_picture), "is named and not there"),
    ("a picture empty", damage(a_picture, b""), "is no JPEG picture"),
    ("a picture of another hash", tell_another_hash, "its SHA-256 is another"),
    ("a page lost", damage(the_oldest), "is named and not there"),
    ("a page changed", damage(the_oldest, b"{}"), "its SHA-256 is another"),
    ("a page skipped", skip_a_page, "does not join"),
    ("no page named", forget_all_pages, "counts 82 revisions and has 22"),
    ("a revision dropped", drop_a_revision, "does not join"),
    ("a revision twice", repeat_a_revision, "twice"),
    ("a count too large", count_one_more, "does not join"),
    ("a slot twice", twice("outputSlots"), "has the slot slot twice"),
    ("a scene twice", twice("userScenes"), "has the scene beach twice"),
    ("a picture shown that is none", edit_slot(outputImage="nothing"), "shows nothing, which is not in"),
    ("a pick of tomorrow", edit_slot(pickedRev=1000), "in a commit that is still to come"),
    ("a question of tomorrow", edit_slot(askedRev=1000), "in a commit that is still to come"),
    ("no rev", edit(CONFIG, rev=0), "never committed"),
    ("a studio of another id", edit(CONFIG, id="other"), "is the studio other"),
    ("a studio of another client", edit(CONFIG, clientId="other"), "of the client other"),
    ("a client of another id", edit(CLIENT_KEY, id="other"), "is the client other"),
    ("a studio without a name", edit(CONFIG, name=None), "is not valid: /name"),
    ("a studio that is no JSON", damage(lambda _: CONFIG, b"{"), "is not valid"),
    ("a summary that tells something else", tell_another_summary, "summary in its metadata that tells"),
    ("a summary that is no text", summarise_as("%%%"), "cannot be read"),
    ("a summary that is a number", summarise_as("NQ=="), "cannot be read"),
    ("a document deleted", damage(lambda _: CONFIG), "is not there any more"),
    ("a studio without a client", lose_the_client, "is of a client that there is not"),
    ("no reminder", lose_the_reminder, "no reminder"),
    ("a link that leads nowhere", lambda store: share(store, None), "guest link link"),
    (
        "a link that leads to another studio",
        lambda store: share(store, {"clientId": CLIENT, "studioId": "other"}),
        "guest link link",
    ),
    ("a claim in the wrong place", thing("claims/acme/x"), "has a name"),
    ("a claim of nothing", thing("claims/acme/main/x", b"{}"), "cannot be read"),
    ("a result of nothing", thing("inbox/acme/main/x.1.json", b"{}"), "cannot be read"),
    ("a result in the wrong place", thing("inbox/acme/x.json", b"{}"), "has a name"),
    ("a reminder without a time", thing("reminders/acme/main/soon.1"), "has a name"),
    ("a link to nothing", thing(f"shares/x/{HASH}.json", b"[]"), "cannot be read"),
    ("an upload for nobody", thing("uploads/acme/x"), "has a name"),
]


@pytest.mark.parametrize(("do", "said"), [one[1:] for one in DAMAGES], ids=[one[0] for one in DAMAGES])
def test_damage_is_found(do: Callable[[MemoryStore], str], said: str, store: MemoryStore) -> None:
    key = do(store)
    broken = [line for line in findings(store) if line.startswith("broken ")]
    assert any(line.startswith(f"broken {key} ") and said in line for line in broken), broken


def test_a_sound_store_is_sound(store: MemoryStore) -> None:
    assert findings(store) == []


@pytest.mark.parametrize(
    ("key", "body"),
    [
        ("claims/acme/main/x", b'{"holder": "h", "since": 1, "until": 2}'),
        ("inbox/acme/main/x.1.json", b'{"slotId": "s", "id": "x", "attempt": 1, "error": "no"}'),
        ("inbox/acme/_library/x.1.json", b'{"kind": "upload", "owner": "product", "ownerId": "p", "id": "x"}'),
        ("reminders/acme/_library/1700000000000.1", b""),
        (f"shares/x/{HASH}.json", b'{"clientId": "acme", "studioId": "main"}'),
        ("uploads/acme/main/scene/beach/sand", b"anything"),
    ],
)
def test_what_machines_leave_is_no_fault(key: str, body: bytes, store: MemoryStore) -> None:
    put(store, key, body)
    assert findings(store) == []


@pytest.mark.parametrize(
    "key",
    [
        keys.history_page(CLIENT, STUDIO, "slot", HASH),
        keys.revision(CLIENT, STUDIO, "slot", "nobody"),
        keys.revision(CLIENT, "unmade", "slot", "nobody"),
        keys.product_image(CLIENT, "chair", "back"),
        f"clients/{CLIENT}/notes.txt",
        f"clients/{CLIENT}/scene-studios/.hidden/x",
        "clients/not an id/client.json",
        "elsewhere/file",
        "file",
    ],
)
def test_what_nobody_names_is_listed_and_is_no_fault(key: str, store: MemoryStore) -> None:
    put(store, key, b"anything")
    assert findings(store) == [f"orphan {key}"]


def test_a_studio_that_is_being_cleared_away_may_have_lost_anything(store: MemoryStore) -> None:
    rewritten(store, CONFIG, deletedAt=NOW, purgingAt=NOW)
    store.delete_all([BEACH, *pages(store), *pictures(store)])
    assert findings(store) == []


def test_a_summary_of_an_older_function_is_no_fault(store: MemoryStore) -> None:
    found = store.get(CONFIG)
    assert isinstance(found, StoredObject)
    for summary in (encode_summary(["Main Studio"]), {}):
        current = store.get(CONFIG)
        assert isinstance(current, StoredObject)
        store.put(CONFIG, found.body, expected=current.version.etag, content_type="", metadata=summary)
        assert findings(store) == []


def test_clients_are_kept_apart_even_where_one_name_begins_with_the_other(store: MemoryStore) -> None:
    for name in ("acme", "acme-corp-2", "acme-corp0"):
        encoded = prepare(new_client(name, name, NOW).after(0, None, ""))
        store.put(keys.client(name), encoded.body, expected=ABSENT, content_type="", metadata=encoded.metadata)
    assert findings(store) == []
    store.delete(keys.client(CLIENT))
    assert f"broken {CONFIG} is of a client that there is not" in findings(store)


def test_what_comes_while_the_check_runs_is_no_fault(store: MemoryStore) -> None:
    class Busy(MemoryStore):
        """A store in which a picture is added each time the studio is about to be read."""

        def get(self, key: str, **named: Any) -> Any:
            if key == CONFIG:
                put(store, keys.revision(CLIENT, STUDIO, "slot", f"new{self._count}"), jpeg(self._count))
                self._count += 1
            return super().get(key, **named)

    busy = Busy()
    busy._versions = store._versions
    assert findings(busy) == []


def test_the_command_tells_each_finding_on_a_line_and_ends_with_1(
    worked: Worked, capsys: pytest.CaptureFixture[str]
) -> None:
    lost = f"clients/acme-corp/scene-studios/default/slots/slot-1/revisions/{worked.latest}"
    store = SqliteObjectStore(worked.path)
    store.delete(f"{lost}.jpg")
    store.put_once("clients/acme-corp/products/product-a/spare.png", png(1), content_type="image/png")
    store.close()
    assert main(["check", "--store", f"sqlite:{worked.path}"]) == 1
    told = capsys.readouterr()
    assert told.out.splitlines() == [
        "orphan clients/acme-corp/products/product-a/spare.png",
        f"broken {lost}.jpg is named and not there",
    ]
    assert told.err.splitlines()[-1].endswith("1 broken, 1 orphans")


def test_the_command_finds_nothing_in_what_the_functions_made_and_writes_nothing(
    worked: Worked, capsys: pytest.CaptureFixture[str]
) -> None:
    before = newest_version(worked.path)
    with_writer = SqliteObjectStore(worked.path)  # as while the server runs
    assert main(["check", "--store", f"sqlite:{worked.path}"]) == 0
    with_writer.close()
    assert newest_version(worked.path) == before
    assert capsys.readouterr().out == ""


def test_a_store_that_cannot_be_read_ends_the_command_with_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "other.sqlite").write_bytes(b"this is no database, however long it is read" * 100)
    with closing(sqlite3.connect(tmp_path / "empty.sqlite")) as db:
        db.execute("CREATE TABLE something (id)")
    for name in ("other.sqlite", "empty.sqlite", "missing.sqlite"):
        assert main(["check", "--store", f"sqlite:{tmp_path / name}"]) == 2
        assert capsys.readouterr().err
    assert not (tmp_path / "missing.sqlite").exists()
