"""Schemathesis at the deployed stack, with real tokens: what the contract says is so behind the gateway too."""

from pathlib import Path

from tests.contract.program import run
from tests.support.deployment import Deployment
from tests.support.signed_in import team


def test_the_deployed_stack_keeps_the_contract_and_asks_for_tokens(
    open_deployment: Deployment, tmp_path: Path
) -> None:
    person = team(open_deployment)
    tried = run(
        tmp_path,
        open_deployment.cloud.address,
        *(part for name, value in person.headers.items() for part in ("--header", f"{name.title()}:{value}")),
        *("--phases", "examples,fuzzing", "--max-examples", "2"),
        *("--generation-deterministic", "--no-shrink"),
        seconds=280,
        tokens=True,
        client_id=person.client_id,
    )
    assert tried.failures == 0, tried.output
    assert tried.report["operations"]["tested"] == tried.report["operations"]["total"]
    assert tried.succeeded > 60, tried.summary()
