"""What checks the stack: cdk-nag, cfn-lint, and that the same sources make the same template."""

import json
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest
from aws_cdk import App
from aws_cdk import aws_sqs as sqs

from infra import app, nag
from infra.bundling.bundle import Bundler
from tests.infra.stack.conftest import EVERYTHING
from tests.infra.stack.synthesis import Assembly, placeholder, synthesized

pytestmark = pytest.mark.xdist_group("stack")

LISTED = {
    "W3005": "CDK writes down what a resource depends on even where a reference to it says so already.",
}
"""What cfn-lint may say, and why it stays so."""


def test_cfn_lint_has_nothing_to_say_but_what_is_listed(stack: Assembly, told_everything: Assembly):
    program = Path(sys.executable).parent / "cfn-lint"
    command = [str(program), "--format", "json", str(stack.path), str(told_everything.path)]
    found = json.loads(subprocess.run(command, capture_output=True, text=True, check=False).stdout)
    assert {one["Rule"]["Id"]: one["Message"] for one in found}.keys() == LISTED.keys()


def test_a_finding_that_is_not_acknowledged_stops_the_synthesis(tmp_path: Path):
    told = App(outdir=str(tmp_path))
    sqs.Queue(app.build(told, placeholder), "Open")
    with pytest.raises(RuntimeError, match=r"Validation ?[Ff]ailed"):
        told.synth()
    assert {path for rule, path in findings(tmp_path) if rule == "AwsSolutions-SQS4"} == {
        "SceneStudio/Open/Resource"
    }


def test_every_acknowledgment_is_of_a_finding_that_there_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    acknowledged: set[tuple[str, str]] = set()

    def note(constructs, reasons):
        for construct in constructs:
            acknowledged.update((rule.partition("::")[2], construct.node.path) for rule in reasons)

    monkeypatch.setattr(nag, "acknowledge", note)
    found = set()
    for name, context in (("plain", {}), ("everything", EVERYTHING)):
        with pytest.raises(RuntimeError, match=r"Validation ?[Ff]ailed"):
            synthesized(tmp_path / name, placeholder, context)
        found |= findings(tmp_path / name)
    stale = {
        (rule, path)
        for rule, path in acknowledged
        if not any(rule == there and place.startswith(path) for there, place in found)
    }
    assert stale == set()
    assert len(acknowledged) > 50


def test_the_same_sources_make_the_same_template(told_everything: Assembly, tmp_path: Path):
    again = synthesized(tmp_path, placeholder, EVERYTHING)
    assert again.path.read_bytes() == told_everything.path.read_bytes()


def test_a_context_key_that_is_wrong_is_told_without_a_traceback(capsys: pytest.CaptureFixture[str]):
    assert app.main(["-c", "imageModl=compositor"]) == 2
    assert "'imageModl' is not known" in capsys.readouterr().err


def test_a_function_that_is_not_there_is_told_without_a_traceback(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    monkeypatch.setattr(app, "Bundler", partial(Bundler, functions=tmp_path))
    assert app.main([]) == 2
    assert "the function 'clients_api' cannot be bundled: there is no module" in capsys.readouterr().err


def findings(folder: Path) -> set[tuple[str, str]]:
    """The rules that cdk-nag found broken, and where."""
    report = json.loads((folder / "validation-report.json").read_text())
    return {
        (violation["ruleName"], construct["constructPath"])
        for plugin in report["pluginReports"]
        for violation in plugin["violations"]
        for construct in violation["violatingConstructs"]
    }
