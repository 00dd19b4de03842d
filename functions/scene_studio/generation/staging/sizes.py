"""How large things really are and what they stand on, guessed from their names and shapes.

A picture does not tell how large its product is. Its name mostly does: the last word that is known decides,
so that a chair cushion is a cushion.
"""

import re
from collections.abc import Mapping
from typing import Final, NamedTuple


class RealSize(NamedTuple):
    """The size of a product.

    Attributes:
        width: in metres.
        height: in metres.
        on_floor: whether it stands on the floor, rather than on a table.
    """

    width: float
    height: float
    on_floor: bool


_FLOOR: Final[Mapping[str, float]] = {
    "chair": 0.88,
    "armchair": 0.9,
    "recliner": 1.0,
    "rocker": 1.0,
    "stool": 0.6,
    "barstool": 0.95,
    "bench": 0.5,
    "sofa": 0.85,
    "couch": 0.85,
    "loveseat": 0.85,
    "ottoman": 0.45,
    "pouf": 0.42,
    "table": 0.74,
    "desk": 0.76,
    "sideboard": 0.78,
    "dresser": 0.9,
    "cabinet": 1.1,
    "console": 0.8,
    "nightstand": 0.55,
    "bookshelf": 1.8,
    "bookcase": 1.8,
    "shelf": 1.6,
    "wardrobe": 1.95,
    "bed": 1.1,
    "crib": 0.95,
    "bicycle": 1.05,
    "bike": 1.05,
    "suitcase": 0.65,
    "luggage": 0.65,
    "ladder": 1.7,
    "tree": 1.6,
    "heater": 0.7,
    "fan": 1.2,
    "vacuum": 1.1,
    "guitar": 1.0,
    "trunk": 0.5,
    "floor lamp": 1.55,
    "coffee table": 0.42,
    "side table": 0.52,
    "end table": 0.52,
    "bin": 0.6,
    "surfboard": 1.9,
    "easel": 1.6,
    "floor vase": 0.7,
    "stroller": 1.05,
    "mattress": 0.3,
    "planter": 0.55,
    "rug": 0.3,
    "mannequin": 1.7,
}
_TABLE: Final[Mapping[str, float]] = {
    "vase": 0.34,
    "lamp": 0.48,
    "pot": 0.22,
    "mug": 0.13,
    "cup": 0.12,
    "glass": 0.15,
    "tumbler": 0.14,
    "bowl": 0.13,
    "plate": 0.26,
    "jug": 0.25,
    "pitcher": 0.25,
    "carafe": 0.26,
    "teapot": 0.17,
    "kettle": 0.24,
    "bottle": 0.28,
    "jar": 0.17,
    "candle": 0.14,
    "candlestick": 0.26,
    "clock": 0.28,
    "book": 0.24,
    "frame": 0.32,
    "mirror": 0.4,
    "sculpture": 0.34,
    "figurine": 0.2,
    "toy": 0.22,
    "speaker": 0.24,
    "headphones": 0.22,
    "camera": 0.14,
    "phone": 0.16,
    "laptop": 0.26,
    "monitor": 0.46,
    "keyboard": 0.13,
    "watch": 0.13,
    "ring": 0.11,
    "necklace": 0.2,
    "perfume": 0.14,
    "cream": 0.12,
    "soap": 0.12,
    "lotion": 0.18,
    "serum": 0.13,
    "lipstick": 0.12,
    "shampoo": 0.22,
    "shoe": 0.16,
    "sneaker": 0.16,
    "boot": 0.32,
    "hat": 0.2,
    "bag": 0.34,
    "handbag": 0.3,
    "backpack": 0.46,
    "wallet": 0.12,
    "basket": 0.3,
    "cushion": 0.42,
    "pillow": 0.42,
    "blanket": 0.26,
    "throw": 0.26,
    "towel": 0.22,
    "box": 0.26,
    "tray": 0.14,
    "pan": 0.16,
    "toaster": 0.22,
    "blender": 0.42,
    "mixer": 0.36,
    "coffee maker": 0.36,
    "plant": 0.42,
    "cake": 0.18,
    "wine": 0.31,
    "tea": 0.16,
    "coffee": 0.2,
    "honey": 0.15,
    "diffuser": 0.22,
    "organizer": 0.24,
}
_KNOWN: Final[Mapping[str, tuple[float, bool]]] = {
    **{word: (height, True) for word, height in _FLOOR.items()},
    **{word: (height, False) for word, height in _TABLE.items()},
}
_WORDS: Final = re.compile(
    r"\b(" + "|".join(sorted(map(re.escape, _KNOWN), key=len, reverse=True)) + r")(?:s|es)?\b"
)
_UNKNOWN: Final = 0.3
_WIDEST: Final = 2.3
"""Nothing is taken to be wider than this, in metres, and nothing on a table than a third of it."""


def real_size(name: str, shape: float) -> RealSize:
    """How large a product is likely to be.

    Args:
        name: the product's name.
        shape: the width of its picture divided by its height.
    """
    words = _WORDS.findall(name.lower())
    height, on_floor = _KNOWN[words[-1]] if words else (_UNKNOWN, False)
    widest = _WIDEST if on_floor else _WIDEST / 3
    height = min(height, widest / shape)
    return RealSize(height * shape, height, on_floor)
