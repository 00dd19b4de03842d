"""The service on this machine: API Gateway's part played by an ASGI application, Lambda's by a pool.

`python -m infra.local.server`, with the port in `PORT` (8000; 0 picks a free one) and the data folder in
`SCENE_STUDIO_DATA` (`.scene-studio`). It listens on 127.0.0.1 only.
"""

import argparse
import asyncio
import base64
import fcntl
import logging
import os
import secrets
import signal
import socket
import sys
import time
import uuid
from collections.abc import Awaitable, Callable, Iterator, Mapping, MutableMapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import uvicorn

from infra.local import events, guard, pool
from infra.local.background import background
from infra.local.sample import CLIENT_PATH, SampleError, ensure_sample
from infra.routes import ROUTES, Route, match

if TYPE_CHECKING:
    from infra.local.uploads import Uploads

ROOT: Final = Path(__file__).resolve().parents[2]
HOST: Final = "127.0.0.1"
EXIT_UNUSABLE: Final = 2
STORE: Final = "store.sqlite"

LOCAL_ROUTES: Final = (*ROUTES, Route("GET", "/_objects/{key+}", "infra.local.objects"))
"""The service's routes, and the one that stands for S3's signed URLs."""
UPLOAD_PATH: Final = "/_uploads"
"""Where upload forms are posted, which stands for the address of an S3 bucket."""

_WORKER_SECONDS: Final = 120
_READ_SECONDS: Final = 30.0
_GRACE_SECONDS: Final = 10
_KEEP_ALIVE_SECONDS: Final = 5
_MAX_HEADER_BYTES: Final = 16 * 1024
_MAX_CONNECTIONS: Final = 512

_log = logging.getLogger("scene_studio.local")

Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


class UnusableError(Exception):
    """The server cannot start here; the message says what to change."""


@dataclass(frozen=True)
class Settings:
    """How the server is run.

    Attributes:
        port: the port on 127.0.0.1; 0 for any free one.
        data: the data folder.
        functions: the folder that holds one folder for each function.
        worker_seconds: the time limit of the function that makes pictures.
    """

    port: int
    data: Path
    functions: Path
    worker_seconds: int = _WORKER_SECONDS

    @classmethod
    def read(cls, arguments: Sequence[str], environment: Mapping[str, str]) -> "Settings":
        """Take the settings from the command line and the environment.

        Raises:
            UnusableError: `PORT` is not a port, or `SCENE_STUDIO_WORKER_SECONDS` no number of seconds.
        """
        parser = argparse.ArgumentParser(prog="python -m infra.local.server", description=__doc__)
        parser.add_argument("--functions", type=Path, default=ROOT / "functions", help="folder of functions")
        functions: Path = parser.parse_args(arguments).functions
        port = environment.get("PORT") or "8000"
        if not (port.isascii() and port.isdigit() and int(port) < 65536):
            raise UnusableError(f"PORT is {port!r}; set it to a number from 0 to 65535.")
        data = data_folder(environment)
        seconds = environment.get("SCENE_STUDIO_WORKER_SECONDS") or str(_WORKER_SECONDS)
        if not (seconds.isascii() and seconds.isdigit() and 0 < int(seconds) <= 900):
            raise UnusableError(
                f"SCENE_STUDIO_WORKER_SECONDS is {seconds!r}; set it to a number from 1 to 900."
            )
        return cls(int(port), data.resolve(), functions.resolve(), int(seconds))


def data_folder(environment: Mapping[str, str]) -> Path:
    """Where the local server keeps everything; operators' commands look there too."""
    return Path(environment.get("SCENE_STUDIO_DATA") or ".scene-studio")


def worker_environment(settings: Settings, inherited: Mapping[str, str]) -> dict[str, str]:
    """The environment of the functions: where data is, who may come in, and quiet logs."""
    return {
        "POWERTOOLS_SERVICE_NAME": "scene-studio",
        "POWERTOOLS_LOG_LEVEL": "WARNING",
        "SCENE_STUDIO_IMAGE_MODEL": "compositor",
        **inherited,
        "PYTHONPATH": os.pathsep.join([str(settings.functions), str(ROOT)]),
        "POWERTOOLS_METRICS_DISABLED": "true",
        "POWERTOOLS_METRICS_NAMESPACE": "SceneStudio",
        "SCENE_STUDIO_STORE": f"sqlite:{settings.data / STORE}",
        "SCENE_STUDIO_GENERATION_QUEUE": f"sqlite:{settings.data / STORE}",
        "SCENE_STUDIO_UPLOAD_QUEUE": f"sqlite:{settings.data / STORE}",
        "SCENE_STUDIO_WORKER_SECONDS": str(settings.worker_seconds),
        "SCENE_STUDIO_TENANCY": "off",
    }


