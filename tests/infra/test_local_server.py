import base64
import contextlib
import json
import os
import re
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

ROOT = Path(__file__).parents[2]

ECHO = """
import json
import os
import time
from pathlib import Path


def lambda_handler(event, context):
    do = (event.get("queryStringParameters") or {}).get("do")
    here = Path(os.environ["SCENE_STUDIO_STORE"].removeprefix("sqlite:")).parent
    if do == "raise":
        raise ValueError("told on standard error")
    if do == "die":
        os.kill(os.getpid(), 9)
    if do == "wait":
        (here / "waiting").touch()
        while not (here / "go").exists():
            time.sleep(0.01)
    if do == "picture":
        return {"statusCode": 200, "headers": {"content-type": "image/png"}, "body": "iVBORw==",
                "isBase64Encoded": True, "cookies": ["a=1", "b=2"]}
    if do == "unchanged":
        return {"statusCode": 304, "headers": {"etag": '"1"'}}
    if do == "environment":
        return {"statusCode": 200, "body": json.dumps(dict(os.environ))}
    print("a line on standard output", flush=True)
    return {"statusCode": 200, "headers": {"content-type": "application/json"}, "body": json.dumps(event)}
"""

WEB = """
import json


def lambda_handler(event, context):
    return {"statusCode": 404, "headers": {"content-type": "application/problem+json"},
            "body": json.dumps({"event": event})}
"""

FRESH_CLIENTS = """
import os
from pathlib import Path

kept = Path(os.environ["SCENE_STUDIO_STORE"].removeprefix("sqlite:")).with_name("imported.json")


def lambda_handler(event, context):
    if event["routeKey"] == "POST /api/clients/{clientId}/import":
        with kept.open("a") as file:
            file.write(event["body"] + "\\n")
        return {"statusCode": 200, "body": "{}"}
    return {"statusCode": 200 if kept.exists() else 404}
"""

PICTURES = """
def oak_chair_png():
    return b"chair"


def ceramic_vase_png():
    return b"vase"
"""

STORE = """
from types import SimpleNamespace


class SqliteObjectStore:
    def __init__(self, path):
        self.path = path

    def open_signed(self, key, query):
        if query.get("signature") != "good":
            return None
        body = f"{self.path} {key}".encode() + b"\\xff"
        return SimpleNamespace(body=body, headers={"content-type": "image/jpeg"})
"""


class Running:
    """A server in a process of its own, and a client that speaks to it."""

    def __init__(self, process: subprocess.Popen[str], data: Path) -> None:
        assert process.stdout is not None
        assert process.stderr is not None
        self.process = process
        self.data = data
        self._lines: list[str] = []
        self._reader = threading.Thread(target=self._lines.extend, args=(process.stderr,))
        self._reader.start()
        self.ready = process.stdout.readline()
        self.address = re.findall(r"http://127\.0\.0\.1:\d+", self.ready + "http://127.0.0.1:1")[0]
        self.port = int(self.address.rpartition(":")[2])
        self.client = httpx.Client(base_url=self.address, timeout=60)

    def send(self, raw: bytes) -> bytes:
        """Send bytes as they are and return all that comes until the server closes."""
        with socket.create_connection(("127.0.0.1", self.port)) as connection:
            connection.sendall(raw)
            return b"".join(iter(lambda: connection.recv(65536), b""))

    def get(self, target: str, *headers: str) -> dict[str, Any]:
        """The event that a GET of exactly this target becomes."""
        lines = [f"GET {target} HTTP/1.1", f"Host: 127.0.0.1:{self.port}", "Connection: close", *headers]
        answer = self.send("\r\n".join([*lines, "", ""]).encode())
        body: dict[str, Any] = json.loads(answer.partition(b"\r\n\r\n")[2])
        event: dict[str, Any] = body.get("event", body)
        return event

    def stop(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait()

    def log(self) -> str:
        """Standard error, complete once every process that writes to it has ended."""
        self._reader.join()
        return "".join(self._lines)

    def close(self) -> None:
        self.client.close()
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self._reader.join()
        assert self.process.stdout is not None
        assert self.process.stderr is not None
        self.process.stdout.close()
        self.process.stderr.close()


def write_functions(root: Path, clients: str = ECHO) -> Path:
    for module, source in {
        "clients_api/handler.py": clients,
        "intake_api/handler.py": clients,
        "studios_api/handler.py": ECHO,
        "web/handler.py": WEB,
        "scene_studio/store/sqlite.py": STORE,
        "scene_studio/generation/sample_pictures.py": PICTURES,
    }.items():
        path = root / module
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source)
    return root


