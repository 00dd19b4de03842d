"""A worker function that writes down every call of its image model, for tests that kill it.

It is the service's own in every other respect. Each call leaves a line when it begins and one when it ends:
what happened, the picture's seed, and the time in seconds since the Unix epoch.
"""

from typing import Final

ENVIRONMENT: Final = "SCENE_STUDIO_TEST_CALLS"
"""The variable that names the file of calls."""

HANDLER: Final = f"""
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
"""The source of its handler."""
