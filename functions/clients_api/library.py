"""Changes of the products in a client's library, and the tickets for their pictures."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from pydantic import ValidationError

from clients_api.messages import ProductFields, PutProduct
from scene_studio.http import problems
from scene_studio.http.edits import kept
from scene_studio.http.requests import Change
from scene_studio.http.uploads import WantedUpload, remind, ticket_view
from scene_studio.model import addresses
from scene_studio.model.client import Client, Product, edit_product, put_product
from scene_studio.model.errors import InvalidRequest, NotFound
from scene_studio.model.product_pictures import await_product_picture, show_picture
from scene_studio.model.upload import Picture, new_upload
from scene_studio.store import keys
from scene_studio.store.cache import Versioned
from scene_studio.store.clients import Clients
from scene_studio.store.keys import UploadPlace
from scene_studio.store.object_store import UploadStore


class AskedPicture(NamedTuple):
    """What became of a request for one more picture.

    Attributes:
        product: the product as it stands now.
        ticket: the form with which the file can be sent, if it is awaited.
    """

    product: Product
    ticket: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Library:
    """Changes the products of one client.

    Attributes:
        client_id: the client.
        clients: all clients.
        objects: the object store.
        unique: makes names that were never used before.
        change: the request.
    """

    client_id: str
    clients: Clients
    objects: UploadStore
    unique: Callable[[], str]
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
            if changed is None or product.image_id is None:
                return changed
            return show_picture(changed, product_id, product.image_id, self.change.now) or changed

        return self.commit(product_id, rule)

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
        changes = self._members(product_id, body)
        whole = len(changes) > 1
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

        def rule(client: Client) -> Client | None:
            product = client.product(product_id)
            if chosen is not None and not brought and product.picture(chosen) is None:
                raise InvalidRequest.of(
                    "/imageId", "must be the id of one of its pictures; `pictures` lists them"
                )
            changed = _edited(client, product_id, changes, self.change.now, brought)
            # Whoever sends the whole product back with the picture that it shows has not chosen that one.
            if chosen is None or (whole and chosen == product.image_id):
                return changed
            return show_picture(changed or client, product_id, chosen, self.change.now) or changed

        return self.commit(product_id, rule)

    def ask(self, product_id: str, wanted: WantedUpload) -> AskedPicture:
        """Ask for a file that is to be one more picture of a product.

        Raises:
            NotFound: there is no such client or product.
            Deleted: it is deleted.
            InvalidRequest: it has all the pictures that it may have.
            SceneStudioError: as the commit raises.
        """
        now = self.change.milliseconds
        upload = new_upload(self.change.new_id("picture"), now)
        current = self.clients.read(self.client_id).document

        def rule(client: Client) -> Client | None:
            return await_product_picture(client, product_id, upload, self.change.now)

        def prepare() -> None:
            if rule(current) is not None:  # refuses here what it would refuse in the commit
                remind(self.objects, self.client_id, keys.LIBRARY, now, self.unique())

        prepared = kept(prepare)

        def ask(client: Client) -> Client | None:
            prepared()
            return rule(client)

        product = self.commit(product_id, ask)
        awaited = next((one for one in product.uploads if one.id == upload.id), None)
        if awaited is None:
            return AskedPicture(product)
        place = UploadPlace(self.client_id, keys.LIBRARY, "product", product_id, upload.id)
        return AskedPicture(product, ticket_view(self.objects, place, awaited, wanted, now))

    def commit(self, product_id: str, rule: Callable[[Client], Client | None]) -> Product:
        """Commit a rule about a product, and give the product as it stands then.

        Raises:
            NotFound: there is no such client or product.
            SceneStudioError: as the rule and the commit raise.
        """

        def apply(current: Versioned[Client] | None) -> Client | None:
            if current is None:
                raise NotFound("client", self.client_id)
            return rule(current.document)

        change = self.change
        commit = self.clients.commit(self.client_id, apply, change.request, change.pacing)
        product = commit.current.document.find(product_id)
        if product is None:
            raise NotFound("product", product_id)
        return product

    def _members(self, product_id: str, body: ProductFields) -> dict[str, Any]:
        """What the body says of the product; the address that we gave its picture says nothing new."""
        members = body.members()
        if members.get("imageUrl") == addresses.product_image(self.client_id, product_id):
            del members["imageUrl"]
        return members

    def _pictured(self, members: dict[str, Any]) -> Product:
        from clients_api.pictures import Pictures  # Pillow comes with it

        pictures = Pictures(self.objects, self.client_id)
        product = pictures.in_product(members, "/imageUrl")
        pictures.store()
        return product


def _edited(
    client: Client, product_id: str, changes: dict[str, Any], now: str, brought: tuple[Picture, ...]
) -> Client | None:
    try:
        return edit_product(client, product_id, changes, now, brought)
    except ValidationError as error:
        found = [{**detail, "loc": ("body", *detail["loc"])} for detail in error.errors()]
        raise InvalidRequest(problems.field_errors(found)) from error
