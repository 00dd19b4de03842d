"""Bundles: what each function is deployed with, and that it runs from that alone."""

import hashlib
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from infra.bundling import bundle as making
from infra.bundling.bundle import BUILD, Bundle, Bundler
from infra.bundling.bytecode import interpreter
from infra.bundling.wheels import HERE, LAMBDA, BundlingError
from infra.functions import API_SECONDS, FUNCTIONS, OPEN_PICTURES

pytestmark = pytest.mark.xdist_group("stack")

ASKED = [name for name, spec in FUNCTIONS.items() if spec.seconds == API_SECONDS]
PLAIN_MEGABYTES = 6.0
MEGABYTES = 9.0
"""What a function of the API may weigh, with the bytecode of its modules."""


@pytest.fixture(scope="session")
def bundles() -> dict[str, Bundle]:
    bundler = Bundler(LAMBDA)
    return {name: bundler.bundle(name) for name in FUNCTIONS}


def names_in(bundle: Bundle) -> list[str]:
    with zipfile.ZipFile(bundle.path) as archive:
        return archive.namelist()


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_bundle_has_the_handler_and_nothing_of_other_functions(bundles: dict[str, Bundle], name: str):
    names = names_in(bundles[name])
    assert f"{name}/handler.py" in names
    assert {folder for folder in FUNCTIONS if any(one.startswith(f"{folder}/") for one in names)} == {name}
    assert not [one for one in names if "sqlite" in one]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_what_is_compiled_is_for_lambda(bundles: dict[str, Bundle], name: str):
    with zipfile.ZipFile(bundles[name].path) as archive:
        compiled = [one for one in archive.namelist() if ".so" in one]
        machines = {archive.read(one)[18:20] for one in compiled}
    assert machines == {b"\xb7\x00"}  # EM_AARCH64
    assert [one for one in compiled if "cpython-" in one] != []
    assert [one for one in compiled if "cpython-" in one and "cpython-313-" not in one] == []


def test_pillow_comes_only_where_pictures_are_opened(bundles: dict[str, Bundle]):
    with_pillow = {
        name for name, bundle in bundles.items() if any(one.startswith("PIL/") for one in names_in(bundle))
    }
    assert with_pillow == set(OPEN_PICTURES)


def test_the_client_of_aws_comes_only_where_it_is_used_with_the_services_that_are(bundles: dict[str, Bundle]):
    services = {
        name: {
            one.split("/")[2]
            for one in names_in(bundle)
            if one.startswith("botocore/data/") and one.count("/") > 2
        }
        for name, bundle in bundles.items()
    }
    assert services["web"] == set()
    assert not [one for one in names_in(bundles["web"]) if one.startswith("boto")]
    assert {name for name, found in services.items() if "bedrock-runtime" in found} == {"generation_worker"}
    assert {name for name, found in services.items() if "s3" in found} == services.keys() - {"web"}
    assert {name for name, found in services.items() if "lambda" in found} == {"intake_api"}
    assert set.union(*services.values()) == {"s3", "sqs", "lambda", "bedrock-runtime"}


def test_stock_scenes_come_only_where_their_pictures_are_read(bundles: dict[str, Bundle]):
    having = {name for name, bundle in bundles.items() if any(one.endswith(".jpg") for one in names_in(bundle))}
    assert {"web", "generation_worker"} <= having
    assert not having & {"clients_api", "intake_api", "studios_api", "generation_api", "janitor"}


def test_the_files_of_the_page_come_with_the_page_alone_and_nothing_that_only_makes_them(
    bundles: dict[str, Bundle],
):
    static = {name for name, bundle in bundles.items() if any("/static/" in one for one in names_in(bundle))}
    assert static == {"web"}
    names = names_in(bundles["web"])
    assert {"web/static/index.html", "web/static/style.css", "web/static/vendor/preact.mjs"} <= set(names)
    assert [
        one for one in names if one.startswith("web/") and not one.endswith(".py") and "/static/" not in one
    ] == []


def test_the_contract_comes_with_the_function_that_gives_it_alone(bundles: dict[str, Bundle]):
    assert {name for name, bundle in bundles.items() if "openapi.json" in names_in(bundle)} == {"web"}


def test_a_page_whose_libraries_were_not_brought_is_refused(tmp_path: Path):
    (tmp_path / "web" / "static").mkdir(parents=True)
    (tmp_path / "requirements.txt").touch()
    (tmp_path / "web" / "__init__.py").touch()
    (tmp_path / "web" / "static_files.py").write_text("def static_files(): ...")
    (tmp_path / "web" / "handler.py").write_text(
        "from web.static_files import static_files\ndef lambda_handler(event, context):\n    static_files()"
    )
    with pytest.raises(BundlingError, match="web/static/vendor is not there; `make web` makes"):
        Bundler(HERE, functions=tmp_path, build=tmp_path / "build").bundle("web")


@pytest.mark.parametrize("name", ASKED)
def test_a_function_that_people_wait_for_is_small(bundles: dict[str, Bundle], name: str):
    bundle = bundles[name]
    with zipfile.ZipFile(bundle.path) as archive:
        plain = sum(entry.compress_size for entry in archive.infolist() if not entry.filename.endswith(".pyc"))
    assert plain < PLAIN_MEGABYTES * 1e6
    assert bundle.path.stat().st_size < MEGABYTES * 1e6


