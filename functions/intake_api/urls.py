"""Whether an address holds a picture or names one of another place; to know that, none is opened."""

from typing import Final

from scene_studio.images.data_url import is_data_url
from scene_studio.model import addresses
from scene_studio.model.errors import InvalidRequest

MAX_URL: Final = 2048


def stays_elsewhere(url: str, field: str, own: str = "") -> bool:
    """Whether the picture of an address lies elsewhere and stays there; if not, the address holds it.

    Args:
        url: the address.
        field: where it stands in the request.
        own: an address of ours that would do too, for the message.

    Raises:
        InvalidRequest: it is neither a data URL nor an address of the web.
    """
    if is_data_url(url):
        return False
    if addresses.is_elsewhere(url) and len(url) <= MAX_URL:
        return True
    raise InvalidRequest.of(
        field, f"must be a data URL with the picture, or an http(s) address{f', or {own}' if own else ''}"
    )
