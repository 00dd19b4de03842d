"""Mutants of what becomes of files: ingestion's run, the fold of its results, and the janitor's care."""

from contextlib import suppress
from typing import Any, Final

from clients_api import library
from janitor import uploads as looked_after
from janitor.uploads import Uploads
from scene_studio.model import user_scenes
from scene_studio.model.errors import Busy, OutcomeUnknown
from scene_studio.model.scene import Scene
from scene_studio.model.upload import Upload, UploadResult
from scene_studio.store import keys
from scene_studio.store.commit import unavailable_is_busy
from scene_studio.store.keys import UploadPlace
from upload_ingestion.ingest import Ingestion, Outcome
from user_scenes_api import asking

_DELIVER: Final = Ingestion._deliver
_IS_AWAITED: Final = Ingestion._is_awaited
_PUT: Final = Ingestion._put
_COMPLETED: Final = Ingestion._completed
_FOUND: Final = Uploads._found
_ENDED: Final = user_scenes._ended


def _deleted_first(ingestion: Any, place: UploadPlace, result: UploadResult) -> None:
    with unavailable_is_busy():
        ingestion.objects.delete(keys.upload(place))
    _DELIVER(ingestion, place, result)


def _deleted_in_doubt(ingestion: Any, place: UploadPlace, result: UploadResult) -> None:
    with suppress(Busy, OutcomeUnknown):
        _DELIVER(ingestion, place, result)


def _folded_at_once(ingestion: Any, place: UploadPlace, result: UploadResult) -> None:
    """A result goes into the document by itself, and nowhere else before."""
    folder = ingestion.folders.folder(place.client_id, place.studio_id)
    folder.fold([result], ingestion.clock(), ingestion.pacing())


def _stored_last() -> list[tuple[Any, str, Any]]:
    """Pictures wait for the document."""
    waiting: dict[str, list[tuple[Any, ...]]] = {}

    def put(ingestion: Any, key: str, body: bytes, place: UploadPlace) -> bool:
        waiting.setdefault(place.upload_id, []).append((ingestion, key, body, place))
        return True

    def deliver(ingestion: Any, place: UploadPlace, result: UploadResult) -> None:
        _DELIVER(ingestion, place, result)
        for given in waiting.pop(place.upload_id, ()):
            _PUT(*given)

    return [(Ingestion, "_put", put), (Ingestion, "_deliver", deliver)]


def _known_to_be_awaited(ingestion: Any, place: UploadPlace) -> bool:
    """The event is enough to go by: the document is not read again."""
    folders = ingestion.folders
    known = folders.studios.cached(place.client_id, place.studio_id)
    if place.studio_id == keys.LIBRARY:
        known = folders.clients.cached(place.client_id)
    if known is None:
        return _IS_AWAITED(ingestion, place)
    awaited = folders.folder(place.client_id, place.studio_id).rules.uploads(known)
    return any((one.owner_id, one.upload.id) == (place.owner_id, place.upload_id) for one in awaited)


def _read_as_told(ingestion: Any, created: Any) -> bytes:
    """A file that an event speaks of must be there, and what cannot be read is no picture."""
    with unavailable_is_busy():
        found = ingestion.objects.get(created.key)
    return found.body if found is not None else b"bad"


def _thumbnail_first(ingestion: Any, place: UploadPlace, created: Any, file: Any) -> Any:
    """Everything is stored beside the picture before it."""
    del file
    data = ingestion._read(created)
    if data is None:
        return None
    taken = ingestion.take_in(data, place.owner)
    picture = _COMPLETED(ingestion, place, taken)
    ingestion._put(keys.uploaded_picture(place), taken.picture, place)
    return picture


def _own_described(ingestion: Any, place: UploadPlace, created: Any, file: Any) -> Any:
    """Whatever an earlier attempt stored, what this one made is taken to be there."""
    del file
    data = ingestion._read(created)
    if data is None:
        return None
    taken = ingestion.take_in(data, place.owner)
    ingestion._put(keys.uploaded_picture(place), taken.picture, place)
    return _COMPLETED(ingestion, place, taken)


def _nothing(*_: Any) -> Outcome:
    return Outcome.NOTHING_TO_DO


def _any_end(upload: Upload, result: UploadResult) -> bool:
    return upload.id == result.id


