"""The rules of generation one by one; `test_generation_states.py` mixes them."""

from collections.abc import Callable, Sequence
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scene_studio.model.errors import Deleted, GenerationLimit, InvalidRequest, NotFound
from scene_studio.model.generation import (
    LATE_MILLISECONDS,
    MAX_INTENTS,
    ask,
    cancel,
    find_intent,
    fold,
    queue_again,
    retry,
    takes,
)
from scene_studio.model.identifiers import iso_time
from scene_studio.model.intent import IntendedProduct, Intent, Result
from scene_studio.model.revision import GeneratedSceneImage
from scene_studio.model.settings import SceneGenerationSettings
from scene_studio.model.studio import MAX_SLOTS, OutputSlot, SlotStatus, Studio, new_slot, new_studio
from tests.model.strategies import THEN

T0: Final = 1_700_000_000_000
DEADLINE: Final = T0 + 1_800_000
REV: Final = 10

Change = Callable[[Studio], Studio | None]


def studio(*slots: OutputSlot) -> Studio:
    return new_studio("acme-corp", "default", None, THEN).replace(rev=REV, output_slots=slots)


def intent(image_id: str, asked_rev: int = 5, **members: Any) -> Intent:
    wanted = Intent(
        id=image_id, asked_at=T0, asked_rev=asked_rev, queued_at=T0, deadline=DEADLINE, seed=7, prompt="A mug."
    )
    return wanted.replace(
        products=(IntendedProduct(id="mug", name="Mug"),),
        settings=SceneGenerationSettings(style="Coastal"),
        **members,
    )


def failed(image_id: str, asked_rev: int = 5, **members: Any) -> Intent:
    return intent(image_id, asked_rev, **({"error": "refused"} | members))


def slot(slot_id: str, *intents: Intent, **members: Any) -> OutputSlot:
    status = SlotStatus.GENERATING if any(one.is_open for one in intents) else SlotStatus.ERROR
    return new_slot(slot_id, ["mug"]).replace(intents=intents, status=status, **members)


def picture(image_id: str, slot_id: str = "a", attempt: int = 1) -> Result:
    revision = GeneratedSceneImage(id=image_id, timestamp=T0)
    return Result(slot_id=slot_id, id=image_id, attempt=attempt, revision=revision)


def failure(image_id: str, reason: str | None = "refused", attempt: int = 1) -> Result:
    return Result(slot_id="a", id=image_id, attempt=attempt, error=reason)


def done(after: Studio | None) -> Studio:
    assert after is not None
    return after


def folded(before: Studio, *results: Result) -> OutputSlot:
    return the_slot(done(fold(before, results, T0)))


def the_slot(after: Studio, slot_id: str = "a") -> OutputSlot:
    found = after.find_slot(slot_id)
    assert found is not None
    return found


def ids(things: Sequence[Intent | GeneratedSceneImage]) -> list[str]:
    return [one.id for one in things]


def test_what_is_asked_for_stands_in_its_slot_in_order_with_the_rev_of_its_commit() -> None:
    before = studio(slot("a", intent("old")), new_slot("b"))
    after = done(ask(before, [(new_slot("a"), [intent("one", 0), intent("two", 0)])], T0))
    assert ids(the_slot(after).intents) == ["old", "one", "two"]
    assert [one.asked_rev for one in the_slot(after).intents] == [5, REV + 1, REV + 1]
    assert (the_slot(after).asked_rev, the_slot(after).status) == (REV + 1, SlotStatus.GENERATING)
    assert the_slot(after).product_ids == ("mug",)
    assert the_slot(after, "b") == new_slot("b")
    assert after.updated_at == iso_time(T0)


def test_a_slot_that_is_not_there_is_added_as_it_is_given() -> None:
    given_slot = new_slot("new", ["jug"], SceneGenerationSettings(style="Rustic"))
    after = done(ask(studio(new_slot("a")), [(given_slot, [intent("one")])], T0))
    assert [one.id for one in after.output_slots] == ["a", "new"]
    made = the_slot(after, "new")
    assert made.replace(intents=(), asked_rev=0, status=SlotStatus.EMPTY) == given_slot


