"""A client goes into a bundle and comes out of it as it was."""

import hashlib
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from infra.operators.__main__ import main
from infra.operators.moving import ELSEWHERE
from scene_studio import runtime
from scene_studio.store.sqlite import SqliteObjectStore
from tests.support.api import CLIENT, STUDIO, call
from tests.support.contract import LATER
from tests.support.queues import WorkingQueue, sweep
from tests.support.runtime import forget
from tests.support.stored import CLIENT_KEY, STUDIO_KEY, newest_version, stored_document, stored_objects
from tests.support.worked import LOFT, SUMMER, Worked, readable


def run(*arguments: object) -> int:
    return main([str(one) for one in arguments])


def serve_from(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the functions work on this file."""
    runtime.object_store().close()  # type: ignore[attr-defined]
    monkeypatch.setenv("SCENE_STUDIO_STORE", f"sqlite:{path}")
    forget()


@pytest.fixture(scope="session")
def bundle(made: Worked, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("bundle") / "acme.zip"
    assert run("export", "acme-corp", path, "--store", f"sqlite:{made.path}") == 0
    return path


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """Where another store will be; its folder is not there yet."""
    return tmp_path / "another" / "store.sqlite"


def of_clients(path: Path) -> dict[str, bytes]:
    return {key: one.body for key, one in stored_objects(path).items() if key.startswith("clients/")}


def documents_of(objects: dict[str, bytes]) -> set[str]:
    return {key for key in objects if key.endswith(("client.json", "config.json"))}


def moved(value: Any) -> Any:
    """What was read of acme-corp, as it would be if it were another client."""
    if isinstance(value, bytes):
        return value
    if isinstance(value, dict):
        return {moved(name): moved(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(map(moved, value))
    if not isinstance(value, str):
        return value
    return "other" if value == "acme-corp" else value.replace("/clients/acme-corp", "/clients/other")


def test_an_imported_client_answers_every_read_as_the_original_did(
    worked: Worked, bundle: Path, elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = readable("acme-corp", [worked.link])
    assert run("import", bundle, "--store", f"sqlite:{elsewhere}") == 0
    serve_from(elsewhere, monkeypatch)
    assert readable("acme-corp", [worked.link]) == before
    assert len(before) > 200
    guest, _ = before[f"guest {worked.link.id}"]
    assert guest == 200


def test_an_imported_client_is_stored_to_the_byte_as_it_was_but_for_the_versions_that_it_replaced(
    made: Worked, bundle: Path, elsewhere: Path
) -> None:
    assert run("import", bundle, "--store", f"sqlite:{elsewhere}") == 0
    before, after = of_clients(made.path), of_clients(elsewhere)
    documents = documents_of(before)
    assert len(documents) == 4
    for key in documents:
        original, imported = json.loads(before.pop(key)), json.loads(after.pop(key))
        ring = original.pop("applied")
        assert ring
        assert imported.pop("applied") == [[name, body, old and ELSEWHERE] for name, body, old in ring]
        assert imported == original
    assert before == after


def test_an_old_client_imported_under_another_id_answers_as_the_original_under_that_id(
    worked: Worked, bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = readable("acme-corp")
    assert run("import", bundle, "--client", "other", "--store", f"sqlite:{worked.path}") == 0
    after = readable("other")
    shares = after.pop("/api/clients/other/scene-studio/default/shares")
    assert shares == (200, {"items": []})
    expected = moved(before)
    del expected["/api/clients/other/scene-studio/default/shares"]
    for slot in expected["/api/clients/other/scene-studio/default"][1]["outputSlots"]:
        slot.pop("guestFavorites", None)
    for studio in expected["/api/clients/other?expand=sceneStudios"][1]["sceneStudios"]:
        for slot in studio["outputSlots"]:
            slot.pop("guestFavorites", None)
    assert after == expected
    assert readable("acme-corp") == before


def test_under_another_id_nothing_speaks_of_the_old_client_but_what_people_wrote(
    bundle: Path, elsewhere: Path
) -> None:
    run("import", bundle, "--client", "other", "--store", f"sqlite:{elsewhere}")
    objects = of_clients(elsewhere)
    assert all(key.startswith("clients/other/") for key in objects)
    for key, body in objects.items():
        assert not key.endswith(".json") or b"acme-corp" not in body
    client = json.loads(objects["clients/other/client.json"])
    assert client["products"][0]["sheet"] == "/api/clients/other/products/product-a/image"
    assert client["clientSessions"][-1]["board"] == [
        {"pin": "/api/clients/other/scene-studio/default/slots/slot-1"}
    ]
    studio = json.loads(objects["clients/other/scene-studios/default/config.json"])
    assert studio[LATER] == {"at": "/api/clients/other/scene-studio/default", "n": [1, None]}
    assert "shares" not in studio or not studio["shares"]


def test_pages_are_named_by_their_content_under_another_id_too(bundle: Path, elsewhere: Path) -> None:
    run("import", bundle, "--client", "other", "--store", f"sqlite:{elsewhere}")
    pages = {key: body for key, body in of_clients(elsewhere).items() if "/history/" in key}
    assert len(pages) >= 2
    for key, body in pages.items():
        assert hashlib.sha256(body).hexdigest() in key
    assert any(b"/api/clients/other/" in body for body in pages.values())


@pytest.mark.parametrize("under", [(), ("--client", "other")])
def test_importing_again_changes_nothing(
    under: tuple[str, ...], bundle: Path, elsewhere: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run("import", bundle, *under, "--store", f"sqlite:{elsewhere}")
    once = newest_version(elsewhere)
    capsys.readouterr()
    assert run("import", bundle, *under, "--store", f"sqlite:{elsewhere}") == 0
    assert newest_version(elsewhere) == once
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 4
    assert all(line.endswith(": there already, as it is in the bundle") for line in lines)


def test_what_people_changed_since_is_left_as_it_is(
    worked: Worked, bundle: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call("PATCH", STUDIO, {"name": "Renamed"}).status == 200
    before = stored_objects(worked.path)
    assert run("import", bundle, "--store", f"sqlite:{worked.path}") == 0
    assert stored_objects(worked.path) == before
    assert f"{STUDIO_KEY}: there already and another; left as it is" in capsys.readouterr().out


def test_a_picture_that_was_lost_comes_back_with_the_bundle(worked: Worked, bundle: Path) -> None:
    before = stored_objects(worked.path)
    lost = next(key for key in before if key.endswith(f"revisions/{worked.latest}.jpg"))
    runtime.object_store().delete(lost)
    assert run("check", "--store", f"sqlite:{worked.path}") == 1
    assert run("import", bundle, "--store", f"sqlite:{worked.path}") == 0
    assert stored_objects(worked.path)[lost].body == before[lost].body
    assert run("check", "--store", f"sqlite:{worked.path}") == 0


def test_the_same_client_gives_the_same_bundle_to_the_byte(
    made: Worked, bundle: Path, elsewhere: Path, tmp_path: Path
) -> None:
    again = tmp_path / "again.zip"
    assert run("export", "acme-corp", again, "--store", f"sqlite:{made.path}") == 0
    assert again.read_bytes() == bundle.read_bytes()


def test_a_bundle_unpacks_with_any_program_and_lists_what_is_in_it(bundle: Path) -> None:
    with zipfile.ZipFile(bundle) as unpacked:
        assert unpacked.testzip() is None
        assert {info.date_time for info in unpacked.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        manifest = json.loads(unpacked.read("manifest.json"))
        listed = {one["key"]: one for one in manifest["objects"]}
        assert listed.keys() | {"manifest.json"} == set(unpacked.namelist())
        for key, one in listed.items():
            body = unpacked.read(key)
            assert (one["size"], one["sha256"]) == (len(body), hashlib.sha256(body).hexdigest())
    assert (manifest["format"], manifest["version"]) == ("scene-studio-client", 1)
    assert (manifest["clientId"], manifest["missing"]) == ("acme-corp", [])
    assert listed["client.json"]["contentType"] == "application/json"
    assert not any(key.startswith(("inbox", "claims", "reminders", "uploads")) for key in listed)


def test_a_request_from_before_the_export_is_not_applied_again_after_the_import(
    worked: Worked, elsewhere: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = ("PATCH", STUDIO, {"name": "Once"}, {"Idempotency-Key": "before-the-export"})
    tag = call("GET", STUDIO).etag
    assert call(*request).status == 200
    run("export", "acme-corp", tmp_path / "b.zip", "--store", f"sqlite:{worked.path}")
    run("import", tmp_path / "b.zip", "--store", f"sqlite:{elsewhere}")
    serve_from(elsewhere, monkeypatch)
    assert call("PATCH", STUDIO, {"name": "Since"}).status == 200
    assert call(*request).status == 200
    assert call("GET", STUDIO).json["name"] == "Since"
    stale = call("PATCH", STUDIO, {"name": "Stale"}, {"If-Match": tag})
    assert (stale.status, stale.json["type"]) == (412, "version-gone")


def test_the_janitor_ends_what_was_under_way_and_nobody_will_bring(
    worked: Worked, bundle: Path, elsewhere: Path, monkeypatch: pytest.MonkeyPatch, queue: WorkingQueue
) -> None:
    run("import", bundle, "--store", f"sqlite:{elsewhere}")
    serve_from(elsewhere, monkeypatch)
    slot = call("GET", SUMMER).json["outputSlots"][0]
    assert slot["status"] == "GENERATING"
    now = runtime.now_milliseconds()
    monkeypatch.setattr(runtime, "now_milliseconds", lambda: now + 3 * 3_600_000)
    assert sweep() == {"studios": 2, "failed": 0}
    slot = call("GET", SUMMER).json["outputSlots"][0]
    assert slot["status"] == "ERROR"
    assert "Retry" in slot["error"]
    later = call("GET", f"{STUDIO}/user-scenes/later").json
    assert later["state"] == "REJECTED"


def test_work_goes_on_in_the_import_of_another_client(
    worked: Worked, bundle: Path, elsewhere: Path, monkeypatch: pytest.MonkeyPatch, queue: WorkingQueue
) -> None:
    run("import", bundle, "--client", "other", "--store", f"sqlite:{elsewhere}")
    serve_from(elsewhere, monkeypatch)
    other = STUDIO.replace("acme-corp", "other")
    loft = LOFT.replace("acme-corp", "other")
    body = {
        "slotId": "slot-1",
        "productIds": ["product-a"],
        "settings": {"scene": {"id": "loft", "imageUrl": loft}},
    }
    answer = call("POST", f"{other}/generate", body)
    assert answer.status == 200, answer.body
    image = answer.json["images"][0]["id"]
    assert call("GET", other).json["outputSlots"][0]["outputImage"].split("/")[-2] == image


def test_people_may_work_while_a_client_is_exported(
    worked: Worked, empty: SqliteObjectStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = SqliteObjectStore.get_all
    names: list[str] = []

    def get_all(store: SqliteObjectStore, wanted: list[str]) -> Any:
        names.append(f"Name {len(names)}")
        assert call("PATCH", STUDIO, {"name": names[-1]}).status == 200
        assert call("DELETE", f"{STUDIO}/slots/slot-2").status in {204, 404, 410}
        return read(store, wanted)

    with monkeypatch.context() as patch:
        patch.setattr(SqliteObjectStore, "get_all", get_all)
        assert run("export", "acme-corp", tmp_path / "b.zip", "--store", f"sqlite:{worked.path}") == 0
    assert len(names) > 5
    path = tmp_path / "empty" / "store.sqlite"
    assert run("import", tmp_path / "b.zip", "--store", f"sqlite:{path}") == 0
    assert run("check", "--store", f"sqlite:{path}") == 0
    assert stored_document(path)["name"] in names
    assert CLIENT_KEY in stored_objects(path)
    assert call("GET", CLIENT).status == 200
