"""Answers that give a picture: a redirect to a short-lived signed address."""

from http import HTTPStatus
from typing import Annotated, Any, Final, Literal

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import Field

from scene_studio.model.identifiers import Id
from scene_studio.store.commit import unavailable_is_busy
from scene_studio.store.object_store import Disposition, ObjectStore

SIGNED_SECONDS: Final = 300
_CACHED_SECONDS: Final = 240
"""Less than a signature lasts, so a cached redirect never leads to an expired address."""

Size = Annotated[Literal["full", "thumb"], Query(), Field(default="full")]
Download = Annotated[bool, Query(), Field(default=False)]
Chosen = Annotated[Id | None, Query(alias="image")]
"""The id of the picture that is wanted, of several."""


def redirect_to(url: str, *, cached: bool = True) -> Response[Any]:
    """A redirect to where the picture is."""
    headers = {"location": url}
    if cached:
        headers["cache-control"] = f"private, max-age={_CACHED_SECONDS}"
    return Response(status_code=int(HTTPStatus.FOUND), content_type=None, headers=headers, body="")


def redirect_to_first(
    objects: ObjectStore, keys: list[str], *, download: bool, filename: str, cached: bool = True
) -> Response[Any] | None:
    """A redirect to the first of these objects that exists, or None if none does.

    Args:
        objects: the object store.
        keys: the objects' keys.
        download: whether the picture is to be saved, not shown.
        filename: under which name.
        cached: whether the address that was asked for always leads to this picture.

    Raises:
        Busy: the store could not be asked.
    """
    with unavailable_is_busy():
        heads = objects.heads(keys)
    found = next((key for key, head in zip(keys, heads, strict=True) if head), None)
    if found is None:
        return None
    disposition: Disposition = "attachment" if download else "inline"
    return redirect_to(
        objects.presigned_url(
            found, seconds=SIGNED_SECONDS, disposition=disposition, filename=filename if download else ""
        ),
        cached=cached,
    )
