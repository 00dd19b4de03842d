"""Edits over HTTP: from conditions and preferences to a save, and from a save to its answer."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from http import HTTPStatus
from typing import Any, NoReturn, Protocol, TypeVar

from aws_lambda_powertools.event_handler import Response

from scene_studio.http.api import json_answer
from scene_studio.http.entity_tags import TagCondition, entity_tag, oldest_version
from scene_studio.http.merge_view import conflicts_view
from scene_studio.http.preferences import Preferences
from scene_studio.http.requests import Change
from scene_studio.http.views import studio_view
from scene_studio.model import addresses
from scene_studio.model.edits import KnowsRevision
from scene_studio.model.errors import Busy, NotFound, PreconditionFailed, SceneStudioError
from scene_studio.model.studio import Studio, existing
from scene_studio.store.cache import Versioned
from scene_studio.store.commit import Commit
from scene_studio.store.saving import EditRequest, Saved
from scene_studio.store.studios import Studios

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

Check = Callable[[], T]
"""The outcome of a check, kept until the commit loop asks: it gives a value or raises what was found wrong."""


class StudioCheck(Protocol[T_co]):
    """A check of a studio, which is told whether that is the studio as it stands."""

    def __call__(self, studio: Studio, *, fresh: bool) -> T_co:
        """What the check finds out; raises what is wrong."""
        ...


def edit_request(
    change: Change,
    condition: TagCondition | None,
    preferences: Preferences,
    tags: Sequence[str] = (),
    slot_id: str | None = None,
) -> EditRequest:
    """An edit made from the oldest version that If-Match names or, if it names none, that these tags name.

    `slot_id` is the one slot that it is about, if it is about one that is there.
    """
    named = list(tags) if condition is None or condition.any else condition.tags
    return EditRequest(
        request=change.request,
        now=change.now,
        pacing=change.pacing,
        version=oldest_version(named),
        slot_id=slot_id,
        strict=preferences.strict,
    )


def checked(studios: Studios, client_id: str, studio_id: str, check: StudioCheck[T_co]) -> Check[T_co]:
    """Check something against a studio, before the commit loop but without refusing yet.

    The studio as this process knows it will do if it passes there; what fails is checked on the studio as it
    stands. A refusal is kept until the loop has looked whether the request was applied already.

    Args:
        studios: where the studio is.
        client_id: whose.
        studio_id: which.
        check: is given the studio, and whether that is the studio as it stands.

    Raises:
        Busy: the store could not be read.
    """
    known = studios.cached(client_id, studio_id)
    if known is not None:
        try:
            value = check(known, fresh=False)
        except SceneStudioError:
            pass  # the studio known here may be long since replaced
        else:
            return lambda: value
    return kept(lambda: check(existing(studios.read_any(client_id, studio_id).document, studio_id), fresh=True))


def kept(check: Callable[[], T]) -> Check[T]:
    """Make a check now and keep what it finds, good or bad, until the commit loop asks for it.

    Raises:
        Busy: the store could not be read.
    """
    try:
        value = check()
    except Busy:
        raise
    except SceneStudioError as error:
        refusal = error

        def refuse() -> NoReturn:
            raise refusal

        return refuse
    return lambda: value


def known_revisions(
    studios: Studios, studio: Studio, wanted: Iterable[tuple[str, str | None]], *, fresh: bool
) -> KnowsRevision:
    """Look up the chosen revisions, once and before the edit; what a history has, it never loses.

    Raises:
        NotFound: there is none of this name in a studio that may be long since replaced.
        Busy: the store could not be read.
    """
    there = studio.slots_by_id()
    known: set[tuple[str, str]] = set()
    for slot_id, reference in wanted:
        if reference is None:
            continue
        slot = there.get(slot_id)
        named = addresses.named_revision(reference, studio.client_id, studio.id, slot_id) or reference
        if slot is not None and (named == slot.output_image or studios.find_revision(studio, slot, named)):
            known.add((slot_id, named))
        elif not fresh:
            raise NotFound("revision", named)
    return lambda slot_id, image_id: (slot_id, image_id) in known


def knows_none() -> KnowsRevision:
    """For edits that choose no revision."""
    return lambda _slot_id, _image_id: False


def check_condition(current: Versioned[Studio], condition: TagCondition | None) -> None:
    """Refuse what cannot be merged, such as deleting a studio, on another version than the one named.

    Raises:
        PreconditionFailed: the current version is not among those that If-Match names.
    """
    if condition is None or condition.strongly_matches(current):
        return
    raise PreconditionFailed(
        current,
        "The studio was changed since the version that If-Match names. Look at `current`, and if you still "
        "want this, send it with the ETag that came with this answer.",
    )


def studio_answer(
    commit: Commit[Studio], status: HTTPStatus = HTTPStatus.OK, headers: Mapping[str, str] | None = None
) -> Response[Any]:
    """The studio after a commit, with its entity tag."""
    tag = {"etag": entity_tag(commit.current)}
    return json_answer(studio_view(commit.current), status, {**(headers or {}), **tag})


def saved_answer(
    saved: Saved,
    preferences: Preferences,
    view: Callable[[Versioned[Studio]], dict[str, Any]],
    *,
    whole: bool,
    foreseen: bool = True,
    status: HTTPStatus = HTTPStatus.OK,
    headers: Mapping[str, str] | None = None,
) -> Response[Any]:
    """The answer to a saved edit.

    A client may use an entity tag as a base only together with the document that it names. So the tag is
    left out where the client does not have that document: where changes of others were merged in that this
    answer does not show, or where it has no body and brought back what the client may never have seen.

    Args:
        saved: what came of the edit.
        preferences: the caller's.
        view: the representation that is answered.
        whole: whether that is the whole studio.
        foreseen: whether a client that knew the base can tell the outcome without being shown.
        status: what to answer when there is a body.
        headers: further headers.
    """
    current = saved.commit.current
    merge = merge_view(saved)
    sent = {**(headers or {}), **preferences.applied()}
    minimal = preferences.minimal and status == HTTPStatus.OK
    if (whole and not minimal) or (not saved.merged and (foreseen or not minimal)):
        sent["etag"] = entity_tag(current)
    if not minimal:
        return json_answer({**view(current), **merge}, status, sent)
    if merge:
        return json_answer(merge, status, sent)
    return Response(int(HTTPStatus.NO_CONTENT), content_type=None, headers=sent, body="")


def merge_view(saved: Saved) -> dict[str, Any]:
    """What a save has to tell beside its outcome; nothing if all went in as it was."""
    if not saved.conflicts and not saved.ignored:
        return {}
    conflicts = conflicts_view(saved.commit.current.document, saved.conflicts)
    return {"merge": {"conflicts": conflicts, "ignored": [error._asdict() for error in saved.ignored]}}
