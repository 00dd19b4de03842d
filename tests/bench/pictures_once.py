"""Makes a picture in a process of its own: `python -m tests.bench.pictures_once RATIO ROUNDS PRODUCT.png ...`.

Prints as JSON what the picture took of the processor in each round, as a ratio to a plain decode and encode of
a JPEG of its size, and how many megabytes the process held at its peak, over what it held before.
"""

import io
import json
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from PIL import Image

from scene_studio.generation.compositor import Compositor
from scene_studio.generation.image_model import ImageRequest, ProductPicture
from scene_studio.model.settings import ResolvedSettings


def main(ratio: str, rounds: int, products: Sequence[Path]) -> None:
    """Measure one kind of picture."""
    request = ImageRequest(
        prompt="",
        settings=ResolvedSettings.model_validate({"aspectRatio": ratio, "props": ["Plants", "Books"]}),
        products=tuple(
            ProductPicture(f"product-{number}", path.stem, path.read_bytes())
            for number, path in enumerate(products)
        ),
        scene=None,
        seed=7,
    )
    model = Compositor()
    before = _resident_megabytes("VmRSS")
    jpeg = model.generate(request).jpeg
    peak = _resident_megabytes("VmHWM") - before
    ratios = []
    for _ in range(rounds):
        plain = _seconds(lambda: _decoded_and_encoded(jpeg))
        ratios.append(_seconds(lambda: model.generate(request)) / plain)
    sys.stdout.write(json.dumps([ratios, peak]))


def _decoded_and_encoded(jpeg: bytes) -> None:
    with Image.open(io.BytesIO(jpeg)) as picture:
        picture.load()
        picture.save(io.BytesIO(), "JPEG", quality=92)


def _seconds(work: Callable[[], object]) -> float:
    before = time.process_time()
    work()
    return time.process_time() - before


def _resident_megabytes(member: str) -> float:
    status = Path("/proc/self/status").read_text()
    return int(status.partition(f"{member}:")[2].split()[0]) / 1024


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), [Path(name) for name in sys.argv[3:]])
