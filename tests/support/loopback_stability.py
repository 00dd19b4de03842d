"""The Stability models as Amazon Bedrock offers them: what each takes, and pictures for an answer.

The rules are written down here once more, from the documentation and not from the code under test, so that a
mistake there is refused here. Pictures are drawn: what was to be painted gets a colour of the seed, and what
was to be kept drifts a little, as it does with the real models.
"""

import base64
import binascii
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from io import BytesIO
from math import sqrt
from typing import Any, Final

from PIL import Image, ImageChops, ImageDraw

RATIOS: Final = ["16:9", "1:1", "21:9", "2:3", "3:2", "4:5", "5:4", "9:16", "9:21"]
PRESETS: Final = frozenset(
    [
        "3d-model",
        "analog-film",
        "anime",
        "cinematic",
        "comic-book",
        "digital-art",
        "enhance",
        "fantasy-art",
        "isometric",
        "line-art",
        "low-poly",
        "modeling-compound",
        "neon-punk",
        "origami",
        "photographic",
        "pixel-art",
        "tile-texture",
    ]
)
MAX_RESPONSE: Final = 16_777_216
DRIFT: Final = 5
"""How much brighter the kept area comes back."""


class Refused(Exception):
    """A ValidationException with this message."""


@dataclass(frozen=True)
class Kind:
    """One of the models.

    Attributes:
        name: as it stands in messages.
        fields: what it takes, those that have to be there with an exclamation mark.
        formats: the output formats that it takes.
        oregon: whether it runs in us-west-2 alone, under its bare id.
    """

    name: str
    fields: str
    formats: str = "png jpeg webp"
    oregon: bool = False

    @property
    def allowed(self) -> list[str]:
        """The names of its fields."""
        return [name.rstrip("!") for name in self.fields.split()]

    @property
    def required(self) -> list[str]:
        """Those that have to be there."""
        return [name[:-1] for name in self.fields.split() if name.endswith("!")]


_TEXT: Final = "prompt! negative_prompt aspect_ratio seed output_format"
_UP: Final = "prompt! image! negative_prompt seed output_format creativity"
KINDS: Final[Mapping[str, Kind]] = {
    "stability.stable-image-core-v1:1": Kind("stable-image-core", _TEXT, "png jpeg", oregon=True),
    "stability.stable-image-ultra-v1:1": Kind("stable-image-ultra", _TEXT, "png jpeg", oregon=True),
    "stability.sd3-5-large-v1:0": Kind("sd3-5-large", f"{_TEXT} mode image strength", "png jpeg", oregon=True),
    "stability.stable-image-inpaint-v1:0": Kind(
        "inpaint", "prompt! image! mask grow_mask negative_prompt seed output_format style_preset"
    ),
    "stability.stable-outpaint-v1:0": Kind(
        "outpaint", "image! left right up down prompt creativity seed output_format style_preset"
    ),
    "stability.stable-image-erase-object-v1:0": Kind("erase", "image! mask grow_mask seed output_format"),
    "stability.stable-image-remove-background-v1:0": Kind("remove-background", "image! output_format"),
    "stability.stable-image-style-guide-v1:0": Kind(
        "style-guide",
        "prompt! image! aspect_ratio fidelity negative_prompt seed output_format style_preset",
    ),
    "stability.stable-image-control-structure-v1:0": Kind(
        "control-structure", "prompt! image! control_strength negative_prompt seed output_format style_preset"
    ),
    "stability.stable-style-transfer-v1:0": Kind(
        "style-transfer",
        "init_image! style_image! prompt negative_prompt seed output_format composition_fidelity "
        "style_strength change_strength",
    ),
    "stability.stable-conservative-upscale-v1:0": Kind("conservative-upscale", _UP),
    "stability.stable-fast-upscale-v1:0": Kind("fast-upscale", "image! output_format"),
}
"""Every model, by its bare id."""

