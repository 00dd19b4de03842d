"""Pictures inside JSON where a function of its own opens them, as in Lambda, and what goes wrong on the way."""

import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import inline_pictures.handler
from infra.local.worker import Context
from scene_studio.http.admission import MAX_BODY_BYTES
from scene_studio.inline import invoked
from scene_studio.inline.invoked import InvokedPictures
from scene_studio.inline.messages import Outcome, TakeIn
from scene_studio.inline.opening import Opening
from scene_studio.inline.pictures import MAX_PICTURES, InlinePicture, InlinePictureRejected, InlinePictures
from scene_studio.model.errors import Busy
from scene_studio.store import keys
from tests.support.api import CLIENT, Answer, call
from tests.support.loopback_lambda import MOST_BYTES, Failure, LoopbackLambda
from tests.support.pages import opened
from tests.support.pictures import as_image, data_url, jpeg, png
from tests.support.problems import assert_invalid, assert_problem
from tests.support.runtime import forget
from tests.support.scripted_store import MemoryStore, ScriptedStore, unavailable
from tests.support.seed import client_json
from tests.support.stored import stored_objects

EVENTS = Path(__file__).resolve().parents[2] / "events" / "invoke"
LAMP = f"{CLIENT}/products/lamp"
BODY = {"name": "Lamp", "imageUrl": data_url(png(1))}
LATER = [
    Failure.DROP_REQUEST,
    Failure.DROP_REPLY,
    Failure.HANG,
    Failure.THROTTLED,
    Failure.BEING_REPLACED,
    Failure.OUT_OF_ORDER,
    Failure.TIMED_OUT,
]
"""What passes: the caller is told to come again."""


def run(event: Any) -> Any:
    """What the function answers, as JSON takes it."""
    context: Any = Context("inline_pictures", "sample", 20)
    return json.loads(json.dumps(inline_pictures.handler.lambda_handler(event, context)))


def import_other(client: Any) -> Answer:
    return call("POST", "/api/clients/acme-2/import", client)


@pytest.fixture
def function(seeded: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LoopbackLambda]:
    """The service with the original product's client, where the function of the pictures is invoked."""
    with LoopbackLambda(run).running() as running:
        monkeypatch.setenv("AWS_ENDPOINT_URL_LAMBDA", running.endpoint)
        monkeypatch.setenv("SCENE_STUDIO_INLINE_PICTURES", "lambda:inline-pictures")
        forget()
        yield running


def test_every_sample_is_tried() -> None:
    assert {"inline-pictures.taken", "inline-pictures.rejected"} == {
        path.stem for path in EVENTS.glob("*.json")
    }


def test_the_pictures_of_a_sample_are_stored_and_those_of_products_told_of(local_service: Path) -> None:
    sample = json.loads((EVENTS / "inline-pictures.taken.json").read_text())
    for _ in range(2):
        product, *others = run(sample)["pictures"]
        assert (product["id"], product["width"], product["height"], others) == (
            "picture-1",
            12,
            16,
            [None, None],
        )
        assert stored_objects(local_service).keys() == {
            keys.product_image("acme-corp", "product-a", "picture-1"),
            keys.product_thumbnail("acme-corp", "product-a", "picture-1"),
            keys.product_cutout("acme-corp", "product-a", "picture-1"),
            keys.user_scene("acme-corp", "default", "beach"),
            keys.user_scene_thumbnail("acme-corp", "default", "beach"),
            keys.revision("acme-corp", "default", "slot-1", "img-1"),
            keys.revision_thumbnail("acme-corp", "default", "slot-1", "img-1"),
        }


def test_a_sample_with_one_that_is_no_picture_says_which_and_stores_nothing(local_service: Path) -> None:
    said = run(json.loads((EVENTS / "inline-pictures.rejected.json").read_text()))
    assert (said["rejected"]["at"], said["pictures"]) == (1, [])
    assert said["rejected"]["detail"].endswith(".")
    assert stored_objects(local_service) == {}