@contextmanager
def running(functions: Path, data: Path, **environment: str) -> Iterator[Running]:
    # What the tests themselves run under is not what a person starts the server under.
    ours = ("POWERTOOLS_", "PYTHONPATH", "SCENE_STUDIO_")
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    process = subprocess.Popen(
        [sys.executable, "-m", "infra.local.server", "--functions", str(functions)],
        cwd=ROOT,
        env={**inherited, "PORT": "0", "SCENE_STUDIO_DATA": str(data), **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    server = Running(process, data)
    try:
        yield server
    finally:
        server.close()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    root = tmp_path_factory.mktemp("server")
    with running(write_functions(root / "functions"), root / "data") as running_server:
        yield running_server


@pytest.fixture
def start(tmp_path: Path) -> Callable[..., Any]:
    functions = write_functions(tmp_path / "functions")
    return lambda **environment: running(functions, tmp_path / "data", **environment)


def wait_for(path: Path) -> None:
    while not path.exists():
        time.sleep(0.01)


def wait_for_refusal(port: int) -> None:
    with contextlib.suppress(ConnectionRefusedError):
        while True:
            # A connection that is made as the socket closes is reset; the next one is refused.
            with contextlib.suppress(ConnectionResetError):
                socket.create_connection(("127.0.0.1", port)).close()


def test_it_says_in_one_line_where_it_is_and_what_to_try(server):
    address = server.address
    assert server.ready == f"Scene Studio is at {address}/ - try {address}/api/clients/acme-corp\n"


def test_a_request_reaches_its_function_as_an_event(server):
    response = server.client.post(
        "/api/clients/acme-corp/import?tag=a&tag=b%20c",
        headers={"Cookie": "one=1; two=2", "X-Thing": "yes"},
        json={"name": "€"},
    )
    event = response.json()
    assert response.status_code == 200
    assert response.headers["apigw-requestid"] == event["requestContext"]["requestId"]
    assert event["routeKey"] == "POST /api/clients/{clientId}/import"
    assert event["pathParameters"] == {"clientId": "acme-corp"}
    assert event["queryStringParameters"] == {"tag": "a,b c"}
    assert event["cookies"] == ["one=1", "two=2"]
    assert event["headers"]["x-thing"] == "yes"
    assert json.loads(event["body"]) == {"name": "€"}
    assert abs(event["requestContext"]["timeEpoch"] - time.time() * 1000) < 3_600_000


def test_a_binary_body_arrives_byte_for_byte(server):
    body = bytes(range(256)) * 4000
    event = server.client.put("/api/clients/acme-corp", content=body).json()
    assert event["isBase64Encoded"] is True
    assert base64.b64decode(event["body"]) == body


def test_a_chunked_body_arrives_whole(server):
    event = server.client.put("/api/clients/acme-corp", content=iter([b"one", b"two"])).json()
    assert base64.b64decode(event["body"]) == b"onetwo"
    assert event["headers"]["content-length"] == "6"
    assert "transfer-encoding" not in event["headers"]


def test_a_binary_answer_and_its_cookies_arrive(server):
    response = server.client.get("/api/clients?do=picture")
    assert response.content == b"\x89PNG"
    assert response.headers["content-type"] == "image/png"
    assert response.headers.get_list("set-cookie") == ["a=1", "b=2"]


def test_an_unchanged_answer_has_no_body(server):
    response = server.client.get("/api/clients?do=unchanged")
    assert (response.status_code, response.content) == (304, b"")
    assert response.headers["etag"] == '"1"'


@pytest.mark.parametrize(
    ("target", "route_key", "raw_path"),
    [
        ("/api/clients/a%2Fb", "GET /api/clients/{clientId}", "/api/clients/a/b"),
        ("/api/clients/%2e%2e", "GET /api/clients/{clientId}", "/api/clients/.."),
        ("/api/clients/../health", "$default", "/api/clients/../health"),
        ("/api/../etc/passwd", "$default", "/api/../etc/passwd"),
        ("//api/clients", "$default", "//api/clients"),
        ("/api/clients//products", "$default", "/api/clients//products"),
        ("/api/clients/%ff%00%zz", "GET /api/clients/{clientId}", "/api/clients/\ufffd\x00%zz"),
        ("/api/clients/%E2%82%AC", "GET /api/clients/{clientId}", "/api/clients/€"),
        ("/;@!$&'()*+,=:~[]{}|", "$default", "/;@!$&'()*+,=:~[]{}|"),
        ("http://elsewhere/api/clients/a", "GET /api/clients/{clientId}", "/api/clients/a"),
    ],
)
def test_odd_paths_reach_a_function_as_they_are(server, target, route_key, raw_path):
    event = server.get(target)
    assert (event["routeKey"], event["rawPath"]) == (route_key, raw_path)


@pytest.mark.parametrize(
    "request_line",
    [b"GET /caf\xc3\xa9 HTTP/1.1", b"GET /a b HTTP/1.1", b"GET", b"\x00\xff\x00"],
)
def test_what_is_not_http_is_a_400_and_harms_nobody(server, request_line):
    answer = server.send(request_line + b"\r\nHost: 127.0.0.1:%d\r\n\r\n" % server.port)
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert server.client.get("/api/clients").status_code == 200


def test_endless_headers_are_a_400_and_harm_nobody(server):
    answer = server.send(b"GET / HTTP/1.1\r\nX-Long: " + b"a" * 20_000)
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert server.client.get("/api/clients").status_code == 200


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "TRACE", "CUSTOM"])
def test_other_methods_go_to_the_default_route(server, method):
    response = server.client.request(method, "/api/clients")
    assert response.status_code == 404
    assert method == "HEAD" or response.json()["event"]["routeKey"] == "$default"


