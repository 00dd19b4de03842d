"""A process that runs functions as Lambda does: one invocation at a time, modules kept between them.

`python -m infra.local.worker` reads invocations from its standard input and writes answers to its standard
output, each a frame as `encode_frame` makes it. It ends when its input ends, at once and even in the middle
of an invocation, so that no function outlives the server that called it.
"""

import contextlib
import importlib
import json
import logging
import os
import queue
import signal
import struct
import sys
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any, Final

FRAME_HEADER: Final = struct.Struct(">II")
"""The lengths of a frame's two parts, in bytes."""

MAX_ANSWER_BYTES: Final = 6 * 1024 * 1024
"""What a function may return (https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html)."""
_MOST_JSON_BYTES: Final = 6
"""What a byte of text takes in JSON at most, as a control character does."""

logger = logging.getLogger(__name__)


class AnswerTooLargeError(Exception):
    """The function returned more than Lambda lets through."""


class Context:
    """What a handler is told about its invocation.

    The members are those of https://docs.aws.amazon.com/lambda/latest/dg/python-context.html; as in the
    real runtime, `memory_limit_in_mb` is a string.
    """

    def __init__(self, function_name: str, request_id: str, limit_seconds: float) -> None:
        self.function_name = function_name
        self.function_version = "$LATEST"
        self.invoked_function_arn = f"arn:aws:lambda:us-east-1:000000000000:function:{function_name}"
        self.memory_limit_in_mb = "1024"
        self.aws_request_id = request_id
        self.log_group_name = f"/aws/lambda/{function_name}"
        self.log_stream_name = f"local-{os.getpid()}"
        self.identity = None
        self.client_context = None
        self._deadline = time.monotonic() + limit_seconds

    def get_remaining_time_in_millis(self) -> int:
        """The milliseconds that are left before the process is killed; never below zero."""
        return max(0, int((self._deadline - time.monotonic()) * 1000))


def encode_frame(message: Mapping[str, Any], member: str) -> bytes:
    """A message as it goes through the pipe: JSON, and beside it the body of the request or the answer in it.

    A body is itself JSON most of the time. Quoting it anew, and reading that back, would take longer than all
    else that is done to hand a request on.

    Args:
        message: the message.
        member: its member that may have a body.

    Raises:
        TypeError: the message holds something that JSON has no form for.
    """
    holder = message[member] if isinstance(message.get(member), dict) else {}
    text = b""
    if isinstance(body := holder.get("body"), str):
        with contextlib.suppress(UnicodeEncodeError):  # only JSON has a form for half a character
            text = body.encode()
    if text:
        message = {**message, member: {name: value for name, value in holder.items() if name != "body"}}
    payload = json.dumps(message).encode("ascii")
    return FRAME_HEADER.pack(len(payload), len(text)) + payload + text


def decode_frame(payload: bytes, text: bytes, member: str) -> dict[str, Any]:
    """The message of which `encode_frame` made these two parts."""
    message: dict[str, Any] = json.loads(payload)
    if text:
        message[member]["body"] = text.decode()
    return message


def run(invocation: Mapping[str, Any]) -> bytes:
    """Run one invocation and return the frame that answers it.

    Whatever the handler raises goes to standard error with its traceback, and the answer says only that it
    failed, which is all that API Gateway learns from Lambda too.

    Args:
        invocation: `function` (a folder that has a `handler` module, or a dotted module name), `event`,
            `requestId` and `limitSeconds`.
    """
    function: str = invocation["function"]
    module_name = function if "." in function else f"{function}.handler"
    context = Context(function, invocation["requestId"], invocation["limitSeconds"])
    try:
        handler: Callable[[Any, Context], Any] = importlib.import_module(module_name).lambda_handler
        answer = handler(invocation["event"], context)
        frame = encode_frame({"answer": answer}, "answer")
        # A dotted name is a helper of the local server, which stands for S3 and has none of Lambda's limits.
        if "." not in function and len(frame) * _MOST_JSON_BYTES > MAX_ANSWER_BYTES:
            _check_size(answer)
    except Exception:
        logger.exception("%s failed, request %s", function, context.aws_request_id)
        return encode_frame({"failed": True}, "answer")
    return frame


def _check_size(answer: object) -> None:
    size = len(json.dumps(answer))
    if size > MAX_ANSWER_BYTES:
        raise AnswerTooLargeError(f"{size} bytes; Lambda lets {MAX_ANSWER_BYTES} through")


def main() -> None:
    """Serve invocations until standard input ends."""
    # Ctrl-C in a terminal reaches every process of the group; the server decides when its workers end.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    logging.basicConfig(stream=sys.stderr, format="%(message)s")
    requests, answers = _take_over_standard_streams()
    inbox: queue.SimpleQueue[tuple[bytes, bytes] | None] = queue.SimpleQueue()
    busy = threading.Event()
    threading.Thread(target=_read_frames, args=(requests, inbox, busy), daemon=True).start()
    while (parts := inbox.get()) is not None:
        frame = run(decode_frame(*parts, "event"))
        # Cleared first: the next invocation may be here before the write returns.
        busy.clear()
        try:
            _write_all(answers, frame)
        except BrokenPipeError:
            return


def _take_over_standard_streams() -> tuple[int, int]:
    """Keep the two pipes for the protocol, and leave functions an empty input and standard error.

    What a function prints, at whatever level, can then not be taken for an answer.
    """
    requests, answers = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return requests, answers


def _read_frames(
    requests: int, inbox: "queue.SimpleQueue[tuple[bytes, bytes] | None]", busy: threading.Event
) -> None:
    """Pass frames on until the input ends; then end the process, abruptly if a function is running."""
    while (header := _read_exactly(requests, FRAME_HEADER.size)) is not None:
        payload, text = (_read_exactly(requests, size) for size in FRAME_HEADER.unpack(header))
        if payload is None or text is None:
            break
        busy.set()
        inbox.put((payload, text))
    if busy.is_set():
        os._exit(1)
    inbox.put(None)


def _read_exactly(descriptor: int, size: int) -> bytes | None:
    """That many bytes, or None if the input ends before."""
    data = bytearray()
    while len(data) < size:
        piece = os.read(descriptor, min(size - len(data), 1 << 20))
        if not piece:
            return None
        data += piece
    return bytes(data)


def _write_all(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


if __name__ == "__main__":
    main()
