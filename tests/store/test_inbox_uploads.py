"""Results of uploads wait beside those of generation, and those of products wait for the client's document."""

from contextlib import suppress
from itertools import count
from typing import Final

import pytest
from pydantic_core import from_json

from scene_studio.model.client import Client, Product, new_client
from scene_studio.model.errors import SceneStudioError
from scene_studio.model.product_pictures import remove_picture
from scene_studio.model.results import AnyResult, parse_result
from scene_studio.model.scene import Scene
from scene_studio.model.studio import Studio
from scene_studio.model.upload import Picture, UploadResult, new_upload
from scene_studio.store import keys
from scene_studio.store.cache import DocumentCache, Versioned
from scene_studio.store.clients import Clients
from scene_studio.store.inbox import Folded
from scene_studio.store.object_store import ObjectStore, StoredObject
from tests.store.test_inbox import (
    FAULTS,
    JSON,
    NOW,
    PLACE,
    THEN,
    Crash,
    FailingStore,
    Machine,
    failure,
    history,
    picture,
    waiting,
    with_intents,
)
from tests.support.scripted_store import FakeTime, MemoryStore, just_before, reply_lost

LIBRARY: Final = (PLACE[0], keys.LIBRARY)
SAND: Final = UploadResult(owner="scene", owner_id="beach", id="sand", picture=Picture(id="sand"))
FRONT: Final = UploadResult(owner="product", owner_id="mug", id="front", picture=Picture(id="front"))


def with_uploads(store: ObjectStore) -> None:
    """Make a studio with a wanted picture and a scene, and a client with a product, that wait for files."""
    with_intents(store, "p")
    Machine(store).change(
        lambda studio: studio.replace(user_scenes=(Scene(id="beach", upload=new_upload("sand", NOW)),))
    )
    mug = Product(id="mug", name="Mug", uploads=(new_upload("front", NOW), new_upload("back", NOW + 1)))
    client = new_client(PLACE[0], "ACME", THEN).replace(products=(mug,))
    clients = Clients(store, DocumentCache[Client]())
    clients.commit(PLACE[0], lambda _: client, None, FakeTime().pacing())


@pytest.fixture
def machine(shared: ObjectStore) -> Machine:
    """A process that knows neither document yet."""
    with_uploads(shared)
    return Machine(shared)


def put(machine: Machine, result: AnyResult, unique: str = "u", place: tuple[str, str] = PLACE) -> str:
    return machine.inbox.put(*place, result, unique)


def fold_library(machine: Machine, own: str | None = None) -> Folded:
    return machine.inbox.fold(*LIBRARY, NOW, FakeTime().pacing(seconds=1000), own)


def scene_state(store: ObjectStore) -> str:
    return Machine(store).studio().user_scenes[0].state


def mug(store: ObjectStore) -> Product:
    found = Clients(store, DocumentCache[Client]()).read(PLACE[0]).document.find("mug")
    assert found is not None
    return found


def in_library(store: ObjectStore) -> list[str]:
    prefix = keys.inbox(*LIBRARY)
    return [key.removeprefix(prefix) for key in store.list_names(prefix).names]


def test_results_of_both_kinds_go_into_one_commit(machine: Machine, shared: ObjectStore) -> None:
    put(machine, picture("p"))
    put(machine, SAND)
    before = machine.studio().rev

    assert machine.fold() == Folded(2)

    assert (history(shared), scene_state(shared), waiting(shared)) == (["p"], "READY", [])
    assert machine.studio().rev == before + 1


@pytest.mark.parametrize("kind", ["generation", "upload"])
def test_a_result_of_one_kind_needs_none_of_the_other(machine: Machine, shared: ObjectStore, kind: str) -> None:
    results: dict[str, AnyResult] = {"generation": picture("p"), "upload": SAND}
    put(machine, results[kind])
    assert machine.fold() == Folded(1)
    ended = (["p"], "PROCESSING") if kind == "generation" else ([], "READY")
    assert (history(shared), scene_state(shared)) == ended


def test_results_say_of_what_kind_they_are_and_older_ones_need_not(
    machine: Machine, shared: ObjectStore
) -> None:
    results: list[AnyResult] = [picture("p"), failure("p"), SAND, FRONT]
    for number, result in enumerate(results):
        key = put(machine, result, f"u{number}")
        stored = shared.get(key)
        assert isinstance(stored, StoredObject)
        assert from_json(stored.body)["kind"] == result.kind
        assert parse_result(stored.body) == result
    old = b'{"slotId":"a","id":"p","attempt":1,"error":"refused"}'
    assert parse_result(old) == failure("p")


@pytest.mark.parametrize(
    "body",
    [
        b'{"kind":"upload","slotId":"a","id":"p","attempt":1,"error":"refused"}',
        b'{"kind":"generation","owner":"scene","ownerId":"beach","id":"sand"}',
        b'{"kind":"someday","owner":"scene","ownerId":"beach","id":"sand"}',
        b'{"kind":["upload"],"owner":"scene","ownerId":"beach","id":"sand"}',
        b'{"kind":"upload","owner":"scene","ownerId":"../beach","id":"sand"}',
    ],
)
def test_what_is_no_result_of_its_kind_stays_and_is_told(
    machine: Machine, shared: ObjectStore, body: bytes
) -> None:
    odd = keys.result(*PLACE, "p", "odd")
    shared.put_once(odd, body, content_type=JSON)
    assert machine.fold() == Folded(0, (odd,))