@pytest.mark.parametrize("there", [intent("one"), failed("one"), failed("one", dismissed=True)])
def test_a_picture_that_is_wanted_already_is_not_asked_for_again(there: Intent) -> None:
    assert ask(studio(slot("a", there)), [(new_slot("a"), [intent("one", 0)])], T0) is None


def test_a_picture_that_is_a_revision_already_is_not_asked_for_again() -> None:
    before = studio(folded(studio(slot("a", intent("one"))), picture("one")))
    assert ask(before, [(new_slot("a"), [intent("one", 0)])], T0) is None
    after = done(ask(before, [(new_slot("a"), [intent("one", 0), intent("two", 0)])], T0))
    assert ids(the_slot(after).intents) == ["two"]


def test_asking_again_dismisses_the_failures_of_its_slots_and_of_no_others() -> None:
    before = studio(slot("a", failed("x"), intent("y")), slot("b", failed("z")))
    after = done(ask(before, [(new_slot("a"), [intent("one")])], T0))
    assert [one.dismissed for one in the_slot(after).intents] == [True, False, False]
    assert the_slot(after, "b") == the_slot(before, "b")
    assert (the_slot(after).status, the_slot(after).error) == (SlotStatus.GENERATING, None)


def test_asking_in_a_deleted_slot_is_refused_even_for_what_it_has() -> None:
    before = studio(slot("a", intent("one"), deleted_at=THEN))
    for wanted in ("one", "two"):
        with pytest.raises(Deleted):
            ask(before, [(new_slot("a"), [intent(wanted)])], T0)


def test_no_slot_is_added_beyond_the_most_a_studio_may_have() -> None:
    full = studio(*(new_slot(f"slot-{number}") for number in range(MAX_SLOTS)))
    with pytest.raises(InvalidRequest, match="outputSlots"):
        ask(full, [(new_slot("one-more"), [intent("one")])], T0)
    assert ask(full, [(new_slot("slot-7"), [intent("one")])], T0) is not None


@pytest.mark.parametrize("kind", [intent, failed])
def test_a_studio_has_no_more_pictures_under_way_or_failed_than_it_may(kind: Callable[[str], Intent]) -> None:
    half = MAX_INTENTS // 2
    before = studio(
        slot("a", *(kind(f"a{number}") for number in range(half))),
        slot("b", *(kind(f"b{number}") for number in range(half - 1))),
    )
    last = done(ask(before, [(new_slot("c"), [intent("last")])], T0))
    with pytest.raises(GenerationLimit, match=str(MAX_INTENTS)):
        ask(last, [(new_slot("c"), [intent("one-more")])], T0)
    with pytest.raises(GenerationLimit):
        ask(before, [(new_slot("c"), [intent("last"), intent("one-more")])], T0)
    assert ask(last, [(new_slot("c"), [intent("last")])], T0) is None


@pytest.mark.parametrize(
    "unseen",
    [
        slot("b", *(failed(f"b{number}", dismissed=True) for number in range(MAX_INTENTS))),
        slot("b", *(failed(f"b{number}") for number in range(MAX_INTENTS)), deleted_at=THEN),
    ],
    ids=["dismissed", "in a deleted slot"],
)
def test_failures_that_nobody_sees_count_only_while_their_pictures_may_come(unseen: OutputSlot) -> None:
    before = studio(new_slot("a"), unseen)
    with pytest.raises(GenerationLimit):
        ask(before, [(new_slot("a"), [intent("one")])], DEADLINE + LATE_MILLISECONDS)
    after = done(ask(before, [(new_slot("a"), [intent("one")])], DEADLINE + LATE_MILLISECONDS + 1))
    assert after.find_slot("b") == unseen


def test_only_what_somebody_sees_or_awaits_counts_for_ever() -> None:
    seen = slot("b", *(failed(f"b{number}") for number in range(MAX_INTENTS)))
    awaited = slot("b", *(intent(f"b{number}") for number in range(MAX_INTENTS)), deleted_at=THEN)
    for filled in (seen, awaited):
        with pytest.raises(GenerationLimit):
            ask(studio(filled), [(new_slot("a"), [intent("one")])], DEADLINE + 100 * LATE_MILLISECONDS)