def _only_open(upload: Upload, result: UploadResult) -> bool:
    return upload.id == result.id and upload.is_open


def _of_any_upload(upload: Upload, result: UploadResult) -> bool:
    return upload.is_open or result.picture is not None


def _picture_lost(scene: Scene, result: UploadResult) -> Scene:
    ended = _ENDED(scene, result)
    return ended if result.picture is not None else ended.replace(picture=None)


def _seen_nothing(uploads: Any, place: Any, due: Any) -> Any:
    return [one._replace(raw=None, is_stored=False) for one in _FOUND(uploads, place, due)]


def _seen_no_pictures(uploads: Any, place: Any, due: Any) -> Any:
    return [one._replace(is_stored=False) for one in _FOUND(uploads, place, due)]


def _hopeless_at_once(uploads: Any, due: Any) -> bool:
    upload = due.upload
    return upload.is_open and uploads.now >= upload.deadline and not due.is_stored


def _unreminded(*_: Any) -> None:
    return None


MUTANTS: Final = {
    "files awaited unreminded": (
        "a reminder is there before a file is awaited",
        "sending",
        lambda: [(asking, "remind", _unreminded), (library, "remind", _unreminded)],
    ),
    "files deleted first": (
        "a file is deleted only when its end is in the document",
        "sending",
        lambda: [(Ingestion, "_deliver", _deleted_first)],
    ),
    "files deleted in doubt": (
        "a file is deleted only when its end is in the document for certain",
        "sending, dying",
        lambda: [(Ingestion, "_deliver", _deleted_in_doubt)],
    ),
    "files folded without the inbox": (
        "how a file ended is in the inbox before it is folded in",
        "sending",
        lambda: [(Ingestion, "_deliver", _folded_at_once)],
    ),
    "pictures named before they are stored": (
        "a picture is stored before anything names it",
        "sending",
        _stored_last,
    ),
    "documents believed as they were known": (
        "whether a file is awaited is read when an event comes",
        "sending",
        lambda: [(Ingestion, "_is_awaited", _known_to_be_awaited)],
    ),
    "events trusted": (
        "an event is only a hint that there is a file",
        "sending, dying",
        lambda: [(Ingestion, "_read", _read_as_told)],
    ),
    "thumbnails of files first": (
        "what is stored beside a picture is made of the one that is stored",
        "sending",
        lambda: [(Ingestion, "_picture", _thumbnail_first)],
    ),
    "own file described": (
        "the picture that is stored is the one that is described",
        "sending",
        lambda: [(Ingestion, "_picture", _own_described)],
    ),
    "files never taken in": (
        "a file that came becomes a picture, or a reason",
        "sending",
        lambda: [(Ingestion, "run", _nothing)],
    ),
    "rejected twice": (
        "a rejection ends only what is open",
        "sending, dying",
        lambda: [(Upload, "takes", _any_end)],
    ),
    "late files dropped": (
        "a picture is taken though its file was given up",
        "sending, dying",
        lambda: [(Upload, "takes", _only_open)],
    ),
    "files of others taken": (
        "a scene takes only the file that it waits for",
        "sending",
        lambda: [(Upload, "takes", _of_any_upload)],
    ),
    "pictures lost to rejections": (
        "a scene keeps its picture when its next file is rejected",
        "sending",
        lambda: [(user_scenes, "_ended", _picture_lost)],
    ),
    "files not looked after": (
        "a file whose event was lost is sent for, and one that never came is given up",
        "sending",
        lambda: [(Uploads, "_is_due", lambda *_: False)],
    ),
    "lost files not sent for": (
        "a file whose event was lost is sent for",
        "sending",
        lambda: [(looked_after, "_is_lost", lambda _: False)],
    ),
    "files given up unseen": (
        "a file that is there is not given up before it was sent for",
        "sending",
        lambda: [(Uploads, "_found", _seen_nothing)],
    ),
    "files given up at once": (
        "a file that came late is sent for before it is given up",
        "sending",
        lambda: [(Uploads, "_is_hopeless", _hopeless_at_once)],
    ),
    "stored pictures given up": (
        "a picture of a file that is stored is not given up",
        "sending, dying",
        lambda: [(Uploads, "_found", _seen_no_pictures)],
    ),
}
"""Name, then rule, profile, and what is replaced."""
