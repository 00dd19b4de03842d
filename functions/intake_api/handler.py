"""Taking in what can hold pictures as data URLs: products, and whole clients."""

from typing import Annotated, Any, Final

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Body

from intake_api.importing import Import
from intake_api.messages import ImportedClient, ProductFields, PutProduct
from intake_api.products import ProductIntake
from scene_studio.http.api import Api, entry_point, json_answer
from scene_studio.http.requests import (
    AllClients,
    AllStudios,
    ChangeOf,
    ClientId,
    Objects,
    OpenPictures,
    ProductId,
)
from scene_studio.http.views import product_view
from scene_studio.model.errors import InvalidRequest

app = Api()
lambda_handler = entry_point(app)

_CLIENT: Final = "/api/clients/<clientId>"
_PRODUCT: Final = f"{_CLIENT}/products/<productId>"


@app.post(f"{_CLIENT}/import")
def import_client(
    client_id: ClientId,
    body: Annotated[ImportedClient, Body()],
    clients: AllClients,
    studios: AllStudios,
    objects: Objects,
    opener: OpenPictures,
    change: ChangeOf,
) -> Response[Any]:
    """Import a client.json in the shape of the original product."""
    if body.id != client_id:
        raise InvalidRequest.of("/id", f"must be {client_id!r}, as in the address")
    return json_answer(Import(clients, studios, objects, opener, change).run(body))


@app.put(_PRODUCT)
def replace_product(
    client_id: ClientId,
    product_id: ProductId,
    body: Annotated[PutProduct, Body()],
    clients: AllClients,
    objects: Objects,
    opener: OpenPictures,
    change: ChangeOf,
) -> Response[Any]:
    """Add the product, or put this in its place; it keeps the pictures it had."""
    product = ProductIntake(client_id, clients, objects, opener, change).put(product_id, body)
    return json_answer(product_view(client_id, product))


@app.patch(_PRODUCT)
def patch_product(
    client_id: ClientId,
    product_id: ProductId,
    body: Annotated[ProductFields, Body()],
    clients: AllClients,
    objects: Objects,
    opener: OpenPictures,
    change: ChangeOf,
) -> Response[Any]:
    """Change some members of the product; null clears one, and `imageId` chooses the picture that is shown."""
    product = ProductIntake(client_id, clients, objects, opener, change).edit(product_id, body)
    return json_answer(product_view(client_id, product))
