"""A worker's run: whatever happens on the way, a picture is a revision once and is paid for once."""

from collections.abc import Callable
from itertools import count
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scene_studio.generation.claims import Claim, Claims
from scene_studio.generation.image_model import ImageModel
from scene_studio.generation.message import WantedPicture
from scene_studio.generation.work import ClaimedByAnother, Outcome, Worker
from scene_studio.model.client import Client
from scene_studio.model.errors import (
    Busy,
    FieldError,
    GenerationRefused,
    ImageRejected,
    InvalidRequest,
    ModelUnavailable,
    OutcomeUnknown,
    SceneStudioError,
)
from scene_studio.model.generation import cancel, fold, retry
from scene_studio.model.identifiers import iso_time
from scene_studio.model.intent import MAX_REASON, IntendedProduct, Intent, Result
from scene_studio.model.studio import OutputSlot, SlotStatus, Studio, delete_studio, new_slot, new_studio
from scene_studio.store import keys
from scene_studio.store.cache import DocumentCache, Versioned
from scene_studio.store.clients import Clients
from scene_studio.store.folders import Folders
from scene_studio.store.inbox import Inbox
from scene_studio.store.object_store import ObjectStore
from scene_studio.store.pacing import MAX_ATTEMPTS
from scene_studio.store.studios import Studios
from tests.store.test_inbox import FAULTS, Crash, FailingStore
from tests.support.models import StubModel, stub_jpeg
from tests.support.pictures import png
from tests.support.scripted_store import FakeTime, MemoryStore, ScriptedStore, just_before, unavailable
from tests.support.xmp import without_xmp

CLIENT: Final = "acme-corp"
STUDIO: Final = "default"
PLACE: Final = (CLIENT, STUDIO)
WANTED: Final = WantedPicture(client_id=CLIENT, studio_id=STUDIO, slot_id="a", image_id="p")
JPEG: Final = keys.revision(CLIENT, STUDIO, "a", "p")
LEASE: Final = 150_000
DEADLINE: Final = 1_800_000
SEED: Final = 4711
THEN: Final = "2024-01-01T00:00:00Z"
CALLS: Final = 12
"""The requests of a run: document, claim, document, stored picture, product; two pictures and the result;
listing, results, commit and deletion."""


class Site:
    """A store with a studio in which the picture p is wanted, an image model, and a clock.

    Attributes:
        shared: the store, always well.
        store: the store as workers see it.
        model: the image model.
        now: milliseconds since the Unix epoch.
    """

    def __init__(self) -> None:
        self.shared = MemoryStore()
        self.store: ObjectStore = self.shared
        self.model = StubModel()
        self.now = 1_700_000_000_000
        self.names = count()
        product = IntendedProduct(id="mug", name="Mug", image_id="m1")
        wanted = Intent(
            id="p",
            asked_at=self.now,
            asked_rev=1,
            queued_at=self.now,
            deadline=self.now + DEADLINE,
            products=(product,),
            prompt="A mug.",
            seed=SEED,
        )
        slot = new_slot("a", ["mug"]).replace(intents=(wanted,), status=SlotStatus.GENERATING, asked_rev=1)
        studio = new_studio(*PLACE, None, iso_time(self.now)).replace(output_slots=(slot,))
        self._commit(lambda _: studio)
        self.shared.put_once(keys.product_image(CLIENT, "mug", "m1"), png(1), content_type="image/png")

    def worker(self, model: Callable[[], ImageModel] | None = None) -> Worker:
        """A worker of a new process."""
        studios = Studios(self.store, DocumentCache[Studio]())
        return Worker(
            objects=self.store,
            studios=studios,
            inbox=Inbox(self.store, Folders(studios, Clients(self.store, DocumentCache[Client]()))),
            claims=Claims(self.store, LEASE),
            model=model or (lambda: self.model),
            clock=lambda: self.now,
            unique=lambda: f"unique-{next(self.names)}",
            pacing=FakeTime().pacing,
        )

    def run(self, *, last: bool = False) -> Outcome:
        """Deliver the message to a worker of a new process."""
        return self.worker().run(WANTED, seconds=60, last=last)

    def change(self, change: Callable[[Studio], Studio | None]) -> None:
        """Commit a change, as somebody else."""

        def apply(current: Versioned[Studio] | None) -> Studio | None:
            assert current is not None
            return change(current.document)

        self._commit(apply)

    def claim(self) -> Claim:
        """Claim the picture, as another run."""
        claim = Claims(self.shared, LEASE).take(*PLACE, "p", "another", self.now)
        assert claim is not None
        return claim

    def retry(self) -> None:
        """Ask for what failed once more, as a person."""
        self.change(lambda studio: retry(studio, "a", None, self.now + DEADLINE, self.now))

    @property
    def slot(self) -> OutputSlot:
        """The slot as it stands."""
        found = Studios(self.shared, DocumentCache[Studio]()).read_any(*PLACE).document.find_slot("a")
        assert found is not None
        return found

    @property
    def history(self) -> list[str]:
        """The ids of the slot's revisions."""
        return [revision.id for revision in self.slot.history]

    @property
    def objects(self) -> set[str]:
        """Every key."""
        return set(self.shared.list_names("").names)

    @property
    def is_free(self) -> bool:
        """Whether another run could claim the picture now."""
        return Claims(self.shared, LEASE).take(*PLACE, "p", "probe", self.now) is not None

    def _commit(self, operation: Callable[[Versioned[Studio] | None], Studio | None]) -> None:
        studios = Studios(self.shared, DocumentCache[Studio]())
        studios.commit(*PLACE, operation, None, FakeTime().pacing())


