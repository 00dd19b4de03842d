"""The form of a bundle: a client's documents with all that they name, in one file.

It is a ZIP file in which nothing is compressed (pictures are, already), so that it can be unpacked by anything
and cannot blow up; the same client gives the same bytes. Each object stands under its key below the client's
folder. The last entry, `manifest.json`, lists them all.
"""

from collections.abc import Iterable
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import IO, Annotated, Final, Self
from zipfile import ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from pydantic import Field, ValidationError
from pydantic_core import to_json

from infra.operators.contents import first_error
from scene_studio.model.base import Model
from scene_studio.model.identifiers import Id
from scene_studio.model.revision import Sha256
from scene_studio.store.studios import LIMIT_BYTES

FORMAT: Final = "scene-studio-client"
VERSION: Final = 1
MANIFEST: Final = "manifest.json"
MAX_OBJECT_BYTES: Final = 256 * 1024 * 1024
"""Of an object, or of the manifest; each is held in memory as a whole. Documents have a limit of their own."""

_NO_TIME: Final = (1980, 1, 1, 0, 0, 0)
_FILE_FOR_OWNER: Final = 0o100600 << 16
_UNIX: Final = 3
_ENCRYPTED: Final = 0x1
_CONTENT_TYPES: Final = {"json": "application/json", "jpg": "image/jpeg", "png": "image/png"}


class BundleRefused(Exception):
    """The file is no bundle, or not a sound one; the message says why."""


class Entry(Model):
    """An object in a bundle.

    Attributes:
        key: below the client's folder.
        size: in bytes.
        sha256: of its bytes.
        content_type: as it is served; it follows from the key.
    """

    key: str
    size: Annotated[int, Field(ge=0, le=MAX_OBJECT_BYTES)]
    sha256: Sha256
    content_type: str


class Manifest(Model):
    """What is in a bundle.

    The metadata of documents is not: it is a summary of them, and made anew.

    Attributes:
        format: says that it is one of ours.
        version: of the form.
        client_id: whose bundle it is.
        objects: the objects, in their order.
        missing: the keys of objects that documents name and that were not there, or not as they should be.
    """

    format: str
    version: int
    client_id: Id
    objects: tuple[Entry, ...]
    missing: tuple[str, ...] = ()


class BundleWriter:
    """Writes a bundle as its objects come; as a context, so that it lets its file go whatever happens."""

    def __init__(self, file: IO[bytes], client_id: str) -> None:
        """Begin a bundle in a file that can be written from its beginning on."""
        self._zip = ZipFile(file, "w", ZIP_STORED)
        self._client_id = client_id
        self._entries: list[Entry] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            self._zip.close()
        else:
            with suppress(OSError, ValueError):  # the file is of no use any more; what went wrong is told
                self._zip.close()

    def add(self, key: str, body: bytes) -> None:
        """Add an object under its key below the client's folder."""
        entry = Entry(
            key=key, size=len(body), sha256=sha256(body).hexdigest(), content_type=content_type_of(key)
        )
        self._entries.append(entry)
        self._write(key, body)

    def finish(self, missing: Iterable[str]) -> None:
        """Write the manifest; the bundle is whole at the end of the context."""
        manifest = Manifest(
            format=FORMAT,
            version=VERSION,
            client_id=self._client_id,
            objects=tuple(self._entries),
            missing=tuple(missing),
        )
        self._write(MANIFEST, to_json(manifest, by_alias=True, indent=1))

    def _write(self, name: str, body: bytes) -> None:
        info = ZipInfo(name, _NO_TIME)
        info.create_system = _UNIX
        info.external_attr = _FILE_FOR_OWNER
        self._zip.writestr(info, body)


class Bundle:
    """A bundle to read from; what it gives is what its manifest lists, or it refuses.

    Attributes:
        manifest: what is in it.
        entries: its objects by their keys.
    """

    def __init__(self, path: Path) -> None:
        """Open a bundle.

        Raises:
            BundleRefused: the file is none, or its manifest and its contents differ.
            OSError: it cannot be read.
        """
        try:
            self._zip = ZipFile(path)
        except (BadZipFile, NotImplementedError, ValueError) as error:
            raise BundleRefused(f"It is no ZIP file: {error}.") from error
        try:
            self._check_container(path.stat().st_size)
            self.manifest = self._read_manifest()
            self.entries = {entry.key: entry for entry in self.manifest.objects}
            self._check_entries()
        except BaseException:
            self._zip.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._zip.close()

    def body(self, key: str) -> bytes | None:
        """The object under this key below the client's folder; None if it is not in the bundle.

        Raises:
            BundleRefused: its bytes are not those that the manifest speaks of.
        """
        entry = self.entries.get(key)
        if entry is None:
            return None
        body = self._read(key)
        if sha256(body).hexdigest() != entry.sha256:
            raise BundleRefused(f"{key} is damaged: its SHA-256 is another than the manifest says.")
        return body

    def _check_container(self, size: int) -> None:
        """Refuse what could take more memory or space than the file itself, or means two things at once."""
        infos = self._zip.infolist()
        if len({info.filename for info in infos}) != len(infos):
            raise BundleRefused("Two of its entries have the same name.")
        for info in infos:
            if info.compress_type != ZIP_STORED or info.flag_bits & _ENCRYPTED:
                raise BundleRefused(f"{info.filename!r} is compressed or encrypted; nothing in a bundle is.")
            if info.file_size != info.compress_size or info.file_size > MAX_OBJECT_BYTES:
                raise BundleRefused(f"{info.filename!r} has a size that cannot be.")
        if sum(info.file_size for info in infos) > size:
            raise BundleRefused("Its entries are larger than the file itself.")

    def _read_manifest(self) -> Manifest:
        if MANIFEST not in self._zip.namelist():
            raise BundleRefused(f"It has no {MANIFEST}: it is no bundle, or was not written to its end.")
        try:
            manifest = Manifest.model_validate_json(self._read(MANIFEST))
        except ValidationError as error:
            raise BundleRefused(f"{MANIFEST} is not valid: {first_error(error)}") from error
        if manifest.format != FORMAT:
            raise BundleRefused(f"It is a bundle of another kind: {manifest.format!r}.")
        if manifest.version != VERSION:
            raise BundleRefused(f"It is of version {manifest.version}, and this program reads {VERSION}.")
        return manifest

    def _check_entries(self) -> None:
        if len(self.entries) != len(self.manifest.objects):
            raise BundleRefused("The manifest lists an object twice.")
        there = {info.filename: info.file_size for info in self._zip.infolist() if info.filename != MANIFEST}
        for name in there.keys() ^ self.entries.keys():
            where = "in the manifest alone" if name in self.entries else "not in the manifest"
            raise BundleRefused(f"{name!r} is {where}.")
        for key, entry in self.entries.items():
            if entry.size != there[key]:
                raise BundleRefused(f"{key} is damaged: it has {there[key]} bytes, not {entry.size}.")
            if key.endswith(".json") and entry.size > LIMIT_BYTES:
                raise BundleRefused(f"{key} is larger than a document can be.")
            if entry.content_type != content_type_of(key):
                raise BundleRefused(f"{key} cannot be of the type {entry.content_type!r}.")

    def _read(self, name: str) -> bytes:
        try:
            return self._zip.read(name)
        except (BadZipFile, EOFError, NotImplementedError, RuntimeError) as error:
            raise BundleRefused(f"{name} is damaged: {error}.") from error


def content_type_of(key: str) -> str:
    """The type as which the object of this key is stored and served; empty for a key that is none of ours."""
    return _CONTENT_TYPES.get(key.rpartition(".")[2], "")
