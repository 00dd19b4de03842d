"""Opening pictures that came inside JSON, and storing what is made of them."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final, NamedTuple

from scene_studio.images.forms import PRODUCT_LONGEST_SIDE
from scene_studio.images.inspect import inspect, open_upright
from scene_studio.images.intake import take_in
from scene_studio.images.normalise import photo_jpeg
from scene_studio.images.thumbnail import thumbnail_jpeg
from scene_studio.inline.pictures import InlinePicture, InlinePictureRejected
from scene_studio.model.errors import ImageRejected
from scene_studio.model.upload import Picture
from scene_studio.store import keys
from scene_studio.store.commit import unavailable_is_busy
from scene_studio.store.object_store import ObjectStore

_CLOSELY_PIXELS: Final = 20_000_000
"""So many pixels of products are looked at closely in one request, for their outlines and colours, which takes
about a second of the processor for each three million; an import of a large library has to end in time."""

_PARALLEL_WRITES: Final = 16
"""Pictures that are stored at once; one after the other, a long history would not be stored in time."""


class _Opened(NamedTuple):
    """A picture that can be used: what is stored of it, itself the last, and what is known of it."""

    objects: Mapping[str, bytes]
    content_type: str
    facts: Picture | None = None


@dataclass(frozen=True, slots=True)
class Opening:
    """`InlinePictures`, in this process.

    Attributes:
        objects: the object store.
    """

    objects: ObjectStore

    def take_in(self, client_id: str, pictures: Sequence[InlinePicture]) -> Sequence[Picture | None]:
        """See `InlinePictures.take_in`."""
        opened = _opened(client_id, pictures)
        with unavailable_is_busy(), ThreadPoolExecutor(_PARALLEL_WRITES) as pool:
            return list(pool.map(self._store, opened))

    def _store(self, opened: "_Opened") -> Picture | None:
        for key, body in opened.objects.items():
            self.objects.put_once(key, body, content_type=opened.content_type)
        return opened.facts


def _opened(client_id: str, pictures: Sequence[InlinePicture]) -> list[_Opened]:
    opened = []
    closely = _CLOSELY_PIXELS
    for at, picture in enumerate(pictures):
        place = (client_id, *picture.ids)
        try:
            if picture.kind == "product":
                pixels = _pixels(picture.data)
                is_close = pixels <= closely
                closely -= pixels if is_close else 0
                opened.append(_product(place, picture.data, cut_out=is_close))
            else:
                opened.append(_photo(picture.kind, place, picture.data))
        except ImageRejected as error:
            raise InlinePictureRejected(at, error.detail) from error
    return opened


def _pixels(data: bytes) -> int:
    size = inspect(data)
    return min(size.width * size.height, PRODUCT_LONGEST_SIDE**2)


def _product(place: Sequence[str], data: bytes, *, cut_out: bool) -> _Opened:
    client_id, product_id, image_id = place
    taken = take_in(data, "product", cut_out=cut_out)
    objects = {keys.product_thumbnail(client_id, product_id, image_id): taken.thumbnail}
    if taken.cutout is not None:
        objects[keys.product_cutout(client_id, product_id, image_id)] = taken.cutout
    objects[keys.product_image(client_id, product_id, image_id)] = taken.picture
    facts = Picture(
        id=image_id,
        width=taken.width,
        height=taken.height,
        colors=taken.colors,
        sha256=taken.sha256,
        cutout=taken.cutout is not None,
    )
    return _Opened(objects, "image/png", facts)


def _photo(kind: str, place: Sequence[str], data: bytes) -> _Opened:
    jpeg = _jpeg(data)
    if kind == "revision":
        client_id, studio_id, slot_id, image_id = place
        preview = keys.revision_thumbnail(client_id, studio_id, slot_id, image_id)
        key = keys.revision(client_id, studio_id, slot_id, image_id)
    else:
        client_id, studio_id, scene_id = place
        preview = keys.user_scene_thumbnail(client_id, studio_id, scene_id)
        key = keys.user_scene(client_id, studio_id, scene_id)
    return _Opened({preview: thumbnail_jpeg(jpeg), key: jpeg}, "image/jpeg")


def _jpeg(data: bytes) -> bytes:
    """The picture as a JPEG file: to the byte if it is one, but only one that can be read to its end."""
    if inspect(data).format != "JPEG":
        return photo_jpeg(data)
    open_upright(data)
    return data
