"""Claims: which worker makes a picture, so that no two of them pay for it.

A claim is an object that is created for a picture by one worker alone and holds for its lease, which is
longer than any worker lives. One that has run out, or was given up, is taken over by a conditional write.
"""

from dataclasses import dataclass
from typing import Final, NamedTuple

from scene_studio.model.base import Model
from scene_studio.model.revision import Milliseconds
from scene_studio.store import keys
from scene_studio.store.object_store import (
    ABSENT,
    Absent,
    Conflict,
    ObjectStore,
    StoredObject,
    Unavailable,
    WriteUnsettled,
)

_JSON: Final = "application/json"


class ClaimBody(Model):
    """What a claim says.

    Attributes:
        holder: the worker's run that has it.
        since: when it began, in milliseconds since the Unix epoch.
        until: when it runs out.
    """

    holder: str
    since: Milliseconds
    until: Milliseconds


class Claim(NamedTuple):
    """A claim that is known to stand."""

    key: str
    etag: str
    body: ClaimBody


@dataclass(frozen=True, slots=True)
class Claims:
    """The claims of all pictures.

    Attributes:
        objects: where they are.
        lease: how long a claim holds, in milliseconds.
    """

    objects: ObjectStore
    lease: int

    def take(self, client_id: str, studio_id: str, image_id: str, holder: str, now: int) -> Claim | None:
        """Claim a picture for this run.

        Returns:
            The claim; None if another run holds one, or if it is not known whether this one stands.

        Raises:
            Unavailable: the store could not be reached.
        """
        key = keys.claim(client_id, studio_id, image_id)
        wanted = ClaimBody(holder=holder, since=now, until=now + self.lease)
        claim = self._write(key, wanted, ABSENT)
        if claim is not None:
            return claim
        found = self._read(key)
        if found is None or found.body.holder == holder:
            return found
        if found.body.until > now:
            return None
        claim = self._write(key, wanted, found.etag)
        if claim is not None:
            return claim
        found = self._read(key)
        return found if found is not None and found.body.holder == holder else None

    def give_up(self, claim: Claim) -> None:
        """Let others claim the picture at once; if that cannot be written, they wait for the lease to end."""
        try:
            self._write(claim.key, claim.body.replace(until=claim.body.since), claim.etag)
        except Unavailable:
            return

    def since(self, client_id: str, studio_id: str, image_ids: list[str], now: int) -> dict[str, int]:
        """When work on each of these pictures began, for those at which a worker is now.

        Raises:
            Unavailable: the store could not be reached.
        """
        found = self.objects.get_all([keys.claim(client_id, studio_id, image_id) for image_id in image_ids])
        claims = {
            image_id: ClaimBody.model_validate_json(stored.body)
            for image_id, stored in zip(image_ids, found, strict=True)
            if stored is not None
        }
        return {image_id: claim.since for image_id, claim in claims.items() if claim.until > now}

    def _read(self, key: str) -> Claim | None:
        found = self.objects.get(key)
        if not isinstance(found, StoredObject):
            return None
        return Claim(key, found.version.etag, ClaimBody.model_validate_json(found.body))

    def _write(self, key: str, body: ClaimBody, expected: str | Absent) -> Claim | None:
        """The claim if it was written; None if another was there, or nobody knows."""
        encoded = body.model_dump_json(by_alias=True).encode()
        try:
            version = self.objects.put(key, encoded, expected=expected, content_type=_JSON)
        except (Conflict, WriteUnsettled):
            return None
        return Claim(key, version.etag, body)
