"""Seeing that a stored picture is one, from its header and its end, without decoding it."""

from typing import Final

from scene_studio.images.containers import dimensions, is_complete, recognise

_FORMATS: Final = {"jpg": "JPEG", "png": "PNG"}


def is_picture(key: str) -> bool:
    """Whether the object of this key is to be a picture."""
    return key.rpartition(".")[2] in _FORMATS


def fault_of(key: str, body: bytes) -> str | None:
    """What is wrong with the picture under this key, in words; None if nothing is."""
    wanted = _FORMATS[key.rpartition(".")[2]]
    found = recognise(body)
    if found is None or found != wanted:
        return f"is no {wanted} picture"
    size = dimensions(body, found)
    if size is None or 0 in size:
        return "has a header from which its size cannot be read"
    return None if is_complete(body, found) else "breaks off before its end"
