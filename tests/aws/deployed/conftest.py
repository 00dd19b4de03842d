"""The stack in an emulator of AWS: once where every call is let through, once where policies are evaluated."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.deployment import Deployment, deploy
from tests.support.ministack import MiniStack
from tests.support.signed_in import Person
from tests.support.signed_in import team as new_team


@pytest.hookimpl(trylast=True)  # after the order is drawn
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the test of the schedule last: most of the minute that it may wait has passed by then."""
    items.sort(key=lambda item: item.path.name == "test_schedule.py")


@pytest.fixture(scope="session")
def open_deployment(assembly: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    cloud = MiniStack(tmp_path_factory.mktemp("open"))
    try:
        yield deploy(cloud, assembly, iam=False)
    finally:
        cloud.stop()


@pytest.fixture(scope="session")
def iam_deployment(assembly: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    cloud = MiniStack(tmp_path_factory.mktemp("iam"), iam=True)
    try:
        yield deploy(cloud, assembly, iam=True)
    finally:
        cloud.stop()


@pytest.fixture(params=["open", "iam"])
def deployment(request: pytest.FixtureRequest) -> Deployment:
    found: Deployment = request.getfixturevalue(f"{request.param}_deployment")
    return found


@pytest.fixture
def team(deployment: Deployment) -> Person:
    return new_team(deployment)
