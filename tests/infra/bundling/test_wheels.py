"""Wheels: what is in one, which are needed, and what stays out of a bundle."""

import zipfile
from pathlib import Path

import pytest

from infra.bundling.reach import Reach
from infra.bundling.trimming import keeps
from infra.bundling.wheels import HERE, BundlingError, Wheel, download, needed


def wheel(folder: Path, name: str, version: str, files: list[str], requires: str = "") -> Wheel:
    path = folder / f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"{name}-{version}.dist-info/METADATA", f"Name: {name}\n{requires}\nA description")
        archive.writestr("somewhere/", "")
        for file in files:
            archive.writestr(file, file)
    return Wheel.at(path)


def of(*packages: str, services: tuple[str, ...] = ()) -> Reach:
    return Reach(frozenset(), frozenset(), frozenset(packages), frozenset(services))


def test_a_wheel_has_a_name_a_version_and_packages(tmp_path: Path):
    one = wheel(
        tmp_path,
        "Some_Thing",
        "1.2",
        ["thing/__init__.py", "single.py", "_ext.cpython-313-aarch64-linux-gnu.so", "thing.libs/libx.so"],
    )
    assert (one.name, one.version) == ("some-thing", "1.2")
    assert one.packages() == {"thing", "single", "_ext"}


def test_data_of_a_wheel_goes_where_an_installer_puts_it_and_scripts_nowhere(tmp_path: Path):
    one = wheel(
        tmp_path,
        "thing",
        "1",
        ["thing/__init__.py", "thing-1.data/purelib/pure.py", "thing-1.data/platlib/plat/x.so",
         "thing-1.data/scripts/run.py"],
    )  # fmt: skip
    assert {path for path in one.files() if "dist-info" not in path} == {
        "thing/__init__.py", "pure.py", "plat/x.so",
    }  # fmt: skip


def test_the_wheels_that_are_imported_bring_what_they_need_and_no_extras(tmp_path: Path):
    wheels = [
        wheel(
            tmp_path,
            "front",
            "1",
            ["front.py"],
            "Requires-Dist: Back_End>=1\n"
            "Requires-Dist: gone; python_version < '3'\n"
            "Requires-Dist: side; extra == 'side'",
        ),
        wheel(tmp_path, "back_end", "1", ["rear/__init__.py"], "Requires-Dist: front"),
        wheel(tmp_path, "side", "1", ["side.py"]),
    ]
    assert [one.name for one in needed(wheels, {"front.part.name"})] == ["back-end", "front"]
    assert [one.name for one in needed(wheels, {"side"})] == ["side"]
    assert needed(wheels, ()) == []


def test_an_import_that_no_wheel_has_is_named(tmp_path: Path):
    with pytest.raises(BundlingError, match="no wheel of the lock has orjson, requests"):
        needed([wheel(tmp_path, "front", "1", ["front.py"])], {"requests", "orjson.x", "front"})


def test_a_lock_that_cannot_be_had_says_what_pip_says_and_leaves_nothing_behind(tmp_path: Path):
    lock = tmp_path / "requirements.txt"
    lock.write_text("nonsense ===")
    cache = tmp_path / "wheels"
    with pytest.raises(BundlingError, match=r"(?s)the wheels for here-python.* cannot be had:.*nonsense"):
        download(lock, HERE, cache)
    assert list(cache.iterdir()) == []


@pytest.mark.parametrize(
    ("path", "reached"),
    [
        ("boto3-1.0.dist-info/METADATA", of("boto3")),
        ("thing/tests/test_x.py", of("thing")),
        ("thing/__pycache__/x.pyc", of("thing")),
        ("thing/x.pyi", of("thing")),
        ("thing/py.typed", of("thing")),
        ("botocore/data/ec2/2016-11-15/service-2.json.gz", of("botocore", services=("s3",))),
        ("botocore/data/s3/2006-03-01/examples-1.json", of("botocore", services=("s3",))),
        ("aws_lambda_powertools/event_handler/openapi/swagger_ui/swagger-ui-bundle.min.js", of()),
        ("aws_lambda_powertools/utilities/parser/parser.py", of("aws_lambda_powertools.utilities.parse")),
        ("pydantic/v1/main.py", of("pydantic.BaseModel")),
        ("PIL/_imagingft.cpython-313-aarch64-linux-gnu.so", of("PIL.Image")),
        ("pillow.libs/libharfbuzz-38f28207.so.0", of("PIL.Image", "PIL.ImageFontes")),
    ],
)
def test_what_nothing_runs_stays_out(path: str, reached: Reach):
    assert not keeps(path, reached)


@pytest.mark.parametrize(
    ("path", "reached"),
    [
        ("thing/testing.py", of("thing")),
        ("thing/latest/x.py", of("thing")),
        ("botocore/data/endpoints.json", of("botocore")),
        ("botocore/data/s3/2006-03-01/service-2.json.gz", of("botocore", services=("s3",))),
        ("botocore/cacert.pem", of("botocore")),
        ("aws_lambda_powertools/event_handler/openapi/swagger_ui/html.py", of()),
        ("aws_lambda_powertools/utilities/data_classes/sqs_event.py", of()),
        ("aws_lambda_powertools/utilities/batch/base.py", of("aws_lambda_powertools.utilities.batch.Batch")),
        ("PIL/_imagingft.cpython-313-aarch64-linux-gnu.so", of("PIL.ImageFont")),
        ("PIL/_imaging.cpython-313-aarch64-linux-gnu.so", of("PIL.Image")),
        ("PIL/_webp.cpython-313-aarch64-linux-gnu.so", of("PIL.Image")),
        ("pillow.libs/libavif-ba04b566.so.16.4.2", of("PIL.Image")),
    ],
)
def test_what_may_run_comes_along(path: str, reached: Reach):
    assert keeps(path, reached)
