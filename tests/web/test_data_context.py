"""The page's data context: node's own tests of it, in virtual time, and over HTTP against the service."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from scene_studio.model.studio import default_settings
from tests.support.service import ROOT, Service

HERE: Final = Path(__file__).parent
WEB: Final = ROOT / "functions" / "web"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    service = Service(tmp_path_factory.mktemp("web") / "data").start()
    yield service
    service.kill()


def run(*command: str, **environment: str) -> str:
    """What a command prints; it must end well."""
    assert (WEB / "node_modules").is_dir(), "the page's libraries are not there: run `make web`"
    ran = subprocess.run(
        command,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        cwd=ROOT,
        env={**os.environ, **environment},
    )
    assert 0 == ran.returncode, ran.stdout + ran.stderr
    return ran.stdout


@pytest.mark.parametrize("script", sorted(HERE.glob("*.test.mjs")), ids=lambda one: one.name.split(".")[0])
def test_it_does_what_the_sentences_say(script):
    assert "# fail 0" in run("node", "--test", "--test-reporter=tap", str(script))


def test_it_works_with_the_service_as_it_runs(service):
    script = str(HERE / "with_service.mjs")
    assert "# fail 0" in run(
        "node", "--test", "--test-reporter=tap", script, SCENE_STUDIO_ADDRESS=service.address
    )


def test_its_types_are_right():
    assert "" == run(str(WEB / "node_modules" / ".bin" / "tsc"), "--project", str(WEB))


def test_a_new_slot_has_the_settings_that_the_service_would_give_it():
    printed = run(
        "node",
        "--input-type=module",
        "--eval",
        "import { DEFAULT_SETTINGS } from './functions/web/static/settings.js';"
        "process.stdout.write(JSON.stringify(DEFAULT_SETTINGS));",
    )
    assert default_settings().model_dump_json(by_alias=True, exclude_none=True) == printed
