from datetime import UTC, datetime

import pytest
from botocore.exceptions import ClientError

from scene_studio.generation.bedrock.lifecycle import Bedrock, Lifecycle, Status, connect, lifecycles
from scene_studio.generation.bedrock.operations import CORE, INPAINT, OPERATIONS, ULTRA
from tests.support.loopback_bedrock import LoopbackBedrock


@pytest.fixture(scope="module")
def connected(running_bedrock: LoopbackBedrock) -> Bedrock:
    return connect("us-west-2", endpoint_url=running_bedrock.endpoint)


@pytest.fixture
def client(connected: Bedrock, bedrock: LoopbackBedrock) -> Bedrock:
    return connected


def test_models_that_are_active_are_told_so_and_profiles_are_looked_up_as_their_models(client: Bedrock) -> None:
    assert lifecycles(client) == tuple(Lifecycle(operation, Status.ACTIVE) for operation in OPERATIONS)


def test_a_legacy_model_is_told_with_its_dates(client: Bedrock, bedrock: LoopbackBedrock) -> None:
    bedrock.lifecycles[CORE.model_id] = {
        "status": "LEGACY",
        "legacyTime": "2027-03-01T00:00:00Z",
        "publicExtendedAccessTime": "2027-06-01T00:00:00Z",
        "endOfLifeTime": "2027-09-01T00:00:00Z",
    }
    assert lifecycles(client, [CORE]) == (
        Lifecycle(
            CORE,
            Status.LEGACY,
            legacy_at=datetime(2027, 3, 1, tzinfo=UTC),
            extended_from=datetime(2027, 6, 1, tzinfo=UTC),
            ends_at=datetime(2027, 9, 1, tzinfo=UTC),
        ),
    )


def test_a_model_that_is_gone_is_told_so_and_the_others_too(client: Bedrock, bedrock: LoopbackBedrock) -> None:
    bedrock.lifecycles["stability.stable-image-inpaint-v1:0"] = None
    assert [found.status for found in lifecycles(client, [CORE, INPAINT, ULTRA])] == [
        "ACTIVE",
        "GONE",
        "ACTIVE",
    ]


def test_an_error_that_says_nothing_of_the_model_is_none_of_its_states(
    client: Bedrock, bedrock: LoopbackBedrock
) -> None:
    bedrock.lifecycles[CORE.model_id] = {"error": "AccessDeniedException"}
    with pytest.raises(ClientError, match="AccessDenied"):
        lifecycles(client, [CORE])
