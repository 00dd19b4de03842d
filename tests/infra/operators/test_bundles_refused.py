"""A bundle that is not sound is refused as a whole, and nothing of it is written."""

import hashlib
import json
import zipfile
from collections.abc import Callable
from copy import copy
from pathlib import Path
from typing import Any

import pytest

from infra.operators.__main__ import main
from infra.operators.exporting import export_client
from scene_studio.store.sqlite import SqliteObjectStore
from scene_studio.store.studios import LIMIT_BYTES
from tests.support.histories import CLIENT
from tests.support.small_client import small_client
from tests.support.stored import stored_objects

PICTURE = "products/chair/front.png"
CONFIG = "scene-studios/default/config.json"


class Contents:
    """A bundle taken apart, to be put together again.

    Attributes:
        files: what is in it, but for the manifest.
        manifest: the manifest.
        options: for the ZIP file.
        names: under which name a file is written, where that is another than it is listed by.
        also: further files.
    """

    def __init__(self, path: Path) -> None:
        with zipfile.ZipFile(path) as file:
            self.files = {name: file.read(name) for name in file.namelist()}
        self.manifest: dict[str, Any] = json.loads(self.files.pop("manifest.json"))
        self.options: dict[str, Any] = {}
        self.names: dict[str, str] = {}
        self.also: list[tuple[str, bytes]] = []

    def entry(self, key: str) -> dict[str, Any]:
        """What the manifest says of an object."""
        entry: dict[str, Any] = next(one for one in self.manifest["objects"] if one["key"] == key)
        return entry

    def put(self, key: str, body: bytes) -> None:
        """Put an object in, in place of what was there, and into the manifest."""
        self.drop(key)
        self.files[key] = body
        kind = {"json": "application/json", "png": "image/png"}.get(key.rpartition(".")[2], "image/jpeg")
        self.manifest["objects"].append(
            {"key": key, "size": len(body), "sha256": hashlib.sha256(body).hexdigest(), "contentType": kind}
        )

    def drop(self, key: str) -> None:
        """Take an object out, and out of the manifest."""
        self.files.pop(key, None)
        self.manifest["objects"] = [one for one in self.manifest["objects"] if one["key"] != key]

    def change(self, key: str, **members: Any) -> None:
        """Change members of a JSON document."""
        self.put(key, json.dumps({**json.loads(self.files[key]), **members}).encode())

    def write(self, path: Path) -> None:
        """Put it together."""
        with zipfile.ZipFile(path, "w", **self.options) as file:
            for name, body in self.files.items():
                file.writestr(self.names.get(name, name), body)
            for name, body in self.also:
                file.writestr(name, body)
            if self.manifest:
                file.writestr("manifest.json", json.dumps(self.manifest))


def page_of(contents: Contents) -> str:
    return next(name for name in contents.files if "/history/" in name)


def picture_of(contents: Contents) -> str:
    return next(name for name in contents.files if "/revisions/" in name)


def without_manifest(contents: Contents) -> None:
    contents.manifest = {}


def of_another_kind(contents: Contents) -> None:
    contents.manifest["format"] = "something"


def of_a_later_version(contents: Contents) -> None:
    contents.manifest["version"] = 2


def with_a_client_that_is_no_id(contents: Contents) -> None:
    contents.manifest["clientId"] = "../acme"


def of_another_client(contents: Contents) -> None:
    contents.manifest["clientId"] = "other"


def with_a_byte_changed(contents: Contents) -> None:
    body = bytearray(contents.files[PICTURE])
    body[50] ^= 1
    contents.files[PICTURE] = bytes(body)


def with_a_file_cut_short(contents: Contents) -> None:
    contents.files[PICTURE] = contents.files[PICTURE][:-1]


def with_a_size_that_is_not_so(contents: Contents) -> None:
    contents.entry(PICTURE)["size"] += 1


def with_a_huge_size(contents: Contents) -> None:
    contents.entry(PICTURE)["size"] = 2**40


def with_a_document_that_is_too_large(contents: Contents) -> None:
    contents.change(CONFIG, filler="x" * LIMIT_BYTES)


def with_another_content_type(contents: Contents) -> None:
    contents.entry(PICTURE)["contentType"] = "text/html"


def without_a_file_that_is_listed(contents: Contents) -> None:
    del contents.files[PICTURE]


def with_a_file_that_is_not_listed(contents: Contents) -> None:
    contents.also.append(("readme.txt", b"hello"))


def with_a_name_that_climbs(contents: Contents) -> None:
    contents.put("../../shares/x.json", b"{}")


def with_an_absolute_name(contents: Contents) -> None:
    contents.put("/etc/passwd.json", b"{}")


def with_a_name_beside_the_client(contents: Contents) -> None:
    contents.put(f"../other/{PICTURE}", contents.files[PICTURE])


def with_a_picture_that_nobody_names(contents: Contents) -> None:
    contents.put("products/chair/back.png", contents.files[PICTURE])


def with_a_file_twice(contents: Contents) -> None:
    contents.also.append((PICTURE, contents.files[PICTURE]))


def listed_twice(contents: Contents) -> None:
    contents.manifest["objects"].append(contents.entry(PICTURE))


def compressed(contents: Contents) -> None:
    contents.options["compression"] = zipfile.ZIP_DEFLATED


def without_the_client(contents: Contents) -> None:
    contents.drop("client.json")


def without_a_picture(contents: Contents) -> None:
    contents.drop(PICTURE)


def without_a_page(contents: Contents) -> None:
    contents.drop(page_of(contents))


def with_a_document_that_is_not_valid(contents: Contents) -> None:
    contents.change(CONFIG, name="")


def with_a_document_of_another_client(contents: Contents) -> None:
    contents.change(CONFIG, clientId="other")


