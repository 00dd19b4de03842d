"""Pictures given inside JSON as data URLs (RFC 2397)."""

import base64
import binascii
import re
from typing import Final
from urllib.parse import unquote_to_bytes

from scene_studio.model.errors import ImageRejected

_DATA_URL: Final = re.compile(
    r"data:(?P<type>[^,;]*)(?P<parameters>(;[^,;]*)*),(?P<data>.*)", re.IGNORECASE | re.DOTALL
)


def is_data_url(url: str) -> bool:
    """Whether this is a data URL, sound or not."""
    return url[:5].lower() == "data:"


def decode_data_url(url: str) -> bytes:
    """The bytes of a data URL.

    Raises:
        ImageRejected: it does not hold a picture, or its base 64 is broken.
    """
    match = _DATA_URL.fullmatch(url)
    if match is None or not match["type"].lower().startswith("image/"):
        raise ImageRejected(
            "This is not a data URL of a picture. Send data:image/png;base64, and the file in base 64."
        )
    if "base64" not in match["parameters"].lower().split(";"):
        return unquote_to_bytes(match["data"])
    try:
        return base64.b64decode("".join(match["data"].split()), validate=True)
    except binascii.Error as error:
        raise ImageRejected(f"The data URL's base 64 is broken: {error}. Encode the file again.") from error
