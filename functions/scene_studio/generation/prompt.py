"""From settings and products to a prompt, and to what is not to be in the picture; pure.

A prompt is the caption of the picture that is wanted, never a command, in the order that image models follow
best: subject, place, things around it, colours, light, camera, framing, and last what the person typed. It
says what is there and never what is not: image models draw whatever is named.
"""

import random as randomness
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from scene_studio.model.settings import ResolvedSettings

MAX_PROMPT: Final = 10_000
"""The most characters that any of the image models takes, in a prompt and in a negative prompt."""

_VARIED_WORDS: Final = 4
"""The variety level from which the seed chooses how props stand and which lens is used."""
_VARIED_LOOK: Final = 7
"""The variety level from which the seed chooses framing and the quality of light too."""

# Settings are free text. What `SUGGESTIONS` offers is put into words here; anything else is said as it is.
_FLOORS: Final[Mapping[str, str]] = {
    "modern": "a light oak floor",
    "industrial": "a polished concrete floor",
    "scandinavian": "a pale birch floor",
    "rustic": "a weathered plank floor",
    "coastal": "a whitewashed plank floor",
    "mid-century": "a walnut parquet floor",
    "minimalist": "a smooth pale floor",
}
_SURROUNDINGS: Final[Mapping[str, str]] = {
    "none": "",
    "minimal": "sparsely furnished surroundings",
    "moderate": "moderately furnished surroundings",
    "rich": "richly furnished surroundings",
}
_PALETTES: Final[Mapping[str, str]] = {
    "neutral tones": "a neutral palette of beige, cream and soft grey",
    "warm tones": "a warm palette of terracotta, amber and cream",
    "cool tones": "a cool palette of slate blue, pale grey and white",
    "earth tones": "an earthy palette of clay, olive and sand",
    "pastels": "a pastel palette of blush, mint and pale lilac",
    "monochrome": "a monochrome palette of charcoal, grey and white",
}
_LIGHTS: Final[Mapping[str, str]] = {
    "": "soft light",
    "natural light": "soft natural window light",
    "golden hour": "warm low golden hour sunlight",
    "soft studio": "broad soft studio light",
    "dramatic": "a single dramatic light",
    "evening": "warm evening lamplight",
    "overcast": "even overcast daylight",
}
_CAMERAS: Final[Mapping[str, str]] = {
    "": "eye-level view",
    "eye level": "eye-level three-quarter view",
    "low angle": "low-angle view",
    "high angle": "high-angle three-quarter view",
    "top down": "top-down flat lay view",
    "straight on": "straight-on view",
}
_DIRECTION: Final = re.compile(
    r"\b(left|right|behind|above|below|front|back|side|top|over|under)", re.IGNORECASE
)

# Of each row the first is what is said at low variety levels.
_BESIDE: Final = ("beside", "behind", "around")
_IN_THE_ROOM: Final = ("nearby", "in the background", "along one side")
_LENSES: Final = (
    "50mm lens, shallow depth of field",
    "35mm lens, moderate depth of field",
    "85mm lens, softly blurred background",
)
_QUALITIES: Final = ("", "diffused ", "dappled ", "glowing ")
_FRAMINGS: Final = ("centred framing", "generous framing", "balanced asymmetrical framing")

_UNWANTED: Final = (
    "text",
    "watermark",
    "logo",
    "duplicate product",
    "extra objects on product",
    "people",
    "hands",
    "floating object",
    "cropped object",
    "blurry",
    "low quality",
    "distorted perspective",
    "cartoon",
    "3d render",
)


def build_prompt(settings: ResolvedSettings, product_names: Sequence[str], seed: int) -> str:
    """The prompt for a picture of these products in these settings.

    At variety levels 0 to 3 it does not depend on the seed. From 4 on the seed chooses how props stand and
    which lens is used, from 7 on framing and the quality of light too; the camera's angle, the place and the
    colours stay as they were chosen.

    Args:
        settings: what is wanted.
        product_names: the subject; without any, the prompt is that of the empty place.
        seed: of the picture.

    Returns:
        At most `MAX_PROMPT` characters. Should it be longer, props are left out from the last on; what the
        person typed stays whole.
    """
    props = [prop for prop in map(_lower, settings.props) if prop]
    typed = settings.prompt_text.strip()
    while True:
        caption = _caption(settings, product_names, props, seed)
        prompt = f"{caption} {typed}" if typed else caption
        if len(prompt) <= MAX_PROMPT or not props:
            return prompt
        props.pop()


