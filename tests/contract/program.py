"""Schemathesis as a program: calls of an API as its contract describes them, and what became of them."""

import json
import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from infra.local.sample import CLIENT_PATH
from tests.contract.hooks import CALLS

ROOT: Final = Path(__file__).resolve().parents[2]
CONTRACT: Final = ROOT / "functions" / "openapi.json"
_PROGRAM: Final = ROOT / ".venv" / "bin" / "schemathesis"
_CONFIGURATION: Final = Path(__file__).with_name("schemathesis.toml")
SAMPLE: Final = CLIENT_PATH.rpartition("/")[2]
"""The client that the contract's examples are about, and the local server has."""
_HOOKS: Final = "tests.contract.hooks"


@dataclass(frozen=True, slots=True)
class Run:
    """What came of a run.

    Attributes:
        report: the program's report, as it writes it.
        calls: how many answers came with each status; more than test cases, for some checks ask again.
        output: what it printed, with a way to repeat each failure.
    """

    report: Mapping[str, Any]
    calls: Mapping[str, int]
    output: str

    @property
    def failures(self) -> int:
        """How many different failures there were, errors of the program itself among them."""
        cases = self.report["test_cases"]
        return int(cases["unique_failures"]) + len(self.report["errors"])

    @property
    def succeeded(self) -> int:
        """How many calls were answered with what was asked for."""
        return sum(count for status, count in self.calls.items() if status < "4")

    def statuses_of(self, *phases: str) -> set[str]:
        """How these phases ended."""
        return {self.report["phases"][phase]["status"] for phase in phases}

    def summary(self) -> str:
        """The run in a few lines."""
        operations, cases = self.report["operations"], self.report["test_cases"]
        statuses = ", ".join(f"{count} x {status}" for status, count in sorted(self.calls.items()))
        phases = ", ".join(f"{name} {one['status']}" for name, one in self.report["phases"].items())
        return (
            f"{operations['tested']} of {operations['total']} operations, {cases['generated']} test cases, "
            f"{sum(self.calls.values())} calls in {self.report['running_time']:.0f} s: "
            f"{self.failures} failures\n"
            f"phases: {phases}\n"
            f"answers: {statuses}"
        )


def run(
    folder: Path, address: str, *arguments: str, seconds: float, tokens: bool, client_id: str = SAMPLE
) -> Run:
    """Run the program.

    Args:
        folder: for what it reads and writes.
        address: of the API.
        arguments: further arguments of `schemathesis run`.
        seconds: after which it has to have ended.
        tokens: whether the API asks for tokens; a server on one's own machine does not.
        client_id: the client that most requests are about.

    Raises:
        RuntimeError: it broke off; the message has what it printed.
    """
    contract, configuration = folder / "contract.json", folder / "schemathesis.toml"
    report, calls = folder / "report.json", folder / "calls.json"
    written = json.loads(CONTRACT.read_text().replace(SAMPLE, client_id))
    contract.write_text(json.dumps(written if tokens else _without_tokens(written)))
    configuration.write_text(_CONFIGURATION.read_text().replace(SAMPLE, client_id))
    done = subprocess.run(
        [
            str(_PROGRAM),
            *("--config-file", str(configuration), "--no-color"),
            *("run", str(contract), "--url", address, "--continue-on-failure"),
            *("--report", "json", "--report-json-path", str(report)),
            *arguments,
        ],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "SCHEMATHESIS_HOOKS": _HOOKS, CALLS: str(calls)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=seconds,
        check=False,
    )
    if not report.exists() or not calls.exists():
        raise RuntimeError(f"the program broke off with {done.returncode}:\n{done.stdout}")
    return Run(json.loads(report.read_text()), json.loads(calls.read_text()), done.stdout)


def _without_tokens(contract: dict[str, Any]) -> dict[str, Any]:
    for path in contract["paths"].values():
        for operation in path.values():
            operation["security"] = [one for one in operation["security"] if "bearer" not in one]
    del contract["components"]["securitySchemes"]["bearer"]
    return contract
