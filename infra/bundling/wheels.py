"""The wheels that the lock of the functions names, for the machine that a bundle runs on."""

import hashlib
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

_REQUIRES: Final = re.compile(r"^Requires-Dist: ([A-Za-z0-9._-]+)(.*)$", re.MULTILINE)


class BundlingError(Exception):
    """A bundle cannot be made; the message says what is missing."""


@dataclass(frozen=True, slots=True)
class Target:
    """What a bundle runs on.

    Attributes:
        name: what folders are called after it.
        python: its Python, such as `3.13`.
        platforms: the platform tags of wheels that it takes; without any, it is this machine.
    """

    name: str
    python: str
    platforms: Sequence[str] = ()


LAMBDA: Final = Target(
    "lambda-arm64-python3.13",
    "3.13",
    ("manylinux_2_28_aarch64", "manylinux_2_17_aarch64", "manylinux2014_aarch64"),
)
"""Lambda's Python 3.13 on Graviton: Amazon Linux 2023, whose glibc is 2.34."""

HERE: Final = Target("here-python{}.{}".format(*sys.version_info[:2]), "{}.{}".format(*sys.version_info[:2]))
"""The machine at hand, so that tests can run bundles."""


@dataclass(frozen=True, slots=True)
class Wheel:
    """A wheel on this machine; it never changes, so what was read of it is kept for the next bundle.

    Attributes:
        path: where it is.
        name: the name of its distribution, normalised.
        version: its version.
    """

    path: Path
    name: str
    version: str

    @classmethod
    def at(cls, path: Path) -> "Wheel":
        """The wheel in this file."""
        name, version = path.name.split("-")[:2]
        return cls(path, _normalised(name), version)

    def files(self) -> Mapping[str, str]:
        """What it installs into site-packages: the path there, and the name in the archive."""
        return _files(self)

    def content(self, name: str) -> bytes:
        """A file of the archive."""
        return _content(self, name)

    def packages(self) -> frozenset[str]:
        """The names at the top that it is imported by."""
        tops = {path.partition("/")[0].partition(".")[0] for path in self.files()}
        return frozenset(top for top in tops if top.isidentifier())

    def requires(self) -> frozenset[str]:
        """The distributions that it always needs, or needs under some condition that is no extra."""
        entry = next(name for name in self.files().values() if name.endswith(".dist-info/METADATA"))
        metadata = _content(self, entry).decode()
        return frozenset(_normalised(name) for name, rest in _REQUIRES.findall(metadata) if "extra" not in rest)


@cache
def _files(wheel: Wheel) -> Mapping[str, str]:
    data = f"{wheel.path.name.split('-')[0]}-{wheel.version}.data/"
    files = {}
    for entry in _opened(wheel).infolist():
        part = entry.filename.removeprefix(data)
        if entry.is_dir():
            continue
        if part == entry.filename:
            files[part] = entry.filename
        elif part.startswith(("purelib/", "platlib/")):
            files[part.partition("/")[2]] = entry.filename
    return files


@cache
def _content(wheel: Wheel, name: str) -> bytes:
    return _opened(wheel).read(name)


@cache
def _opened(wheel: Wheel) -> zipfile.ZipFile:
    return zipfile.ZipFile(wheel.path)


def download(lock: Path, target: Target, cache: Path) -> list[Wheel]:
    """Get every wheel of a lock, by its hash, unless they are here already.

    Args:
        lock: a requirements file with hashes.
        target: what they have to run on.
        cache: the folder that keeps them.

    Raises:
        BundlingError: one cannot be had.
    """
    key = hashlib.sha256(repr(target).encode() + lock.read_bytes()).hexdigest()[:16]
    folder = cache / f"{target.name}-{key}"
    if not folder.is_dir():
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cache) as temporary:
            made = Path(temporary) / "wheels"
            _run_pip(lock, target, made)
            try:
                made.rename(folder)
            except OSError:
                if not folder.is_dir():  # otherwise another process was first
                    raise
    return [Wheel.at(path) for path in sorted(folder.glob("*.whl"))]


def needed(wheels: Sequence[Wheel], packages: Iterable[str]) -> list[Wheel]:
    """The wheels that are imported, and all that those need.

    Args:
        wheels: those of the lock.
        packages: what is imported, by dotted name.

    Raises:
        BundlingError: none of the wheels has a package.
    """
    by_package = {package: wheel for wheel in wheels for package in wheel.packages()}
    by_name = {wheel.name: wheel for wheel in wheels}
    tops = {package.partition(".")[0] for package in packages}
    if missing := tops - by_package.keys():
        raise BundlingError(f"no wheel of the lock has {', '.join(sorted(missing))}; add what has to functions")
    waiting = [by_package[top] for top in sorted(tops)]
    found: dict[str, Wheel] = {}
    while waiting:
        wheel = waiting.pop()
        if wheel.name not in found:
            found[wheel.name] = wheel
            waiting += [by_name[name] for name in wheel.requires() if name in by_name]
    return [found[name] for name in sorted(found)]


def _run_pip(lock: Path, target: Target, folder: Path) -> None:
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
    command += ["--require-hashes", "--no-deps", "--only-binary=:all:", "-r", str(lock), "-d", str(folder)]
    if target.platforms:
        command += [part for platform in target.platforms for part in ("--platform", platform)]
        command += ["--python-version", target.python, "--implementation", "cp"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own arguments
    if done.returncode:
        shutil.rmtree(folder, ignore_errors=True)
        raise BundlingError(f"the wheels for {target.name} cannot be had:\n{done.stderr}")


def _normalised(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
