"""A picture is one worker's for as long as its claim holds, whatever becomes of requests and replies."""

from collections.abc import Callable
from typing import Any, Final

import pytest
from greenlet import getcurrent, greenlet  # type: ignore[import-untyped]
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from scene_studio.generation.claims import Claim, ClaimBody, Claims
from scene_studio.store import keys
from scene_studio.store.object_store import ObjectStore, StoredObject, Unavailable
from tests.support.scripted_store import (
    Delayed,
    MemoryStore,
    ScriptedStore,
    Step,
    just_after_reply_lost,
    just_before,
    reply_lost,
    request_lost,
    unavailable,
)

PICTURE: Final = ("acme-corp", "default", "p")
KEY: Final = keys.claim(*PICTURE)
LEASE: Final = 1000
T0: Final = 5000


class Run:
    """A worker's run: it shares the store with others, and nothing else."""

    def __init__(self, shared: ObjectStore, name: str) -> None:
        self.store = ScriptedStore(shared)
        self.claims = Claims(self.store, LEASE)
        self.name = name

    def take(self, now: int = T0) -> Claim | None:
        return self.claims.take(*PICTURE, self.name, now)

    def holds(self, now: int = T0) -> Claim:
        claim = self.take(now)
        assert claim is not None
        return claim


@pytest.fixture
def shared() -> MemoryStore:
    return MemoryStore()


@pytest.fixture
def one(shared: MemoryStore) -> Run:
    return Run(shared, "one")


@pytest.fixture
def two(shared: MemoryStore) -> Run:
    return Run(shared, "two")


def standing(shared: MemoryStore) -> ClaimBody:
    found = shared.get(KEY)
    assert isinstance(found, StoredObject)
    return ClaimBody.model_validate_json(found.body)


def test_a_claim_says_who_has_it_and_until_when(one: Run, shared: MemoryStore) -> None:
    claim = one.holds()
    assert claim.body == standing(shared) == ClaimBody(holder="one", since=T0, until=T0 + LEASE)
    assert one.store.calls == [("put", KEY)]


def test_claims_of_other_pictures_are_in_nobodys_way(one: Run, two: Run) -> None:
    one.holds()
    for other in (("acme-corp", "default", "q"), ("acme-corp", "other", "p"), ("acme", "default", "p")):
        assert two.claims.take(*other, "two", T0) is not None


@pytest.mark.parametrize(("later", "taken"), [(0, False), (1, False), (LEASE - 1, False), (LEASE, True)])
def test_a_claim_is_taken_over_when_it_has_run_out_and_not_before(
    one: Run, two: Run, shared: MemoryStore, later: int, *, taken: bool
) -> None:
    one.holds()
    claim = two.take(T0 + later)
    assert (claim is not None) is taken
    assert (standing(shared).holder, standing(shared).since) == (("two", T0 + later) if taken else ("one", T0))


def test_a_claim_that_was_given_up_is_free_at_once(one: Run, two: Run) -> None:
    one.claims.give_up(one.holds())
    assert two.take() is not None


@pytest.mark.parametrize("step", [unavailable, request_lost])
def test_a_claim_that_could_not_be_given_up_waits_for_its_end(one: Run, two: Run, step: Step) -> None:
    claim = one.holds()
    one.store.puts.append(step)
    one.claims.give_up(claim)
    assert two.take() is None
    assert two.take(T0 + LEASE) is not None


def test_giving_up_too_late_leaves_the_claim_of_the_next_alone(one: Run, two: Run, shared: MemoryStore) -> None:
    old = one.holds()
    two.holds(T0 + LEASE)
    one.claims.give_up(old)
    assert standing(shared) == ClaimBody(holder="two", since=T0 + LEASE, until=T0 + 2 * LEASE)