@pytest.fixture
def site() -> Site:
    return Site()


def no_model() -> ImageModel:
    raise AssertionError("the image model was asked for")


def store_picture(site: Site) -> None:
    """The picture is there, as an earlier attempt left it."""
    site.shared.put_once(JPEG, stub_jpeg(SEED), content_type="image/jpeg")


def give_up(site: Site) -> None:
    """The picture failed, as far as the studio knows."""
    site.change(lambda studio: fold(studio, [Result(slot_id="a", id="p", attempt=1, error="late")], site.now))


def test_a_wanted_picture_is_made_stored_and_becomes_a_revision(site: Site) -> None:
    assert site.run() is Outcome.DELIVERED
    assert (site.history, site.slot.status, site.slot.output_image) == (["p"], SlotStatus.COMPLETED, "p")
    assert site.model.calls == 1
    found = site.shared.get_all([JPEG, keys.revision_thumbnail(CLIENT, STUDIO, "a", "p")])
    assert [one.body[:2] if one else None for one in found] == [b"\xff\xd8"] * 2
    assert found[0] is not None
    assert without_xmp(found[0].body) == stub_jpeg(SEED)
    assert not any(key.startswith(keys.inboxes()) for key in site.objects)


@pytest.mark.parametrize(
    "wanted",
    [
        WANTED.replace(client_id="other"),
        WANTED.replace(studio_id="nowhere"),
        WANTED.replace(slot_id="nowhere"),
        WANTED.replace(image_id="never"),
    ],
)
def test_what_is_not_wanted_costs_nothing(site: Site, wanted: WantedPicture) -> None:
    before = site.objects
    assert site.worker(no_model).run(wanted, seconds=60, last=False) is Outcome.NOTHING_TO_DO
    assert site.objects == before


def test_a_cancelled_picture_is_not_made(site: Site) -> None:
    site.change(lambda studio: cancel(studio, "a", "p", site.now))
    assert site.worker(no_model).run(WANTED, seconds=60, last=False) is Outcome.NOTHING_TO_DO


def test_a_picture_that_is_a_revision_is_not_made_again(site: Site) -> None:
    site.run()
    before = site.objects, site.slot
    assert site.worker(no_model).run(WANTED, seconds=60, last=True) is Outcome.NOTHING_TO_DO
    assert (site.objects, site.slot) == before


