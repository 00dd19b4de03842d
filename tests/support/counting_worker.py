"""A worker function that writes down what it pays for, for tests that kill it.

It is the service's own in every other respect. Each call of its image model leaves a line when it begins, and
one when its picture has been stored: what happened, the picture's seed, and the process.
"""

from collections import defaultdict
from pathlib import Path
from typing import Final, NamedTuple

ENVIRONMENT: Final = "SCENE_STUDIO_TEST_CALLS"
"""The variable that names the file of calls."""

HANDLER: Final = f"""
import os, time
from real_generation_worker.handler import lambda_handler
from scene_studio import runtime
from scene_studio.generation.job import Job

def note(what, seed):
    with open(os.environ[{ENVIRONMENT!r}], "a") as calls:
        calls.write(f"{{what}} {{seed}} {{os.getpid()}}\\n")

class Counting:
    def __init__(self, model):
        self._model = model
        self.capabilities = model.capabilities

    def generate(self, request):
        note("called", request.seed)
        return self._model.generate(request)

counting = Counting(runtime.image_model())
runtime.image_model = lambda: counting

make = Job.make

def made(job, *arguments):
    revision = make(job, *arguments)
    note("stored", job.intent.seed)
    time.sleep(0.2)  # a moment in which to be killed, that would else be too short to be hit
    return revision

Job.make = made
"""
"""The source of its handler."""


class Call(NamedTuple):
    """A call of the image model.

    Attributes:
        process: the worker that made it.
        stored: whether the worker lived to say that the picture is stored.
    """

    process: int
    stored: bool


def calls_by_seed(file: Path) -> dict[int, list[Call]]:
    """The calls of each picture, in their order."""
    calls: dict[int, list[Call]] = defaultdict(list)
    for line in file.read_text().splitlines():
        what, seed, process = line.split()
        if what == "called":
            calls[int(seed)].append(Call(int(process), stored=False))
        else:
            assert calls[int(seed)][-1] == (int(process), False), "stored by whoever called last"
            calls[int(seed)][-1] = Call(int(process), stored=True)
    return calls


def last_at_work(file: Path) -> int:
    """The process that wrote the last line; 0 if none has written any."""
    lines = file.read_text().splitlines() if file.exists() else []
    return int(lines[-1].split()[-1]) if lines else 0
