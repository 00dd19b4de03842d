"""The queue over Amazon SQS."""

import random
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, Protocol

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from scene_studio.queues.queue import MAX_BODY_BYTES, QueueUnavailable, check_bodies

_CONNECT_SECONDS: Final = 2
_READ_SECONDS: Final = 3
_SDK_ATTEMPTS: Final = 3
_BATCH_ENTRIES: Final = 10
_BATCH_BYTES: Final = MAX_BODY_BYTES
_BATCH_ATTEMPTS: Final = 3
"""How often an entry is sent that SQS answers it did not take, though it took the request."""
_PAUSE_SECONDS: Final = 0.1
_jitter: Final = random.SystemRandom().uniform


class SqsClient(Protocol):
    """What sending takes of botocore's client for SQS."""

    def send_message_batch(self, **request: Any) -> Mapping[str, Any]:
        """Send up to ten messages; the answer tells of each whether it was taken."""
        ...


class SqsQueue:
    """A `Queue` in SQS, of the standard kind."""

    def __init__(self, client: SqsClient, url: str, *, sleep: Callable[[float], None] = time.sleep) -> None:
        """Use this client.

        Args:
            client: may repeat requests, since a duplicate is harmless.
            url: the queue's URL.
            sleep: waits for so many seconds.
        """
        self._client = client
        self._url = url
        self._sleep = sleep

    @classmethod
    def connect(cls, url: str, **client_options: Any) -> "SqsQueue":
        """The queue with a client of its own; options such as `endpoint_url` go to it."""
        from botocore.session import get_session

        retries: Any = {"mode": "standard", "total_max_attempts": _SDK_ATTEMPTS}
        config = Config(retries=retries, connect_timeout=_CONNECT_SECONDS, read_timeout=_READ_SECONDS)
        client: Any = get_session().create_client("sqs", config=config, **client_options)
        return cls(client, url)

    def send(self, bodies: Sequence[str]) -> None:
        """See `Queue.send`."""
        check_bodies(bodies)
        for batch in _batches(bodies):
            self._send_batch(batch)

    def _send_batch(self, bodies: Sequence[str]) -> None:
        waiting = {str(number): body for number, body in enumerate(bodies)}
        for attempt in range(_BATCH_ATTEMPTS):
            if attempt:
                self._sleep(_jitter(0, _PAUSE_SECONDS * 2**attempt))
            answer = self._request(waiting)
            taken = {entry["Id"] for entry in answer.get("Successful", ())}
            waiting = {entry_id: body for entry_id, body in waiting.items() if entry_id not in taken}
            if not waiting:
                return
            failed = answer.get("Failed", ())
            if any(entry["SenderFault"] for entry in failed):
                break
        reasons = ", ".join(sorted({entry["Code"] for entry in failed})) or "no reason given"
        raise QueueUnavailable(f"SQS did not take {len(waiting)} of {len(bodies)} messages: {reasons}")

    def _request(self, waiting: Mapping[str, str]) -> Mapping[str, Any]:
        entries = [{"Id": entry_id, "MessageBody": body} for entry_id, body in waiting.items()]
        try:
            return self._client.send_message_batch(QueueUrl=self._url, Entries=entries)
        except (BotoCoreError, ClientError) as error:
            raise QueueUnavailable(str(error)) from error


def _batches(bodies: Iterable[str]) -> Iterator[list[str]]:
    """The bodies in order, in lists that fit into one request each."""
    batch: list[str] = []
    room = _BATCH_BYTES
    for body in bodies:
        size = len(body.encode())
        if len(batch) == _BATCH_ENTRIES or size > room:
            yield batch
            batch, room = [], _BATCH_BYTES
        batch.append(body)
        room -= size
    if batch:
        yield batch
