"""Entity tags and conditional requests (RFC 9110, sections 8.8.3 and 13.1)."""

import re
from typing import Final

from scene_studio.model.errors import InvalidRequest

_TAG: Final = re.compile(r'(W/)?"([\x21\x23-\x7e\x80-\xff]*)"')
_LIST: Final = re.compile(rf"\s*{_TAG.pattern}\s*(,\s*{_TAG.pattern}\s*)*")


def entity_tag(version_id: str) -> str:
    """The strong entity tag of a document read at this version of its object."""
    return f'"{version_id}"'


def version_of(tag: str) -> str:
    """The version that an entity tag of ours names."""
    return tag.removeprefix('"').removesuffix('"')


class TagCondition:
    """The value of an If-Match or If-None-Match header."""

    def __init__(self, header: str, value: str) -> None:
        """Read the value.

        Raises:
            InvalidRequest: it is neither `*` nor a list of entity tags.
        """
        self.any = value.strip() == "*"
        if not self.any and not _LIST.fullmatch(value):
            raise InvalidRequest.of(header, 'must be * or entity tags in double quotes, such as "abc"')
        self._tags = [] if self.any else [(bool(match[1]), match[2]) for match in _TAG.finditer(value)]

    def strongly_matches(self, version_id: str) -> bool:
        """Whether it is `*` or lists this version's tag as a strong one; for If-Match."""
        return self.any or (False, version_id) in self._tags

    def weakly_matches(self, version_id: str) -> bool:
        """Whether it is `*` or lists this version's tag in any form; for If-None-Match."""
        return self.any or any(opaque == version_id for _, opaque in self._tags)
