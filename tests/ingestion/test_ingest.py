"""Taking files in: each becomes one picture or a reason, whatever comes twice, late, mixed up or not at all."""

from contextlib import suppress
from dataclasses import replace
from typing import Any, Final

import pytest

from scene_studio.model.errors import Busy, OutcomeUnknown, SceneStudioError
from scene_studio.model.product_pictures import remove_picture
from scene_studio.model.upload import MAX_UPLOAD_BYTES, NEVER_CAME, UploadResult, new_upload
from scene_studio.model.user_scenes import await_picture, delete_scene, fold_uploads, undelete_scene
from scene_studio.queues.s3_notifications import CreatedObject
from scene_studio.store import keys
from scene_studio.store.keys import UploadPlace
from scene_studio.store.object_store import ObjectHead, StoredObject
from tests.ingestion.site import PRODUCT, SCENE, T0, THEN, Site, upload
from tests.support.scripted_store import ScriptedStore, just_before, reply_lost, unavailable
from tests.support.words import REJECTION
from upload_ingestion.ingest import Outcome

WORD: Final = b"plain mug"


@pytest.fixture
def site() -> Site:
    return Site()


both = pytest.mark.parametrize("place", [SCENE, PRODUCT], ids=["scene", "product"])


@both
def test_a_file_becomes_the_picture_of_what_waits_for_it(site: Site, place: UploadPlace) -> None:
    assert site.run(site.bring(place, WORD)) is Outcome.READY
    picture = site.picture(place)
    assert picture is not None
    assert (picture.width, picture.height, len(picture.colors)) == (len(WORD), 1, 1)
    assert picture.cutout is (place is PRODUCT)
    assert site.word(place) == WORD
    assert upload(site.shared, place) is None
    assert site.taken == [WORD]
    site.assert_tidy()


def test_pictures_lie_under_the_keys_of_their_kind_and_nothing_else_is_left(site: Site) -> None:
    before = {*site.names_under("")}
    site.run(site.bring(SCENE, WORD))
    site.run(site.bring(PRODUCT, WORD))
    assert {*site.names_under("")} - before == {
        keys.user_scene("acme-corp", "default", "sand"),
        keys.user_scene_thumbnail("acme-corp", "default", "sand"),
        keys.product_image("acme-corp", "mug", "front"),
        keys.product_thumbnail("acme-corp", "mug", "front"),
        keys.product_cutout("acme-corp", "mug", "front"),
    }


def test_a_product_on_a_background_that_is_not_plain_has_no_cut_out(site: Site) -> None:
    site.run(site.bring(PRODUCT, b"busy mug"))
    picture = site.picture(PRODUCT)
    assert picture is not None
    assert not picture.cutout
    assert keys.product_cutout("acme-corp", "mug", "front") not in site.names_under("clients/")


@both
def test_a_file_that_is_no_picture_is_rejected_with_the_reason_and_deleted(
    site: Site, place: UploadPlace
) -> None:
    before = {*site.names_under("")}
    assert site.run(site.bring(place, b"bad file")) is Outcome.REJECTED
    rejected = upload(site.shared, place)
    assert rejected is not None
    assert rejected.reason == REJECTION
    assert {*site.names_under("")} == before
    site.assert_tidy()


@both
@pytest.mark.parametrize(
    ("size", "reason"), [(0, "The file is empty."), (MAX_UPLOAD_BYTES + 1, "larger than 25 MiB")]
)
def test_a_file_of_an_impossible_size_is_rejected_unread(
    site: Site, place: UploadPlace, size: int, reason: str
) -> None:
    created = site.bring(place, WORD)
    store = ScriptedStore(site.shared)
    site.store = store
    true = site.shared.heads

    def heads(wanted: list[str]) -> list[ObjectHead | None]:
        return [head and replace(head, size=size) for head in true(wanted)]

    site.shared.heads = heads  # type: ignore[method-assign, assignment]
    assert site.run(created) is Outcome.REJECTED
    rejected = upload(site.shared, place)
    assert rejected is not None
    assert reason in (rejected.reason or "")
    assert ("get", created.key) not in store.calls
    assert site.taken == []
    site.assert_tidy()


