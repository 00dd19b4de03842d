"""What the functions ask of S3, counted at the socket: one request for a warm edit or an unchanged read."""

from collections.abc import Iterator

import pytest

from scene_studio import runtime
from tests.support.api import CLIENT, STUDIO, call
from tests.support.loopback_s3 import LoopbackS3
from tests.support.queues import WorkingQueue
from tests.support.runtime import forget

SLOT = f"{STUDIO}/slots/slot-1"


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch, queue: WorkingQueue) -> Iterator[LoopbackS3]:
    """The functions over S3, in one warm container that has a studio with a slot."""
    with LoopbackS3().running() as server:
        monkeypatch.setenv("SCENE_STUDIO_STORE", "s3:scene-studio")
        monkeypatch.setenv("SCENE_STUDIO_TENANCY", "off")
        monkeypatch.setenv("AWS_ENDPOINT_URL_S3", server.endpoint)
        cool_down()
        call("PUT", CLIENT, {"name": "ACME"})
        call("PUT", f"{CLIENT}/products/product-a", {"name": "Oak Chair"})
        call("PUT", STUDIO, {})
        assert call("POST", f"{STUDIO}/slots", {"id": "slot-1", "productIds": ["product-a"]}).status == 201
        yield server
        store = runtime.object_store()
        for client in (store._retrying, store._single_shot):  # type: ignore[attr-defined]
            client.close()
        cool_down()


def cool_down() -> None:
    """Make the next call a cold start."""
    forget()


def asked(server: LoopbackS3, *request: object) -> list[str]:
    """The requests that one call makes of S3."""
    before = len(server.requests())
    answer = call(*request)  # type: ignore[arg-type]
    assert answer.status < 400, answer.body
    return [one.method for one in server.requests()[before:]]


def test_a_warm_edit_of_one_field_is_one_put(s3):
    assert asked(s3, "PATCH", SLOT, {"settings": {"style": "Rustic"}}) == ["PUT"]


def test_a_warm_edit_with_products_and_a_picture_chosen_is_one_put(s3):
    image = call("POST", f"{STUDIO}/generate", {"slotId": "slot-1"}).json["images"][0]["id"]
    body = {"productIds": ["product-a"], "outputImage": image, "favorites": [image]}
    assert asked(s3, "PATCH", SLOT, body) == ["PUT"]


def test_a_warm_save_of_all_rows_from_the_current_version_is_one_put(s3):
    read = call("GET", STUDIO)
    rows = read.json["outputSlots"]
    rows[0]["settings"]["style"] = "Rustic"
    assert asked(s3, "PATCH", STUDIO, {"outputSlots": rows}, {"if-match": read.etag}) == ["PUT"]


def test_a_warm_save_from_an_older_version_reads_that_version_and_no_more(s3):
    read = call("GET", STUDIO)
    call("PATCH", SLOT, {"settings": {"lighting": "Evening"}})
    rows = read.json["outputSlots"]
    rows[0]["settings"]["style"] = "Rustic"
    assert asked(s3, "PATCH", STUDIO, {"outputSlots": rows}, {"if-match": read.etag}) == ["GET", "PUT"]


def test_an_unchanged_read_is_one_get_without_a_body(s3):
    etag = call("GET", STUDIO).etag
    assert asked(s3, "GET", STUDIO, None, {"if-none-match": etag}) == ["GET"]
    assert call("GET", STUDIO, None, {"if-none-match": etag}).status == 304
    assert "if-none-match" in s3.requests("GET")[-1].headers


def test_a_warm_history_is_one_get_more_if_it_tells_what_has_changed(s3):
    history = f"{SLOT}/history"
    assert asked(s3, "GET", history) == ["GET"]
    image = call("POST", f"{STUDIO}/generate", {"slotId": "slot-1"}).json["images"][0]["id"]
    for path in (history, f"{history}/{image}"):
        assert asked(s3, "GET", path) == ["GET", "GET"]
        assert all("if-none-match" in request.headers for request in s3.requests("GET")[-2:])


def test_a_warm_read_is_one_get(s3):
    assert asked(s3, "GET", STUDIO) == ["GET"]


def test_a_cold_edit_is_one_get_and_one_put(s3):
    cool_down()
    assert asked(s3, "PATCH", SLOT, {"settings": {"style": "Rustic"}}) == ["GET", "PUT"]


def test_an_edit_that_changes_nothing_is_checked_against_the_store_and_writes_nothing(s3):
    style = call("GET", STUDIO).json["outputSlots"][0]["settings"]["style"]
    assert asked(s3, "PATCH", SLOT, {"settings": {"style": style}}) == ["GET"]


def test_asking_for_pictures_is_a_reminder_and_one_put_behind_two_unchanged_reads(s3, queue):
    queue.held = True
    body = {"slotId": "slot-1", "count": 8}
    headers = {"prefer": "respond-async"}
    requests = asked(s3, "POST", f"{STUDIO}/generate", body, headers)
    assert requests == ["GET", "GET", "PUT", "PUT"]


def test_announcing_a_file_is_a_reminder_and_one_put_behind_an_unchanged_read(s3):
    file = {"contentType": "image/jpeg", "size": 1000}
    call("GET", CLIENT)
    for path in (f"{STUDIO}/user-scenes", f"{CLIENT}/products/product-a/image"):
        assert asked(s3, "POST", path, file) == ["GET", "PUT", "PUT"]
    assert asked(s3, "POST", f"{STUDIO}/user-scenes", {"id": "loft", **file}) == ["GET", "HEAD", "PUT", "PUT"]


def test_a_picture_takes_its_worker_eleven_requests(s3, queue):
    queue.held = True
    call("POST", f"{STUDIO}/generate", {"slotId": "slot-1"}, {"prefer": "respond-async"})
    before = len(s3.requests())
    assert queue.work() == 0
    made = [f"{one.method} {one.key.rpartition('.')[2][:5]}" for one in s3.requests()[before:]]
    reading, claiming, looking = ["GET json"], ["PUT claim", "GET json"], ["GET jpg"]
    storing, delivering = ["PUT jpg", "PUT jpg"], ["PUT json"]
    folding = ["GET ", "GET json", "PUT json", "POST "]
    assert made == [*reading, *claiming, *looking, *storing, *delivering, *folding]