_BOUNDS: Final[Mapping[str, tuple[float, float]]] = {
    "seed": (0, 4294967294),
    "grow_mask": (0, 20),
    "creativity": (0.1, 1),
    "fidelity": (0, 1),
    "control_strength": (0, 1),
    "composition_fidelity": (0, 1),
    "style_strength": (0, 1),
    "change_strength": (0.1, 1),
    "strength": (0, 1),
    **dict.fromkeys(("left", "right", "up", "down"), (0, 2000)),
}
_WHOLE: Final = {"seed", "grow_mask", "left", "right", "up", "down"}
_PICTURES: Final = ("image", "mask", "init_image", "style_image")


def kind_of(model_id: str, region: str) -> Kind:
    """The model behind an id.

    Raises:
        Refused: there is none of this id in this region.
    """
    bare = model_id.removeprefix("us.")
    kind = KINDS.get(bare)
    profile = model_id.startswith("us.")
    if kind is None or (profile and kind.oregon) or (kind.oregon and region != "us-west-2"):
        raise Refused("The provided model identifier is invalid.")
    if region not in {"us-east-1", "us-east-2", "us-west-2"}:
        raise Refused("The provided model identifier is invalid.")
    if not kind.oregon and not profile:
        raise Refused(
            f"Invocation of model ID {bare} with on-demand throughput isn\N{RIGHT SINGLE QUOTATION MARK}t "
            "supported. Retry your request with the ID or ARN of an inference profile that contains this model."
        )
    return kind


def check(kind: Kind, members: Mapping[str, Any]) -> dict[str, Image.Image]:
    """The pictures of a request that keeps every rule.

    Raises:
        Refused: it breaks one; the message says which.
    """
    for name in members:
        if name not in kind.allowed:
            raise Refused(
                f'{{"detail":"Invalid field \'{name}\' in request. Available fields for {kind.name} are: '
                f'{", ".join(kind.allowed)}"}}'
            )
    for name in kind.required:
        if name not in members:
            raise Refused(f'{{"detail":"{name}: required"}}')
    for name, value in members.items():
        _check_value(kind, name, value)
    if kind.name == "outpaint" and not any(members.get(side) for side in ("left", "right", "up", "down")):
        raise Refused('{"detail":"one of left, right, up, down must not be 0"}')
    return {name: _picture(kind, name, members[name]) for name in _PICTURES if name in members}


def _check_value(kind: Kind, name: str, value: Any) -> None:
    if name in {"prompt", "negative_prompt"}:
        fine = isinstance(value, str) and len(value) <= 10_000
    elif name in _BOUNDS:
        least, most = _BOUNDS[name]
        fine = isinstance(value, int if name in _WHOLE else int | float) and least <= value <= most
    else:
        choices = {
            "aspect_ratio": RATIOS,
            "style_preset": PRESETS,
            "output_format": kind.formats.split(),
            "mode": ["text-to-image", "image-to-image"],
        }
        fine = name in _PICTURES or value in choices[name]
    if not fine:
        raise Refused(f'{{"detail":"{name}: invalid value"}}')


def _picture(kind: Kind, name: str, value: Any) -> Image.Image:
    try:
        picture = Image.open(BytesIO(base64.b64decode(value, validate=True)))
        picture.load()
    except (TypeError, ValueError, OSError, binascii.Error) as error:
        raise Refused(f'{{"detail":"{name}: not an image"}}') from error
    least, most = (32, 1_048_576) if kind.name == "fast-upscale" else (64, 9_437_184)
    short, long = sorted(picture.size)
    if picture.format not in {"JPEG", "PNG", "WEBP"}:
        raise Refused(f'{{"detail":"{name}: unsupported format"}}')
    if short < least or picture.width * picture.height > most or long > 2.5 * short:
        raise Refused(f'{{"detail":"{name}: invalid dimensions {picture.width}x{picture.height}"}}')
    return picture