@both
@pytest.mark.parametrize("size", [1, MAX_UPLOAD_BYTES])
def test_a_file_of_the_least_and_of_the_greatest_size_is_read(
    site: Site, place: UploadPlace, size: int
) -> None:
    created = site.bring(place, WORD)
    true = site.shared.heads

    def heads(wanted: list[str]) -> list[ObjectHead | None]:
        return [head and replace(head, size=size) for head in true(wanted)]

    site.shared.heads = heads  # type: ignore[method-assign, assignment]
    assert site.run(created) is Outcome.READY


@pytest.mark.parametrize(
    "key",
    [
        "clients/acme-corp/client.json",
        "uploads/acme-corp/default/scene/beach",
        "uploads/acme-corp/default/scene/beach/sand/more",
        "uploads/acme-corp/default/someday/beach/sand",
        "uploads/../default/scene/beach/sand",
        "uploads/acme-corp/_library/scene/beach/sand",
        "",
    ],
)
def test_what_is_no_upload_is_left_alone(site: Site, key: str) -> None:
    site.shared.put_once(key, WORD, content_type="image/png")
    before = {*site.names_under("")}
    store = ScriptedStore(site.shared)
    site.store = store
    assert site.run(CreatedObject(key, None)) is Outcome.NOTHING_TO_DO
    assert {*site.names_under("")} == before
    assert store.calls == []


@pytest.mark.parametrize(
    "place",
    [
        SCENE._replace(client_id="nobody"),
        SCENE._replace(studio_id="nowhere"),
        SCENE._replace(owner_id="forest"),
        SCENE._replace(owner_id="quay"),
        SCENE._replace(upload_id="rock"),
        PRODUCT._replace(client_id="nobody"),
        PRODUCT._replace(owner_id="jug"),
        PRODUCT._replace(upload_id="back"),
    ],
)
def test_a_file_that_nobody_waits_for_is_deleted_unread(site: Site, place: UploadPlace) -> None:
    before = {*site.names_under("")}
    assert site.run(site.bring(place, WORD)) is Outcome.NOTHING_TO_DO
    assert {*site.names_under("")} == before
    assert site.taken == []


@both
def test_an_event_about_a_file_that_is_not_there_changes_nothing(site: Site, place: UploadPlace) -> None:
    before = {*site.names_under("")}
    for version in ("v99", None):
        assert site.run(CreatedObject(keys.upload(place), version)) is Outcome.NOTHING_TO_DO
    assert {*site.names_under("")} == before
    waiting = upload(site.shared, place)
    assert waiting is not None
    assert waiting.is_open


@both
def test_an_event_that_comes_again_changes_nothing(site: Site, place: UploadPlace) -> None:
    created = site.bring(place, WORD)
    site.run(created)
    before = {*site.names_under("")}, site.picture(place)
    writes = len(site.shared._versions)
    for again in (created, CreatedObject(created.key, None)):
        assert site.run(again) is Outcome.NOTHING_TO_DO
    assert ({*site.names_under("")}, site.picture(place)) == before
    assert (len(site.shared._versions), site.taken) == (writes, [WORD])


@both
def test_an_event_without_a_version_is_about_the_current_one(site: Site, place: UploadPlace) -> None:
    site.bring(place, b"older")
    created = site.bring(place, b"newer")
    assert site.run(CreatedObject(created.key, None)) is Outcome.READY
    assert site.word(place) == b"newer"


@both
def test_an_event_about_a_version_that_is_gone_is_about_the_current_one(site: Site, place: UploadPlace) -> None:
    created = site.bring(place, WORD)
    assert site.run(CreatedObject(created.key, "v99")) is Outcome.READY
    assert site.word(place) == WORD


@both
def test_of_a_form_that_is_sent_twice_the_first_picture_counts(site: Site, place: UploadPlace) -> None:
    older, newer = site.bring(place, b"older"), site.bring(place, b"newer")
    assert [site.run(older), site.run(newer)] == [Outcome.READY, Outcome.NOTHING_TO_DO]
    assert site.word(place) == b"older"
    site.assert_tidy()


