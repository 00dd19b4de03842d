"""Schemathesis at the local server, as `make run` starts it: all that the contract says, tried."""

from pathlib import Path

from tests.contract.flat_pictures import service_of_flat_pictures
from tests.contract.program import run


def test_the_local_server_keeps_the_contract(tmp_path: Path) -> None:
    service = service_of_flat_pictures(tmp_path).start()
    try:
        tried = run(
            tmp_path,
            service.address,
            *("--phases", "examples,coverage,fuzzing,stateful", "--max-examples", "5"),
            *("--generation-deterministic", "--no-shrink"),
            seconds=280,
            tokens=False,
        )
    finally:
        service.kill()
    assert tried.failures == 0, tried.output
    assert {phase["status"] for phase in tried.report["phases"].values()} == {"success"}
    assert tried.report["operations"]["tested"] == tried.report["operations"]["total"]
    assert tried.succeeded > 500, tried.summary()
