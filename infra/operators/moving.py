"""What becomes of documents on their way into another store, or to another client. Pure.

Revisions keep their numbers: a document's `rev` goes on from where it was, since slots and intents compare
theirs with it. Versions do not come along, so nothing may seem to name one: another store may give the same
name to another version.
"""

from typing import Any, Final, TypeVar

from scene_studio.model import addresses
from scene_studio.model.base import Model
from scene_studio.model.client import Client
from scene_studio.model.document import AppliedRequest
from scene_studio.model.revision import HistoryPage
from scene_studio.model.studio import Studio

M = TypeVar("M", bound=Model)

ELSEWHERE: Final = "elsewhere"
"""Stands for a version that an earlier commit replaced in another store; no store names a version so."""

_ADDRESSES: Final = frozenset({"url", "image_url"})
"""The members of our own that hold addresses. In members that we do not know, any text may be one."""


def moved_client(client: Client, to: str) -> Client:
    """A client as another store keeps it, under this id."""
    if client.id == to:
        return client.replace(applied=_from_elsewhere(client.applied))
    return _readdressed(client, client.id, to).replace(id=to, applied=())


def moved_studio(studio: Studio, to: str) -> Studio:
    """A studio as another store keeps it, under a client of this id; its pages are not looked at.

    The requests that it remembers were about addresses of the old client, and its guest links lead there.
    """
    if studio.client_id == to:
        return studio.replace(applied=_from_elsewhere(studio.applied))
    return _readdressed(studio, studio.client_id, to).replace(client_id=to, applied=(), shares=())


def moved_page(page: HistoryPage, client_id: str, to: str) -> HistoryPage:
    """A page of a history with its addresses below another client."""
    return _readdressed(page, client_id, to)


def _from_elsewhere(applied: tuple[AppliedRequest, ...]) -> tuple[AppliedRequest, ...]:
    """The ring as before, so that no request is applied again; what each replaced is out of reach."""
    return tuple(one._replace(replaced=one.replaced and ELSEWHERE) for one in applied)


def _readdressed(model: M, client_id: str, to: str) -> M:
    """The value with every address below one client turned into the same below another."""
    if client_id == to:
        return model
    known = {name: _member(name, getattr(model, name), client_id, to) for name in type(model).model_fields}
    unknown = {name: _open(value, client_id, to) for name, value in (model.model_extra or {}).items()}
    return model.replace(**known, **unknown)


def _member(name: str, value: Any, client_id: str, to: str) -> Any:
    """A member of our own: text in it is an address only where we put addresses."""
    if isinstance(value, Model):
        return _readdressed(value, client_id, to)
    if isinstance(value, str):
        return addresses.moved(value, client_id, to) if name in _ADDRESSES else value
    if name == "client_sessions":
        return tuple(_open(session, client_id, to) for session in value)
    if isinstance(value, tuple) and type(value) is tuple:
        return tuple(_member(name, one, client_id, to) for one in value)
    return value


def _open(value: Any, client_id: str, to: str) -> Any:
    """A value of somebody else's making: whatever text is an address of ours goes along."""
    if isinstance(value, str):
        return addresses.moved(value, client_id, to)
    if isinstance(value, list):
        return [_open(one, client_id, to) for one in value]
    if isinstance(value, dict):
        return {name: _open(one, client_id, to) for name, one in value.items()}
    return value
