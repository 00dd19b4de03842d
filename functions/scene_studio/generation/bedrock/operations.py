"""What may be asked of each Stability model on Amazon Bedrock, as data.

Bedrock refuses a request with any field that an operation does not know, so each has its list of them. The
three models that make pictures from text run in one region under their own ids; the image services run in
three regions and are reached through a profile (`us.`) alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, get_args

from scene_studio.generation.names import Region

OutputFormat = Literal["png", "jpeg", "webp"]

ASPECT_RATIOS: Final = ("16:9", "1:1", "21:9", "2:3", "3:2", "4:5", "5:4", "9:16", "9:21")
"""Those that operations take by name; 3:4 and 4:3 are not among them."""

STYLE_PRESETS: Final = (
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
)


@dataclass(frozen=True, slots=True)
class Words:
    """Text of up to so many characters."""

    most: int = 10_000


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number between two bounds."""

    least: int
    most: int


@dataclass(frozen=True, slots=True)
class Share:
    """A number between two bounds."""

    least: float = 0.0
    most: float = 1.0


@dataclass(frozen=True, slots=True)
class OneOf:
    """One of these words."""

    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """An encoded picture, JPEG, PNG or WEBP.

    Attributes:
        least_side: in pixels.
        most_side: in pixels.
        most_pixels: width times height.
        most_ratio: of the longer side to the shorter one.
    """

    least_side: int = 64
    most_side: int = 9_437_184 // 64
    most_pixels: int = 9_437_184
    most_ratio: float = 2.5


