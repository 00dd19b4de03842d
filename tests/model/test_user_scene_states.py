"""Whatever people and machines do in whatever order, every scene holds what a dictionary would."""

from dataclasses import dataclass, field
from typing import Final

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from scene_studio.model import studio
from scene_studio.model.errors import AlreadyExists, Deleted, InvalidRequest, NotFound
from scene_studio.model.identifiers import iso_time
from scene_studio.model.scene import Scene
from scene_studio.model.studio import Studio, new_slot, new_studio
from scene_studio.model.upload import UPLOAD_MILLISECONDS, Picture, UploadResult, new_upload
from scene_studio.model.user_scenes import (
    add_scene,
    await_picture,
    delete_scene,
    fold_uploads,
    rename_scene,
    takes_upload,
    undelete_scene,
    uploads_queued,
)

NEW: Final = ("beach", "forest", "quay", "roof", "pier")
ELSEWHERE: Final = "https://example.com/beach.jpg"
LIMIT: Final = 3


@dataclass
class Awaited:
    """A file that is to be a picture."""

    id: str
    asked_at: int
    queued_at: int
    reason: str | None = None


@dataclass
class Known:
    """A scene.

    Attributes:
        pictures: the ids of all pictures that it ever had, the present one last.
    """

    name: str
    pictures: list[str] = field(default_factory=list)
    upload: Awaited | None = None
    elsewhere: bool = False
    deleted: bool = False

    @property
    def state(self) -> str:
        if self.upload is None:
            return "READY"
        return "PROCESSING" if self.upload.reason is None else "REJECTED"