@dataclass
class Painter:
    """Makes the pictures.

    Attributes:
        text_pixels: of a picture made from text or in a style.
        inpaint_pixels: of an inpainted one, whatever was sent.
    """

    text_pixels: int = 1_048_576
    inpaint_pixels: int = 4_194_304

    def paint(
        self, kind: Kind, members: Mapping[str, Any], given: Mapping[str, Image.Image], seed: int
    ) -> Image.Image:
        """The picture that a model makes."""
        makers: dict[str, Callable[[], Image.Image]] = {
            "inpaint": lambda: self._inpainted(given["image"], given.get("mask"), seed),
            "erase": lambda: self._inpainted(given["image"], given.get("mask"), seed),
            "remove-background": lambda: _without_background(given["image"]),
            "control-structure": lambda: _tinted(given["image"], seed),
            "style-transfer": lambda: _tinted(given.get("init_image", Image.new("RGB", (64, 64))), seed),
            "outpaint": lambda: _extended(given["image"], members, seed),
            "conservative-upscale": lambda: given["image"].convert("RGB").reduce(1),
            "fast-upscale": lambda: given["image"].resize([side * 4 for side in given["image"].size]),
        }
        return makers.get(kind.name, lambda: self._from_text(members, seed))()

    def _from_text(self, members: Mapping[str, Any], seed: int) -> Image.Image:
        across, down = (int(part) for part in str(members.get("aspect_ratio", "1:1")).split(":"))
        unit = sqrt(self.text_pixels / (across * down))
        size = round(across * unit / 8) * 8, round(down * unit / 8) * 8
        return Image.linear_gradient("L").resize(size).convert("RGB").point(_curve(seed))

    def _inpainted(self, image: Image.Image, mask: Image.Image | None, seed: int) -> Image.Image:
        if mask is None:
            mask = ImageChops.invert(image.convert("RGBA").getchannel("A"))
        drifted = image.convert("RGB").point([min(255, level + DRIFT) for level in range(256)] * 3)
        painted = Image.composite(
            Image.new("RGB", image.size, painted_colour(seed)), drifted, mask.convert("L").resize(image.size)
        )
        factor = sqrt(self.inpaint_pixels / (image.width * image.height))
        return painted.resize((round(image.width * factor), round(image.height * factor)))


def painted_colour(seed: int) -> tuple[int, int, int]:
    """What inpainting fills with."""
    return 40 + seed % 97, 60 + seed // 97 % 89, 200


def _curve(seed: int) -> list[int]:
    return [round(level * part / 255) for part in painted_colour(seed) for level in range(256)]


def _tinted(image: Image.Image, seed: int) -> Image.Image:
    return Image.blend(image.convert("RGB"), Image.new("RGB", image.size, painted_colour(seed)), 0.5)


def _extended(image: Image.Image, members: Mapping[str, Any], seed: int) -> Image.Image:
    left, right, up, down = (members.get(side, 0) for side in ("left", "right", "up", "down"))
    sheet = Image.new("RGB", (image.width + left + right, image.height + up + down), painted_colour(seed))
    sheet.paste(image.convert("RGB"), (left, up))
    return sheet


def _without_background(image: Image.Image) -> Image.Image:
    """An oval in the middle is the product, whatever is to be seen."""
    alpha = Image.new("L", image.size)
    width, height = image.size
    ImageDraw.Draw(alpha).ellipse((width * 0.2, height * 0.2, width * 0.8, height * 0.8), fill=255)
    result = image.convert("RGB").point([min(255, level + DRIFT) for level in range(256)] * 3).convert("RGBA")
    result.putalpha(alpha)
    return result


def encoded(picture: Image.Image, output_format: str) -> str:
    """The picture as an answer carries it."""
    out = BytesIO()
    if output_format == "jpeg":
        picture.convert("RGB").save(out, "JPEG", quality=95)
    else:
        picture.save(out, output_format.upper(), **({"compress_level": 1} if output_format == "png" else {}))
    return base64.b64encode(out.getvalue()).decode("ascii")
