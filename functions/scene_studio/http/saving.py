"""From a person's edit to a commit: conditions, products and pictures checked, then one write."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple, TypeVar

from scene_studio.http.entity_tags import TagCondition, entity_tag
from scene_studio.http.requests import Change
from scene_studio.http.views import studio_view
from scene_studio.model import addresses
from scene_studio.model.edits import (
    KnowsRevision,
    SlotEdit,
    StudioEdit,
    Wanted,
    chosen_products,
    edited_slot,
    edited_studio,
    new_products,
)
from scene_studio.model.errors import FieldError, PreconditionFailed, PreconditionRequired, SceneStudioError
from scene_studio.model.owned import with_owned
from scene_studio.model.studio import Studio, existing
from scene_studio.store.cache import Versioned
from scene_studio.store.clients import Clients
from scene_studio.store.commit import Commit
from scene_studio.store.studios import Studios

T = TypeVar("T")


class Saved(NamedTuple):
    """A saved edit.

    Attributes:
        commit: what came of it.
        ignored: parts of a save of all rows that could not be taken, and why.
    """

    commit: Commit[Studio]
    ignored: Sequence[FieldError] = ()


class Saving:
    """Saves people's edits of one studio."""

    def __init__(self, studios: Studios, clients: Clients, client_id: str, studio_id: str) -> None:
        self._studios = studios
        self._clients = clients
        self._client_id = client_id
        self._studio_id = studio_id

    def studio(self, edit: StudioEdit, condition: TagCondition | None, change: Change) -> Saved:
        """Save a studio's name, or all of its rows.

        Raises:
            PreconditionRequired: rows came without If-Match.
            PreconditionFailed: the studio has changed since the version that If-Match names.
            SceneStudioError: as the edit, the commit and the checks raise.
        """
        if edit.output_slots is not None and condition is None:
            raise PreconditionRequired(
                "Send If-Match with the ETag of the studio that the rows were read from; read the studio first."
            )

        def check(studio: Studio) -> KnowsRevision:
            self._clients.products(self._client_id, chosen_products(studio, edit))
            rows = edit.output_slots or ()
            return self._known_revisions(studio, ((row.id, row.output_image) for row in rows))

        knows = self._checked(check) if edit.output_slots else _knows_none
        return self._save(lambda studio: edited_studio(studio, edit, knows), condition, change)

    def slot(self, slot_id: str, edit: SlotEdit, condition: TagCondition | None, change: Change) -> Saved:
        """Save some of what people own in one slot.

        Raises:
            PreconditionFailed: the studio has changed since the version that If-Match names.
            SceneStudioError: as the edit, the commit and the checks raise.
        """

        def check(studio: Studio) -> KnowsRevision:
            added = new_products(studio.find_slot(slot_id), edit.product_ids)
            self._clients.products(self._client_id, dict.fromkeys(added, "/productIds"))
            return self._known_revisions(studio, ((slot_id, edit.output_image),))

        knows = self._checked(check) if edit.product_ids or edit.output_image else _knows_none
        return self._save(lambda studio: edited_slot(studio, slot_id, edit, knows), condition, change)

    def operation(
        self, rule: Callable[[Studio], Studio | None], condition: TagCondition | None, change: Change
    ) -> Commit[Studio]:
        """Commit a rule about a studio that is not deleted.

        Raises:
            PreconditionFailed: the studio has changed since the version that If-Match names.
            SceneStudioError: as the rule and the commit raise.
        """

        def apply(current: Versioned[Studio] | None) -> Studio | None:
            studio = existing(current.document if current else None, self._studio_id)
            check_condition(current, condition)
            return rule(studio)

        return self._studios.commit(self._client_id, self._studio_id, apply, change.request, change.pacing)

    def _save(
        self, edited: Callable[[Studio], Wanted], condition: TagCondition | None, change: Change
    ) -> Saved:
        ignored: list[FieldError] = []

        def rule(studio: Studio) -> Studio | None:
            wanted = edited(studio)
            ignored[:] = wanted.ignored
            return with_owned(studio, wanted.owned, wanted.picked, change.now)

        return Saved(self.operation(rule, condition, change), ignored)

    def _checked(self, check: Callable[[Studio], T]) -> T:
        """Check against the studio as it is known here; what fails there is checked as the studio stands."""
        cached = self._studios.cached(self._client_id, self._studio_id)
        if cached is not None:
            try:
                return check(cached)
            except SceneStudioError:
                pass  # the studio known here may be long since replaced
        return check(self._studios.read(self._client_id, self._studio_id).document)

    def _known_revisions(self, studio: Studio, wanted: Iterable[tuple[str, str | None]]) -> KnowsRevision:
        """Look up the chosen revisions that are not inline, once; what a history has, it never loses."""
        known: set[tuple[str, str]] = set()
        for slot_id, reference in wanted:
            slot = studio.find_slot(slot_id)
            if slot is None or reference is None:
                continue
            named = addresses.named_revision(reference, studio.client_id, studio.id, slot_id) or reference
            if named != slot.output_image and self._studios.find_revision(studio, slot, named):
                known.add((slot_id, named))
        return lambda slot_id, image_id: (slot_id, image_id) in known


def check_condition(current: Versioned[Studio] | None, condition: TagCondition | None) -> None:
    """Refuse an edit that was made from another version than the current one.

    Raises:
        PreconditionFailed: it was; the error brings the current document and its entity tag.
    """
    if condition is None or current is None or condition.strongly_matches(current.version.version_id):
        return
    members: dict[str, Any] = {
        "etag": entity_tag(current.version.version_id),
        "current": studio_view(current),
    }
    raise PreconditionFailed(
        "The studio was changed since the version that If-Match names. Make the edit again on `current`, and "
        "send it with the ETag that came with this answer.",
        members,
    )


def _knows_none(_slot_id: str, _image_id: str) -> bool:
    return False
