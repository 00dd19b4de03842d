"""What the two mutable documents, `client.json` and `config.json`, have in common."""

from typing import Annotated, Final, NamedTuple, Self

from pydantic import Field

from scene_studio.model.base import Model
from scene_studio.model.errors import IdempotencyKeyReused

SCHEMA: Final = 1
RING_SIZE: Final = 100
"""How many of the last commits by people a document remembers."""


class RequestKey(NamedTuple):
    """A changing request, as the document remembers it.

    Attributes:
        key: digest of its idempotency key.
        body: digest of its method, path and body, to tell a repeat from another request under the same key.
    """

    key: str
    body: str


class AppliedRequest(NamedTuple):
    """A request whose commit is in this document. Kept as a bare array: a hundred of these ride on every edit.

    Attributes:
        key: as in `RequestKey`.
        body: as in `RequestKey`.
        replaced: the store's id of the version that the commit replaced, empty at creation.
    """

    key: str
    body: str
    replaced: str


class Document(Model):
    """A document that is only ever replaced by its next revision.

    Attributes:
        schema_version: the layout of the document, for migration on read.
        rev: 1 at creation, one more at every commit.
        applied: the last requests by people whose commits are in this document, oldest first.
    """

    schema_version: Annotated[int, Field(alias="schema")] = SCHEMA
    rev: Annotated[int, Field(ge=0)] = 0
    applied: Annotated[tuple[AppliedRequest, ...], Field(max_length=RING_SIZE)] = ()

    def applied_request(self, key: str) -> AppliedRequest | None:
        """The remembered request with this key digest, or None."""
        return next((entry for entry in reversed(self.applied) if entry.key == key), None)

    def repeated_request(self, request: RequestKey) -> AppliedRequest | None:
        """What is remembered of this request if its commit is in the document, else None.

        Raises:
            IdempotencyKeyReused: its key stands for another request.
        """
        applied = self.applied_request(request.key)
        if applied is not None and applied.body != request.body:
            raise IdempotencyKeyReused(
                "This Idempotency-Key came with a different request before; use a new key for a new request, "
                "and the old one only to repeat the old request to the letter."
            )
        return applied

    def after(self, rev: int, request: RequestKey | None, replaced: str) -> Self:
        """This document as the commit that follows revision `rev` and stands for `request`."""
        applied = self.applied
        if request is not None:
            applied = (*applied, AppliedRequest(*request, replaced))[-RING_SIZE:]
        return self.replace(rev=rev + 1, applied=applied)
