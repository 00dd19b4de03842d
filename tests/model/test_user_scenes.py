"""Scenes of a studio's own: what each rule does, and what it refuses."""

from typing import Any, Final

import pytest

from scene_studio.model.errors import AlreadyExists, Deleted, InvalidRequest, NotFound
from scene_studio.model.scene import MAX_USER_SCENES, Scene
from scene_studio.model.studio import Studio, new_studio
from scene_studio.model.upload import NEVER_CAME, Picture, Upload, UploadResult, new_upload
from scene_studio.model.user_scenes import (
    add_scene,
    await_picture,
    delete_scene,
    fold_uploads,
    rename_scene,
    takes_upload,
    undelete_scene,
    uploads_queued,
    user_scene,
)

T0: Final = 1_700_000_000_000
THEN: Final = "2024-01-01T00:00:00Z"
NOW: Final = "2024-06-01T00:00:00.000Z"
SAND: Final = Picture(id="sand", width=640, height=480, sha256="a" * 64)


def studio(*scenes: Scene) -> Studio:
    return new_studio("acme-corp", "default", None, THEN).replace(user_scenes=scenes)


def done(after: Studio | None) -> Studio:
    assert after is not None
    return after


def result(upload_id: str = "sand", **members: Any) -> UploadResult:
    return UploadResult(owner="scene", owner_id="beach", id=upload_id, **members)


def awaiting(upload_id: str = "sand", **members: Any) -> Scene:
    """A scene that waits for its first file, or as these members say."""
    return Scene(id="beach", name="Beach", upload=new_upload(upload_id, T0), **members)


def test_a_scene_is_processing_until_its_file_is_a_picture() -> None:
    before = studio(awaiting())
    assert (user_scene(before, "beach").state, user_scene(before, "beach").picture_id) == ("PROCESSING", None)
    after = user_scene(done(fold_uploads(before, [result(picture=SAND)], T0)), "beach")
    assert (after.state, after.picture_id, after.picture, after.upload) == ("READY", "sand", SAND, None)


def test_a_file_that_is_no_picture_is_rejected_with_the_reason() -> None:
    after = user_scene(done(fold_uploads(studio(awaiting()), [result(reason="An SVG.")], T0)), "beach")
    assert (after.state, after.picture_id, after.upload and after.upload.reason) == (
        "REJECTED",
        None,
        "An SVG.",
    )


def test_a_rejection_without_a_reason_says_that_none_is_known() -> None:
    after = done(fold_uploads(studio(awaiting()), [result()], T0))
    upload = user_scene(after, "beach").upload
    assert upload is not None
    assert upload.reason == "It was rejected for a reason that is not known."
    assert not takes_upload(after, result())


@pytest.mark.parametrize("end", ["picture", "rejection"])
def test_the_picture_of_a_scene_stays_until_the_next_one_is_there(end: str) -> None:
    before = done(await_picture(studio(Scene(id="beach", picture=SAND)), "beach", new_upload("rock", T0), NOW))
    assert (user_scene(before, "beach").state, user_scene(before, "beach").picture_id) == ("PROCESSING", "sand")
    members: dict[str, Any] = {"picture": Picture(id="rock")} if end == "picture" else {"reason": "No picture."}
    after = user_scene(done(fold_uploads(before, [result("rock", **members)], T0)), "beach")
    assert (after.state, after.picture_id) == (("READY", "rock") if end == "picture" else ("REJECTED", "sand"))


def test_an_imported_scene_has_the_picture_of_its_own_id_and_keeps_it_while_another_comes() -> None:
    before = studio(Scene(id="beach"))
    assert user_scene(before, "beach").picture_id == "beach"
    after = user_scene(done(await_picture(before, "beach", new_upload("sand", T0), NOW)), "beach")
    assert (after.picture_id, after.picture) == ("beach", Picture(id="beach"))


def test_a_picture_of_our_own_takes_the_place_of_one_that_lies_elsewhere_once_it_is_there() -> None:
    far = Scene(id="beach", image_url="https://example.com/beach.jpg")
    before = done(await_picture(studio(far), "beach", new_upload("sand", T0), NOW))
    assert user_scene(before, "beach").image_url == far.image_url
    after = user_scene(done(fold_uploads(before, [result(picture=SAND)], T0)), "beach")
    assert (after.image_url, after.picture_id) == (None, "sand")


def test_a_picture_that_comes_after_it_was_given_up_is_taken_and_a_rejection_is_not() -> None:
    before = done(fold_uploads(studio(awaiting()), [result(reason=NEVER_CAME)], T0))
    assert not takes_upload(before, result(reason="An SVG."))
    assert fold_uploads(before, [result(reason="An SVG.")], T0) is None
    assert takes_upload(before, result(picture=SAND))
    assert user_scene(done(fold_uploads(before, [result(picture=SAND)], T0)), "beach").state == "READY"