def build_negative_prompt(settings: ResolvedSettings) -> str:
    """What is not to be in the picture, as nouns: what never is, then what the person typed.

    What the settings themselves ask for, such as people among the props, is not spoken against.

    Returns:
        At most `MAX_PROMPT` characters.
    """
    asked_for = set(re.findall(r"\w+", " ".join([settings.style, *settings.props]).lower()))
    unwanted = [noun for noun in _UNWANTED if not set(noun.split()) <= asked_for]
    typed = (settings.negative_prompt or "").strip()
    return ", ".join([*unwanted, typed] if typed else unwanted)


def _caption(settings: ResolvedSettings, names: Sequence[str], props: Sequence[str], seed: int) -> str:
    pick = _picker(settings.variety_level, seed)
    clauses = [
        *_subject(settings, names),
        _said(settings.surroundings, _SURROUNDINGS, "{} surroundings"),
        _props(props, len(names), pick),
        "styled with matching accessories" if settings.accessories else "",
        _said(settings.color_scheme, _PALETTES, "a palette of {}") if settings.color_theme else "",
        *_light(settings, pick),
        f"{_said(settings.camera_angle, _CAMERAS, '{} view')}, {pick(_LENSES, _VARIED_WORDS)}",
        _framing(settings, pick),
        f"sharp focus on the {_counted('product', len(names))}" if names else "sharp focus",
    ]
    return ", ".join(clause for clause in clauses if clause) + "."


Pick = Callable[[Sequence[str], int], str]
"""Chooses from a row if the variety level is at least this, and takes the first otherwise."""


def _picker(variety_level: int, seed: int) -> Pick:
    random = randomness.Random(f"{seed} words")  # noqa: S311 - has to be repeatable

    def pick(options: Sequence[str], from_level: int) -> str:
        chosen = random.choice(options)  # drawn at every level, so that levels of one seed resemble each other
        return chosen if variety_level >= from_level else options[0]

    return pick


def _subject(settings: ResolvedSettings, names: Sequence[str]) -> list[str]:
    room = f"{_lower(settings.style)} {_lower(settings.room_type)}".strip()
    place = f"{_article(room)} {room}" if room else ""
    if settings.scene is not None and settings.scene.name:
        # Not in quotation marks: what stands in them is drawn as lettering.
        place = f"{place or 'a place'} with the look of {settings.scene.name.strip()}"
    floor = _FLOORS.get(_lower(settings.style), "the floor")
    if not names:
        return [f"A professional interior photograph of {place or 'a plain room'}", f"open space on {floor}"]
    standing = f"standing on {floor}" + (f" in {place}" if place else "")
    return [f"A professional product photograph of {_joined(names)}", standing]


def _props(props: Sequence[str], products: int, pick: Pick) -> str:
    where = (
        f"{pick(_BESIDE, _VARIED_WORDS)} {_counted('it', products, 'them')}"
        if products
        else pick(_IN_THE_ROOM, _VARIED_WORDS)
    )
    return f"{_joined(props)} {where}" if props else ""


def _light(settings: ResolvedSettings, pick: Pick) -> list[str]:
    """The light and the shadows. It comes from the left unless the person says otherwise."""
    light = _said(settings.lighting, _LIGHTS, "{}")
    elsewhere = _DIRECTION.search(light) is not None
    quality = pick(_QUALITIES, _VARIED_LOOK)
    strength = 0.5 if settings.shadow_strength is None else settings.shadow_strength
    depth = "faint" if strength < 0.35 else "soft" if strength <= 0.7 else "deep"
    shadows = f"{depth} contact shadows" + ("" if elsewhere else " falling to the right")
    return [f"{quality}{light}" + ("" if elsewhere else " from the left"), shadows if strength else ""]


def _framing(settings: ResolvedSettings, pick: Pick) -> str:
    across, down = (int(part) for part in settings.aspect_ratio.split(":"))
    space = "open space on both sides" if across > down else "open space above"
    framing = pick(_FRAMINGS, _VARIED_LOOK)
    x = settings.placement.x if settings.placement is not None else None
    if x is not None and not 0.4 <= x <= 0.6:
        side, other = ("left", "right") if x < 0.5 else ("right", "left")
        return f"subject on the {side} with open space on the {other}"
    return f"{framing} with {space}"


def _said(text: str, table: Mapping[str, str], otherwise: str) -> str:
    lowered = _lower(text)
    if lowered in table or not lowered:
        return table.get(lowered, "")
    return otherwise.format(lowered)


def _joined(names: Sequence[str]) -> str:
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"


def _counted(one: str, count: int, many: str = "") -> str:
    return one if count == 1 else many or f"{one}s"


def _article(noun: str) -> str:
    return "an" if noun[0].lower() in "aeiou" else "a"


def _lower(text: str) -> str:
    return text.strip().lower()
