"""Parameters: those of path and query from what validates them, headers from what reads them."""

from collections.abc import Callable, Iterator, Mapping
from typing import Annotated, Any, Final, NamedTuple

from aws_lambda_powertools.event_handler.api_gateway import Route
from aws_lambda_powertools.event_handler.depends import DependencyTree, build_dependency_tree
from pydantic import TypeAdapter
from pydantic_core import core_schema

from generation_api.messages import MAX_PICTURES
from infra.contract.schemas import BodySchema
from scene_studio.http import requests
from scene_studio.model.identifiers import ID_PATTERN

_ID: Final = ID_PATTERN.strip("^$")
_TAG: Final = r'(W/)?"[\x21\x23-\x7e\x80-\xff]*"'
_TAGS: Final = {
    "type": "string",
    "maxLength": requests.MAX_HEADER,
    "pattern": rf"^(\*|{_TAG}(\s*,\s*{_TAG})*)$",
}


class _Said(NamedTuple):
    """What is said of a parameter beside its schema."""

    meaning: str
    example: str | int
    pattern: str | None = None


_SAID: Final[Mapping[str, _Said]] = {
    "clientId": _Said("The client.", "acme-corp"),
    "productId": _Said("The product.", "product-a"),
    "studioId": _Said("The studio.", "summer"),
    "slotId": _Said("The slot.", "slot-1"),
    "imageId": _Said("The picture: a revision, a picture of a product, or one under way.", "img-1"),
    "sceneId": _Said("The scene.", "loft"),
    "shareId": _Said("The guest link.", "s5hjq2k7wzc4n3x6v1p8m0t9ya"),
    "file": _Said("The name of the file, from the `imageUrl` of a stock scene.", "kitchen-worktop.jpg"),
    "before": _Said("The first version: its id or its entity tag.", "11"),
    "after": _Said("The second version: its id or its entity tag.", "12"),
    "limit": _Said("How many items at most.", 20),
    "cursor": _Said("The `nextCursor` of the part before; absent to begin.", ""),
    "version": _Said("The version to show: its id or its entity tag; absent for the newest.", "12"),
    "expand": _Said("Show studios whole, with all histories, in place of summaries.", "sceneStudios"),
    "image": _Said("The id of one of the pictures; absent for the one that is shown.", "img-1"),
    "size": _Said("Which size of the picture; where there is no thumbnail the picture serves.", "thumb"),
    "download": _Said("Whether the picture is to be saved under a name, and not shown.", example=True),
    "deleted": _Said(
        "Whether to list the scenes that can be brought back, not those that are there.", example=False
    ),
    "sign": _Said("Add a short-lived address of each picture, or of its thumbnail.", "thumb"),
    "images": _Said(
        "Up to 100 pictures, as `slotId.imageId` with commas; absent for all under way or failed.",
        "slot-1.img-1",
        rf"^({_ID}\.{_ID}(,{_ID}\.{_ID}){{0,{MAX_PICTURES - 1}}})?$",
    ),
    "slots": _Said("Ids of slots, with commas; absent for all that hold products.", "slot-1,slot-2"),
    "count": _Said("How many pictures of each slot.", 4),
    "month": _Said("The month, in UTC; one of the last three. Absent for this one.", "2026-11"),
}

_HEADERS: Final[Mapping[Callable[..., Any], dict[str, Any]]] = {
    requests.change: {
        "name": "Idempotency-Key",
        "in": "header",
        "description": "Names this request, by a UUID for instance: repeated under the same key, it is applied "
        "once and answered again. Repeat it only after an answer, or after 30 seconds without one.",
        "schema": {"type": "string", "pattern": r"^[\x21-\x7e]{1,255}$", "minLength": 1, "maxLength": 255},
    },
    requests.if_match: {
        "name": "If-Match",
        "in": "header",
        "description": "The version that the request was made from: `*`, or up to 100 entity tags of the "
        "studio (RFC 9110), of which the oldest counts.",
        "schema": _TAGS,
        "example": "*",
    },
    requests.if_none_match: {
        "name": "If-None-Match",
        "in": "header",
        "description": "`*`, or up to 100 entity tags (RFC 9110). A GET answers 304 if the document has one of "
        "them; a PUT with `*` creates, and is refused if there is something already.",
        "schema": _TAGS,
        "example": "*",
    },
    requests.preferences: {
        "name": "Prefer",
        "in": "header",
        "description": "Preferences (RFC 7240), with commas: `handling=strict` to refuse a conflicting edit, "
        "`return=minimal` for no body where none is needed. Others are ignored.",
        "schema": {"type": "string", "maxLength": requests.MAX_HEADER},
        "example": "handling=strict, return=minimal",
    },
}


_OF_WAITING: Final = {
    "description": "Preferences (RFC 7240), with commas: `respond-async` not to wait for pictures, `wait=N` to "
    "wait so many seconds, at most 25. Others are ignored.",
    "example": "respond-async",
}
"""What is said of Prefer where an answer may wait for work."""

READ_FROM_HEADERS: Final = frozenset(_HEADERS)
"""What reads headers, and refuses those that are wrong."""


class _ParameterSchema(BodySchema):
    """What a parameter may be: it is absent or has a value, and is never null."""

    def nullable_schema(self, schema: core_schema.NullableSchema) -> dict[str, Any]:
        """The value."""
        return self.generate_inner(schema["schema"])


def dependencies_of(handler: Callable[..., Any]) -> set[Callable[..., Any]]:
    """All functions that a handler is given something by, however indirectly."""
    return set(_flat(build_dependency_tree(handler)))


def parameters_of(route: Route) -> list[dict[str, Any]]:
    """The parameters of a route: of its path, its query and its headers, in this order."""
    fields = [("path", field) for field in route.dependant.path_params]
    fields += [("query", field) for field in route.dependant.query_params]
    given = dependencies_of(route.func)
    headers = [header for reads, header in _HEADERS.items() if reads in given]
    if requests.patience in given:
        headers = [header | _OF_WAITING if header["name"] == "Prefer" else header for header in headers]
    return [*(_parameter(place, field) for place, field in fields), *headers]


def _parameter(place: str, field: Any) -> dict[str, Any]:
    """A parameter of path or query, as Powertools knows it."""
    adapter: TypeAdapter[Any] = TypeAdapter(Annotated[field.field_info.annotation, field.field_info])
    said = _SAID[field.alias]
    return {
        "name": field.alias,
        "in": place,
        **({"required": True} if place == "path" else {}),
        "description": said.meaning,
        "schema": adapter.json_schema(schema_generator=_ParameterSchema)
        | ({} if said.pattern is None else {"pattern": said.pattern}),
        "example": said.example,
    }


def _flat(tree: DependencyTree) -> Iterator[Callable[..., Any]]:
    for node in tree.dependencies:
        yield node.depends.dependency
        yield from _flat(node.dependant)
