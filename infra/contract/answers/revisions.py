"""Revisions as they are answered."""

from typing import Annotated

from pydantic import Field

from infra.contract.answers.base import (
    MAX_LISTED,
    Address,
    Answer,
    Count,
    Cursor,
    OpenAnswer,
    Pixels,
    SignedAddress,
    Words,
)
from scene_studio.model.costs import Micros
from scene_studio.model.identifiers import Id
from scene_studio.model.revision import MAX_DEBUG_PROMPT, MAX_PRODUCTS_IN_SLOT, Milliseconds, Sha256
from scene_studio.model.settings import SceneGenerationSettings


class Revision(OpenAnswer):
    """A generated picture with all that made it; members of other names are those that it was imported with.

    Attributes:
        id: names it within its slot.
        url: where its picture is: a stable path, or a web address that it was imported with.
        timestamp: when it was made, in milliseconds since the Unix epoch.
        product_ids: the products that stand in it.
        product_names: their names when it was made.
        settings: the settings it was made with.
        debug_prompt: the prompt that the image model was given.
        model: the image model.
        seed: the seed that the image model was given.
        width: in pixels.
        height: in pixels.
        took_milliseconds: how long making it took.
        cost_micros: what it cost, in millionths of a US dollar.
        sha256: that of the picture as stored.
    """

    id: Id
    url: Address
    timestamp: Milliseconds
    product_ids: Annotated[list[Id], Field(max_length=MAX_PRODUCTS_IN_SLOT)]
    product_names: Annotated[
        list[Annotated[str, Field(max_length=200)]], Field(max_length=MAX_PRODUCTS_IN_SLOT)
    ]
    settings: SceneGenerationSettings
    debug_prompt: Annotated[str, Field(max_length=MAX_DEBUG_PROMPT)] | None = None
    model: Words | None = None
    seed: Annotated[int, Field(ge=-(2**53) + 1, le=2**53 - 1)] | None = None
    width: Pixels | None = None
    height: Pixels | None = None
    took_milliseconds: Milliseconds | None = None
    cost_micros: Micros | None = None
    sha256: Sha256 | None = None


class HistoryRevision(Revision):
    """A revision in its slot's history.

    Attributes:
        inputs_changed: whether a product or scene picture of which it was made has been replaced or deleted
            since; absent if that is not known.
        signed_url: a short-lived address of its picture or thumbnail, where `sign` asked for one.
    """

    inputs_changed: bool | None = None
    signed_url: SignedAddress | None = None


class RevisionList(Answer):
    """Some of a slot's revisions, newest first.

    Attributes:
        items: the revisions.
        next_cursor: asks for those that follow; absent at the end.
        total: how many there are in all.
    """

    items: Annotated[list[HistoryRevision], Field(max_length=MAX_LISTED)]
    next_cursor: Cursor | None = None
    total: Count