@pytest.mark.parametrize(
    ("there", "late", "kept"),
    [
        (failed("x", dismissed=True), LATE_MILLISECONDS, True),
        (failed("x", dismissed=True), LATE_MILLISECONDS + 1, False),
        (failed("x"), LATE_MILLISECONDS + 1, True),
        (intent("x"), LATE_MILLISECONDS + 1, True),
    ],
)
def test_a_failure_is_forgotten_when_it_is_dismissed_and_no_picture_can_come_any_more(
    there: Intent, late: int, *, kept: bool
) -> None:
    after = done(ask(studio(slot("a", there)), [(new_slot("a"), [intent("one")])], DEADLINE + late))
    assert ("x" in ids(the_slot(after).intents)) is kept


def test_a_picture_goes_to_the_head_and_its_intent_ends() -> None:
    before = studio(slot("a", intent("x"), intent("y")))
    after = done(fold(before, [picture("x")], T0))
    assert (ids(the_slot(after).history), ids(the_slot(after).intents)) == (["x"], ["y"])
    assert (the_slot(after).status, the_slot(after).output_image) == (SlotStatus.GENERATING, "x")
    assert after.updated_at == iso_time(T0)
    last = folded(after, picture("y"))
    assert (ids(last.history), last.status, last.history_count) == (["y", "x"], SlotStatus.COMPLETED, 2)


def test_pictures_that_come_together_stand_as_they_were_asked_for_the_last_first() -> None:
    asked = [intent("retried", 9), intent("one", 4), intent("two", 4), intent("three", 6)]
    after = folded(studio(slot("a", *asked)), *map(picture, ["two", "retried", "three", "one"]))
    assert ids(after.history) == ["retried", "three", "two", "one"]
    assert after.output_image == "retried"


@pytest.mark.parametrize(
    ("picked_rev", "shown"), [(0, "late"), (6, "late"), (7, "late"), (8, "picked"), (REV, "picked")]
)
def test_of_several_pictures_the_last_asked_for_is_shown_unless_a_person_picked_since(
    picked_rev: int, shown: str
) -> None:
    before = slot("a", intent("early", 3), intent("late", 7), output_image="picked", picked_rev=picked_rev)
    after = folded(studio(before), picture("early"), picture("late"))
    assert (after.output_image, ids(after.history)) == (shown, ["late", "early"])


def test_what_a_person_cleared_since_stays_clear() -> None:
    before = slot("a", intent("x", 3), output_image=None, picked_rev=4)
    assert folded(studio(before), picture("x")).output_image is None


def test_a_failure_shows_its_reason_and_leaves_history_and_output_alone() -> None:
    before = folded(studio(slot("a", intent("x"), intent("y"))), picture("x"))
    after = folded(studio(before), failure("y", "Not this one."))
    assert (after.status, after.error) == (SlotStatus.ERROR, "Not this one.")
    assert (after.history, after.output_image) == (before.history, "x")
    assert the_intent(after, "y") == the_intent(before, "y").replace(error="Not this one.")


def the_intent(of: OutputSlot, image_id: str) -> Intent:
    found = find_intent(studio(of), of.id, image_id)
    assert found is not None
    return found


def test_a_slot_is_generating_as_long_as_any_of_its_pictures_is_open() -> None:
    after = folded(studio(slot("a", intent("x"), intent("y"))), failure("y"))
    assert (after.status, after.error) == (SlotStatus.GENERATING, None)


@pytest.mark.parametrize("reason", [None, ""])
def test_a_failure_without_a_reason_has_one_all_the_same(reason: str | None) -> None:
    after = folded(studio(slot("a", intent("x"))), failure("x", reason))
    assert (after.status, after.error) == (
        SlotStatus.ERROR,
        "It failed for a reason that is not known.",
    )


def test_the_error_of_a_slot_is_that_of_the_failure_asked_for_last() -> None:
    before = studio(slot("a", intent("x"), intent("y")))
    after = folded(before, failure("y", "second"), failure("x", "first"))
    assert after.error == "second"


