"""Schemathesis as a program: calls of an API as its contract describes them, and what became of them."""

import json
import os
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tests.contract.hooks import CALLS

ROOT: Final = Path(__file__).resolve().parents[2]
CONTRACT: Final = ROOT / "functions" / "openapi.json"
PHASES: Final = ("examples", "coverage", "fuzzing", "stateful")
_PROGRAM: Final = ROOT / ".venv" / "bin" / "schemathesis"
_CONFIGURATION: Final = Path(__file__).with_name("schemathesis.toml")
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

    def summary(self) -> str:
        """The run in a few lines."""
        operations, cases = self.report["operations"], self.report["test_cases"]
        statuses = ", ".join(f"{count} x {status}" for status, count in sorted(self.calls.items()))
        phases = ", ".join(f"{name} {one['status']}" for name, one in self.report["phases"].items())
        return (
            f"{operations['tested']} of {operations['total']} operations, {cases['generated']} test cases, "
            f"{sum(self.calls.values())} calls in {self.report['running_time']:.0f} s: {self.failures} failures\n"
            f"phases: {phases}\n"
            f"answers: {statuses}"
        )


def run(folder: Path, address: str, *arguments: str, contract: Path, seconds: float) -> Run:
    """Run the program.

    Args:
        folder: for its report; it must be there.
        address: of the API.
        arguments: further arguments of `schemathesis run`.
        contract: the file with the contract.
        seconds: after which it has to have ended.

    Raises:
        RuntimeError: it broke off; the message has what it printed.
    """
    report, calls = folder / "report.json", folder / "calls.json"
    done = subprocess.run(
        [
            str(_PROGRAM),
            *("--config-file", str(_CONFIGURATION), "--no-color"),
            *("run", str(contract), "--url", address),
            *("--report", "json", "--report-json-path", str(report)),
            *arguments,
        ],
        cwd=folder,
        env={
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "SCHEMATHESIS_HOOKS": _HOOKS,
            CALLS: str(calls),
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=seconds,
        check=False,
    )
    if not report.exists() or not calls.exists():
        raise RuntimeError(f"the program broke off with {done.returncode}:\n{done.stdout}")
    return Run(json.loads(report.read_text()), json.loads(calls.read_text()), done.stdout)


def without_tokens(folder: Path) -> Path:
    """The contract as a server on one's own machine keeps it: it asks for no tokens. Gives the file."""
    contract = json.loads(CONTRACT.read_text())
    for operation in _operations(contract):
        operation["security"] = [one for one in operation["security"] if "bearer" not in one]
    del contract["components"]["securitySchemes"]["bearer"]
    path = folder / "contract.json"
    path.write_text(json.dumps(contract))
    return path


def _operations(contract: Mapping[str, Any]) -> Iterable[dict[str, Any]]:
    return (operation for path in contract["paths"].values() for operation in path.values())
