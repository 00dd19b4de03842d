"""A store in which a scene and a product wait for files, and what takes files in without decoding them."""

from collections.abc import Callable, Mapping, Sequence
from itertools import count
from typing import Any, Final

from scene_studio.images.forms import Purpose, TakenIn, sha256_of
from scene_studio.model.client import Client, Product, new_client
from scene_studio.model.scene import Scene
from scene_studio.model.studio import Studio, new_studio
from scene_studio.model.upload import Picture, Upload, new_upload
from scene_studio.queues.s3_notifications import CreatedObject
from scene_studio.store import keys
from scene_studio.store.cache import DocumentCache
from scene_studio.store.clients import Clients
from scene_studio.store.folders import Folders
from scene_studio.store.inbox import Inbox
from scene_studio.store.keys import UploadPlace
from scene_studio.store.object_store import Absent, ObjectStore, ObjectVersion, StoredObject
from scene_studio.store.pacing import within
from scene_studio.store.studios import Studios
from tests.support import words
from tests.support.scripted_store import FakeTime, MemoryStore
from tests.support.words import word_of
from upload_ingestion.ingest import Ingestion, Outcome

CLIENT: Final = "acme-corp"
T0: Final = 1_700_000_000_000
THEN: Final = "2024-01-01T00:00:00.000Z"
SCENE: Final = UploadPlace(CLIENT, "default", "scene", "beach", "sand")
PRODUCT: Final = UploadPlace(CLIENT, keys.LIBRARY, "product", "mug", "front")


class WatchedStore(MemoryStore):
    """Judges every write: no document names a picture that is not all there, and no awaited file is deleted."""

    def put(
        self,
        key: str,
        body: bytes,
        *,
        expected: str | Absent,
        content_type: str,
        metadata: Mapping[str, str] | None = None,
    ) -> ObjectVersion:
        version = super().put(key, body, expected=expected, content_type=content_type, metadata=metadata)
        for place, picture in pictures_named(self):
            if picture.sha256 is not None:  # others were imported, and nobody looked
                self.assert_all_there(place, picture)
        return version

    def delete(self, key: str) -> None:
        place = keys.upload_place(key)
        if place is not None:
            awaited = upload(self, place)
            assert awaited is None or not awaited.is_open, f"{key} is still awaited"
        super().delete(key)

    def assert_all_there(self, place: UploadPlace, picture: Picture) -> None:
        """Judge the stored picture by what is said of it."""
        wanted = [keys.uploaded_picture(place), keys.uploaded_thumbnail(place)]
        if picture.cutout:
            wanted.append(keys.product_cutout(place.client_id, place.owner_id, place.upload_id))
        found = [one.body if one else None for one in self.get_all(wanted)]
        assert None not in found, f"{place.upload_id} is named before it is stored"
        words = {word_of(body) for body in found if body is not None}
        assert len(words) == 1, f"{place.upload_id} is mixed of {words}"
        assert picture.sha256 == sha256_of(found[0] or b"")
        assert picture.width == len(words.pop())


def pictures_named(store: ObjectStore) -> list[tuple[UploadPlace, Picture]]:
    """The pictures that the documents name."""
    folders = folders_in(store)
    studio = folders.folder(SCENE.client_id, SCENE.studio_id).read()
    client = folders.folder(PRODUCT.client_id, PRODUCT.studio_id).read()
    of_scenes = [
        (SCENE._replace(owner_id=scene.id, upload_id=scene.picture.id), scene.picture)
        for scene in (studio.user_scenes if studio else ())
        if scene.picture is not None
    ]
    of_products = [
        (PRODUCT._replace(owner_id=product.id, upload_id=picture.id), picture)
        for product in (client.products if client else ())
        for picture in product.pictures
    ]
    return of_scenes + of_products


def folders_in(store: ObjectStore) -> Folders:
    """The documents, as a new process knows them."""
    return Folders(Studios(store, DocumentCache[Studio]()), Clients(store, DocumentCache[Client]()))


