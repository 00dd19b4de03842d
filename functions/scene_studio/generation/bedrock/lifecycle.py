"""Whether the models that we ask are still there, for whoever operates or deploys the service.

A model first becomes legacy, which closes it to new customers, and then ends; from then on every request
fails. A deployment that looks beforehand has months to choose another.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from botocore.exceptions import ClientError

from scene_studio.generation.bedrock.operations import OPERATIONS, Operation
from scene_studio.generation.names import Region


class Status(StrEnum):
    """How a model stands."""

    ACTIVE = "ACTIVE"
    LEGACY = "LEGACY"
    GONE = "GONE"


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """How one of our models stands; a date that Amazon does not tell is None.

    Attributes:
        operation: what we ask of the model.
        status: how it stands.
        legacy_at: when it became legacy, or will.
        extended_from: when access to it begins to cost more.
        ends_at: when requests begin to fail.
    """

    operation: Operation
    status: Status
    legacy_at: datetime | None = None
    extended_from: datetime | None = None
    ends_at: datetime | None = None


class Bedrock(Protocol):
    """The part of botocore's `bedrock` client that is used."""

    def get_foundation_model(self, *, modelIdentifier: str) -> Mapping[str, Any]:  # noqa: N803 - botocore's name
        """What Amazon says of a model."""
        ...


def connect(region: Region, **client_options: Any) -> Bedrock:
    """A client for `lifecycles` in a region."""
    from botocore.session import get_session

    made: Any = get_session().create_client("bedrock", region_name=region, **client_options)
    client: Bedrock = made
    return client


def lifecycles(client: Bedrock, operations: Iterable[Operation] = OPERATIONS) -> tuple[Lifecycle, ...]:
    """How the models behind these operations stand; the client's region must offer them.

    Raises:
        ClientError: Amazon would not say, for another reason than that there is no such model.
    """
    return tuple(_lifecycle(client, operation) for operation in operations)


def _lifecycle(client: Bedrock, operation: Operation) -> Lifecycle:
    try:
        answer = client.get_foundation_model(modelIdentifier=operation.foundation_model_id)
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") == "ResourceNotFoundException":
            return Lifecycle(operation, Status.GONE)
        raise
    told = answer["modelDetails"]["modelLifecycle"]
    return Lifecycle(
        operation,
        Status(told["status"]),
        legacy_at=told.get("legacyTime"),
        extended_from=told.get("publicExtendedAccessTime"),
        ends_at=told.get("endOfLifeTime"),
    )