class Gateway:
    """The ASGI application: guard, route, event, function, response, and a line in the log."""

    def __init__(
        self, workers: pool.Pool, store: Path, port: int, routes: Sequence[Route] = LOCAL_ROUTES
    ) -> None:
        self._workers = workers
        self._store = store
        self._port = port
        self._routes = routes
        self._uploads: Uploads | None = None

    async def __call__(self, scope: MutableMapping[str, Any], receive: guard.Receive, send: Send) -> None:
        """Answer one request."""
        started = time.perf_counter()
        path = _raw_path(scope)
        status, size = "-", 0
        try:
            response = await self._answer(scope, path, receive)
            headers = [*response.headers]
            if response.status not in {204, 304}:
                headers.append((b"content-length", b"%d" % len(response.body)))
            await send({"type": "http.response.start", "status": response.status, "headers": headers})
            await send({"type": "http.response.body", "body": response.body})
            status, size = str(response.status), len(response.body)
        except guard.ClientGoneError:
            pass  # nobody is left to answer; the line in the log has no status
        finally:
            milliseconds = (time.perf_counter() - started) * 1000
            _log.info("%s %s %s %.0f ms %d B", scope["method"], path, status, milliseconds, size)

    async def _answer(self, scope: Mapping[str, Any], path: str, receive: guard.Receive) -> events.HttpResponse:
        request_id = _request_id()
        method, headers = scope["method"], scope["headers"]
        if refused := guard.refusal(method, headers, self._port):
            members = {"type": "forbidden", "title": "Forbidden", "detail": refused, "instance": path}
            return events.problem_response(403, members, request_id)
        if (method, path) == ("POST", UPLOAD_PATH):
            return await self._open_uploads().answer(headers, receive, request_id)
        try:
            async with asyncio.timeout(_READ_SECONDS):
                body = await guard.read_body(receive, headers)
        except guard.BodyTooLargeError:
            return events.gateway_response(413, "Request Entity Too Large", request_id)
        except TimeoutError:
            return events.gateway_response(408, "Request Timeout", request_id)
        query, version, caller = scope["query_string"], scope["http_version"], scope["client"][0]
        request = events.HttpRequest(method, path, query, headers, body, version, caller)
        return await self.handle(request, request_id)

    async def handle(self, request: events.HttpRequest, request_id: str) -> events.HttpResponse:
        """Send a request to its function; failures come back as the gateway's own answers."""
        route = match(request.method, request.raw_path, self._routes)
        if route is None:
            return events.gateway_response(404, "Not Found", request_id)
        event = events.build_event(request, route, time.time_ns() // 1_000_000, request_id)
        try:
            answer = await self._workers.invoke(route.route.function, event, str(uuid.uuid4()))
        except pool.InvocationTimedOutError as error:
            _log.warning("%s", error)
            return events.gateway_response(503, "Service Unavailable", request_id)
        except pool.InvocationFailedError as error:
            _log.warning("%s", error)
            return events.gateway_response(500, "Internal Server Error", request_id)
        return events.build_response(answer, request_id)

    async def invoke(self, method: str, path: str, body: bytes) -> events.HttpResponse:
        """Send a request of the server's own, without a socket."""
        headers = ((b"host", f"{HOST}:{self._port}".encode()), (b"content-type", b"application/json"))
        request = events.HttpRequest(method, path, headers=headers, body=body)
        return await self.handle(request, _request_id())

    def close(self) -> None:
        """Close what it opened."""
        if self._uploads is not None:
            self._uploads.close()

    def _open_uploads(self) -> "Uploads":
        if self._uploads is None:
            # It takes modules of the functions' import root, which is known only once there are settings.
            from infra.local.uploads import Uploads

            self._uploads = Uploads(self._store)
        return self._uploads


def _request_id() -> str:
    """An id in the form of API Gateway's, such as `JKJaXmPLvHcESHA=`."""
    return base64.urlsafe_b64encode(secrets.token_bytes(11)).decode("ascii")


def _raw_path(scope: Mapping[str, Any]) -> str:
    """The path as it was sent; a whole URL in the request line counts as its path (RFC 9112, 3.2.2)."""
    target: str = scope["raw_path"].decode("latin-1")
    scheme, separator, rest = target.partition("://")
    if separator and scheme.lower() in {"http", "https"}:
        return "/" + rest.partition("/")[2]
    return target


class _Server(uvicorn.Server):
    """uvicorn without its signal handlers, which end the process by the signal instead of with 0."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    def stop(self, starting: "asyncio.Task[None] | None") -> None:
        """Finish what is under way and end; a second call ends without finishing."""
        if not self.started and starting is not None:
            starting.cancel()
        elif self.should_exit:
            self.force_exit = True
        self.should_exit = True


@contextmanager
def _locked(data: Path) -> Iterator[None]:
    """Hold the data folder for this process alone.

    The lock goes with the process, however it ends, so that nothing is left to clear up after a crash.

    Raises:
        UnusableError: the folder cannot be made, or another server has it.
    """
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = (data / "server.lock").open("a")
    except OSError as error:
        message = f"The data folder {data} cannot be used: {error.strerror}; set SCENE_STUDIO_DATA to another."
        raise UnusableError(message) from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            message = f"Another server is using {data}; stop it, or set SCENE_STUDIO_DATA to another folder."
            raise UnusableError(message) from error
        yield


def _listen(port: int) -> socket.socket:
    """A socket that accepts connections from now on; they wait until they are served.

    Raises:
        UnusableError: the port is taken or may not be used.
    """
    # With its protocol named, asyncio switches off the delay of small packets: 40 ms on every request.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((HOST, port))
        listener.listen(_MAX_CONNECTIONS)
    except OSError as error:
        listener.close()
        message = f"Port {port} cannot be used: {error.strerror}; set PORT to another one, or to 0."
        raise UnusableError(message) from error
    return listener


async def serve(settings: Settings, listener: socket.socket) -> None:
    """Serve until SIGINT or SIGTERM: start the workers, make the sample, say where, answer requests."""
    port: int = listener.getsockname()[1]
    environment = worker_environment(settings, os.environ)
    workers = pool.Pool(environment)
    gateway = Gateway(workers, settings.data / STORE, port)
    server = _Server(
        uvicorn.Config(
            gateway,
            http="h11",  # the faster httptools has no limit for the size of headers
            h11_max_incomplete_event_size=_MAX_HEADER_BYTES,
            timeout_keep_alive=_KEEP_ALIVE_SECONDS,
            timeout_graceful_shutdown=_GRACE_SECONDS,
            limit_concurrency=_MAX_CONNECTIONS,
            lifespan="off",
            ws="none",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
        )
    )
    loop, starting = asyncio.get_running_loop(), asyncio.current_task()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, server.stop, starting)
    try:
        await workers.start()
        try:
            await ensure_sample(gateway.invoke)
        except SampleError as error:
            _log.warning("The sample client is missing: %s", error)
        address = f"http://{HOST}:{port}"
        sys.stdout.write(f"Scene Studio is at {address}/ - try {address}{CLIENT_PATH}\n")
        sys.stdout.flush()
        async with background(settings.functions, settings.data / STORE, settings.worker_seconds, environment):
            await server.serve(sockets=[listener])
    except asyncio.CancelledError:
        _log.info("Stopped before it was ready.")
    finally:
        await workers.stop()
        gateway.close()


def main(arguments: Sequence[str]) -> int:
    """Run the server and return the exit code: 0 after a signal, 2 when it cannot start here."""
    logging.basicConfig(
        stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(message)s", datefmt="%Y-%m-%dT%H:%M:%S"
    )
    for library in ("uvicorn", "python_multipart"):
        logging.getLogger(library).setLevel(logging.ERROR)
    try:
        settings = Settings.read(arguments, os.environ)
        # The sample's pictures are drawn in this process, by a module of the functions' import root.
        sys.path.insert(0, str(settings.functions))
        with _locked(settings.data), _listen(settings.port) as listener:
            asyncio.run(serve(settings, listener))
    except UnusableError as error:
        sys.stderr.write(f"{error}\n")
        return EXIT_UNUSABLE
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