@pytest.mark.parametrize("ids", [["../x", "y"], ["a/b", "y"], [7, "y"]])
def test_an_id_that_could_lead_out_of_its_folder_is_refused(local_service: Path, ids: list[Any]) -> None:
    sample = json.loads((EVENTS / "inline-pictures.taken.json").read_text())
    sample["pictures"][0]["ids"] = ids
    with pytest.raises(ValueError, match="pictures"):
        run(sample)
    assert stored_objects(local_service) == {}


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_a_product_comes_with_its_picture_as_where_all_is_one_process(
    function: LoopbackLambda, seeded: Path, method: str
) -> None:
    assert call("PUT", LAMP, {"name": "Lamp"}).status == 200
    assert function.invoked == []
    there = call(method, LAMP, BODY)
    assert there.status == 200, there.body
    (payload,) = function.invoked
    assert json.loads(payload)["requestId"] == "test-request"  # so both functions' lines are found by it
    (picture,) = there.json["pictures"]
    assert (picture["width"], picture["height"], picture["cutout"]) == (48, 64, True)
    assert as_image(opened(call("GET", f"{LAMP}/image"), seeded).body).tobytes() == as_image(png(1)).tobytes()


def test_an_import_leaves_the_same_to_the_byte_as_where_all_is_one_process(
    function: LoopbackLambda, seeded: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The fixture's client was imported in one process; another one like it is imported here."""
    again = {**client_json(), "id": "acme-2"}
    for studio in again["sceneStudios"]:
        studio["clientId"] = "acme-2"
    assert import_other(again).json["picturesStored"] == 4
    assert len(function.invoked) == 1
    objects = stored_objects(seeded)
    pictures = {
        key: stored
        for key, stored in objects.items()
        if key.startswith("clients/acme-corp/") and not key.endswith(".json")
    }
    assert len(pictures) >= 8
    for key, stored in pictures.items():
        assert objects[key.replace("acme-corp", "acme-2")].body == stored.body


def test_a_picture_that_is_none_is_named_by_its_place_in_the_request(
    function: LoopbackLambda, seeded: Path
) -> None:
    client = {**client_json(), "id": "acme-2", "sceneStudios": []}
    client["products"][1]["imageUrl"] = data_url(png(1)[:200])
    before = stored_objects(seeded)
    assert_invalid(import_other(client), "/products/1/imageUrl")
    assert stored_objects(seeded) == before


@pytest.mark.parametrize("failure", LATER)
def test_what_passes_is_told_to_come_again_and_then_all_is_there_once(
    function: LoopbackLambda, monkeypatch: pytest.MonkeyPatch, failure: Failure
) -> None:
    monkeypatch.setattr(invoked, "_READ_SECONDS", 3)
    before = call("GET", f"{CLIENT}").json["products"]
    function.fail(failure)
    refused = call("PUT", LAMP, BODY)
    assert_problem(refused, 503, "busy")
    assert refused.headers["retry-after"] == "2"
    assert "upload each as a file" in refused.json["detail"]
    assert len(function.invoked) == 1
    assert call("GET", f"{CLIENT}").json["products"] == before
    assert call("PUT", LAMP, BODY).status == 200
    assert len(call("GET", LAMP).json["pictures"]) == 1


@pytest.mark.parametrize("failure", [Failure.FORBIDDEN, Failure.NONSENSE])
def test_what_does_not_pass_is_an_error_of_ours_and_changes_nothing(
    function: LoopbackLambda, failure: Failure
) -> None:
    function.fail(failure)
    assert_problem(call("PUT", LAMP, BODY), 500, "internal-error")
    assert_problem(call("GET", LAMP), 404, "not-found")


def test_what_a_run_that_failed_said_is_in_the_log(
    function: LoopbackLambda, caplog: pytest.LogCaptureFixture
) -> None:
    function.fail(Failure.TIMED_OUT)
    client = InvokedPictures.connect("inline-pictures", lambda: "request-7")
    with caplog.at_level(logging.ERROR, "scene-studio"), pytest.raises(Busy):
        client.take_in("acme-corp", [InlinePicture("product", ("lamp", "x"), png(1))])
    (record,) = caplog.records
    assert "timed out after 20.00 seconds" in record.getMessage()


def test_a_scene_that_many_revisions_show_is_sent_once(function: LoopbackLambda, seeded: Path) -> None:
    client = {**client_json(), "id": "acme-2", "products": []}
    (studio,) = client["sceneStudios"]
    studio["clientId"] = "acme-2"
    for slot in studio["outputSlots"]:
        slot["settings"] = {"scene": {"id": "s", "imageUrl": data_url(jpeg(50))}}
        for revision in slot["history"]:
            revision["settings"] = {"scene": {"id": "s", "imageUrl": data_url(jpeg(50))}}
    assert import_other(client).status == 200
    (payload,) = function.invoked
    kinds = [given["kind"] for given in json.loads(payload)["pictures"]]
    assert kinds.count("scene") == 1


def many(count: int) -> dict[str, Any]:
    """A client with so many products, each with a picture of its own."""
    url = data_url(png(1, (1, 1)))
    products = [{"id": f"p-{at}", "name": "-", "imageUrl": url} for at in range(count)]
    return {"id": "acme-2", "name": "x", "products": products}


def test_more_pictures_than_one_request_may_bring_are_refused_before_any_is_opened(
    function: LoopbackLambda, seeded: Path
) -> None:
    before = stored_objects(seeded)
    refused = import_other(many(MAX_PICTURES + 1))
    assert_invalid(refused, f"/products/{MAX_PICTURES}/imageUrl")
    assert "in several" in refused.json["errors"][0]["message"]
    assert (function.invoked, stored_objects(seeded)) == ([], before)


def test_the_most_that_a_request_may_bring_fits_into_one_invocation() -> None:
    longest = "x" * 64
    share = MAX_BODY_BYTES // MAX_PICTURES
    # A data URL need not be in base 64, and then its text is the file.
    pictures = [InlinePicture("revision", (longest, longest, longest), b"x" * share)] * MAX_PICTURES
    asked = TakeIn.of(longest, pictures).model_dump_json(by_alias=True)
    assert MAX_BODY_BYTES * 4 // 3 < len(asked) < MOST_BYTES


def test_what_is_said_is_understood_as_it_was_meant() -> None:
    pictures = [
        InlinePicture("scene", ("s", "x"), bytes(range(256))),
        InlinePicture("product", ("p", "i"), b""),
    ]
    said = TakeIn.model_validate_json(TakeIn.of("acme-corp", pictures).model_dump_json(by_alias=True))
    assert (said.client_id, said.inline_pictures()) == ("acme-corp", pictures)
    outcome = Outcome.model_validate(Outcome.of(InlinePictureRejected(3, "Damaged.")).to_json())
    with pytest.raises(InlinePictureRejected) as rejected:
        outcome.facts()
    assert (rejected.value.at, rejected.value.detail) == (3, "Damaged.")


def test_a_store_that_is_out_of_reach_half_way_is_busy_and_the_next_attempt_stores_the_rest() -> None:
    store = MemoryStore()
    scripted = ScriptedStore(store)
    given = [InlinePicture("product", (f"p-{at}", "i"), png(at)) for at in range(3)]
    scripted.creates.append(unavailable)
    opening: InlinePictures = Opening(scripted)
    with pytest.raises(Busy):
        opening.take_in("acme-corp", given)
    wanted = [keys.product_image("acme-corp", f"p-{at}", "i") for at in range(3)]
    assert None in store.get_all(wanted)
    assert [known.width for known in opening.take_in("acme-corp", given) if known] == [48, 48, 48]
    assert None not in store.get_all(wanted)
