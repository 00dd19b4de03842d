"""Results of either kind, generated pictures and uploads, and how the documents take them.

A studio takes the pictures that were generated in it and those of its scenes; a client takes those of its
products. What a document has no use for is left out.
"""

from collections.abc import Sequence
from typing import Annotated, Any, Final

from pydantic import Discriminator, Tag, TypeAdapter, ValidationError

from scene_studio.model.client import Client
from scene_studio.model.generation import fold, takes
from scene_studio.model.intent import Result
from scene_studio.model.product_pictures import fold_product_uploads, takes_product_upload
from scene_studio.model.studio import Studio
from scene_studio.model.upload import UploadResult
from scene_studio.model.user_scenes import fold_uploads, takes_upload

AnyResult = Result | UploadResult


def _kind(value: Any) -> Any:
    """Of what kind a result is; those written before there were two say nothing."""
    return value.get("kind", "generation") if isinstance(value, dict) else None


_ANY_RESULT: Final[TypeAdapter[AnyResult]] = TypeAdapter(
    Annotated[
        Annotated[Result, Tag("generation")] | Annotated[UploadResult, Tag("upload")], Discriminator(_kind)
    ]
)


def parse_result(body: bytes) -> AnyResult | None:
    """The result with this JSON; None if it is none."""
    try:
        return _ANY_RESULT.validate_json(body)
    except ValidationError:
        return None


def fold_into_studio(studio: Studio, results: Sequence[AnyResult], now: int) -> Studio | None:
    """The studio with all these results in it."""
    pictures = fold(studio, [one for one in results if isinstance(one, Result)], now)
    return fold_uploads(pictures or studio, _uploads(results), now) or pictures


def studio_takes(studio: Studio, result: AnyResult) -> bool:
    """Whether the studio waits for this result."""
    return takes(studio, result) if isinstance(result, Result) else takes_upload(studio, result)


def fold_into_client(client: Client, results: Sequence[AnyResult], now: int) -> Client | None:
    """The client with all these results in it."""
    return fold_product_uploads(client, _uploads(results), now)


def client_takes(client: Client, result: AnyResult) -> bool:
    """Whether the client waits for this result."""
    return isinstance(result, UploadResult) and takes_product_upload(client, result)


def _uploads(results: Sequence[AnyResult]) -> list[UploadResult]:
    return [one for one in results if isinstance(one, UploadResult)]
