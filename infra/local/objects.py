"""Signed object URLs of the local store, which S3 serves itself when deployed."""

import base64
import json
import os
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from scene_studio.store.sqlite import SqliteObjectStore


@lru_cache(maxsize=1)
def _store(path: Path) -> SqliteObjectStore:
    return SqliteObjectStore(path)


def lambda_handler(event: Mapping[str, Any], _context: object) -> dict[str, Any]:
    """Answer `GET /_objects/{key+}`: the object's bytes, or 403 as S3 does for a bad signature."""
    store = _store(Path(os.environ["SCENE_STUDIO_STORE"].removeprefix("sqlite:")))
    key = event["pathParameters"]["key"]
    found = store.open_signed(key, event.get("queryStringParameters", {}))
    if found is None:
        return {
            "statusCode": 403,
            "headers": {"content-type": "application/problem+json"},
            "body": json.dumps(
                {
                    "type": "forbidden",
                    "title": "Forbidden",
                    "status": 403,
                    "detail": "This link is not valid or has expired; ask for a new one where you got it.",
                    "instance": event["rawPath"],
                    "requestId": event["requestContext"]["requestId"],
                }
            ),
        }
    return {
        "statusCode": 200,
        "headers": dict(found.headers),
        "body": base64.b64encode(found.body).decode("ascii"),
        "isBase64Encoded": True,
    }
