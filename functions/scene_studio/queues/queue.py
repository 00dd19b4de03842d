"""The port to a queue: what the service needs of SQS to have work done later."""

import re
from collections.abc import Sequence
from typing import Final, Protocol

MAX_BODY_BYTES: Final = 256 * 1024
"""Of one body in UTF-8; within SQS's limit of 1 MiB, and within the 256 KiB that it had before 2025."""

_NOT_SENDABLE: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What SQS refuses as `InvalidMessageContents` (API reference, SendMessage)."""


class QueueUnavailable(Exception):
    """The queue could not be asked, or did not say that all was done; some of it may have been."""


class Queue(Protocol):
    """Takes messages; each comes to a worker at least once, in no order."""

    def send(self, bodies: Sequence[str]) -> None:
        """Put a message for each body into the queue.

        Args:
            bodies: any number of texts, each as `check_bodies` wants it.

        Raises:
            QueueUnavailable: it is not known that all were taken; some may have been.
            ValueError: a body cannot be sent; none was.
        """
        ...


def check_bodies(bodies: Sequence[str]) -> None:
    """Refuse what SQS would refuse.

    Raises:
        ValueError: a body is empty, over `MAX_BODY_BYTES`, or has a character that XML 1.0 does not allow.
    """
    for body in bodies:
        if not body:
            raise ValueError("a message body must not be empty")
        if refused := _NOT_SENDABLE.search(body):
            raise ValueError(f"a message body must not contain {refused[0]!a}")
        if (size := len(body.encode())) > MAX_BODY_BYTES:
            raise ValueError(f"a message body of {size} bytes is over {MAX_BODY_BYTES}")