def with_a_studio_under_another_id(contents: Contents) -> None:
    contents.put("scene-studios/other/config.json", contents.files[CONFIG])


def with_a_page_of_other_bytes(contents: Contents) -> None:
    contents.change(page_of(contents), slotId="other")


def with_a_history_that_does_not_count_right(contents: Contents) -> None:
    slot = json.loads(contents.files[CONFIG])["outputSlots"][0]
    contents.change(CONFIG, outputSlots=[{**slot, "historyCount": slot["historyCount"] + 1}])


def with_a_slot_twice(contents: Contents) -> None:
    contents.change(CONFIG, outputSlots=json.loads(contents.files[CONFIG])["outputSlots"] * 2)


def with_a_script_for_a_picture(contents: Contents) -> None:
    contents.put(picture_of(contents), b"<script>alert(1)</script>")


def with_half_a_picture(contents: Contents) -> None:
    contents.put(picture_of(contents), contents.files[picture_of(contents)][:-20])


DAMAGES: list[tuple[Callable[[Contents], None], str]] = [
    (without_manifest, "no manifest.json"),
    (of_another_kind, "another kind"),
    (of_a_later_version, "of version 2"),
    (with_a_client_that_is_no_id, "/clientId"),
    (of_another_client, "is the client acme-corp"),
    (with_a_byte_changed, "SHA-256"),
    (with_a_file_cut_short, "bytes, not"),
    (with_a_size_that_is_not_so, "bytes, not"),
    (with_a_huge_size, "/objects/"),
    (with_a_document_that_is_too_large, "larger than a document can be"),
    (with_another_content_type, "text/html"),
    (without_a_file_that_is_listed, "in the manifest alone"),
    (with_a_file_that_is_not_listed, "'readme.txt' is not in the manifest"),
    (with_a_name_that_climbs, "named by no document"),
    (with_an_absolute_name, "named by no document"),
    (with_a_name_beside_the_client, "named by no document"),
    (with_a_picture_that_nobody_names, "named by no document"),
    (with_a_file_twice, "the same name"),
    (listed_twice, "an object twice"),
    (compressed, "compressed"),
    (without_the_client, "client.json is not there"),
    (without_a_picture, "front.png is named and not there"),
    (without_a_page, ".json is named and not there"),
    (with_a_document_that_is_not_valid, "is not valid: /name"),
    (with_a_document_of_another_client, "is the studio default of the client other"),
    (with_a_studio_under_another_id, "is the studio default of the client acme-corp"),
    (with_a_page_of_other_bytes, "is not what was stored"),
    (with_a_history_that_does_not_count_right, "does not join"),
    (with_a_slot_twice, "has the slot slot twice"),
    (with_a_script_for_a_picture, "is no JPEG picture"),
    (with_half_a_picture, "breaks off before its end"),
]


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sound") / "bundle.zip"
    export_client(small_client(), CLIENT, path)
    return path


@pytest.fixture
def store(tmp_path: Path) -> Path:
    SqliteObjectStore(tmp_path / "store.sqlite").close()
    return tmp_path / "store.sqlite"


def run(bundle: Path, store: Path) -> int:
    return main(["import", str(bundle), "--store", f"sqlite:{store}"])


def test_a_bundle_that_is_taken_apart_and_put_together_again_is_imported(
    sound: Path, store: Path, tmp_path: Path
) -> None:
    Contents(sound).write(tmp_path / "bundle.zip")
    assert run(tmp_path / "bundle.zip", store) == 0
    assert len(stored_objects(store)) > 8


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize(("damage", "said"), DAMAGES, ids=lambda one: getattr(one, "__name__", ""))
def test_a_damaged_bundle_is_refused(
    damage: Callable[[Contents], None],
    said: str,
    sound: Path,
    store: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    contents = Contents(sound)
    damage(contents)
    contents.write(tmp_path / "bundle.zip")
    assert run(tmp_path / "bundle.zip", store) == 1
    told = capsys.readouterr().err
    assert said in told
    assert told.endswith("Export the client again, or copy its file again, and import that.\n")
    assert not stored_objects(store)


def test_a_bundle_that_was_not_copied_to_its_end_is_refused(sound: Path, store: Path, tmp_path: Path) -> None:
    whole = sound.read_bytes()
    for size in (0, 10, len(whole) // 2, len(whole) - 1):
        (tmp_path / "bundle.zip").write_bytes(whole[:size])
        assert run(tmp_path / "bundle.zip", store) == 1
    assert not stored_objects(store)


@pytest.mark.parametrize("at", [0.1, 0.4, 0.7, 0.97])
def test_a_bundle_with_a_flipped_bit_is_refused(at: float, sound: Path, store: Path, tmp_path: Path) -> None:
    damaged = bytearray(sound.read_bytes())
    damaged[int(len(damaged) * at)] ^= 0x10
    (tmp_path / "bundle.zip").write_bytes(damaged)
    assert run(tmp_path / "bundle.zip", store) == 1
    assert not stored_objects(store)


def test_entries_that_share_their_bytes_are_refused(
    store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with zipfile.ZipFile(tmp_path / "bundle.zip", "w") as file:
        file.writestr("one", b"x" * 100_000)
        for number in range(100):
            shared = copy(file.filelist[0])
            shared.filename = f"another-{number}"
            file.filelist.append(shared)
    assert run(tmp_path / "bundle.zip", store) == 1
    assert "larger than the file itself" in capsys.readouterr().err
    assert not stored_objects(store)


def test_a_file_that_is_not_there_is_said(
    store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(tmp_path / "nowhere.zip", store) == 2
    assert "nowhere.zip" in capsys.readouterr().err
