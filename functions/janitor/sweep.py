"""One run of the janitor: what waits is folded in, what was lost is sent again, what is hopeless is given up.

And what was deleted long ago is purged. Running twice, or twice at once, does no harm.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from janitor.generation import Generation
from janitor.places import Care, Place, Places
from janitor.purge import Purge, Purged
from janitor.uploads import Uploads
from scene_studio.store import keys
from scene_studio.store.inbox import Inbox
from scene_studio.store.pacing import Pacing


class Done(NamedTuple):
    """What was done in a place.

    Attributes:
        folded: how many results were folded in.
        unreadable: the keys of objects in its inbox that are no results.
        pictures: what was done about generated pictures.
        uploads: what was done about uploads.
        purged: what was deleted for good.
    """

    folded: int
    unreadable: Sequence[str]
    pictures: Care
    uploads: Care
    purged: Purged


@dataclass(frozen=True, slots=True)
class Sweep:
    """One run of the janitor.

    Attributes:
        places: where there is something to look after.
        inbox: what machines have brought there.
        generation: the care for generated pictures.
        uploads: the care for uploads.
        purge: the purging of studios.
        pacing: how long to try to fold in what waits, from now on.
        now: when the run began, in milliseconds since the Unix epoch.
    """

    places: Places
    inbox: Inbox
    generation: Generation
    uploads: Uploads
    purge: Purge
    pacing: Callable[[], Pacing]
    now: int

    def look_after(self, place: Place) -> Done:
        """Do in a place what has to be done.

        Raises:
            SceneStudioError: the store was out of reach, or the outcome of a commit is not known.
            QueueUnavailable: messages could not be sent.
        """
        folded = self.inbox.fold(*place, self.now, self.pacing())
        is_studio = place.studio_id != keys.LIBRARY
        pictures = self.generation.look_after(place) if is_studio else Care()
        uploads = self.uploads.look_after(place)
        under_way = pictures.under_way or uploads.under_way
        purged = self.purge.look_after(place) if is_studio and not under_way else Purged()
        if not under_way and not purged.under_way:
            self.places.forget(place, self.now)
        return Done(*folded, pictures, uploads, purged)
