"""A worker function that writes down every call of its image model, for tests that kill it.

It is the service's own in every other respect. Each call leaves a line when it begins and one when it ends:
what happened, the picture's seed, and the time in seconds since the Unix epoch.
"""

from pathlib import Path
from typing import Final

ENVIRONMENT: Final = "SCENE_STUDIO_TEST_CALLS"
"""The variable that names the file of calls."""

_HANDLER: Final = f"""
import os, time
from real_generation_worker.handler import lambda_handler
from scene_studio import runtime

def note(what, seed):
    with open(os.environ[{ENVIRONMENT!r}], "a") as calls:
        calls.write(f"{{what}} {{seed}} {{time.time()}}\\n")

class Counting:
    def __init__(self, model):
        self._model = model
        self.capabilities = model.capabilities

    def generate(self, request):
        note("begin", request.seed)
        result = self._model.generate(request)
        note("end", request.seed)
        return result

counting = Counting(runtime.image_model())
runtime.image_model = lambda: counting
"""


def functions_that_count(folder: Path, real: Path) -> Path:
    """A folder of functions like the real one, but with a worker that writes its model's calls down."""
    for function in real.iterdir():
        if function.is_dir() and function.name not in {"generation_worker", "__pycache__"}:
            (folder / function.name).symlink_to(function)
    (folder / "real_generation_worker").symlink_to(real / "generation_worker")
    (folder / "generation_worker").mkdir()
    (folder / "generation_worker" / "__init__.py").touch()
    (folder / "generation_worker" / "handler.py").write_text(_HANDLER)
    return folder
