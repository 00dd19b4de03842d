"""Whatever people and machines do in whatever order, every slot holds what a list and a dictionary would."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from scene_studio.model import generation
from scene_studio.model.errors import Deleted, GenerationLimit, NotFound
from scene_studio.model.generation import ask, cancel, fold, queue_again, retry, takes
from scene_studio.model.identifiers import iso_time
from scene_studio.model.intent import Intent, Result
from scene_studio.model.revision import GeneratedSceneImage
from scene_studio.model.studio import OutputSlot, Studio, new_slot, new_studio

SLOTS: Final = ("a", "b", "new")
"""The last is made by the first request for its pictures."""
HOUR: Final = 3_600_000
LIMIT: Final = 8
PATIENCE: Final = 1_800_000


@dataclass
class Wanted:
    """A picture that did not end well yet."""

    id: str
    asked_rev: int
    deadline: int
    queued_at: int
    attempt: int = 1
    reason: str | None = None
    dismissed: bool = False


@dataclass
class Row:
    """A slot: its revisions, newest first, and the pictures that are wanted in it, oldest first."""

    history: list[str] = field(default_factory=list)
    wanted: list[Wanted] = field(default_factory=list)
    output: str | None = None
    picked_rev: int = 0
    asked_rev: int = 0
    deleted: bool = False

    def status(self) -> tuple[str, str | None]:
        if any(one.reason is None for one in self.wanted):
            return "GENERATING", None
        seen = [one.reason for one in self.wanted if not one.dismissed]
        if seen:
            return "ERROR", seen[-1]
        return ("COMPLETED" if self.history else "EMPTY"), None


def counts(row: Row, one: Wanted, now: int) -> bool:
    """Whether it is under way, or failed and somebody can see it, or may still come."""
    unseen = one.dismissed or (row.deleted and one.reason is not None)
    return not unseen or now <= one.deadline + HOUR


def swapped(names: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """The same pictures, each in a slot that has it not."""
    return [("b" if slot_id == "a" else "a", image_id) for slot_id, image_id in names]


class GenerationAgainstLists(RuleBasedStateMachine):
    """Keeps beside the studio what should be in it, and judges every answer by that."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 1_700_000_000_000
        self.updated = iso_time(self.now)
        self.rows = {"a": Row(), "b": Row()}
        self.ids: list[tuple[str, str]] = [("a", "never"), ("nowhere", "never")]
        self.studio = new_studio("acme-corp", "default", None, self.updated).replace(
            rev=1, output_slots=(new_slot("a", ["mug"]), new_slot("b"))
        )

    @rule(
        slots=st.lists(st.sampled_from(SLOTS), min_size=1, max_size=2, unique=True),
        count=st.sampled_from([1, 2, 1, 3, 0]),
        repeated=st.booleans(),
    )
    def ask(self, slots: list[str], count: int, *, repeated: bool) -> None:
        """New pictures, and with `repeated` the first that was ever asked for in the slot, once more."""
        fresh = {
            slot_id: [f"p{len(self.ids) + number}-{slot_id}" for number in range(count)] for slot_id in slots
        }
        names = {slot_id: [*self._first(slot_id, repeated), *fresh[slot_id]] for slot_id in slots}
        given = [(new_slot(slot_id), [*map(self._intent, ids)]) for slot_id, ids in names.items()]
        if any(slot_id in self.rows and self.rows[slot_id].deleted for slot_id in slots):
            with pytest.raises(Deleted):
                ask(self.studio, given, self.now)
            return
        rows = {slot_id: self._row_after_ask(slot_id, ids) for slot_id, ids in names.items()}
        after = self.rows | {slot_id: row for slot_id, row in rows.items() if row is not None}
        changes = any(row is not None for row in rows.values())
        if changes and sum(counts(row, one, self.now) for row in after.values() for one in row.wanted) > LIMIT:
            with pytest.raises(GenerationLimit):
                ask(self.studio, given, self.now)
            return
        self._commit(ask(self.studio, given, self.now), changes=changes)
        self.rows = after
        self.ids += [(slot_id, one) for slot_id, ids in fresh.items() for one in ids]

    @rule(data=st.data())
    def fold(self, data: st.DataObject) -> None:
        """Results of any picture that was ever asked for, and of some that never were, in any order."""
        results = data.draw(st.lists(self._results(), max_size=6))
        took = [takes(self.studio, result) for result in results]
        assert took == [self._takes(result) for result in results]
        after = fold(self.studio, results, self.now)
        self._commit(after, changes=any(took))
        for slot_id, row in self.rows.items():
            self._fold_into(row, [result for result in results if result.slot_id == slot_id])

    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        slot_id, image_id = data.draw(st.sampled_from(self.ids))
        everything = data.draw(st.booleans())
        row = self.rows.get(slot_id)
        if row is None or (not everything and not self._knows(row, image_id)):
            with pytest.raises(NotFound):
                cancel(self.studio, slot_id, None if everything else image_id, self.now)
            return
        left = [] if everything else [one for one in row.wanted if one.id != image_id]
        after = cancel(self.studio, slot_id, None if everything else image_id, self.now)
        self._commit(after, changes=left != row.wanted)
        row.wanted = left

    @rule(data=st.data())
    def retry(self, data: st.DataObject) -> None:
        slot_id = data.draw(st.sampled_from([*self.rows, "nowhere"]))
        failed = [one.id for one in self.rows.get(slot_id, Row()).wanted if one.reason is not None]
        pool = [one for of, one in self.ids if of == slot_id][-3:] + 3 * failed + ["never"]
        named = data.draw(st.none() | st.lists(st.sampled_from(pool), max_size=3))
        row = self.rows.get(slot_id)
        if row is None or row.deleted:
            with pytest.raises(NotFound if row is None else Deleted):
                retry(self.studio, slot_id, named, self.now + PATIENCE, self.now)
            return
        again = [
            one
            for one in row.wanted
            if one.reason is not None and (not one.dismissed if named is None else one.id in named)
        ]
        self._commit(retry(self.studio, slot_id, named, self.now + PATIENCE, self.now), changes=bool(again))
        for one in again:
            one.attempt += 1
            one.asked_rev = row.asked_rev = self.studio.rev
            one.deadline, one.queued_at = self.now + PATIENCE, self.now
            one.reason, one.dismissed = None, False

    @rule(data=st.data())
    def queue_again(self, data: st.DataObject) -> None:
        wanted = [(of, one.id) for of, row in self.rows.items() for one in row.wanted]
        images = data.draw(st.lists(st.sampled_from([*self.ids[-3:], *wanted, *swapped(wanted)]), max_size=4))
        due = [one for of, row in self.rows.items() for one in row.wanted if (of, one.id) in images]
        after = queue_again(self.studio, images, self.now)
        self._commit(after, changes=any(one.queued_at != self.now for one in due), touches=False)
        for one in due:
            one.queued_at = self.now

    @rule(data=st.data(), slot_id=st.sampled_from(SLOTS))
    def pick(self, data: st.DataObject, slot_id: str) -> None:
        """A person chooses what is shown, or that nothing is."""
        row = self.rows.get(slot_id)
        if row is not None and not row.deleted:
            row.output = data.draw(st.sampled_from([None, *row.history]))
            row.picked_rev = self.studio.rev + 1
            self._edit(slot_id, output_image=row.output, picked_rev=row.picked_rev)

    @rule(slot_id=st.sampled_from(SLOTS))
    def delete_or_restore(self, slot_id: str) -> None:
        row = self.rows.get(slot_id)
        if row is not None:
            row.deleted = not row.deleted
            self._edit(slot_id, deleted_at=self.updated if row.deleted else None)

    @rule(milliseconds=st.sampled_from([1, PATIENCE]))
    def time_passes(self, milliseconds: int) -> None:
        self.now += milliseconds

    @precondition(lambda self: any(one.reason for row in self.rows.values() for one in row.wanted))
    @rule(data=st.data(), past=st.sampled_from([0, 1]))
    def the_last_picture_could_have_come(self, data: st.DataObject, past: int) -> None:
        """The clock stands where a failure may be forgotten, or just before."""
        failed = [one for row in self.rows.values() for one in row.wanted if one.reason is not None]
        self.now = max(self.now, data.draw(st.sampled_from(failed)).deadline + HOUR + past)

    @invariant()
    def the_studio_holds_what_it_should(self) -> None:
        assert {slot.id: _row(slot) for slot in self.studio.output_slots} == self.rows
        assert [slot.id for slot in self.studio.output_slots] == list(self.rows)
        for slot in self.studio.output_slots:
            assert (slot.status.value, slot.error) == self.rows[slot.id].status()
            assert slot.history_count == len({revision.id for revision in slot.history}) == len(slot.history)
            assert all(intent.prompt == f"prompt of {intent.id}" for intent in slot.intents)
        assert self.studio.updated_at == self.updated

    def teardown(self) -> None:
        stored = self.studio.model_dump_json(by_alias=True, exclude_none=True)
        assert Studio.model_validate_json(stored) == self.studio

    def _commit(self, after: Studio | None, *, changes: bool, touches: bool = True) -> None:
        """Take a rule's answer for the next document; it has to be one exactly if something changes."""
        assert (after is not None) is changes
        if after is None:
            return
        assert after != self.studio
        for slot in self.studio.output_slots:
            grown = after.find_slot(slot.id)
            assert grown is not None
            assert grown.history[len(grown.history) - len(slot.history) :] == slot.history
        if touches:
            self.updated = iso_time(self.now)
        self.studio = after.replace(rev=self.studio.rev + 1)

    def _edit(self, slot_id: str, **members: object) -> None:
        slot = self.studio.find_slot(slot_id)
        assert slot is not None
        self.studio = self.studio.with_slot(slot.replace(**members)).replace(rev=self.studio.rev + 1)

    def _first(self, slot_id: str, repeated: bool) -> list[str]:  # noqa: FBT001 - a drawn value
        asked = [image_id for of, image_id in self.ids[2:] if of == slot_id]
        return asked[:1] if repeated else []

    def _intent(self, image_id: str) -> Intent:
        return Intent(
            id=image_id,
            asked_at=self.now,
            asked_rev=0,
            queued_at=self.now,
            deadline=self.now + PATIENCE,
            prompt=f"prompt of {image_id}",
            seed=1,
        )

    def _row_after_ask(self, slot_id: str, ids: Sequence[str]) -> Row | None:
        """The row once these pictures are asked for; None if it has them all."""
        row = self.rows.get(slot_id, Row())
        rev = self.studio.rev + 1
        new = [one for one in ids if not self._knows(row, one)]
        if not new:
            return None
        kept = [one for one in row.wanted if not (one.dismissed and self.now > one.deadline + HOUR)]
        before = [replace(one, dismissed=one.reason is not None) for one in kept]
        wanted = [Wanted(one, rev, self.now + PATIENCE, self.now) for one in new]
        return replace(row, wanted=[*before, *wanted], asked_rev=rev)

    def _results(self) -> st.SearchStrategy[Result]:
        """Mostly of what is wanted, but also of what ended, was cancelled, or never was in that slot."""
        wanted = [(of, one.id, one.attempt) for of, row in self.rows.items() for one in row.wanted]
        others = [*self.ids[:3], *self.ids[-4:], *swapped(self.ids[-2:])]
        strange = st.tuples(st.sampled_from(others), st.integers(1, 3)).map(lambda drawn: (*drawn[0], drawn[1]))
        named = st.one_of(*[st.sampled_from(wanted)] * 4, strange) if wanted else strange
        ends = st.sampled_from(["picture", "refused", "broken", "picture"])
        return st.builds(self._result, named, st.sampled_from([0, 0, 0, -1, 1]), ends)

    def _result(self, of: tuple[str, str, int], off: int, end: str) -> Result:
        slot_id, image_id, attempt = of
        if end == "picture":
            revision = GeneratedSceneImage(id=image_id, timestamp=self.now)
            return Result(slot_id=slot_id, id=image_id, attempt=attempt + off, revision=revision)
        return Result(slot_id=slot_id, id=image_id, attempt=attempt + off, error=end)

    def _takes(self, result: Result) -> bool:
        row = self.rows.get(result.slot_id, Row())
        return any(
            one.id == result.id
            and (result.revision is not None or (one.reason is None and one.attempt == result.attempt))
            for one in row.wanted
        )

    def _fold_into(self, row: Row, results: Sequence[Result]) -> None:
        come = {result.id for result in results if result.revision is not None}
        finished = sorted(
            ((one.asked_rev, at, one.id) for at, one in enumerate(row.wanted) if one.id in come), reverse=True
        )
        for result in results:
            for one in row.wanted:
                if one.id == result.id and one.reason is None and one.attempt == result.attempt:
                    one.reason = result.error
        row.wanted = [one for one in row.wanted if one.id not in come]
        row.history = [image_id for _, _, image_id in finished] + row.history
        if finished and row.picked_rev <= finished[0][0]:
            row.output = finished[0][2]

    @staticmethod
    def _knows(row: Row, image_id: str) -> bool:
        return image_id in row.history or any(one.id == image_id for one in row.wanted)


def _row(slot: OutputSlot) -> Row:
    wanted = [
        Wanted(one.id, one.asked_rev, one.deadline, one.queued_at, one.attempt, one.error, one.dismissed)
        for one in slot.intents
    ]
    ids = [revision.id for revision in slot.history]
    deleted = slot.deleted_at is not None
    return Row(ids, wanted, slot.output_image, slot.picked_rev, slot.asked_rev, deleted)


def test_any_sequence_of_requests_and_results_leaves_what_lists_would_hold(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(generation, "MAX_INTENTS", LIMIT)
    run_state_machine_as_test(
        GenerationAgainstLists,
        settings=settings(
            max_examples=120,
            stateful_step_count=40,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