@pytest.mark.parametrize("taken_over", [False, True])
def test_a_claim_whose_reply_was_lost_is_found_by_reading_it(
    one: Run, two: Run, shared: MemoryStore, *, taken_over: bool
) -> None:
    if taken_over:
        one.claims.give_up(one.holds())
        two.store.puts.extend([lambda request: request(), reply_lost])
    else:
        two.store.puts.append(reply_lost)
    claim = two.holds()
    assert claim.body.holder == "two"
    two.claims.give_up(claim)
    assert standing(shared).until == standing(shared).since


def test_a_claim_whose_request_was_lost_is_nobodys(one: Run, two: Run) -> None:
    one.store.puts.append(request_lost)
    assert one.take() is None
    assert two.take() is not None


def test_a_takeover_whose_request_was_lost_is_nobodys(one: Run, two: Run, shared: MemoryStore) -> None:
    one.holds()
    two.store.puts.extend([lambda request: request(), request_lost])
    assert two.take(T0 + LEASE) is None
    assert standing(shared).holder == "one"
    assert two.take(T0 + LEASE) is not None


def test_a_claim_that_arrives_late_is_held_by_nobody_and_runs_out(one: Run, two: Run) -> None:
    late = Delayed()
    one.store.puts.append(late.step)
    assert one.take() is None
    assert late.arrive() == [True]
    assert two.take(T0 + LEASE - 1) is None
    assert two.take(T0 + LEASE) is not None


def test_a_takeover_that_arrives_late_does_not_replace_that_of_another(
    one: Run, two: Run, shared: MemoryStore
) -> None:
    late = Delayed()
    one.holds()
    two.store.puts.extend([lambda request: request(), late.step])
    assert two.take(T0 + LEASE) is None
    assert Run(shared, "three").take(T0 + LEASE) is not None
    assert late.arrive() == [False]
    assert standing(shared).holder == "three"


def test_of_two_that_claim_at_once_one_gets_it(one: Run, two: Run) -> None:
    two.store.puts.append(just_before(one.take))
    assert two.take() is None


def test_of_two_that_take_over_at_once_one_gets_it(one: Run, two: Run, shared: MemoryStore) -> None:
    Run(shared, "old").holds()
    two.store.puts.extend([lambda request: request(), just_before(lambda: one.take(T0 + LEASE))])
    assert two.take(T0 + LEASE) is None
    assert standing(shared).holder == "one"


def test_a_claim_that_stood_and_was_taken_over_before_it_was_read_is_not_held(one: Run, two: Run) -> None:
    one.store.puts.append(just_after_reply_lost(lambda: two.take(T0 + LEASE)))
    assert one.take() is None


def test_a_claim_that_vanished_before_it_was_read_is_not_held_and_can_be_taken(
    one: Run, two: Run, shared: MemoryStore
) -> None:
    one.holds()
    two.store.gets.append(just_before(lambda: shared.delete(KEY)))
    assert two.take() is None
    assert two.take() is not None


@pytest.mark.parametrize(("puts", "gets"), [([unavailable], []), ([reply_lost], [unavailable])])
def test_a_store_out_of_reach_is_told(one: Run, puts: list[Step], gets: list[Step]) -> None:
    one.store.puts.extend(puts)
    one.store.gets.extend(gets)
    with pytest.raises(Unavailable):
        one.take()


def test_work_goes_on_since_the_claim_was_taken_and_until_it_ends(one: Run, two: Run) -> None:
    def since(now: int) -> dict[str, int]:
        return one.claims.since(*PICTURE[:2], ["none", "p", "q"], now)

    assert since(T0) == {}
    claim = one.holds()
    two.claims.take(*PICTURE[:2], "q", "two", T0 + 10)
    assert since(T0 + LEASE - 1) == {"p": T0, "q": T0 + 10}
    assert since(T0 + LEASE) == {"q": T0 + 10}
    one.claims.give_up(claim)
    assert since(T0 + 1) == {"q": T0 + 10}


FATES: Final = ("well", "well", "well", "reply lost", "request lost", "late", "out of reach")


