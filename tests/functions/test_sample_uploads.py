"""Every sample of what S3 tells about files runs through the function that takes them in."""

import json
from pathlib import Path
from typing import Any, Final, NamedTuple

import pytest

import upload_ingestion.handler
from infra.local.worker import Context
from scene_studio import runtime
from scene_studio.images.forms import TakenIn
from scene_studio.store import keys
from tests.support import words
from tests.support.ingestion import PRODUCT, SCENE, deliver, product, scene, send, wait_for_files

EVENTS: Final = Path(__file__).resolve().parents[2] / "events"


class Ended(NamedTuple):
    """What came of a sample: the states of the scene and of the product, and how many files were decoded."""

    scene: bool = False
    product: bool = False
    taken: int = 0


OF_S3: Final = {
    "uploads.created": Ended(scene=True, taken=1),
    "uploads.copied": Ended(scene=True, taken=1),
    "uploads.duplicate": Ended(scene=True, taken=1),
    "uploads.several-records": Ended(scene=True, product=True, taken=2),
    "uploads.test-event": Ended(),
    "uploads.strange-key": Ended(),
    "uploads.another-prefix": Ended(),
    "uploads.another-event": Ended(),
    "uploads.gone": Ended(),
}
OF_SQS: Final[dict[str, tuple[Ended, list[int]]]] = {
    "uploads.created": (Ended(scene=True, taken=1), []),
    "uploads.test-event": (Ended(), []),
    "uploads.malformed": (Ended(), [0]),
    "uploads.batch": (Ended(scene=True, taken=1), [2]),
}
"""What came of each, and which of its messages have to come again."""


@pytest.fixture(autouse=True)
def taken(ready: Path, monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """A scene and a product wait for files, which have been sent. Gives what was taken in."""
    seen = []

    def take_in(data: bytes, purpose: Any, *, seconds: float) -> TakenIn:
        seen.append(data)
        return words.take_in(data, purpose)

    monkeypatch.setattr(upload_ingestion.handler, "take_in_safely", take_in)
    wait_for_files()
    for place in (SCENE, PRODUCT):
        send(place, b"plain mug")
    strange = "uploads/acme-corp/default/scene/beach/Straße am Meer + Möwe (1).jpg"
    for key in (strange, keys.uploaded_picture(SCENE._replace(upload_id="other"))):
        runtime.object_store().put_once(key, b"plain mug", content_type="image/jpeg")
    return seen


def ended(taken: list[bytes]) -> Ended:
    return Ended(scene().state == "READY", product().image_id is not None, len(taken))


def test_every_sample_is_expected_and_every_expected_one_is_there() -> None:
    assert set(OF_S3) == {path.stem for path in (EVENTS / "s3").glob("*.json")}
    assert set(OF_SQS) == {path.stem for path in (EVENTS / "sqs").glob("uploads.*.json")}


@pytest.mark.parametrize("name", OF_S3)
def test_a_notification_does_what_its_name_says_and_nothing_the_second_time(
    name: str, taken: list[bytes]
) -> None:
    body = (EVENTS / "s3" / f"{name}.json").read_text()
    assert not deliver(body)
    assert ended(taken) == OF_S3[name]
    assert not deliver(body)
    assert ended(taken) == OF_S3[name]


@pytest.mark.parametrize("name", OF_SQS)
def test_a_batch_is_answered_with_the_messages_that_have_to_come_again(name: str, taken: list[bytes]) -> None:
    event = json.loads((EVENTS / "sqs" / f"{name}.json").read_text())
    context: Any = Context("upload_ingestion", "sample", 60)
    answer = upload_ingestion.handler.lambda_handler(event, context)
    expected, again = OF_SQS[name]
    failures = [{"itemIdentifier": event["Records"][number]["messageId"]} for number in again]
    assert (answer, ended(taken)) == ({"batchItemFailures": failures}, expected)