def test_a_foreign_host_is_refused_with_a_problem(server):
    response = server.client.get("/api/clients", headers={"Host": "evil.example"})
    assert response.status_code == 403
    assert response.headers["content-type"] == "application/problem+json"
    problem = response.json()
    assert problem.pop("requestId") == response.headers["apigw-requestid"]
    assert problem.pop("detail")
    assert problem == {
        "type": "forbidden",
        "title": "Forbidden",
        "status": 403,
        "instance": "/api/clients",
    }


def test_a_change_from_a_foreign_page_is_refused(server):
    response = server.client.post("/api/clients/a/import", headers={"Origin": "https://evil.example"})
    assert response.status_code == 403


def test_a_change_from_its_own_page_is_let_in(server):
    response = server.client.post("/api/clients/a/import", headers={"Origin": server.address})
    assert response.status_code == 200


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_over_ten_megabytes_is_refused_as_the_gateway_does(server, chunked):
    piece = b"x" * (1024 * 1024)
    body = [piece] * 10 + [b"x"]
    response = server.client.put("/api/clients/a", content=iter(body) if chunked else b"".join(body))
    assert response.status_code == 413
    assert response.json() == {"message": "Request Entity Too Large"}


@pytest.mark.parametrize("do", ["raise", "die"])
def test_a_function_that_fails_is_the_gateways_500(server, do):
    response = server.client.get(f"/api/clients?do={do}")
    assert (response.status_code, response.json()) == (500, {"message": "Internal Server Error"})
    assert server.client.get("/api/clients").status_code == 200


def test_functions_find_their_settings_in_the_environment(server):
    found = server.client.get("/api/clients?do=environment").json()
    expected = {
        "SCENE_STUDIO_STORE": f"sqlite:{server.data}/store.sqlite",
        "SCENE_STUDIO_UPLOAD_QUEUE": f"sqlite:{server.data}/store.sqlite",
        "SCENE_STUDIO_TENANCY": "off",
        "SCENE_STUDIO_IMAGE_MODEL": "compositor",
        "POWERTOOLS_SERVICE_NAME": "scene-studio",
        "POWERTOOLS_LOG_LEVEL": "WARNING",
        "POWERTOOLS_METRICS_DISABLED": "true",
        "POWERTOOLS_METRICS_NAMESPACE": "SceneStudio",
    }
    assert {name: found[name] for name in expected} == expected


def test_a_signed_object_is_served_with_its_headers(server):
    response = server.client.get("/_objects/clients/acme-corp/products/a%20b.png?signature=good")
    assert response.status_code == 200
    assert response.headers["content-type"] == "image/jpeg"
    key = "clients/acme-corp/products/a b.png"
    assert response.content == f"{server.data}/store.sqlite {key}".encode() + b"\xff"


def test_an_object_without_a_good_signature_is_refused_with_a_problem(server):
    response = server.client.get("/_objects/clients/acme-corp/client.json")
    assert response.status_code == 403
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["instance"] == "/_objects/clients/acme-corp/client.json"