@both
def test_of_a_form_that_is_sent_again_with_another_file_the_one_that_is_a_picture_counts(
    site: Site, place: UploadPlace
) -> None:
    bad, good = site.bring(place, b"bad file"), site.bring(place, WORD)
    assert site.run(bad) is Outcome.REJECTED
    assert site.run(good) is Outcome.READY
    assert (site.word(place), upload(site.shared, place)) == (WORD, None)
    site.assert_tidy()


@both
def test_a_file_that_comes_after_it_was_given_up_becomes_the_picture_all_the_same(
    site: Site, place: UploadPlace
) -> None:
    given_up = UploadResult(owner=place.owner, owner_id=place.owner_id, id=place.upload_id, reason=NEVER_CAME)
    folder = site.ingestion().folders.folder(place.client_id, place.studio_id)
    folder.fold([given_up], site.now, site.ingestion().pacing())
    assert site.run(site.bring(place, WORD)) is Outcome.READY
    assert site.word(place) == WORD
    site.assert_tidy()


@both
def test_two_versions_at_once_give_one_picture_that_is_not_mixed(site: Site, place: UploadPlace) -> None:
    """The second run begins and ends while the first decodes, so the first finds a picture stored."""
    first, second = site.bring(place, b"plain first"), site.bring(place, b"plain second")
    site.meanwhile = lambda: site.run(second)
    assert site.run(first) is Outcome.READY
    assert site.word(place) == b"plain second"
    assert site.taken == [b"plain first", b"plain second", b"picture of plain second"]
    site.assert_tidy()


@both
@pytest.mark.parametrize("written", range(4))
def test_a_run_that_another_overtakes_at_any_write_describes_what_is_stored(
    site: Site, place: UploadPlace, written: int
) -> None:
    first, second = site.bring(place, b"plain first"), site.bring(place, b"plain second")
    store = ScriptedStore(site.shared)
    overtaken = Site.run

    def overtake() -> None:
        site.store = site.shared
        overtaken(site, second)

    store.creates.extend([*[lambda request: request()] * written, just_before(overtake)])
    site.store = store
    site.run(first)
    assert site.word(place) == (b"plain second" if written == 0 else b"plain first")
    site.assert_tidy()


@both
def test_what_an_attempt_stored_that_ended_before_its_thumbnail_is_completed_and_delivered(
    site: Site, place: UploadPlace
) -> None:
    created = site.bring(place, WORD)
    site.shared.put_once(keys.uploaded_picture(place), b"picture of plain one", content_type="image/png")
    assert site.run(created) is Outcome.READY
    assert site.word(place) == b"plain one"
    site.assert_tidy()


@both
def test_a_stored_picture_is_delivered_though_its_file_is_gone(site: Site, place: UploadPlace) -> None:
    site.shared.put_once(keys.uploaded_picture(place), b"picture of plain one", content_type="image/png")
    assert site.run(CreatedObject(keys.upload(place), "null")) is Outcome.READY
    assert site.word(place) == b"plain one"


@both
def test_a_stored_picture_that_cannot_be_read_is_no_fault_of_the_file(site: Site, place: UploadPlace) -> None:
    created = site.bring(place, WORD)
    site.shared.put_once(keys.uploaded_picture(place), b"bad picture", content_type="image/png")
    with pytest.raises(RuntimeError, match="made ourselves"):
        site.run(created)
    waiting = upload(site.shared, place)
    assert waiting is not None
    assert waiting.is_open
    assert created.key in site.names_under("uploads/")


def test_a_file_for_a_deleted_scene_is_kept_for_its_return(site: Site) -> None:
    site.change_studio(lambda studio: delete_scene(studio, "beach", THEN))
    assert site.run(site.bring(SCENE, WORD)) is Outcome.READY
    site.change_studio(lambda studio: undelete_scene(studio, "beach", THEN))
    assert site.scene.state == "READY"


def test_a_file_for_a_deleted_studio_is_kept_for_its_return(site: Site) -> None:
    site.change_studio(lambda studio: studio.replace(deleted_at=THEN))
    assert site.run(site.bring(SCENE, WORD)) is Outcome.READY
    assert site.scene.state == "READY"


