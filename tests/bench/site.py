"""The functions over a metered S3, with a studio as teams have them, in a container that is warm or cold."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final
from unittest.mock import patch

from scene_studio import runtime
from scene_studio.model.document import RING_SIZE
from tests.bench.metered_s3 import MeteredS3
from tests.support.api import CLIENT, STUDIO, Answer, call
from tests.support.histories import Team, revision
from tests.support.queues import WorkingQueue
from tests.support.runtime import forget

SLOT: Final = f"{STUDIO}/slots/slot-1"
_ENVIRONMENT: Final = {"SCENE_STUDIO_STORE": "s3:scene-studio", "SCENE_STUDIO_TENANCY": "off"}


@contextmanager
def functions(s3: MeteredS3) -> Iterator[WorkingQueue]:
    """Run the functions over this S3; gives the queue of wanted pictures, which holds them."""
    from generation_api.handler import app

    working = WorkingQueue()
    working.held = True
    with (
        patch.dict(os.environ, {**_ENVIRONMENT, "AWS_ENDPOINT_URL_S3": s3.endpoint}),
        patch.dict(app.dependency_overrides, {runtime.generation_queue: lambda: working}),
        patch.object(runtime, "generation_queue", lambda: working),
    ):
        forget()
        try:
            yield working
        finally:
            if runtime.object_store.cache_info().currsize:
                store: Any = runtime.object_store()
                for client in (store._retrying, store._single_shot):
                    client.close()
            forget()


def done(method: str, path: str, json_body: Any = None, headers: Mapping[str, str] | None = None) -> Answer:
    """Call a function, and see it succeed."""
    answer = call(method, path, json_body, headers)
    if answer.status >= 400:
        raise RuntimeError(f"{method} {path}: {answer.status} {answer.body.decode()}")
    return answer


def cool_down() -> None:
    """Have the next call find what a new container has: no documents, though its connections are made."""
    for made in (runtime.clients, runtime.studios, runtime.folders, runtime.inbox, runtime.claims):
        made.cache_clear()


def warm_up() -> None:
    """Have the container know the client and the studio as they stand."""
    for path in (CLIENT, STUDIO):
        done("GET", path)


def open_studio(slots: int, revisions: int, *, remembered: int = RING_SIZE) -> None:
    """Make the client and its studio.

    Args:
        slots: how many slots it has.
        revisions: how many pictures each of them has, with all that a revision tells.
        remembered: how many requests of people came after that, of which a document remembers the last.
    """
    done("PUT", CLIENT, {"name": "ACME"})
    for product, name in (("lounge-chair-oak", "Lounge Chair Oak"), ("side-table-round", "Side Table Round")):
        done("PUT", f"{CLIENT}/products/{product}", {"name": name})
    ids = [f"slot-{number}" for number in range(1, slots + 1)]
    team = Team(runtime.object_store(), *ids)
    if revisions:
        for slot_id in ids:
            team.add(slot_id, [revision(number) for number in reversed(range(revisions))], by_machine=True)
    for number in range(remembered):
        team.edit(f"Campaign {number:03}")
    warm_up()
