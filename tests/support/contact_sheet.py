"""Draws one pair of products in many settings on one labelled sheet, for people to look at.

`python -m tests.support.contact_sheet out.jpg`, or `make contact-sheet`.
"""

import sys
from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from PIL import Image, ImageDraw, ImageFont

from scene_studio.generation.compositor import compose
from scene_studio.generation.image_model import ImageRequest, ProductPicture
from scene_studio.generation.sample_pictures import ceramic_vase_png, oak_chair_png
from scene_studio.model.settings import SceneGenerationSettings, resolve
from scene_studio.stock_scenes import STOCK_SCENES, stock_picture

MAX_BYTES: Final = 600_000

_COLUMNS: Final = 4
_CELL: Final = (400, 400)
_LABEL: Final = 46
_GAP: Final = 12
_PAPER: Final = (250, 249, 246)
_INK: Final = (52, 48, 44)
_SEED: Final = 7

_CELLS: Final[Sequence[tuple[str, str, Mapping[str, Any]]]] = (
    ("both", "Living Room, Modern\nNatural Light, Eye Level", {"props": ("Plants", "Books")}),
    (
        "both",
        "Bedroom, Scandinavian\nSoft Studio, High Angle, Cool Tones",
        {
            "room_type": "Bedroom",
            "style": "Scandinavian",
            "lighting": "Soft Studio",
            "camera_angle": "High Angle",
            "color_scheme": "Cool Tones",
            "props": ("Rug", "Throw"),
        },
    ),
    (
        "vase",
        "Kitchen, Modern\nNatural Light, 4:5",
        {"room_type": "Kitchen", "aspect_ratio": "4:5", "accessories": True},
    ),
    (
        "both",
        "Dining Room, Mid-Century\nGolden Hour, Warm Tones",
        {
            "room_type": "Dining Room",
            "style": "Mid-Century",
            "lighting": "Golden Hour",
            "color_scheme": "Warm Tones",
        },
    ),
    (
        "both",
        "Office, Industrial\nOvercast, Rich, 16:9",
        {
            "room_type": "Office",
            "style": "Industrial",
            "lighting": "Overcast",
            "surroundings": "Rich",
            "aspect_ratio": "16:9",
        },
    ),
    (
        "vase",
        "Bathroom, Coastal\nNatural Light, Candles, Throw",
        {"room_type": "Bathroom", "style": "Coastal", "props": ("Candles", "Throw")},
    ),
    (
        "both",
        "Patio, Rustic\nGolden Hour, Low Angle, 3:2",
        {
            "room_type": "Patio",
            "style": "Rustic",
            "lighting": "Golden Hour",
            "camera_angle": "Low Angle",
            "aspect_ratio": "3:2",
        },
    ),
    (
        "both",
        "Studio, Minimalist\nSoft Studio, Pastels",
        {"room_type": "Studio", "style": "Minimalist", "lighting": "Soft Studio", "color_scheme": "Pastels"},
    ),
    (
        "vase",
        "Living Room, Evening\nCandles, Books, Earth Tones",
        {"lighting": "Evening", "color_scheme": "Earth Tones", "props": ("Candles", "Books", "Lamp")},
    ),
    (
        "both",
        "Living Room, Industrial\nDramatic, Straight On, Rug",
        {
            "style": "Industrial",
            "lighting": "Dramatic",
            "camera_angle": "Straight On",
            "props": ("Rug", "Lamp"),
        },
    ),
    (
        "vase",
        "Kitchen, Rustic\nTop Down, Plants, Books",
        {"room_type": "Kitchen", "style": "Rustic", "camera_angle": "Top Down", "props": ("Plants", "Books")},
    ),
    (
        "vase",
        "Patio, Coastal\nNatural Light, Plants",
        {"room_type": "Patio", "style": "Coastal", "surroundings": "Rich", "props": ("Plants",)},
    ),
    ("both", "Scene: Living Room in the Evening", {"scene": "stock-living-room-2", "lighting": "Evening"}),
    ("vase", "Scene: Kitchen Worktop, 4:3", {"scene": "stock-kitchen-1", "aspect_ratio": "4:3"}),
    (
        "both",
        "Living Room, no surroundings\nMonochrome, Minimalist",
        {"style": "Minimalist", "color_scheme": "Monochrome", "surroundings": "None"},
    ),
    (
        "both",
        "Bedroom, placement x 0.4, scale 0.9\nNatural Light, 9:16",
        {"room_type": "Bedroom", "aspect_ratio": "9:16", "placement": {"x": 0.4, "scale": 0.9}},
    ),
)


def cells() -> int:
    """How many pictures the sheet has."""
    return len(_CELLS)


def sheet_size() -> tuple[int, int]:
    """The sheet's width and height in pixels."""
    rows = -(-len(_CELLS) // _COLUMNS)
    return _COLUMNS * (_CELL[0] + _GAP) + _GAP, rows * (_CELL[1] + _LABEL + _GAP) + _GAP


def contact_sheet() -> Image.Image:
    """All cells with their labels: an RGB picture."""
    products = {
        "chair": ProductPicture("chair", "Oak Chair", oak_chair_png()),
        "vase": ProductPicture("vase", "Ceramic Vase", ceramic_vase_png()),
    }
    across, down = _CELL[0] + _GAP, _CELL[1] + _LABEL + _GAP
    sheet = Image.new("RGB", sheet_size(), _PAPER)
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(15)
    for index, (shown, label, settings) in enumerate(_CELLS):
        chosen = tuple(products.values()) if shown == "both" else (products[shown],)
        picture = _picture(chosen, settings)
        picture.thumbnail(_CELL, Image.Resampling.LANCZOS)
        left, top = _GAP + index % _COLUMNS * across, _GAP + index // _COLUMNS * down
        corner = (left + (_CELL[0] - picture.width) // 2, top + (_CELL[1] - picture.height) // 2)
        sheet.paste(picture, corner)
        draw.multiline_text((left, top + _CELL[1] + 5), label, fill=_INK, font=font, spacing=3)
    return sheet


def _picture(products: tuple[ProductPicture, ...], settings: Mapping[str, Any]) -> Image.Image:
    scene = next((each for each in STOCK_SCENES if each.id == settings.get("scene")), None)
    members = {name: value for name, value in settings.items() if name != "scene"}
    resolved = resolve(SceneGenerationSettings.model_validate(members))
    backdrop = None if scene is None else stock_picture(scene)
    return compose(ImageRequest("", resolved, products, backdrop, _SEED)).picture


def contact_sheet_jpeg() -> bytes:
    """The sheet as a JPEG of at most 600 kB."""
    sheet = contact_sheet()
    for quality in (90, 86, 82, 78, 72):
        out = BytesIO()
        sheet.save(out, "JPEG", quality=quality, optimize=True)
        if out.tell() <= MAX_BYTES:
            break
    return out.getvalue()


if __name__ == "__main__":
    Path(sys.argv[1]).write_bytes(contact_sheet_jpeg())
