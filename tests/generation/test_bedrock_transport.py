import socket
from dataclasses import dataclass, replace
from typing import Any

import pytest
from botocore.exceptions import ClientError, NoCredentialsError

from scene_studio.generation.bedrock.operations import CORE, INPAINT, OPERATIONS, OUTPAINT, OneOf, Operation
from scene_studio.generation.bedrock.responses import ModelImage
from scene_studio.generation.bedrock.transport import CONNECT_SECONDS, LEAST_SECONDS, BedrockRuntime, Transport
from scene_studio.generation.names import Region
from scene_studio.model.errors import (
    GenerationRefused,
    ModelUnavailable,
    SceneStudioError,
)
from tests.generation.asking import Wire, wire_at, wire_to
from tests.support.loopback_bedrock import Fault, LoopbackBedrock
from tests.support.pictures import as_image, jpeg

PICTURE = jpeg(5, (128, 96))


@pytest.fixture
def wire(bedrock: LoopbackBedrock) -> Wire:
    return wire_to(bedrock)


def ask(wire: Wire, seconds: float = 60.0, operation: Operation = CORE, **wanted: Any) -> ModelImage:
    return wire.transport.ask(operation, {"prompt": "an oak chair", **wanted}, wire.clock.now + seconds)


def needed(operation: Operation) -> dict[str, Any]:
    pictures = {name: PICTURE for name in operation.required if name != "prompt"}
    return pictures | ({"left": 32} if operation is OUTPAINT else {})


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_every_operation_is_asked_once_and_answers_with_a_picture(
    wire: Wire, bedrock: LoopbackBedrock, operation: Operation
) -> None:
    made = ask(wire, operation=operation, seed=77, **needed(operation))

    (call,) = bedrock.calls
    assert (call.model_id, call.region) == (operation.model_id, "us-west-2")
    assert bedrock.paid == [call.name]
    picture = as_image(made.data)
    assert (made.width, made.height) == picture.size
    assert (picture.format or "").lower() in {operation.asked_format, ""}
    assert made.seed == (77 if "seed" in operation.fields else None)


@pytest.mark.parametrize("region", ["us-east-1", "us-east-2", "us-west-2"])
def test_image_services_are_asked_in_the_region_of_the_deployment(
    bedrock: LoopbackBedrock, region: Region
) -> None:
    ask(wire_to(bedrock, region), operation=INPAINT, image=PICTURE)
    assert [call.region for call in bedrock.calls] == [region]


def test_a_model_that_the_region_does_not_offer_is_not_asked_for(bedrock: LoopbackBedrock) -> None:
    with pytest.raises(GenerationRefused, match="Stable Image Core is not offered in us-east-1"):
        ask(wire_to(bedrock, "us-east-1"))
    assert bedrock.calls == []


@dataclass(frozen=True)
class Fate:
    """What becomes of a request whose next tries go wrong so often: how often it is sent and paid for."""

    fault: Fault
    times: int
    error: type[SceneStudioError] | None
    sent: int
    paid: int
    misconfigured: bool = False


BUSY = (Fault.THROTTLED, Fault.NOT_READY, Fault.UNAVAILABLE, Fault.INTERNAL, Fault.BAD_GATEWAY, Fault.TOO_MANY)
DOUBTFUL = (Fault.MODEL_TIMEOUT, Fault.MODEL_ERROR, Fault.INFERENCE_ERROR)
FILTERED = (Fault.FILTERED_PROMPT, Fault.FILTERED_INPUT, Fault.FILTERED_OUTPUT, Fault.FILTERED_OTHERWISE)
OPERATORS = (Fault.QUOTA, Fault.INVALID, Fault.DENIED, Fault.NOT_FOUND, Fault.EXPIRED_TOKEN)
UNREADABLE = (Fault.NOT_JSON, Fault.CUT_BODY, Fault.BROKEN_PICTURE)
FATES = [
    *(Fate(fault, 1, None, 2, 1) for fault in BUSY),
    *(Fate(fault, 4, None, 5, 1) for fault in BUSY),
    *(Fate(fault, 1, None, 2, 1) for fault in DOUBTFUL),
    *(Fate(fault, 2, ModelUnavailable, 2, 0) for fault in DOUBTFUL),
    *(Fate(fault, 1, GenerationRefused, 1, 0) for fault in FILTERED),
    *(Fate(fault, 1, GenerationRefused, 1, 0, misconfigured=True) for fault in OPERATORS),
    *(Fate(fault, 1, ModelUnavailable, 1, 1) for fault in UNREADABLE),
    Fate(Fault.HANG, 1, ModelUnavailable, 1, 1),
    Fate(Fault.DROP_REPLY, 1, ModelUnavailable, 1, 1),
    Fate(Fault.DROP_REQUEST, 1, ModelUnavailable, 1, 0),
    Fate(Fault.NO_PICTURE, 1, ModelUnavailable, 1, 0),
    Fate(Fault.NO_SEED, 1, None, 1, 1),
]


