"""What operators do to a store as a whole: `python -m infra.operators export|import|check`.

It works on the data folder of the local server (`SCENE_STUDIO_DATA`, or `.scene-studio`), while that runs or
not, or with `--store s3:BUCKET` on a bucket. It ends with 0 if all is well, with 1 if what it was given is not
(a store or a bundle that is not whole), and with 2 if it could not do its work.
"""

import argparse
import os
import sqlite3
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from botocore.exceptions import BotoCoreError, ClientError

from infra.local.server import STORE, data_folder
from infra.operators.bundle import Bundle, BundleRefused
from infra.operators.checking import Check
from infra.operators.exporting import ExportRefused, NoSuchClient, export_client
from infra.operators.importing import Import, ImportRefused
from infra.operators.progress import Progress
from scene_studio import runtime
from scene_studio.model.errors import SceneStudioError
from scene_studio.model.identifiers import is_id
from scene_studio.store.object_store import ObjectStore, StoreError

EXIT_SOUND: Final = 0
EXIT_UNSOUND: Final = 1
EXIT_FAILED: Final = 2


def main(arguments: Sequence[str]) -> int:
    """Run a command, and give the status that the process is to end with."""
    asked = _parser().parse_args(arguments)
    run: Callable[[argparse.Namespace], int] = asked.run
    try:
        return run(asked)
    except BundleRefused as refusal:
        _say(f"{refusal}\nExport the client again, or copy its file again, and import that.")
        return EXIT_UNSOUND
    except (ExportRefused, ImportRefused) as refusal:
        _say(str(refusal))
        return EXIT_UNSOUND
    except (NoSuchClient, SceneStudioError) as error:
        _say(error.detail if isinstance(error, SceneStudioError) else str(error))
    except (StoreError, OSError, sqlite3.Error, ClientError, BotoCoreError, RuntimeError) as error:
        _say(f"{type(error).__name__}: {error}")
    return EXIT_FAILED


def _export(asked: argparse.Namespace) -> int:
    progress = Progress("exported")
    with _store(asked.store, read_only=True) as store:
        missing = export_client(
            store, asked.client, asked.to, incomplete=asked.incomplete, progress=progress.add
        )
    for key in missing:
        _say(f"left out: {key}")
    _say(f"{progress}, to {asked.to}")
    return EXIT_SOUND


def _import(asked: argparse.Namespace) -> int:
    progress = Progress("wrote")
    with Bundle(asked.bundle) as bundle, _store(asked.store, read_only=False) as store:
        done = Import(
            bundle=bundle,
            store=store,
            client_id=asked.client or bundle.manifest.client_id,
            now=runtime.now_milliseconds(),
            unique=runtime.unique_name,
            progress=progress.add,
        ).run()
    for document in done:
        print(f"{document.key}: {document.effect.value}")
    _say(f"{progress} beside {len(done)} documents")
    return EXIT_SOUND


def _check(asked: argparse.Namespace) -> int:
    progress = Progress("checked")
    broken = orphans = 0
    with _store(asked.store, read_only=True) as store:
        for finding in Check(store, runtime.now_milliseconds(), progress.add).findings():
            print(finding, flush=True)
            broken += finding.said is not None
            orphans += finding.said is None
    _say(f"{progress}: {broken} broken, {orphans} orphans")
    return EXIT_UNSOUND if broken else EXIT_SOUND


@contextmanager
def _store(named: str, *, read_only: bool) -> Iterator[ObjectStore]:
    """The store of this name: `s3:` and a bucket, or `sqlite:` and a file."""
    kind, _, place = named.partition(":")
    if kind == "s3":
        from scene_studio.store.s3 import S3ObjectStore

        yield S3ObjectStore.connect(place)
        return
    from scene_studio.store.sqlite import SqliteObjectStore

    path = Path(place)
    if not read_only:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    elif not path.exists():
        raise FileNotFoundError(
            f"there is no store at {path}; name a data folder in SCENE_STUDIO_DATA, or a store with --store"
        )
    store = SqliteObjectStore(path, read_only=read_only)
    try:
        yield store
    finally:
        store.close()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m infra.operators", description="Export, import and check what a store holds."
    )
    of_all = argparse.ArgumentParser(add_help=False)
    of_all.add_argument(
        "--store",
        type=_store_name,
        default=f"sqlite:{data_folder(os.environ) / STORE}",
        help="s3:BUCKET or sqlite:FILE (%(default)s)",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    export = commands.add_parser("export", parents=[of_all], help="write a client into one file")
    export.add_argument("client", type=_client_id)
    export.add_argument("to", type=Path)
    export.add_argument("--incomplete", action="store_true", help="leave out what is missing or damaged")
    export.set_defaults(run=_export)

    importing = commands.add_parser("import", parents=[of_all], help="read a client from such a file")
    importing.add_argument("bundle", type=Path)
    importing.add_argument("--client", type=_client_id, help="under another id than it had")
    importing.set_defaults(run=_import)

    check = commands.add_parser("check", parents=[of_all], help="find what is missing or damaged")
    check.set_defaults(run=_check)
    return parser


def _store_name(value: str) -> str:
    kind, _, place = value.partition(":")
    if kind not in {"s3", "sqlite"} or not place:
        raise argparse.ArgumentTypeError("must be s3:BUCKET or sqlite:FILE")
    return value


def _client_id(value: str) -> str:
    if not is_id(value):
        raise argparse.ArgumentTypeError("must be a client's id: letters, digits, _ and -")
    return value


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
