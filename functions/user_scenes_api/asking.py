"""Asking for the pictures of scenes: one commit that awaits a file, and the ticket or the copy that brings it.

The scene stands in the document before its file is there, because a file that nobody awaits is thrown away.
So a request that ends in between leaves a scene that waits; repeated, it goes on from there, and if it is
never repeated, the scene is rejected when its time is over.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from scene_studio.http.edits import Check, kept
from scene_studio.http.requests import Change
from scene_studio.http.uploads import WantedUpload, remind, ticket_view
from scene_studio.model.errors import AlreadyExists, InvalidRequest, OutcomeUnknown
from scene_studio.model.scene import Scene
from scene_studio.model.studio import Studio, existing
from scene_studio.model.upload import Upload, new_upload
from scene_studio.model.user_scenes import add_scene, await_picture
from scene_studio.store import keys
from scene_studio.store.cache import Versioned
from scene_studio.store.commit import Commit, unavailable_is_busy
from scene_studio.store.keys import UploadPlace
from scene_studio.store.object_store import Unavailable, UploadStore
from scene_studio.store.studios import Studios
from user_scenes_api.messages import NewScene
from user_scenes_api.origins import Elsewhere, Given, Kept, Origin, Origins, origin_of_url


class Asked(NamedTuple):
    """What became of a request.

    Attributes:
        commit: what came of it.
        scene_id: the scene's id.
        ticket: the form with which its file can be sent, if one is awaited.
    """

    commit: Commit[Studio]
    scene_id: str
    ticket: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Asking:
    """Asks for the pictures of one studio's scenes.

    Attributes:
        client_id: whose studio.
        studio_id: the studio.
        studios: all studios.
        objects: the object store.
        unique: makes names that were never used before.
        change: the request.
    """

    client_id: str
    studio_id: str
    studios: Studios
    objects: UploadStore
    unique: Callable[[], str]
    change: Change

    def add(self, asked: NewScene) -> Asked:
        """Add a scene; its first picture has the scene's own id.

        Raises:
            InvalidRequest: the request does not say what its picture is, or that is not here; or the studio
                has all the scenes that it may have.
            AlreadyExists: the id is taken.
            Deleted: the studio is deleted, or the id belongs to a deleted scene.
            OutcomeUnknown: the scene was added, but its picture may not have been copied.
            SceneStudioError: as the commit raises.
        """
        asked.check()
        scene_id = asked.id or self.change.new_id("scene")
        current = self.studios.read_any(self.client_id, self.studio_id).document
        origin = kept(lambda: self._origin(current, asked))
        upload = new_upload(scene_id, self.change.milliseconds)

        def add(studio: Studio) -> Studio:
            found = origin()
            scene = Scene(id=scene_id, name=asked.name)
            if isinstance(found, Elsewhere):
                return add_scene(studio, scene.replace(image_url=found.url), self.change.now)
            return add_scene(studio, scene.replace(upload=upload), self.change.now)

        commit = self._commit(current, add, new_id=asked.id)
        awaited = _awaited(commit, upload)
        if awaited is None:
            return Asked(commit, scene_id)
        place = self._place(scene_id, upload)
        if asked.content_type is None or asked.size is None:
            self._bring(origin, place)
            return Asked(commit, scene_id)
        wanted = WantedUpload(content_type=asked.content_type, size=asked.size)
        return Asked(commit, scene_id, self._ticket(place, awaited, wanted))

    def replace(self, scene_id: str, wanted: WantedUpload) -> Asked:
        """Ask for a file in place of a scene's picture, which stays until the file has become one.

        Raises:
            NotFound: there is no such studio or scene.
            Deleted: it is deleted.
            SceneStudioError: as the commit raises.
        """
        upload = new_upload(self.change.new_id("picture"), self.change.milliseconds)
        current = self.studios.read_any(self.client_id, self.studio_id).document
        commit = self._commit(current, lambda studio: await_picture(studio, scene_id, upload, self.change.now))
        awaited = _awaited(commit, upload)
        if awaited is None:
            return Asked(commit, scene_id)
        return Asked(commit, scene_id, self._ticket(self._place(scene_id, upload), awaited, wanted))

    def _origin(self, studio: Studio, asked: NewScene) -> Origin | None:
        if asked.source is not None:
            return Origins(self.studios, self.objects).find(studio, asked.source)
        return None if asked.image_url is None else origin_of_url(asked.image_url)

    def _commit(
        self, studio: Studio, rule: Callable[[Studio], Studio | None], *, new_id: str | None = None
    ) -> Commit[Studio]:
        """Commit a rule, once word is left of the upload that it makes; `new_id` must be free for a picture."""

        def prepare() -> None:
            changed = rule(existing(studio, self.studio_id))  # refuses here what it would refuse in the commit
            if changed is None or _uploads(changed) <= _uploads(studio):
                return
            if new_id is not None:
                self._check_is_free(new_id)
            remind(self.objects, self.client_id, self.studio_id, self.change.milliseconds, self.unique())

        prepared = kept(prepare)

        def apply(current: Versioned[Studio] | None) -> Studio | None:
            there = existing(current.document if current else None, self.studio_id)
            prepared()
            return rule(there)

        return self.studios.commit(
            self.client_id, self.studio_id, apply, self.change.request, self.change.pacing
        )

    def _check_is_free(self, picture_id: str) -> None:
        """Refuse an id under which a picture lies: that one would be taken for what the file has become."""
        with unavailable_is_busy():
            if self.objects.heads([keys.user_scene(self.client_id, self.studio_id, picture_id)]) != [None]:
                raise AlreadyExists("picture of a scene", picture_id)

    def _bring(self, origin: Check[Origin | None], place: UploadPlace) -> None:
        """Put a picture that is here where the file is awaited, so that it is taken in like any other."""
        try:
            found = origin()
        except InvalidRequest:
            return  # a repeat of a request that found it when it was applied
        key = keys.upload(place)
        try:
            if isinstance(found, Given):
                self.objects.put_once(key, found.body, content_type="application/octet-stream")
            elif isinstance(found, Kept):
                self.objects.copy_once(found.key, key)
        except Unavailable as error:
            raise OutcomeUnknown(
                "The scene was added, but the store did not answer in time to say that its picture was copied; "
                "repeat the request with the same Idempotency-Key in a moment."
            ) from error

    def _ticket(self, place: UploadPlace, awaited: Upload, wanted: WantedUpload) -> dict[str, Any] | None:
        return ticket_view(self.objects, place, awaited, wanted, self.change.milliseconds)

    def _place(self, scene_id: str, upload: Upload) -> UploadPlace:
        return UploadPlace(self.client_id, self.studio_id, "scene", scene_id, upload.id)


def _awaited(commit: Commit[Studio], upload: Upload) -> Upload | None:
    """The upload as the studio awaits it, perhaps since an earlier attempt; None if it does not any more."""
    scenes = commit.current.document.user_scenes
    awaited = (one.upload for one in scenes if one.upload is not None and one.upload.id == upload.id)
    return next((one for one in awaited if one.is_open), None)


def _uploads(studio: Studio) -> set[str]:
    return {scene.upload.id for scene in studio.user_scenes if scene.upload is not None}
