"""The janitor and uploads: no file that came is forgotten, and nobody waits for ever for one that did not."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pytest

from janitor.places import Care, Place
from janitor.uploads import Uploads
from scene_studio import runtime
from scene_studio.model.client import Client, Product, new_client
from scene_studio.model.scene import Scene
from scene_studio.model.studio import Studio, new_studio
from scene_studio.model.upload import (
    NEVER_CAME,
    NOT_DEALT_WITH,
    UPLOAD_MILLISECONDS,
    UPLOAD_QUEUE_AGAIN,
    Picture,
    Upload,
    UploadResult,
    new_upload,
)
from scene_studio.queues.queue import QueueUnavailable
from scene_studio.queues.s3_notifications import read_notification
from scene_studio.store import keys
from scene_studio.store.cache import DocumentCache
from scene_studio.store.clients import Clients
from scene_studio.store.folders import Folders
from scene_studio.store.keys import UploadPlace
from scene_studio.store.studios import Studios
from tests.support.queues import WorkingQueue, sweep
from tests.support.scripted_store import FakeTime, MemoryStore
from tests.support.stored import stored_objects

T0: Final = 1_700_000_000_000
THEN: Final = "2024-01-01T00:00:00.000Z"
STUDIO: Final = Place("acme-corp", "default")
LIBRARY: Final = Place("acme-corp", keys.LIBRARY)
SCENE_FILE: Final = UploadPlace(*STUDIO, "scene", "beach", "sand")
PRODUCT_FILE: Final = UploadPlace(*LIBRARY, "product", "mug", "front")
FILES: Final = {STUDIO: SCENE_FILE, LIBRARY: PRODUCT_FILE}


class Letters:
    """A queue that keeps what it is sent."""

    def __init__(self) -> None:
        self.sent: list[str] = []
        self.down = False

    def send(self, bodies: Sequence[str]) -> None:
        if self.down:
            raise QueueUnavailable("the queue is down for a test")
        self.sent.extend(bodies)


class Site:
    """A store with a scene and a product that wait for a file each, asked for at T0.

    Attributes:
        now: milliseconds since the Unix epoch.
    """

    def __init__(self) -> None:
        self.store = MemoryStore()
        self.letters = Letters()
        self.now = T0
        studio = new_studio(*STUDIO, None, THEN).replace(
            user_scenes=(Scene(id="beach", upload=new_upload("sand", T0)), Scene(id="quay"))
        )
        mug = Product(id="mug", name="Mug", uploads=(new_upload("front", T0),))
        client = new_client("acme-corp", "ACME", THEN).replace(products=(mug,))
        folders = self.folders()
        folders.studios.commit(*STUDIO, lambda _: studio, None, FakeTime().pacing())
        folders.clients.commit("acme-corp", lambda _: client, None, FakeTime().pacing())

    def folders(self) -> Folders:
        """The documents, as a new process knows them."""
        return Folders(
            Studios(self.store, DocumentCache[Studio]()), Clients(self.store, DocumentCache[Client]())
        )

    def look_after(self, place: Place) -> Care:
        """Look after it, in a new process."""
        uploads = Uploads(
            objects=self.store,
            folders=self.folders(),
            queue=lambda: self.letters,
            pacing=FakeTime().pacing,
            now=self.now,
        )
        return uploads.look_after(place)

    def upload(self, place: Place) -> Upload:
        """What the place waits for."""
        (awaited,) = self.folders().folder(*place).rules.uploads(self.folders().folder(*place).read())
        return awaited.upload

    def bring(self, place: Place, body: bytes = b"file") -> str:
        """Put the file where it is awaited, and tell its version."""
        key = keys.upload(FILES[place])
        self.store.put_once(key, body, content_type="image/png")
        (head,) = self.store.heads([key])
        assert head is not None
        return head.version.version_id

    def store_picture(self, place: Place) -> None:
        """Store the picture, as an attempt that ended right after."""
        self.store.put_once(keys.uploaded_picture(FILES[place]), b"picture", content_type="image/png")

    def end(self, place: Place, **members: object) -> None:
        """End the upload, as somebody else."""
        file = FILES[place]
        result = UploadResult.model_validate(
            {"owner": file.owner, "ownerId": file.owner_id, "id": file.upload_id, **members}
        )
        self.folders().folder(*place).fold([result], self.now, FakeTime().pacing())


@pytest.fixture
def site() -> Site:
    return Site()


both = pytest.mark.parametrize("place", [STUDIO, LIBRARY], ids=["studio", "library"])


@both
def test_a_file_that_has_not_come_yet_is_waited_for(site: Site, place: Place) -> None:
    site.now = T0 + UPLOAD_MILLISECONDS - 1
    assert site.look_after(place) == Care(0, 0, under_way=True)
    assert (site.upload(place), site.letters.sent) == (new_upload(site.upload(place).id, T0), [])


@both
def test_a_file_that_came_is_sent_for_when_its_event_did_not_come_and_not_again_at_once(
    site: Site, place: Place
) -> None:
    version = site.bring(place)
    site.now = T0 + UPLOAD_QUEUE_AGAIN - 1
    assert site.look_after(place) == Care(0, 0, under_way=True)
    site.now += 1
    assert site.look_after(place) == Care(0, 1, under_way=True)
    site.now += UPLOAD_QUEUE_AGAIN - 1
    assert site.look_after(place) == Care(0, 0, under_way=True)
    (body,) = site.letters.sent
    (told,) = read_notification(body)
    assert (told.key, told.version_id) == (keys.upload(FILES[place]), version)
    site.now += 1
    assert site.look_after(place).queued_again == 1


@both
def test_a_file_that_never_came_is_given_up_at_its_deadline(site: Site, place: Place) -> None:
    site.now = T0 + UPLOAD_MILLISECONDS
    assert site.look_after(place) == Care(1, 0, under_way=True)
    assert site.upload(place).reason == NEVER_CAME
    assert site.look_after(place) == Care(0, 0, under_way=False)


@both
def test_a_file_that_came_is_given_up_only_after_it_was_sent_for_in_vain(site: Site, place: Place) -> None:
    """For all that the janitor knows, it came a moment before the deadline."""
    site.bring(place)
    site.now = T0 + UPLOAD_MILLISECONDS
    assert site.look_after(place) == Care(0, 1, under_way=True)
    site.now += UPLOAD_QUEUE_AGAIN - 1
    assert site.look_after(place) == Care(0, 0, under_way=True)
    site.now += 1
    assert site.look_after(place) == Care(1, 0, under_way=True)
    assert site.upload(place).reason == NOT_DEALT_WITH


@both
def test_a_file_that_was_sent_for_before_its_deadline_is_given_up_at_it(site: Site, place: Place) -> None:
    site.bring(place)
    site.now = T0 + UPLOAD_MILLISECONDS - UPLOAD_QUEUE_AGAIN
    assert site.look_after(place).queued_again == 1
    site.now = T0 + UPLOAD_MILLISECONDS
    assert site.look_after(place) == Care(1, 0, under_way=True)


@both
@pytest.mark.parametrize("raw", [True, False])
def test_a_picture_that_is_stored_is_sent_for_until_it_is_delivered_and_never_given_up(
    site: Site, place: Place, *, raw: bool
) -> None:
    if raw:
        site.bring(place)
    site.store_picture(place)
    for _ in range(3):
        site.now += UPLOAD_MILLISECONDS
        assert site.look_after(place) == Care(0, 1, under_way=True)
    assert site.upload(place).is_open
    assert {told.key for body in site.letters.sent for told in read_notification(body)} == {
        keys.upload(FILES[place])
    }


@both
def test_a_file_that_came_after_it_was_given_up_is_sent_for_once(site: Site, place: Place) -> None:
    site.now = T0 + UPLOAD_MILLISECONDS
    site.look_after(place)
    site.bring(place)
    assert site.look_after(place) == Care(0, 1, under_way=False)
    site.now += UPLOAD_QUEUE_AGAIN
    assert site.look_after(place) == Care(0, 0, under_way=False)


@both
def test_a_picture_that_was_stored_after_it_was_given_up_is_sent_for_until_it_is_delivered(
    site: Site, place: Place
) -> None:
    site.now = T0 + UPLOAD_MILLISECONDS
    site.look_after(place)
    site.store_picture(place)
    for _ in range(3):
        assert site.look_after(place) == Care(0, 1, under_way=True)
        site.now += UPLOAD_QUEUE_AGAIN


@both
def test_what_has_ended_is_left_as_it_is(site: Site, place: Place) -> None:
    site.end(place, reason="This is an SVG drawing.")
    site.now = T0 + 2 * UPLOAD_MILLISECONDS
    assert site.look_after(place) == Care(0, 0, under_way=False)
    assert site.upload(place).reason == "This is an SVG drawing."
    site.end(place, picture=Picture(id=FILES[place].upload_id))
    site.store_picture(place)
    assert site.look_after(place) == Care(0, 0, under_way=False)


@both
def test_a_file_that_ends_while_it_is_being_given_up_is_not(site: Site, place: Place) -> None:
    uploads = Uploads(
        objects=site.store,
        folders=site.folders(),
        queue=lambda: site.letters,
        pacing=FakeTime().pacing,
        now=T0 + UPLOAD_MILLISECONDS,
    )
    found = site.store.heads

    def ending(wanted: Sequence[str]) -> list[object]:
        site.end(place, picture=Picture(id=FILES[place].upload_id))
        return list(found(wanted))

    site.store.heads = ending  # type: ignore[method-assign, assignment]
    uploads.look_after(place)
    folder = site.folders().folder(*place)
    assert folder.rules.uploads(folder.read()) == []


@both
def test_a_queue_that_is_down_is_tried_again_when_the_time_has_come_again(site: Site, place: Place) -> None:
    site.bring(place)
    site.now = T0 + UPLOAD_QUEUE_AGAIN
    site.letters.down = True
    with pytest.raises(QueueUnavailable):
        site.look_after(place)
    site.letters.down = False
    assert site.look_after(place).queued_again == 0
    site.now += UPLOAD_QUEUE_AGAIN
    assert site.look_after(place).queued_again == 1


def test_of_a_place_that_is_gone_there_is_nothing_to_look_after(site: Site) -> None:
    for place in (Place("nobody", "default"), Place("nobody", keys.LIBRARY)):
        assert site.look_after(place) == Care(0, 0, under_way=False)


def test_files_for_what_is_deleted_are_looked_after_as_any(site: Site) -> None:
    folders = site.folders()
    studio = folders.studios.read_any(*STUDIO).document
    scenes = tuple(scene.replace(deleted_at=THEN) for scene in studio.user_scenes)
    gone = studio.replace(user_scenes=scenes, deleted_at=THEN)
    folders.studios.commit(*STUDIO, lambda _: gone, None, FakeTime().pacing())
    site.bring(STUDIO)
    site.now = T0 + UPLOAD_QUEUE_AGAIN
    assert site.look_after(STUDIO).queued_again == 1


class Service:
    """The functions as they run on one machine, over a store with a client and a studio in it.

    Attributes:
        passed: how many milliseconds have passed on the clock of all functions.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.letters = Letters()
        self.passed = 0

    def remind(self, place: Place) -> None:
        key = keys.reminder(*place, runtime.now_milliseconds(), runtime.unique_name())
        runtime.object_store().put_once(key, b"", content_type="text/plain")

    def wait_for_files(self) -> None:
        """Have a scene and a product wait for a file each, from now on, as the functions that ask do."""
        now = runtime.now_milliseconds()
        studio = runtime.studios().read(*STUDIO).document
        client = runtime.clients().read("acme-corp").document
        scene = Scene(id="beach", upload=new_upload("sand", now))
        mug = Product(id="mug", name="Mug", uploads=(new_upload("front", now),))
        for place in FILES:
            self.remind(place)
        with_scene = studio.replace(user_scenes=(scene,))
        with_product = client.replace(products=(*client.products, mug))
        runtime.studios().commit(*STUDIO, lambda _: with_scene, None, FakeTime().pacing())
        runtime.clients().commit("acme-corp", lambda _: with_product, None, FakeTime().pacing())

    def reminders(self) -> list[str]:
        return [key for key in stored_objects(self.path) if key.startswith(keys.reminders())]


