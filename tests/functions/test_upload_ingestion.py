"""Messages about files: late, twice, or for nothing. None takes a file in twice, loses one or gets stuck."""

import json
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import pytest
from PIL import Image

import upload_ingestion.handler
from infra.local.worker import Context
from scene_studio import runtime
from scene_studio.images.forms import TakenIn
from scene_studio.model.addresses import scene_image
from scene_studio.model.upload import UPLOAD_QUEUE_AGAIN
from scene_studio.queues.s3_notifications import created
from scene_studio.store import keys
from scene_studio.store.object_store import StoredObject, Unavailable
from tests.support import words
from tests.support.api import STUDIO, call
from tests.support.ingestion import CLIENT, PRODUCT, SCENE, deliver, product, scene, send, wait_for_files
from tests.support.models import StubModel
from tests.support.pictures import as_image, jpeg, png
from tests.support.queues import WorkingQueue, sweep
from tests.support.runtime import forget
from tests.support.stored import stored_objects
from tests.support.words import REJECTION

WORD: Final = b"plain mug"


@pytest.fixture(autouse=True)
def awaited(ready: Path) -> Path:
    """The service, in which a scene and a product wait for a file each. Gives the store's file."""
    wait_for_files()
    return ready


@pytest.fixture
def undecoded(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """Has files taken in without decoding them. Gives what was taken in."""
    taken = []

    def take_in(data: bytes, purpose: Any, *, seconds: float) -> TakenIn:
        assert seconds == upload_ingestion.handler._TAKE_IN_SECONDS
        taken.append(data)
        return words.take_in(data, purpose)

    monkeypatch.setattr(upload_ingestion.handler, "take_in_safely", take_in)
    return taken


def body(key: str) -> bytes:
    found = runtime.object_store().get(key)
    assert isinstance(found, StoredObject)
    return found.body


def left(path: Path) -> list[str]:
    """What waits: files and results."""
    return [key for key in stored_objects(path) if key.startswith(("uploads/", "inbox/"))]


def turned_jpeg() -> bytes:
    """A photograph that was taken with the camera on its side, as its metadata say."""
    exif = Image.Exif()
    exif[0x0112] = 6
    out = BytesIO()
    as_image(jpeg(3, (640, 480))).save(out, "JPEG", exif=exif)
    return out.getvalue()


def test_a_photograph_becomes_a_scene_upright_and_with_a_small_version(awaited: Path) -> None:
    assert not deliver(send(SCENE, turned_jpeg()))
    picture = scene().picture
    assert scene().state == "READY"
    assert picture is not None
    assert (picture.width, picture.height, picture.cutout) == (480, 640, False)
    stored = body(keys.uploaded_picture(SCENE))
    assert (stored[:3], as_image(stored).size) == (b"\xff\xd8\xff", (480, 640))
    assert b"Exif" not in stored
    assert as_image(body(keys.uploaded_thumbnail(SCENE))).size == (240, 320)
    assert left(awaited) == []


def test_a_product_becomes_its_picture_and_what_is_cut_out_of_it(awaited: Path) -> None:
    assert not deliver(send(PRODUCT, png(4)))
    (picture,) = product().pictures
    assert (product().image_id, picture.id, picture.cutout) == ("front", "front", True)
    assert as_image(body(keys.uploaded_picture(PRODUCT))).mode == "RGBA"
    cut_out = as_image(body(keys.product_cutout(CLIENT, "mug", "front")))
    assert cut_out.size < (picture.width, picture.height)
    assert left(awaited) == []


def test_what_is_no_picture_is_rejected_with_a_reason_for_people(awaited: Path) -> None:
    svg = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
    assert not deliver(send(SCENE, svg))
    upload = scene().upload
    assert upload is not None
    assert (scene().state, upload.reason is not None and "SVG" in upload.reason) == ("REJECTED", True)
    assert left(awaited) == []


def test_a_file_of_which_the_store_tells_the_queue_becomes_a_scene_that_pictures_are_made_in(
    awaited: Path, model: StubModel, queue: WorkingQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SCENE_STUDIO_UPLOAD_QUEUE", f"sqlite:{awaited}")
    forget()
    runtime.object_store().put_once(keys.upload(SCENE), jpeg(3), content_type="image/jpeg")
    waiting: Any = runtime.upload_queue()
    (message,) = waiting.receive(10)
    assert not deliver(message.body)
    waiting.close()
    own = {"id": "beach", "imageUrl": scene_image(CLIENT, "default", "beach")}
    made = call("POST", f"{STUDIO}/generate", {"slotId": "slot-1", "settings": {"scene": own}})
    assert made.status == 200
    assert [request.scene for request in model.requests] == [body(keys.uploaded_picture(SCENE))]


def test_a_file_whose_event_is_lost_is_found_by_the_janitor(
    awaited: Path, undecoded: list[bytes], queue: WorkingQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    for place in (SCENE, PRODUCT):
        send(place, WORD)
    messages: list[str] = []
    real = runtime.now_milliseconds
    monkeypatch.setattr(runtime, "now_milliseconds", lambda: real() + UPLOAD_QUEUE_AGAIN)
    monkeypatch.setattr(runtime, "upload_queue", lambda: type("Queue", (), {"send": messages.extend}))
    assert sweep() == {"studios": 2, "failed": 0}
    assert [deliver(message) for message in messages] == [False, False]
    assert (scene().state, product().image_id, left(awaited)) == ("READY", "front", [])


def test_a_message_that_comes_twice_takes_the_file_in_once(awaited: Path, undecoded: list[bytes]) -> None:
    message = send(SCENE, WORD)
    assert [deliver(message) for _ in range(3)] == [False] * 3
    assert (undecoded, scene().state) == ([WORD], "READY")


@pytest.mark.parametrize(
    "text",
    [
        json.dumps({"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": "b"}),
        json.dumps({"Records": []}),
        created("clients/acme-corp/client.json", "1", 1),
        created("uploads/acme-corp/default/scene/beach/never", "1", 1),
        created("uploads/nobody/default/scene/beach/sand", "1", 1),
        created("uploads/readme.txt", "1", 1),
        created(keys.upload(SCENE), "1", 1),
    ],
)
def test_a_message_about_nothing_is_let_go(awaited: Path, undecoded: list[bytes], text: str) -> None:
    before = stored_objects(awaited)
    assert not deliver(text)
    assert (stored_objects(awaited), undecoded) == (before, [])


@pytest.mark.parametrize("text", ["", "{}", "no JSON", "[]", '{"Records":[{}]}', '{"clientId":"acme-corp"}'])
def test_a_message_that_is_none_ends_with_the_dead_letters(
    awaited: Path, undecoded: list[bytes], text: str
) -> None:
    before = stored_objects(awaited)
    assert deliver(text, 5)
    assert (stored_objects(awaited), undecoded) == (before, [])


def test_of_several_files_in_a_message_one_that_fails_holds_up_no_other(
    awaited: Path, undecoded: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    records = [json.loads(send(place, WORD))["Records"][0] for place in (SCENE, PRODUCT)]
    both = json.dumps({"Records": records})
    store = runtime.object_store()
    real = store.heads

    def failing(wanted: Any) -> Any:
        if keys.upload(SCENE) in wanted:
            raise Unavailable("down for a test")
        return real(wanted)

    with monkeypatch.context() as patch:
        patch.setattr(store, "heads", failing)
        assert deliver(both)
    assert (scene().state, product().image_id) == ("PROCESSING", "front")
    assert not deliver(both, 2)
    assert (scene().state, undecoded) == ("READY", [WORD, WORD])


def test_of_several_messages_only_those_that_failed_come_again(awaited: Path, undecoded: list[bytes]) -> None:
    bodies = {"1": send(SCENE, WORD), "2": "no JSON", "3": send(PRODUCT, b"bad file")}
    attributes = {"ApproximateReceiveCount": "1"}
    records = [
        {"messageId": name, "body": text, "attributes": attributes, "eventSource": "aws:sqs"}
        for name, text in bodies.items()
    ]
    context: Any = Context("upload_ingestion", "test-request", 60)
    answer = upload_ingestion.handler.lambda_handler({"Records": records}, context)
    assert answer == {"batchItemFailures": [{"itemIdentifier": "2"}]}
    assert (scene().state, [one.reason for one in product().uploads]) == ("READY", [REJECTION])


def test_a_file_is_not_begun_without_the_time_that_it_may_take_and_not_judged_by_less(
    awaited: Path, undecoded: list[bytes]
) -> None:
    message = send(SCENE, WORD)
    assert deliver(message, seconds=20)
    assert (scene().state, undecoded) == ("PROCESSING", [])
    assert not deliver(message, 2)
    assert scene().state == "READY"


def test_what_costs_no_time_is_done_in_the_least(awaited: Path, undecoded: list[bytes]) -> None:
    message = send(SCENE._replace(upload_id="never"), WORD)
    assert not deliver(message, seconds=5)
    assert left(awaited) == []


@pytest.mark.parametrize("call_number", range(1, 8))
def test_a_process_that_dies_at_any_write_leaves_a_file_that_becomes_the_picture(
    awaited: Path, undecoded: list[bytes], monkeypatch: pytest.MonkeyPatch, call_number: int
) -> None:
    """The writes of a run: picture, thumbnail, result, document, and the deletions of results and file."""
    message = send(SCENE, WORD)
    store, calls = runtime.object_store(), 0

    def dying(name: str) -> Callable[..., Any]:
        real = getattr(store, name)

        def wrapped(*arguments: Any, **more: Any) -> Any:
            nonlocal calls
            calls += 1
            if calls == call_number:
                raise KeyboardInterrupt
            return real(*arguments, **more)

        return wrapped

    with monkeypatch.context() as patch:
        for name in ("put", "put_once", "delete_all", "delete"):
            patch.setattr(store, name, dying(name))
        with pytest.raises(KeyboardInterrupt):
            deliver(message)
    assert not deliver(message, 2)
    assert (scene().state, scene().picture_id) == ("READY", "sand")
    sweep()
    assert left(awaited) == []
