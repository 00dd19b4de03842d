"""Asking for files that are to be pictures of products, and the tickets for them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from scene_studio.http.edits import kept
from scene_studio.http.products import commit_product
from scene_studio.http.requests import Change
from scene_studio.http.uploads import WantedUpload, remind, ticket_view
from scene_studio.model.client import Client, Product
from scene_studio.model.product_pictures import await_product_picture
from scene_studio.model.upload import new_upload
from scene_studio.store import keys
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
    """Asks for pictures of one client's products.

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

        product = commit_product(self.clients, self.client_id, product_id, ask, self.change)
        awaited = next((one for one in product.uploads if one.id == upload.id), None)
        if awaited is None:
            return AskedPicture(product)
        place = UploadPlace(self.client_id, keys.LIBRARY, "product", product_id, upload.id)
        return AskedPicture(product, ticket_view(self.objects, place, awaited, wanted, now))
