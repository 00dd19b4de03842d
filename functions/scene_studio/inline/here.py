"""Pictures opened in this process, on one machine; bundles leave this out, and Pillow with it."""

from scene_studio.inline.opening import Opening
from scene_studio.inline.pictures import InlinePictures
from scene_studio.store.object_store import ObjectStore


def opened_here(objects: ObjectStore) -> InlinePictures:
    """Open pictures in this process, and store them there."""
    return Opening(objects)
