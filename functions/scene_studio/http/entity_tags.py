"""Entity tags and conditional requests (RFC 9110, sections 8.8.3 and 13.1)."""

import re
from typing import Any, Final

from scene_studio.model.errors import InvalidRequest
from scene_studio.store.cache import Versioned

_TAG: Final = re.compile(r'(W/)?"([\x21\x23-\x7e\x80-\xff]*)"')
_LIST: Final = re.compile(rf"\s*{_TAG.pattern}\s*(,\s*{_TAG.pattern}\s*)*")
_OPAQUE: Final = re.compile(r"([0-9]{1,15}):(.+)")
_MAX_TAGS: Final = 100


def entity_tag(entry: Versioned[Any]) -> str:
    """The strong entity tag of a document as it was read: its `rev`, and the store's id of its version.

    The version alone names it; the `rev` tells which of two tags is the older without reading either.
    """
    return f'"{entry.document.rev}:{entry.version.version_id}"'


def version_in(tag: str) -> str:
    """The store's id of the version that a tag names, in quotes or not; other text is taken as such an id."""
    opaque = tag.strip().removeprefix('"').removesuffix('"')
    match = _OPAQUE.fullmatch(opaque)
    return match[2] if match else opaque


def oldest_version(tags: list[str]) -> str | None:
    """The version that the tag with the lowest `rev` names; one that is not of ours counts as the oldest.

    Returns:
        None if there are no tags.
    """
    # The rows of one save mostly have the same tag.
    return version_in(min(dict.fromkeys(tags), key=_rev)) if tags else None


def _rev(tag: str) -> int:
    match = _OPAQUE.fullmatch(tag.strip().removeprefix('"').removesuffix('"'))
    return int(match[1]) if match else -1


class TagCondition:
    """The value of an If-Match or If-None-Match header.

    Attributes:
        any: whether it is `*`.
        tags: the entity tags it lists, as they stand there.
    """

    def __init__(self, header: str, value: str) -> None:
        """Read the value.

        Raises:
            InvalidRequest: it is neither `*` nor a list of entity tags, or the list is too long.
        """
        self.any = value.strip() == "*"
        if not self.any and not _LIST.fullmatch(value):
            raise InvalidRequest.of(header, 'must be * or entity tags in double quotes, such as "abc"')
        self.tags = [] if self.any else [match[0] for match in _TAG.finditer(value)]
        if len(self.tags) > _MAX_TAGS:
            raise InvalidRequest.of(header, f"must list at most {_MAX_TAGS} entity tags")

    def strongly_matches(self, entry: Versioned[Any]) -> bool:
        """Whether it is `*` or lists this document's tag as a strong one; for If-Match."""
        return self.any or entity_tag(entry) in self.tags

    def weakly_matches(self, entry: Versioned[Any]) -> bool:
        """Whether it is `*` or lists this document's tag in any form; for If-None-Match."""
        return self.lists(entity_tag(entry))

    def lists(self, tag: str) -> bool:
        """Whether it is `*` or lists this tag in any form."""
        return self.any or tag in {one.removeprefix("W/") for one in self.tags}
