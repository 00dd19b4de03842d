"""Programs that may do anything: whatever one does, it ends in time and leaves nothing behind."""

import fcntl
import os
import signal
import sys
import time
from pathlib import Path

import pytest

from scene_studio.images.bounded_process import Bounds, Ending, run

BOUNDS = Bounds(seconds_to_start=20, seconds=20, output=1_000_000)
HASTY = Bounds(seconds_to_start=20, seconds=0.3, output=1_000_000)
UNUSED = 100
"""No program that has just begun has a file of this number or of a higher one."""


def python(program: str, given: bytes = b"", bounds: Bounds = BOUNDS) -> Ending:
    return run([sys.executable, "-I", "-S", "-c", program], {"ONLY": "this"}, given, bounds)


def is_alive(process: int) -> bool:
    """Whether it runs; one that has ended may still be in the table of processes until it is waited for."""
    try:
        state = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def is_gone(process: int) -> bool:
    for _ in range(200):
        if not is_alive(process):
            return True
        time.sleep(0.01)
    return False


def test_a_program_gets_its_input_and_says_its_output() -> None:
    ending = python(
        "import sys; sys.stdout.write(sys.stdin.read().upper()); sys.stderr.write('a note')", b"word"
    )
    assert ending == Ending("done", 0, b"WORD", b"a note")


def test_input_and_output_may_both_be_larger_than_a_pipe_holds() -> None:
    given = os.urandom(900_000)
    program = "import sys\nwhile part := sys.stdin.buffer.raw.read(999): sys.stdout.buffer.raw.write(part)"
    ending = python(program, given)
    assert (ending.cause, ending.output == given) == ("done", True)


@pytest.mark.parametrize("program", ["", "import os; os.close(0)", "import sys; sys.stdin.read(5)"])
def test_a_program_need_not_read_its_input(program: str) -> None:
    assert python(program, bytes(500_000)).status == 0


def test_a_program_gets_the_environment_that_is_given_and_nothing_else() -> None:
    os.environ["SECRET_OF_THE_PARENT"] = "password"
    try:
        ending = python("import os; print({name for name in os.environ if not name.startswith('LC_')})")
    finally:
        del os.environ["SECRET_OF_THE_PARENT"]
    assert ending.output == b"{'ONLY'}\n"


def test_a_program_gets_no_file_of_its_parent(tmp_path: Path) -> None:
    with (tmp_path / "secret").open("w") as secret:
        inheritable = fcntl.fcntl(secret, fcntl.F_DUPFD, UNUSED)
    try:
        ending = python(
            f"import os; print([os.path.lexists(f'/proc/self/fd/{{number}}') for number in (2, {inheritable})])"
        )
    finally:
        os.close(inheritable)
    assert ending.output == b"[True, False]\n"


@pytest.mark.parametrize(
    ("program", "status"),
    [
        ("raise SystemExit(3)", 3),
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", -signal.SIGSEGV),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", -signal.SIGKILL),
        ("import os; os.abort()", -signal.SIGABRT),
    ],
)
def test_the_status_tells_how_it_ended(program: str, status: int) -> None:
    ending = python(f"print('before', flush=True)\n{program}")
    assert (ending.cause, ending.status, ending.output) == ("done", status, b"before\n")


@pytest.mark.parametrize(
    "program",
    [
        "import time; time.sleep(60)",
        "while True: pass",
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)",
        "import sys\nwhile True: sys.stderr.write('noise' * 1000)",
        "import os, time; os.close(0); os.close(2); time.sleep(60)",
    ],
    ids=["sleeping", "busy", "ignoring signals", "noisy", "silent"],
)
def test_a_program_that_does_not_end_is_ended(program: str) -> None:
    began = time.monotonic()
    ending = python(f"print('ready', flush=True)\n{program}", bounds=HASTY)
    assert (ending.cause, ending.status, ending.output) == ("too slow", -signal.SIGKILL, b"ready\n")
    assert time.monotonic() - began < 10
    assert len(ending.errors) <= 4096


def test_a_program_that_does_not_start_in_time_is_ended() -> None:
    ending = python("import time; time.sleep(60)", bounds=BOUNDS._replace(seconds_to_start=0.3))
    assert (ending.cause, ending.status, ending.output) == ("too slow", -signal.SIGKILL, b"")


def test_the_time_counts_from_when_a_program_says_something() -> None:
    program = "import time; time.sleep(1.2); print('ready', flush=True); print('done')"
    ending = python(program, bounds=BOUNDS._replace(seconds=1))
    assert (ending.cause, ending.output) == ("done", b"ready\ndone\n")


def test_a_program_that_says_too_much_is_ended() -> None:
    ending = python("import sys\nwhile True: sys.stdout.write('flood' * 1000)")
    assert (ending.cause, ending.status) == ("too much output", -signal.SIGKILL)
    assert 1_000_000 < len(ending.output) <= 1_000_000 + 65_536


def test_a_program_that_closes_its_output_and_goes_on_is_ended() -> None:
    ending = python("import os, time; os.write(1, b'said'); os.close(1); time.sleep(60)")
    assert (ending.cause, ending.status, ending.output) == ("done", -signal.SIGKILL, b"said")


@pytest.mark.parametrize("ends", ["time.sleep(60)", "os._exit(0)"], ids=["with its parent", "alone"])
def test_what_a_program_starts_ends_with_it(ends: str) -> None:
    program = f"""
import os, time
child = os.fork()
if not child:
    time.sleep(60)
print(child, flush=True)
{ends}
"""
    ending = python(program, bounds=HASTY)
    assert ending.cause == "too slow"
    assert is_gone(int(ending.output))


def test_processes_that_multiply_are_all_ended() -> None:
    program = """
import os, time
for _ in range(5):
    os.fork()
os.write(1, b"%d\\n" % os.getpid())
time.sleep(60)
"""
    ending = python(program, bounds=HASTY)
    processes = [int(line) for line in ending.output.split()]
    assert len(processes) > 1
    assert all(map(is_gone, processes))


def test_a_program_that_there_is_not_is_told() -> None:
    with pytest.raises(FileNotFoundError):
        run(["/no/such/program"], {}, b"", BOUNDS)


def test_no_file_stays_open_behind_a_program() -> None:
    before = sorted(os.listdir("/proc/self/fd"))  # noqa: PTH208 - names are what is compared
    for _ in range(3):
        python("import sys; sys.stdin.read()", bytes(100_000))
        python("import time; time.sleep(60)", bytes(100_000), BOUNDS._replace(seconds_to_start=0.1))
    assert sorted(os.listdir("/proc/self/fd")) == before  # noqa: PTH208
