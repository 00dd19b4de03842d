"""One small bundle for each function: the modules and the parts of wheels that it uses, in a zip file.

The same sources make the same bytes: entries are sorted, and have one time and one mode. A bundle is named by
the hash of all that it is made from, so one that is here already is not made again.
"""

import hashlib
import json
import tempfile
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from infra.bundling.bytecode import bytecode, interpreter
from infra.bundling.reach import NoSuchModule, Reach, reach
from infra.bundling.trimming import keeps
from infra.bundling.wheels import BundlingError, Target, Wheel, download, needed

ROOT: Final = Path(__file__).resolve().parents[2]
BUILD: Final = ROOT / ".build"

LOCAL_ONLY: Final = frozenset(
    {
        "scene_studio.inline.here",
        "scene_studio.queues.sqlite_queue",
        "scene_studio.sqlite_file",
        "scene_studio.store.sqlite",
    }
)
"""What the environment chooses on one machine and never in Lambda."""

_DATA: Final = {
    "scene_studio.stock_scenes.stock_picture": ("scene_studio/scenes",),
    "web.contract.contract": ("openapi.json",),
    "web.static_files.static_files": ("web/static", "web/static/vendor"),
}
"""Files of data, and folders of them, by the definition that reads them."""

_TIME: Final = (1980, 1, 1, 0, 0, 0)
_FILE_MODE: Final = 0o100644 << 16
_UNIX: Final = 3


@dataclass(frozen=True, slots=True)
class Bundle:
    """What one function runs from.

    Attributes:
        function: the name of its folder.
        path: the zip file.
        digest: the hash of all that it is made from.
        manifest: what it was made of.
    """

    function: str
    path: Path
    digest: str
    manifest: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Bundler:
    """Makes bundles.

    Attributes:
        target: what they run on.
        functions: the folder that holds one folder for each function, the shared package, and the lock.
        build: where wheels and bundles are kept.
    """

    target: Target
    functions: Path = ROOT / "functions"
    build: Path = BUILD

    def bundle(self, function: str) -> Bundle:
        """Make the bundle of a function, unless it is here already.

        Raises:
            BundlingError: the function is not there, or a wheel cannot be had.
        """
        try:
            reached = reach(self.functions, f"{function}.handler.lambda_handler", without=LOCAL_ONLY)
        except NoSuchModule as error:
            raise BundlingError(f"the function {function!r} cannot be bundled: {error}") from None
        wheels = needed(download(self._lock, self.target, self.build / "wheels"), reached.packages)
        ours = _ours(self.functions, reached)
        python = interpreter(self.target.python)
        manifest = {
            "function": function,
            "target": self.target.name,
            "bytecode": self.target.python if python else None,
            "modules": sorted(reached.modules),
            "packages": sorted(reached.packages),
            "services": sorted(reached.services),
            "wheels": [wheel.path.name for wheel in wheels],
        }
        digest = _digest(manifest, ours)
        path = self.build / "bundles" / self.target.name / f"{function}-{digest[:16]}.zip"
        if not path.is_file():
            contents = ours | _theirs(wheels, reached)
            if python:
                cached = self.build / "bytecode" / self.target.name
                contents |= bytecode(python, self.target.python, contents, cached)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.with_suffix(".json").write_text(json.dumps(manifest, indent=2) + "\n")
            # What is for this machine is made often and sent nowhere.
            _write(path, contents, level=6 if self.target.platforms else 1)
        return Bundle(function, path, digest, manifest)

    @property
    def _lock(self) -> Path:
        return self.functions / "requirements.txt"


def _ours(root: Path, reached: Reach) -> dict[str, bytes]:
    paths = [_file(root, module) for module in reached.modules]
    for data in (root / name for read in _DATA.keys() & reached.definitions for name in _DATA[read]):
        if not data.exists():
            raise BundlingError(f"{data} is not there; `make web` makes what is the page's")
        files = data.rglob("*") if data.is_dir() else (data,)
        paths += [path for path in files if path.is_file() and path.name[0] != "."]
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in paths}


def _file(root: Path, module: str) -> Path:
    path = root.joinpath(*module.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


def _theirs(wheels: list[Wheel], reached: Reach) -> dict[str, bytes]:
    return {
        path: wheel.content(name)
        for wheel in wheels
        for path, name in wheel.files().items()
        if keeps(path, reached)
    }


def _digest(manifest: Mapping[str, Any], ours: Mapping[str, bytes]) -> str:
    """The hash of all that a bundle is made from, the code that makes bundles included.

    Wheels go by their names: a name stands for one version for one platform, and the lock has its hash.
    """
    digest = hashlib.sha256(json.dumps(manifest).encode())
    makers = {path.name: path.read_bytes() for path in Path(__file__).parent.glob("*.py")}
    for name, content in sorted({**makers, **ours}.items()):
        digest.update(f"\0{name}\0{hashlib.sha256(content).hexdigest()}".encode())
    return digest.hexdigest()


def _write(path: Path, contents: Mapping[str, bytes], level: int) -> None:
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
        with zipfile.ZipFile(file, "w") as archive:
            for name, content in sorted(contents.items()):
                entry = zipfile.ZipInfo(name, _TIME)
                entry.create_system, entry.external_attr = _UNIX, _FILE_MODE
                archive.writestr(entry, content, zipfile.ZIP_DEFLATED, compresslevel=level)
        made = Path(file.name)
    made.chmod(0o644)
    made.rename(path)
