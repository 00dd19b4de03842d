"""Weeks after a schedule: somebody deletes the studio, and on the day on which it is to go all meet again."""

from collections.abc import Sequence
from typing import Final

from tests.simulation.faults import Faults
from tests.simulation.machines import Machines
from tests.simulation.people import Person
from tests.simulation.purges import DAY
from tests.simulation.session import Service
from tests.simulation.world import Violation

_WAITS: Final = (1.0, 29.5, 29.9, 30.2, 31.0, 31.0, 31.0, 31.0, 31.0, 32.0, 40.0)
"""Days from the tombstone to the meeting."""
_MEETING: Final = 20.0
"""Within how many seconds all of them come."""
_SETTLED: Final = 100.0
"""After so many, nothing is on its way any more."""
_LONG: Final = 35 * DAY
_RUNS: Final = 40
"""How often the janitor may come, once nobody disturbs it, until a studio is gone."""


class Afterwards:
    """What becomes of the studio in the long run."""

    def __init__(self, service: Service, machines: Machines, people: Sequence[Person], faults: Faults) -> None:
        """Begin.

        Args:
            service: the containers' surroundings.
            machines: the janitor among them.
            people: who may meddle.
            faults: what goes wrong until all have gone home again.
        """
        self._service = service
        self._machines = machines
        self._people = people
        self._faults = faults

    def live(self) -> None:
        """Let weeks pass, more than once.

        Raises:
            Violation: what was deleted stays, or something goes that must not.
        """
        world, source = self._service.world, self._service.world.random
        self._service.store.faults = self._faults
        for _ in range(source.choice((1, 2, 3))):
            source.choice(self._people).delete_studio()
            world.pause(source.choice(_WAITS) * DAY)
            for _ in range(source.choice((2, 4, 8))):
                skew = source.choice((0.0, source.uniform(-0.9, 0.9))) * DAY
                world.later(source.uniform(0, _MEETING), lambda skew=skew: self._machines.purge(skew))  # type: ignore[misc]
            world.spawn(self._wait_for_the_id, 0)
            for person in source.sample(self._people, source.randrange(len(self._people))):
                world.spawn(lambda person=person: self._meddle(person), source.uniform(0, 2 * _MEETING))  # type: ignore[misc]
            world.pause(source.uniform(0, _SETTLED))
        world.pause(_SETTLED)
        self._service.store.faults = Faults()
        self._rest()

    def _wait_for_the_id(self) -> None:
        """Take the place of the studio as soon as it is free."""
        world, person = self._service.world, self._people[0]
        for _ in range(_RUNS):
            world.pause(world.random.uniform(0, 2))
            if self._service.checker.purges.is_gone:
                person.visit()
                return

    def _meddle(self, person: Person) -> None:
        """Come back after weeks."""
        source = self._service.world.random
        for _ in range(source.randrange(1, 6)):
            action = source.choice((person.undelete_studio, person.read, person.visit, person.visit))
            action()
            self._service.world.pause(source.uniform(0, 3))

    def _rest(self) -> None:
        world, purges = self._service.world, self._service.checker.purges
        world.pause(_LONG)
        for _ in range(_RUNS):
            if purges.is_gone or not purges.is_deleted:
                break
            self._machines.purge(0)
            world.pause(_SETTLED)
        else:
            raise Violation("a studio that was deleted long ago is still there")
        purges.check_end()
