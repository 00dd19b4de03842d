import pytest
from hypothesis import given
from hypothesis import strategies as st

from scene_studio.store import keys
from tests.model.strategies import ids

SCENE = keys.UploadPlace("acme-corp", "default", "scene", "beach", "sand")
PRODUCT = keys.UploadPlace("acme-corp", keys.LIBRARY, "product", "chair", "front")
PAGE = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@pytest.mark.parametrize(
    ("spelled", "key"),
    [
        (keys.clients(), "clients/"),
        (keys.client("acme-corp"), "clients/acme-corp/client.json"),
        (keys.client_folder("acme-corp"), "clients/acme-corp/"),
        (keys.studios("acme-corp"), "clients/acme-corp/scene-studios/"),
        (keys.studio("acme-corp", "default"), "clients/acme-corp/scene-studios/default/config.json"),
        (
            keys.history_page("acme-corp", "default", "slot-1", PAGE),
            f"clients/acme-corp/scene-studios/default/slots/slot-1/history/{PAGE}.json",
        ),
        (
            keys.revisions("acme-corp", "default", "slot-1"),
            "clients/acme-corp/scene-studios/default/slots/slot-1/revisions/",
        ),
        (
            keys.revision("acme-corp", "default", "slot-1", "rev-1"),
            "clients/acme-corp/scene-studios/default/slots/slot-1/revisions/rev-1.jpg",
        ),
        (
            keys.revision_thumbnail("acme-corp", "default", "slot-1", "rev-1"),
            "clients/acme-corp/scene-studios/default/slots/slot-1/revisions/rev-1.thumb.jpg",
        ),
        (
            keys.user_scenes("acme-corp", "default"),
            "clients/acme-corp/scene-studios/default/user-scenes/",
        ),
        (
            keys.user_scene("acme-corp", "default", "scene-1"),
            "clients/acme-corp/scene-studios/default/user-scenes/scene-1.jpg",
        ),
        (
            keys.user_scene_thumbnail("acme-corp", "default", "scene-1"),
            "clients/acme-corp/scene-studios/default/user-scenes/scene-1.thumb.jpg",
        ),
        (
            keys.product_image("acme-corp", "chair", "img-1"),
            "clients/acme-corp/products/chair/img-1.png",
        ),
        (
            keys.product_thumbnail("acme-corp", "chair", "img-1"),
            "clients/acme-corp/products/chair/img-1.thumb.png",
        ),
        (
            keys.product_cutout("acme-corp", "chair", "img-1"),
            "clients/acme-corp/products/chair/img-1.cutout.png",
        ),
        (keys.inbox("acme-corp", "default"), "inbox/acme-corp/default/"),
        (keys.inbox("acme-corp", keys.LIBRARY), "inbox/acme-corp/_library/"),
        (keys.upload(SCENE), "uploads/acme-corp/default/scene/beach/sand"),
        (keys.upload(PRODUCT), "uploads/acme-corp/_library/product/chair/front"),
        (keys.uploaded_picture(SCENE), keys.user_scene("acme-corp", "default", "sand")),
        (keys.uploaded_thumbnail(SCENE), keys.user_scene_thumbnail("acme-corp", "default", "sand")),
        (keys.uploaded_picture(PRODUCT), keys.product_image("acme-corp", "chair", "front")),
        (keys.uploaded_thumbnail(PRODUCT), keys.product_thumbnail("acme-corp", "chair", "front")),
    ],
)
def test_keys_are_spelled_as_the_layout_says(spelled: str, key: str) -> None:
    assert spelled == key


@given(st.builds(keys.UploadPlace, ids, ids, st.just("scene"), ids, ids))
def test_the_place_of_an_upload_of_a_scene_is_read_from_its_key(place: keys.UploadPlace) -> None:
    assert keys.upload_place(keys.upload(place)) == place


@given(st.builds(keys.UploadPlace, ids, st.just(keys.LIBRARY), st.just("product"), ids, ids))
def test_the_place_of_an_upload_of_a_product_is_read_from_its_key(place: keys.UploadPlace) -> None:
    assert keys.upload_place(keys.upload(place)) == place


@pytest.mark.parametrize(
    "key",
    [
        "",
        "uploads/",
        "uploads/acme-corp/default/scene/beach",
        "uploads/acme-corp/default/scene/beach/sand/more",
        "uploads/acme-corp/default/scene/beach/",
        "uploads/acme-corp/default/scene//sand",
        "uploads/acme-corp/default/scene/../sand",
        "uploads/acme-corp/_library/scene/beach/sand",
        "uploads/acme-corp/default/product/chair/front",
        "uploads/acme-corp/default/someday/beach/sand",
        "uploads/acme-corp/default/scene/beach/s%61nd",
        "uploads/acme corp/default/scene/beach/sand",
        "clients/acme-corp/default/scene/beach/sand",
        "acme-corp/default/scene/beach/sand",
        "uploads/uploads/acme-corp/default/scene/beach/sand",
        "Uploads/acme-corp/default/scene/beach/sand",
    ],
)
def test_other_keys_are_no_places_of_uploads(key: str) -> None:
    assert keys.upload_place(key) is None


@given(st.text(max_size=40))
def test_whatever_is_put_under_the_prefix_is_a_place_or_none(rest: str) -> None:
    place = keys.upload_place(f"uploads/{rest}")
    assert place is None or keys.upload(place) == f"uploads/{rest}"


def test_the_longest_key_is_one_that_s3_takes() -> None:
    longest = "x" * 64
    assert len(keys.history_page(longest, longest, longest, PAGE).encode()) <= 1024


def test_a_picture_and_its_thumbnail_never_share_a_key() -> None:
    # An id holds no dot, so no id makes the key of another's thumbnail.
    assert keys.revision("c", "s", "t", "a-thumb") != keys.revision_thumbnail("c", "s", "t", "a")