@pytest.mark.parametrize(
    ("there", "result", "taken"),
    [
        (intent("x", attempt=2), failure("x", attempt=2), True),
        (intent("x", attempt=2), failure("x", attempt=1), False),
        (intent("x", attempt=2), failure("x", attempt=3), False),
        (failed("x"), failure("x", "another"), False),
        (intent("x", attempt=2), picture("x", attempt=1), True),
        (failed("x", attempt=2), picture("x", attempt=1), True),
        (failed("x", dismissed=True), picture("x"), True),
        (intent("x"), picture("y"), False),
        (intent("x"), picture("x", "b"), False),
        (intent("x"), picture("x", "nowhere"), False),
    ],
)
def test_pictures_come_into_open_and_failed_intents_and_failures_into_open_ones_of_their_attempt(
    there: Intent, result: Result, *, taken: bool
) -> None:
    before = studio(slot("a", there), new_slot("b"))
    assert takes(before, result) is taken
    assert (fold(before, [result], T0) is not None) is taken


def test_a_picture_stands_whatever_failures_of_it_come_along() -> None:
    before = studio(slot("a", intent("x")))
    for results in ([picture("x"), failure("x")], [failure("x"), picture("x")]):
        after = folded(before, *results)
        assert (ids(after.history), after.intents, after.error) == (["x"], (), None)


@given(st.permutations([picture("p"), picture("p"), picture("q"), failure("r"), failure("r"), picture("none")]))
def test_neither_the_order_of_results_nor_their_repetition_makes_a_difference(results: list[Result]) -> None:
    before = studio(slot("a", intent("p", 3), intent("q", 4), intent("r", 4)))
    after = done(fold(before, results, T0))
    assert after == fold(before, [failure("r"), picture("q"), picture("p")], T0)
    assert fold(after, results, T0) is None


@given(
    st.lists(st.tuples(st.integers(1, 9), st.booleans()), min_size=1, max_size=8),
    st.lists(st.integers(1, 4), max_size=8),
)
def test_however_results_are_parted_every_picture_is_in_the_history_once(
    asked: list[tuple[int, bool]], parts: list[int]
) -> None:
    intents = [intent(f"p{number}", rev) for number, (rev, _) in enumerate(asked)]
    results = [picture(f"p{n}") if good else failure(f"p{n}") for n, (_, good) in enumerate(asked)]
    now = studio(slot("a", *intents))
    rest = results
    for size in [*parts, len(results)]:
        now, rest = fold(now, rest[:size], T0) or now, rest[size:]
    pictures = [f"p{number}" for number, (_, good) in enumerate(asked) if good]
    assert sorted(ids(the_slot(now).history)) == pictures
    assert the_slot(now).history_count == len(pictures)
    assert ids(the_slot(now).intents) == [one.id for one in intents if one.id not in pictures]


def test_a_deleted_slot_takes_results_like_any_other() -> None:
    before = slot("a", intent("x"), intent("y"), deleted_at=THEN)
    after = folded(studio(before), picture("x"), failure("y"))
    assert (ids(after.history), after.output_image, after.deleted_at) == (["x"], "x", THEN)
    assert (after.status, after.error) == (SlotStatus.ERROR, "refused")


def test_cancelling_takes_one_intent_out_or_all_and_leaves_the_history() -> None:
    intents = [intent("x"), intent("y"), failed("z"), failed("old", dismissed=True)]
    before = studio(folded(studio(slot("a", *intents)), picture("x")))
    after = done(cancel(before, "a", "y", T0))
    assert (ids(the_slot(after).intents), the_slot(after).status) == (["z", "old"], SlotStatus.ERROR)
    after = done(cancel(before, "a", None, T0))
    assert (the_slot(after).intents, the_slot(after).status) == ((), SlotStatus.COMPLETED)
    assert ids(the_slot(after).history) == ["x"]
    assert cancel(after, "a", None, T0) is None
    assert fold(after, [picture("y")], T0) is None


def test_a_slot_without_pictures_is_empty_again_once_all_is_cancelled() -> None:
    after = the_slot(done(cancel(studio(slot("a", intent("x"))), "a", "x", T0)))
    assert (after.status, after.error, after.history) == (SlotStatus.EMPTY, None, ())


def test_a_picture_that_came_cannot_be_cancelled_and_one_that_never_was_is_not_found() -> None:
    before = studio(folded(studio(slot("a", intent("x"))), picture("x")))
    assert cancel(before, "a", "x", T0) is None
    for slot_id, image_id in (("a", "never"), ("nowhere", "x"), ("nowhere", None)):
        with pytest.raises(NotFound):
            cancel(before, slot_id, image_id, T0)


