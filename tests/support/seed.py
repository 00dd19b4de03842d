"""The seed: the client.json that the original product's description shows, with photographs as data URLs."""

from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any, Final

from tests.support.api import CLIENT, Answer, call
from tests.support.pictures import data_url, jpeg, png

IMG_3: Final = jpeg(3)
"""The picture of revision img-3, byte for byte."""
IMG_2: Final = jpeg(2)
"""The picture of revision img-2, byte for byte."""
OAK_CHAIR: Final = jpeg(11)
"""The product photograph that is a JPEG."""
CERAMIC_VASE: Final = png(12)
"""The product photograph that is a PNG with transparency."""

Fill = Callable[[Path, Callable[[], dict[str, Any]]], None]
"""Makes a file a store into which a client was imported, the one that a function gives."""

SETTINGS: Final[dict[str, Any]] = {
    "scene": {
        "id": "stock-living-room-1",
        "name": "Modern Living Room",
        "imageUrl": "/scenes/living-room-modern.jpg",
    },
    "roomType": "Living Room",
    "style": "Modern",
    "lighting": "Natural Light",
    "cameraAngle": "Eye Level",
    "aspectRatio": "1:1",
    "varietyLevel": 7,
    "surroundings": "Moderate",
    "colorScheme": "Neutral Tones",
    "props": ["Plants", "Books"],
    "colorTheme": True,
    "accessories": False,
    "promptText": "",
}

SESSIONS: Final[list[Any]] = [
    {
        "id": "session-1",
        "tool": "moodboard",
        "startedAt": "2023-12-31T23:59:60Z",
        "closedAt": None,
        "boards": [{"title": "Ünïcödé ✓ 🪑", "pins": [1, 2.5, -0.125, 1e21, None, True, [[], {}]]}],
        "": {"~weird/key": None},
    },
    {"id": "session-2", "notes": [None, {"deep": {"deeper": [{"deepest": None}]}}], "count": 0, "ok": False},
]


def client_json() -> dict[str, Any]:
    """The client.json of the original product, to the letter but for the addresses of its pictures."""
    return {
        "id": "acme-corp",
        "name": "ACME Corporation",
        "products": products(),
        "clientSessions": deepcopy(SESSIONS),
        "sceneStudios": [
            {
                "id": "default",
                "name": "Main Studio",
                "clientId": "acme-corp",
                "outputSlots": [slot_json()],
                "userScenes": [],
                "createdAt": "2024-01-01T00:00:00Z",
                "updatedAt": "2024-01-01T12:00:00Z",
            }
        ],
    }


def products() -> list[dict[str, Any]]:
    """The seed's two products."""
    return [
        {"id": "product-a", "name": "Oak Chair", "imageUrl": data_url(OAK_CHAIR)},
        {"id": "product-b", "name": "Ceramic Vase", "imageUrl": data_url(CERAMIC_VASE)},
    ]


def slot_json() -> dict[str, Any]:
    """The seed's slot with its two revisions."""
    return {
        "id": "slot-1",
        "productIds": ["product-a", "product-b"],
        "status": "COMPLETED",
        "outputImage": data_url(IMG_3),
        "history": [
            revision_json("img-3", data_url(IMG_3), 1704067200000) | {"debugPrompt": "A modern living room..."},
            revision_json("img-2", data_url(IMG_2), 1704063600000),
        ],
        "settings": deepcopy(SETTINGS),
    }


def revision_json(image_id: str, url: str, timestamp: int = 1704060000000) -> dict[str, Any]:
    """A revision of both products."""
    return {
        "id": image_id,
        "url": url,
        "timestamp": timestamp,
        "productIds": ["product-a", "product-b"],
        "productNames": ["Oak Chair", "Ceramic Vase"],
        "settings": deepcopy(SETTINGS),
    }


def ready_json() -> dict[str, Any]:
    """A client ready for Execute: a slot that is filled and has no picture yet, and a third product, without
    a picture of its own."""
    client = client_json()
    client["products"].append({"id": "product-c", "name": "Linen Cushion"})
    slot = client["sceneStudios"][0]["outputSlots"][0]
    slot["history"] = []
    slot["status"] = "EMPTY"
    del slot["outputImage"]
    return client


def import_client(client: dict[str, Any] | None = None) -> Answer:
    """Import a client, the seed's unless another is given, and see it succeed."""
    answer = call("POST", f"{CLIENT}/import", client or client_json())
    assert answer.status == 200, answer.body
    return answer