WITHOUT_ANSWER = {Fault.HANG, Fault.DROP_REPLY, Fault.DROP_REQUEST, Fault.NO_PICTURE, *UNREADABLE}
"""Nobody can tell whether the picture was made, and billed."""


@pytest.mark.parametrize("fate", FATES, ids=lambda fate: f"{fate.fault.name} x{fate.times}")
def test_under_a_fault_a_request_is_sent_and_paid_for_so_often(bedrock: LoopbackBedrock, fate: Fate) -> None:
    wire = wire_to(bedrock, longest_wait=0.8 if fate.fault is Fault.HANG else 30)
    bedrock.fail(fate.fault, times=fate.times)

    if fate.error is None:
        ask(wire)
    else:
        with pytest.raises(fate.error) as raised:
            ask(wire)
        assert type(raised.value) is fate.error
        members = {"misconfigured": fate.fault.value} if fate.misconfigured else {}
        assert raised.value.members == members | ({"mayBePaid": True} if fate.fault in WITHOUT_ANSWER else {})
        assert (raised.value.__cause__ is None) == (fate.fault in FILTERED)

    assert (len(bedrock.calls), len(bedrock.paid)) == (fate.sent, fate.paid)


def test_every_fault_has_its_fate() -> None:
    assert {fate.fault for fate in FATES} == set(Fault)


def test_the_client_by_itself_repeats_nothing_and_waits_so_long(bedrock: LoopbackBedrock) -> None:
    client = Transport.connect("us-west-2", endpoint_url=bedrock.endpoint)._client(17.5)
    settings = client.meta.config  # type: ignore[attr-defined]
    assert (settings.connect_timeout, settings.read_timeout) == (CONNECT_SECONDS, 17.5)
    for number, fault in enumerate((Fault.INTERNAL, Fault.THROTTLED, Fault.NOT_READY, Fault.UNAVAILABLE), 1):
        bedrock.fail(fault)
        with pytest.raises(ClientError):
            client.invoke_model(modelId=CORE.model_id, body=b'{"prompt": "p"}', contentType="a/b", accept="a/b")
        assert len(bedrock.calls) == number
    client.close()


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (Fault.DENIED, r"as this service is set up \(AccessDeniedException\). Tell whoever operates it"),
        (Fault.HANG, "did not answer in time. Execute again in a minute"),
        (Fault.FILTERED_PROMPT, "Reword what you typed"),
    ],
)
def test_errors_say_in_plain_words_what_to_do(bedrock: LoopbackBedrock, fault: Fault, said: str) -> None:
    bedrock.fail(fault)
    with pytest.raises(SceneStudioError, match=said):
        ask(wire_to(bedrock, longest_wait=0.25))


def test_the_operator_finds_the_services_own_words_in_the_cause(wire: Wire, bedrock: LoopbackBedrock) -> None:
    loose = replace(CORE, optional={**CORE.optional, "width": OneOf(("1024",))})
    with pytest.raises(GenerationRefused) as raised:
        ask(wire, operation=loose, width="1024")
    cause = raised.value.__cause__
    assert isinstance(cause, ClientError)
    assert "Invalid field 'width' in request. Available fields for stable-image-core are: prompt" in str(cause)
    assert bedrock.paid == []


