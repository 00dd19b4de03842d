"""The addresses that documents speak of, spelled in one place.

They are stable paths, never signed URLs, so that documents can be cached, compared and sent back.
"""

import re
from typing import Final
from urllib.parse import urlsplit

from scene_studio.model.identifiers import is_id

_FOREIGN: Final = re.compile(r"https?://[^\s\"<>\\^`{|}]+", re.IGNORECASE)


def client(client_id: str) -> str:
    """The client's address."""
    return f"/api/clients/{client_id}"


def product(client_id: str, product_id: str) -> str:
    """The product's address."""
    return f"{client(client_id)}/products/{product_id}"


def product_image(client_id: str, product_id: str) -> str:
    """The address of a product's picture."""
    return f"{product(client_id, product_id)}/image"


def studio(client_id: str, studio_id: str) -> str:
    """The studio's address."""
    return f"{client(client_id)}/scene-studio/{studio_id}"


def slot(client_id: str, studio_id: str, slot_id: str) -> str:
    """The slot's address."""
    return f"{studio(client_id, studio_id)}/slots/{slot_id}"


def generation(client_id: str, studio_id: str) -> str:
    """The address of what became of pictures that were asked for."""
    return f"{studio(client_id, studio_id)}/generation"


def revision_image(client_id: str, studio_id: str, slot_id: str, image_id: str) -> str:
    """The address of a generated picture: a revision's `url` and a slot's `outputImage`."""
    return f"{slot(client_id, studio_id, slot_id)}/history/{image_id}/image"


def scene(client_id: str, studio_id: str, scene_id: str) -> str:
    """The address of a scene of the team's own."""
    return f"{studio(client_id, studio_id)}/user-scenes/{scene_id}"


def scene_image(client_id: str, studio_id: str, scene_id: str) -> str:
    """The address of the picture of a scene of the team's own."""
    return f"{scene(client_id, studio_id, scene_id)}/image"


def named_revision(reference: str, client_id: str, studio_id: str, slot_id: str) -> str | None:
    """The revision's id in its address, which may have an origin and a query; None if it is no such address."""
    path = _path(reference)
    image_id = path.removesuffix("/image").rpartition("/")[2]
    own = revision_image(client_id, studio_id, slot_id, image_id)
    return image_id if image_id and path == own else None


def named_scene(reference: str, client_id: str, studio_id: str) -> str | None:
    """The id of the studio's own scene whose picture this is the address of; None if it is no such address."""
    path = _path(reference)
    scene_id = path.removesuffix("/image").rpartition("/")[2]
    own = scene_image(client_id, studio_id, scene_id)
    return scene_id if is_id(scene_id) and path == own else None


def moved(reference: str, client_id: str, to: str) -> str:
    """The same address below another client, if it is one below this client; any other as it is.

    With an origin it is an address of ours only if it is that of a scene's picture: settings may name those
    so, and anything else that lies elsewhere stays where it is.
    """
    home = client(client_id)
    if reference.startswith(f"{home}/"):
        return client(to) + reference.removeprefix(home)
    studio_id = _path(reference).removeprefix(f"{home}/scene-studio/").partition("/")[0]
    scene_id = named_scene(reference, client_id, studio_id)
    return reference if scene_id is None else scene_image(to, studio_id, scene_id)


def _path(reference: str) -> str:
    try:
        return urlsplit(reference).path
    except ValueError:  # such as //[
        return ""


def is_elsewhere(url: str) -> bool:
    """Whether this is a web address of another place, which a document may point to but we do not serve."""
    return _FOREIGN.fullmatch(url) is not None