@pytest.mark.parametrize("stored", [False, True])
@pytest.mark.parametrize("end", ["given up", "past its deadline"])
def test_a_picture_that_failed_or_is_too_late_is_delivered_if_it_is_stored_and_never_made(
    site: Site, end: str, *, stored: bool
) -> None:
    if stored:
        store_picture(site)
    if end == "given up":
        give_up(site)
    else:
        site.now += DEADLINE
    outcome = site.worker(no_model).run(WANTED, seconds=60, last=False)
    assert outcome is (Outcome.DELIVERED if stored else Outcome.NOTHING_TO_DO)
    assert site.history == (["p"] if stored else [])


def test_a_picture_is_made_until_its_deadline(site: Site) -> None:
    site.now += DEADLINE - 1
    assert (site.run(), site.model.calls) == (Outcome.DELIVERED, 1)


def test_a_stored_picture_is_not_paid_for_again(site: Site) -> None:
    store_picture(site)
    assert site.worker(no_model).run(WANTED, seconds=60, last=False) is Outcome.DELIVERED
    assert site.history == ["p"]


def test_a_picture_that_another_run_makes_is_left_to_it_until_its_lease_ends(site: Site) -> None:
    site.claim()
    with pytest.raises(ClaimedByAnother):
        site.worker(no_model).run(WANTED, seconds=60, last=True)
    assert (site.history, site.slot.status) == ([], SlotStatus.GENERATING)
    site.now += LEASE
    assert site.run() is Outcome.DELIVERED


def test_two_messages_about_one_picture_at_once_pay_for_it_once(site: Site) -> None:
    answers: list[type[BaseException]] = []

    def deliver_again() -> None:
        with pytest.raises(ClaimedByAnother) as claimed:
            site.run()
        answers.append(claimed.type)

    site.model.meanwhile = deliver_again
    assert site.run() is Outcome.DELIVERED
    assert (len(answers), site.model.calls, site.history) == (1, 1, ["p"])


@pytest.mark.parametrize("end", ["refused", "cancelled", "given up"])
def test_a_picture_that_ends_between_the_message_and_the_claim_is_not_paid_for(site: Site, end: str) -> None:
    def meanwhile() -> None:
        site.store = site.shared
        if end == "refused":
            site.model.refusal = GenerationRefused("Not this one.")
            site.run()
        elif end == "cancelled":
            site.change(lambda studio: cancel(studio, "a", "p", site.now))
        else:
            give_up(site)

    scripted = ScriptedStore(site.shared)
    scripted.puts.append(just_before(meanwhile))
    site.store = scripted
    assert site.worker().run(WANTED, seconds=60, last=False) is Outcome.NOTHING_TO_DO
    assert (site.model.calls, site.is_free) == (1 if end == "refused" else 0, True)


def test_a_picture_that_is_retried_between_the_message_and_the_claim_is_made_for_that_attempt(
    site: Site,
) -> None:
    def meanwhile() -> None:
        give_up(site)
        site.retry()

    scripted = ScriptedStore(site.shared)
    scripted.puts.append(just_before(meanwhile))
    site.store, site.model.refusal = scripted, GenerationRefused("Not this one.")
    assert site.run() is Outcome.FAILED
    assert (site.slot.status, site.slot.error) == (SlotStatus.ERROR, "Not this one.")


def test_a_picture_that_is_cancelled_while_it_is_made_is_no_revision(site: Site) -> None:
    site.model.meanwhile = lambda: site.change(lambda studio: cancel(studio, "a", "p", site.now))
    assert site.run() is Outcome.DELIVERED
    assert (site.history, site.slot.intents, site.slot.status) == ([], (), SlotStatus.EMPTY)
    assert not any(key.startswith(keys.inboxes()) for key in site.objects)


def test_a_picture_that_is_given_up_while_it_is_made_is_kept_all_the_same(site: Site) -> None:
    site.model.meanwhile = lambda: give_up(site)
    assert site.run() is Outcome.DELIVERED
    assert (site.history, site.slot.intents, site.slot.error) == (["p"], (), None)


@pytest.mark.parametrize("meanwhile", [False, True])
@pytest.mark.parametrize("what", ["slot", "studio"])
def test_a_picture_of_what_is_deleted_is_made_and_kept(site: Site, what: str, *, meanwhile: bool) -> None:
    def delete() -> None:
        site.change(
            lambda studio: (
                delete_studio(studio, THEN)
                if what == "studio"
                else studio.with_slot(studio.slot("a").replace(deleted_at=THEN))
            )
        )

    if meanwhile:
        site.model.meanwhile = delete
    else:
        delete()
    assert site.run() is Outcome.DELIVERED
    assert site.history == ["p"]


