"""Clients: list, create, read, import, and the library of products."""

from http import HTTPStatus
from typing import Annotated, Any, Final, Literal

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Body, Query
from pydantic import ValidationError

from clients_api.expanding import expanded_studios
from clients_api.messages import ImportedClient, ProductFields, PutClient, PutProduct
from scene_studio import runtime
from scene_studio.http import problems
from scene_studio.http.admission import claimed_groups
from scene_studio.http.api import Api, entry_point, json_answer
from scene_studio.http.pictures import Download, redirect_to, redirect_to_first
from scene_studio.http.requests import (
    AllClients,
    AllStudios,
    ChangeOf,
    ClientId,
    Cursor,
    Event,
    IfNoneMatch,
    Limit,
    Objects,
    ProductId,
)
from scene_studio.http.views import client_view, list_view, product_view, summary_view
from scene_studio.model import addresses
from scene_studio.model.client import (
    Client,
    Product,
    delete_product,
    edit_client,
    edit_product,
    new_client,
    put_product,
)
from scene_studio.model.errors import InvalidRequest, NotFound, PreconditionFailed
from scene_studio.store import keys
from scene_studio.store.cache import Versioned
from scene_studio.store.commit import Effect
from scene_studio.store.object_store import ObjectStore

app = Api()
lambda_handler = entry_point(app)

_CLIENTS: Final = "/api/clients"
_CLIENT: Final = f"{_CLIENTS}/<clientId>"
_PRODUCT: Final = f"{_CLIENT}/products/<productId>"
_SHOWN_STUDIOS: Final = 100

Expand = Annotated[Literal["sceneStudios"] | None, Query()]


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
        view["sceneStudios"] = expanded_studios(studios, client_id)
        return json_answer(view)
    summaries, following = studios.summaries(client_id, after="", limit=_SHOWN_STUDIOS)
    view["sceneStudios"] = [summary_view(client_id, item) for item in summaries if item.deleted_at is None]
    if following:
        view["nextCursor"] = following
    return json_answer(view)


@app.post(f"{_CLIENT}/import")
def import_client(
    client_id: ClientId,
    body: Annotated[ImportedClient, Body()],
    clients: AllClients,
    studios: AllStudios,
    objects: Objects,
    change: ChangeOf,
) -> Response[Any]:
    """Import a client.json of the seed's shape."""
    from clients_api.importing import Import  # Pillow comes with it

    if body.id != client_id:
        raise InvalidRequest.of("/id", f"must be {client_id!r}, as in the address")
    return json_answer(Import(clients, studios, objects, change).run(body))


@app.get(f"{_CLIENT}/products")
def list_products(
    client_id: ClientId, clients: AllClients, limit: Limit = 100, cursor: Cursor = ""
) -> Response[Any]:
    """The client's products, in the order of the library."""
    products = clients.read(client_id).document.products
    ids = [product.id for product in products]
    if cursor and cursor not in ids:
        raise InvalidRequest.of("cursor", "must be a nextCursor of this list, or absent to begin")
    # The place in the list is that among all products: the one at the cursor may be deleted by now.
    start = ids.index(cursor) + 1 if cursor else 0
    live = [product for product in products[start:] if product.deleted_at is None]
    shown = [product_view(client_id, product) for product in live[:limit]]
    return json_answer(list_view(shown, live[limit - 1].id if len(live) > limit else None))


@app.get(_PRODUCT)
def read_product(client_id: ClientId, product_id: ProductId, clients: AllClients) -> Response[Any]:
    """One product."""
    return json_answer(product_view(client_id, clients.read(client_id).document.product(product_id)))


@app.put(_PRODUCT)
def replace_product(
    client_id: ClientId,
    product_id: ProductId,
    body: Annotated[PutProduct, Body()],
    clients: AllClients,
    objects: Objects,
    change: ChangeOf,
) -> Response[Any]:
    """Add the product, or put this in its place; without a picture it keeps the one it had."""
    clients.read(client_id)
    product = _pictured(objects, client_id, {**_members(client_id, product_id, body), "id": product_id})

    def put(current: Versioned[Client] | None) -> Client | None:
        return put_product(_client(current, client_id), product, change.now)

    commit = clients.commit(client_id, put, change.request, change.pacing)
    return json_answer(_shown(commit.current.document, product_id))


@app.patch(_PRODUCT)
def patch_product(
    client_id: ClientId,
    product_id: ProductId,
    body: Annotated[ProductFields, Body()],
    clients: AllClients,
    objects: Objects,
    change: ChangeOf,
) -> Response[Any]:
    """Change some members of the product; null clears one."""
    clients.read(client_id).document.product(product_id)
    changes = _members(client_id, product_id, body)
    if changes.get("imageUrl") is not None:
        stored = _pictured(objects, client_id, {**changes, "id": product_id, "name": "-"})
        changes |= {"imageUrl": stored.image_url, "imageId": stored.image_id}
    elif "imageUrl" in changes:
        changes["imageId"] = None

    def edit(current: Versioned[Client] | None) -> Client | None:
        try:
            return edit_product(_client(current, client_id), product_id, changes, change.now)
        except ValidationError as error:
            found = [{"loc": ("body", *detail["loc"]), "msg": detail["msg"]} for detail in error.errors()]
            raise InvalidRequest(problems.field_errors(found)) from error

    commit = clients.commit(client_id, edit, change.request, change.pacing)
    return json_answer(_shown(commit.current.document, product_id))


@app.delete(_PRODUCT)
def remove_product(
    client_id: ClientId, product_id: ProductId, clients: AllClients, change: ChangeOf
) -> Response[Any]:
    """Take the product out of the library; putting it again brings it back."""

    def delete(current: Versioned[Client] | None) -> Client | None:
        return delete_product(_client(current, client_id), product_id, change.now)

    clients.commit(client_id, delete, change.request, change.pacing)
    return Response(int(HTTPStatus.NO_CONTENT), content_type=None, body="")


@app.get(f"{_PRODUCT}/image")
def read_product_image(
    client_id: ClientId,
    product_id: ProductId,
    clients: AllClients,
    objects: Objects,
    download: Download = False,
) -> Response[Any]:
    """The product's picture, by a redirect to a short-lived signed address."""
    product = clients.read(client_id).document.product(product_id)
    if product.image_id is not None:
        wanted = [keys.product_image(client_id, product_id, product.image_id)]
        stored = redirect_to_first(objects, wanted, download=download, filename=f"{product_id}.png")
        if stored is not None:
            return stored
    if product.image_url is not None:
        return redirect_to(product.image_url, cached=False)
    raise NotFound("picture of product", product_id)


def _members(client_id: str, product_id: str, body: ProductFields) -> dict[str, Any]:
    """What the body says of the product; the address that we gave its picture says nothing new."""
    members = body.members()
    if members.get("imageUrl") == addresses.product_image(client_id, product_id):
        del members["imageUrl"]
    return members


def _pictured(objects: ObjectStore, client_id: str, members: dict[str, Any]) -> Product:
    from clients_api.pictures import Pictures  # Pillow comes with it

    pictures = Pictures(objects, client_id)
    product = pictures.in_product(members, "/imageUrl")
    pictures.store()
    return product


def _client(current: Versioned[Client] | None, client_id: str) -> Client:
    if current is None:
        raise NotFound("client", client_id)
    return current.document


def _shown(client: Client, product_id: str) -> dict[str, Any]:
    product = client.find(product_id)
    if product is None:
        raise NotFound("product", product_id)
    return product_view(client.id, product)
