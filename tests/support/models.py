"""An image model for tests: at once, counted, and refusing on demand."""

from collections.abc import Callable
from io import BytesIO

from PIL import Image

from scene_studio.generation.image_model import Capabilities, ImageRequest, ImageResult
from scene_studio.model.errors import SceneStudioError
from scene_studio.model.settings import ASPECT_RATIOS

SIZE = (32, 24)


class StubModel:
    """Answers at once with a small JPEG whose colour comes from the seed.

    Attributes:
        requests: what it was asked, in order.
        refusal: raised instead of an answer.
        meanwhile: called while it "works", for what others do in that time.
    """

    capabilities = Capabilities("stub-1", ASPECT_RATIOS, 16, seeded=True, price_micros=0)

    def __init__(self) -> None:
        self.requests: list[ImageRequest] = []
        self.refusal: SceneStudioError | None = None
        self.meanwhile: Callable[[], object] | None = None

    @property
    def calls(self) -> int:
        """How often it was asked."""
        return len(self.requests)

    def generate(self, request: ImageRequest) -> ImageResult:
        """See `ImageModel.generate`."""
        self.requests.append(request)
        if self.meanwhile is not None:
            self.meanwhile()
        if self.refusal is not None:
            raise self.refusal
        return ImageResult(stub_jpeg(request.seed), *SIZE, request.seed)


def stub_jpeg(seed: int) -> bytes:
    """The picture that the model makes for this seed."""
    out = BytesIO()
    Image.new("RGB", SIZE, (seed % 256, seed // 256 % 256, seed // 65536 % 256)).save(out, "JPEG")
    return out.getvalue()
