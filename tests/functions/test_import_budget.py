"""What importing a function costs: no environment, no network, and nothing that only some requests need."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from infra.routes import ROUTES

FUNCTIONS = sorted({route.function for route in ROUTES} | {"janitor", "upload_ingestion"})
"""All but those that always open pictures."""
FOLDER = Path(__file__).parents[2] / "functions"
HEAVY = ("PIL", "boto3", "botocore.session", "sqlite3", "aws_xray_sdk", "moto", "numpy", "http.client")

PROBE = """
import json, os, sys
touched = []
def watch(event, arguments):
    if event.startswith(("socket.", "subprocess.", "os.system", "urllib.", "http.client")):
        touched.append(event)
    if event == "open" and isinstance(arguments[0], str) and arguments[1] and set(arguments[1]) & set("wax+"):
        touched.append(f"open {arguments[0]} to write")
sys.dont_write_bytecode = True
before = dict(os.environ)
sys.addaudithook(watch)
sys.path.insert(0, sys.argv[1])
__import__(sys.argv[2] + ".handler")
changed = {name for name in os.environ.keys() | before.keys() if os.environ.get(name) != before.get(name)}
print(json.dumps({"modules": sorted(sys.modules), "touched": touched, "changed": sorted(changed)}))
"""


@pytest.fixture(scope="module", params=FUNCTIONS)
def imported(request: pytest.FixtureRequest) -> dict[str, list[str]]:
    """What importing a handler did in a process of its own that has an empty environment."""
    ran = subprocess.run(
        [sys.executable, "-c", PROBE, str(FOLDER), request.param],
        env={},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert ran.returncode == 0, ran.stderr
    seen = json.loads(ran.stdout)
    assert isinstance(seen, dict)
    return seen


@pytest.mark.parametrize("module", HEAVY)
def test_importing_a_handler_does_not_import(imported: dict[str, list[str]], module: str) -> None:
    assert [name for name in imported["modules"] if name == module or name.startswith(f"{module}.")] == []


def test_importing_a_handler_touches_nothing_outside_the_process(imported: dict[str, list[str]]) -> None:
    assert (imported["touched"], imported["changed"]) == ([], [])


def test_importing_a_handler_imports_no_other_function(imported: dict[str, list[str]]) -> None:
    packages = {name.partition(".")[0] for name in imported["modules"]}
    assert len(packages & set(FUNCTIONS)) == 1
