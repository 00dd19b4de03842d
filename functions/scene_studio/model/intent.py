"""Intent: a picture that was asked for and has not ended; and Result, what a machine made of it.

The studio document is the outbox of generation: an intent stands in its slot from the commit that asked for
it until its picture is a revision, so nothing that was asked for depends on a message that may be lost.
"""

from typing import Annotated, Final, Literal

from pydantic import Field

from scene_studio.model.base import Model, Text
from scene_studio.model.identifiers import Id
from scene_studio.model.revision import (
    MAX_DEBUG_PROMPT,
    MAX_PRODUCTS_IN_SLOT,
    GeneratedSceneImage,
    Milliseconds,
    Sha256,
)
from scene_studio.model.settings import SceneGenerationSettings, Seed

MAX_REASON: Final = 1000

Reason = Annotated[str, Field(max_length=MAX_REASON)]


class IntendedProduct(Model):
    """A product as it was when the picture was asked for; its picture never changes under its id.

    Attributes:
        sha256: of its picture, where that is known.
        cutout: whether there is a picture of the product alone beside it.
    """

    id: Id
    name: Annotated[str, Text(200, empty=True)]
    image_id: Id | None = None
    sha256: Sha256 | None = None
    cutout: bool = False


class Intent(Model):
    """A picture that was asked for.

    Attributes:
        id: of the picture, and of the revision that it will be.
        attempt: counts how often it was asked for, from 1; a person who retries it asks again.
        asked_at: when it was asked for, the last time.
        asked_rev: the `rev` of the commit in which that was.
        queued_at: when a message about it was sent last.
        deadline: when it is given up if there is no picture by then.
        price_micros: what it may cost at most, in millionths of a US dollar; reserved while it is open.
        scene_picture_id: names the picture that the scene in the settings had, if that is of the studio's own
            and listed; another that replaces it later changes nothing of what was asked for.
        error: why it failed, for people to read; absent while it is open.
        dismissed: whether the failure is of no interest any more. Its picture may come late all the same.
    """

    id: Id
    attempt: int = 1
    asked_at: Milliseconds
    asked_rev: int
    queued_at: Milliseconds
    deadline: Milliseconds
    price_micros: int = 0
    products: Annotated[tuple[IntendedProduct, ...], Field(max_length=MAX_PRODUCTS_IN_SLOT)] = ()
    settings: SceneGenerationSettings = SceneGenerationSettings()
    scene_picture_id: Id | None = None
    prompt: Annotated[str, Text(MAX_DEBUG_PROMPT, empty=True, multiline=True)] = ""
    seed: Seed
    error: Reason | None = None
    dismissed: bool = False

    @property
    def is_open(self) -> bool:
        """Whether it has neither failed nor become a revision."""
        return self.error is None

    @property
    def has_failed(self) -> bool:
        """Whether people are still to see that it failed."""
        return self.error is not None and not self.dismissed


class Result(Model):
    """What became of an intent, as the machine that ended it writes it down.

    Attributes:
        kind: tells it from the other results that wait in an inbox; older ones do not have it.
        slot_id: whose intent.
        id: the intent's.
        attempt: the intent's when the machine read it: a failure speaks of that attempt alone.
        revision: the finished picture.
        error: why there is none.
        cost_micros: what was or may have been paid for nothing, in millionths of a US dollar.
    """

    kind: Literal["generation"] = "generation"
    slot_id: Id
    id: Id
    attempt: int
    cost_micros: int = 0
    revision: GeneratedSceneImage | None = None
    error: Reason | None = None
