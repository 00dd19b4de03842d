"""The part of S3 that takes upload forms, for the local server.

Forms are judged by the store, which signed them; what goes wrong is answered as S3 words it:
https://docs.aws.amazon.com/AmazonS3/latest/API/RESTObjectPOST.html.
"""

import asyncio
import logging
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import BinaryIO, Final
from urllib.parse import quote
from xml.sax.saxutils import escape

from infra.local import guard
from infra.local.events import HttpResponse
from infra.local.upload_reader import MAX_FIELD_BYTES, MAX_FILE_BYTES, UploadReader
from scene_studio.queues import s3_notifications
from scene_studio.queues.sqlite_queue import SqliteQueue
from scene_studio.store.object_store import ObjectVersion
from scene_studio.store.sqlite import SqliteObjectStore
from scene_studio.store.upload_forms import FormRefused, UploadForm, entity_too_large

_READ_SECONDS: Final = 30.0

logger = logging.getLogger("scene_studio.local")

Headers = Sequence[tuple[bytes, bytes]]


class Uploads:
    """Takes forms into the store, and has the queue told of each."""

    def __init__(self, path: Path) -> None:
        """Use this SQLite file, once the first form comes."""
        self._path = path
        self._opened: tuple[SqliteObjectStore, SqliteQueue] | None = None
        self._opening = asyncio.Lock()
        # One thread, so that one whole file at a time is in memory.
        self._storing = ThreadPoolExecutor(1)

    async def answer(self, headers: Headers, receive: guard.Receive, request_id: str) -> HttpResponse:
        """Take the form that comes with a request, and answer it.

        Args:
            headers: the request's, with lower-case names.
            receive: the ASGI callable that gives the next piece of its body.
            request_id: the request's id.

        Raises:
            ClientGoneError: the caller hung up; nothing was stored.
        """
        try:
            form, version = await self._take(headers, receive)
        except FormRefused as refused:
            return _error_response(refused, request_id)
        except guard.ClientGoneError:
            raise
        except Exception:
            logger.exception("an upload failed")
            message = "We encountered an internal error. Please try again."
            return _error_response(FormRefused(500, "InternalError", message), request_id)
        return HttpResponse(
            204,
            (
                (b"etag", f'"{version.etag}"'.encode()),
                (b"location", f"/_objects/{quote(form.key)}".encode()),
                (b"x-amz-version-id", version.version_id.encode()),
                (b"x-amz-request-id", request_id.encode()),
            ),
            b"",
        )

    def close(self) -> None:
        """Close the file, if it was opened."""
        self._storing.shutdown()
        for opened in self._opened or ():
            opened.close()

    async def _take(self, headers: Headers, receive: guard.Receive) -> tuple[UploadForm, ObjectVersion]:
        store = await self._store()
        # It has no name, so that nothing is left of it however the server ends.
        with tempfile.TemporaryFile(dir=self._path.parent) as file:
            try:
                async with asyncio.timeout(_READ_SECONDS):
                    form = await _read(headers, receive, store, file)
            except guard.BodyTooLargeError:
                raise entity_too_large() from None
            except TimeoutError:
                message = (
                    "Your socket connection to the server was not read from or written to within the timeout "
                    "period. Idle connections will be closed."
                )
                raise FormRefused(400, "RequestTimeout", message) from None
            loop = asyncio.get_running_loop()
            version = await loop.run_in_executor(self._storing, _store, store, form, file)
        return form, version

    async def _store(self) -> SqliteObjectStore:
        async with self._opening:
            if self._opened is None:
                self._opened = await asyncio.to_thread(_open, self._path)
        return self._opened[0]


def _open(path: Path) -> tuple[SqliteObjectStore, SqliteQueue]:
    queue = SqliteQueue(
        path,
        s3_notifications.QUEUE,
        visibility_seconds=s3_notifications.VISIBILITY_SECONDS,
        max_receives=s3_notifications.DELIVERIES,
    )
    try:
        store = SqliteObjectStore(
            path, on_created=lambda *version: queue.send([s3_notifications.created(*version)])
        )
    except BaseException:
        queue.close()
        raise
    return store, queue


async def _read(
    headers: Headers, receive: guard.Receive, store: SqliteObjectStore, file: BinaryIO
) -> UploadForm:
    """Read a form, its file into `file`, and give what it may store.

    A form that is refused is read to its end all the same: who is still sending would not see the answer.
    """
    pieces = guard.read_pieces(receive, headers, MAX_FILE_BYTES + MAX_FIELD_BYTES)
    content_type = dict(headers).get(b"content-type", b"").decode("latin-1")
    try:
        reader = UploadReader(content_type, store.open_form, file)
        async for piece in pieces:
            await asyncio.to_thread(reader.feed, piece)
        return reader.end()
    except FormRefused:
        async for _ in pieces:
            pass
        raise


def _store(store: SqliteObjectStore, form: UploadForm, file: BinaryIO) -> ObjectVersion:
    file.seek(0)
    return store.put_form(form, file.read())


def _error_response(refused: FormRefused, request_id: str) -> HttpResponse:
    document = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f"<Error><Code>{refused.code}</Code><Message>{escape(refused.message)}</Message>"
        f"<RequestId>{escape(request_id)}</RequestId></Error>"
    )
    headers = ((b"content-type", b"application/xml"), (b"x-amz-request-id", request_id.encode()))
    return HttpResponse(refused.status, headers, document.encode())
