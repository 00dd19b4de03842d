"""Clients and the library of products."""

from typing import Final

from infra.contract.answers.clients import (
    AskedProduct,
    Client,
    ClientList,
    ClientWithStudios,
    ImportReport,
    Product,
    ProductList,
)
from infra.contract.operation import LOCATION, Operation, Operations, Success, found, picture_elsewhere
from scene_studio.model.errors import (
    ClientFull,
    Deleted,
    NotFound,
    PreconditionFailed,
    ResponseTooLarge,
    StudioFull,
)

_CLIENTS: Final = "Clients"
_PRODUCTS: Final = "Products"
_LOOKED_UP: Final = (NotFound, Deleted)
_CHANGED: Final = (NotFound, ClientFull)
_EDITED: Final = (NotFound, Deleted, ClientFull)

OPERATIONS: Final[Operations] = {
    "list_clients": Operation(_CLIENTS, (found(ClientList, "Some of the clients."),)),
    "put_client": Operation(
        _CLIENTS,
        (
            Success(200, "The client was there, and is as the body wants it.", Client, (LOCATION,)),
            Success(201, "The client was created.", Client, (LOCATION,)),
        ),
        (ClientFull, PreconditionFailed),
        {"name": "Acme Corporation", "monthlyLimitMicros": 200_000_000},
    ),
    "read_client": Operation(
        _CLIENTS, (found(ClientWithStudios, "The client."),), (NotFound, Deleted, ResponseTooLarge)
    ),
    "import_client": Operation(
        _CLIENTS,
        (found(ImportReport, "What was made, and what was there already."),),
        (ClientFull, StudioFull),
        {
            "id": "acme-corp",
            "name": "Acme Corporation",
            "products": [
                {"id": "product-a", "name": "Chair", "imageUrl": "https://pictures.example.com/chair.png"}
            ],
            "clientSessions": [],
            "sceneStudios": [
                {
                    "id": "summer",
                    "name": "Summer Campaign",
                    "clientId": "acme-corp",
                    "outputSlots": [
                        {
                            "id": "slot-1",
                            "productIds": ["product-a"],
                            "status": "COMPLETED",
                            "outputImage": "https://pictures.example.com/living-room.jpg",
                            "history": [
                                {
                                    "id": "img-1",
                                    "url": "https://pictures.example.com/living-room.jpg",
                                    "timestamp": 1_704_110_400_000,
                                    "productIds": ["product-a"],
                                    "productNames": ["Chair"],
                                    "settings": {"roomType": "Living Room", "style": "Modern"},
                                }
                            ],
                            "settings": {"roomType": "Living Room", "style": "Modern"},
                        }
                    ],
                    "userScenes": [],
                    "createdAt": "2024-01-01T12:00:00Z",
                    "updatedAt": "2024-01-01T12:00:00Z",
                }
            ],
        },
    ),
    "list_products": Operation(_PRODUCTS, (found(ProductList, "Some of the products."),), (NotFound,)),
    "read_product": Operation(_PRODUCTS, (found(Product, "The product."),), _LOOKED_UP),
    "replace_product": Operation(
        _PRODUCTS,
        (found(Product, "The product as it is now."),),
        _CHANGED,
        {"name": "Chair", "sku": "CH-100"},
    ),
    "patch_product": Operation(
        _PRODUCTS, (found(Product, "The product as it is now."),), _EDITED, {"name": "Armchair", "sku": None}
    ),
    "remove_product": Operation(_PRODUCTS, (Success(204, "The product is deleted."),), _CHANGED),
    "restore_deleted_product": Operation(_PRODUCTS, (found(Product, "The product."),), _CHANGED),
    "add_product_image": Operation(
        _PRODUCTS,
        (Success(201, "A picture is awaited.", AskedProduct, (LOCATION,)),),
        _EDITED,
        {"contentType": "image/png", "size": 48_213},
    ),
    "read_product_image": Operation(_PRODUCTS, (picture_elsewhere("Where the picture is."),), _LOOKED_UP),
    "remove_product_image": Operation(_PRODUCTS, (Success(204, "The picture is taken away."),), _EDITED),
}
