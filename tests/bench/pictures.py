"""What the embedded compositor takes for a picture: of the processor, beside plain JPEG, and of memory."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from itertools import cycle, islice
from pathlib import Path
from typing import Final

from scene_studio.generation.sample_pictures import ceramic_vase_png, oak_chair_png
from scene_studio.model.settings import ASPECT_RATIOS
from tests.bench.figures import Benchmark, Figure, Say
from tests.bench.speed_rounds import busy, ratio_of
from tests.support.service import ROOT

PRODUCTS: Final = (1, 5)

_UNIT: Final = "times a plain JPEG's decode and encode"


def pictures(
    say: Say,
    *,
    aspect_ratios: Sequence[str] = ASPECT_RATIOS,
    products: Sequence[int] = PRODUCTS,
    rounds: int = 2,
) -> Iterator[Figure]:
    """Make pictures of every shape, each in a process of its own.

    Args:
        say: tells what is being measured.
        aspect_ratios: the shapes.
        products: how many products stand in the picture.
        rounds: how many ratios are taken of each.
    """
    with tempfile.TemporaryDirectory() as folder:
        chair, vase = Path(folder, "Oak Chair.png"), Path(folder, "Ceramic Vase.png")
        chair.write_bytes(oak_chair_png())
        vase.write_bytes(ceramic_vase_png())
        for shape in aspect_ratios:
            for count in products:
                say(f"{shape} with {count} {'product' if count == 1 else 'products'}; {busy()}")
                ratios, peak = _made(shape, rounds, islice(cycle((chair, vase)), count))
                name = f"compositor, {shape}, products: {count}"
                yield Figure(name, ratio_of(ratios).median, _UNIT)
                yield Figure(name, max(ratios), "in the highest round")
                yield Figure(name, peak, "MB of memory")


def _made(shape: str, rounds: int, products: Iterable[Path]) -> tuple[list[float], float]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.pictures_once", shape, str(rounds), *products],
        cwd=ROOT,
        env={"PYTHONPATH": "functions:."},
        check=True,
        stdout=subprocess.PIPE,
        timeout=120,
    )
    ratios, peak = json.loads(done.stdout)
    return ratios, peak


BENCHMARK: Final[Benchmark] = pictures
