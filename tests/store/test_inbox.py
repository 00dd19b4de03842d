"""Results wait in the inbox until they are in the document, whatever goes wrong on the way there."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scene_studio.model.client import Client
from scene_studio.model.errors import Busy, OutcomeUnknown, SceneStudioError
from scene_studio.model.generation import cancel, retry
from scene_studio.model.intent import Intent, Result
from scene_studio.model.revision import GeneratedSceneImage
from scene_studio.model.studio import Studio, new_slot, new_studio
from scene_studio.store import keys
from scene_studio.store.cache import DocumentCache, Versioned
from scene_studio.store.clients import Clients
from scene_studio.store.folders import Folders
from scene_studio.store.inbox import Folded, Inbox
from scene_studio.store.object_store import ObjectStore, Unavailable, WriteUnsettled
from scene_studio.store.pacing import MAX_ATTEMPTS, within
from scene_studio.store.studios import Studios
from tests.support.scripted_store import (
    Delayed,
    FakeTime,
    MemoryStore,
    ScriptedStore,
    Step,
    just_before,
    reply_lost,
    request_lost,
    unavailable,
)
from tests.support.stores import sqlite_store

PLACE: Final = ("acme-corp", "default")
NOW: Final = 1_700_000_000_000
THEN: Final = "2024-01-01T00:00:00Z"
JSON: Final = "application/json"

Change = Callable[[Studio], Studio | None]


class Crash(BaseException):
    """The process is gone."""


@dataclass
class FailingStore:
    """A store of which one call goes wrong.

    Attributes:
        inner: the store, always well.
        wrong: which call, from 1.
        how: what happens to it; one of `FAULTS`.
        calls: the names of all calls, in order.
    """

    inner: ObjectStore
    wrong: int
    how: str
    calls: list[str] = field(default_factory=list)

    def __getattr__(self, name: str) -> Any:
        def call(*arguments: Any, **options: Any) -> Any:
            self.calls.append(name)
            request = getattr(self.inner, name)
            if len(self.calls) != self.wrong:
                return request(*arguments, **options)
            if self.how in {"crash after it", "reply lost"}:
                request(*arguments, **options)
            if self.how.startswith("crash"):
                raise Crash
            unknown = name == "put" and self.how != "out of reach"
            raise WriteUnsettled(self.how) if unknown else Unavailable(self.how)

        return call


FAULTS: Final = ("crash before it", "crash after it", "request lost", "reply lost", "out of reach")


class Machine:
    """A process that puts results in and folds them; it shares the store with others, and nothing else."""

    def __init__(self, store: ObjectStore) -> None:
        self.store = ScriptedStore(store)
        self.studios = Studios(self.store, DocumentCache[Studio]())
        self.clients = Clients(self.store, DocumentCache[Client]())
        self.inbox = Inbox(self.store, Folders(self.studios, self.clients))

    def put(self, result: Result, unique: str = "u") -> str:
        return self.inbox.put(*PLACE, result, unique)

    def fold(self, own: str | None = None, *, attempts: int = MAX_ATTEMPTS) -> Folded:
        return self.inbox.fold(*PLACE, NOW, FakeTime().pacing(attempts=attempts, seconds=1000), own)

    def change(self, change: Change) -> None:
        def apply(current: Versioned[Studio] | None) -> Studio | None:
            assert current is not None
            return change(current.document)

        self.studios.commit(*PLACE, apply, None, FakeTime().pacing())

    def studio(self) -> Studio:
        return self.studios.read_any(*PLACE).document


def with_intents(store: ObjectStore, *image_ids: str) -> None:
    """Make the studio, with a slot in which these pictures are wanted."""
    wanted = [
        Intent(id=name, asked_at=NOW, asked_rev=1, queued_at=NOW, deadline=NOW + 1000, seed=1)
        for name in image_ids
    ]
    slot = new_slot("a").replace(intents=tuple(wanted))
    studio = new_studio(*PLACE, None, THEN).replace(output_slots=(slot,))
    Studios(store, DocumentCache[Studio]()).commit(*PLACE, lambda _: studio, None, FakeTime().pacing())


def picture(image_id: str) -> Result:
    return Result(slot_id="a", id=image_id, attempt=1, revision=GeneratedSceneImage(id=image_id, timestamp=NOW))


def failure(image_id: str, attempt: int = 1) -> Result:
    return Result(slot_id="a", id=image_id, attempt=attempt, error="refused")


def history(store: ObjectStore) -> list[str]:
    slot = Machine(store).studio().find_slot("a")
    assert slot is not None
    assert slot.history_count == len(slot.history)
    return [revision.id for revision in slot.history]


def waiting(store: ObjectStore) -> list[str]:
    """The results in the inbox, by the names of their pictures."""
    prefix = keys.inbox(*PLACE)
    return [key.removeprefix(prefix).partition(".")[0] for key in store.list_names(prefix).names]


@pytest.fixture
def machine(shared: ObjectStore) -> Machine:
    """A process that knows the studio, in which the pictures p and q are wanted."""
    with_intents(shared, "p", "q")
    machine = Machine(shared)
    machine.studio()
    machine.store.calls.clear()
    return machine


def test_what_is_put_in_is_folded_and_taken_out(machine: Machine, shared: ObjectStore) -> None:
    machine.put(picture("p"))
    machine.put(failure("q"))
    assert (history(shared), waiting(shared)) == ([], ["p", "q"])

    assert machine.fold() == Folded(2)

    assert (history(shared), waiting(shared)) == (["p"], [])
    slot = machine.studio().slot("a")
    assert [(one.id, one.error) for one in slot.intents] == [("q", "refused")]


def test_all_that_waits_goes_into_one_commit(shared: ObjectStore) -> None:
    names = [f"p{number:02}" for number in range(20)]
    with_intents(shared, *names)
    machine = Machine(shared)
    for name in names:
        machine.put(picture(name))

    assert machine.fold() == Folded(20)

    assert [name for name, _ in machine.store.calls].count("put") == 1
    assert (sorted(history(shared)), machine.studio().rev) == (names, 2)


def test_an_empty_inbox_costs_one_listing(machine: Machine) -> None:
    machine.store.inner = FailingStore(machine.store.inner, 2, "crash before it")
    assert machine.fold() == Folded()


def test_an_own_result_that_another_has_folded_costs_one_listing(machine: Machine, shared: ObjectStore) -> None:
    own = machine.put(picture("p"))
    Machine(shared).fold()
    machine.put(picture("q"))
    machine.store.inner = FailingStore(shared, 2, "crash before it")

    assert machine.fold(own) == Folded()

    assert waiting(shared) == ["q"]


def test_two_results_of_one_picture_are_two_objects_and_one_revision(
    machine: Machine, shared: ObjectStore
) -> None:
    keys_of_both = {machine.put(picture("p"), "first"), machine.put(picture("p"), "second")}
    assert len(keys_of_both) == 2
    assert machine.fold() == Folded(2)
    assert (history(shared), waiting(shared)) == (["p"], [])


def test_a_result_that_is_not_known_to_be_in_is_told(machine: Machine) -> None:
    machine.store.creates.append(unavailable)
    with pytest.raises(Busy):
        machine.put(picture("p"))


@pytest.mark.parametrize("step", [reply_lost, request_lost, unavailable])
def test_a_commit_that_went_wrong_once_is_made_all_the_same_and_once(
    machine: Machine, shared: ObjectStore, step: Step
) -> None:
    machine.put(picture("p"))
    machine.store.puts.append(step)
    assert machine.fold() == Folded(1)
    assert (history(shared), waiting(shared), machine.studio().rev) == (["p"], [], 2)


def test_a_commit_that_arrives_late_is_not_made_twice(machine: Machine, shared: ObjectStore) -> None:
    late = Delayed()
    machine.put(picture("p"))
    machine.store.puts.append(late.step)
    assert machine.fold() == Folded(1)
    assert late.arrive() == [False]
    assert (history(shared), machine.studio().rev) == (["p"], 2)


@pytest.mark.parametrize(
    ("step", "error"), [(reply_lost, OutcomeUnknown), (request_lost, OutcomeUnknown), (unavailable, Busy)]
)
def test_nothing_is_taken_out_before_the_commit_is_known_to_stand(
    machine: Machine, shared: ObjectStore, step: Step, error: type[SceneStudioError]
) -> None:
    machine.put(picture("p"))
    machine.store.puts.append(step)
    with pytest.raises(error):
        machine.fold(attempts=1)
    assert waiting(shared) == ["p"]
    assert machine.fold() == Folded(1)
    assert (history(shared), waiting(shared)) == (["p"], [])


def test_a_write_that_lands_after_its_fold_gave_up_is_found_by_the_next(
    machine: Machine, shared: ObjectStore
) -> None:
    late = Delayed()
    machine.put(picture("p"))
    machine.store.puts.append(late.step)
    with pytest.raises(OutcomeUnknown):
        machine.fold(attempts=1)
    assert (late.arrive(), waiting(shared)) == ([True], ["p"])
    assert machine.fold() == Folded(1)
    assert (history(shared), waiting(shared), machine.studio().rev) == (["p"], [], 2)


@pytest.mark.parametrize("how", FAULTS)
def test_whichever_call_goes_wrong_every_result_is_folded_once_in_the_end(how: str) -> None:
    for wrong in count(1):
        store = MemoryStore()
        with_intents(store, "p", "q")
        failing = FailingStore(store, wrong, how)
        fine = Machine(store)
        fine.put(picture("p"))
        own = fine.put(picture("q"))
        with suppress(Crash, SceneStudioError):
            Machine(failing).fold(own)
        assert {*history(store), *waiting(store)} == {"p", "q"}
        fine.fold()
        assert (history(store), waiting(store)) == (["q", "p"], [])
        if len(failing.calls) < wrong:
            break
    assert wrong == 6  # a listing, the results, the document, the commit and the deletion, and all is well


def test_results_that_no_intent_can_take_are_taken_out(machine: Machine, shared: ObjectStore) -> None:
    machine.put(failure("p"))
    machine.fold()
    machine.change(lambda studio: retry(studio, "a", None, NOW + 9, NOW))
    machine.change(lambda studio: cancel(studio, "a", "q", NOW))
    before = machine.studio()
    machine.put(failure("p"), "stale")
    machine.put(picture("q"))
    machine.put(Result(slot_id="nowhere", id="x", attempt=1, error="refused"))

    assert machine.fold() == Folded(3)

    assert (waiting(shared), machine.studio()) == ([], before)


def test_a_result_that_a_process_knows_no_intent_for_is_not_taken_out_unread(
    machine: Machine, shared: ObjectStore
) -> None:
    """What is asked for elsewhere in the meantime is in no copy that this process keeps."""
    Machine(shared).change(lambda studio: cancel(studio, "a", "p", NOW))
    machine.studio()
    other = Machine(shared)
    back = Intent(id="p", asked_at=NOW, asked_rev=3, queued_at=NOW, deadline=NOW + 1000, seed=1)
    other.change(lambda studio: studio.with_slot(studio.slot("a").replace(intents=(back,))))
    other.put(picture("p"))

    assert machine.fold() == Folded(1)

    assert (history(shared), waiting(shared)) == (["p"], [])


@pytest.mark.parametrize("body", [b"", b"{}", b"[1]", b"\xff\xfe", b'{"slotId":"a","id":"../p","attempt":1}'])
def test_what_is_no_result_stays_is_told_and_holds_nothing_up(
    machine: Machine, shared: ObjectStore, body: bytes
) -> None:
    odd = keys.result(*PLACE, "p", "odd")
    shared.put_once(odd, body, content_type=JSON)
    assert machine.fold() == Folded(0, (odd,))
    machine.put(picture("p"))
    assert machine.fold() == Folded(1, (odd,))
    assert (history(shared), waiting(shared)) == (["p"], ["p"])


def test_results_of_a_studio_that_is_gone_are_taken_out_and_make_none(shared: ObjectStore) -> None:
    machine = Machine(shared)
    machine.put(picture("p"))
    assert machine.fold() == Folded(1)
    assert waiting(shared) == []
    assert shared.get(keys.studio(*PLACE)) is None


def test_results_of_other_studios_are_left_alone(machine: Machine, shared: ObjectStore) -> None:
    for place in (("acme-corp", "default2"), ("acme", "default")):
        machine.inbox.put(*place, picture("p"), "u")
    assert machine.fold() == Folded()
    assert len(shared.list_names(keys.inboxes()).names) == 2


def test_an_own_result_behind_more_objects_than_a_listing_gives_is_folded_too() -> None:
    store = MemoryStore()
    with_intents(store, "p")
    for number in range(1000):
        store.put_once(keys.result(*PLACE, "a", f"{number:04}"), b"", content_type=JSON)
    machine = Machine(store)
    own = machine.put(picture("p"))

    assert machine.fold(own).results == 1

    assert history(store) == ["p"]


def test_a_result_that_comes_after_the_listing_waits_for_the_next_fold(
    machine: Machine, shared: ObjectStore
) -> None:
    machine.put(picture("p"))
    machine.store.puts.append(just_before(lambda: Machine(shared).put(picture("q"))))
    assert machine.fold() == Folded(1)
    assert (history(shared), waiting(shared)) == (["p"], ["q"])


def test_two_that_fold_the_same_results_at_once_fold_them_once(machine: Machine, shared: ObjectStore) -> None:
    machine.put(picture("p"))
    machine.store.puts.append(just_before(Machine(shared).fold))
    assert machine.fold() == Folded()
    assert (history(shared), waiting(shared), machine.studio().rev) == (["p"], [], 2)


@pytest.mark.parametrize("taken_out", [False, True])
def test_one_of_many_that_another_has_folded_meanwhile_reads_none_of_the_others(
    shared: ObjectStore, *, taken_out: bool
) -> None:
    names = [f"p{number}" for number in range(6)]
    with_intents(shared, *names)
    machine, another = Machine(shared), Machine(shared)
    machine.studio()
    keys_of = {name: another.put(picture(name)) for name in names}
    time = FakeTime()

    def sleep(seconds: float) -> None:
        time.sleep(seconds)
        another.store.inner = shared if taken_out else FailingStore(shared, 5, "crash before it")
        with suppress(Crash):
            another.fold()

    machine.store.calls.clear()
    machine.store.inner = asked = FailingStore(shared, 0, "")
    pacing = replace(time.pacing(), sleep=sleep)
    assert machine.inbox.fold(*PLACE, NOW, pacing, keys_of["p0"]) == Folded()

    assert asked.calls == ["list_names", "get_all"] + ([] if taken_out else ["get"])
    assert (sorted(history(shared)), waiting(shared)) == (names, [] if taken_out else names)


STEPS: Final = ("well", "reply lost", "request lost", "out of reach", "late", "late")


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(
            st.booleans(), st.lists(st.sampled_from(STEPS), max_size=3), st.integers(1, 3), st.booleans()
        ),
        min_size=1,
        max_size=8,
    )
)
def test_however_two_folders_fare_no_result_is_ever_lost_or_doubled(
    turns: list[tuple[bool, list[str], int, bool]],
) -> None:
    names = [f"p{number}" for number in range(len(turns))]
    store, late = MemoryStore(), Delayed()
    with_intents(store, *names)
    machines = Machine(store), Machine(store)
    steps: dict[str, Step] = {
        "well": lambda request: request(),
        "reply lost": reply_lost,
        "request lost": request_lost,
        "out of reach": unavailable,
        "late": late.step,
    }
    for at, (second, faults, attempts, arrives) in enumerate(turns):
        machine = machines[second]
        own = machine.put(picture(names[at]))
        machine.store.puts.extend(steps[fault] for fault in faults)
        with suppress(SceneStudioError):
            machine.fold(own, attempts=attempts)
        machine.store.puts.clear()
        if arrives:
            late.arrive()
        assert {*history(store), *waiting(store)} == {*names[: at + 1]}
    machines[0].fold()
    late.arrive()
    assert (sorted(history(store)), waiting(store)) == (names, [])


def test_of_many_that_end_and_fold_at_once_no_result_is_lost_or_doubled(tmp_path: Path) -> None:
    names = [f"p{number:02}" for number in range(24)]
    with ExitStack() as opened:
        stores = [opened.enter_context(sqlite_store(tmp_path)) for _ in range(4)]
        with_intents(stores[0], *names)

        def end(worker: int) -> int:
            machine = Machine(stores[worker])
            taken = 0
            for name in names[worker :: len(stores)]:
                own = machine.put(picture(name))
                taken += machine.inbox.fold(*PLACE, NOW, within(30), own).results
            return taken

        with ThreadPoolExecutor(len(stores)) as pool:
            taken = sum(pool.map(end, range(len(stores))))

        assert (sorted(history(stores[0])), waiting(stores[0])) == (names, [])
        assert taken >= len(names)
        assert Machine(stores[0]).studio().rev <= 1 + len(names)
