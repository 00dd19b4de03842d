"""What pictures cost: the price before a run, the month's spending, and the client's limit.

Costs and reservations live in each studio, beside the pictures they are of, and are summed over the
summaries of all studios. So the limit may be overshot by requests that are in flight at the same moment, by a
picture that comes after it was booked as failed, and by what a crash keeps from being told.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from scene_studio.model.client import Client
from scene_studio.model.costs import month_of
from scene_studio.model.errors import BudgetSpent
from scene_studio.model.purging import purge_name
from scene_studio.model.studio import Studio
from scene_studio.store.studios import Studios, StudioSummary

CURRENCY: Final = "USD"
_AT_ONCE: Final = 100


class Spending(NamedTuple):
    """What a client spends in a month, in millionths of a US dollar.

    Attributes:
        spent: for pictures that were made.
        reserved: for pictures that are under way, at most.
    """

    spent: int
    reserved: int


@dataclass(frozen=True, slots=True)
class Accounts:
    """What the studios of a client cost.

    Attributes:
        studios: all studios.
        client_id: the client.
    """

    studios: Studios
    client_id: str

    def summaries(self) -> Iterator[StudioSummary]:
        """The summaries of all studios, deleted ones too: what they cost was spent.

        Raises:
            Busy: the store could not be read.
        """
        after: str | None = ""
        while after is not None:
            found, after = self.studios.summaries(self.client_id, after=after, limit=_AT_ONCE)
            yield from found

    def spending(self, month: str, but: Studio | None = None) -> Spending:
        """What all studios cost in a month.

        Args:
            month: the month; one of the last few, which summaries know.
            but: a studio of which more is known than its summary says.

        Raises:
            Busy: the store could not be read.
        """
        others = [one for one in self.summaries() if but is None or one.id != but.id]
        spent = sum((one.costs or {}).get(month, 0) for one in others)
        reserved = sum(one.reserved or 0 for one in others)
        if but is not None:
            spent += but.costs.get(month, 0)
            reserved += but.reserved_micros()
        return Spending(spent, reserved)


def usage_views(client: Client, summaries: Iterable[StudioSummary], month: str) -> list[dict[str, Any]]:
    """What each studio cost in a month, those among them that are gone for good.

    Args:
        client: whose studios; as it was before the summaries were read.
        summaries: those that are there.
        month: the month.
    """
    gone = client.purged_studios
    # While a studio is being purged it is there, and kept with the client already.
    there = [one for one in summaries if purge_name(one.id, one.purging_at or "") not in gone]
    return [
        *(_usage_view(one.id, one.name, (one.costs or {}).get(month, 0), one.reserved or 0) for one in there),
        *(_usage_view(one.id, one.name, one.costs.get(month, 0), 0) for one in gone.values()),
    ]


def _usage_view(studio_id: str, name: str | None, spent: int, reserved: int) -> dict[str, Any]:
    return {"id": studio_id, "name": name, "spentMicros": spent, "reservedMicros": reserved}


def check_budget(
    client: Client,
    accounts: Accounts,
    before: Studio,
    after: Studio | None,
    now: int,
) -> None:
    """Refuse pictures that the client may not pay for any more this month.

    Nobody is asked where there is no limit, or where pictures cost nothing.

    Args:
        client: whose limit it is.
        accounts: what its studios cost.
        before: the studio as it stands.
        after: the studio with the pictures asked for; None if there are none.
        now: milliseconds since the Unix epoch.

    Raises:
        BudgetSpent: they might cost more than is left.
        Busy: the store could not be read.
    """
    needed = after.reserved_micros() - before.reserved_micros() if after else 0
    limit = client.monthly_limit_micros
    if limit is None or not needed:
        return
    spending = accounts.spending(month_of(now), but=before)
    if spending.spent + spending.reserved + needed > limit:
        raise BudgetSpent(
            "These pictures might cost more than is left of the month's limit; ask for fewer, wait until those "
            "under way have ended, or have the client's monthlyLimitMicros raised.",
            {
                "limitMicros": limit,
                "spentMicros": spending.spent,
                "reservedMicros": spending.reserved,
                "neededMicros": needed,
            },
        )
