"""The bytecode of a bundle's modules, where the Python that will run it is at hand.

It is used without a look at its source (`unchecked-hash`): the time of a file in Lambda says nothing of what
the file was compiled from, and bundles do not change.
"""

import hashlib
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from infra.bundling.wheels import BundlingError


@cache
def interpreter(version: str) -> str | None:
    """A Python of this version that is at hand and runs, or None."""
    if version == "{}.{}".format(*sys.version_info[:2]):
        return sys.executable
    found = shutil.which(f"python{version}")
    if found is None:
        return None
    runs = subprocess.run([found, "-c", ""], capture_output=True, check=False)  # noqa: S603 - no shell
    return found if runs.returncode == 0 else None


def bytecode(python: str, version: str, contents: Mapping[str, bytes], cached: Path) -> dict[str, bytes]:
    """The bytecode of every module, by the path where Python looks for it.

    Most modules are in many bundles, and are compiled once.

    Args:
        python: the interpreter that compiles.
        version: its version, such as `3.13`.
        contents: the files of the bundle, by path.
        cached: the folder that keeps what was compiled.

    Raises:
        BundlingError: a module cannot be compiled.
    """
    names = {
        path: cached / hashlib.sha256(f"{path}\0".encode() + content).hexdigest()
        for path, content in contents.items()
        if path.endswith(".py")
    }
    missing = {path: contents[path] for path, name in names.items() if not name.is_file()}
    if missing:
        cached.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cached) as temporary:
            for path, compiled in _compile(python, version, missing, Path(temporary)).items():
                compiled.rename(names[path])
    return {_cache_path(path, version): name.read_bytes() for path, name in names.items()}


def _compile(python: str, version: str, sources: Mapping[str, bytes], folder: Path) -> dict[str, Path]:
    """Compile modules in an empty folder; gives the file of each one's bytecode."""
    for path, source in sources.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(source)
    command = [python, "-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash"]
    command += ["-s", str(folder), "-p", "/var/task", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - no shell
    if done.returncode:
        raise BundlingError(f"modules cannot be compiled:\n{done.stdout}{done.stderr}")
    return {path: folder / _cache_path(path, version) for path in sources}


def _cache_path(path: str, version: str) -> str:
    """Where Python looks for the bytecode of a module."""
    folder, _, name = path.rpartition("/")
    tag = f"cpython-{version.replace('.', '')}"
    return f"{folder}/__pycache__/{name.removesuffix('.py')}.{tag}.pyc".lstrip("/")