def test_results_of_products_are_folded_into_the_client_and_leave_its_studios_alone(
    machine: Machine, shared: ObjectStore
) -> None:
    put(machine, FRONT, place=LIBRARY)
    put(machine, SAND)

    assert fold_library(machine) == Folded(1)

    assert (mug(shared).image_id, [one.id for one in mug(shared).uploads]) == ("front", ["back"])
    assert (in_library(shared), waiting(shared), scene_state(shared)) == ([], ["sand"], "PROCESSING")


def test_a_library_has_no_use_for_the_results_of_studios(machine: Machine, shared: ObjectStore) -> None:
    before = mug(shared)
    own = put(machine, picture("p"), place=LIBRARY)
    put(machine, SAND, place=LIBRARY)
    put(machine, FRONT)
    assert (fold_library(machine, own), machine.fold()) == (Folded(2), Folded(1))
    assert (mug(shared), in_library(shared), waiting(shared)) == (before, [], [])


def test_a_stray_result_is_taken_out_of_a_library_that_others_write_to_as_well(
    machine: Machine, shared: ObjectStore
) -> None:
    put(machine, FRONT, place=LIBRARY)
    own = put(machine, picture("p"), place=LIBRARY)
    machine.store.puts.append(just_before(lambda: fold_library(Machine(shared))))
    assert fold_library(machine, own) == Folded()
    assert (mug(shared).image_id, in_library(shared)) == ("front", [])


def test_results_of_a_studio_that_is_purged_meanwhile_are_taken_out(
    machine: Machine, shared: ObjectStore
) -> None:
    own = put(machine, SAND)
    machine.studio()
    machine.store.puts.append(just_before(lambda: shared.delete(keys.studio(*PLACE))))
    assert machine.fold(own) == Folded(1)
    assert (waiting(shared), shared.get(keys.studio(*PLACE))) == ([], None)


def test_results_for_the_library_of_a_client_that_is_gone_are_taken_out(shared: ObjectStore) -> None:
    machine = Machine(shared)
    own = put(machine, FRONT, place=LIBRARY)
    assert fold_library(machine, own) == Folded(1)
    assert in_library(shared) == []
    assert shared.get(keys.client(PLACE[0])) is None


def test_a_result_that_comes_to_a_document_gone_stale_here_is_folded_all_the_same(
    machine: Machine, shared: ObjectStore
) -> None:
    """Others commit again and again; each attempt is made on what was read since."""

    def another_commit() -> None:
        other = Machine(shared)
        other.change(lambda studio: studio.replace(name=f"{studio.name}+"))

    machine.studio()
    put(machine, SAND)
    machine.store.puts.extend([just_before(another_commit)] * 3)
    assert machine.fold() == Folded(1)
    assert (scene_state(shared), machine.studio().name) == ("READY", "Main Studio+++")


def test_a_result_for_which_there_is_no_use_any_more_is_taken_out_of_the_library(
    machine: Machine, shared: ObjectStore
) -> None:
    def removed(current: Versioned[Client] | None) -> Client | None:
        assert current is not None
        return remove_picture(current.document, "mug", "front", THEN)

    machine.clients.read(PLACE[0])
    own = put(machine, FRONT, place=LIBRARY)
    machine.store.puts.append(
        just_before(
            lambda: Clients(shared, DocumentCache[Client]()).commit(
                PLACE[0], removed, None, FakeTime().pacing()
            )
        )
    )
    assert fold_library(machine, own) == Folded()
    assert (mug(shared).image_id, in_library(shared)) == (None, [])


def test_a_commit_whose_reply_is_lost_is_made_once(machine: Machine, shared: ObjectStore) -> None:
    own = put(machine, FRONT, place=LIBRARY)
    machine.store.puts.append(reply_lost)
    before = Clients(shared, DocumentCache[Client]()).read(PLACE[0]).document.rev
    assert fold_library(machine, own) == Folded()
    assert (mug(shared).image_id, in_library(shared)) == ("front", [])
    assert Clients(shared, DocumentCache[Client]()).read(PLACE[0]).document.rev == before + 1


@pytest.mark.parametrize("how", FAULTS)
@pytest.mark.parametrize("place", [PLACE, LIBRARY], ids=["studio", "library"])
def test_whichever_call_goes_wrong_every_upload_has_ended_once_in_the_end(
    place: tuple[str, str], how: str
) -> None:
    for wrong in count(1):
        store = MemoryStore()
        with_uploads(store)
        own = put(Machine(store), SAND if place == PLACE else FRONT, place=place)
        failing = FailingStore(store, wrong, how)
        with suppress(Crash, SceneStudioError):
            Machine(failing).inbox.fold(*place, NOW, FakeTime().pacing(), own)
        ended = scene_state(store) == "READY" if place == PLACE else mug(store).image_id == "front"
        assert ended or store.list_names(keys.inbox(*place)).names == (own,)
        Machine(store).inbox.fold(*place, NOW, FakeTime().pacing())
        assert (scene_state(store) if place == PLACE else mug(store).image_id) in {"READY", "front"}
        assert store.list_names(keys.inbox(*place)).names == ()
        if len(failing.calls) < wrong:
            break
    assert wrong == 6  # a listing, the result, the document, the commit and the deletion, and all is well


def test_a_studio_with_both_kinds_is_stored_as_it_is_read(machine: Machine, shared: ObjectStore) -> None:
    put(machine, SAND)
    machine.fold()
    stored = shared.get(keys.studio(*PLACE))
    assert isinstance(stored, StoredObject)
    assert Studio.model_validate_json(stored.body) == machine.studio()
