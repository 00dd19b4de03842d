"""The scenes that every client has: rendered pictures that ship with the functions."""

from importlib.resources import files
from typing import Final, NamedTuple


class StockScene(NamedTuple):
    """A scene from stock; `file` is its name under `/scenes/`."""

    id: str
    name: str
    file: str

    @property
    def image_url(self) -> str:
        """Its address (seed, "Storage")."""
        return f"/scenes/{self.file}"


STOCK_SCENES: Final = (StockScene("stock-living-room-1", "Modern Living Room", "living-room-modern.jpg"),)


def stock_scene_at(image_url: str) -> StockScene | None:
    """The stock scene with this address, or None."""
    return next((scene for scene in STOCK_SCENES if scene.image_url == image_url), None)


def stock_picture(scene: StockScene) -> bytes:
    """The JPEG of a stock scene."""
    return (files("scene_studio") / "scenes" / scene.file).read_bytes()
