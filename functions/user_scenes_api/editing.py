"""Edits of one scene: what others did elsewhere in the studio is no reason to refuse them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from scene_studio.http.entity_tags import TagCondition, entity_tag, oldest_version
from scene_studio.http.requests import Change
from scene_studio.model.errors import NotFound, PreconditionFailed, VersionGone
from scene_studio.model.scene import Scene
from scene_studio.model.studio import Studio, existing
from scene_studio.model.user_scenes import find_scene
from scene_studio.store.cache import Versioned
from scene_studio.store.commit import Commit, Effect
from scene_studio.store.studios import Studios


class Edited(NamedTuple):
    """A scene after an edit.

    Attributes:
        studio: the studio as it stands now.
        scene: the scene.
        headers: the studio's entity tag, if the caller may have it.
    """

    studio: Studio
    scene: Scene
    headers: dict[str, str]


@dataclass(frozen=True, slots=True)
class Editing:
    """Edits the scenes of one studio.

    Attributes:
        client_id: whose studio.
        studio_id: the studio.
        studios: all studios.
        change: the request.
        condition: its If-Match.
    """

    client_id: str
    studio_id: str
    studios: Studios
    change: Change
    condition: TagCondition | None

    def edit(self, scene_id: str, rule: Callable[[Studio], Studio | None]) -> Edited:
        """Commit a rule about one scene.

        Raises:
            NotFound: there is no such studio or scene.
            Deleted: it is deleted, and the rule is not about that.
            PreconditionFailed: people changed the scene since the version that If-Match names.
            VersionGone: that version is no longer kept.
            SceneStudioError: as the commit raises.
        """
        version = oldest_version(self.condition.tags) if self.condition else None
        base = self.studios.version(self.client_id, self.studio_id, version) if version else None

        def apply(current: Versioned[Studio] | None) -> Studio | None:
            changed = rule(existing(current.document if current else None, self.studio_id))
            if current is None or version is None or changed is None:
                return changed
            if base is None:
                raise VersionGone(current)
            if _owned(base.document, scene_id) != _owned(current.document, scene_id):
                raise PreconditionFailed(
                    current,
                    "Others renamed, deleted or brought back this scene since the version that If-Match names. "
                    "Look at `current`, and if you still want this, send it with the ETag that came with this "
                    "answer.",
                )
            return changed

        commit = self.studios.commit(
            self.client_id, self.studio_id, apply, self.change.request, self.change.pacing
        )
        return scene_after(commit, scene_id, self.condition)


def scene_after(commit: Commit[Studio], scene_id: str, condition: TagCondition | None) -> Edited:
    """A scene after a commit.

    The entity tag is for who named the very version that was replaced, and so knows all the rest of the
    studio; for others, the tag as a base would say that they had seen what others did in between.

    Raises:
        NotFound: there is no such scene.
    """
    studio = commit.current.document
    scene = find_scene(studio, scene_id)
    if scene is None:
        raise NotFound("scene", scene_id)
    before = commit.replaced or commit.current.version.version_id
    named = oldest_version(condition.tags) if condition else None
    knows = named == before and commit.effect is not Effect.REPEATED
    return Edited(studio, scene, {"etag": entity_tag(commit.current)} if knows else {})


def _owned(studio: Studio, scene_id: str) -> tuple[str, str | None] | None:
    """What people own in a scene."""
    scene = find_scene(studio, scene_id)
    return None if scene is None else (scene.name, scene.deleted_at)
