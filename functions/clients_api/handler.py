"""Clients: list, create, read, and the library of products; what can hold pictures goes to `intake_api`."""

from http import HTTPStatus
from typing import Annotated, Any, Final, Literal

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Body, Query

from clients_api.expanding import expanded_studios
from clients_api.library import Library
from clients_api.messages import PutClient
from scene_studio import runtime
from scene_studio.http.admission import claimed_groups
from scene_studio.http.api import Api, entry_point, json_answer
from scene_studio.http.pictures import Chosen, Download, redirect_to, redirect_to_first
from scene_studio.http.products import commit_product
from scene_studio.http.requests import (
    AllClients,
    AllStudios,
    ChangeOf,
    ClientId,
    Cursor,
    Event,
    IfNoneMatch,
    ImageId,
    Limit,
    Objects,
    ProductId,
    UniqueName,
    Uploads,
)
from scene_studio.http.uploads import WantedUpload, no_picture
from scene_studio.http.views import client_view, list_view, part_of, product_view, summary_view
from scene_studio.model import addresses
from scene_studio.model.client import Client, delete_product, edit_client, new_client, undelete_product
from scene_studio.model.errors import NotFound, PreconditionFailed
from scene_studio.model.product_pictures import remove_picture
from scene_studio.model.upload import Picture
from scene_studio.store import keys
from scene_studio.store.cache import Versioned
from scene_studio.store.commit import Effect

app = Api()
lambda_handler = entry_point(app)

_CLIENTS: Final = "/api/clients"
_CLIENT: Final = f"{_CLIENTS}/<clientId>"
_PRODUCT: Final = f"{_CLIENT}/products/<productId>"
_SHOWN_STUDIOS: Final = 100

Expand = Annotated[Literal["sceneStudios"] | None, Query()]
ProductSize = Annotated[Literal["full", "thumb", "cutout"], Query()]


@app.get(_CLIENTS)
def list_clients(clients: AllClients, event: Event, limit: Limit = 50, cursor: Cursor = "") -> Response[Any]:
    """The clients that the caller may see."""
    following = None
    if runtime.environment().tenancy == "off":
        summaries, following = clients.summaries(after=cursor, limit=limit)
    else:
        groups = claimed_groups(event, runtime.environment().tenant_claim)
        named = sorted(group.removeprefix("client:") for group in groups if group.startswith("client:"))
        summaries = clients.summaries_of(named)
    items = [
        {
            "id": client.id,
            "name": client.name,
            "updatedAt": client.updated_at,
            "productCount": client.products,
        }
        for client in summaries
    ]
    return json_answer(list_view(items, following))


@app.put(_CLIENT)
def put_client(
    client_id: ClientId,
    body: Annotated[PutClient, Body()],
    clients: AllClients,
    condition: IfNoneMatch,
    change: ChangeOf,
) -> Response[Any]:
    """Create the client, or change its name or its monthly limit."""

    def put(current: Versioned[Client] | None) -> Client | None:
        if current is None:
            made = new_client(client_id, body.name or client_id, change.now)
            return edit_client(made, body.changes(), change.now) or made
        if condition is not None:
            raise PreconditionFailed(
                current, "There is a client at this address already; `current` is that client."
            )
        return edit_client(current.document, body.changes(), change.now)

    commit = clients.commit(client_id, put, change.request, change.pacing)
    created = commit.effect is not Effect.NOTHING_TO_DO and not commit.replaced
    status = HTTPStatus.CREATED if created else HTTPStatus.OK
    return json_answer(client_view(commit.current.document), status, {"location": addresses.client(client_id)})


@app.get(_CLIENT)
def read_client(
    client_id: ClientId, clients: AllClients, studios: AllStudios, expand: Expand = None
) -> Response[Any]:
    """The client with its library, sessions and studios: summaries, or with `expand` the whole of them."""
    view = client_view(clients.read(client_id).document)
    if expand is not None:
        view["sceneStudios"] = expanded_studios(studios, client_id, beside=view)
        return json_answer(view)
    summaries, following = studios.summaries(client_id, after="", limit=_SHOWN_STUDIOS)
    view["sceneStudios"] = [summary_view(client_id, item) for item in summaries if item.deleted_at is None]
    if following:
        view["nextCursor"] = following
    return json_answer(view)


