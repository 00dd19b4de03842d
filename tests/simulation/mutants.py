"""Each rule of the store, of the merge and of generation, switched off by name.

The product has no switches: a mutant replaces the one function that keeps a rule, for as long as it is on.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any, Final
from unittest.mock import patch

from tests.simulation import (
    mutants_of_intents,
    mutants_of_machines,
    mutants_of_merge,
    mutants_of_outcomes,
    mutants_of_purges,
    mutants_of_store,
    mutants_of_uploads,
)

Change = tuple[Any, str, Any]
"""A place, the name of what is replaced there, and what replaces it."""


_MODULES: Final = (
    mutants_of_store,
    mutants_of_outcomes,
    mutants_of_merge,
    mutants_of_intents,
    mutants_of_machines,
    mutants_of_uploads,
    mutants_of_purges,
)


@dataclass(frozen=True, slots=True)
class Mutant:
    """A rule switched off.

    Attributes:
        rule: what no longer holds.
        profile: the company in which that shows soonest; empty for the usual one.
        changes: makes what is replaced, afresh for every use.
    """

    rule: str
    profile: str
    changes: Callable[[], list[Change]]

    @contextmanager
    def switched_off(self) -> Iterator[None]:
        """Run with the rule switched off."""
        with ExitStack() as stack:
            for place, name, replacement in self.changes():
                stack.enter_context(patch.object(place, name, replacement))
            yield


MUTANTS: Final[dict[str, Mutant]] = {
    name: Mutant(rule, profile, changes)
    for module in _MODULES
    for name, (rule, profile, changes) in module.MUTANTS.items()
}
"""All mutants, by name."""
