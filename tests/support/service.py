"""The whole service as `make run` starts it, in processes of its own that a test may kill."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
_ADDRESS: Final = re.compile(r"http://127\.0\.0\.1:\d+")
_ANSWERS_200: Final = """
def lambda_handler(event, context):
    return {"statusCode": 200}
"""


def bare_functions(folder: Path, **handlers: str) -> Path:
    """A folder of functions that starts fast: the real shared package, and handlers that do nothing.

    Args:
        folder: where to make it.
        handlers: the source of further handlers, by their functions' names.
    """
    for name, source in {"clients_api": _ANSWERS_200, "web": _ANSWERS_200, **handlers}.items():
        (folder / name).mkdir(parents=True)
        (folder / name / "handler.py").write_text(source)
    (folder / "scene_studio").symlink_to(ROOT / "functions" / "scene_studio")
    return folder


def functions_with_worker(folder: Path, source: str) -> Path:
    """A folder of the real functions, but for the worker: its handler has this source.

    Args:
        folder: where to make it; it must be there.
        source: of the handler, which has the real one as `real_generation_worker.handler`.
    """
    real = ROOT / "functions"
    for function in real.iterdir():
        if function.is_dir() and function.name not in {"generation_worker", "__pycache__"}:
            (folder / function.name).symlink_to(function)
    (folder / "real_generation_worker").symlink_to(real / "generation_worker")
    (folder / "generation_worker").mkdir()
    (folder / "generation_worker" / "__init__.py").touch()
    (folder / "generation_worker" / "handler.py").write_text(source)
    return folder


class Service:
    """The local server on a data folder, on a port of its own."""

    def __init__(self, data: Path, *arguments: str, **environment: str) -> None:
        self._data = data
        self._arguments = arguments
        self._environment = {**os.environ, "PORT": "0", "SCENE_STUDIO_DATA": str(data), **environment}
        self._process: subprocess.Popen[str] | None = None
        self.address = ""

    def start(self) -> "Service":
        """Start it and wait until it says where it is."""
        log = (self._data.parent / "service.log").open("a")
        with log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "infra.local.server", *self._arguments],
                cwd=ROOT,
                env=self._environment,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                start_new_session=True,
            )
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        found = _ADDRESS.search(line)
        assert found, f"the server did not start: {self.log()}"
        self.address = found[0]
        return self

    @property
    def store(self) -> Path:
        """The file that holds its objects and queues."""
        return self._data / "store.sqlite"

    @property
    def pid(self) -> int:
        """The id of its process, and of the group that all its processes are in."""
        assert self._process is not None
        return self._process.pid

    def kill(self, *, workers_too: bool = True) -> None:
        """End it as `kill -9` does: the server alone, or every process of it in the same instant."""
        assert self._process is not None
        if workers_too:
            os.killpg(self._process.pid, signal.SIGKILL)
        else:
            self._process.kill()
        self._reap()

    def workers(self) -> list[int]:
        """The ids of its worker processes."""
        assert self._process is not None
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text()
        return [int(child) for child in children.split()]

    def peak_bytes(self) -> int:
        """The most memory that the server itself ever held, its workers apart."""
        assert self._process is not None
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        return int(status.partition("VmHWM:")[2].split()[0]) * 1024

    def stop(self) -> int:
        """End it as a person does, and give its exit code."""
        assert self._process is not None
        self._process.terminate()
        return self._reap()

    def log(self) -> str:
        """All that it wrote to its log."""
        return (self._data.parent / "service.log").read_text()

    def _reap(self) -> int:
        assert self._process is not None
        assert self._process.stdout is not None
        code = self._process.wait(timeout=30)
        self._process.stdout.close()
        return code
