"""What handlers are given of a request: dependencies for their signatures, which tests can override."""

import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any, Final, Protocol

from aws_lambda_powertools.event_handler import Request
from aws_lambda_powertools.event_handler.depends import Depends
from aws_lambda_powertools.event_handler.openapi.params import Path, Query
from pydantic import Field

from scene_studio import runtime
from scene_studio.generation.claims import Claims
from scene_studio.generation.image_model import Capabilities
from scene_studio.generation.timing import Timing
from scene_studio.http.entity_tags import TagCondition
from scene_studio.http.preferences import Preferences, read_preferences
from scene_studio.inline.pictures import InlinePictures
from scene_studio.model.document import RequestKey
from scene_studio.model.errors import InvalidRequest
from scene_studio.model.identifiers import Id, derive, digest, iso_time
from scene_studio.queues.queue import Queue
from scene_studio.store.clients import Clients
from scene_studio.store.object_store import ObjectStore, UploadStore
from scene_studio.store.pacing import Pacing, within
from scene_studio.store.studios import Studios

_RESERVED_SECONDS: Final = 4.0
"""Kept back of the invocation's time for the answer, so that a reply always comes before the gateway's end."""
_MAX_SECONDS: Final = 12.0
"""After this no attempt begins; the slowest takes as long again, and the gateway waits 30 s."""
_MOST_WAIT_SECONDS: Final = 25.0
"""How long an answer waits for work that is done elsewhere, if the caller does not say."""
MAX_HEADER: Final = 8192
"""How many characters a header may have that is read here; a gateway lets all headers have some 10,000."""
_KEY: Final = re.compile(r"[\x21-\x7e]{1,255}")


def _id_in_path(name: str) -> Any:
    return Path(alias=name)


ClientId = Annotated[Id, _id_in_path("clientId")]
StudioId = Annotated[Id, _id_in_path("studioId")]
SlotId = Annotated[Id, _id_in_path("slotId")]
ImageId = Annotated[Id, _id_in_path("imageId")]
ProductId = Annotated[Id, _id_in_path("productId")]
SceneId = Annotated[Id, _id_in_path("sceneId")]

Limit = Annotated[int, Query(ge=1, le=100)]
Cursor = Annotated[str, Query(max_length=200), Field(default="")]
OnlyDeleted = Annotated[bool, Query(), Field(default=False)]
"""Whether to list what was deleted and can be brought back, in place of what is there."""


@dataclass(frozen=True)
class Change:
    """A changing request: who it is and when it came, fixed before its first attempt.

    Attributes:
        key: its idempotency key, of the caller's or made up.
        scope: its method and path; the ids that it makes depend on them, so one key may serve two addresses.
        body: its body, as text.
        milliseconds: when it came, since the Unix epoch.
        pacing: how long it may try.
        has_own_key: whether the caller sent the key, and so may repeat the request.
    """

    key: str
    scope: str
    body: str
    milliseconds: int
    pacing: Pacing
    has_own_key: bool = False

    @cached_property
    def request(self) -> RequestKey:
        """How a document remembers it."""
        # A document holds a hundred of these: 72 bits tell keys apart, 36 whether a key came with another body.
        return RequestKey(digest(self.key, length=12), digest(self.scope, self.body, length=6))

    @property
    def now(self) -> str:
        """When it came, as documents spell it."""
        return iso_time(self.milliseconds)

    def new_id(self, *what: str) -> str:
        """The id of something that this request makes: the same every time it is repeated."""
        return derive(self.key, self.scope, *what)


class Now(Protocol):
    """Tells the time, in milliseconds since the Unix epoch.

    A class of its own since the resolver looks at the annotations of all that is depended on at every request,
    which takes several times as long where one is made of others.
    """

    def __call__(self) -> int:
        """The time."""
        ...


def clock() -> Now:
    """The clock."""
    return runtime.now_milliseconds


def unique_names() -> Callable[[], str]:
    """Makes names that were never used before."""
    return runtime.unique_name


class PictureOpener(Protocol):
    """Gives what opens pictures; few requests bring any, and only those wait for it to be made."""

    def __call__(self) -> InlinePictures:
        """Where pictures inside JSON are opened."""
        ...


