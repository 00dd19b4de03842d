"""What waits for files, files that are sent, and the function that takes them in."""

from typing import Any, Final

import upload_ingestion.handler
from infra.local.jobs import sqs_event
from infra.local.worker import Context
from scene_studio import runtime
from scene_studio.model.client import Client, Product
from scene_studio.model.scene import Scene
from scene_studio.model.studio import Studio
from scene_studio.model.upload import new_upload
from scene_studio.queues.s3_notifications import created
from scene_studio.queues.sqlite_queue import Message
from scene_studio.store import keys
from scene_studio.store.cache import Versioned
from scene_studio.store.keys import UploadPlace
from tests.support.scripted_store import FakeTime

CLIENT: Final = "acme-corp"
SCENE: Final = UploadPlace(CLIENT, "default", "scene", "beach", "sand")
PRODUCT: Final = UploadPlace(CLIENT, keys.LIBRARY, "product", "mug", "front")


def wait_for_files() -> None:
    """Have a scene and a product wait for a file each, from now on, as the functions do that ask for them."""
    now = runtime.now_milliseconds()
    for place in (SCENE, PRODUCT):
        reminder = keys.reminder(place.client_id, place.studio_id, now, runtime.unique_name())
        runtime.object_store().put_once(reminder, b"", content_type="text/plain")

    def with_scene(current: Versioned[Studio] | None) -> Studio:
        assert current is not None
        scene = Scene(id=SCENE.owner_id, upload=new_upload(SCENE.upload_id, now))
        return current.document.replace(user_scenes=(scene,))

    def with_product(current: Versioned[Client] | None) -> Client:
        assert current is not None
        product = Product(id=PRODUCT.owner_id, name="Mug", uploads=(new_upload(PRODUCT.upload_id, now),))
        return current.document.replace(products=(*current.document.products, product))

    runtime.studios().commit(CLIENT, "default", with_scene, None, FakeTime().pacing())
    runtime.clients().commit(CLIENT, with_product, None, FakeTime().pacing())


def send(place: UploadPlace, body: bytes) -> str:
    """Send the file, and give the message that S3 would send about it."""
    key = keys.upload(place)
    runtime.object_store().put_once(key, body, content_type="image/png")
    (head,) = runtime.object_store().heads([key])
    assert head is not None
    return created(key, head.version.version_id, head.size)


def deliver(body: str, deliveries: int = 1, seconds: float = 60) -> bool:
    """Hand one message to the function that takes files in, and tell whether it has to come again."""
    message = Message("message-1", body, "receipt-1", deliveries, 1_700_000_000_000, 1_700_000_000_001)
    context: Any = Context("upload_ingestion", "test-request", seconds)
    answer = upload_ingestion.handler.lambda_handler(sqs_event(message, "uploads"), context)
    return bool(answer["batchItemFailures"])


def scene() -> Scene:
    """The scene as it stands."""
    return runtime.studios().read_any(CLIENT, "default").document.user_scenes[0]


def product() -> Product:
    """The product as it stands."""
    return runtime.clients().read(CLIENT).document.product(PRODUCT.owner_id)
