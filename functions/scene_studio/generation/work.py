"""A worker's run: from a message about a picture to its revision, or to the reason why there is none.

Whatever happens on the way, the run can be repeated: the intent tells whether there is anything to do, the
claim whether anybody else does it, and a stored picture that it has been paid for already.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Final

from scene_studio.generation.claims import Claim, Claims
from scene_studio.generation.image_model import ImageModel
from scene_studio.generation.job import Job
from scene_studio.generation.message import WantedPicture
from scene_studio.model.errors import (
    GenerationRefused,
    ImageRejected,
    InvalidRequest,
    ModelUnavailable,
    NotFound,
    SceneStudioError,
)
from scene_studio.model.generation import find_intent
from scene_studio.model.intent import MAX_REASON, Result
from scene_studio.model.revision import GeneratedSceneImage
from scene_studio.store.commit import unavailable_is_busy
from scene_studio.store.inbox import Inbox
from scene_studio.store.object_store import ObjectStore
from scene_studio.store.pacing import Pacing
from scene_studio.store.studios import Studios

logger: Final = logging.getLogger("scene-studio")


class Outcome(Enum):
    """What came of a run."""

    NOTHING_TO_DO = "nothing to do"
    """The picture is not wanted any more, or never was."""
    DELIVERED = "delivered"
    """It is a revision now."""
    FAILED = "failed"
    """It failed for good, and the studio says why."""


class ClaimedByAnother(Exception):
    """Another run makes the picture, or may be making it; the message has to come back later."""


@dataclass(frozen=True, slots=True)
class Worker:
    """What a run needs.

    Attributes:
        objects: the object store.
        studios: the studios in it.
        inbox: their inboxes.
        claims: the claims.
        model: makes pictures; asked for only when one is made.
        clock: milliseconds since the Unix epoch.
        unique: a new name at every call, for this run and for its result.
        pacing: how long to try to reach the store, from now on.
    """

    objects: ObjectStore
    studios: Studios
    inbox: Inbox
    claims: Claims
    model: Callable[[], ImageModel]
    clock: Callable[[], int]
    unique: Callable[[], str]
    pacing: Callable[[], Pacing]

    def run(self, wanted: WantedPicture, *, seconds: float, last: bool) -> Outcome:
        """Make the picture that a message speaks of.

        Args:
            wanted: the picture.
            seconds: how long the image model may take.
            last: whether the message will not come again, so that an attempt that might succeed later is the
                last one too.

        Raises:
            ClaimedByAnother: another run may be at it.
            ModelUnavailable: the model could not make it now.
            SceneStudioError: the store was out of reach, or it is not known whether the result was folded.
        """
        job = self._job(wanted)
        if job is None:
            return Outcome.NOTHING_TO_DO
        if not self._is_due(job):
            return self._deliver_if_stored(job)
        with unavailable_is_busy():
            claim = self.claims.take(
                wanted.client_id, wanted.studio_id, wanted.image_id, self.unique(), self.clock()
            )
        if claim is None:
            raise ClaimedByAnother(wanted.image_id)
        # Whoever had the claim before may have ended this very attempt since the studio was read.
        job = self._job(wanted)
        if job is None or not self._is_due(job):
            self.claims.give_up(claim)
            return self._deliver_if_stored(job) if job is not None else Outcome.NOTHING_TO_DO
        return self._attempt(job, claim, seconds, last=last)

    def _job(self, wanted: WantedPicture) -> Job | None:
        """The job as the studio has it now; None if nobody wants the picture."""
        try:
            studio = self.studios.read_any(wanted.client_id, wanted.studio_id).document
        except NotFound:
            return None
        intent = find_intent(studio, wanted.slot_id, wanted.image_id)
        return Job(wanted, intent, self.objects, self.clock) if intent is not None else None

    def _is_due(self, job: Job) -> bool:
        """Whether the image model may be asked for it."""
        return job.intent.is_open and self.clock() < job.intent.deadline

    def _attempt(self, job: Job, claim: Claim, seconds: float, *, last: bool) -> Outcome:
        try:
            revision = job.stored() or job.make(self.model(), seconds, self.pacing)
        except (GenerationRefused, ImageRejected, InvalidRequest) as refusal:
            if "misconfigured" in refusal.members:
                logger.exception("the image model cannot be used as it is set up")
            outcome = self._fail(job, _reason(refusal), _cost(refusal))
        except ModelUnavailable as error:
            # What has been paid for already, or may have been, is not bought again unless a person says so.
            if not last and not _cost(error):
                self.claims.give_up(claim)
                raise
            outcome = self._fail(job, error.detail, _cost(error))
        except SceneStudioError:
            raise  # the store was out of reach: the picture may be there next time, or be paid for already
        except Exception:
            if last:
                self._fail(job, "Something broke on our side while it was made; try it again.")
                self.claims.give_up(claim)
            raise
        else:
            return self._deliver(job.place, _success(job, revision))
        self.claims.give_up(claim)  # so that a person who retries it does not wait for the lease to end
        return outcome

    def _fail(self, job: Job, reason: str, cost_micros: int = 0) -> Outcome:
        """End an intent with a reason for people to read."""
        intent = job.intent
        result = Result(
            slot_id=job.place.slot_id,
            id=intent.id,
            attempt=intent.attempt,
            error=reason[:MAX_REASON],
            cost_micros=cost_micros,
        )
        return self._deliver(job.place, result)

    def _deliver_if_stored(self, job: Job) -> Outcome:
        revision = job.stored()
        if revision is None:
            return Outcome.NOTHING_TO_DO
        return self._deliver(job.place, _success(job, revision))

    def _deliver(self, wanted: WantedPicture, result: Result) -> Outcome:
        place = wanted.client_id, wanted.studio_id
        key = self.inbox.put(*place, result, self.unique())
        self.inbox.fold(*place, self.clock(), self.pacing(), own=key)
        return Outcome.DELIVERED if result.revision is not None else Outcome.FAILED


def _success(job: Job, revision: GeneratedSceneImage) -> Result:
    intent = job.intent
    return Result(slot_id=job.place.slot_id, id=intent.id, attempt=intent.attempt, revision=revision)


def _cost(error: SceneStudioError) -> int:
    """What an image model says that it paid, or may have, before it gave up."""
    return int(error.members.get("costMicros", 0))


def _reason(refusal: SceneStudioError) -> str:
    """Why there is no picture, for somebody who looks at the slot and not at a request."""
    if isinstance(refusal, InvalidRequest):
        return "; ".join(f"{error.field.removeprefix('/')}: {error.message}" for error in refusal.errors)
    return refusal.detail