def picture_opener() -> PictureOpener:
    """What opens pictures inside JSON, made when it is wanted."""
    return runtime.inline_pictures


def pacing(request: Request) -> Pacing:
    """How long this invocation may try: less than it has, and less than the gateway waits."""
    remaining = request.context["remaining_ms"] / 1000 - _RESERVED_SECONDS
    return within(max(0.0, min(_MAX_SECONDS, remaining)))


def preferences(request: Request) -> Preferences:
    """What the Prefer header asks for.

    Raises:
        InvalidRequest: it is over `MAX_HEADER` characters.
    """
    return read_preferences(_header(request, "Prefer") or "")


def patience(request: Request, preferences: Annotated[Preferences, Depends(preferences)]) -> Pacing:
    """How long the answer may wait for work that is done elsewhere (RFC 7240, sections 4.1 and 4.3)."""
    remaining = request.context["remaining_ms"] / 1000 - _RESERVED_SECONDS
    usual = 0.0 if preferences.respond_async else _MOST_WAIT_SECONDS
    wanted = usual if preferences.wait is None else float(preferences.wait)
    return within(max(0.0, min(_MOST_WAIT_SECONDS, remaining, wanted)))


def change(
    request: Request,
    now: Annotated[Now, Depends(clock)],
    attempts: Annotated[Pacing, Depends(pacing)],
) -> Change:
    """The changing request.

    Raises:
        InvalidRequest: its Idempotency-Key is not 1 to 255 visible ASCII characters.
    """
    key = _header(request, "Idempotency-Key")
    if key is not None and not _KEY.fullmatch(key):
        raise InvalidRequest.of("Idempotency-Key", "must be 1 to 255 visible ASCII characters, no spaces")
    scope = f"{request.method} {request.resolved_event.path}"
    return Change(
        key=key or secrets.token_urlsafe(18),
        scope=scope,
        body=request.body or "",
        milliseconds=now(),
        pacing=attempts,
        has_own_key=key is not None,
    )


def if_match(request: Request) -> TagCondition | None:
    """The If-Match header.

    Raises:
        InvalidRequest: it is not a list of entity tags.
    """
    return _condition(request, "If-Match")


def if_none_match(request: Request) -> TagCondition | None:
    """The If-None-Match header.

    Raises:
        InvalidRequest: it is not a list of entity tags.
    """
    return _condition(request, "If-None-Match")


def event(request: Request) -> Mapping[str, Any]:
    """The event as API Gateway sent it."""
    original: Mapping[str, Any] = request.context["event"]
    return original


def _condition(request: Request, name: str) -> TagCondition | None:
    value = _header(request, name)
    return None if value is None else TagCondition(name, value)


def _header(request: Request, name: str) -> str | None:
    # The resolver makes its own headers anew whenever it is asked for them.
    headers: Mapping[str, str] = event(request).get("headers") or {}
    wanted = name.lower()
    value = next((value for key, value in headers.items() if key.lower() == wanted), None)
    if value is not None and len(value) > MAX_HEADER:
        raise InvalidRequest.of(name, f"must be at most {MAX_HEADER} characters")
    return value


ChangeOf = Annotated[Change, Depends(change)]
IfMatch = Annotated[TagCondition | None, Depends(if_match)]
IfNoneMatch = Annotated[TagCondition | None, Depends(if_none_match)]
Prefer = Annotated[Preferences, Depends(preferences)]
Event = Annotated[Mapping[str, Any], Depends(event)]
AllClients = Annotated[Clients, Depends(runtime.clients)]
AllStudios = Annotated[Studios, Depends(runtime.studios)]
Objects = Annotated[ObjectStore, Depends(runtime.object_store)]
Uploads = Annotated[UploadStore, Depends(runtime.object_store)]
Clock = Annotated[Now, Depends(clock)]
Patience = Annotated[Pacing, Depends(patience)]
GenerationQueue = Annotated[Queue, Depends(runtime.generation_queue)]
ClaimedPictures = Annotated[Claims, Depends(runtime.claims)]
OpenPictures = Annotated[PictureOpener, Depends(picture_opener)]
Model = Annotated[Capabilities, Depends(runtime.capabilities)]
Times = Annotated[Timing, Depends(runtime.timing)]
UniqueName = Annotated[Callable[[], str], Depends(unique_names)]
