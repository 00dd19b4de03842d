"""The sample client that a fresh local server has, made through the functions themselves."""

import base64
import json
from collections.abc import Awaitable, Callable
from typing import Any, Final

from infra.local.events import HttpResponse

CLIENT_PATH: Final = "/api/clients/acme-corp"

Invoke = Callable[[str, str, bytes], Awaitable[HttpResponse]]
"""Sends a request (method, path, JSON body or nothing) through the routes and the functions."""


class SampleError(Exception):
    """The sample client could not be looked up or made; the message quotes the answer."""


async def ensure_sample(invoke: Invoke) -> bool:
    """Import the sample client unless there is one, or a deleted one.

    Returns:
        Whether it was made now.

    Raises:
        SampleError: a function refused or failed.
    """
    found = await invoke("GET", CLIENT_PATH, b"")
    if found.status < 400 or found.status == 410:
        return False
    if found.status != 404:
        raise SampleError(_quote("GET", CLIENT_PATH, found))
    path = f"{CLIENT_PATH}/import"
    made = await invoke("POST", path, json.dumps(sample_client()).encode())
    if made.status >= 400:
        raise SampleError(_quote("POST", path, made))
    return True


def sample_client() -> dict[str, Any]:
    """The sample client as a client.json of the original product, its pictures as data URLs."""
    # Imported when they are needed: drawing them takes Pillow, which later starts do without.
    from scene_studio.generation.sample_pictures import (
        ceramic_vase_png,
        oak_chair_png,
    )

    return {
        "id": "acme-corp",
        "name": "ACME Corporation",
        "products": [
            _product("product-a", "Oak Chair", oak_chair_png()),
            _product("product-b", "Ceramic Vase", ceramic_vase_png()),
        ],
        "clientSessions": [],
        "sceneStudios": [],
    }


def _product(product_id: str, name: str, png: bytes) -> dict[str, str]:
    url = "data:image/png;base64," + base64.b64encode(png).decode("ascii")
    return {"id": product_id, "name": name, "imageUrl": url}


def _quote(method: str, path: str, response: HttpResponse) -> str:
    return f"{method} {path} answered {response.status}: {response.body[:500].decode(errors='replace')}"
