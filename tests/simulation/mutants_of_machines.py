"""Mutants of what machines do: claims, the worker's run, and the janitor's."""

from contextlib import suppress
from typing import Any, Final

from greenlet import getcurrent  # type: ignore[import-untyped]

from generation_api.generating import Generating
from janitor.generation import Generation
from janitor.places import Places
from janitor.sweep import Sweep
from scene_studio.generation import work
from scene_studio.generation.claims import Claim, ClaimBody, Claims
from scene_studio.generation.job import Job
from scene_studio.generation.timing import Timing
from scene_studio.generation.work import Outcome, Worker
from scene_studio.model.generation import find_intent
from scene_studio.model.intent import Intent
from scene_studio.model.studio import Studio
from scene_studio.store import keys
from scene_studio.store.commit import unavailable_is_busy
from scene_studio.store.object_store import ABSENT, Conflict, Unavailable, WriteUnsettled
from tests.simulation.painter import thumbnail
from tests.simulation.timing import ShortTiming

_TAKE: Final = Claims.take
_KEEP: Final = Job._keep
_ATTEMPT: Final = Worker._attempt
_DELIVER: Final = Worker._deliver
_RUN: Final = Worker.run
_REMIND: Final = Generating._remind
_SEND: Final = Generating._send
_LOOK_AFTER: Final = Sweep.look_after


def _body(claims: Any, holder: str, now: int) -> ClaimBody:
    return ClaimBody(holder=holder, since=now, until=now + claims.lease)


def _unclaimed(claims: Any, client_id: str, studio_id: str, image_id: str, holder: str, now: int) -> Claim:
    return Claim(keys.claim(client_id, studio_id, image_id), "", _body(claims, holder, now))


def _held_for_ever(claims: Any, client_id: str, studio_id: str, image_id: str, holder: str, _: int) -> Any:
    return _TAKE(claims, client_id, studio_id, image_id, holder, 0)


def _taken_over(claims: Any, client_id: str, studio_id: str, image_id: str, holder: str, now: int) -> Any:
    key, body = keys.claim(client_id, studio_id, image_id), _body(claims, holder, now)
    claim = claims._write(key, body, ABSENT)
    found = claims._read(key) if claim is None else None
    return claims._write(key, body, found.etag) if found is not None else claim


def _claimed_in_doubt(claims: Any, key: str, body: ClaimBody, expected: Any) -> Claim | None:
    encoded = body.model_dump_json(by_alias=True).encode()
    try:
        version = claims.objects.put(key, encoded, expected=expected, content_type="application/json")
    except Conflict:
        return None
    except WriteUnsettled:
        return Claim(key, "", body)
    return Claim(key, version.etag, body)


class _Blind(Job):
    def stored(self) -> None:
        return None


def _looked_for_nothing(worker: Any, job: Job, *rest: Any, **given: Any) -> Outcome:
    return _ATTEMPT(worker, _Blind(job.place, job.intent, job.objects, job.clock), *rest, **given)


def _seen_as(**members: Any) -> list[tuple[Any, str, Any]]:
    def find(studio: Studio, slot_id: str, image_id: str) -> Intent | None:
        intent = find_intent(studio, slot_id, image_id)
        return intent and intent.replace(**members)

    return [(work, "find_intent", find)]


def _nothing(*_: Any) -> Outcome:
    return Outcome.NOTHING_TO_DO


def _last_at_once(worker: Any, wanted: Any, *, seconds: float, last: bool) -> Outcome:
    return _RUN(worker, wanted, seconds=seconds, last=True)


def _stored_last() -> list[tuple[Any, str, Any]]:
    """Pictures wait for the document."""
    waiting: dict[str, tuple[Any, ...]] = {}

    def keep(job: Job, jpeg: bytes, pacing: Any) -> bytes:
        waiting[job.place.image_id] = job, jpeg, pacing
        return jpeg

    def deliver(worker: Any, wanted: Any, result: Any) -> Outcome:
        done = _DELIVER(worker, wanted, result)
        if wanted.image_id in waiting:
            _KEEP(*waiting.pop(wanted.image_id))
        return done

    return [(Job, "_keep", keep), (Worker, "_deliver", deliver)]


def _keeping(*kinds: str) -> Any:
    """Whatever an earlier attempt stored, what this one made is taken to be there."""

    def keep(job: Job, jpeg: bytes, pacing: Any) -> bytes:
        place = job.place
        path = place.client_id, place.studio_id, place.slot_id, place.image_id
        pictures = {"picture": keys.revision(*path), "small": keys.revision_thumbnail(*path)}
        with unavailable_is_busy():
            for kind in kinds:
                body = jpeg if kind == "picture" else thumbnail(jpeg)
                job.objects.put_once(pictures[kind], body, content_type="image/jpeg")
        return jpeg

    return keep