def test_slow_calls_hold_up_nobody(start):
    with start() as server, ThreadPoolExecutor() as threads:
        slow = [threads.submit(server.client.get, "/api/clients?do=wait") for _ in range(6)]
        wait_for(server.data / "waiting")
        assert server.client.get("/api/clients").status_code == 200
        (server.data / "go").touch()
        assert [call.result().status_code for call in slow] == [200] * 6


def test_each_request_is_one_line_of_the_log_and_standard_output_has_only_the_address(start):
    with start() as server:
        server.client.get("/api/clients/a%2Fb?secret=1")
        server.client.post("/api/clients/a/import", headers={"Origin": "null"})
        assert server.stop() == 0
        log = [re.sub(r"^\S+ (.*) \d+ ms \d+ B$", r"\1", line) for line in server.log().splitlines()]
        assert log == [
            "a line on standard output",  # from looking for the sample client
            "a line on standard output",
            "GET /api/clients/a%2Fb 200",
            "POST /api/clients/a/import 403",
        ]
        assert server.process.stdout is not None
        assert server.process.stdout.read() == ""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_lets_requests_finish_and_ends_with_0(start, number):
    with start() as server, ThreadPoolExecutor() as threads:
        slow = threads.submit(server.client.get, "/api/clients?do=wait")
        wait_for(server.data / "waiting")
        server.process.send_signal(number)
        wait_for_refusal(server.port)
        (server.data / "go").touch()
        assert slow.result().status_code == 200
        assert server.process.wait() == 0


def test_killing_the_server_ends_its_workers_even_in_the_middle(start):
    with start() as server, ThreadPoolExecutor() as threads:
        slow = threads.submit(server.client.get, "/api/clients?do=wait")
        wait_for(server.data / "waiting")
        server.process.kill()
        with pytest.raises(httpx.HTTPError):
            slow.result()
        assert "Traceback" not in server.log()  # the log ends when the last worker does


def test_after_a_kill_it_starts_again_on_the_same_folder(start):
    with start() as server:
        server.process.kill()
        server.process.wait()
        with start() as again:
            assert again.client.get("/api/clients").status_code == 200


def test_the_data_folder_is_made_for_its_owner_alone(start):
    with start() as server:
        assert stat.S_IMODE(server.data.stat().st_mode) == 0o700


def test_a_data_folder_in_use_is_refused_with_a_sentence(start):
    with start() as server, start() as second:
        assert second.process.wait() == 2
        assert second.ready == ""
        message = (
            f"Another server is using {server.data}; stop it, or set SCENE_STUDIO_DATA to another folder.\n"
        )
        assert second.log() == message


def test_a_port_in_use_is_refused_with_a_sentence(start, tmp_path):
    with start() as server, start(PORT=str(server.port), SCENE_STUDIO_DATA=str(tmp_path / "other")) as second:
        assert second.process.wait() == 2
        assert second.log().startswith(f"Port {server.port} cannot be used: ")


@pytest.mark.parametrize("port", ["http", "-1", "65536", "\uff18\uff10"])
def test_a_port_that_is_none_is_refused_with_a_sentence(start, port):
    with start(PORT=port) as server:
        assert server.process.wait() == 2
        assert server.log() == f"PORT is {port!r}; set it to a number from 0 to 65535.\n"


def test_the_sample_client_is_imported_once(tmp_path):
    functions = write_functions(tmp_path / "functions", clients=FRESH_CLIENTS)
    for _ in range(2):
        with running(functions, tmp_path / "data") as server:
            assert server.ready
            assert server.stop() == 0
    imported = [json.loads(line) for line in (tmp_path / "data" / "imported.json").read_text().splitlines()]
    assert imported == [
        {
            "id": "acme-corp",
            "name": "ACME Corporation",
            "products": [
                {"id": "product-a", "name": "Oak Chair", "imageUrl": "data:image/png;base64,Y2hhaXI="},
                {"id": "product-b", "name": "Ceramic Vase", "imageUrl": "data:image/png;base64,dmFzZQ=="},
            ],
            "clientSessions": [],
            "sceneStudios": [],
        }
    ]


def test_without_a_sample_client_it_says_why_and_serves_all_the_same(tmp_path):
    functions = write_functions(tmp_path / "functions", clients="def lambda_handler(event, context): 1 / 0\n")
    with running(functions, tmp_path / "data") as server:
        assert server.client.get("/api/nothing").status_code == 404
        assert server.stop() == 0
        assert "The sample client is missing: GET /api/clients/acme-corp answered 500" in server.log()
