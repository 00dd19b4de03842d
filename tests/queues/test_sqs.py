import itertools
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

import pytest
from botocore.stub import Stubber
from hypothesis import given, settings
from hypothesis import strategies as st

from scene_studio.queues import sqs
from scene_studio.queues.queue import MAX_BODY_BYTES, QueueUnavailable
from scene_studio.queues.sqs import SqsQueue
from tests.queues.moto_sqs import sqs_client

URL = "https://sqs.us-east-1.amazonaws.com/000000000000/jobs"


@pytest.fixture
def stub() -> Iterator[Stubber]:
    with Stubber(sqs_client()) as stubber:
        yield stubber


@pytest.fixture
def pauses() -> list[float]:
    return []


@pytest.fixture
def queue(stub: Stubber, pauses: list[float]) -> SqsQueue:
    return SqsQueue(sqs_client(), URL, sleep=pauses.append)


def expect(
    stub: Stubber, bodies: dict[str, str], *, taken: str = "", failed: str = "", by_us: bool = False
) -> None:
    """Answer one request that has these bodies by id; each character of `taken` and `failed` is an id."""
    successful = [{"Id": name, "MessageId": f"m-{name}", "MD5OfMessageBody": "0" * 32} for name in taken]
    refused = [{"Id": name, "SenderFault": by_us, "Code": f"Code{name}"} for name in failed]
    stub.add_response(
        "send_message_batch",
        {"Successful": successful, "Failed": refused},
        {"QueueUrl": URL, "Entries": [{"Id": name, "MessageBody": body} for name, body in bodies.items()]},
    )


def test_only_what_was_not_taken_is_sent_again_after_a_pause(
    queue: SqsQueue, stub: Stubber, pauses: list[float]
) -> None:
    expect(stub, {"0": "a", "1": "b", "2": "c"}, taken="1", failed="02")
    expect(stub, {"0": "a", "2": "c"}, taken="2", failed="0")
    expect(stub, {"0": "a"}, taken="0")

    queue.send(["a", "b", "c"])

    stub.assert_no_pending_responses()
    assert len(pauses) == 2
    assert 0 <= pauses[0] <= 0.2
    assert 0 <= pauses[1] <= 0.4


def test_what_is_never_taken_makes_the_queue_unavailable_after_three_requests(
    queue: SqsQueue, stub: Stubber
) -> None:
    expect(stub, {"0": "a", "1": "b"}, taken="0", failed="1")
    expect(stub, {"1": "b"}, failed="1")
    expect(stub, {"1": "b"}, failed="1")

    with pytest.raises(QueueUnavailable, match="1 of 2 messages: Code1"):
        queue.send(["a", "b"])

    stub.assert_no_pending_responses()


def test_what_is_refused_as_our_fault_is_not_sent_again(
    queue: SqsQueue, stub: Stubber, pauses: list[float]
) -> None:
    expect(stub, {"0": "a", "1": "b"}, taken="0", failed="1", by_us=True)

    with pytest.raises(QueueUnavailable, match="Code1"):
        queue.send(["a", "b"])

    assert pauses == []


def test_a_message_that_the_answer_does_not_mention_counts_as_not_taken(queue: SqsQueue, stub: Stubber) -> None:
    expect(stub, {"0": "a", "1": "b"}, taken="0")
    expect(stub, {"1": "b"})
    expect(stub, {"1": "b"})

    with pytest.raises(QueueUnavailable, match="1 of 2 messages: no reason given"):
        queue.send(["a", "b"])

    stub.assert_no_pending_responses()


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("InternalError", 500),
        ("RequestThrottled", 400),
        ("AccessDenied", 403),
        ("AWS.SimpleQueueService.NonExistentQueue", 400),
    ],
)
def test_a_refused_request_is_unavailable_though_an_earlier_one_was_taken(
    queue: SqsQueue, stub: Stubber, code: str, status: int
) -> None:
    expect(stub, {str(number): "a" for number in range(10)}, taken="0123456789")
    stub.add_client_error("send_message_batch", code, http_status_code=status)

    with pytest.raises(QueueUnavailable, match=code):
        queue.send(["a"] * 11)

    stub.assert_no_pending_responses()


@pytest.fixture
def listener(monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    """A socket that takes connections and never answers; clients do not pause between retries."""
    monkeypatch.setattr("botocore.retries.standard.ExponentialBackoff.delay_amount", lambda *_: 0)
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


@contextmanager
def queue_at(server: socket.socket) -> Iterator[SqsQueue]:
    queue = SqsQueue.connect(URL, endpoint_url=f"http://127.0.0.1:{server.getsockname()[1]}")
    yield queue
    cast("Any", queue._client).close()


def test_a_queue_that_nobody_answers_for_is_unavailable(
    listener: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqs, "_READ_SECONDS", 0.05)

    with queue_at(listener) as queue, pytest.raises(QueueUnavailable, match="Read timeout"):
        queue.send(["a"])

    listener.settimeout(0)
    attempts = [listener.accept()[0] for _ in range(3)]
    with pytest.raises(BlockingIOError):
        listener.accept()
    for attempt in attempts:
        attempt.close()


def test_a_refused_connection_is_unavailable(listener: socket.socket) -> None:
    with queue_at(listener) as queue:
        listener.close()
        with pytest.raises(QueueUnavailable, match="Could not connect"):
            queue.send(["a"])


def test_an_attempt_is_given_up_after_seconds() -> None:
    config = sqs_client().meta.config
    assert (config.connect_timeout, config.read_timeout) == (2, 3)


SIZES = st.integers(1, 300) | st.sampled_from([MAX_BODY_BYTES, MAX_BODY_BYTES - 1, MAX_BODY_BYTES // 2, 30_000])


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(SIZES, st.booleans()), max_size=45))
def test_batches_keep_every_body_and_are_as_full_as_a_request_may_be(drawn: list[tuple[int, bool]]) -> None:
    bodies = [("\u20ac" * (size // 3) if wide else "") or "x" * size for size, wide in drawn]

    batches = list(sqs._batches(bodies))

    def size_of(batch: list[Any]) -> int:
        return sum(len(body.encode()) for body in batch)

    assert [body for batch in batches for body in batch] == bodies
    assert all(1 <= len(batch) <= 10 and size_of(batch) <= 256 * 1024 for batch in batches)
    for batch, following in itertools.pairwise(batches):
        assert len(batch) == 10 or size_of([*batch, following[0]]) > 256 * 1024
