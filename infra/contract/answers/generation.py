"""What became of pictures that were asked for, and what they cost, as it is answered."""

from typing import Annotated, Final, Literal

from pydantic import Field

from generation_api.messages import MAX_PICTURES
from infra.contract.answers.base import Address, Answer, Count, Reason, TotalMicros, Words
from infra.contract.answers.revisions import Revision
from scene_studio.model.costs import Micros, Month
from scene_studio.model.identifiers import Id, IsoTime
from scene_studio.model.revision import MAX_DEBUG_PROMPT, Milliseconds
from scene_studio.model.studio import Name

MAX_SHOWN: Final = 10_000


class AskedPicture(Answer):
    """What became of a picture.

    Attributes:
        id: the id of the revision that it is or will be.
        slot_id: its slot.
        state: what became of it.
        asked_at: when it was asked for last.
        deadline: when it is given up.
        started_at: when work on it began, while it is running.
        reason: why it failed, for people to read.
    """

    id: Id
    slot_id: Id
    state: Literal["queued", "running", "done", "failed", "cancelled"]
    asked_at: IsoTime | None = None
    deadline: IsoTime | None = None
    started_at: IsoTime | None = None
    reason: Reason | None = None


class Progress(AskedPicture):
    """What became of a picture, with the revision that it is once it is done.

    Attributes:
        image: the revision.
    """

    image: Revision | None = None


class GenerationProgress(Answer):
    """What became of pictures.

    Attributes:
        generation: each of them.
        typical_milliseconds: how long such pictures took lately; absent if that is not known.
    """

    generation: Annotated[list[Progress], Field(max_length=MAX_SHOWN)]
    typical_milliseconds: Milliseconds | None = None


class Generated(Answer):
    """What came of an Execute.

    Attributes:
        image_url: where the first picture is.
        prompt_used: the prompt it was made with.
        images: the pictures that have come.
        generation: what became of each that was asked for.
        typical_milliseconds: how long such pictures took lately; absent if that is not known.
    """

    image_url: Address
    prompt_used: Annotated[str, Field(max_length=MAX_DEBUG_PROMPT)]
    images: Annotated[list[Revision], Field(min_length=1, max_length=MAX_PICTURES)]
    generation: Annotated[list[AskedPicture], Field(max_length=MAX_PICTURES)]
    typical_milliseconds: Milliseconds | None = None


class Generating(Answer):
    """What came so far of an Execute whose pictures are under way.

    Attributes:
        image_url: where the first picture is that has come.
        prompt_used: the prompt it was made with.
        images: the pictures that have come.
        generation: what became of each that was asked for.
        typical_milliseconds: how long such pictures took lately; absent if that is not known.
    """

    image_url: Address | None = None
    prompt_used: Annotated[str, Field(max_length=MAX_DEBUG_PROMPT)] | None = None
    images: Annotated[list[Revision], Field(max_length=MAX_PICTURES)]
    generation: Annotated[list[AskedPicture], Field(max_length=MAX_PICTURES)]
    typical_milliseconds: Milliseconds | None = None


class Estimate(Answer):
    """What pictures cost, before they are made.

    Attributes:
        pictures: how many.
        price_micros: what they cost at most, in millionths of a US dollar.
        currency: that of the price.
        model: the image model.
        typical_milliseconds: how long such pictures took lately; absent if that is not known.
        limit_micros: what the client may spend in a month; absent for no limit.
        left_micros: what is left of that; absent for no limit.
    """

    pictures: Count
    price_micros: TotalMicros
    currency: Literal["USD"]
    model: Words
    typical_milliseconds: Milliseconds | None = None
    limit_micros: Micros | None = None
    left_micros: Micros | None = None


class StudioUsage(Answer):
    """What a studio cost in a month.

    Attributes:
        id: the studio.
        name: its name; null if it is not stated.
        spent_micros: for pictures that were made.
        reserved_micros: for pictures that are under way, at most.
    """

    id: Id
    name: Name | None
    spent_micros: TotalMicros
    reserved_micros: TotalMicros


class Usage(Answer):
    """What a month cost, in millionths of a US dollar.

    Attributes:
        month: which, in UTC.
        currency: that of the sums.
        spent_micros: for pictures that were made.
        reserved_micros: for pictures that are under way, at most.
        limit_micros: what the client may spend in a month; absent for no limit.
        studios: the studios that cost anything.
    """

    month: Month
    currency: Literal["USD"]
    spent_micros: TotalMicros
    reserved_micros: TotalMicros
    limit_micros: Micros | None = None
    studios: Annotated[list[StudioUsage], Field(max_length=100_000)]
