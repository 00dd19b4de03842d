"""The janitor, on a schedule: looks after every studio and library that has pictures under way, or is to go."""

from typing import Any, Final

from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from janitor.generation import Generation
from janitor.places import Place, Places
from janitor.purge import Purge
from janitor.purge_round import PurgeRound
from janitor.sweep import Sweep
from janitor.uploads import Uploads
from scene_studio import runtime
from scene_studio.store.pacing import Pacing, within

_RESERVED_SECONDS: Final = 15.0
"""Kept back of the invocation's time: what the care for one more place may take."""
_COMMIT_SECONDS: Final = 6.0


@runtime.logger.inject_lambda_context
def lambda_handler(_event: dict[str, Any], context: LambdaContext) -> dict[str, int]:
    """Look after the places that need it, and say how many there were; the event says nothing.

    What fails for one is logged and counted, and the others are looked after all the same.
    """
    sweep = _sweep()
    failed = 0 if _look_for_purges(sweep.now) else 1
    places = sweep.places.find()
    # Where there is no time for all, another run begins with others.
    start = sweep.now % len(places) if places else 0
    done = 0
    for place in places[start:] + places[:start]:
        if context.get_remaining_time_in_millis() / 1000 < _RESERVED_SECONDS:
            runtime.logger.warning("there was no time for all places", left=len(places) - done - failed)
            break
        if _look_after(sweep, place):
            done += 1
        else:
            failed += 1
    runtime.metrics.add_metric(name="JanitorStudios", unit=MetricUnit.Count, value=done)
    runtime.metrics.add_metric(name="JanitorFailures", unit=MetricUnit.Count, value=failed)
    runtime.metrics.flush_metrics()
    runtime.metrics.clear_metrics()
    return {"studios": done, "failed": failed}


def _sweep() -> Sweep:
    objects, now = runtime.object_store(), runtime.now_milliseconds()
    return Sweep(
        places=Places(objects, runtime.timing().reminder),
        inbox=runtime.inbox(),
        generation=Generation(
            objects=objects,
            studios=runtime.studios(),
            queue=runtime.generation_queue(),
            timing=runtime.timing(),
            pacing=_pacing,
            now=now,
        ),
        uploads=Uploads(
            objects=objects, folders=runtime.folders(), queue=runtime.upload_queue, pacing=_pacing, now=now
        ),
        purge=Purge(
            objects=objects, studios=runtime.studios(), clients=runtime.clients(), pacing=_pacing, now=now
        ),
        pacing=_pacing,
        now=now,
    )


def _look_for_purges(now: int) -> bool:
    going = PurgeRound(
        objects=runtime.object_store(),
        clients=runtime.clients(),
        studios=runtime.studios(),
        unique=runtime.unique_name,
        now=now,
    )
    try:
        going.go_on()
    except Exception:  # noqa: BLE001 - whatever it is, the places need care all the same
        runtime.logger.exception("studios to be purged could not be looked for; the next run tries again")
        return False
    return True


def _look_after(sweep: Sweep, place: Place) -> bool:
    with runtime.logger.append_context_keys(clientId=place.client_id, studioId=place.studio_id):
        try:
            done = sweep.look_after(place)
        except Exception:  # noqa: BLE001 - whatever it is, the other places need care all the same
            runtime.logger.exception("a place could not be looked after; the next run tries again")
            return False
        if done.unreadable:
            runtime.logger.error("objects in the inbox that are no results", keys=list(done.unreadable))
        cared = any(care.given_up or care.queued_again for care in (done.pictures, done.uploads))
        if done.folded or cared or done.purged.versions:
            runtime.logger.info(
                "looked after a place",
                folded=done.folded,
                pictures=done.pictures._asdict(),
                uploads=done.uploads._asdict(),
                purged=done.purged._asdict(),
            )
        return True


def _pacing() -> Pacing:
    return within(_COMMIT_SECONDS)
