"""The local server with an image model that costs nothing: its pictures are flat, all else is its own.

What the API says of pictures is tried here, not how they look; so no time goes into painting them.
"""

from pathlib import Path
from typing import Final

from tests.support.service import Service, functions_with_worker

_HANDLER: Final = """
from io import BytesIO

from PIL import Image
from real_generation_worker.handler import lambda_handler
from scene_studio import runtime
from scene_studio.generation.image_model import ImageResult

SIZE = (64, 64)

class Flat:
    capabilities = runtime.image_model().capabilities

    def generate(self, request):
        out = BytesIO()
        Image.new("RGB", SIZE, request.seed % 0x1000000).save(out, "JPEG")
        return ImageResult(out.getvalue(), *SIZE, request.seed)

flat = Flat()
runtime.image_model = lambda: flat
"""


def service_of_flat_pictures(folder: Path) -> Service:
    """The server, which has yet to be started, with its data and its log in a folder."""
    functions = folder / "functions"
    functions.mkdir()
    return Service(folder / "data", "--functions", str(functions_with_worker(functions, _HANDLER)))
