import pytest

from scene_studio.store import keys

PAGE = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@pytest.mark.parametrize(
    ("spelled", "key"),
    [
        (keys.clients(), "clients/"),
        (keys.client("acme-corp"), "clients/acme-corp/client.json"),
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
    ],
)
def test_keys_are_spelled_as_the_layout_says(spelled: str, key: str) -> None:
    assert spelled == key


def test_the_longest_key_is_one_that_s3_takes() -> None:
    longest = "x" * 64
    assert len(keys.history_page(longest, longest, longest, PAGE).encode()) <= 1024


def test_a_picture_and_its_thumbnail_never_share_a_key() -> None:
    # An id holds no dot, so no id makes the key of another's thumbnail.
    assert keys.revision("c", "s", "t", "a-thumb") != keys.revision_thumbnail("c", "s", "t", "a")