def test_the_same_sources_make_the_same_bytes(tmp_path: Path):
    (tmp_path / "wheels").symlink_to(BUILD / "wheels")
    again = Bundler(HERE, build=tmp_path).bundle("web")
    first = Bundler(HERE).bundle("web")
    assert again.path != first.path
    assert again.path.name == first.path.name
    assert digest(again.path) == digest(first.path)
    with zipfile.ZipFile(again.path) as archive:
        entries = archive.infolist()
    assert [entry.filename for entry in entries] == sorted(entry.filename for entry in entries)
    assert {entry.date_time for entry in entries} == {(1980, 1, 1, 0, 0, 0)}
    assert {entry.external_attr >> 16 for entry in entries} == {0o100644}


def functions_in(folder: Path, *names: str) -> Path:
    """A folder with functions that do nothing."""
    functions = folder / "functions"
    for name in names:
        (functions / name).mkdir(parents=True)
        (functions / name / "__init__.py").touch()
        (functions / name / "handler.py").write_text("def lambda_handler(event, context): ...\n")
    (functions / "requirements.txt").touch()
    return functions


def test_a_change_of_a_module_makes_another_bundle_of_the_functions_that_reach_it(tmp_path: Path):
    functions = functions_in(tmp_path, "one", "two")
    bundler = Bundler(HERE, functions=functions, build=tmp_path / "build")
    before = {name: bundler.bundle(name) for name in ("one", "two")}
    (functions / "one" / "handler.py").write_text("def lambda_handler(event, context): return 1\n")
    after = {name: bundler.bundle(name) for name in ("one", "two")}
    assert after["one"].digest != before["one"].digest
    assert after["two"] == before["two"]


def test_a_change_of_what_makes_bundles_makes_other_bundles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    bundler = Bundler(HERE, functions=functions_in(tmp_path, "one"), build=tmp_path / "build")
    before = bundler.bundle("one")
    (tmp_path / "bundle.py").write_text("another")
    monkeypatch.setattr(making, "__file__", str(tmp_path / "bundle.py"))
    assert bundler.bundle("one").digest != before.digest


def test_the_manifest_says_what_a_bundle_was_made_of(bundles: dict[str, Bundle]):
    manifest = json.loads(bundles["generation_worker"].path.with_suffix(".json").read_text())
    assert manifest == bundles["generation_worker"].manifest
    assert manifest["target"] == LAMBDA.name
    assert set(manifest["services"]) >= {"bedrock-runtime", "s3"}
    named = {wheel.partition("-")[0] for wheel in manifest["wheels"]}
    assert {"botocore", "pillow", "pydantic_core", "urllib3"} <= named
    assert "PIL.ImageFont" in manifest["packages"]
    compiled = any(one.endswith(".pyc") for one in names_in(bundles["generation_worker"]))
    assert manifest["bytecode"] == ("3.13" if compiled else None)


def test_a_function_that_is_not_there_cannot_be_bundled(tmp_path: Path):
    with pytest.raises(BundlingError, match="the function 'web' cannot be bundled: there is no module for web"):
        Bundler(HERE, functions=tmp_path).bundle("web")


RUN = """
import importlib, json, sys
sys.path.append(sys.argv[1])
for module in json.loads(sys.argv[2]):
    importlib.import_module(module)
print(json.dumps(sorted(name for name, module in sys.modules.items()
                        if not getattr(module, "__file__", None) or module.__file__.startswith(sys.argv[1]))))
"""


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_module_of_a_bundle_loads_from_the_bundle_alone(name: str, tmp_path: Path):
    bundle = Bundler(HERE).bundle(name)
    with zipfile.ZipFile(bundle.path) as archive:
        archive.extractall(tmp_path)
    extensions = [f"PIL.{path.name.partition('.')[0]}" for path in (tmp_path / "PIL").glob("*.so")]
    modules = [f"{name}.handler", *bundle.manifest["modules"], *extensions]
    command = [sys.executable, "-I", "-S", "-W", "error", "-c", RUN, str(tmp_path), json.dumps(modules)]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env={"PATH": os.environ["PATH"]}, cwd="/"
    )
    assert done.returncode == 0, done.stderr
    assert set(modules) <= set(json.loads(done.stdout))


def test_bytecode_is_used_without_a_look_at_its_source(tmp_path: Path):
    bundle = Bundler(HERE).bundle("web")
    with zipfile.ZipFile(bundle.path) as archive:
        archive.extractall(tmp_path)
    (compiled,) = (tmp_path / "web" / "__pycache__").glob("handler.*.pyc")
    flags = int.from_bytes(compiled.read_bytes()[4:8], "little")
    assert flags == 0b01  # by a hash, and not checked (PEP 552)
    assert b"/var/task/web/handler.py" in compiled.read_bytes()
    assert bundle.manifest["bytecode"] == HERE.python


def test_a_python_is_at_hand_only_if_it_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    for version, code in (("9.8", 0), ("9.9", 127)):
        program = tmp_path / f"python{version}"
        program.write_text(f"#!/bin/sh\nexit {code}\n")
        program.chmod(0o755)
    assert interpreter("9.8") == str(tmp_path / "python9.8")
    assert interpreter("9.9") is None
    assert interpreter("9.7") is None
    assert interpreter(HERE.python) == sys.executable


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
