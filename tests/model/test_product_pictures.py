"""The pictures of products: what each rule does, and what it refuses."""

from typing import Any, Final

import pytest

from scene_studio.model.client import MAX_PICTURES, Client, Product, edit_product, new_client
from scene_studio.model.errors import Deleted, InvalidRequest, NotFound
from scene_studio.model.product_pictures import (
    await_product_picture,
    fold_product_uploads,
    keep_shown,
    product_uploads_queued,
    remove_picture,
    takes_product_upload,
)
from scene_studio.model.upload import Picture, UploadResult, new_upload

T0: Final = 1_700_000_000_000
THEN: Final = "2024-01-01T00:00:00Z"
NOW: Final = "2024-06-01T00:00:00.000Z"
FRONT: Final = Picture(id="front", width=640, height=480, cutout=True)
BACK: Final = Picture(id="back")


def client(**members: Any) -> Client:
    """A client with one product."""
    mug = Product(id="mug", name="Mug", **members)
    return new_client("acme-corp", "ACME", THEN).replace(products=(Product(id="jug", name="Jug"), mug))


def mug(client: Client | None) -> Product:
    assert client is not None
    found = client.find("mug")
    assert found is not None
    return found


def done(after: Client | None) -> Client:
    assert after is not None
    return after


def result(upload_id: str, **members: Any) -> UploadResult:
    return UploadResult(owner="product", owner_id="mug", id=upload_id, **members)


def asked(client: Client, *upload_ids: str) -> Client:
    """The client with these uploads, one after the other."""
    for number, upload_id in enumerate(upload_ids):
        client = done(await_product_picture(client, "mug", new_upload(upload_id, T0 + number), NOW))
    return client


def chosen(client: Client, image_id: str) -> Client:
    """The client with one of the product's pictures chosen, if it was shown already too."""
    changed = edit_product(client, "mug", {"imageId": image_id, "imageUrl": None}, NOW) or client
    return keep_shown(changed, "mug", NOW) or changed


def test_a_file_that_is_a_picture_is_listed_and_shown() -> None:
    before = asked(client(), "front")
    after = mug(fold_product_uploads(before, [result("front", picture=FRONT)], T0))
    assert (after.pictures, after.image_id, after.uploads) == ((FRONT,), "front", ())


def test_a_file_that_is_no_picture_is_rejected_with_the_reason_and_what_is_shown_stays() -> None:
    before = asked(client(image_id="back", pictures=(BACK,)), "front")
    after = mug(fold_product_uploads(before, [result("front", reason="An SVG.")], T0))
    assert (after.image_id, [one.reason for one in after.uploads]) == ("back", ["An SVG."])


def test_a_picture_of_our_own_takes_the_place_of_one_that_lies_elsewhere() -> None:
    before = asked(client(image_url="https://example.com/mug.jpg"), "front")
    assert mug(before).image_url is not None
    after = mug(fold_product_uploads(before, [result("front", picture=FRONT)], T0))
    assert (after.image_id, after.image_url) == ("front", None)


def test_a_picture_from_before_there_could_be_several_is_one_of_them() -> None:
    before = client(image_id="back")
    assert mug(before).all_pictures() == (BACK,)
    after = mug(fold_product_uploads(asked(before, "front"), [result("front", picture=FRONT)], T0))
    assert (after.pictures, after.image_id) == ((FRONT, BACK), "front")
    assert mug(remove_picture(before, "mug", "back", NOW)).image_id is None
    shown = mug(chosen(client(image_id="back", pictures=(FRONT,)), "front"))
    assert shown.pictures == (FRONT, BACK)


def test_of_pictures_that_come_together_the_one_asked_for_last_is_shown() -> None:
    results = [result("front", picture=FRONT), result("back", picture=BACK)]
    for come in (results, results[::-1]):
        after = mug(fold_product_uploads(asked(client(), "front", "back"), come, T0))
        assert (after.image_id, after.pictures) == ("back", (BACK, FRONT))


def test_a_picture_that_somebody_chose_stays_shown_when_one_comes_that_was_asked_for_before() -> None:
    before = asked(client(image_id="back", pictures=(BACK,)), "front")
    kept = chosen(before, "back")
    after = mug(fold_product_uploads(kept, [result("front", picture=FRONT)], T0))
    assert (after.image_id, after.pictures) == ("back", (FRONT, BACK))
    later = asked(kept, "side")
    assert mug(fold_product_uploads(later, [result("side", picture=Picture(id="side"))], T0)).image_id == "side"


ELSEWHERE: Final = "https://example.com/mug.jpg"


@pytest.mark.parametrize(
    ("shown", "picked"),
    [
        ({"image_id": "back"}, {"imageUrl": ELSEWHERE, "imageId": None}),
        ({"image_url": "https://example.com/old.jpg"}, {"imageUrl": ELSEWHERE}),
        ({}, {"imageUrl": ELSEWHERE}),
        ({"image_url": ELSEWHERE}, {"imageId": "back", "imageUrl": None}),
    ],
)
def test_whatever_picture_a_save_shows_stays_when_one_comes_that_was_asked_for_before(
    shown: dict[str, Any], picked: dict[str, Any]
) -> None:
    before = asked(client(pictures=(BACK,), **shown), "front")
    saved = done(edit_product(before, "mug", picked, NOW))
    after = mug(fold_product_uploads(saved, [result("front", picture=FRONT)], T0))
    assert (after.image_id, after.image_url) == (mug(saved).image_id, mug(saved).image_url)
    assert after.pictures == (FRONT, BACK)
    later = asked(saved, "side")
    assert mug(fold_product_uploads(later, [result("side", picture=Picture(id="side"))], T0)).shown == "side"