def upload(store: ObjectStore, place: UploadPlace) -> Upload | None:
    """The upload, if something waits for it."""
    folder = folders_in(store).folder(place.client_id, place.studio_id)
    document = folder.read()
    awaited = [] if document is None else folder.rules.uploads(document)
    places = {(one.owner, one.owner_id, one.upload.id): one.upload for one in awaited}
    return places.get((place.owner, place.owner_id, place.upload_id))


class Site:
    """A store with a scene and a product that wait for a file each, asked for at T0.

    Attributes:
        shared: the store, always well.
        store: the store as ingestion sees it.
        taken: what was taken in, in order.
        now: milliseconds since the Unix epoch.
    """

    def __init__(self) -> None:
        self.shared = WatchedStore()
        self.store: ObjectStore = self.shared
        self.taken: list[bytes] = []
        self.meanwhile: Callable[[], object] | None = None
        self.now = T0
        self.names = count()
        studio = new_studio(CLIENT, "default", None, THEN).replace(
            user_scenes=(Scene(id="beach", upload=new_upload("sand", T0)), Scene(id="quay"))
        )
        mug = Product(id="mug", name="Mug", uploads=(new_upload("front", T0),))
        client = new_client(CLIENT, "ACME", THEN).replace(products=(mug,))
        self.change_studio(lambda _: studio)
        self.change_client(lambda _: client)

    def ingestion(self) -> Ingestion:
        """Ingestion in a new process."""
        folders = folders_in(self.store)
        return Ingestion(
            objects=self.store,
            folders=folders,
            inbox=Inbox(self.store, folders),
            take_in=self._take_in,
            clock=lambda: self.now,
            unique=lambda: f"unique-{next(self.names)}",
            pacing=FakeTime().pacing,
        )

    def _take_in(self, data: bytes, purpose: Purpose) -> TakenIn:
        self.taken.append(data)
        if self.meanwhile is not None:
            meanwhile, self.meanwhile = self.meanwhile, None
            meanwhile()
        return words.take_in(data, purpose)

    def bring(self, place: UploadPlace, body: bytes) -> CreatedObject:
        """Send the file, as often as the form is sent, and give the event about it."""
        key = keys.upload(place)
        found = self.shared.get(key)
        expected = found.version.etag if isinstance(found, StoredObject) else Absent()
        written = self.shared.put(key, body, expected=expected, content_type="image/png")
        return CreatedObject(key, written.version_id)

    def run(self, created: CreatedObject) -> Outcome:
        """Deliver the event to a new process."""
        return self.ingestion().run(created)

    def change_studio(self, change: Callable[[Any], Studio | None]) -> None:
        """Commit a change of the studio, as somebody else; it gets None where there is none."""
        studios = Studios(self.shared, DocumentCache[Studio]())
        studios.commit(CLIENT, "default", lambda now: change(now.document if now else None), None, within(5))

    def change_client(self, change: Callable[[Any], Client | None]) -> None:
        """Commit a change of the client, as somebody else; it gets None where there is none."""
        clients = Clients(self.shared, DocumentCache[Client]())
        clients.commit(CLIENT, lambda now: change(now.document if now else None), None, within(5))

    @property
    def scene(self) -> Scene:
        """The scene as it stands."""
        return Studios(self.shared, DocumentCache[Studio]()).read_any(CLIENT, "default").document.user_scenes[0]

    @property
    def product(self) -> Product:
        """The product as it stands."""
        return Clients(self.shared, DocumentCache[Client]()).read(CLIENT).document.products[0]

    def picture(self, place: UploadPlace) -> Picture | None:
        """The picture that became of the upload, as the document names it."""
        return dict(pictures_named(self.shared)).get(place)

    def word(self, place: UploadPlace) -> bytes | None:
        """What the picture that became of the upload says; None if the document names none."""
        if self.picture(place) is None:
            return None
        found = self.shared.get(keys.uploaded_picture(place))
        assert isinstance(found, StoredObject)
        return word_of(found.body)

    def names_under(self, prefix: str) -> Sequence[str]:
        """The keys under a prefix."""
        return self.shared.list_names(prefix).names

    def assert_tidy(self) -> None:
        """Judge that nothing waits, neither file nor result."""
        assert self.names_under("uploads/") == self.names_under(keys.inboxes()) == ()
