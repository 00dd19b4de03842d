"""Links: what can be done next with what an operation made, changed or took away (OpenAPI, "Link Object")."""

import re
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from infra.contract.operation import ETAG

_MADE: Final[Mapping[str, Mapping[str, str]]] = {
    "createStudio": {"studioId": "/id"},
    "copyStudio": {"studioId": "/id"},
    "createSlot": {"slotId": "/id"},
    "createScene": {"sceneId": "/scene/id"},
    "createShare": {"shareId": "/share/id"},
    "execute": {"slotId": "/generation/0/slotId", "imageId": "/generation/0/id"},
}
"""Which ids operations make up, or find, and where their answers tell them."""

_SUCCEEDED: Final = frozenset({"200", "201", "202", "204"})


class _Place(NamedTuple):
    """An operation and where it stands.

    Attributes:
        path: its path.
        method: its method, in small letters.
        operation: the operation.
    """

    path: str
    method: str
    operation: Mapping[str, Any]

    @property
    def ids(self) -> set[str]:
        """The parameters of its path."""
        return set(re.findall(r"{(\w+)}", self.path))


def add_links(paths: Mapping[str, Mapping[str, dict[str, Any]]]) -> None:
    """Add links to the answers with which operations succeed.

    What makes something leads to every operation on just that, and what deletes it to those that read it and
    bring it back.

    Args:
        paths: the operations, by path and method.
    """
    places = [_Place(path, method, one) for path, found in paths.items() for method, one in found.items()]
    for place in places:
        following = [other for other in places if _follows(place, other)]
        for status, response in place.operation["responses"].items():
            if following and status in _SUCCEEDED:
                response["links"] = {
                    other.operation["operationId"]: _link(place, other, response) for other in following
                }


def _follows(place: _Place, other: _Place) -> bool:
    """Whether the other operation is on what this one made or took away."""
    if other is place:
        return False
    if place.method == "delete":
        return (other.path, other.method) in {(place.path, "get"), (f"{place.path}/undelete", "post")}
    if made := _MADE.get(place.operation["operationId"]):
        return bool(other.ids & made.keys()) and other.ids <= place.ids | made.keys()
    return place.method == "put" and other.ids == place.ids and other.path.startswith(place.path)


def _link(place: _Place, other: _Place, response: Mapping[str, Any]) -> dict[str, Any]:
    made = _MADE.get(place.operation["operationId"], {})
    parameters = {
        f"path.{name}": f"$response.body#{made[name]}" if name in made else f"$request.path.{name}"
        for name in sorted(other.ids)
    }
    taken = {one["name"] for one in other.operation.get("parameters", ())}
    if "If-Match" in taken and ETAG in response.get("headers", {}):
        parameters["header.If-Match"] = f"$response.header.{ETAG}"
    return {
        "operationId": other.operation["operationId"],
        "description": f"{other.operation['summary']}.",
        "parameters": parameters,
    }
