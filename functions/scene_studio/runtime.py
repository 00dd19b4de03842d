"""What a process sets up once: its environment as one frozen model, and what is made from it.

Nothing here runs at import; each thing is made when it is first asked for.
"""

import os
import secrets
import time
from functools import cache
from pathlib import Path
from typing import Final, Literal

from aws_lambda_powertools import Logger, Metrics
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from scene_studio.generation.claims import Claims
from scene_studio.generation.image_model import Capabilities, ImageModel
from scene_studio.generation.names import ModelName, Region
from scene_studio.generation.timing import DELIVERIES, Timing
from scene_studio.inline.pictures import InlinePictures
from scene_studio.model.client import Client
from scene_studio.model.studio import Studio
from scene_studio.queues import s3_notifications
from scene_studio.queues.queue import Queue
from scene_studio.store.cache import DocumentCache
from scene_studio.store.clients import Clients
from scene_studio.store.folders import Folders
from scene_studio.store.inbox import Inbox
from scene_studio.store.object_store import UploadStore
from scene_studio.store.studios import Studios

_PREFIX: Final = "SCENE_STUDIO_"
_QUEUE: Final = r"^(sqs:https?://.+|sqlite:.+)$"

logger: Final = Logger(service="scene-studio")
metrics: Final = Metrics(namespace="SceneStudio", service="scene-studio")


class Environment(BaseModel):
    """The environment variables of a function, `SCENE_STUDIO_` and the name in capitals.

    Attributes:
        store: `s3:<bucket>`, or `sqlite:<path of the file>` on one machine.
        tenancy: `token` refuses whoever has no verified claim to the client; `off` is for the local server,
            which listens on loopback alone.
        tenant_claim: the claim of the token that lists the caller's groups.
        image_model: what makes the pictures.
        generation_queue: where messages about wanted pictures go: `sqs:<url>`, or `sqlite:<path of the file>`.
        upload_queue: where S3 tells of raw uploads, likewise; a store in SQLite tells a queue in SQLite itself.
        inline_pictures: where pictures are opened that come inside JSON: `lambda:<name or ARN of a function>`,
            or `here`, in the process that was sent them.
        worker_seconds: the time limit of the function that makes pictures; the other times follow from it.
        bedrock_region: where Amazon Bedrock is asked, if it makes them.
    """

    model_config = ConfigDict(frozen=True)

    store: str = Field(pattern=r"^(s3:[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]|sqlite:.+)$")
    tenancy: Literal["token", "off"] = "token"
    tenant_claim: str = Field(default="cognito:groups", min_length=1, max_length=200)
    image_model: ModelName = "compositor"
    generation_queue: str | None = Field(default=None, pattern=_QUEUE)
    upload_queue: str | None = Field(default=None, pattern=_QUEUE)
    inline_pictures: str = Field(default="here", pattern=r"^(here|lambda:.+)$")
    worker_seconds: int = Field(default=120, ge=1, le=900)
    bedrock_region: Region = "us-west-2"


@cache
def environment() -> Environment:
    """The environment of this process.

    Raises:
        RuntimeError: a variable is missing or wrong; the message names it.
    """
    given = {
        name: os.environ[_PREFIX + name.upper()]
        for name in Environment.model_fields
        if _PREFIX + name.upper() in os.environ
    }
    try:
        return Environment.model_validate(given)
    except ValidationError as error:
        wrong = "; ".join(f"{_PREFIX}{str(e['loc'][0]).upper()}: {e['msg']}" for e in error.errors())
        raise RuntimeError(f"set the environment right: {wrong}") from None


@cache
def object_store() -> UploadStore:
    """The store that the environment names."""
    kind, _, place = environment().store.partition(":")
    if kind == "s3":
        from scene_studio.store.s3 import S3ObjectStore

        return S3ObjectStore.connect(place)
    from scene_studio.store.sqlite import SqliteObjectStore

    tells = (environment().upload_queue or "").startswith("sqlite:")
    return SqliteObjectStore(Path(place), on_created=_tell_of_upload if tells else None)


def _tell_of_upload(key: str, version_id: str, size: int) -> None:
    upload_queue().send([s3_notifications.created(key, version_id, size)])


@cache
def clients() -> Clients:
    """The clients, with the documents that this process keeps."""
    return Clients(object_store(), DocumentCache[Client]())


@cache
def studios() -> Studios:
    """The studios, with the documents that this process keeps."""
    return Studios(object_store(), DocumentCache[Studio]())


@cache
def folders() -> Folders:
    """The documents as machines write to them."""
    return Folders(studios(), clients())


@cache
def inbox() -> Inbox:
    """The inboxes of all folders."""
    return Inbox(object_store(), folders())


@cache
def claims() -> Claims:
    """The claims of workers on pictures."""
    return Claims(object_store(), timing().lease)


@cache
def inline_pictures() -> InlinePictures:
    """Where pictures are opened that come inside JSON."""
    kind, _, function = environment().inline_pictures.partition(":")
    if kind == "lambda":
        from scene_studio.inline.invoked import InvokedPictures

        return InvokedPictures.connect(function, logger.get_correlation_id)
    from scene_studio.inline.here import opened_here

    return opened_here(object_store())


@cache
def generation_queue() -> Queue:
    """The queue of wanted pictures that the environment names.

    Raises:
        RuntimeError: it names none.
    """
    return _queue("generation_queue", "generation", timing().visibility / 1000, DELIVERIES)


@cache
def upload_queue() -> Queue:
    """The queue of raw uploads that the environment names.

    Raises:
        RuntimeError: it names none.
    """
    return _queue(
        "upload_queue",
        s3_notifications.QUEUE,
        s3_notifications.VISIBILITY_SECONDS,
        s3_notifications.DELIVERIES,
    )


def timing() -> Timing:
    """How long each step of making a picture may take."""
    return Timing(environment().worker_seconds)


def capabilities() -> Capabilities:
    """What the image model that the environment names can do."""
    from scene_studio.generation.capabilities import CAPABILITIES

    return CAPABILITIES[environment().image_model]


@cache
def image_model() -> ImageModel:
    """The image model that the environment names."""
    name = environment().image_model
    if name == "compositor":
        from scene_studio.generation.compositor import Compositor

        return Compositor()
    from scene_studio.generation.bedrock.model import bedrock_model

    return bedrock_model(name, environment().bedrock_region)


def unique_name() -> str:
    """A name that was never used before."""
    return secrets.token_hex(12)


def now_milliseconds() -> int:
    """The time, in milliseconds since the Unix epoch."""
    return time.time_ns() // 1_000_000


def _queue(variable: str, name: str, visibility_seconds: float, max_receives: int) -> Queue:
    kind, _, place = (getattr(environment(), variable) or "").partition(":")
    if kind == "sqs":
        from scene_studio.queues.sqs import SqsQueue

        return SqsQueue.connect(place)
    if kind == "sqlite":
        from scene_studio.queues.sqlite_queue import SqliteQueue

        return SqliteQueue(Path(place), name, visibility_seconds=visibility_seconds, max_receives=max_receives)
    raise RuntimeError(f"set the environment right: {_PREFIX}{variable.upper()} names no queue")
