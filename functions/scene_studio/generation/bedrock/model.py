"""The image model that asks Stability's models on Amazon Bedrock."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from PIL import Image

from scene_studio.generation.bedrock.canvas import (
    CANVAS_PIXELS,
    around_mask,
    canvas_size,
    fitted,
    laid,
    nearest_ratio,
    neutral,
    painted_over,
    ring_mask,
)
from scene_studio.generation.bedrock.cutouts import cut_by, jpeg, opened, png, sendable
from scene_studio.generation.bedrock.operations import (
    CONTROL_STRUCTURE,
    CORE,
    INPAINT,
    REMOVE_BACKGROUND,
    STYLE_GUIDE,
    STYLE_PRESETS,
    Operation,
)
from scene_studio.generation.bedrock.placing import PlacedCutout, Size, stand
from scene_studio.generation.bedrock.transport import Transport
from scene_studio.generation.capabilities import BEDROCK_PLATES, CAPABILITIES, MAX_PAID_CUTOUTS
from scene_studio.generation.image_model import Capabilities, ImageRequest, ImageResult, ProductPicture
from scene_studio.generation.names import BedrockName, Region
from scene_studio.generation.prompt import build_prompt
from scene_studio.images.cutout import product_alone
from scene_studio.images.inspect import flattened, open_upright
from scene_studio.model.errors import GenerationRefused, ImageRejected, ModelUnavailable, SceneStudioError
from scene_studio.model.settings import MAX_SEED, ResolvedSettings

_RESTYLED: Final = 7
"""The variety level from which a scene is not kept as it is but drawn anew."""
_NEW_ROOM: Final = 9
"""The variety level from which not even its layout is kept."""
_FINISHING_SECONDS: Final = 1.0
"""What putting the picture together takes after the last answer."""
_SENT_QUALITY: Final = 95
_QUALITY: Final = 92


@dataclass(frozen=True, slots=True)
class Composition:
    """A finished picture before it is encoded.

    Attributes:
        picture: RGB.
        cutouts: the products on it, those at the back first; where one is opaque, and no later one covers
            it, the picture has exactly its colours.
        seed: that the last model used.
        cost_micros: what the answers cost from which it was made.
    """

    picture: Image.Image
    cutouts: tuple[PlacedCutout, ...]
    seed: int
    cost_micros: int


class BedrockModel:
    """Paints a scene around product cut-outs; the products' own pixels are never a model's.

    Each product is cut out by its picture's alpha or plain background, or else by one paid call. Then:

    - Without a scene, and without a plate model, everything around the products is painted in one call of
      Inpaint ($0.07). This is the default to choose: a plate ($0.04 with Core) with a ring painted on it costs
      more ($0.11) and takes a second call, and its floor, light and perspective know nothing of the products,
      while Inpaint sees them. A plate model is for those who want its look.
    - Without a scene, a plate model makes the empty place, and then a ring around the products is painted,
      with the floor on which their shadows fall.
    - A scene is kept to the pixel up to variety level 6, but for that ring. From 7 on Control Structure draws
      it anew in the same layout, from 9 on Style Guide draws another place of the same look; both hold to it
      less at each further level.
    - Products of which there is no picture are left to the prompt, which names them. Without any picture of a
      product the whole is made from text: by the plate model or Core, or by Style Guide where there is a scene
      or the region has neither.

    Only calls that returned a picture count as paid; whether filtered ones are billed is not documented.
    """

    def __init__(
        self,
        capabilities: Capabilities,
        transport: Transport,
        *,
        plate: Operation | None = None,
        pixels: int = CANVAS_PIXELS,
    ) -> None:
        """Use this transport.

        Args:
            capabilities: what is declared.
            transport: what asks.
            plate: makes empty places from text; without it everything is painted around the products.
            pixels: how large pictures are made.
        """
        self.capabilities = capabilities
        self._transport = transport
        self._plate = plate
        self._pixels = pixels

    def generate(self, request: ImageRequest) -> ImageResult:
        """Make one picture, as an `ImageModel` does.

        Raises:
            GenerationRefused: a content filter stopped it, or a product cannot be cut out; or, with the
                member `misconfigured`, this deployment may not use a model, and its operator has to be told.
            ImageRejected: a product or scene picture could not be read.
            ModelUnavailable: there was no answer in time, or it was lost.

        Whatever is raised, its member `costMicros` says what was paid by then, or may have been.
        """
        made = self.compose(request)
        encoded = jpeg(made.picture, _QUALITY)
        return ImageResult(encoded, *made.picture.size, made.seed, made.cost_micros)

    def compose(self, request: ImageRequest) -> Composition:
        """Make one picture, with its products as they stand in it; raises what `generate` does."""
        until = self._transport.monotonic() + request.seconds - _FINISHING_SECONDS
        order = _Order(self._transport, request, until)
        try:
            return self._composed(order, request)
        except SceneStudioError as error:
            if order.cost_micros:
                error.members["costMicros"] = order.cost_micros
            raise

    def _composed(self, order: "_Order", request: ImageRequest) -> Composition:
        size = canvas_size(request.settings.aspect_ratio, self._pixels)
        # Whatever may be wrong with pictures is found before anything is paid for.
        scene = None
        if request.scene is not None:
            scene = fitted(flattened(open_upright(request.scene, 2 * max(size))), size)
        figures = _figures(order, request.products)
        if not figures:
            return order.finished(self._from_text(order, size, scene, request.prompt), ())
        names = [product.name for product in request.products if product.picture is not None]
        cutouts = stand(figures, names, size, request.settings, request.seed)
        backdrop = self._backdrop(order, size, scene)
        if backdrop is None:
            canvas, mask = laid(neutral(size), cutouts), around_mask(size, cutouts)
        else:
            shadows = request.settings.shadow_strength != 0
            canvas, mask = laid(backdrop, cutouts), ring_mask(size, cutouts, shadows=shadows)
        answer = order.ask(
            INPAINT, prompt=request.prompt, image=jpeg(canvas, _SENT_QUALITY), mask=png(mask), grow_mask=0
        )
        return order.finished(painted_over(canvas, answer, mask, cutouts), cutouts)

    def _backdrop(self, order: "_Order", size: Size, scene: Image.Image | None) -> Image.Image | None:
        """The place without products, or None if it is to be painted around them."""
        settings = order.request.settings
        level = settings.variety_level
        if scene is not None and level < _RESTYLED:
            return scene
        if scene is None and self._plate is None:
            return None
        prompt = build_prompt(settings, (), order.request.seed)
        if scene is None or level >= _NEW_ROOM:
            return self._from_text(order, size, scene, prompt)
        answer = order.ask(
            CONTROL_STRUCTURE,
            prompt=prompt,
            image=jpeg(scene, _SENT_QUALITY),
            control_strength=_faithfulness(level),
        )
        return fitted(answer, size)

    def _from_text(self, order: "_Order", size: Size, scene: Image.Image | None, prompt: str) -> Image.Image:
        """A picture made from the prompt, in the look of the scene if there is one."""
        plate = self._plate or CORE
        if scene is None and self._transport.region in plate.regions:
            return fitted(order.ask(plate, prompt=prompt, mode="text-to-image"), size)
        fidelity = 0.0 if scene is None else _faithfulness(order.request.settings.variety_level)
        guide = neutral(size) if scene is None else scene
        answer = order.ask(STYLE_GUIDE, prompt=prompt, image=jpeg(guide, _SENT_QUALITY), fidelity=fidelity)
        return fitted(answer, size)


class _Order:
    """The calls that one picture takes: what they share, what they cost, and which seed the last one used."""

    def __init__(self, transport: Transport, request: ImageRequest, until: float) -> None:
        self.request = request
        self._transport = transport
        self._until = until
        # To the models 0 is no seed but the wish for a random one.
        self._seed = request.seed or MAX_SEED
        self.cost_micros = 0
        self._wishes: Mapping[str, Any] = {
            "negative_prompt": request.negative_prompt or None,
            "seed": self._seed,
            "aspect_ratio": nearest_ratio(request.settings.aspect_ratio),
            "style_preset": _preset(request.settings),
        }

    def ask(self, operation: Operation, **wanted: Any) -> Image.Image:
        """The picture that an operation makes, RGB."""
        return flattened(_decoded(self.ask_for_bytes(operation, **wanted)))

    def ask_for_bytes(self, operation: Operation, **wanted: Any) -> bytes:
        """The picture that an operation makes, as it came."""
        try:
            made = self._transport.ask(operation, {**self._wishes, **wanted}, self._until)
        except ModelUnavailable as error:
            if error.members.get("mayBePaid"):
                self.cost_micros += operation.price_micros
            raise
        self.cost_micros += operation.price_micros
        self._seed = self._seed if made.seed is None else made.seed
        return made.data

    def finished(self, picture: Image.Image, cutouts: tuple[PlacedCutout, ...]) -> Composition:
        """What became of it."""
        return Composition(picture, cutouts, self._seed, self.cost_micros)


def bedrock_model(name: BedrockName, region: Region, **client_options: Any) -> BedrockModel:
    """The image model of this name, with clients of its own."""
    transport = Transport.connect(region, **client_options)
    return BedrockModel(CAPABILITIES[name], transport, plate=BEDROCK_PLATES[name])


def _figures(order: _Order, products: tuple[ProductPicture, ...]) -> list[Image.Image]:
    """The cut-outs of the products of which there is a picture.

    Raises:
        GenerationRefused: too many of them would have to be cut out for money.
    """
    pictures = [opened(product.picture) for product in products if product.picture is not None]
    figures = [product_alone(picture) for picture in pictures]
    if figures.count(None) > MAX_PAID_CUTOUTS:
        raise GenerationRefused(
            f"{figures.count(None)} of these products stand before a background that is not plain, and at most "
            f"{MAX_PAID_CUTOUTS} are cut out for one picture. Upload them on a plain or transparent "
            "background, or execute with fewer products."
        )
    return [
        _bought_cutout(order, picture) if figure is None else figure
        for picture, figure in zip(pictures, figures, strict=True)
    ]


def _bought_cutout(order: _Order, picture: Image.Image) -> Image.Image:
    sheet, box = sendable(picture)
    answer = order.ask_for_bytes(REMOVE_BACKGROUND, image=png(sheet))
    return cut_by(picture, _decoded(answer), sheet.size, box)


def _decoded(answer: bytes) -> Image.Image:
    try:
        return open_upright(answer)
    except ImageRejected as error:
        raise ModelUnavailable("The image model's picture arrived damaged. Execute again.") from error


def _faithfulness(variety_level: int) -> float:
    """How closely a picture holds to the scene it is drawn from."""
    return round(1 - 0.07 * variety_level, 2)


def _preset(settings: ResolvedSettings) -> str:
    wanted = settings.style.strip().lower().replace(" ", "-")
    return wanted if wanted in STYLE_PRESETS else "photographic"
