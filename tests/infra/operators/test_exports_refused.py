"""What is not whole is not exported as if it were."""

import json
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest

from infra.operators.bundle import Bundle
from infra.operators.checking import Check
from infra.operators.exporting import ExportRefused, NoSuchClient, export_client
from infra.operators.importing import Import
from scene_studio.store import keys
from scene_studio.store.object_store import StoredObject, Unavailable
from tests.support.histories import CLIENT
from tests.support.pictures import jpeg
from tests.support.scripted_store import MemoryStore
from tests.support.small_client import CONFIG, current_objects, replace, rewritten, small_client

FRONT = keys.product_image(CLIENT, "chair", "front")
NOW = 1_800_000_000_000


@pytest.fixture
def store() -> MemoryStore:
    return small_client()


@pytest.fixture
def to(tmp_path: Path) -> Path:
    """A file that holds something already."""
    path = tmp_path / "bundle.zip"
    path.write_bytes(b"the bundle of yesterday")
    return path


def problems(store: MemoryStore, to: Path) -> list[tuple[str, str]]:
    """Why an export is refused; the file is as it was."""
    with pytest.raises(ExportRefused) as refused:
        export_client(store, CLIENT, to)
    assert to.read_bytes() == b"the bundle of yesterday"
    assert list(to.parent.iterdir()) == [to]
    return [(one.key, one.said) for one in refused.value.problems]


def pages(store: MemoryStore) -> list[str]:
    return [name for name in current_objects(store) if "/history/" in name]


def test_everything_that_is_missing_is_told_at_once(store: MemoryStore, to: Path) -> None:
    lost = [FRONT, *(name for name in current_objects(store) if "/revisions/" in name)]
    assert len(lost) == 3
    store.delete_all(lost)
    assert sorted(problems(store, to)) == sorted((key, "is named and not there") for key in lost)


def test_what_can_be_left_out_is_said_to_be_so_and_what_cannot_is_to_be_mended(
    store: MemoryStore, to: Path
) -> None:
    store.delete(pages(store)[0])
    with pytest.raises(ExportRefused, match="--incomplete"):
        export_client(store, CLIENT, to)
    rewritten(store, CONFIG, name=None)
    with pytest.raises(ExportRefused, match="mend what is broken"):
        export_client(store, CLIENT, to, incomplete=True)


def test_a_page_that_is_another_is_told(store: MemoryStore, to: Path) -> None:
    replace(store, pages(store)[0], b"{}")
    [(key, said)] = problems(store, to)
    assert key == pages(store)[0]
    assert "SHA-256" in said


def test_a_document_that_cannot_be_read_is_told(store: MemoryStore, to: Path) -> None:
    rewritten(store, CONFIG, name=None)
    [(key, said)] = problems(store, to)
    assert (key, said.partition(":")[0]) == (CONFIG, "is not valid")


def test_a_store_that_goes_away_leaves_no_half_file(store: MemoryStore, to: Path) -> None:
    class Away(MemoryStore):
        def get_all(self, keys: Sequence[str]) -> list[StoredObject | None]:
            raise Unavailable("gone")

    away = Away()
    away._versions = store._versions
    with pytest.raises(Unavailable):
        export_client(away, CLIENT, to)
    assert to.read_bytes() == b"the bundle of yesterday"
    assert list(to.parent.iterdir()) == [to]


def test_a_client_that_there_is_not_is_told(store: MemoryStore, to: Path) -> None:
    with pytest.raises(NoSuchClient, match="no client nobody"):
        export_client(store, "nobody", to)
    assert to.read_bytes() == b"the bundle of yesterday"


def test_a_studio_that_is_being_cleared_away_is_left_out(store: MemoryStore, to: Path) -> None:
    rewritten(store, CONFIG, deletedAt="2024-01-01T00:00:00Z", purgingAt="2024-02-01T00:00:00Z")
    store.delete_all(pages(store))
    export_client(store, CLIENT, to)
    with zipfile.ZipFile(to) as file:
        assert not [name for name in file.namelist() if name.startswith("scene-studios")]


def test_a_bundle_is_for_its_owner_alone(store: MemoryStore, to: Path) -> None:
    export_client(store, CLIENT, to)
    assert to.stat().st_mode & 0o777 == 0o600
    assert zipfile.is_zipfile(to)


def test_what_is_missing_can_be_left_out_and_is_missing_after_the_import(store: MemoryStore, to: Path) -> None:
    page = pages(store)[0]
    store.delete_all([FRONT, page])
    missing = export_client(store, CLIENT, to, incomplete=True)
    folder = keys.client_folder(CLIENT)
    assert sorted(missing) == sorted(key.removeprefix(folder) for key in (FRONT, page))
    with zipfile.ZipFile(to) as file:
        assert json.loads(file.read("manifest.json"))["missing"] == list(missing)
    for client_id in (CLIENT, "other"):
        imported = MemoryStore()
        with Bundle(to) as bundle:
            Import(bundle, imported, client_id, NOW, lambda: "unique").run()
        found = {one.key for one in Check(imported, NOW).findings() if one.said is not None}
        assert found == {key.replace(folder, keys.client_folder(client_id)) for key in (FRONT, page)}


def test_what_is_damaged_can_be_left_out(store: MemoryStore, to: Path) -> None:
    replace(store, pages(store)[-1], jpeg(1))
    assert len(export_client(store, CLIENT, to, incomplete=True)) == 1


def test_a_history_that_does_not_fit_together_is_exported_in_no_way(store: MemoryStore, to: Path) -> None:
    slot = json.loads(current_objects(store)[CONFIG])["outputSlots"][0]
    rewritten(store, CONFIG, outputSlots=[{**slot, "historyCount": 1000}])
    with pytest.raises(ExportRefused, match="does not join"):
        export_client(store, CLIENT, to, incomplete=True)
