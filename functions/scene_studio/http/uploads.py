"""Uploads over HTTP: what may be sent, the word left for the janitor, and the ticket to send it with."""

from typing import Annotated, Any, Final

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from scene_studio.model.edits import Request
from scene_studio.model.errors import NotFound
from scene_studio.model.identifiers import iso_time
from scene_studio.model.upload import MAX_UPLOAD_BYTES, TICKET_MILLISECONDS, Upload
from scene_studio.store import keys
from scene_studio.store.commit import unavailable_is_busy
from scene_studio.store.keys import UploadPlace
from scene_studio.store.object_store import ObjectStore, UploadStore

CONTENT_TYPES: Final = (
    "image/jpeg",
    "image/png",
    "image/webp",
    "image/avif",
    "image/gif",
    "image/tiff",
    "image/heic",
    "image/heif",
)
"""The types of pictures that are taken."""


def _check_content_type(value: str) -> str:
    if value.lower() not in CONTENT_TYPES:
        raise PydanticCustomError(
            "content_type",
            "must be one of {accepted}; save a drawing such as SVG, or a picture of any other type, as PNG",
            {"accepted": ", ".join(CONTENT_TYPES)},
        )
    return value.lower()


def _check_size(value: int) -> int:
    if not 1 <= value <= MAX_UPLOAD_BYTES:
        raise PydanticCustomError(
            "upload_size",
            "must be the size of the file in bytes, from 1 to {maximum} ({mebibytes} MiB); save a larger "
            "picture smaller or with more compression",
            {"maximum": MAX_UPLOAD_BYTES, "mebibytes": MAX_UPLOAD_BYTES // 1024 // 1024},
        )
    return value


ContentType = Annotated[str, AfterValidator(_check_content_type)]
"""The media type of a picture that is taken; in lower case, in which forms are signed."""

FileSize = Annotated[int, Field(strict=True), AfterValidator(_check_size)]
"""The size in bytes of a file that is taken."""


class WantedUpload(Request):
    """A file that somebody wants to send."""

    content_type: ContentType
    size: FileSize


def no_picture(kind: str, name: str, upload: Upload) -> NotFound:
    """The error that there is no picture, for its file is still to come or was rejected."""
    error = NotFound(kind, name)
    if upload.reason is None:
        error.members["state"] = "PROCESSING"
        error.detail = (
            f"The {kind} {name!r} is PROCESSING: its file has yet to come or to be dealt with. Look again in a "
            "moment."
        )
    else:
        error.members |= {"state": "REJECTED", "reason": upload.reason}
        error.detail = f"The file of the {kind} {name!r} was REJECTED: {upload.reason}"
    return error


def remind(objects: ObjectStore, client_id: str, studio_id: str, now: int, unique: str) -> None:
    """Leave word that files are awaited, before they are: the janitor looks after them.

    Args:
        objects: the object store.
        client_id: whose.
        studio_id: the studio; `keys.LIBRARY` for the client's products.
        now: milliseconds since the Unix epoch.
        unique: a name that was never used before.

    Raises:
        Busy: the store could not be reached.
    """
    key = keys.reminder(client_id, studio_id, now, unique)
    with unavailable_is_busy():
        objects.put_once(key, b"", content_type="text/plain")


def ticket_view(
    objects: UploadStore, place: UploadPlace, upload: Upload, wanted: WantedUpload, now: int
) -> dict[str, Any] | None:
    """The form with which the file can be sent, or None if it is not awaited any more.

    A ticket is good for no longer than the file is awaited, however often the request for it is repeated.

    Args:
        objects: the object store.
        place: where the file is to come.
        upload: what awaits it.
        wanted: the file, as it was announced.
        now: milliseconds since the Unix epoch.
    """
    until = min(now + TICKET_MILLISECONDS, upload.deadline)
    if not upload.is_open or until - now < 1000:
        return None
    ticket = objects.upload_ticket(
        keys.upload(place),
        content_type=wanted.content_type,
        max_bytes=wanted.size,
        seconds=(until - now) // 1000,
    )
    return {"url": ticket.url, "fields": dict(ticket.fields), "expiresAt": iso_time(until)}
