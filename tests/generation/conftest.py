"""A Bedrock on this machine, and transports to it that do not really wait."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

import pytest

from scene_studio.generation.bedrock.operations import Region
from scene_studio.generation.bedrock.transport import BedrockRuntime, Transport
from tests.support.loopback_bedrock import LoopbackBedrock


@dataclass
class Clock:
    """Time that passes only when somebody sleeps."""

    now: float = 1000.0
    slept: list[float] = field(default_factory=list)

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@dataclass
class Wire:
    """A transport to the loopback, with what it can be seen by.

    Attributes:
        waits: the read time-out of each client that it made.
    """

    clock: Clock
    waits: list[float]
    transport: Transport


@cache
def _connected(endpoint: str, region: Region) -> Transport:
    """The transport as a deployment has it; loading the service's description takes most of a test's time."""
    return Transport.connect(region, endpoint_url=endpoint)


def wire_at(
    endpoint: str, region: Region = "us-west-2", *, longest_wait: float = 30.0, jitter: float = 1.0
) -> Wire:
    """A transport whose clock stands still, and which waits for an answer no longer than this."""
    real = _connected(endpoint, region)
    clock, waits = Clock(), list[float]()

    def client(read_seconds: float) -> BedrockRuntime:
        waits.append(read_seconds)
        return real._client(min(read_seconds, longest_wait))

    transport = Transport(
        region,
        client,
        monotonic=clock.monotonic,
        sleep=clock.sleep,
        uniform=lambda least, most: least + jitter * (most - least),
    )
    return Wire(clock, waits, transport)


def wire_to(bedrock: LoopbackBedrock, region: Region = "us-west-2", **options: float) -> Wire:
    """The same to the loopback."""
    return wire_at(bedrock.endpoint, region, **options)


@pytest.fixture(scope="session")
def running_bedrock() -> Iterator[LoopbackBedrock]:
    with LoopbackBedrock().running() as server:
        yield server


@pytest.fixture
def bedrock(running_bedrock: LoopbackBedrock) -> Iterator[LoopbackBedrock]:
    """A loopback Bedrock that has not been asked anything; its pictures are small."""
    running_bedrock.reset()
    running_bedrock.painter.text_pixels = 40_000
    running_bedrock.painter.inpaint_pixels = 90_000
    yield running_bedrock
    running_bedrock.release()
