"""From settings and products to a prompt; pure.

The order is that of a photograph's caption, which image models follow best: subject, place, things around
it, colours, light, camera, and last what the person typed.
"""

from collections.abc import Sequence

from scene_studio.model.settings import ResolvedSettings


def build_prompt(settings: ResolvedSettings, product_names: Sequence[str]) -> str:
    """The prompt for a picture of these products in these settings."""
    clauses = [f"A professional product photograph of {_joined(product_names)}", _place(settings)]
    if settings.surroundings.strip() not in {"", "None"}:
        clauses.append(f"{_lower(settings.surroundings)} surroundings")
    if settings.props:
        clauses.append(f"with {_joined([_lower(prop) for prop in settings.props])} nearby")
    if settings.accessories:
        clauses.append("styled with fitting accessories")
    if settings.color_theme and settings.color_scheme.strip():
        clauses.append(f"a palette of {_lower(settings.color_scheme)}")
    clauses.append(f"{_lower(settings.lighting)}, soft contact shadows")
    clauses.append(f"{_lower(settings.camera_angle)} view, sharp focus on the products")
    prompt = ", ".join(clauses) + "."
    typed = settings.prompt_text.strip()
    return f"{prompt} {typed}" if typed else prompt


def _place(settings: ResolvedSettings) -> str:
    room = f"{_lower(settings.style)} {_lower(settings.room_type)}".strip()
    place = f"standing in {_article(room)} {room}" if room else "standing on a plain floor"
    if settings.scene is not None and settings.scene.name:
        place += f" like the scene {settings.scene.name!r}"
    return place


def _joined(names: Sequence[str]) -> str:
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"


def _article(noun: str) -> str:
    return "an" if noun[0].lower() in "aeiou" else "a"


def _lower(text: str) -> str:
    return text.strip().lower()
