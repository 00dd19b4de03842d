"""Looking after uploads: a file whose event was lost is sent for, one that never came is given up."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from janitor.places import Care, Place
from scene_studio.model.upload import (
    NEVER_CAME,
    NOT_DEALT_WITH,
    UPLOAD_QUEUE_AGAIN,
    AwaitedUpload,
    Upload,
    UploadResult,
)
from scene_studio.queues.queue import Queue
from scene_studio.queues.s3_notifications import created
from scene_studio.store import keys
from scene_studio.store.commit import unavailable_is_busy
from scene_studio.store.folders import Folders
from scene_studio.store.object_store import ObjectHead, ObjectStore
from scene_studio.store.pacing import Pacing

_NO_VERSION: Final = "null"
"""As S3 names what has no version."""


class _Due(NamedTuple):
    """An upload that has waited long.

    Attributes:
        awaited: it.
        key: that of its file.
        raw: the file, if it is there.
        is_stored: whether the picture is there, so that it has only to be delivered.
    """

    awaited: AwaitedUpload
    key: str
    raw: ObjectHead | None
    is_stored: bool

    @property
    def upload(self) -> Upload:
        """The upload without what waits for it."""
        return self.awaited.upload


@dataclass(frozen=True, slots=True)
class Uploads:
    """The care for uploads, in one run of the janitor.

    Attributes:
        objects: the object store.
        folders: the documents that wait for uploads.
        queue: where S3 tells of files; asked for only to send a message in its place.
        pacing: how long to try to commit, from now on.
        now: milliseconds since the Unix epoch.
    """

    objects: ObjectStore
    folders: Folders
    queue: Callable[[], Queue]
    pacing: Callable[[], Pacing]
    now: int

    def look_after(self, place: Place) -> Care:
        """Do for a place what has to be done.

        Raises:
            SceneStudioError: the store was out of reach, or the outcome of a commit is not known.
            QueueUnavailable: messages could not be sent.
        """
        folder = self.folders.folder(*place)
        document = folder.read()
        awaited = [] if document is None else folder.rules.uploads(document)
        due = self._found(place, [one for one in awaited if self._is_due(one.upload)])
        hopeless = [one for one in due if self._is_hopeless(one)]
        if hopeless:
            folder.fold(list(map(_given_up, hopeless)), self.now, self.pacing())
        lost = [one for one in due if one not in hopeless and _is_lost(one)]
        if lost:
            # Noted first: a queue that is only slow must not be flooded.
            folder.note_queued({one.upload.id for one in lost}, self.now, self.pacing())
            self.queue().send(list(map(_message, lost)))
        under_way = any(one.upload.is_open for one in awaited) or any(one.is_stored for one in due)
        return Care(len(hopeless), len(lost), under_way)

    def _is_due(self, upload: Upload) -> bool:
        """Whether an event about it would have been dealt with by now."""
        return self.now >= upload.queued_at + UPLOAD_QUEUE_AGAIN

    def _found(self, place: Place, due: Sequence[AwaitedUpload]) -> list[_Due]:
        """What there is of each of these uploads."""
        if not due:
            return []
        places = [keys.UploadPlace(*place, one.owner, one.owner_id, one.upload.id) for one in due]
        wanted = [*map(keys.upload, places), *map(keys.uploaded_picture, places)]
        with unavailable_is_busy():
            heads = self.objects.heads(wanted)
        raw, stored = heads[: len(due)], heads[len(due) :]
        return [
            _Due(one, key, file, picture is not None)
            for one, key, file, picture in zip(due, wanted, raw, stored, strict=False)
        ]

    def _is_hopeless(self, due: _Due) -> bool:
        """Whether it is past its deadline, and not for want of a message about a file that is there."""
        upload = due.upload
        if not upload.is_open or self.now < upload.deadline or due.is_stored:
            return False
        was_sent_for = upload.queued_at > upload.asked_at
        return due.raw is None or was_sent_for


def _is_lost(due: _Due) -> bool:
    """Whether there is something to deal with, of which the event seems to be lost.

    For a file that came after it was given up, one more message is sent; for a picture that is stored, as many
    as it takes.
    """
    upload = due.upload
    has_come = due.raw is not None and (upload.is_open or upload.queued_at < upload.deadline)
    return has_come or due.is_stored


def _given_up(due: _Due) -> UploadResult:
    awaited = due.awaited
    reason = NEVER_CAME if due.raw is None else NOT_DEALT_WITH
    return UploadResult(owner=awaited.owner, owner_id=awaited.owner_id, id=awaited.upload.id, reason=reason)


def _message(due: _Due) -> str:
    if due.raw is None:
        return created(due.key, _NO_VERSION, 0)
    return created(due.key, due.raw.version.version_id, due.raw.size)