Rule = Words | Whole | Share | OneOf | Picture


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that can be asked.

    Attributes:
        name: what people call it.
        model_id: what is invoked: a model's own id, or that of a profile.
        regions: where it can be called.
        price_micros: of one picture, in millionths of a US dollar.
        required: the fields that have to be there, each with its rule.
        optional: the fields that may be there.
        asked_format: the output format that we ask for.
    """

    name: str
    model_id: str
    regions: tuple[Region, ...]
    price_micros: int
    required: Mapping[str, Rule]
    optional: Mapping[str, Rule] = field(default_factory=dict)
    asked_format: OutputFormat = "png"

    @property
    def fields(self) -> Mapping[str, Rule]:
        """Every field that it takes."""
        return {**self.required, **self.optional}

    @property
    def foundation_model_id(self) -> str:
        """The model itself, under which its lifecycle is kept."""
        return self.model_id.removeprefix("us.")


_EVERYWHERE: Final = get_args(Region)
_OREGON: Final[tuple[Region, ...]] = ("us-west-2",)

_PROMPT: Final[dict[str, Rule]] = {"prompt": Words()}
_IMAGE: Final[dict[str, Rule]] = {"image": Picture()}
_SEED: Final[dict[str, Rule]] = {"seed": Whole(0, 4_294_967_294)}
_WISHES: Final[dict[str, Rule]] = {"negative_prompt": Words()} | _SEED
_RATIO: Final[dict[str, Rule]] = {"aspect_ratio": OneOf(ASPECT_RATIOS)}
_PRESET: Final[dict[str, Rule]] = {"style_preset": OneOf(STYLE_PRESETS)}
_MASK: Final[dict[str, Rule]] = {"mask": Picture(), "grow_mask": Whole(0, 20)}


def _formats(*values: OutputFormat) -> dict[str, Rule]:
    return {"output_format": OneOf(values)}


CORE: Final = Operation(
    name="Stable Image Core",
    model_id="stability.stable-image-core-v1:1",
    regions=_OREGON,
    price_micros=40_000,
    required=_PROMPT,
    optional=_WISHES | _RATIO | _formats("png", "jpeg"),
)
ULTRA: Final = Operation(
    name="Stable Image Ultra",
    model_id="stability.stable-image-ultra-v1:1",
    regions=_OREGON,
    price_micros=140_000,
    required=_PROMPT,
    optional=_WISHES | _RATIO | _formats("png", "jpeg"),
)
SD35: Final = Operation(
    name="Stable Diffusion 3.5 Large",
    model_id="stability.sd3-5-large-v1:0",
    regions=_OREGON,
    price_micros=80_000,
    required=_PROMPT,
    optional=_WISHES | _RATIO | _formats("png", "jpeg") | {"mode": OneOf(("text-to-image",))},
)

INPAINT: Final = Operation(
    name="Inpaint",
    model_id="us.stability.stable-image-inpaint-v1:0",
    regions=_EVERYWHERE,
    price_micros=70_000,
    required=_PROMPT | _IMAGE,
    optional=_MASK | _WISHES | _PRESET | _formats("png", "jpeg", "webp"),
    # Its answer has 4 megapixels, which as PNG may be more than Bedrock returns.
    asked_format="jpeg",
)
OUTPAINT: Final = Operation(
    name="Outpaint",
    model_id="us.stability.stable-outpaint-v1:0",
    regions=_EVERYWHERE,
    price_micros=60_000,
    required=_IMAGE,
    optional={side: Whole(0, 2000) for side in ("left", "right", "up", "down")}
    | _PROMPT
    | {"creativity": Share(0.1, 1.0)}
    | _SEED
    | _PRESET
    | _formats("png", "jpeg", "webp"),
    asked_format="jpeg",
)
ERASE: Final = Operation(
    name="Erase Object",
    model_id="us.stability.stable-image-erase-object-v1:0",
    regions=_EVERYWHERE,
    price_micros=70_000,
    required=_IMAGE,
    optional=_MASK | _SEED | _formats("png", "jpeg", "webp"),
)
REMOVE_BACKGROUND: Final = Operation(
    name="Remove Background",
    model_id="us.stability.stable-image-remove-background-v1:0",
    regions=_EVERYWHERE,
    price_micros=70_000,
    required=_IMAGE,
    # It takes jpeg too, which cannot hold what is asked for.
    optional=_formats("png", "webp"),
)
STYLE_GUIDE: Final = Operation(
    name="Style Guide",
    model_id="us.stability.stable-image-style-guide-v1:0",
    regions=_EVERYWHERE,
    price_micros=70_000,
    required=_PROMPT | _IMAGE,
    optional=_WISHES | _RATIO | _PRESET | {"fidelity": Share()} | _formats("png", "jpeg", "webp"),
)
CONTROL_STRUCTURE: Final = Operation(
    name="Control Structure",
    model_id="us.stability.stable-image-control-structure-v1:0",
    regions=_EVERYWHERE,
    price_micros=70_000,
    required=_PROMPT | _IMAGE,
    optional=_WISHES | _PRESET | {"control_strength": Share()} | _formats("png", "jpeg", "webp"),
)
STYLE_TRANSFER: Final = Operation(
    name="Style Transfer",
    model_id="us.stability.stable-style-transfer-v1:0",
    regions=_EVERYWHERE,
    price_micros=80_000,
    required={"init_image": Picture(), "style_image": Picture()},
    optional=_PROMPT
    | _WISHES
    | {"composition_fidelity": Share(), "style_strength": Share(), "change_strength": Share(0.1, 1.0)}
    | _formats("png", "jpeg", "webp"),
)
CONSERVATIVE_UPSCALE: Final = Operation(
    name="Conservative Upscale",
    model_id="us.stability.stable-conservative-upscale-v1:0",
    regions=_EVERYWHERE,
    price_micros=400_000,
    required=_PROMPT | _IMAGE,
    optional=_WISHES | {"creativity": Share(0.1, 0.5)} | _formats("png", "jpeg", "webp"),
    asked_format="jpeg",
)
FAST_UPSCALE: Final = Operation(
    name="Fast Upscale",
    model_id="us.stability.stable-fast-upscale-v1:0",
    regions=_EVERYWHERE,
    price_micros=30_000,
    required={"image": Picture(least_side=32, most_side=1536, most_pixels=1_048_576)},
    optional=_formats("png", "jpeg", "webp"),
    asked_format="jpeg",
)

OPERATIONS: Final = (
    CORE,
    ULTRA,
    SD35,
    INPAINT,
    OUTPAINT,
    ERASE,
    REMOVE_BACKGROUND,
    STYLE_GUIDE,
    CONTROL_STRUCTURE,
    STYLE_TRANSFER,
    CONSERVATIVE_UPSCALE,
    FAST_UPSCALE,
)
