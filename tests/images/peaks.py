"""What the largest pictures of every format and mode take to be taken in: `python -m tests.images.peaks`."""

import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, NamedTuple, cast

from PIL import Image, ImageChops

from scene_studio.images.forms import Purpose
from scene_studio.images.inspect import MAX_BYTES
from scene_studio.images.sandbox import RejectedInSandbox, take_in_safely
from tests.images.icc_profiles import cmyk_profile, rgb_profile
from tests.support.hostile_pictures import png_of_16_bits
from tests.support.pictures import encoded, photograph

ALL: Final = (7071, 7071)
FEWER: Final = (5477, 5477)
_ROWS_PER_STRIP: Final = 278
_ORIENTATION: Final = 274


class Case(NamedTuple):
    """One file: what it is and how it is made."""

    name: str
    make: Callable[[], bytes]


def _posterised(size: tuple[int, int]) -> Image.Image:
    """A picture that compresses well without loss, and is no single colour."""
    return photograph(1, size).point([level & 0xE0 for level in range(256)] * 3)


def _with_alpha(picture: Image.Image) -> Image.Image:
    picture.putalpha(Image.radial_gradient("L").resize(picture.size).point(lambda level: 255 * (level < 170)))
    return picture


def _grainy(size: tuple[int, int]) -> Image.Image:
    grain = Image.effect_noise(size, 24)
    return ImageChops.add(photograph(1, size), Image.merge("RGB", (grain, grain, grain)), 1, -128)


def cases() -> Iterator[Case]:
    """The largest of each format that are accepted, and the most laborious of each mode."""

    def case(name: str, picture: Callable[[], Image.Image], picture_format: str, **options: Any) -> Case:
        return Case(name, lambda: encoded(picture(), picture_format, **options))

    wide = rgb_profile()
    inks = cmyk_profile({(0, 0, 0, 0): (100, 0, 0)}, otherwise=(40, 0, 0))
    sideways = {_ROWS_PER_STRIP: FEWER[1], _ORIENTATION: 6}
    yield case("JPEG", lambda: photograph(1, ALL), "JPEG", icc_profile=wide)
    yield case("JPEG, grainy", lambda: _grainy(ALL), "JPEG", quality=70)
    yield case("JPEG, gray", lambda: photograph(1, ALL).convert("L"), "JPEG")
    yield case("JPEG, progressive 4:4:4", lambda: photograph(1, ALL), "JPEG", progressive=True, subsampling=0)
    yield case("JPEG, inks", lambda: photograph(1, ALL).convert("CMYK"), "JPEG", icc_profile=inks)
    yield case(
        "JPEG, progressive inks (30 MP)", lambda: photograph(1, FEWER).convert("CMYK"), "JPEG", progressive=True
    )
    yield case("PNG", lambda: _posterised(ALL), "PNG", compress_level=3, icc_profile=wide)
    yield case("PNG, RGBA", lambda: _with_alpha(_posterised(ALL)), "PNG", compress_level=3, icc_profile=wide)
    yield case("PNG, palette with alpha", lambda: _posterised(ALL).quantize(64), "PNG", transparency=3)
    yield case("PNG, 16-bit gray", lambda: photograph(1, ALL).convert("L").convert("I;16"), "PNG")
    yield Case("PNG, 16-bit RGBA", lambda: png_of_16_bits(ALL))
    yield case("PNG, 1 bit", lambda: _posterised(ALL).convert("1"), "PNG")
    yield case("GIF", lambda: _posterised(ALL).quantize(64, dither=Image.Dither.NONE), "GIF")
    yield case("WebP (30 MP)", lambda: photograph(1, FEWER), "WEBP", method=0, icc_profile=wide)
    yield case(
        "WebP, lossless RGBA (30 MP)",
        lambda: _with_alpha(_posterised(FEWER)),
        "WEBP",
        lossless=True,
        quality=0,
        method=0,
    )
    yield case("AVIF (30 MP)", lambda: photograph(1, FEWER), "AVIF", speed=10, icc_profile=wide)
    yield case(
        "AVIF, 4:4:4 with alpha (30 MP)",
        lambda: _with_alpha(photograph(1, FEWER)),
        "AVIF",
        speed=10,
        subsampling="4:4:4",
    )
    for name, mode in (("RGB", "RGB"), ("RGBA", "RGBA"), ("inks", "CMYK")):
        yield case(
            f"TIFF, {name} in one strip, sideways (30 MP)",
            lambda mode=mode: (  # type: ignore[misc]
                _with_alpha(_posterised(FEWER)) if mode == "RGBA" else _posterised(FEWER).convert(mode)
            ),
            "TIFF",
            compression="tiff_adobe_deflate",
            tiffinfo=sideways,
        )
    yield case("TIFF, by JPEG (30 MP)", lambda: photograph(1, FEWER), "TIFF", compression="jpeg")


def measure(path: Path, purpose: Purpose) -> str:
    """Take in a file, once, and give a line of figures. The process must not have had another child before."""
    data = path.read_bytes()
    began = time.monotonic()
    try:
        taken = take_in_safely(data, purpose)
        end = f"{taken.width} x {taken.height}"
    except RejectedInSandbox as rejection:
        end = rejection.detail[:40]
    took = time.monotonic() - began
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    processor = usage.ru_utime + usage.ru_stime
    peak = usage.ru_maxrss * 1024 / 1e6
    return f"{purpose:8} {len(data) / 1e6:5.1f} {peak:5.0f} {processor:6.1f} {took:6.1f}  {end}"


def main() -> None:
    """Print a table; with a path and a purpose, a line of it."""
    if sys.argv[2:]:
        print(measure(Path(sys.argv[1]), cast("Purpose", sys.argv[2])))
        return
    print(f"{'picture':46} purpose     MB  peak MB  CPU s wall s  stored")
    with TemporaryDirectory() as folder:
        path = Path(folder) / "picture"
        for case in cases():
            path.write_bytes(case.make())
            if path.stat().st_size > MAX_BYTES:
                print(f"{case.name:46} is a file of {path.stat().st_size} bytes, which is not accepted")
            for purpose in ("scene", "product"):
                command = [sys.executable, "-m", "tests.images.peaks", str(path), purpose]
                line = subprocess.run(command, capture_output=True, check=True, text=True).stdout
                print(f"{case.name:46} {line}", end="", flush=True)


if __name__ == "__main__":
    main()
