"""Taking a file in: from a hint that somebody sent one to the picture of their scene or product, or a reason.

Whatever happens on the way, the run can be repeated: the document tells whether anybody waits for the file, a
stored picture that it was taken in already, and the file itself stays until its end stands.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum
from typing import Final

from scene_studio.images.forms import Purpose, TakenIn, sha256_of
from scene_studio.model.errors import ImageRejected
from scene_studio.model.intent import MAX_REASON
from scene_studio.model.upload import MAX_UPLOAD_BYTES, Picture, UploadResult
from scene_studio.queues.s3_notifications import CreatedObject
from scene_studio.store import keys
from scene_studio.store.commit import unavailable_is_busy
from scene_studio.store.folders import Folders
from scene_studio.store.inbox import Inbox
from scene_studio.store.keys import UploadPlace
from scene_studio.store.object_store import ObjectHead, ObjectStore, StoredObject
from scene_studio.store.pacing import Pacing

logger: Final = logging.getLogger("scene-studio")

_CONTENT_TYPES: Final = {"scene": "image/jpeg", "product": "image/png"}
_EMPTY: Final = "The file is empty. Choose the picture again."
_TOO_LARGE: Final = (
    f"The file is larger than {MAX_UPLOAD_BYTES // 1024 // 1024} MiB. Save the picture smaller or with more "
    "compression, and upload that."
)


class Outcome(Enum):
    """What came of a run."""

    NOTHING_TO_DO = "nothing to do"
    """Nobody waits for the file, or there is none."""
    READY = "ready"
    """It is a picture now."""
    REJECTED = "rejected"
    """It cannot be one, and the document says why."""


@dataclass(frozen=True, slots=True)
class Ingestion:
    """What a run needs.

    Attributes:
        objects: the object store.
        folders: the documents that wait for uploads.
        inbox: their inboxes.
        take_in: makes of a file what is stored of it, as `scene_studio.images.sandbox.take_in_safely`.
        clock: milliseconds since the Unix epoch.
        unique: a new name at every call.
        pacing: how long to try to fold, from now on.
    """

    objects: ObjectStore
    folders: Folders
    inbox: Inbox
    take_in: Callable[[bytes, Purpose], TakenIn]
    clock: Callable[[], int]
    unique: Callable[[], str]
    pacing: Callable[[], Pacing]

    def run(self, created: CreatedObject) -> Outcome:
        """Take in the file that an event speaks of.

        Raises:
            SceneStudioError: the store was out of reach, or it is not known whether the result was folded.
            Exception: as `take_in` raises.
        """
        place = keys.upload_place(created.key)
        if place is None:
            return Outcome.NOTHING_TO_DO
        with unavailable_is_busy():
            # Before the document is read: what is there now was asked for by then, if it ever was.
            (file,) = self.objects.heads([created.key])
        if not self._is_awaited(place):
            self._discard(created.key, file)
            return Outcome.NOTHING_TO_DO
        try:
            picture = self._picture(place, created, file)
            if picture is None:
                return Outcome.NOTHING_TO_DO
            result = _result(place).replace(picture=picture)
        except ImageRejected as rejection:
            logger.info("a file is rejected: %s (%s)", rejection.detail, getattr(rejection, "log", "unread"))
            result = _result(place).replace(reason=rejection.detail[:MAX_REASON])
        self._deliver(place, result)
        self._discard(created.key, file)
        return Outcome.REJECTED if result.picture is None else Outcome.READY

    def _is_awaited(self, place: UploadPlace) -> bool:
        """Whether a picture of this upload would be taken; of one that was rejected it still would."""
        folder = self.folders.folder(place.client_id, place.studio_id)
        document = folder.read()
        return document is not None and any(
            (one.owner, one.owner_id, one.upload.id) == (place.owner, place.owner_id, place.upload_id)
            for one in folder.rules.uploads(document)
        )

    def _picture(self, place: UploadPlace, created: CreatedObject, file: ObjectHead | None) -> Picture | None:
        """The picture, with all that is stored of it definitely there; None if there is no file either.

        Raises:
            ImageRejected: the file cannot be a picture.
        """
        stored = self._stored(place)
        if stored is not None:
            return stored
        if file is not None and not 0 < file.size <= MAX_UPLOAD_BYTES:
            raise ImageRejected(_TOO_LARGE if file.size else _EMPTY)
        data = self._read(created)
        if data is None:
            return None
        taken = self.take_in(data, place.owner)
        if self._put(keys.uploaded_picture(place), taken.picture, place):
            return self._completed(place, taken)
        # Another attempt was first, perhaps with another version of the file; its picture is the picture.
        return self._stored(place)

    def _stored(self, place: UploadPlace) -> Picture | None:
        """The picture that an earlier attempt stored; that may have ended before it stored the rest."""
        with unavailable_is_busy():
            found = self.objects.get(keys.uploaded_picture(place))
        if not isinstance(found, StoredObject):
            return None
        try:
            taken = self.take_in(found.body, place.owner)
        except ImageRejected as error:
            raise RuntimeError(f"a picture that we made ourselves is rejected: {error.detail}") from error
        return self._completed(place, replace(taken, picture=found.body, sha256=sha256_of(found.body)))

    def _completed(self, place: UploadPlace, taken: TakenIn) -> Picture:
        """The picture that is stored, once all that is made of it is stored beside it."""
        self._put(keys.uploaded_thumbnail(place), taken.thumbnail, place)
        if taken.cutout is not None:
            name = place.client_id, place.owner_id, place.upload_id
            self._put(keys.product_cutout(*name), taken.cutout, place)
        return Picture(
            id=place.upload_id,
            width=taken.width,
            height=taken.height,
            colors=taken.colors,
            sha256=taken.sha256,
            cutout=taken.cutout is not None,
        )

    def _put(self, key: str, body: bytes, place: UploadPlace) -> bool:
        with unavailable_is_busy():
            return self.objects.put_once(key, body, content_type=_CONTENT_TYPES[place.owner])

    def _read(self, created: CreatedObject) -> bytes | None:
        """The file in the version that the event names, or in the current one if that is gone."""
        with unavailable_is_busy():
            found = None
            if created.version_id is not None:
                found = self.objects.get(created.key, version_id=created.version_id)
            if found is None:
                found = self.objects.get(created.key)
        return found.body if isinstance(found, StoredObject) else None

    def _deliver(self, place: UploadPlace, result: UploadResult) -> None:
        folder = place.client_id, place.studio_id
        key = self.inbox.put(*folder, result, self.unique())
        self.inbox.fold(*folder, self.clock(), self.pacing(), own=key)

    def _discard(self, key: str, file: ObjectHead | None) -> None:
        """Delete a file that nobody waits for any more."""
        if file is not None:
            with unavailable_is_busy():
                self.objects.delete(key)


def _result(place: UploadPlace) -> UploadResult:
    return UploadResult(owner=place.owner, owner_id=place.owner_id, id=place.upload_id)
