"""Examples of answers, by the names of their descriptions; tests see that each is described so."""

from collections.abc import Mapping
from typing import Any, Final

_CLIENT: Final = "/api/clients/acme-corp"
_STUDIO: Final = f"{_CLIENT}/scene-studio/summer"
_PICTURE: Final = f"{_STUDIO}/slots/slot-1/history/img-1/image"
_MORNING: Final = "2026-11-22T09:00:00.000Z"
_NOON: Final = "2026-11-22T12:00:00.000Z"
_RESTORABLE: Final = "2026-12-22T12:00:00.000Z"
_SIGNED: Final = "https://pictures.example.com/img-1.jpg?X-Amz-Signature=3f7c"

_SETTINGS: Final = {"roomType": "Living Room", "style": "Industrial", "aspectRatio": "4:5", "varietyLevel": 5}
_REVISION: Final = {
    "id": "img-1",
    "url": _PICTURE,
    "timestamp": 1_795_338_000_000,
    "productIds": ["product-a"],
    "productNames": ["Chair"],
    "settings": _SETTINGS,
    "debugPrompt": "A chair in an industrial living room.",
    "model": "compositor",
    "seed": 42,
    "width": 1024,
    "height": 1280,
    "tookMilliseconds": 800,
    "costMicros": 0,
}
_SLOT_ALONE: Final = {
    "id": "slot-1",
    "productIds": ["product-a"],
    "status": "COMPLETED",
    "outputImage": _PICTURE,
    "history": [_REVISION],
    "historyCount": 1,
    "settings": _SETTINGS,
    "favorites": ["img-1"],
    "generation": [],
}
_SLOT: Final = {**_SLOT_ALONE, "etag": '"7:12"'}
_SCENE: Final = {
    "id": "loft",
    "name": "Our loft",
    "state": "READY",
    "imageUrl": f"{_STUDIO}/user-scenes/loft/image",
    "thumbnailUrl": f"{_STUDIO}/user-scenes/loft/image?image=loft&size=thumb",
    "width": 2048,
    "height": 1365,
    "colors": ["#c8b8a0"],
}
STUDIO: Final = {
    "id": "summer",
    "name": "Summer Campaign",
    "clientId": "acme-corp",
    "outputSlots": [_SLOT],
    "userScenes": [_SCENE],
    "deletedSlots": [{"id": "slot-2", "deletedAt": _NOON, "restorableUntil": _RESTORABLE}],
    "createdAt": _MORNING,
    "updatedAt": _NOON,
}
CONFLICT: Final = {
    "pointer": "/outputSlots/0/settings/style",
    "slotId": "slot-1",
    "field": "settings.style",
    "base": "Modern",
    "mine": "Rustic",
    "theirs": "Industrial",
}
_MERGE: Final = {"conflicts": [CONFLICT], "ignored": []}
_SUMMARY: Final = {
    "id": "summer",
    "name": "Summer Campaign",
    "clientId": "acme-corp",
    "updatedAt": _NOON,
    "slotCount": 1,
    "revisionCount": 1,
    "coverImage": _PICTURE,
}
_PRODUCT: Final = {
    "id": "product-a",
    "name": "Chair",
    "sku": "CH-100",
    "imageId": "pic-1",
    "imageUrl": f"{_CLIENT}/products/product-a/image",
    "pictures": [
        {
            "id": "pic-1",
            "imageUrl": f"{_CLIENT}/products/product-a/image?image=pic-1",
            "thumbnailUrl": f"{_CLIENT}/products/product-a/image?image=pic-1&size=thumb",
            "width": 800,
            "height": 800,
            "cutout": True,
        }
    ],
}
_CLIENT_ALONE: Final = {
    "id": "acme-corp",
    "name": "Acme Corporation",
    "products": [_PRODUCT],
    "monthlyLimitMicros": 200_000_000,
    "clientSessions": [],
    "createdAt": _MORNING,
    "updatedAt": _NOON,
}
_TICKET: Final = {
    "url": "https://pictures.example.com/",
    "fields": {"key": "uploads/acme-corp/summer/scene/loft/loft", "Content-Type": "image/jpeg"},
    "expiresAt": "2026-11-22T12:15:00.000Z",
}
_ASKED: Final = {"id": "img-2", "slotId": "slot-1", "askedAt": _NOON, "deadline": "2026-11-22T12:10:00.000Z"}
PROGRESS: Final = {**_ASKED, "state": "running", "startedAt": "2026-11-22T12:00:01.000Z"}
_DONE: Final = {"id": "img-1", "slotId": "slot-1", "state": "done"}
_SHARE: Final = {
    "id": "s5hjq2k7wzc4n3x6v1p8m0t9ya",
    "name": "For the agency",
    "createdAt": _NOON,
    "expiresAt": "2026-12-06T12:00:00.000Z",
}
_MARK: Final = {"slotId": "slot-1", "imageId": "img-1"}
_FRAGMENT: Final = "Zm9yIGd1ZXN0cyBhbG9uZSwgYW5kIG5vYm9keSBlbHN"

