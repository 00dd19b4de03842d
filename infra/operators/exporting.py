"""Exporting a client: its documents as they stand, each read once, with all that they name.

People may work meanwhile. What a document names is there before the document names it and is never changed, so
whatever the document said when it was read can be gathered afterwards. Older versions of documents stay where
they are, and so do results, claims, reminders and files under way: the documents say what is awaited.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TypeVar

from infra.operators.bundle import BundleWriter
from infra.operators.contents import Contents, Fault, Item, Problem, fetch_from
from infra.operators.documents import NoDocument, is_on_its_way_out, parse_client, parse_studio
from infra.operators.listing import folders
from scene_studio.store import keys
from scene_studio.store.object_store import ObjectStore, StoredObject

D = TypeVar("D")


class NoSuchClient(Exception):
    """There is no such client in the store."""

    def __init__(self, client_id: str) -> None:
        super().__init__(f"there is no client {client_id} in this store")


class ExportRefused(Exception):
    """The client cannot be exported as a whole.

    Attributes:
        problems: why.
    """

    def __init__(self, problems: list[Problem]) -> None:
        lines = [f"{one.key} {one.said}" for one in problems]
        advice = (
            "mend what is broken first"
            if any(one.fault is Fault.BROKEN for one in problems)
            else "bring these objects back, or leave them out with --incomplete (make export INCOMPLETE=1)"
        )
        super().__init__("\n".join([*lines, f"nothing was exported: {advice}"]))
        self.problems = problems


def export_client(
    store: ObjectStore,
    client_id: str,
    to: Path,
    *,
    incomplete: bool = False,
    progress: Callable[[int], object] = lambda _: None,
) -> tuple[str, ...]:
    """Write a bundle of a client; the file is there as a whole or, if this fails, as it was before.

    Args:
        store: where the client is.
        client_id: which.
        to: the file to make or to replace.
        incomplete: whether to leave out, and note, what is missing or damaged, instead of refusing.
        progress: told of each object, with its size.

    Returns:
        The keys below the client's folder of what is missing in it.

    Raises:
        NoSuchClient: there is none.
        ExportRefused: something that the documents name is not there, or not as it should be.
        Unavailable: the store could not be read.
        OSError: the file cannot be written.
    """
    with NamedTemporaryFile(dir=to.parent, prefix=f".{to.name}.", suffix=".part", delete=False) as file:
        part = Path(file.name)
        try:
            contents = Contents(fetch_from(store))
            with BundleWriter(file, client_id) as bundle:
                for item in _items(store, client_id, contents):
                    bundle.add(item.key.removeprefix(keys.client_folder(client_id)), item.body)
                    progress(len(item.body))
                missing = _missing(contents.problems, client_id, incomplete=incomplete)
                bundle.finish(missing)
            file.flush()
            os.fsync(file.fileno())
            part.replace(to)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
    return missing


def _items(store: ObjectStore, client_id: str, contents: Contents) -> Iterator[Item]:
    """The documents, each followed by what it names."""
    key = keys.client(client_id)
    body = _body(store, key)
    if body is None:
        raise NoSuchClient(client_id)
    yield Item(key, body)
    yield from contents.of(_parsed(key, lambda: parse_client(body, client_id)))
    for studio_id in folders(store, keys.studios(client_id)):
        yield from _studio(store, client_id, studio_id, contents)


def _studio(store: ObjectStore, client_id: str, studio_id: str, contents: Contents) -> Iterator[Item]:
    key = keys.studio(client_id, studio_id)
    body = _body(store, key)
    if body is None:  # the beginning of a copy, or the end of a studio
        return
    studio = _parsed(key, lambda: parse_studio(body, client_id, studio_id))
    if not is_on_its_way_out(studio):
        yield Item(key, body)
        yield from contents.of(studio)


def _parsed(key: str, parse: Callable[[], D]) -> D:
    try:
        return parse()
    except NoDocument as error:
        raise ExportRefused([Problem(key, Fault.BROKEN, str(error))]) from error


def _missing(problems: Sequence[Problem], client_id: str, *, incomplete: bool) -> tuple[str, ...]:
    """The keys below the client's folder of what could not be taken along.

    Raises:
        ExportRefused: all was to be, or a history does not fit together.
    """
    refused = [one for one in problems if not incomplete or one.fault is Fault.BROKEN]
    if refused:
        raise ExportRefused(refused)
    return tuple(one.key.removeprefix(keys.client_folder(client_id)) for one in problems)


def _body(store: ObjectStore, key: str) -> bytes | None:
    found = store.get(key)
    return found.body if isinstance(found, StoredObject) else None