def test_a_failure_of_an_attempt_that_a_person_has_retried_since_changes_nothing(site: Site) -> None:
    def given_up_and_retried() -> None:
        give_up(site)
        site.retry()

    site.model.meanwhile = given_up_and_retried
    site.model.refusal = GenerationRefused("Not this one.")
    assert site.run() is Outcome.FAILED
    assert [(one.attempt, one.is_open) for one in site.slot.intents] == [(2, True)]
    assert site.slot.status is SlotStatus.GENERATING


REFUSALS: Final[tuple[tuple[SceneStudioError, str], ...]] = (
    (GenerationRefused("Not this one."), "Not this one."),
    (ImageRejected("It is damaged."), "It is damaged."),
    (InvalidRequest.of("/settings/scene", "it is not here"), "settings/scene: it is not here"),
    (InvalidRequest([FieldError("/a", "one"), FieldError("b", "two")]), "a: one; b: two"),
    (GenerationRefused("x" * (MAX_REASON + 1)), "x" * MAX_REASON),
)


@pytest.mark.parametrize("last", [False, True])
@pytest.mark.parametrize(("refusal", "reason"), REFUSALS)
def test_what_is_refused_fails_for_good_with_a_reason_and_can_be_retried_at_once(
    site: Site, refusal: SceneStudioError, reason: str, *, last: bool
) -> None:
    site.model.refusal = refusal
    assert site.run(last=last) is Outcome.FAILED
    assert (site.slot.status, site.slot.error, site.history) == (SlotStatus.ERROR, reason, [])
    assert site.worker(no_model).run(WANTED, seconds=60, last=False) is Outcome.NOTHING_TO_DO
    site.retry()
    site.model.refusal = None
    assert (site.run(), site.history, site.model.calls) == (Outcome.DELIVERED, ["p"], 2)


def test_a_model_that_is_not_available_is_asked_again_at_the_next_delivery(site: Site) -> None:
    site.model.refusal = ModelUnavailable("It is busy.")
    with pytest.raises(ModelUnavailable):
        site.run()
    assert (site.slot.status, site.slot.error, site.is_free) == (SlotStatus.GENERATING, None, True)
    site.now += LEASE
    site.model.refusal = None
    assert (site.run(), site.history) == (Outcome.DELIVERED, ["p"])


def test_a_model_that_is_not_available_at_the_last_delivery_fails_the_picture(site: Site) -> None:
    site.model.refusal = ModelUnavailable("It is busy.")
    assert site.run(last=True) is Outcome.FAILED
    assert (site.slot.status, site.slot.error, site.is_free) == (SlotStatus.ERROR, "It is busy.", True)


@pytest.mark.parametrize("last", [False, True])
@pytest.mark.parametrize("broken", [Busy("The store is busy."), OutcomeUnknown("Nobody knows.")])
def test_a_store_out_of_reach_fails_no_picture(site: Site, broken: SceneStudioError, *, last: bool) -> None:
    site.model.refusal = broken
    with pytest.raises(type(broken)):
        site.run(last=last)
    assert (site.slot.status, site.slot.error) == (SlotStatus.GENERATING, None)
    assert not site.is_free
    site.model.refusal = None
    site.now += LEASE
    assert (site.run(), site.history) == (Outcome.DELIVERED, ["p"])


@pytest.mark.parametrize(
    ("last", "status", "said"), [(False, SlotStatus.GENERATING, False), (True, SlotStatus.ERROR, True)]
)
def test_a_fault_of_our_own_is_told_to_people_at_the_last_delivery_and_to_us_at_each(
    site: Site, status: SlotStatus, *, last: bool, said: bool
) -> None:
    def broken() -> ImageModel:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        site.worker(broken).run(WANTED, seconds=60, last=last)
    assert site.slot.status is status
    assert ("on our side" in (site.slot.error or "")) is said