def test_a_file_that_another_was_chosen_instead_of_is_dropped_and_the_scene_keeps_its_picture(
    site: Site,
) -> None:
    first = site.bring(SCENE, b"first")
    site.run(first)

    def ask(upload_id: str) -> None:
        site.change_studio(lambda studio: await_picture(studio, "beach", new_upload(upload_id, T0), THEN))

    ask("rock")
    ask("dune")
    dropped = site.bring(SCENE._replace(upload_id="rock"), b"second")
    chosen = site.bring(SCENE._replace(upload_id="dune"), b"third")
    assert [site.run(dropped), site.scene.picture_id] == [Outcome.NOTHING_TO_DO, "sand"]
    assert [site.run(chosen), site.scene.picture_id] == [Outcome.READY, "dune"]
    site.assert_tidy()


def test_a_scene_that_is_given_another_file_meanwhile_takes_only_that(site: Site) -> None:
    created = site.bring(SCENE, b"first")
    site.meanwhile = lambda: site.change_studio(
        lambda studio: await_picture(studio, "beach", new_upload("rock", T0), THEN)
    )
    site.run(created)
    assert (site.scene.state, site.scene.picture_id) == ("PROCESSING", None)
    site.assert_tidy()


def test_a_file_that_is_removed_from_a_product_meanwhile_is_dropped(site: Site) -> None:
    created = site.bring(PRODUCT, WORD)
    site.meanwhile = lambda: site.change_client(lambda client: remove_picture(client, "mug", "front", THEN))
    site.run(created)
    assert (site.product.image_id, site.product.pictures, site.product.uploads) == (None, (), ())
    site.assert_tidy()


def test_a_file_that_comes_right_after_it_was_asked_for_is_not_taken_for_one_that_nobody_waits_for(
    site: Site,
) -> None:
    """The file is looked for before the document is read, however old what the process knows of that is."""
    place = SCENE._replace(owner_id="quay", upload_id="stone")
    site.ingestion().folders.studios.read("acme-corp", "default")
    store = ScriptedStore(site.shared)
    site.store = store

    def asked_and_sent(request: Any) -> Any:
        found = request()
        site.change_studio(lambda studio: await_picture(studio, "quay", new_upload("stone", T0), THEN))
        site.bring(place, WORD)
        return found

    store.gets.append(asked_and_sent)
    site.run(CreatedObject(keys.upload(place), None))
    assert keys.upload(place) in site.names_under("uploads/")


@both
def test_a_rejection_whose_fold_is_in_doubt_keeps_the_file_until_it_is_known(
    site: Site, place: UploadPlace
) -> None:
    created = site.bring(place, b"bad file")
    store = ScriptedStore(site.shared)
    store.puts.extend([unavailable] * 100)
    site.store = store
    with pytest.raises((Busy, OutcomeUnknown)):
        site.run(created)
    assert created.key in site.names_under("uploads/")
    store.puts.clear()
    assert site.run(created) is Outcome.REJECTED
    site.assert_tidy()


@both
def test_a_fold_whose_reply_is_lost_ends_once(site: Site, place: UploadPlace) -> None:
    created = site.bring(place, WORD)
    store = ScriptedStore(site.shared)
    store.puts.append(reply_lost)
    site.store = store
    assert site.run(created) is Outcome.READY
    assert site.word(place) == WORD
    site.assert_tidy()


@both
def test_a_decoder_that_cannot_be_started_says_nothing_of_the_file(site: Site, place: UploadPlace) -> None:
    def break_down() -> None:
        raise OSError("no more processes")

    created = site.bring(place, WORD)
    site.meanwhile = break_down
    with pytest.raises(OSError, match="no more"):
        site.run(created)
    waiting = upload(site.shared, place)
    assert waiting is not None
    assert waiting.is_open
    assert site.run(created) is Outcome.READY


def test_a_reason_of_any_length_is_one_that_a_document_takes(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.support.words.REJECTION", "x" * 5000)
    assert site.run(site.bring(SCENE, b"bad file")) is Outcome.REJECTED
    rejected = upload(site.shared, SCENE)
    assert rejected is not None
    assert rejected.reason == "x" * 1000
    with suppress(SceneStudioError):
        site.change_studio(lambda studio: fold_uploads(studio, [], site.now) or studio)
    assert isinstance(site.shared.get(keys.studio("acme-corp", "default")), StoredObject)
