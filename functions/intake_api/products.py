"""Changes of products that may bring pictures with them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from intake_api.messages import ProductFields, PutProduct
from intake_api.pictures import Pictures
from scene_studio.http import problems
from scene_studio.http.products import commit_product
from scene_studio.http.requests import Change, PictureOpener
from scene_studio.model import addresses
from scene_studio.model.client import Client, Product, edit_product, put_product
from scene_studio.model.errors import InvalidRequest
from scene_studio.model.product_pictures import keep_shown
from scene_studio.model.upload import Picture
from scene_studio.store.clients import Clients
from scene_studio.store.object_store import ObjectStore


@dataclass(frozen=True, slots=True)
class ProductIntake:
    """Changes the products of one client.

    Attributes:
        client_id: the client.
        clients: all clients.
        objects: the object store.
        opener: gives what opens the pictures that they bring.
        change: the request.
    """

    client_id: str
    clients: Clients
    objects: ObjectStore
    opener: PictureOpener
    change: Change

    def put(self, product_id: str, body: PutProduct) -> Product:
        """Add a product, or put it in place of the one with its id.

        Raises:
            NotFound: there is no such client.
            InvalidRequest: its picture is none, or one too many.
            SceneStudioError: as the commit raises.
        """
        self.clients.read(self.client_id)
        product = self._pictured({**self._members(product_id, body), "id": product_id})

        def rule(client: Client) -> Client | None:
            changed = put_product(client, product, self.change.now)
            return changed if product.image_id is None else self._as_chosen(client, product_id, changed)

        return commit_product(self.clients, self.client_id, product_id, rule, self.change)

    def edit(self, product_id: str, body: ProductFields) -> Product:
        """Change some members of a product; null clears one.

        Raises:
            NotFound: there is no such client or product.
            Deleted: it is deleted.
            InvalidRequest: a member cannot be so; its picture is none, or one too many; it does not have the
                picture that is chosen.
            SceneStudioError: as the commit raises.
        """
        self.clients.read(self.client_id).document.product(product_id)
        given = self._members(product_id, body)
        changes = dict(given)
        brought: tuple[Picture, ...] = ()
        if changes.get("imageUrl") is not None:
            stored = self._pictured({**changes, "id": product_id, "name": "-"})
            brought = stored.pictures
            changes |= {"imageUrl": stored.image_url, "imageId": stored.image_id}
        elif "imageUrl" in changes:
            changes["imageId"] = None
        chosen = changes.get("imageId")
        if chosen is not None:
            changes["imageUrl"] = None
        # Whoever sends the whole product back has not chosen what it shows already.
        is_choice = bool(brought) or (len(given) == 1 and (chosen or changes.get("imageUrl")) is not None)

        def rule(client: Client) -> Client | None:
            changed = _edited(client, product_id, changes, self.change.now, brought)
            return self._as_chosen(client, product_id, changed) if is_choice else changed

        return commit_product(self.clients, self.client_id, product_id, rule, self.change)

    def _as_chosen(self, client: Client, product_id: str, changed: Client | None) -> Client | None:
        """The changed client, or the client itself, with what the product shows chosen by a person."""
        return keep_shown(changed or client, product_id, self.change.now) or changed

    def _members(self, product_id: str, body: ProductFields) -> dict[str, Any]:
        """What the body says of the product; the address that we gave its picture says nothing new."""
        members = body.members()
        if members.get("imageUrl") == addresses.product_image(self.client_id, product_id):
            del members["imageUrl"]
        return members

    def _pictured(self, members: dict[str, Any]) -> Product:
        """The product of these JSON members, its picture stored if it brings one."""
        pictures = Pictures(self.objects, self.opener, self.client_id)
        product = pictures.in_product(members, "/imageUrl")
        pictures.take_in()
        return pictures.completed(product)


def _edited(
    client: Client, product_id: str, changes: dict[str, Any], now: str, brought: Sequence[Picture]
) -> Client | None:
    try:
        return edit_product(client, product_id, changes, now, brought)
    except ValidationError as error:
        found = [{**detail, "loc": ("body", *detail["loc"])} for detail in error.errors()]
        raise InvalidRequest(problems.field_errors(found)) from error
