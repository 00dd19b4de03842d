"""What Schemathesis cannot know of the service: loaded by it as a module."""

import atexit
import json
import os
import re
import uuid
from collections import Counter, defaultdict
from itertools import count
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import schemathesis
from schemathesis import Case, CheckContext, HookContext, Response

CALLS: Final = "SCENE_STUDIO_TEST_CALLS"
"""The variable that names the file in which answers are counted, by status."""

_KEY: Final = "Idempotency-Key"
_CONDITIONS: Final = ("If-Match", "If-None-Match")
_DOCUMENT: Final = re.compile(r"/api/openapi\.json|/api/clients/[^/]+(/scene-studio/[^/]+)?")
_MOST_OF_QUERY: Final = 8000
_STALE: Final = 3
"""Every how many conditional requests names the version that was seen first, and not the one seen last."""

_GUESTS: Final = "/api/shares/"
_SECRET: Final = "X-Share-Token"

_answers: Counter[str] = Counter()
_tags: defaultdict[str, list[str]] = defaultdict(list)
_secrets: dict[str, str] = {}
_conditional = count()


@schemathesis.hook
def filter_case(context: HookContext, case: Case[Any]) -> bool:
    """Leave out addresses longer than a gateway reads; what it answers then is not described."""
    return sum(len(quote(str(value))) for value in (case.query or {}).values()) < _MOST_OF_QUERY


@schemathesis.hook
def before_call(context: HookContext, case: Case[Any], kwargs: dict[str, Any]) -> None:
    """Put into a valid request what means something: a new key, and versions that were seen.

    A key names one request, and the examples all hold the same one; of versions that were made up nothing is
    known but that they are gone. Guests bring the secret that was given out with their link.
    """
    if not _is_valid(case):
        return
    share_id = str((case.path_parameters or {}).get("shareId"))
    if case.path.startswith(_GUESTS) and share_id in _secrets and _SECRET in case.headers:
        case.headers[_SECRET] = _secrets[share_id]
    if _KEY in case.headers:
        case.headers[_KEY] = str(uuid.uuid4())
    for name in _CONDITIONS:
        if name in case.headers and case.headers[name] != "*":
            seen = _tags[_document(case)]
            stale = next(_conditional) % _STALE == 0
            case.headers[name] = (seen[0] if stale else seen[-1]) if seen else "*"


@schemathesis.hook
def after_call(context: HookContext, case: Case[Any], response: Response) -> None:
    """Count the answer, and remember the version or the secret that it tells."""
    _answers[str(response.status_code)] += 1
    if response.status_code < 300:
        _tags[_document(case)] += response.headers.get("etag", [])
    if response.status_code == 201 and case.path.endswith("/shares"):
        made = response.json()
        _secrets[made["share"]["id"]] = made["secret"]


_NOT_OF_THE_CONTRACT: Final = (
    r".* must be a nextCursor of this .*",  # cursors are opaque
    r"month must be one of .*",  # the last three
    r"\S+ must be '.*', as (in the address|the client's own id)",
    r"\S+ there is no product .*",
    r"/imageId must be the id of one of its pictures.*",
    r"/favorites/\S+ must be a (slot that this link shows|picture of this slot; .*)",
    r"/from/\S+ .*([Nn]o (slot|revision|picture|studio|\S*scene) |deleted|elsewhere|not here|a stock scene).*",
    r"/\S+ .*(has|marks|a studio has) at most \d+ (pictures|guest links|slots|scenes).*",  # with those it has
    r"/settings/\S+ .*scene.*",  # which has a picture or has none
    r"/productIds put at least one product .*",  # where the slot has none
    r"/\S+ another (one here|row) has this id; .*",  # JSON Schema compares items as wholes
    r"/count one request may ask for \d+ pictures; .*",  # slots and count together
    r"\S*([uU]rl|outputImage) .*",  # whether there is a picture in it, or where it leads
)
"""What may be wrong with a valid request all the same, because of what the service holds, of the day, or of how
members go together: a field and what is said of it."""


@schemathesis.check
def invalid_by_the_contract(context: CheckContext, response: Response, case: Case[Any]) -> None:
    """A request that the contract allows is never called invalid, but for what no contract could say."""
    if response.status_code != 422 or not _is_valid(case):
        return
    problem = response.json()
    if problem["type"] == "invalid-request":
        told = [f"{one['field']} {one['message']}" for one in problem["errors"]]
        wrong = [one for one in told if not any(re.fullmatch(rule, one) for rule in _NOT_OF_THE_CONTRACT)]
        assert not wrong, f"the contract allows what the service refuses: {wrong}"


def _is_valid(case: Case[Any]) -> bool:
    return case.meta is not None and case.meta.generation.mode.is_positive


def _document(case: Case[Any]) -> str:
    found = _DOCUMENT.match(case.formatted_path)
    return found[0] if found else ""


@atexit.register
def _tell() -> None:
    if path := os.environ.get(CALLS):
        Path(path).write_text(json.dumps(_answers))
