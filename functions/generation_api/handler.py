"""Generation: ask for pictures, look at what became of them, cancel them, ask again for what failed."""

from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Annotated, Any, Final, NoReturn

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.depends import Depends
from aws_lambda_powertools.event_handler.openapi.params import Body, Query

from generation_api.generating import Generating
from generation_api.messages import MAX_PICTURES, Generate, Retry
from generation_api.pricing import CURRENCY, Accounts, usage_views
from generation_api.progress import (
    PictureName,
    ProgressReader,
    State,
    any_open,
    decode_names,
    encode_names,
    typical_milliseconds,
    under_way,
)
from scene_studio.http.api import Api, entry_point, json_answer
from scene_studio.http.requests import (
    AllClients,
    AllStudios,
    Change,
    ChangeOf,
    ClaimedPictures,
    ClientId,
    Clock,
    GenerationQueue,
    ImageId,
    Model,
    Objects,
    Patience,
    Prefer,
    SlotId,
    StudioId,
    Times,
    UniqueName,
)
from scene_studio.http.views import slot_view
from scene_studio.model import addresses
from scene_studio.model.costs import Month, last_months, month_of
from scene_studio.model.errors import (
    GenerationCancelled,
    GenerationRefused,
    InvalidRequest,
    NotFound,
)
from scene_studio.model.generation import cancel
from scene_studio.model.studio import Studio
from scene_studio.store.cache import Versioned
from scene_studio.store.studios import SUMMARY_MONTHS

app = Api()
lambda_handler = entry_point(app)

_STUDIO: Final = "/api/clients/<clientId>/scene-studio/<studioId>"
_GENERATION: Final = f"{_STUDIO}/slots/<slotId>/generation"
_LOOK_AGAIN_SECONDS: Final = 2

Names = Annotated[str, Query(max_length=16_000)]
Slots = Annotated[str, Query(max_length=8_000)]
Count = Annotated[int, Query(ge=1, le=8)]
InMonth = Annotated[Month | None, Query()]


def generating(
    clients: AllClients,
    studios: AllStudios,
    objects: Objects,
    queue: GenerationQueue,
    model: Model,
    timing: Times,
    unique: UniqueName,
) -> Callable[[str, str], Generating]:
    """What asks for pictures of a studio, given its client's id and its own."""
    return lambda client_id, studio_id: Generating(
        client_id, studio_id, clients, studios, objects, queue, model, timing, unique
    )


GeneratingOf = Annotated[Callable[[str, str], Generating], Depends(generating)]


def progress_reader(
    studios: AllStudios, objects: Objects, claims: ClaimedPictures, model: Model, clock: Clock
) -> ProgressReader:
    """What tells what became of pictures."""
    return ProgressReader(studios, objects, claims, model, clock)


ProgressOf = Annotated[ProgressReader, Depends(progress_reader)]


@app.post(f"{_STUDIO}/generate")
def execute(
    client_id: ClientId,
    studio_id: StudioId,
    body: Annotated[Generate, Body()],
    generating: GeneratingOf,
    progress: ProgressOf,
    prefer: Prefer,
    patience: Patience,
    change: ChangeOf,
) -> Response[Any]:
    """Ask for pictures, and wait for them for a while if that is wanted.

    200 when all have ended and there is at least one, 202 while some are under way.
    """
    asking = generating(client_id, studio_id)
    studio, names = asking.generate(body, change)
    studio = asking.wait(studio, names, patience)
    view = progress.view_of_asked(studio, names)
    images = [one.pop("image") for one in view["generation"] if "image" in one]
    answer = {"images": images, **view}
    if images:
        answer = {"imageUrl": images[0]["url"], "promptUsed": images[0].get("debugPrompt", ""), **answer}
    headers = dict(prefer.applied("respond-async", "wait"))
    if any_open(studio, names):
        return _accepted(studio, names, answer, headers)
    if not images:
        _refuse(view)
    return json_answer(answer, headers=headers)


@app.get(f"{_STUDIO}/generation")
def read_generation(
    client_id: ClientId, studio_id: StudioId, studios: AllStudios, progress: ProgressOf, images: Names = ""
) -> Response[Any]:
    """What became of pictures: of those named, or of all that are under way or have failed."""
    studio = studios.read(client_id, studio_id).document
    names = decode_names(images, MAX_PICTURES) if images else under_way(studio)
    return json_answer(progress.view(studio, names))


@app.get(f"{_STUDIO}/estimate")
def estimate(
    client_id: ClientId,
    studio_id: StudioId,
    clients: AllClients,
    studios: AllStudios,
    model: Model,
    clock: Clock,
    slots: Slots = "",
    count: Count = 1,
) -> Response[Any]:
    """What `count` pictures of each of these slots, or of all, cost at most, and what is left to spend."""
    studio = studios.read(client_id, studio_id).document
    filled = [slot.id for slot in studio.live_slots() if slot.product_ids]
    named = list(dict.fromkeys(slots.split(","))) if slots else filled
    prices = [model.price_of(len(studio.slot(slot_id).product_ids)) * count for slot_id in named]
    view: dict[str, Any] = {
        "pictures": len(named) * count,
        "priceMicros": sum(prices),
        "currency": CURRENCY,
        "model": model.name,
    }
    typical = typical_milliseconds(studio, model.name)
    if typical is not None:
        view["typicalMilliseconds"] = typical
    limit = clients.read(client_id).document.monthly_limit_micros
    if limit is not None:
        spending = Accounts(studios, client_id).spending(month_of(clock()), but=studio)
        view["limitMicros"] = limit
        view["leftMicros"] = max(0, limit - spending.spent - spending.reserved)
    return json_answer(view)


