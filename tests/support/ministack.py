"""MiniStack: an emulator of AWS that compares and swaps as S3 does, in an environment of its own."""

import os
import signal
import socket
import subprocess
import time
import uuid
from pathlib import Path
from typing import Final

import httpx

from scene_studio.store.s3 import S3ObjectStore

ROOT: Final = Path(__file__).resolve().parents[2]
_PROGRAM: Final = ROOT / ".venv-emulator" / "bin" / "ministack"
_START_SECONDS: Final = 30


class MiniStack:
    """A running emulator, on loopback only."""

    def __init__(self, folder: Path) -> None:
        """Start it with `folder` as its working folder, and wait until it answers.

        Raises:
            RuntimeError: it is not installed (`make test` installs it) or does not start.
        """
        if not _PROGRAM.exists():
            raise RuntimeError("the emulator is not installed; `make test` installs it")
        port = _free_port()
        self.address = f"http://127.0.0.1:{port}"
        with (folder / "ministack.log").open("w") as log:
            self._process = subprocess.Popen(
                [str(_PROGRAM)],
                cwd=folder,
                env={
                    "PATH": os.environ["PATH"],
                    "HOME": str(folder),
                    "BIND_HOST": "127.0.0.1",
                    "GATEWAY_PORT": str(port),
                    "IOT_MTLS_ENABLED": "0",
                    "SFTP_ENABLED": "0",
                },
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        deadline = time.monotonic() + _START_SECONDS
        while not self._answers():
            if time.monotonic() > deadline or self._process.poll() is not None:
                self.stop()
                raise RuntimeError(f"the emulator did not start: {(folder / 'ministack.log').read_text()}")
            time.sleep(0.1)

    def store(self) -> S3ObjectStore:
        """A store in a new, versioned bucket."""
        bucket = f"scene-studio-{uuid.uuid4().hex[:12]}"
        store = S3ObjectStore.connect(bucket, endpoint_url=self.address)
        store._retrying.create_bucket(Bucket=bucket)
        store._retrying.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
        return store

    def stop(self) -> None:
        """End it and all that it started; it does not always heed SIGTERM."""
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.address}/_ministack/health", timeout=1).status_code == 200
        except httpx.TransportError:
            return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
