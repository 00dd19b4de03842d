"""Reading the documents of clients, and the rules that hold of each by itself. Pure."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from pydantic import ValidationError

from infra.operators.contents import first_error
from scene_studio.model.client import Client
from scene_studio.model.document import Document
from scene_studio.model.product_pictures import awaited_product_uploads
from scene_studio.model.studio import OutputSlot, Studio
from scene_studio.model.user_scenes import awaited_uploads

D = TypeVar("D", bound=Document)


class NoDocument(Exception):
    """These bytes are not the document that they stand for; the message says why."""


def parse_client(body: bytes, client_id: str) -> Client:
    """The client in these bytes.

    Raises:
        NoDocument: there is none, or another one.
    """
    client = _parsed(Client.model_validate_json, body)
    if client.id != client_id:
        raise NoDocument(f"is the client {client.id}")
    return client


def parse_studio(body: bytes, client_id: str, studio_id: str) -> Studio:
    """The studio in these bytes.

    Raises:
        NoDocument: there is none, or another one.
    """
    studio = _parsed(Studio.model_validate_json, body)
    if (studio.client_id, studio.id) != (client_id, studio_id):
        raise NoDocument(f"is the studio {studio.id} of the client {studio.client_id}")
    return studio


def is_on_its_way_out(document: Client | Studio) -> bool:
    """Whether a studio is being cleared away, so that what it names may be gone already."""
    return isinstance(document, Studio) and document.purging_at is not None


def awaits_something(document: Client | Studio) -> bool:
    """Whether a document has pictures under way, generated or uploaded."""
    if isinstance(document, Client):
        return any(one.upload.is_open for one in awaited_product_uploads(document))
    intents = (intent for slot in document.output_slots for intent in slot.intents)
    return any(one.is_open for one in intents) or any(one.upload.is_open for one in awaited_uploads(document))


def contradictions(document: Client | Studio) -> Iterator[str]:
    """What in a document contradicts the rest of it, in words."""
    if document.rev < 1:
        yield "was never committed: its rev is 0"
    if isinstance(document, Client):
        yield from _repeated("product", (product.id for product in document.products))
        return
    yield from _repeated("slot", (slot.id for slot in document.output_slots))
    yield from _repeated("scene", (scene.id for scene in document.user_scenes))
    for slot in document.output_slots:
        yield from (f"slot {slot.id} {said}" for said in _contradictions_of_slot(document, slot))


def _contradictions_of_slot(studio: Studio, slot: OutputSlot) -> Iterator[str]:
    for name, rev in (("picked", slot.picked_rev), ("asked", slot.asked_rev)):
        if rev > studio.rev:
            yield f"was {name} in a commit that is still to come: {rev}, after {studio.rev}"
    yield from _repeated("picture under way", (intent.id for intent in slot.intents))


def _repeated(kind: str, ids: Iterable[str]) -> Iterator[str]:
    return (f"has the {kind} {name} twice" for name, count in Counter(ids).items() if count > 1)


def _parsed(validate: Callable[[bytes], D], body: bytes) -> D:
    try:
        return validate(body)
    except ValidationError as error:
        raise NoDocument(f"is not valid: {first_error(error)}") from error