EXAMPLES: Final[Mapping[str, Any]] = {
    "AskedProduct": {"product": _PRODUCT, "upload": _TICKET},
    "AskedScene": {"scene": {"id": "loft", "name": "Our loft", "state": "PROCESSING"}, "upload": _TICKET},
    "Client": _CLIENT_ALONE,
    "ClientList": {
        "items": [{"id": "acme-corp", "name": "Acme Corporation", "updatedAt": _NOON, "productCount": 1}]
    },
    "ClientWithStudios": {**_CLIENT_ALONE, "sceneStudios": [_SUMMARY]},
    "Comparison": {
        "before": '"6:11"',
        "after": '"7:12"',
        "changes": [
            {
                "slotId": "slot-1",
                "field": "settings.style",
                "before": "Modern",
                "after": "Industrial",
                "words": "Slot 1: style changed from Modern to Industrial",
            }
        ],
    },
    "Contract": {"openapi": "3.1.0", "info": {"title": "Scene Studio", "version": "0.1.0"}, "paths": {}},
    "Estimate": {"pictures": 2, "priceMicros": 80_000, "currency": "USD", "model": "bedrock-core"},
    "GatewayMessage": {"message": "Service Unavailable"},
    "Generated": {
        "imageUrl": _PICTURE,
        "promptUsed": _REVISION["debugPrompt"],
        "images": [_REVISION],
        "generation": [_DONE],
        "typicalMilliseconds": 800,
    },
    "Generating": {"images": [], "generation": [PROGRESS], "typicalMilliseconds": 800},
    "GenerationProgress": {"generation": [{**_DONE, "image": _REVISION}, PROGRESS]},
    "Health": {"status": "ok"},
    "HistoryRevision": {**_REVISION, "inputsChanged": False},
    "ImportReport": {
        "id": "acme-corp",
        "created": True,
        "products": {"created": ["product-a"], "present": []},
        "sceneStudios": [
            {
                "id": "summer",
                "created": True,
                "outputSlots": {"created": ["slot-1"], "present": []},
                "userScenes": {"created": [], "present": []},
            }
        ],
        "picturesStored": 3,
    },
    "Marks": {"favorites": [_MARK]},
    "MergeAlone": {"merge": _MERGE},
    "NewlyShared": {
        "share": _SHARE,
        "secret": _FRAGMENT,
        "url": f"/shared/{_SHARE['id']}#{_FRAGMENT}",
    },
    "Product": _PRODUCT,
    "ProductList": {"items": [_PRODUCT], "nextCursor": "product-a"},
    "RevisionList": {"items": [{**_REVISION, "signedUrl": _SIGNED}], "nextCursor": "41", "total": 42},
    "SavedSlot": {**_SLOT_ALONE, "merge": _MERGE},
    "SavedStudio": {**STUDIO, "merge": _MERGE},
    "ShareList": {"items": [{**_SHARE, "favorites": [_MARK]}]},
    "SharedStudio": {
        "share": _SHARE,
        "name": "Summer Campaign",
        "outputSlots": [
            {
                "id": "slot-1",
                "productNames": ["Chair"],
                "settings": _SETTINGS,
                "history": [],
                "historyCount": 0,
                "favorites": [],
            }
        ],
    },
    "SlotAlone": _SLOT_ALONE,
    "StockSceneList": {
        "items": [
            {"id": "stock-kitchen-1", "name": "Kitchen Worktop", "imageUrl": "/scenes/kitchen-worktop.jpg"}
        ]
    },
    "Studio": STUDIO,
    "StudioList": {"items": [_SUMMARY], "nextCursor": "summer"},
    "Usage": {
        "month": "2026-11",
        "currency": "USD",
        "spentMicros": 1_200_000,
        "reservedMicros": 80_000,
        "limitMicros": 200_000_000,
        "studios": [
            {"id": "summer", "name": "Summer Campaign", "spentMicros": 1_200_000, "reservedMicros": 80_000}
        ],
    },
    "UserScene": _SCENE,
    "UserSceneList": {"items": [_SCENE]},
    "VersionList": {"items": [{"version": "12", "savedAt": _NOON, "size": 4096}], "nextCursor": "12"},
}
"""Examples of what operations answer."""