@pytest.mark.parametrize("first", ["picture", "rejection"])
def test_of_two_results_of_one_upload_the_picture_counts(first: str) -> None:
    results = [result(picture=SAND), result(reason="It took too long.")]
    both = results if first == "picture" else results[::-1]
    assert user_scene(done(fold_uploads(studio(awaiting()), both, T0)), "beach").state == "READY"


def test_a_file_that_another_has_replaced_changes_nothing() -> None:
    before = done(await_picture(studio(awaiting()), "beach", new_upload("rock", T0), NOW))
    assert fold_uploads(before, [result(picture=SAND)], T0) is None


@pytest.mark.parametrize("members", [{"owner": "product"}, {"owner_id": "forest"}, {"id": "rock"}])
def test_what_no_scene_waits_for_changes_nothing(members: dict[str, Any]) -> None:
    other = result(picture=SAND).replace(**members)
    assert not takes_upload(studio(awaiting()), other)
    assert fold_uploads(studio(awaiting()), [other], T0) is None


def test_a_deleted_scene_takes_its_picture_for_its_return() -> None:
    before = done(delete_scene(studio(awaiting()), "beach", NOW))
    after = done(undelete_scene(done(fold_uploads(before, [result(picture=SAND)], T0)), "beach", NOW))
    assert user_scene(after, "beach").state == "READY"


@pytest.mark.parametrize("scene", [awaiting(), Scene(id="beach", picture=SAND)])
def test_an_upload_that_was_awaited_before_is_not_awaited_again(scene: Scene) -> None:
    assert await_picture(studio(scene), "beach", new_upload("sand", T0 + 1), NOW) is None


def test_a_note_that_events_were_sent_is_no_change_that_people_see() -> None:
    before = studio(awaiting(), Scene(id="forest", upload=new_upload("tree", T0)))
    after = done(uploads_queued(before, {"tree"}, T0 + 5))
    assert after.updated_at == before.updated_at
    assert [scene.upload and scene.upload.queued_at for scene in after.user_scenes] == [T0, T0 + 5]
    assert uploads_queued(after, {"tree", "never"}, T0 + 5) is None


def test_an_id_is_taken_by_scenes_by_their_pictures_and_by_what_is_to_be_one() -> None:
    before = studio(Scene(id="beach", picture=SAND, upload=new_upload("rock", T0)))
    for taken in ("beach", "sand", "rock"):
        with pytest.raises(AlreadyExists):
            add_scene(before, Scene(id=taken), NOW)
    with pytest.raises(Deleted):
        add_scene(done(delete_scene(before, "beach", NOW)), Scene(id="beach"), NOW)
    assert [scene.id for scene in add_scene(before, Scene(id="forest"), NOW).user_scenes] == ["beach", "forest"]


def test_a_studio_has_only_so_many_scenes_deleted_ones_among_them() -> None:
    live = [Scene(id=f"s{number}") for number in range(MAX_USER_SCENES)]
    deleted = [Scene(id=f"d{number}", deleted_at=THEN) for number in range(MAX_USER_SCENES)]
    with pytest.raises(InvalidRequest):
        add_scene(studio(*live), Scene(id="more"), NOW)
    with pytest.raises(InvalidRequest):
        add_scene(studio(*deleted, *live[1:], Scene(id="d", deleted_at=THEN)), Scene(id="more"), NOW)
    with pytest.raises(InvalidRequest):
        undelete_scene(studio(*live, *deleted), "d0", NOW)
    assert user_scene(done(undelete_scene(studio(*live[1:], *deleted), "d0", NOW)), "d0").deleted_at is None


def test_what_never_was_is_not_found_and_what_is_deleted_is_told_to_be() -> None:
    upload: Upload = new_upload("sand", T0)
    deleted = studio(Scene(id="beach", deleted_at=THEN))
    for error, of in ((NotFound, studio()), (Deleted, deleted)):
        with pytest.raises(error):
            rename_scene(of, "beach", "Beach", NOW)
        with pytest.raises(error):
            await_picture(of, "beach", upload, NOW)
    with pytest.raises(NotFound):
        delete_scene(studio(), "beach", NOW)
    with pytest.raises(NotFound):
        undelete_scene(studio(), "beach", NOW)
    assert delete_scene(deleted, "beach", NOW) is None
    assert undelete_scene(studio(Scene(id="beach")), "beach", NOW) is None
    assert rename_scene(studio(awaiting()), "beach", "Beach", NOW) is None