def test_a_save_of_something_else_chooses_no_picture() -> None:
    for shown in ({"image_id": "back"}, {"image_url": ELSEWHERE}, {}):
        saved = done(edit_product(asked(client(**shown), "front"), "mug", {"sku": "M-1"}, NOW))
        assert mug(fold_product_uploads(saved, [result("front", picture=FRONT)], T0)).shown == "front"


def test_a_picture_is_shown_though_a_save_cleared_what_was_shown_after_it_was_asked_for() -> None:
    before = asked(client(image_url=ELSEWHERE), "front")
    saved = done(edit_product(before, "mug", {"imageUrl": None}, NOW))
    assert mug(fold_product_uploads(saved, [result("front", picture=FRONT)], T0)).shown == "front"


def test_a_picture_is_shown_for_want_of_the_one_that_somebody_chose() -> None:
    kept = chosen(asked(client(image_id="back"), "front"), "back")
    alone = done(remove_picture(kept, "mug", "back", NOW))
    assert mug(fold_product_uploads(alone, [result("front", picture=FRONT)], T0)).image_id == "front"


def test_choosing_another_picture_ends_showing_one_that_lies_elsewhere() -> None:
    before = client(pictures=(FRONT,), image_url="https://example.com/mug.jpg")
    after = mug(chosen(before, "front"))
    assert (after.image_id, after.image_url) == ("front", None)


def test_the_next_picture_takes_the_place_of_one_that_is_removed() -> None:
    before = client(image_id="front", pictures=(FRONT, BACK))
    assert mug(remove_picture(before, "mug", "front", NOW)).image_id == "back"
    assert mug(remove_picture(before, "mug", "back", NOW)).image_id == "front"


def test_an_upload_that_is_removed_is_awaited_no_more() -> None:
    before = done(remove_picture(asked(client(), "front"), "mug", "front", NOW))
    assert mug(before).uploads == ()
    assert not takes_product_upload(before, result("front", picture=FRONT))
    assert fold_product_uploads(before, [result("front", picture=FRONT)], T0) is None


def test_a_picture_that_comes_after_it_was_given_up_is_taken_and_a_rejection_is_not() -> None:
    before = done(fold_product_uploads(asked(client(), "front"), [result("front", reason="late")], T0))
    assert fold_product_uploads(before, [result("front", reason="An SVG.")], T0) is None
    after = mug(fold_product_uploads(before, [result("front", picture=FRONT)], T0))
    assert (after.image_id, after.uploads) == ("front", ())


@pytest.mark.parametrize(
    "members", [{"owner": "scene"}, {"owner_id": "jug"}, {"owner_id": "x"}, {"id": "back"}]
)
def test_what_no_product_waits_for_changes_nothing(members: dict[str, Any]) -> None:
    other = result("front", picture=FRONT).replace(**members)
    before = asked(client(), "front")
    assert not takes_product_upload(before, other)
    assert fold_product_uploads(before, [other], T0) is None


def test_a_product_has_only_so_many_pictures_those_that_are_to_come_among_them() -> None:
    pictures = tuple(Picture(id=f"p{number}") for number in range(MAX_PICTURES - 2))
    full = asked(client(image_id="unlisted", pictures=pictures), "last")
    with pytest.raises(InvalidRequest):
        await_product_picture(full, "mug", new_upload("more", T0), NOW)


def test_only_the_last_rejected_files_are_remembered_and_those_that_are_to_come_never_forgotten() -> None:
    before = asked(client(), "first", *(f"r{number}" for number in range(6)))
    rejected = done(
        fold_product_uploads(before, [result(f"r{number}", reason="no") for number in range(6)], T0)
    )
    after = mug(asked(rejected, "next"))
    assert [one.id for one in after.uploads] == ["r2", "r3", "r4", "r5", "first", "next"]


@pytest.mark.parametrize(
    "members", [{"uploads": (new_upload("front", T0),)}, {"pictures": (FRONT,)}, {"image_id": "front"}]
)
def test_an_upload_that_was_awaited_before_is_not_awaited_again(members: dict[str, Any]) -> None:
    assert await_product_picture(client(**members), "mug", new_upload("front", T0 + 1), NOW) is None


def test_a_note_that_events_were_sent_is_no_change_that_people_see() -> None:
    before = asked(client(), "front", "back")
    after = done(product_uploads_queued(before, {"back"}, T0 + 9))
    assert after.updated_at == before.updated_at
    assert [one.queued_at for one in mug(after).uploads] == [T0, T0 + 9]
    assert product_uploads_queued(after, {"back", "never"}, T0 + 9) is None


def test_what_never_was_is_not_found_and_what_is_deleted_is_told_to_be() -> None:
    for error, of in ((NotFound, new_client("acme-corp", "ACME", THEN)), (Deleted, client(deleted_at=THEN))):
        with pytest.raises(error):
            await_product_picture(of, "mug", new_upload("front", T0), NOW)
        with pytest.raises(error):
            keep_shown(of, "mug", NOW)
        with pytest.raises(error):
            remove_picture(of, "mug", "front", NOW)
    with pytest.raises(NotFound):
        remove_picture(client(), "mug", "front", NOW)