class Schedule:
    """A store whose every request waits until it is told its fate; the run that sent it waits with it."""

    def __init__(self, shared: MemoryStore, late: Delayed) -> None:
        self._shared = shared
        self._fates: dict[str, Step] = {
            "well": lambda request: request(),
            "reply lost": reply_lost,
            "request lost": request_lost,
            "late": late.step,
            "out of reach": unavailable,
        }

    def get(self, key: str, **options: Any) -> Any:
        fate = getcurrent().parent.switch()
        if fate != "well":
            raise Unavailable(fate)
        return self._shared.get(key, **options)

    def put(self, key: str, body: bytes, **options: Any) -> Any:
        fate = getcurrent().parent.switch()
        return self._fates[fate](lambda: self._shared.put(key, body, **options))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._shared, name)


class ManyRuns(RuleBasedStateMachine):
    """Runs that claim one picture, each stopped before every request for as long as it pleases the schedule."""

    def __init__(self) -> None:
        super().__init__()
        self.now = T0
        self.shared = MemoryStore()
        self.late = Delayed()
        self.claims = Claims(Schedule(self.shared, self.late), LEASE)
        self.waiting: list[greenlet] = []
        self.held: list[Claim] = []
        self.runs = 0

    @rule()
    def a_run_begins(self) -> None:
        self.runs += 1
        holder, now = f"run-{self.runs}", self.now
        self._start(lambda: self._take(holder, now))

    @precondition(lambda self: self.waiting)
    @rule(data=st.data(), fate=st.sampled_from(FATES))
    def a_request_is_answered(self, data: st.DataObject, fate: str) -> None:
        waiting = data.draw(st.sampled_from(self.waiting))
        self.waiting.remove(waiting)
        self._go_on(waiting, fate)

    @precondition(lambda self: self.waiting)
    @rule(data=st.data())
    def a_run_is_killed(self, data: st.DataObject) -> None:
        self.waiting.remove(data.draw(st.sampled_from(self.waiting)))

    @precondition(lambda self: self.held)
    @rule(data=st.data())
    def a_claim_is_given_up(self, data: st.DataObject) -> None:
        claim = data.draw(st.sampled_from(self.held))
        self.held.remove(claim)
        self._start(lambda: self.claims.give_up(claim))

    @rule()
    def late_writes_arrive(self) -> None:
        self.late.arrive()

    @rule(milliseconds=st.sampled_from([1, LEASE // 2, LEASE - 1, LEASE]))
    def time_passes(self, milliseconds: int) -> None:
        self.now += milliseconds

    @invariant()
    def at_most_one_run_holds_the_picture(self) -> None:
        holding = [claim for claim in self.held if self.now < claim.body.until]
        assert len(holding) <= 1
        assert [claim.body for claim in holding] in ([], [self._standing()])

    def teardown(self) -> None:
        """When all is well again, the picture can be claimed as soon as the last lease has ended."""
        self.late.arrive()
        assert Claims(self.shared, LEASE).take(*PICTURE, "last", self.now + LEASE) is not None

    def _standing(self) -> ClaimBody | None:
        found = self.shared.get(KEY)
        return ClaimBody.model_validate_json(found.body) if isinstance(found, StoredObject) else None

    def _take(self, holder: str, now: int) -> None:
        try:
            claim = self.claims.take(*PICTURE, holder, now)
        except Unavailable:
            return
        if claim is not None:
            self.held.append(claim)

    def _start(self, work: Callable[[], None]) -> None:
        self._go_on(greenlet(work))

    def _go_on(self, run: greenlet, *fate: str) -> None:
        run.parent = getcurrent()
        run.switch(*fate)
        if not run.dead:
            self.waiting.append(run)


def test_over_any_schedule_of_requests_at_most_one_run_holds_a_picture() -> None:
    run_state_machine_as_test(
        ManyRuns,
        settings=settings(
            max_examples=200,
            stateful_step_count=40,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
