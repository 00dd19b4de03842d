"""Schemathesis at the local server, as `make run` starts it: all that the contract says, tried."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contract.flat_pictures import service_of_flat_pictures
from tests.contract.program import Run, run
from tests.support.service import Service


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    service = service_of_flat_pictures(tmp_path).start()
    yield service
    service.kill()


def tried(service: Service, folder: Path, *arguments: str) -> Run:
    settings = ("--generation-deterministic", "--no-shrink")
    return run(folder, service.address, *settings, *arguments, seconds=280, tokens=False)


def test_the_local_server_keeps_the_contract(service: Service, tmp_path: Path) -> None:
    done = tried(service, tmp_path, "--phases", "examples,fuzzing,stateful", "--max-examples", "4")
    assert done.failures == 0, done.output
    assert done.statuses_of("examples", "fuzzing", "stateful") == {"success"}
    assert done.report["operations"]["tested"] == done.report["operations"]["total"]
    assert done.succeeded > 100, done.summary()


BY_PARTS = ("importClient", "editStudio")
"""Their large bodies are made of what other operations take too, which is tried there."""


def test_the_local_server_keeps_the_contract_to_its_limits(service: Service, tmp_path: Path) -> None:
    without = [part for name in BY_PARTS for part in ("--exclude-operation-id", name)]
    done = tried(service, tmp_path, "--phases", "coverage", *without)
    assert done.failures == 0, done.output
    assert done.statuses_of("coverage") == {"success"}
    assert done.report["operations"]["tested"] == done.report["operations"]["total"] - len(BY_PARTS)
    assert done.succeeded > 100, done.summary()