@pytest.fixture
def service(ready: Path, queue: WorkingQueue, monkeypatch: pytest.MonkeyPatch) -> Service:
    service, real = Service(ready), runtime.now_milliseconds
    monkeypatch.setattr(runtime, "upload_queue", lambda: service.letters)
    monkeypatch.setattr(runtime, "now_milliseconds", lambda: real() + service.passed)
    return service


def test_studios_and_libraries_are_looked_after_alike(service: Service) -> None:
    service.wait_for_files()
    for file in FILES.values():
        runtime.object_store().put_once(keys.upload(file), b"file", content_type="image/png")
    service.passed += UPLOAD_QUEUE_AGAIN
    assert sweep() == {"studios": 2, "failed": 0}
    told = [one.key for body in service.letters.sent for one in read_notification(body)]
    assert sorted(told) == sorted(map(keys.upload, FILES.values()))


def test_results_of_products_that_wait_are_folded_in(service: Service) -> None:
    service.wait_for_files()
    result = UploadResult(owner="product", owner_id="mug", id="front", picture=Picture(id="front"))
    runtime.inbox().put(*LIBRARY, result, "u")
    assert sweep() == {"studios": 2, "failed": 0}
    assert runtime.clients().read("acme-corp").document.product("mug").image_id == "front"


def test_reminders_are_kept_while_files_are_awaited_and_a_good_while_longer(
    service: Service,
) -> None:
    service.wait_for_files()
    service.passed += UPLOAD_MILLISECONDS - 1
    sweep()
    assert len(service.reminders()) == 2
    service.passed += 1
    sweep()
    sweep()
    assert len(service.reminders()) == 2
    service.passed += runtime.timing().reminder - UPLOAD_MILLISECONDS
    sweep()
    assert service.reminders() == []


def test_a_reminder_is_not_forgotten_for_its_age_while_a_file_is_awaited(
    service: Service,
) -> None:
    for place in FILES:
        service.remind(place)
    service.passed += runtime.timing().reminder
    service.wait_for_files()
    assert sweep() == {"studios": 2, "failed": 0}
    assert len(service.reminders()) == 4


def test_without_files_that_came_the_queue_is_not_asked_for(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    service.wait_for_files()
    monkeypatch.setattr(runtime, "upload_queue", None)
    service.passed += UPLOAD_MILLISECONDS
    assert sweep() == {"studios": 2, "failed": 0}
