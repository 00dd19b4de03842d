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
        """The path at which `web` serves it."""
        return f"/scenes/{self.file}"


STOCK_SCENES: Final = (
    StockScene("stock-living-room-1", "Modern Living Room", "living-room-modern.jpg"),
    StockScene("stock-living-room-2", "Living Room in the Evening", "living-room-evening.jpg"),
    StockScene("stock-bedroom-1", "Scandinavian Bedroom", "bedroom-scandinavian.jpg"),
    StockScene("stock-kitchen-1", "Kitchen Worktop", "kitchen-worktop.jpg"),
    StockScene("stock-dining-room-1", "Mid-Century Dining Room", "dining-room-mid-century.jpg"),
    StockScene("stock-office-1", "Industrial Office", "office-industrial.jpg"),
    StockScene("stock-bathroom-1", "Bathroom with Marble Top", "bathroom-marble.jpg"),
    StockScene("stock-patio-1", "Patio at Golden Hour", "patio-golden-hour.jpg"),
    StockScene("stock-studio-1", "Photo Studio", "studio-soft.jpg"),
    StockScene("stock-table-1", "Rustic Table", "table-rustic.jpg"),
)


def stock_scene_at(image_url: str) -> StockScene | None:
    """The stock scene with this address, or None."""
    return next((scene for scene in STOCK_SCENES if scene.image_url == image_url), None)


def stock_picture(scene: StockScene) -> bytes:
    """The JPEG of a stock scene."""
    return (files("scene_studio") / "scenes" / scene.file).read_bytes()
