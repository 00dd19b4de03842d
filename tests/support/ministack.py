"""MiniStack: an emulator of AWS that compares and swaps as S3 does, in an environment of its own."""

import os
import re
import signal
import socket
import subprocess
import time
import uuid
from pathlib import Path
from typing import Any, Final

import boto3
import httpx
from botocore.config import Config

from scene_studio.store.s3 import S3ObjectStore

ROOT: Final = Path(__file__).resolve().parents[2]
ACCOUNT: Final = "000000000000"
REGION: Final = "us-east-1"
_PROGRAM: Final = ROOT / ".venv-emulator" / "bin" / "ministack"
_START_SECONDS: Final = 30
_ANSWER_SECONDS: Final = 40
_CONFIG: Final = Config(retries={"total_max_attempts": 1}, read_timeout=_ANSWER_SECONDS)
_COMPLAINT: Final = re.compile(r" (ERROR|WARNING) \[|\"(ERROR|WARNING)\"|Traceback|Error:")


class MiniStack:
    """A running emulator, on loopback only.

    Attributes:
        address: where it answers.
        http: asks it over HTTP.
        folder: its working folder, with all that it keeps.
    """

    def __init__(self, folder: Path, *, iam: bool = False) -> None:
        """Start it and wait until it answers.

        Args:
            folder: its working folder.
            iam: whether it evaluates policies; without it every call is let through.

        Raises:
            RuntimeError: it is not installed (`make test` installs it) or does not start.
        """
        if not _PROGRAM.exists():
            raise RuntimeError("the emulator is not installed; `make test` installs it")
        port = _free_port()
        self.http = httpx.Client(timeout=_ANSWER_SECONDS)
        self._clients: dict[str, Any] = {}
        self.address = f"http://127.0.0.1:{port}"
        self.folder = folder
        with (folder / "ministack.log").open("w") as log:
            self._process = subprocess.Popen(
                [str(_PROGRAM)],
                cwd=folder,
                env={
                    "PATH": os.environ["PATH"],
                    "HOME": str(folder),
                    "TMPDIR": str(folder),
                    "STATE_DIR": str(folder / "state"),
                    "BIND_HOST": "127.0.0.1",
                    "GATEWAY_PORT": str(port),
                    "IOT_MTLS_ENABLED": "0",
                    "SFTP_ENABLED": "0",
                    "AUTH": str(iam).lower(),
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

    def client(self, service: str, **credentials: str) -> Any:
        """A client of one of its services; as the owner of the account, unless credentials are given."""
        name = f"{service} {credentials}"
        if name not in self._clients:
            given = credentials or {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
            connect: Any = boto3.client
            self._clients[name] = connect(
                service, endpoint_url=self.address, region_name=REGION, config=_CONFIG, **given
            )
        return self._clients[name]

    def store(self) -> S3ObjectStore:
        """A store in a new, versioned bucket."""
        bucket = f"scene-studio-{uuid.uuid4().hex[:12]}"
        store = S3ObjectStore.connect(bucket, endpoint_url=self.address)
        store._retrying.create_bucket(Bucket=bucket)
        store._retrying.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
        return store

    def complaints(self) -> str:
        """The newest lines of its log, and of the functions' logs, that are no mere information."""
        lines = (self.folder / "ministack.log").read_text(errors="replace").splitlines()
        own = [line for line in lines if _COMPLAINT.search(line)]
        logs = self.client("logs")
        for group in logs.describe_log_groups()["logGroups"]:
            events = logs.filter_log_events(logGroupName=group["logGroupName"])["events"]
            own += [event["message"] for event in events if _COMPLAINT.search(event["message"])]
        return "\n".join(own[-40:])

    def stop(self) -> None:
        """End it and all that it started; it does not always heed SIGTERM."""
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self.http.close()
        for client in self._clients.values():
            client.close()

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