def test_pauses_double_up_to_a_bound_and_are_drawn_from_the_whole_range(bedrock: LoopbackBedrock) -> None:
    for jitter, pauses in ((1.0, [1, 2, 4, 8, 8, 8]), (0.25, [0.25, 0.5, 1, 2, 2, 2]), (0.0, [0] * 6)):
        wire = wire_to(bedrock, jitter=jitter)
        bedrock.fail(Fault.THROTTLED, times=6)
        ask(wire, seconds=600)
        assert wire.clock.slept == pauses


def test_throttling_is_waited_out_only_while_there_is_time_for_an_answer(
    wire: Wire, bedrock: LoopbackBedrock
) -> None:
    bedrock.fail(Fault.THROTTLED, times=100)
    begun = wire.clock.now
    with pytest.raises(ModelUnavailable, match="busy"):
        ask(wire, seconds=25)
    assert wire.clock.slept == [1, 2, 4, 8]
    assert wire.clock.now - begun <= 25 - LEAST_SECONDS
    assert len(bedrock.calls) == 5


def test_each_try_waits_for_an_answer_while_there_is_time_left(wire: Wire, bedrock: LoopbackBedrock) -> None:
    bedrock.fail(Fault.THROTTLED, times=3)
    ask(wire, seconds=50)
    assert wire.waits == [50, 49, 47, 43]


@pytest.mark.parametrize(("seconds", "sent"), [(LEAST_SECONDS, 1), (LEAST_SECONDS - 0.1, 0), (-5, 0)])
def test_what_could_not_be_answered_in_time_is_not_begun(
    wire: Wire, bedrock: LoopbackBedrock, seconds: float, sent: int
) -> None:
    if sent:
        ask(wire, seconds=seconds)
    else:
        with pytest.raises(ModelUnavailable, match="no time left"):
            ask(wire, seconds=seconds)
    assert (len(bedrock.calls), len(wire.waits)) == (sent, sent)


def test_a_model_that_broke_down_and_was_then_busy_has_no_third_chance(
    wire: Wire, bedrock: LoopbackBedrock
) -> None:
    for fault in (Fault.MODEL_ERROR, Fault.THROTTLED, Fault.INFERENCE_ERROR):
        bedrock.fail(fault)
    with pytest.raises(ModelUnavailable, match="failed over this picture twice"):
        ask(wire)
    assert len(bedrock.calls) == 3


def test_nobody_there_is_waited_for_like_a_busy_service() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    wire = wire_at(f"http://127.0.0.1:{port}")
    with pytest.raises(ModelUnavailable, match="busy"):
        ask(wire, seconds=11)
    assert wire.clock.slept == [1, 2, 4]


def test_a_deployment_without_credentials_is_told_to_its_operator() -> None:
    class Nobody:
        def invoke_model(self, **_: Any) -> Any:
            raise NoCredentialsError

        def close(self) -> None:
            pass

    def client(_: float) -> BedrockRuntime:
        return Nobody()

    with pytest.raises(GenerationRefused, match="NoCredentialsError"):
        Transport("us-west-2", client).ask(CORE, {"prompt": "p"}, float("inf"))


def test_every_client_is_closed_whatever_became_of_its_request(bedrock: LoopbackBedrock) -> None:
    wire = wire_to(bedrock)
    real, closed = wire.transport._client, list[float]()

    def client(seconds: float) -> BedrockRuntime:
        made = real(seconds)
        close = made.close
        made.close = lambda: (closed.append(seconds), close())  # type: ignore[method-assign, assignment, func-returns-value]
        return made

    wire.transport._client = client
    bedrock.fail(Fault.THROTTLED)
    ask(wire)
    bedrock.fail(Fault.DENIED)
    with pytest.raises(GenerationRefused):
        ask(wire)
    assert len(closed) == len(bedrock.calls) == 3


def test_pictures_are_as_large_as_the_service_makes_them(wire: Wire, bedrock: LoopbackBedrock) -> None:
    bedrock.painter.inpaint_pixels = 4_194_304
    made = ask(wire, operation=INPAINT, image=PICTURE)
    assert made.width * made.height == pytest.approx(4_194_304, rel=0.01)
