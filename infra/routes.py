"""Which function answers which request: the one table that CDK and the local server both read."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final
from urllib.parse import unquote

DEFAULT_PATH: Final = "$default"


@dataclass(frozen=True)
class Route:
    """One route of the HTTP API.

    Attributes:
        method: the HTTP method, in capitals. The `$default` route takes any.
        path: the path in HTTP API syntax: literal segments, `{name}` for one segment, `{name+}` at the end
            for all that are left; or `$default`.
        function: the folder of the function, or the dotted name of a module that is itself the handler.
    """

    method: str
    path: str
    function: str

    @property
    def key(self) -> str:
        """The route key, such as `GET /api/clients`, as it stands in events and in CloudFormation."""
        return DEFAULT_PATH if self.path == DEFAULT_PATH else f"{self.method} {self.path}"

    @cached_property
    def template(self) -> tuple[str, ...]:
        """The segments of the path."""
        return tuple(self.path.split("/")[1:])


@dataclass(frozen=True)
class Match:
    """The route that a request takes.

    Attributes:
        route: the route.
        path_parameters: the values of its parameters, percent-decoded; empty for `$default`.
        route_key: the route's key.
    """

    route: Route
    path_parameters: dict[str, str]
    route_key: str


_CLIENT: Final = "/api/clients/{clientId}"
_PRODUCT: Final = _CLIENT + "/products/{productId}"
_STUDIOS: Final = _CLIENT + "/scene-studio"
_STUDIO: Final = _STUDIOS + "/{studioId}"
_SLOT: Final = _STUDIO + "/slots/{slotId}"
_USER_SCENES: Final = _STUDIO + "/user-scenes"
_USER_SCENE: Final = _USER_SCENES + "/{sceneId}"
_SHARES: Final = _STUDIO + "/shares"
_GUEST: Final = "/api/shares/{shareId}"

ROUTES: Final[tuple[Route, ...]] = (
    Route("GET", "/api/clients", "clients_api"),
    Route("PUT", _CLIENT, "clients_api"),
    Route("GET", _CLIENT, "clients_api"),
    Route("POST", _CLIENT + "/import", "intake_api"),
    Route("GET", _CLIENT + "/products", "clients_api"),
    Route("PUT", _PRODUCT, "intake_api"),
    Route("GET", _PRODUCT, "clients_api"),
    Route("PATCH", _PRODUCT, "intake_api"),
    Route("DELETE", _PRODUCT, "clients_api"),
    Route("POST", _PRODUCT + "/undelete", "clients_api"),
    Route("POST", _PRODUCT + "/image", "clients_api"),
    Route("GET", _PRODUCT + "/image", "clients_api"),
    Route("DELETE", _PRODUCT + "/images/{imageId}", "clients_api"),
    Route("GET", _STUDIOS, "studios_api"),
    Route("POST", _STUDIOS, "studios_api"),
    Route("PUT", _STUDIO, "studios_api"),
    Route("GET", _STUDIO, "studios_api"),
    Route("PATCH", _STUDIO, "studios_api"),
    Route("DELETE", _STUDIO, "studios_api"),
    Route("POST", _STUDIO + "/undelete", "studios_api"),
    Route("POST", _STUDIO + "/duplicate", "studios_api"),
    Route("POST", _STUDIO + "/restore", "studios_api"),
    Route("GET", _STUDIO + "/versions", "studios_api"),
    Route("GET", _STUDIO + "/versions/{before}/compare/{after}", "studios_api"),
    Route("POST", _STUDIO + "/slots", "slots_api"),
    Route("PATCH", _SLOT, "slots_api"),
    Route("DELETE", _SLOT, "slots_api"),
    Route("POST", _SLOT + "/undelete", "slots_api"),
    Route("GET", _SLOT + "/history", "slots_api"),
    Route("GET", _SLOT + "/history/{imageId}", "slots_api"),
    Route("GET", _SLOT + "/history/{imageId}/image", "slots_api"),
    Route("POST", _STUDIO + "/generate", "generation_api"),
    Route("GET", _STUDIO + "/generation", "generation_api"),
    Route("GET", _STUDIO + "/estimate", "generation_api"),
    Route("GET", _CLIENT + "/usage", "generation_api"),
    Route("POST", _SLOT + "/generation/retry", "generation_api"),
    Route("DELETE", _SLOT + "/generation", "generation_api"),
    Route("DELETE", _SLOT + "/generation/{imageId}", "generation_api"),
    Route("POST", _USER_SCENES, "user_scenes_api"),
    Route("GET", _USER_SCENES, "user_scenes_api"),
    Route("GET", _USER_SCENE, "user_scenes_api"),
    Route("PATCH", _USER_SCENE, "user_scenes_api"),
    Route("DELETE", _USER_SCENE, "user_scenes_api"),
    Route("POST", _USER_SCENE + "/undelete", "user_scenes_api"),
    Route("POST", _USER_SCENE + "/image", "user_scenes_api"),
    Route("GET", _USER_SCENE + "/image", "user_scenes_api"),
    Route("POST", _SHARES, "shares_api"),
    Route("GET", _SHARES, "shares_api"),
    Route("DELETE", _SHARES + "/{shareId}", "shares_api"),
    Route("GET", _GUEST, "shares_api"),
    Route("PUT", _GUEST + "/favorites", "shares_api"),
    Route("GET", "/", "web"),
    Route("GET", "/{clientId}/scene-studio", "web"),
    Route("GET", "/{clientId}/scene-studio/{studioId}", "web"),
    Route("GET", "/shared/{shareId}", "web"),
    Route("GET", "/signin", "web"),
    Route("GET", "/static/{release}/{file}", "web"),
    Route("GET", "/static/{release}/{folder}/{file}", "web"),
    Route("GET", "/api/health", "web"),
    Route("GET", "/api/openapi.json", "web"),
    Route("GET", "/api/scenes", "web"),
    Route("GET", "/scenes/{file}", "web"),
    Route("ANY", DEFAULT_PATH, "web"),
)
"""Every route of the service. `web` answers 404 on `$default`."""


def match(method: str, path: str, routes: Sequence[Route] = ROUTES) -> Match | None:
    """Choose the route of a request as an HTTP API does.

    A full match goes before a greedy one, and a greedy one before `$default`
    (https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html). Among full
    matches a literal segment goes before a parameter, from the left; among greedy ones the longest literal
    beginning wins. HEAD is a method of its own and is not answered by GET routes. A slash at the end makes
    another path, and a parameter never takes an empty segment.

    Segments are told apart before they are decoded, so `%2F` stays inside its segment.

    Args:
        method: the request's method.
        path: the request's path, still percent-encoded and without the query.
        routes: the table to choose from.

    Returns:
        The route and its parameters, or None when nothing matches and the table has no `$default`.
    """
    segments = path.split("/")[1:] if path.startswith("/") else []
    best: tuple[tuple[int, ...], Match] | None = None
    default: Match | None = None
    for route in routes:
        if route.path == DEFAULT_PATH:
            default = Match(route, {}, route.key)
        elif route.method == method:
            template = route.template
            parameters = _parameters(template, segments)
            if parameters is not None:
                rank = _rank(template)
                if best is None or rank < best[0]:
                    best = (rank, Match(route, parameters, route.key))
    return best[1] if best else default


def _parameters(template: Sequence[str], segments: list[str]) -> dict[str, str] | None:
    """The values of a template's parameters, or None if the segments do not fit it."""
    greedy = template[-1].endswith("+}")
    if len(segments) < len(template) or (len(segments) > len(template) and not greedy):
        return None
    if greedy:
        head = len(template) - 1
        segments = [*segments[:head], "/".join(segments[head:])]
    parameters: dict[str, str] = {}
    for expected, given in zip(template, segments, strict=True):
        value = unquote(given, errors="replace")
        if not expected.startswith("{"):
            if value != expected:
                return None
        elif not given:
            return None
        else:
            parameters[expected.strip("{+}")] = value
    return parameters


def _rank(template: Sequence[str]) -> tuple[int, ...]:
    """How specific a template is; lower goes first."""
    kinds = tuple(2 if part.endswith("+}") else int(part.startswith("{")) for part in template)
    return (int(2 in kinds), *kinds)