def _believed() -> list[tuple[Any, str, Any]]:
    """A run believes what it read first, however long it took to claim the picture."""
    seen: dict[Any, Any] = {}

    def find(studio: Studio, slot_id: str, image_id: str) -> Intent | None:
        return seen.setdefault(getcurrent(), find_intent(studio, slot_id, image_id))

    return [(work, "find_intent", find)]


def _reminded_last() -> list[tuple[Any, str, Any]]:
    waiting: dict[int, int] = {}

    def remind(asking: Any, now: int) -> None:
        waiting[id(asking)] = now

    def send(asking: Any, studio: Any, names: Any) -> None:
        if id(asking) in waiting:
            _REMIND(asking, waiting.pop(id(asking)))
        _SEND(asking, studio, names)

    return [(Generating, "_remind", remind), (Generating, "_send", send)]


def _forgotten_at_once(sweep: Any, place: Any) -> Any:
    """A reminder is good for one look."""
    care = _LOOK_AFTER(sweep, place)
    with suppress(Unavailable):
        sweep.places.objects.delete_all(sweep.places.reminders.get(place, ["none"]))
    return care


MUTANTS: Final = {
    "no claim": (
        "a picture is claimed before the image model is asked for it",
        "executing",
        lambda: [(Claims, "take", _unclaimed)],
    ),
    "claims held for ever": (
        "a claim whose holder is dead is taken over",
        "executing, dying",
        lambda: [(Claims, "take", _held_for_ever)],
    ),
    "claims taken over at once": (
        "a claim that is held is respected",
        "executing",
        lambda: [(Claims, "take", _taken_over)],
    ),
    "claimed in doubt": (
        "a claim that is not known to stand is none",
        "executing, dying",
        lambda: [(Claims, "_write", _claimed_in_doubt)],
    ),
    "short leases": (
        "a claim holds longer than any worker lives",
        "executing, dying",
        lambda: [(Timing, "lease", property(lambda timing: timing.worker_seconds * 100))],
    ),
    "picture not looked for": (
        "a picture that is stored is not paid for again",
        "executing, dying",
        lambda: [(Worker, "_attempt", _looked_for_nothing)],
    ),
    "failed intents made": (
        "the image model is asked only for open intents",
        "executing, dying",
        lambda: _seen_as(error=None),
    ),
    "made past the deadline": (
        "the image model is not asked past the deadline",
        "executing, dying",
        lambda: _seen_as(deadline=10**14),
    ),
    "stored pictures not delivered": (
        "a stored picture is delivered, however late",
        "executing, dying",
        lambda: [(Worker, "_deliver_if_stored", _nothing)],
    ),
    "failed at the first": (
        "an attempt that may succeed later is not the last",
        "executing, failing",
        lambda: [(Worker, "run", _last_at_once)],
    ),
    "image after document": ("pictures are stored before anything names them", "pictures", _stored_last),
    "thumbnail first": (
        "a thumbnail is of the picture that is stored",
        "executing, failing",
        lambda: [(Job, "_keep", _keeping("small", "picture"))],
    ),
    "own picture described": (
        "a revision describes the picture that is stored",
        "executing, deaf",
        lambda: [(Job, "_keep", _keeping("picture", "small"))],
    ),
    "first sight believed": (
        "whether a picture is wanted is read when it is claimed",
        "executing, doubled",
        _believed,
    ),
    "given up unseen": (
        "a picture that is stored is not given up",
        "executing, failing",
        lambda: [(Generation, "_stored", lambda *_: [])],
    ),
    "no janitor": (
        "somebody looks after pictures whose message was lost",
        "executing, dying",
        lambda: [(Places, "find", lambda _: [])],
    ),
    "lost messages stay lost": (
        "a message that was lost is sent again",
        "executing, dying",
        lambda: [(Generation, "_queue_again", lambda *_: None)],
    ),
    "reminded last": ("a reminder is there before what it reminds of", "executing", _reminded_last),
    "reminders forgotten": (
        "a reminder stays while pictures are under way",
        "executing",
        lambda: [(Sweep, "look_after", _forgotten_at_once)],
    ),
    "reminders short": (
        "a reminder outlives every commit that it was written for",
        "executing, slow",
        lambda: [(ShortTiming, "reminder", property(lambda _: 0))],
    ),
}
"""Name, then rule, profile, and what is replaced."""
