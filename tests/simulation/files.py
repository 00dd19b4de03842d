"""Every file that was asked for, from the commit that awaits it to its end, and every object kept for it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from pydantic_core import from_json

from scene_studio.images.forms import sha256_of
from scene_studio.model.upload import NEVER_CAME, NOT_DEALT_WITH
from scene_studio.store import keys
from scene_studio.store.keys import UploadPlace
from scene_studio.store.object_store import UPLOADS
from tests.simulation.containers import CLIENT, STUDIO
from tests.simulation.requests import Request, Run
from tests.simulation.runs import MachineRun
from tests.simulation.store import MemoryStore, Version
from tests.simulation.world import EPOCH_MILLISECONDS, Violation, World
from tests.support.words import REJECTION, word_of

Members = Mapping[str, Any]

_OF_MACHINES: Final = frozenset({"picture", "pictures", "upload", "uploads", "imageId", "imageUrl"})
_GIVEN_UP: Final = frozenset({NEVER_CAME, NOT_DEALT_WITH})
_OWN: Final = (UPLOADS, keys.user_scenes(CLIENT, STUDIO), f"clients/{CLIENT}/products/")


@dataclass(slots=True, eq=False)
class File:
    """A file that was asked for.

    Attributes:
        place: whose it is.
        results: what ingestion put into the inbox about it.
        sent: the versions of it that were sent.
        finished: whether it became the picture.
        dropped: whether another was asked for in its place before it did.
    """

    place: UploadPlace
    results: list[Members] = field(default_factory=list)
    sent: list[Version] = field(default_factory=list)
    finished: bool = False
    dropped: bool = False


class Tally(NamedTuple):
    """What became of the files of some schedules."""

    asked: int = 0
    pictures: int = 0
    rejected: int = 0

    def plus(self, other: "Tally") -> "Tally":
        """Both together."""
        return Tally(*map(sum, zip(self, other, strict=True)))


class Files:
    """Knows every file."""

    def __init__(self, world: World, store: MemoryStore) -> None:
        self._world = world
        self._store = store
        self._known: dict[str, File] = {}
        self._reminded: set[Request] = set()
        self._awaited: dict[str, list[tuple[str, Members]]] = {STUDIO: [], keys.LIBRARY: []}
        self._calm_from: float | None = None

    def asked_for(self, owner_id: str) -> int:
        """How many files were asked for of a scene or product."""
        return sum(file.place.owner_id == owner_id for file in self._known.values())

    # Objects -------------------------------------------------------------------------------------------

    def concerns(self, version: Version) -> bool:
        """Whether an object has to do with files."""
        run = version.sender
        if isinstance(run, MachineRun) and run.takes_in:
            return True
        return version.key.startswith(_OWN) or (isinstance(run, Run) and run.request.place is not None)

    def stored(self, version: Version) -> None:
        """An object was written that has to do with files.

        Raises:
            Violation: it must not be.
        """
        key, run = version.key, version.sender
        if key.startswith(UPLOADS):
            place = keys.upload_place(key)
            if run is not None or place is None:
                raise Violation(f"{key} is written by {run}")
            self._known[place.upload_id].sent.append(version)
            return
        if not isinstance(run, MachineRun) or not run.takes_in:
            if isinstance(run, Run) and key.startswith(keys.reminders()):
                self._reminded.add(run.request)
                return
            raise Violation(f"{key} is written by {run}")
        place = keys.upload_place(run.takes_in)
        assert place is not None
        if key.startswith(f"{keys.inbox(place.client_id, place.studio_id)}{place.upload_id}."):
            self._ended(place, from_json(version.body))
        elif key not in _made_of(place):
            raise Violation(f"{key} is written by {run}")

    def removed(self, key: str) -> None:
        """An object was deleted that has to do with files.

        Raises:
            Violation: it must not be.
        """
        place = keys.upload_place(key)
        if place is not None:
            upload = self._upload(place)
            if upload is not None and "reason" not in upload:
                raise Violation(f"{key} is deleted while it is awaited")
            return
        result = from_json(self._store.lineage(key)[-1].body)
        known = self._known[result["id"]]
        upload = self._upload(known.place)
        if upload is not None and ("picture" in result or "reason" not in upload):
            raise Violation(f"a result about {result['id']} is deleted before it is folded in")

    def _ended(self, place: UploadPlace, result: Members) -> None:
        known = self._known[place.upload_id]
        if "picture" in result:
            self._check_picture(place, result["picture"])
        elif result["reason"] != REJECTION or not any(one.body.startswith(b"bad") for one in known.sent):
            raise Violation(f"{place.upload_id} has no reason to be rejected with {result['reason']}")
        known.results.append(result)

    def _check_picture(self, place: UploadPlace, picture: Members) -> None:
        """Hold what is said of a picture to what is stored."""
        found = [self._store.current(key) for key in _made_of(place)]
        bodies = [one.body if one else None for one in found]
        if bodies[0] is None or bodies[1] is None or (picture["cutout"] and bodies[2] is None):
            raise Violation(f"{place.upload_id} is named before it is stored")
        words = {word_of(body) for body in bodies if body is not None}
        sent = {one.body for one in self._known[place.upload_id].sent}
        if len(words) != 1 or not words <= sent:
            raise Violation(f"{place.upload_id} is mixed of {words}, of {sent}")
        if picture["sha256"] != sha256_of(bodies[0]) or picture["width"] != len(words.pop()):
            raise Violation(f"{place.upload_id} is described as another picture than the one that is stored")

    # Versions ------------------------------------------------------------------------------------------

    def studio_is_now(self, run: Run | MachineRun | None, before: Members, after: Members) -> None:
        """There is a new version of the studio.

        Raises:
            Violation: its scenes must not be so.
        """
        had, have = before.get("userScenes", []), after["userScenes"]
        if had != have:
            self._changed(run, "scene", STUDIO, had, have)
        awaited = [(scene["id"], scene["upload"]) for scene in have if "upload" in scene]
        self._awaits(STUDIO, awaited)

    def client_is_now(self, run: Run | MachineRun | None, before: Members, after: Members) -> None:
        """There is a new version of the client.

        Raises:
            Violation: its products must not be so.
        """
        had, have = before["products"], after["products"]
        names = {*before, *after} - {"products", "rev", "updatedAt", "applied"}
        odd = [name for name in names if before.get(name) != after.get(name)]
        if isinstance(run, MachineRun) and (odd or before["applied"] != after["applied"]):
            raise Violation(f"{odd} of the client was changed by {run}")
        if had != have:
            self._changed(run, "product", keys.LIBRARY, had, have)
        awaited = [(product["id"], upload) for product in have for upload in product["uploads"]]
        self._awaits(keys.LIBRARY, awaited)

    def _awaits(self, folder: str, awaited: list[tuple[str, Members]]) -> None:
        self._awaited[folder] = awaited
        self._is_reminded(folder)

    def _is_reminded(self, folder: str) -> None:
        is_open = any("reason" not in upload for _, upload in self._awaited[folder])
        if is_open and not self._store.names(f"{keys.reminders()}{CLIENT}/{folder}/"):
            raise Violation(f"files are awaited in {folder} and nobody is reminded of them")

    def _changed(
        self,
        run: Run | MachineRun | None,
        owner: str,
        folder: str,
        before: Sequence[Members],
        after: Sequence[Members],
    ) -> None:
        request = run.request if isinstance(run, Run) else None
        if request is not None and (request.place is None or request.place.studio_id != folder):
            raise Violation(f"what is awaited in {folder} was changed by {request}")
        had = {one["id"]: one for one in before}
        have = {one["id"]: one for one in after}
        ids = [one for one in have if one in had]
        new = [one for one in have if one not in had]
        if list(had) != ids or (new and (request is None or request.place is None)):
            raise Violation(f"{owner}s {list(had)} became {list(have)} with {run}")
        if request is not None and request.place is not None:
            self._asked(request, request.place, had, have)
            return
        assert isinstance(run, MachineRun)
        for owner_id in ids:
            if had[owner_id] != have[owner_id]:
                self._taken(run, owner, had[owner_id], have[owner_id])

    def _asked(
        self, request: Request, place: UploadPlace, had: Mapping[str, Members], have: Mapping[str, Members]
    ) -> None:
        """Somebody asked for a file."""
        uploads = _uploads(have[place.owner_id]) if place.owner_id in have else ()
        if not uploads or "reason" in uploads[-1] or place.upload_id not in {"", uploads[-1]["id"]}:
            raise Violation(f"{uploads} are awaited after {request}")
        place = place._replace(upload_id=uploads[-1]["id"])
        if place.upload_id in self._known:
            raise Violation(f"{place.upload_id} is asked for twice, by {request}")
        if request not in self._reminded:
            raise Violation(f"a file is asked for without a reminder, by {request}")
        self._known[place.upload_id] = File(place)
        for owner_id, one in have.items():
            old = had.get(owner_id)
            if owner_id != place.owner_id:
                if one != old:
                    raise Violation(f"{owner_id} was changed by {request}")
                continue
            for upload in _uploads(old) if old else ():
                if upload not in uploads:
                    self._known[upload["id"]].dropped = True
            if old is not None and _pictures(old) != _pictures(one):
                raise Violation(f"pictures of {owner_id} were changed by {request}")

    def _taken(self, run: MachineRun, owner: str, old: Members, new: Members) -> None:
        """A machine ended uploads of a scene or product, or noted that it sent for them."""
        left = {upload["id"]: upload for upload in _uploads(new)}
        finished = []
        for upload in _uploads(old):
            now = left.get(upload["id"])
            if now is None:
                finished.append(upload["id"])
            elif now != upload:
                self._touched(run, upload, now)
        if list(left) != [upload["id"] for upload in _uploads(old) if upload["id"] in left]:
            raise Violation(f"what {old['id']} awaits was put in another order by {run}")
        kept = {name for name in {*old, *new} - _OF_MACHINES if old.get(name) != new.get(name)}
        added, rest = _pictures(new)[: len(finished)], _pictures(new)[len(finished) :]
        if kept or sorted(one["id"] for one in added) != sorted(finished):
            raise Violation(f"{finished} of {old['id']} ended as {added}, and {kept} changed, by {run}")
        if rest != _pictures(old) and (owner == "product" or not added):
            raise Violation(f"pictures of {old['id']} were lost by {run}")
        if owner == "product" and added and new["imageId"] != added[0]["id"]:
            raise Violation(f"{old['id']} does not show its newest picture after {run}")
        for picture in added:
            known = self._known[picture["id"]]
            if picture not in [one.get("picture") for one in known.results]:
                raise Violation(f"picture {picture['id']} never was in the inbox")
            self._check_picture(known.place, picture)
            known.finished = True

    def _touched(self, run: MachineRun, upload: Members, now: Members) -> None:
        if "reason" in upload or now != {**upload, "reason": now.get("reason")}:
            if not run.is_janitor or now != {**upload, "queuedAt": run.began}:
                raise Violation(f"upload {upload} was made {now} by {run}")
            return
        known, reason = self._known[upload["id"]], now["reason"]
        if any(one.get("reason") == reason for one in known.results):
            return
        if not run.is_janitor or reason not in _GIVEN_UP or run.began < upload["deadline"]:
            raise Violation(f"{upload['id']} is rejected without a cause: {reason}")
        if self._was_there(keys.uploaded_picture(known.place), run):
            raise Violation(f"{upload['id']} is given up though its picture is stored")
        came = self._was_there(keys.upload(known.place), run)
        if came and (reason == NEVER_CAME or upload["queuedAt"] == upload["askedAt"]):
            raise Violation(f"{upload['id']} is given up though its file is there: {reason}")

    def _was_there(self, key: str, run: MachineRun) -> bool:
        found = self._store.current(key)
        return found is not None and EPOCH_MILLISECONDS + found.written * 1000 < run.began

    # The end -------------------------------------------------------------------------------------------

    def calm(self) -> None:
        """From now on nothing goes wrong."""
        self._calm_from = self._world.now

    def rested(self) -> bool:
        """Whether machines have nothing left to do.

        A picture that is stored after its file was given up is delivered for as long as there are reminders.
        """
        for folder, awaited in self._awaited.items():
            reminded = bool(self._store.names(f"{keys.reminders()}{CLIENT}/{folder}/"))
            for _, upload in awaited:
                stored = self._store.current(keys.uploaded_picture(self._known[upload["id"]].place))
                if "reason" not in upload or (reminded and stored is not None):
                    return False
        return True

    def check_end(self) -> Tally:
        """Hold what there is, when all have gone home, to what was sent.

        Raises:
            Violation: something is missing.
        """
        tally = Tally(asked=len(self._known))
        for upload_id, known in self._known.items():
            upload = self._upload(known.place)
            ends = [known.finished, upload is not None, known.dropped]
            if sum(ends) != 1 or (upload is not None and "reason" not in upload):
                raise Violation(f"{upload_id} has vanished, or is still awaited: {ends}")
            good = [one for one in known.sent if not one.body.startswith(b"bad")]
            calm = [one for one in good if self._calm_from is not None and one.written > self._calm_from]
            if upload is not None and any(not one.expired for one in calm):
                raise Violation(f"{upload_id} is no picture though nothing went wrong: {upload['reason']}")
            if upload is not None and good == known.sent != [] and upload["reason"] not in _GIVEN_UP:
                raise Violation(f"{upload_id} is rejected with {upload['reason']}")
            tally = tally.plus(Tally(0, int(known.finished), int(upload is not None)))
        return tally

    def _upload(self, place: UploadPlace) -> Members | None:
        awaited = self._awaited[place.studio_id]
        return next((one for of, one in awaited if (of, one["id"]) == (place.owner_id, place.upload_id)), None)


def _made_of(place: UploadPlace) -> tuple[str, str, str]:
    """The keys of what is stored of a file: the picture, its thumbnail, and what is cut out of it."""
    cutout = keys.product_cutout(place.client_id, place.owner_id, place.upload_id)
    return keys.uploaded_picture(place), keys.uploaded_thumbnail(place), cutout


def _uploads(owner: Members) -> Sequence[Members]:
    """What a scene or a product awaits, as JSON members."""
    if "uploads" in owner:
        uploads: Sequence[Members] = owner["uploads"]
        return uploads
    return [owner["upload"]] if "upload" in owner else []


def _pictures(owner: Members) -> Sequence[Members]:
    """The pictures that a scene or a product has, as JSON members."""
    if "pictures" in owner:
        pictures: Sequence[Members] = owner["pictures"]
        return pictures
    return [owner["picture"]] if "picture" in owner else []