@app.get(f"{_CLIENT}/products")
def list_products(
    client_id: ClientId, clients: AllClients, limit: Limit = 100, cursor: Cursor = ""
) -> Response[Any]:
    """The client's products, in the order of the library."""
    products = clients.read(client_id).document.products
    live, following = part_of(products, lambda product: product.deleted_at is None, limit, cursor)
    return json_answer(list_view([product_view(client_id, product) for product in live], following))


@app.get(_PRODUCT)
def read_product(client_id: ClientId, product_id: ProductId, clients: AllClients) -> Response[Any]:
    """One product."""
    return json_answer(product_view(client_id, clients.read(client_id).document.product(product_id)))


@app.delete(_PRODUCT)
def remove_product(
    client_id: ClientId, product_id: ProductId, clients: AllClients, change: ChangeOf
) -> Response[Any]:
    """Take the product out of the library; it can be restored for 30 days."""

    def delete(client: Client) -> Client | None:
        return delete_product(client, product_id, change.now)

    commit_product(clients, client_id, product_id, delete, change)
    return Response(int(HTTPStatus.NO_CONTENT), content_type=None, body="")


@app.post(f"{_PRODUCT}/undelete")
def restore_deleted_product(
    client_id: ClientId, product_id: ProductId, clients: AllClients, change: ChangeOf
) -> Response[Any]:
    """Bring a deleted product back; nothing happens to one that is not deleted."""

    def undelete(client: Client) -> Client | None:
        return undelete_product(client, product_id, change.now)

    product = commit_product(clients, client_id, product_id, undelete, change)
    return json_answer(product_view(client_id, product))


@app.post(f"{_PRODUCT}/image")
def add_product_image(
    client_id: ClientId,
    product_id: ProductId,
    body: Annotated[WantedUpload, Body()],
    clients: AllClients,
    objects: Uploads,
    unique: UniqueName,
    change: ChangeOf,
) -> Response[Any]:
    """Give out a ticket for one more picture of the product; once it is there, it is the one shown."""
    asked = Library(client_id, clients, objects, unique, change).ask(product_id, body)
    view = {"product": product_view(client_id, asked.product)}
    if asked.ticket is not None:
        view["upload"] = asked.ticket
    location = {"location": addresses.product_image(client_id, product_id)}
    return json_answer(view, HTTPStatus.CREATED, location)


@app.get(f"{_PRODUCT}/image")
def read_product_image(
    client_id: ClientId,
    product_id: ProductId,
    clients: AllClients,
    objects: Objects,
    image: Chosen = None,
    size: ProductSize = "full",
    download: Download = False,
) -> Response[Any]:
    """The product's picture, by a redirect to a short-lived signed address.

    With `image` it is that one of its pictures, and the redirect may be cached.
    """
    product = clients.read(client_id).document.product(product_id)
    chosen = image or product.image_id
    picture = None if chosen is None else product.picture(chosen)
    if picture is not None:
        wanted = _keys(client_id, product_id, picture, size)
        filename = f"{product_id}{'' if size == 'full' else f'-{size}'}.png"
        stored = redirect_to_first(
            objects, wanted, download=download, filename=filename, cached=image is not None
        )
        if stored is not None:
            return stored
    if image is None and product.image_url is not None:
        return redirect_to(product.image_url, cached=False)
    if image is None and picture is None and product.uploads:
        raise no_picture("picture of product", product_id, product.uploads[-1])
    raise NotFound("cut-out of product" if size == "cutout" else "picture of product", product_id)


@app.delete(f"{_PRODUCT}/images/<imageId>")
def remove_product_image(
    client_id: ClientId, product_id: ProductId, image_id: ImageId, clients: AllClients, change: ChangeOf
) -> Response[Any]:
    """Take a picture, or a file that is awaited or was rejected, away from the product."""

    def remove(client: Client) -> Client | None:
        return remove_picture(client, product_id, image_id, change.now)

    commit_product(clients, client_id, product_id, remove, change)
    return Response(int(HTTPStatus.NO_CONTENT), content_type=None, body="")


def _keys(client_id: str, product_id: str, picture: Picture, size: str) -> list[str]:
    """Where the picture is in this size; a thumbnail may be missing, and then the picture serves."""
    place = (client_id, product_id, picture.id)
    if size == "cutout":
        return [keys.product_cutout(*place)] if picture.cutout else []
    whole = [keys.product_image(*place)]
    return [keys.product_thumbnail(*place), *whole] if size == "thumb" else whole
