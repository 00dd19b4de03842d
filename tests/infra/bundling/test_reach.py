"""What a function can reach, read from its code."""

from pathlib import Path

import pytest

from infra.bundling.reach import NoSuchModule, Reach, reach


def reached(folder: Path, files: dict[str, str], *, without: tuple[str, ...] = ()) -> Reach:
    """What `app.handler.lambda_handler` reaches in a tree of these modules; every folder is a package."""
    for name, text in files.items():
        path = folder.joinpath(*name.split(".")).with_suffix(".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        for parent in path.parents:
            if parent == folder:
                break
            (parent / "__init__.py").touch()
    return reach(folder, "app.handler.lambda_handler", without=without)


def test_what_a_module_imports_is_reached_with_the_packages_it_is_in(tmp_path: Path):
    found = reached(
        tmp_path,
        {
            "app.handler": "from shared.inner.deep import work\ndef lambda_handler(event, context): ...",
            "shared.inner.deep": "import shared.other\ndef work(): ...",
            "shared.other": "",
            "shared.unused": "",
        },
    )
    assert found.modules == {
        "app", "app.handler", "shared", "shared.inner", "shared.inner.deep", "shared.other",
    }  # fmt: skip


def test_packages_of_others_are_reached_and_the_standard_library_is_not(tmp_path: Path):
    found = reached(
        tmp_path,
        {
            "app.handler": "import json, botocore.config\nfrom PIL import Image, ImageFont\n"
            "try:\n    import orjson\nexcept ImportError:\n    orjson = None\n"
            "def lambda_handler(event, context): ..."
        },
    )
    assert found.packages == {"botocore.config", "PIL.Image", "PIL.ImageFont", "orjson"}


ADAPTERS = {
    "shared.runtime": """
from functools import cache
from shared.settings import Settings

class Environment:
    model: str = "x"

def environment():
    return Environment()

@cache
def store():
    from shared.s3 import connect
    return connect(environment())

@cache
def model():
    from shared.pictures import Model
    return Model()
""",
    "shared.settings": "class Settings: ...",
    "shared.s3": "def connect(environment):\n    from botocore.session import get_session\n"
    "    return get_session().create_client('s3', verify=True)\n"
    "def other():\n    import requests\n    return requests.create_client('sqs')",
    "shared.pictures": "import PIL.Image\nclass Model:\n    def make(self): ...",
    "shared.depends": "import shared.runtime as runtime\n"
    "Store = Annotated[object, Depends(runtime.store)]\nModel = Annotated[object, Depends(runtime.model)]",
}


def test_what_a_definition_imports_is_reached_only_where_the_definition_is_used(tmp_path: Path):
    handler = "from shared import runtime\ndef lambda_handler(event, context):\n    runtime.store().get()"
    found = reached(tmp_path, {**ADAPTERS, "app.handler": handler})
    assert {"shared.s3", "shared.settings"} <= found.modules
    assert "shared.pictures" not in found.modules
    assert found.packages == {"botocore.session.get_session"}
    assert found.services == {"s3"}
    assert "shared.runtime.environment" in found.definitions
    assert "shared.runtime.model" not in found.definitions


def test_a_dependency_is_used_where_a_decorated_handler_asks_for_it(tmp_path: Path):
    handler = """
from shared.depends import Model, Store
from web import Api

app = Api()
lambda_handler = app

@app.get("/")
def read(model: Model): ...
"""
    found = reached(tmp_path, {**ADAPTERS, "app.handler": handler})
    assert "shared.pictures" in found.modules
    assert "shared.s3" not in found.modules
    assert found.packages == {"PIL.Image", "web.Api"}


def test_only_names_that_are_read_count_as_use(tmp_path: Path):
    handler = (
        "from shared.runtime import environment\n"
        "def lambda_handler(event, context):\n    environment().model = 1"
    )
    found = reached(tmp_path, {**ADAPTERS, "app.handler": handler})
    assert found.packages == set()


def test_a_definition_that_another_module_only_passes_on_is_found(tmp_path: Path):
    found = reached(
        tmp_path,
        {
            "app.handler": "from shared.door import make\ndef lambda_handler(event, context):\n    make()",
            "shared.door": "from shared.maker import make",
            "shared.maker": "def make():\n    import botocore",
        },
    )
    assert found.packages == {"botocore"}


def test_a_call_at_the_top_of_a_module_uses_what_it_calls(tmp_path: Path):
    found = reached(
        tmp_path,
        {
            "app.handler": "from shared.made import MADE\ndef lambda_handler(event, context): ...",
            "shared.made": "def make():\n    import botocore\ndef other():\n    import requests\nMADE = make()",
        },
    )
    assert found.packages == {"botocore"}


def test_what_is_there_for_type_checkers_alone_is_not_reached(tmp_path: Path):
    handler = """
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import mypy_boto3_s3
    from shared.heavy import Heavy
else:
    import orjson

def lambda_handler(event, context): ...
"""
    found = reached(tmp_path, {"app.handler": handler, "shared.heavy": ""})
    assert found.packages == {"orjson"}
    assert "shared.heavy" not in found.modules


def test_a_program_that_is_started_by_its_dotted_name_is_reached(tmp_path: Path):
    handler = """
import subprocess, sys

def lambda_handler(event, context):
    subprocess.run([sys.executable, "-m", "shared.child"])
"""
    child = "def main():\n    import PIL.Image\nif __name__ == '__main__':\n    main()"
    found = reached(tmp_path, {"app.handler": handler, "shared.child": child})
    assert "shared.child" in found.modules
    assert found.packages == {"PIL.Image"}


def test_modules_that_are_left_out_are_not_followed(tmp_path: Path):
    handler = "import shared.heavy\nfrom shared.heavy import x\ndef lambda_handler(event, context):\n    x()"
    files = {"app.handler": handler, "shared.heavy": "import PIL\ndef x(): ..."}
    assert reached(tmp_path, files).packages == {"PIL"}
    found = reached(tmp_path, files, without=("shared.heavy",))
    assert found.packages == set()
    assert "shared.heavy" not in found.modules


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"other.handler": ""}, "there is no module for app.handler.lambda_handler in"),
        ({"app.handler": "def handler(): ..."}, "app.handler.lambda_handler is not defined there"),
        (
            {
                "app.handler": "from shared.gone import x\ndef lambda_handler(event, context): ...",
                "shared.x": "",
            },
            "there is no module for shared.gone.x",
        ),
    ],
)
def test_what_is_not_there_is_named(tmp_path: Path, files: dict[str, str], said: str):
    with pytest.raises(NoSuchModule, match=r".") as raised:
        reached(tmp_path, files)
    assert said in str(raised.value)