def test_what_is_under_way_in_a_deleted_slot_can_be_cancelled() -> None:
    before = studio(slot("a", intent("x"), deleted_at=THEN))
    assert the_slot(done(cancel(before, "a", "x", T0))).intents == ()


def test_a_retry_keeps_the_picture_and_begins_its_time_anew() -> None:
    before = studio(slot("a", failed("x", dismissed=True), failed("y", attempt=3)))
    after = done(retry(before, "a", ["x", "y"], DEADLINE + 9, T0 + 9))
    for image_id, attempt in (("x", 2), ("y", 4)):
        again = the_intent(the_slot(after), image_id)
        assert again == the_intent(the_slot(before), image_id).replace(
            attempt=attempt,
            asked_at=T0 + 9,
            asked_rev=REV + 1,
            queued_at=T0 + 9,
            deadline=DEADLINE + 9,
            error=None,
            dismissed=False,
        )
    assert (the_slot(after).status, the_slot(after).error) == (SlotStatus.GENERATING, None)
    assert (the_slot(after).asked_rev, after.updated_at) == (REV + 1, iso_time(T0 + 9))


def test_a_retry_of_all_is_of_those_that_people_see_to_have_failed() -> None:
    before = studio(slot("a", failed("x"), failed("y", dismissed=True), intent("z")))
    after = done(retry(before, "a", None, DEADLINE, T0))
    assert [(one.id, one.is_open, one.attempt) for one in the_slot(after).intents] == [
        ("x", True, 2),
        ("y", False, 1),
        ("z", True, 1),
    ]


@pytest.mark.parametrize("named", [None, ["open"], ["never"], []])
def test_a_retry_of_nothing_that_failed_changes_nothing(named: list[str] | None) -> None:
    before = studio(slot("a", intent("open"), failed("gone", dismissed=True)))
    assert retry(before, "a", named, DEADLINE, T0) is None


def test_a_retry_needs_a_slot_that_is_there() -> None:
    before = studio(slot("a", failed("x"), deleted_at=THEN))
    with pytest.raises(Deleted):
        retry(before, "a", None, DEADLINE, T0)
    with pytest.raises(NotFound):
        retry(before, "nowhere", None, DEADLINE, T0)


def test_after_a_retry_the_earlier_attempt_may_still_bring_the_picture_but_not_a_failure() -> None:
    again = done(retry(studio(slot("a", failed("x"))), "a", None, DEADLINE, T0))
    assert fold(again, [failure("x", attempt=1)], T0) is None
    assert ids(folded(again, picture("x", attempt=1)).history) == ["x"]


def test_queueing_again_notes_the_time_and_nothing_else() -> None:
    before = studio(slot("a", intent("x"), failed("y")), slot("b", intent("x")))
    after = done(queue_again(before, {("a", "x"), ("a", "y"), ("b", "never"), ("nowhere", "x")}, T0 + 5))
    assert [one.queued_at for one in the_slot(after).intents] == [T0 + 5, T0 + 5]
    assert the_slot(after, "b") == the_slot(before, "b")
    back = [one.replace(queued_at=T0) for one in the_slot(after).intents]
    assert after.with_slot(the_slot(after).replace(intents=tuple(back))) == before
    assert queue_again(after, {("a", "x")}, T0 + 5) is None
    assert queue_again(before, set(), T0 + 5) is None


@pytest.mark.parametrize(
    "change",
    [
        lambda before: ask(before, [(new_slot("a"), [intent("new")])], T0),
        lambda before: fold(before, [picture("x"), failure("y")], T0),
        lambda before: cancel(before, "a", None, T0),
        lambda before: retry(before, "a", None, DEADLINE, T0),
        lambda before: queue_again(before, {("a", "x")}, T0 + 5),
    ],
    ids=["ask", "fold", "cancel", "retry", "queue again"],
)
def test_no_rule_changes_the_document_that_it_is_given(change: Change) -> None:
    before = studio(slot("a", intent("x"), intent("y"), failed("z")))
    told = before.model_dump_json()
    after = done(change(before))
    assert before.model_dump_json() == told != after.model_dump_json()
