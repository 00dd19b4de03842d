import pytest
from hypothesis import given

from scene_studio.model import addresses
from tests.model.strategies import ids


def test_addresses_are_those_of_the_routes() -> None:
    assert addresses.product_image("c", "p") == "/api/clients/c/products/p/image"
    assert addresses.slot("c", "s", "l") == "/api/clients/c/scene-studio/s/slots/l"
    assert addresses.revision_image("c", "s", "l", "i") == addresses.slot("c", "s", "l") + "/history/i/image"
    assert addresses.scene_image("c", "s", "e") == addresses.studio("c", "s") + "/user-scenes/e/image"


@given(ids, ids, ids, ids)
def test_the_address_of_a_picture_names_it_with_or_without_origin_and_query(
    client: str, studio: str, slot: str, image: str
) -> None:
    own = addresses.revision_image(client, studio, slot, image)
    for address in (own, f"https://example.com{own}", f"{own}?size=thumb", f"http://[::1]:8000{own}?a=/b#c"):
        assert addresses.named_revision(address, client, studio, slot) == image
    assert addresses.named_scene(addresses.scene_image(client, studio, image), client, studio) == image


@given(ids, ids, ids)
def test_the_address_of_another_slot_or_studio_names_nothing_here(one: str, other: str, image: str) -> None:
    if one == other:
        return
    address = addresses.revision_image("c", "s", one, image)
    assert addresses.named_revision(address, "c", "s", other) is None
    assert addresses.named_revision(address, "c", other, one) is None or other == "s"
    assert addresses.named_scene(addresses.scene_image("c", one, image), "c", other) is None


@pytest.mark.parametrize(
    "reference", ["", "img-1", "/", "/image", "x/image", "data:image/png;base64,AA==", "//[", "a?b"]
)
def test_what_is_no_address_of_ours_names_nothing(reference: str) -> None:
    assert addresses.named_revision(reference, "c", "s", "l") is None
    assert addresses.named_scene(reference, "c", "s") is None


@pytest.mark.parametrize(
    ("url", "elsewhere"),
    [
        ("https://example.com/a.jpg?x=1#y", True),
        ("HTTP://EXAMPLE.COM", True),
        ("http://", False),
        ("ftp://example.com/a.jpg", False),
        ("javascript:alert(1)", False),
        ("//example.com/a.jpg", False),
        ("/scenes/a.jpg", False),
        ("https://example.com/a b", False),
        ("https://example.com/\nlocation: x", False),
        (' https://example.com/"', False),
        ("data:image/png;base64,AAAA", False),
        ("", False),
    ],
)
def test_only_a_whole_web_address_is_elsewhere(url: str, *, elsewhere: bool) -> None:
    assert addresses.is_elsewhere(url) is elsewhere


@pytest.mark.parametrize(
    ("reference", "address"),
    [
        (addresses.product_image("c", "p"), addresses.product_image("d", "p")),
        (
            f"{addresses.slot('c', 's', 'l')}?of=/api/clients/c/",
            f"{addresses.slot('d', 's', 'l')}?of=/api/clients/c/",
        ),
        (
            f"http://[::1]:80{addresses.scene_image('c', 's', 'e')}?size=thumb",
            addresses.scene_image("d", "s", "e"),
        ),
    ],
)
def test_an_address_below_a_client_moves_with_it(reference: str, address: str) -> None:
    assert addresses.moved(reference, "c", "d") == address


@pytest.mark.parametrize(
    "reference",
    [
        "",
        "c",
        "//[",
        "/api/clients/c",
        "/api/clients/cc/products/p/image",
        "/api/clients/e/scene-studio/c/user-scenes/c/image",
        "see /api/clients/c/products/p",
        "https://example.com/api/clients/c/products/p/image",
        "/scenes/living-room-modern.jpg",
    ],
)
def test_whatever_is_no_address_below_the_client_stays_as_it_is(reference: str) -> None:
    assert addresses.moved(reference, "c", "d") == reference
