"""The commands on a bucket, over the clients of production."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.operators.__main__ import main
from infra.operators.exporting import export_client
from scene_studio.store import keys
from tests.support.histories import CLIENT
from tests.support.loopback_s3 import Fault, LoopbackS3
from tests.support.small_client import CONFIG, small_client

BUCKET = ("--store", "s3:scene-studio")


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[LoopbackS3]:
    with LoopbackS3().running() as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL_S3", server.endpoint)
        monkeypatch.setattr("botocore.retries.standard.ExponentialBackoff.delay_amount", lambda *_: 0)
        yield server


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("s3") / "bundle.zip"
    export_client(small_client(), CLIENT, path)
    return path


def run(*arguments: object) -> int:
    return main([str(one) for one in arguments])


def test_a_client_goes_from_a_file_into_a_bucket_and_back(
    s3: LoopbackS3, bundle: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    local = ("--store", f"sqlite:{tmp_path / 'data' / 'store.sqlite'}")
    for store in (BUCKET, local):
        assert run("import", bundle, *store) == 0
        assert run("check", *store) == 0
    assert run("export", CLIENT, tmp_path / "of-s3.zip", *BUCKET) == 0
    assert run("export", CLIENT, tmp_path / "of-sqlite.zip", *local) == 0
    assert (tmp_path / "of-s3.zip").read_bytes() == (tmp_path / "of-sqlite.zip").read_bytes()
    assert "broken" not in capsys.readouterr().out


def test_everything_is_created_on_the_condition_that_it_is_not_there_and_only_by_an_import(
    s3: LoopbackS3, bundle: Path, tmp_path: Path
) -> None:
    assert run("import", bundle, *BUCKET) == 0
    writes = s3.requests("PUT")
    assert len(writes) > 10
    assert all(request.headers.get("if-none-match") == "*" for request in writes)
    types = {request.key: request.headers["content-type"] for request in writes}
    assert types[CONFIG] == "application/json"
    assert types[keys.product_image(CLIENT, "chair", "front")] == "image/png"
    assert all(kind == "image/jpeg" for key, kind in types.items() if key.endswith(".jpg"))
    assert {request.key for request in writes if "x-amz-meta-summary" in request.headers} == {
        CONFIG,
        keys.client(CLIENT),
    }
    before = len(s3.exchanges)
    assert run("export", CLIENT, tmp_path / "b.zip", *BUCKET) == 0
    assert run("check", *BUCKET) == 0
    assert {one.request.method for one in s3.exchanges[before:]} <= {"GET", "HEAD"}


def test_an_import_gets_over_faults_with_its_documents(
    s3: LoopbackS3, bundle: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    s3.fail(Fault.DROP_REPLY, "PUT", "client.json")
    for fault in (Fault.DROP_REQUEST, Fault.CONFLICT, Fault.SLOW_DOWN):
        s3.fail(fault, "PUT", "config.json")
    assert run("import", bundle, *BUCKET) == 0
    assert capsys.readouterr().out.splitlines() == [f"{keys.client(CLIENT)}: created", f"{CONFIG}: created"]
    assert [len(s3.requests("PUT", name)) for name in ("client.json", "config.json")] == [2, 4]


def test_a_bucket_that_may_not_be_read_ends_a_command_with_2(
    s3: LoopbackS3, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    s3.fail(Fault.ACCESS_DENIED, "GET", times=100)
    assert run("export", CLIENT, tmp_path / "b.zip", *BUCKET) == 2
    assert "AccessDenied" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())