@app.get("/api/clients/<clientId>/usage")
def read_usage(
    client_id: ClientId,
    clients: AllClients,
    studios: AllStudios,
    clock: Clock,
    month: InMonth = None,
) -> Response[Any]:
    """What this month cost, or one of the last few: in all, and for each studio that cost anything."""
    client = clients.read(client_id).document
    known = last_months(clock(), SUMMARY_MONTHS)
    wanted = month or known[0]
    if wanted not in known:
        raise InvalidRequest.of("month", f"must be one of {', '.join(known)}")
    view: dict[str, Any] = {"month": wanted, "currency": CURRENCY}
    items = usage_views(client, Accounts(studios, client_id).summaries(), wanted)
    view["spentMicros"] = sum(one["spentMicros"] for one in items)
    view["reservedMicros"] = sum(one["reservedMicros"] for one in items)
    if client.monthly_limit_micros is not None:
        view["limitMicros"] = client.monthly_limit_micros
    view["studios"] = [one for one in items if one["spentMicros"] or one["reservedMicros"]]
    return json_answer(view)


@app.post(f"{_GENERATION}/retry")
def retry_failed(
    client_id: ClientId,
    studio_id: StudioId,
    slot_id: SlotId,
    body: Annotated[Retry, Body()],
    generating: GeneratingOf,
    progress: ProgressOf,
    change: ChangeOf,
) -> Response[Any]:
    """Ask once more, with the same settings and seed, for pictures of the slot that failed.

    202 with those of the slot that are under way now; 200 if there is none.
    """
    studio = generating(client_id, studio_id).retry(slot_id, body.image_ids, change)
    names = [name for name in under_way(studio) if name.slot_id == slot_id and any_open(studio, [name])]
    view = progress.view_of_asked(studio, names[:MAX_PICTURES])
    return _accepted(studio, names[:MAX_PICTURES], view, {}) if names else json_answer(view)


@app.delete(_GENERATION)
def cancel_all(
    client_id: ClientId,
    studio_id: StudioId,
    slot_id: SlotId,
    studios: AllStudios,
    progress: ProgressOf,
    change: ChangeOf,
) -> Response[Any]:
    """Cancel all pictures of the slot that have not ended, and dismiss those that failed."""
    return _cancelled(studios, progress, client_id, studio_id, slot_id, None, change)


@app.delete(f"{_GENERATION}/<imageId>")
def cancel_one(
    client_id: ClientId,
    studio_id: StudioId,
    slot_id: SlotId,
    image_id: ImageId,
    studios: AllStudios,
    progress: ProgressOf,
    change: ChangeOf,
) -> Response[Any]:
    """Cancel one picture that has not ended, or dismiss it if it failed; nothing happens if it has come."""
    return _cancelled(studios, progress, client_id, studio_id, slot_id, image_id, change)


def _cancelled(
    studios: AllStudios,
    progress: ProgressReader,
    client_id: str,
    studio_id: str,
    slot_id: str,
    image_id: str | None,
    change: Change,
) -> Response[Any]:
    begun = progress.begun(studios.read_any(client_id, studio_id).document, slot_id)

    def apply(current: Versioned[Studio] | None) -> Studio | None:
        if current is None:
            raise NotFound("studio", studio_id)
        # Of a deleted studio too: nobody should have to pay for what nobody wants.
        return cancel(current.document, slot_id, image_id, change.milliseconds, begun)

    commit = studios.commit(client_id, studio_id, apply, change.request, change.pacing)
    slot = commit.current.document.find_slot(slot_id)
    if slot is None:
        raise NotFound("slot", slot_id)
    view = slot_view(commit.current, slot)
    # As a base, the row's tag would say that the caller had seen the other rows as they are now.
    del view["etag"]
    return json_answer(view)


def _accepted(
    studio: Studio, names: Sequence[PictureName], answer: Mapping[str, Any], headers: Mapping[str, str]
) -> Response[Any]:
    progress_at = f"{addresses.generation(studio.client_id, studio.id)}?images={encode_names(names)}"
    more = {"location": progress_at, "retry-after": str(_LOOK_AGAIN_SECONDS)}
    return json_answer(answer, HTTPStatus.ACCEPTED, {**headers, **more})


def _refuse(view: Mapping[str, Any]) -> NoReturn:
    reasons = [one["reason"] for one in view["generation"] if one["state"] is State.FAILED]
    if reasons:
        raise GenerationRefused(reasons[0], view)
    raise GenerationCancelled("Somebody cancelled these pictures; execute again if they are still wanted.")
