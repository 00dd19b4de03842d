"""Asking the loopback Bedrock: requests, models that make small pictures, and clocks that do not wait."""

from dataclasses import dataclass, field
from functools import cache
from io import BytesIO
from typing import Any

from PIL import Image, ImageChops

from scene_studio.generation.bedrock.model import BedrockModel, Composition
from scene_studio.generation.bedrock.transport import BedrockRuntime, Transport
from scene_studio.generation.capabilities import BEDROCK_PLATES, CAPABILITIES
from scene_studio.generation.image_model import ImageRequest, ProductPicture
from scene_studio.generation.names import BedrockName, Region
from scene_studio.generation.prompt import build_negative_prompt, build_prompt
from scene_studio.model.settings import SceneGenerationSettings, resolve
from tests.support.loopback_bedrock import LoopbackBedrock
from tests.support.pictures import jpeg, photograph, png

PIXELS = 60_000
SCENE = jpeg(20, (300, 200))
CUT, PLAIN, ROOM = png(1), "plain", jpeg(9)
NAMES: tuple[BedrockName, ...] = tuple(BEDROCK_PLATES)


@cache
def plain_product() -> bytes:
    picture = Image.new("RGB", (120, 160), "white")
    picture.paste(photograph(30, (60, 90)), (30, 40))
    out = BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def products(*pictures: bytes | str | None) -> tuple[ProductPicture, ...]:
    return tuple(
        ProductPicture(f"p{at}", f"Product {at}", plain_product() if picture == PLAIN else picture)  # type: ignore[arg-type]
        for at, picture in enumerate(pictures)
    )


def asked(
    *pictures: bytes | str | None,
    scene: bytes | None = None,
    seed: int = 7,
    seconds: float = 60.0,
    **members: Any,
) -> ImageRequest:
    chosen = resolve(SceneGenerationSettings.model_validate({"varietyLevel": 2, **members}))
    shown = products(*pictures)
    return ImageRequest(
        prompt=build_prompt(chosen, [product.name for product in shown], seed),
        settings=chosen,
        products=shown,
        scene=scene,
        seed=seed,
        negative_prompt=build_negative_prompt(chosen),
        seconds=seconds,
    )


@dataclass
class Clock:
    """Time that passes only when somebody sleeps."""

    now: float = 1000.0
    slept: list[float] = field(default_factory=list)

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@dataclass
class Wire:
    """A transport to the loopback, with what it can be seen by.

    Attributes:
        waits: the read time-out of each client that it made.
    """

    clock: Clock
    waits: list[float]
    transport: Transport


@cache
def _connected(endpoint: str, region: Region) -> Transport:
    """The transport as a deployment has it; loading the service's description takes most of a test's time."""
    return Transport.connect(region, endpoint_url=endpoint)


def wire_at(
    endpoint: str, region: Region = "us-west-2", *, longest_wait: float = 30.0, jitter: float = 1.0
) -> Wire:
    """A transport whose clock stands still, and which waits for an answer no longer than this."""
    real = _connected(endpoint, region)
    clock, waits = Clock(), list[float]()

    def client(read_seconds: float) -> BedrockRuntime:
        waits.append(read_seconds)
        return real._client(min(read_seconds, longest_wait))

    transport = Transport(
        region,
        client,
        monotonic=clock.monotonic,
        sleep=clock.sleep,
        uniform=lambda least, most: least + jitter * (most - least),
    )
    return Wire(clock, waits, transport)


def wire_to(bedrock: LoopbackBedrock, region: Region = "us-west-2", **options: float) -> Wire:
    """The same to the loopback."""
    return wire_at(bedrock.endpoint, region, **options)


def model_on(wire: Wire, name: BedrockName = "bedrock-inpaint", pixels: int = PIXELS) -> BedrockModel:
    return BedrockModel(CAPABILITIES[name], wire.transport, plate=BEDROCK_PLATES[name], pixels=pixels)


def same_where(one: Image.Image, other: Image.Image, mask: Image.Image) -> bool:
    assert mask.getbbox() is not None
    black = Image.new("RGB", one.size)
    first, second = (Image.composite(picture.convert("RGB"), black, mask) for picture in (one, other))
    return ImageChops.difference(first, second).getbbox() is None


def opaque(image: Image.Image) -> Image.Image:
    return image.getchannel("A").point([0] * 255 + [255])


def assert_sacred(made: Composition) -> None:
    """Where a cut-out is opaque the finished picture has exactly its colours."""
    assert made.picture.mode == "RGB"
    for cutout in made.cutouts:
        left, top, right, bottom = cutout.box
        assert 0 <= left < right <= made.picture.width
        assert 0 <= top < bottom <= made.picture.height
        solid = opaque(cutout.image)
        assert sum(solid.histogram()[255:]) > 0.3 * cutout.image.width * cutout.image.height
        assert same_where(made.picture.crop(cutout.box), cutout.image, solid)
