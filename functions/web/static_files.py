"""The page's files: found once, told apart by one hash of them all, and compressed once."""

import gzip
import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from posixpath import dirname, join, normpath
from typing import Final

CONTENT_TYPES: Final[Mapping[str, str]] = {
    "css": "text/css; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "mjs": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
}
"""What is served; files of other kinds are not."""

_IMPORTED: Final = re.compile(r"""^(?:import|export)\s(?:[^;'"]*?\sfrom\s*)?["']([^"']+)["']""", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class StaticFile:
    """A file of the page.

    Attributes:
        content_type: its media type.
        body: its bytes.
        gzipped: the same, compressed.
    """

    content_type: str
    body: bytes
    gzipped: bytes


@cache
def static_files() -> Mapping[str, StaticFile]:
    """The files under `static/`, by their paths from there."""
    return dict(_files_under(files("web") / "static"))


@cache
def release() -> str:
    """A name for these very files, which stands in their addresses: what is cached under it never changes."""
    digest = hashlib.sha256()
    for path, file in sorted(static_files().items()):
        digest.update(f"{path}\0{len(file.body)}\0".encode())
        digest.update(file.body)
    return digest.hexdigest()[:16]


def modules_of(entry: str, imports: Mapping[str, str], modules: Mapping[str, StaticFile]) -> list[str]:
    """The modules that a browser loads for this one, in the order in which they are first named.

    Named in the page itself, they are asked for all at once and not import by import.

    Args:
        entry: the path of the module.
        imports: the import map: bare names, and the paths that they stand for.
        modules: the files that there are.
    """
    found = [entry]
    for path in found:
        text = modules[path].body.decode()
        for name in _IMPORTED.findall(text):
            target = imports.get(name) or normpath(join(dirname(path), name))
            if target not in found and target in modules:
                found.append(target)
    return found


def _files_under(folder: Traversable, prefix: str = "") -> Iterator[tuple[str, StaticFile]]:
    for entry in folder.iterdir():
        path = prefix + entry.name
        if entry.is_dir():
            yield from _files_under(entry, f"{path}/")
            continue
        content_type = CONTENT_TYPES.get(path.rpartition(".")[2])
        if content_type is not None:
            body = entry.read_bytes()
            yield path, StaticFile(content_type, body, gzip.compress(body, mtime=0))
