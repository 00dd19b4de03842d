"""Pictures are taken in by a child that can do no harm, whatever it does."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest
from PIL import Image

from scene_studio.images import sandbox
from scene_studio.images.forms import Purpose
from scene_studio.images.intake import take_in
from scene_studio.images.sandbox import RejectedInSandbox, SandboxUnavailable, take_in_safely
from scene_studio.images.sandbox_child import MOST_MEMORY
from scene_studio.images.sandbox_messages import READY, say_picture
from scene_studio.model.errors import ImageRejected
from tests.images.icc_profiles import rgb_profile
from tests.images.measured import take_in_measured
from tests.support.pictures import encoded, jpeg, photograph, png

FORMATS: Final = ["JPEG", "MPO", "PNG", "WEBP", "AVIF", "GIF", "TIFF"]
FakeChild = Callable[[str], None]


@pytest.fixture
def fake_child(monkeypatch: pytest.MonkeyPatch) -> FakeChild:
    """Puts a program in the place of the child; it has said that it is ready."""

    def put(program: str) -> None:
        program = f"import os, signal, sys, time\nos.write(1, {READY!r})\n{program}"
        monkeypatch.setattr(sandbox, "_command", lambda *_: [sys.executable, "-I", "-S", "-c", program])

    return put


@pytest.mark.parametrize("purpose", ["scene", "product"])
@pytest.mark.parametrize("picture_format", FORMATS)
def test_the_child_gives_what_this_process_would(purpose: Purpose, picture_format: str) -> None:
    data = encoded(photograph(1, (700, 500)), picture_format)
    assert take_in_safely(data, purpose) == take_in(data, purpose)


@pytest.mark.parametrize("data", [png(1), jpeg(1)])
def test_products_keep_their_transparency_and_get_their_cutout(data: bytes) -> None:
    assert take_in_safely(data, "product") == take_in(data, "product")


@pytest.mark.parametrize("data", [b"", b"no picture", jpeg(1)[:-2], b"<svg>", bytes(30_000_000)])
def test_the_reason_of_a_rejection_is_that_of_this_process(data: bytes) -> None:
    with pytest.raises(ImageRejected) as expected:
        take_in(data, "scene")
    with pytest.raises(ImageRejected, match="^" + expected.value.detail.replace(".", r"\.")):
        take_in_safely(data, "scene")


def test_what_made_a_decoder_fail_is_for_the_log_and_not_for_the_person() -> None:
    damaged = bytearray(png(1))
    damaged[60] ^= 0xFF
    with pytest.raises(RejectedInSandbox, match="damaged") as rejection:
        take_in_safely(bytes(damaged), "scene")
    assert "Error" in rejection.value.log
    assert "Error" not in rejection.value.detail
    assert rejection.value.members == {}


@pytest.mark.parametrize(
    ("program", "reason"),
    [
        ("while True: os.write(1, b'flood' * 1000)", "makes the program that reads it fail"),
        ("time.sleep(60)", "takes too long"),
        ("while True: pass", "takes too long"),
        ("while True: os.write(2, b'noise' * 1000)", "takes too long"),
        ("os.fork(); os.fork(); time.sleep(60)", "takes too long"),
        ("os.fork() or time.sleep(60); os._exit(0)", "takes too long"),
        ("os.write(1, b'garbage')", "makes the program that reads it fail"),
        ("os.write(1, b'P' + bytes(400))", "makes the program that reads it fail"),
        ("os.write(1, b'R')", "makes the program that reads it fail"),
        ("os.write(1, b'R<b>' + bytes(9))", "makes the program that reads it fail"),
        ("os.write(1, b'R' + b'x' * 1000)", "makes the program that reads it fail"),
        ("", "makes the program that reads it fail"),
        ("os.close(1); time.sleep(60)", "Reading this picture"),
        ("os._exit(1)", "makes the program that reads it fail"),
        ("os.abort()", "makes the program that reads it fail"),
        ("os.kill(os.getpid(), signal.SIGSEGV)", "makes the program that reads it fail"),
        ("os.kill(os.getpid(), signal.SIGXCPU)", "takes too long"),
        ("os.kill(os.getpid(), signal.SIGKILL)", "more memory"),
        ("os.close(0); os.write(1, b'garbage')", "makes the program that reads it fail"),
    ],
)
def test_whatever_the_child_does_the_person_gets_a_reason(
    fake_child: FakeChild, program: str, reason: str
) -> None:
    fake_child(program)
    began = time.monotonic()
    with pytest.raises(RejectedInSandbox, match=reason) as rejection:
        take_in_safely(bytes(200_000), "scene", seconds=0.5 if "long" in reason else 15)
    assert time.monotonic() - began < 20
    assert len(rejection.value.log) < 20_000


def test_a_picture_from_a_child_that_fails_afterwards_is_not_believed(fake_child: FakeChild) -> None:
    said = say_picture(take_in(jpeg(1, (8, 8)), "scene"))
    fake_child(f"os.write(1, {said!r})")
    assert take_in_safely(b"", "scene").width == 8
    fake_child(f"os.write(1, {said!r}); os.abort()")
    with pytest.raises(RejectedInSandbox, match="fail"):
        take_in_safely(b"", "scene")


def test_what_the_child_writes_to_its_standard_error_is_only_in_the_log(fake_child: FakeChild) -> None:
    fake_child("os.write(2, b'\\x1b[31m' + b'deep inside' * 1000); os._exit(3)")
    with pytest.raises(RejectedInSandbox) as rejection:
        take_in_safely(b"", "scene")
    assert ("deep inside" in rejection.value.log, "deep inside" in str(rejection.value)) == (True, False)
    assert rejection.value.log.isprintable()


@pytest.mark.parametrize(
    "command",
    [
        ["/no/such/program"],
        [sys.executable, "-c", "raise SystemExit(1)"],
        [sys.executable, "-c", "print('something else')"],
        [sys.executable, "-m", "no.such.module"],
    ],
)
def test_a_child_that_does_not_start_is_no_fault_of_the_picture(
    command: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sandbox, "_command", lambda *_: command)
    with pytest.raises(SandboxUnavailable, match="start") as failure:
        take_in_safely(jpeg(1), "scene")
    assert not isinstance(failure.value, ImageRejected)


def test_a_child_that_starts_too_slowly_is_no_fault_of_the_picture(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sandbox, "_command", lambda *_: [sys.executable, "-c", "import time; time.sleep(60)"])
    monkeypatch.setattr(sandbox, "_SECONDS_TO_START", 0.3)
    with pytest.raises(SandboxUnavailable, match="too slow"):
        take_in_safely(jpeg(1), "scene")


def test_the_child_inherits_no_credentials() -> None:
    assert "AWS_SECRET_ACCESS_KEY" in os.environ
    assert {name for name in sandbox._environment() if name.startswith("AWS")} == set()


def as_child(program: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """Run a program as the child is run."""
    command = [*sandbox._command("scene", 1)[:-4], "-c", program]
    environment = sandbox._environment()
    return subprocess.run(command, env=environment, input=given, capture_output=True, check=False, timeout=60)


def confined(program: str, *, before: str = "") -> subprocess.CompletedProcess[bytes]:
    """Run a program as the child is run, confined as the child is."""
    imports = "import os, resource, socket, sys, scene_studio.images.sandbox_child as child"
    return as_child(f"{imports}\n{before}\nchild.confine(1)\n{program}")


@pytest.mark.parametrize(
    ("program", "error"),
    [
        ("open('/etc/hostname')", "Too many open files"),
        ("open('/tmp/new', 'w')", "Too many open files"),
        ("os.close(0); open('/proc/%d/environ' % os.getppid())", "Too many open files"),
        ("socket.socket()", "Too many open files"),
        ("os.pipe()", "Too many open files"),
        ("bytes(600_000_000)", "MemoryError"),
    ],
)
def test_a_confined_child_gets_nothing_more(program: str, error: str) -> None:
    ended = confined(program)
    assert (ended.returncode, error in ended.stderr.decode()) == (1, True)


def test_a_confined_child_cannot_write_into_a_file_that_it_has(tmp_path: Path) -> None:
    path = str(tmp_path / "file")
    ended = confined("os.write(file, b'x')", before=f"file = os.open({path!r}, os.O_CREAT | os.O_WRONLY)")
    assert (ended.returncode, "File too large" in ended.stderr.decode()) == (1, True)


def test_a_confined_child_has_so_many_seconds_of_the_processor() -> None:
    assert confined("while True: pass").returncode == -signal.SIGXCPU


@pytest.mark.parametrize("limit", ["RLIMIT_CORE", "RLIMIT_NPROC"])
def test_a_confined_child_leaves_no_core_behind_and_unless_it_is_root_starts_no_process(limit: str) -> None:
    assert confined(f"print(resource.getrlimit(resource.{limit}))").stdout == b"(0, 0)\n"


def test_the_child_takes_no_more_memory_than_it_may() -> None:
    _, memory = take_in_measured(encoded(photograph(1, (4000, 3000)), "WEBP"), "product")
    assert 100_000_000 < memory < MOST_MEMORY


def test_the_child_is_started_without_what_only_the_parent_needs() -> None:
    imported = as_child("import sys, scene_studio.images.sandbox_child\nprint(sorted(sys.modules))").stdout
    assert b"'PIL.Image'" in imported
    for name in ("boto3", "botocore", "pydantic", "aws_lambda_powertools", "asyncio", "ssl"):
        assert f"'{name}'".encode() not in imported


def test_all_decoders_are_there_before_the_child_is_confined() -> None:
    # Nothing can be imported for a file, since that would need other files to be opened.
    program = """
import sys
from scene_studio.images import sandbox_child
sandbox_child.confine = lambda _: globals().update(before=set(sys.modules))
sandbox_child.main("product", 1)
print(sorted(set(sys.modules) - before), file=sys.stderr)
"""
    exif = Image.Exif()
    exif[0x010F] = "Camera"
    for picture_format in FORMATS:
        data = encoded(photograph(1, (3000, 20)), picture_format, exif=exif, icc_profile=rgb_profile())
        ended = as_child(program, data)
        assert (picture_format, ended.returncode, ended.stderr) == (picture_format, 0, b"[]\n")
