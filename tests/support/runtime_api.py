"""Lambda's Runtime API on loopback, and functions that run under Lambda's own client of it.

A function gets its asset, the runtime client, and nothing else: no site-packages, no folder of the project.
"""

import importlib.metadata
import json
import os
import subprocess
import sys
import threading
import time
import uuid
import zipfile
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Queue
from typing import Any, Final, Self

_VERSION: Final = "/2018-06-01/runtime"
_CLIENT: Final = ("awslambdaric", "snapshot-restore-py", "simplejson")
_PATIENCE_SECONDS: Final = 60


class FunctionFailed(Exception):
    """The function told the Runtime API of an error, or ended."""


def runtime_client(folder: Path) -> Path:
    """A folder with the runtime client and what it needs, and nothing else."""
    folder.mkdir()
    for name in _CLIENT:
        found = importlib.metadata.distribution(name)
        for top in {file.parts[0] for file in found.files or () if file.parts[0] != ".."}:
            if not top.endswith(".dist-info") and top != "__pycache__" and not (folder / top).exists():
                (folder / top).symlink_to(Path(str(found.locate_file(top))).resolve())
    return folder


class RunningFunction:
    """One execution environment of a function."""

    def __init__(
        self, asset: Path, handler: str, environment: Mapping[str, str], *, client: Path, folder: Path
    ) -> None:
        """Start it; its first invocation waits until it is ready.

        Args:
            asset: the zip file of its code.
            handler: its handler, as the template has it.
            environment: its environment variables.
            client: the folder of the runtime client.
            folder: an empty folder of its own.
        """
        self._events: Queue[tuple[str, bytes, float] | None] = Queue()
        self._answers: Queue[bytes | FunctionFailed] = Queue()
        self._server = _serve(self._events, self._answers)
        code, here = folder / "task", folder / "empty"
        here.mkdir(parents=True)
        with zipfile.ZipFile(asset) as archive:
            archive.extractall(code)
        self._log = folder / "log"
        with self._log.open("w") as log:
            self._process = subprocess.Popen(
                # Without -S it would find the packages of this environment, without -P the folder it is in.
                [sys.executable, "-S", "-P", "-m", "awslambdaric", handler],
                cwd=here,
                env={
                    "PATH": os.environ["PATH"],
                    "PYTHONPATH": f"{code}:{client}",
                    "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{self._server.server_port}",
                    "AWS_LAMBDA_FUNCTION_NAME": handler.partition(".")[0],
                    "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
                    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "1024",
                    "AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/test",
                    "AWS_LAMBDA_LOG_STREAM_NAME": "test",
                    "LAMBDA_TASK_ROOT": str(code),
                    "_HANDLER": handler,
                    **environment,
                },
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def invoke(self, event: Any, *, seconds: float = 29) -> Any:
        """Give it an event, and its answer back.

        Raises:
            FunctionFailed: it told of an error, ended, or did not answer in time; the message has its log.
        """
        self._events.put((str(uuid.uuid4()), json.dumps(event).encode(), time.time() + seconds))
        until = time.monotonic() + _PATIENCE_SECONDS
        while self._answers.empty():
            if self._process.poll() is not None or time.monotonic() > until:
                raise FunctionFailed(f"no answer; exit code {self._process.poll()}\n{self.log()}")
            time.sleep(0.005)
        answer = self._answers.get()
        if isinstance(answer, FunctionFailed):
            raise FunctionFailed(f"{answer}\n{self.log()}")
        return json.loads(answer)

    def log(self) -> str:
        """All that it wrote."""
        return self._log.read_text()

    def stop(self) -> None:
        """End it."""
        self._process.kill()
        self._process.wait()
        self._events.put(None)
        self._server.shutdown()
        self._server.server_close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def _serve(
    events: "Queue[tuple[str, bytes, float] | None]", answers: "Queue[bytes | FunctionFailed]"
) -> ThreadingHTTPServer:
    """A Runtime API for one execution environment (docs: "Using the Lambda runtime API")."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            assert self.path == f"{_VERSION}/invocation/next", self.path
            given = events.get()
            if given is None:
                self.close_connection = True
                return
            request_id, body, deadline = given
            self.send_response(200)
            for name, value in {
                "Lambda-Runtime-Aws-Request-Id": request_id,
                "Lambda-Runtime-Deadline-Ms": str(int(deadline * 1000)),
                "Lambda-Runtime-Invoked-Function-Arn": "arn:aws:lambda:us-east-1:000000000000:function:test",
                "Content-Type": "application/json",
                "Content-Length": str(len(body)),
            }.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            failed = not self.path.endswith("/response")
            answers.put(FunctionFailed(f"{self.path}: {body.decode()}") if failed else body)
            self.send_response(202)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it
            """Stay silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    return server
