"""Renders the stock scenes: rooms with free ground in front, framed for a product that is not there.

`make scenes` runs this module. Its pictures are committed, and nothing renders them at run time.
"""

import sys
from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any, Final, NamedTuple

from PIL import Image

from scene_studio.generation.rendering.backdrop import render
from scene_studio.generation.rendering.drawing import Size, seeded
from scene_studio.generation.rendering.interior import interior_of
from scene_studio.generation.rendering.light import light_of
from scene_studio.generation.staging.grading import finished, light_on, matched
from scene_studio.generation.staging.plan import plan
from scene_studio.model.settings import SceneGenerationSettings, resolve
from scene_studio.stock_scenes import STOCK_SCENES

SIZE: Final[Size] = (1200, 800)
MAX_BYTES: Final = 120_000
"""Stock scenes travel with every function, so they are kept small."""

_QUALITIES: Final = (88, 84, 80, 76, 70, 64)
_VIGNETTE: Final = 0.16


class _Set(NamedTuple):
    settings: Mapping[str, Any]
    framed_for: tuple[str, float]
    """The name of a product of the kind that the scene is for, and its width divided by its height."""


_CHAIR: Final = ("Chair", 0.65)
_VASE: Final = ("Vase", 0.6)

_SETS: Final[Mapping[str, _Set]] = {
    "stock-living-room-1": _Set({"room_type": "Living Room"}, _CHAIR),
    "stock-living-room-2": _Set(
        {
            "room_type": "Living Room",
            "lighting": "Evening",
            "color_scheme": "Earth Tones",
            "props": ("Lamp", "Rug"),
        },
        _CHAIR,
    ),
    "stock-bedroom-1": _Set(
        {
            "room_type": "Bedroom",
            "style": "Scandinavian",
            "color_scheme": "Cool Tones",
            "lighting": "Soft Studio",
        },
        _CHAIR,
    ),
    "stock-kitchen-1": _Set({"room_type": "Kitchen", "surroundings": "Rich"}, _VASE),
    "stock-dining-room-1": _Set({"room_type": "Dining Room", "style": "Mid-Century"}, _CHAIR),
    "stock-office-1": _Set({"room_type": "Office", "style": "Industrial", "lighting": "Overcast"}, _CHAIR),
    "stock-bathroom-1": _Set({"room_type": "Bathroom", "style": "Coastal"}, _VASE),
    "stock-patio-1": _Set({"room_type": "Patio", "lighting": "Golden Hour", "surroundings": "Rich"}, _CHAIR),
    "stock-studio-1": _Set(
        {"room_type": "Studio", "lighting": "Soft Studio", "color_scheme": "Warm Tones"}, _CHAIR
    ),
    "stock-table-1": _Set(
        {"room_type": "Dining Room", "style": "Rustic", "color_scheme": "Earth Tones"}, _VASE
    ),
}


def stock_jpeg(scene_id: str) -> bytes:
    """The picture of a stock scene, the same on every call: a JPEG of 1200 x 800 pixels below 120 kB."""
    chosen, (name, shape) = _SETS[scene_id]
    settings = resolve(SceneGenerationSettings(**chosen, variety_level=0, aspect_ratio="3:2"))
    interior = interior_of(settings, light_of(settings.lighting), 0)
    layout = plan(
        settings, [name], [shape], SIZE, seed=0, in_scene=False, table_height=interior.room.table_height
    )
    if layout.view is None:
        raise ValueError("a stock scene is not seen from above")
    room = finished(matched(render(layout.view, interior), light_on([])), _VIGNETTE, seeded("grain"))
    return _encoded(room, _QUALITIES)


def _encoded(room: Image.Image, qualities: Sequence[int]) -> bytes:
    """The picture as a JPEG at the best of these qualities that keeps it small enough."""
    for quality in qualities:
        out = BytesIO()
        room.save(out, "JPEG", quality=quality, optimize=True)
        if out.tell() <= MAX_BYTES:
            break
    return out.getvalue()


def main(folder: Path) -> None:
    """Write all stock scenes into a folder."""
    for scene in STOCK_SCENES:
        (folder / scene.file).write_bytes(stock_jpeg(scene.id))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
