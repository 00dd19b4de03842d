"""The versions of a studio: which there are, what one was, and what changed between two."""

from typing import Any

from scene_studio.http.entity_tags import version_in
from scene_studio.model.errors import NotFound
from scene_studio.model.identifiers import iso_time
from scene_studio.model.studio import Studio
from scene_studio.store.cache import Versioned
from scene_studio.store.object_store import VersionInfo
from scene_studio.store.studios import Studios


def read_version(studios: Studios, client_id: str, studio_id: str, named: str) -> Versioned[Studio]:
    """The studio as it was in the version of this id or entity tag.

    Raises:
        NotFound: there is no such version, or it is no longer kept.
        Busy: the store could not be read.
    """
    entry = studios.version(client_id, studio_id, version_in(named))
    if entry is None:
        raise NotFound("version", named)
    return entry


def version_view(version: VersionInfo) -> dict[str, Any]:
    """A version in a list."""
    return {
        "version": version.version_id,
        "savedAt": iso_time(int(version.written * 1000)),
        "size": version.size,
    }