class ScenesAgainstDictionaries(RuleBasedStateMachine):
    """Keeps beside the studio what its scenes should be, and judges every answer by that."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 1_700_000_000_000
        self.updated = iso_time(self.now)
        self.known = {
            "pier": Known("Pier", ["pier"]),
            "dune": Known("Dune", upload=Awaited("dune", self.now, self.now)),
        }
        self.asked: list[tuple[str, str]] = [("pier", "never"), ("nowhere", "never"), ("dune", "dune")]
        scenes = (
            Scene(id="pier", name="Pier"),
            Scene(id="dune", name="Dune", upload=new_upload("dune", self.now)),
        )
        self.studio = new_studio("acme-corp", "default", None, self.updated).replace(
            output_slots=(new_slot("slot-1", ["mug"]),), user_scenes=scenes
        )
        self.others = self.studio.replace(user_scenes=(), updated_at="")

    @rule(scene_id=st.sampled_from(NEW), kind=st.sampled_from(["uploaded", "imported", "elsewhere"]))
    def add(self, scene_id: str, kind: str) -> None:
        scene = Scene(id=scene_id, name=kind, image_url=ELSEWHERE if kind == "elsewhere" else None)
        new = Known(kind, elsewhere=kind == "elsewhere")
        if kind == "uploaded":
            scene = scene.replace(upload=new_upload(scene_id, self.now))
            new.upload = Awaited(scene_id, self.now, self.now)
        elif kind == "imported":
            new.pictures.append(scene_id)
        refusal = self._refusal_of_new(scene_id)
        if refusal is not None:
            with pytest.raises(refusal):
                add_scene(self.studio, scene, iso_time(self.now))
            return
        self._commit(add_scene(self.studio, scene, iso_time(self.now)), changes=True)
        self.known[scene_id] = new
        if kind == "uploaded":
            self.asked.append((scene_id, scene_id))

    @rule(data=st.data(), repeated=st.booleans())
    def replace_picture(self, data: st.DataObject, *, repeated: bool) -> None:
        """Another file, or with `repeated` one that was asked for before."""
        scene_id = self._some(data)
        known = self.known.get(scene_id)
        before = [upload_id for of, upload_id in self.asked[2:] if of == scene_id]
        upload_id = before[-1] if repeated and before else f"{scene_id}-{len(self.asked)}"
        upload = new_upload(upload_id, self.now)
        if known is None or known.deleted:
            with pytest.raises(NotFound if known is None else Deleted):
                await_picture(self.studio, scene_id, upload, iso_time(self.now))
            return
        shown = known.pictures[-1:] if not known.elsewhere else []
        is_new = upload_id not in [*shown, *([known.upload.id] if known.upload else [])]
        self._commit(await_picture(self.studio, scene_id, upload, iso_time(self.now)), changes=is_new)
        if is_new:
            known.upload = Awaited(upload_id, self.now, self.now)
            self.asked.append((scene_id, upload_id))

    @rule(data=st.data())
    def fold(self, data: st.DataObject) -> None:
        """Results of any file that was ever asked for, and of some that never were, in any order and twice."""
        results = data.draw(st.lists(self._results(), max_size=5))
        expected = {scene_id: self._copy(known) for scene_id, known in self.known.items()}
        took = [self._end(expected, result) for result in results]
        if len(results) == 1:
            assert takes_upload(self.studio, results[0]) is took[0]
        self._commit(fold_uploads(self.studio, results, self.now), changes=any(took))
        self.known = expected

    @rule()
    def give_up(self) -> None:
        """The janitor, once all deadlines are past."""
        self.now += UPLOAD_MILLISECONDS
        late = [
            UploadResult(owner="scene", owner_id=of, id=known.upload.id, reason="never came")
            for of, known in self.known.items()
            if known.upload is not None and known.upload.reason is None
        ]
        self._commit(fold_uploads(self.studio, late, self.now), changes=bool(late))
        for result in late:
            assert self._end(self.known, result)

    @rule(data=st.data())
    def note_as_queued(self, data: st.DataObject) -> None:
        ids = data.draw(st.lists(st.sampled_from([upload_id for _, upload_id in self.asked]), max_size=3))
        due = [one.upload for one in self.known.values() if one.upload is not None and one.upload.id in ids]
        changes = any(one.queued_at != self.now for one in due)
        self._commit(uploads_queued(self.studio, ids, self.now), changes=changes, touches=False)
        for one in due:
            one.queued_at = self.now

    @rule(data=st.data(), name=st.sampled_from(["Quay", "Kai"]))
    def rename(self, data: st.DataObject, name: str) -> None:
        scene_id = self._some(data)
        known = self.known.get(scene_id)
        if known is None or known.deleted:
            with pytest.raises(NotFound if known is None else Deleted):
                rename_scene(self.studio, scene_id, name, iso_time(self.now))
            return
        after = rename_scene(self.studio, scene_id, name, iso_time(self.now))
        self._commit(after, changes=known.name != name)
        known.name = name

    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        scene_id = self._some(data)
        known = self.known.get(scene_id)
        if known is None:
            with pytest.raises(NotFound):
                delete_scene(self.studio, scene_id, iso_time(self.now))
            return
        after = delete_scene(self.studio, scene_id, iso_time(self.now))
        self._commit(after, changes=not known.deleted)
        known.deleted = True

    @rule(data=st.data())
    def undelete(self, data: st.DataObject) -> None:
        scene_id = self._some(data)
        known = self.known.get(scene_id)
        if known is None or (known.deleted and self._live() == LIMIT):
            with pytest.raises(NotFound if known is None else InvalidRequest):
                undelete_scene(self.studio, scene_id, iso_time(self.now))
            return
        after = undelete_scene(self.studio, scene_id, iso_time(self.now))
        self._commit(after, changes=known.deleted)
        known.deleted = False

    @rule()
    def time_passes(self) -> None:
        self.now += 1

    @invariant()
    def the_studio_holds_what_it_should(self) -> None:
        assert [scene.id for scene in self.studio.user_scenes] == list(self.known)
        for scene, known in zip(self.studio.user_scenes, self.known.values(), strict=True):
            assert (scene.name, scene.state, scene.deleted_at is not None) == (
                known.name,
                known.state,
                known.deleted,
            )
            assert scene.picture_id == (known.pictures[-1] if known.pictures else None)
            assert (scene.image_url is not None) == known.elsewhere
            upload = scene.upload
            assert (upload and Awaited(upload.id, upload.asked_at, upload.queued_at, upload.reason)) == (
                known.upload
            )
            assert scene.picture is None or scene.picture.width in {None, len(scene.picture.id)}
        assert self.studio.updated_at == self.updated
        assert self.studio.replace(user_scenes=(), updated_at="") == self.others

    def teardown(self) -> None:
        stored = self.studio.model_dump_json(by_alias=True, exclude_none=True)
        assert Studio.model_validate_json(stored) == self.studio

    def _commit(self, after: Studio | None, *, changes: bool, touches: bool = True) -> None:
        """Take a rule's answer for the next document; it has to be one exactly if something changes."""
        assert (after is not None) is changes
        if after is None:
            return
        assert after != self.studio
        if touches:
            self.updated = iso_time(self.now)
        self.studio = after

    def _refusal_of_new(self, scene_id: str) -> type[Exception] | None:
        known = self.known.get(scene_id)
        if known is not None:
            return Deleted if known.deleted else AlreadyExists
        full = self._live() == LIMIT or len(self.known) == 2 * LIMIT
        return InvalidRequest if full else None

    def _some(self, data: st.DataObject) -> str:
        """A scene, seldom one that never was."""
        scene_id: str = data.draw(st.sampled_from([*3 * [*self.known], "nowhere"]))
        return scene_id

    def _live(self) -> int:
        return sum(not known.deleted for known in self.known.values())

    def _results(self) -> st.SearchStrategy[UploadResult]:
        awaited = [(of, known.upload.id) for of, known in self.known.items() if known.upload is not None]
        swapped = [(of, upload_id) for of, _ in awaited for _, upload_id in awaited]
        named = st.sampled_from([*self.asked[:2], *self.asked[-2:], *swapped, *6 * awaited])
        owners = st.sampled_from(["scene"] * 9 + ["product"])
        return st.builds(
            self._result, owners, named, st.sampled_from(["picture", "no picture", "broken", None])
        )

    def _result(self, owner: str, named: tuple[str, str], end: str | None) -> UploadResult:
        of, upload_id = named
        made = end == "picture"
        return UploadResult.model_validate(
            {
                "owner": owner,
                "ownerId": of,
                "id": upload_id,
                "picture": Picture(id=upload_id, width=len(upload_id)) if made else None,
                "reason": None if made else end,
            }
        )

    @staticmethod
    def _end(known: dict[str, Known], result: UploadResult) -> bool:
        """End the upload as the result says, if the scene waits for it."""
        scene = known.get(result.owner_id) if result.owner == "scene" else None
        if scene is None or scene.upload is None or scene.upload.id != result.id:
            return False
        if result.picture is not None:
            scene.pictures.append(result.id)
            scene.upload, scene.elsewhere = None, False
            return True
        if scene.upload.reason is not None:
            return False
        scene.upload.reason = result.reason or "It was rejected for a reason that is not known."
        return True

    @staticmethod
    def _copy(known: Known) -> Known:
        upload = known.upload and Awaited(**vars(known.upload))
        return Known(known.name, [*known.pictures], upload, known.elsewhere, known.deleted)


def test_any_sequence_of_edits_and_results_leaves_scenes_that_lose_no_picture_and_do_not_lie(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(studio, "MAX_USER_SCENES", LIMIT)
    run_state_machine_as_test(
        ScenesAgainstDictionaries,
        settings=settings(
            deadline=None, max_examples=30, stateful_step_count=50, suppress_health_check=list(HealthCheck)
        ),
    )