def test_a_model_that_could_not_be_set_up_is_like_one_that_is_not_available(site: Site) -> None:
    def unavailable_model() -> ImageModel:
        raise ModelUnavailable("No access yet.")

    with pytest.raises(ModelUnavailable):
        site.worker(unavailable_model).run(WANTED, seconds=60, last=False)
    assert site.worker(unavailable_model).run(WANTED, seconds=60, last=True) is Outcome.FAILED
    assert site.slot.error == "No access yet."


def test_a_person_who_sees_a_fault_of_our_own_can_retry_it_at_once(site: Site) -> None:
    site.model.meanwhile = lambda: 1 // 0
    with pytest.raises(ZeroDivisionError):
        site.run(last=True)
    site.retry()
    site.model.meanwhile = None
    assert site.run() is Outcome.DELIVERED


def test_a_picture_that_cannot_be_stored_now_is_tried_for_as_long_as_there_is_time(site: Site) -> None:
    scripted = ScriptedStore(site.shared)
    site.store = scripted
    scripted.creates.extend([unavailable] * 3)
    assert (site.run(), site.model.calls, site.history) == (Outcome.DELIVERED, 1, ["p"])


def test_a_failure_that_could_not_be_folded_does_not_stand_in_the_way_of_the_next_result(site: Site) -> None:
    scripted = ScriptedStore(site.shared)
    scripted.puts.extend([lambda request: request(), *[unavailable] * MAX_ATTEMPTS])
    site.store = scripted
    site.model.refusal = GenerationRefused("Not this one.")
    with pytest.raises(Busy):
        site.run()
    assert site.slot.status is SlotStatus.GENERATING
    site.store, site.model.refusal = site.shared, None
    site.now += LEASE
    assert (site.run(), site.history, site.slot.error) == (Outcome.DELIVERED, ["p"], None)


def test_the_model_is_told_how_long_it_may_take(site: Site) -> None:
    site.worker().run(WANTED, seconds=12.5, last=False)
    assert site.model.requests[0].seconds == 12.5


def end(site: Site) -> None:
    """Deliver the message again and again, each time when the last lease has ended, and fold what is left."""
    site.store = site.shared
    for _ in range(3):
        site.now += LEASE
        if site.run() is Outcome.NOTHING_TO_DO:
            break
    else:
        pytest.fail("the picture is still wanted")
    site.worker().inbox.fold(*PLACE, site.now, FakeTime().pacing())


def run_with(site: Site, wrong: int, how: str) -> tuple[bool, bool]:
    """A run of which one call goes wrong.

    Returns:
        Whether there was such a call, and whether the process was gone between asking the model and storing
        what it made.
    """
    failing = FailingStore(site.shared, wrong, how)
    site.store = failing
    calls, crashed = site.model.calls, False
    try:
        site.run()
    except Crash:
        crashed = True
    except (ClaimedByAnother, SceneStudioError):
        pass
    asked = site.model.calls > calls
    return len(failing.calls) >= wrong, crashed and asked and JPEG not in site.objects


def assert_made_once(site: Site) -> None:
    assert (site.history, site.slot.history_count, site.slot.intents) == (["p"], 1, ())
    assert not any(key.startswith(keys.inboxes()) for key in site.objects)


@pytest.mark.parametrize("how", FAULTS)
def test_whichever_call_of_a_run_goes_wrong_the_picture_is_a_revision_once_and_paid_for_once(how: str) -> None:
    for wrong in count(1):
        site = Site()
        there_was, lost = run_with(site, wrong, how)
        end(site)
        assert_made_once(site)
        assert site.model.calls == (2 if lost else 1)
        if not there_was:
            break
    assert wrong == 1 + CALLS


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, CALLS), st.sampled_from(FAULTS), st.sampled_from([0, LEASE])), max_size=5)
)
def test_however_many_runs_go_wrong_the_picture_is_paid_for_again_only_when_what_was_made_was_lost(
    runs: list[tuple[int, str, int]],
) -> None:
    site = Site()
    lost = 0
    for wrong, how, pause in runs:
        lost += run_with(site, wrong, how)[1]
        site.now += pause
    end(site)
    assert_made_once(site)
    assert site.model.calls == 1 + lost
