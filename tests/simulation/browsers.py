"""A browser with a tab or two: what it sends, and what it makes of the answers."""

from collections.abc import Callable
from itertools import count
from typing import Any, Final

from scene_studio.http.preferences import Preferences
from scene_studio.model.settings import ASPECT_RATIOS
from tests.simulation.containers import CLIENT, STUDIO
from tests.simulation.oracle import Intent
from tests.simulation.profiles import Profile
from tests.simulation.requests import Answer, Request
from tests.simulation.session import Call, Session
from tests.simulation.state import OUTPUT, PRODUCTS, Path, PeoplesSlot, State
from tests.simulation.tabs import Tab

PRODUCT_IDS: Final = ("p1", "p2", "p3")
STUDIO_PATH: Final = f"/api/clients/{CLIENT}/scene-studio/{STUDIO}"


class Browser:
    """Somebody's browser.

    Attributes:
        tab: the tab that is looked at.
        gone: whether whoever sat there has gone home.
    """

    def __init__(self, session: Session, profile: Profile, values: "count[int]", tabs: int, steps: int) -> None:
        self._session = session
        self._service = session.service
        self._random = session.service.world.random
        self._profile = profile
        self._values = values
        self._tabs = [Tab() for _ in range(tabs)]
        self._steps = steps
        self._own: dict[str, PeoplesSlot] = {}
        self._seen: dict[str, dict[str, None]] = {}
        self._versions: dict[str, State] = {}
        self.tab = self._tabs[0]
        self.gone = False

    # Reading -------------------------------------------------------------------------------------------

    def read(self) -> None:
        """Look at the studio as it stands."""
        state = self.tab.state
        found = self._session.read(state.tag if state is not None and self._random.random() < 0.7 else None)
        if found is not None:
            self._show(found)

    def _show(self, state: State) -> None:
        self.tab.load(state, keep_changes=self._random.random() < 0.3)
        self._see(state)

    def _see(self, state: State) -> None:
        self._versions[state.version_id] = state
        for slot_id, members in state.machines.items():
            seen = self._seen.setdefault(slot_id, {})
            seen.update(dict.fromkeys(revision["id"] for revision in members.get("history", ())))

    # Common --------------------------------------------------------------------------------------------

    def _edit(
        self,
        intent: Intent,
        body: dict[str, Any],
        scope: str,
        call: Callable[..., Answer],
        **about: Any,
    ) -> Answer | None:
        strict = self._random.random() < self._profile.strict
        minimal = self._random.random() < 0.15
        prefer = Preferences(strict=strict, minimal=minimal)
        request = Request("edit", self._session.new_key(), repr(body), intent, strict, **about)
        sent: Call = lambda container, change: call(container, body, prefer, change)  # noqa: E731
        answer = self._session.send(request, f"{scope} {STUDIO_PATH}", sent)
        if isinstance(answer, State):
            self.tab.load(answer)
            self._see(answer)
        elif answer is not None:
            self._take(request, answer)
            return answer
        return None

    def _take(self, request: Request, answer: Answer) -> None:
        """Show what an answer brought, and use its tag only for what it names."""
        checker, tab, slot_id = self._service.checker, self.tab, request.slot_id
        shown = checker.shown(answer)
        if shown is not None and answer.whole:
            self._show(shown)
            return
        if slot_id is not None and shown is not None:
            tab.take_slot(slot_id, shown.people.slots[slot_id])
        elif slot_id is not None and slot_id in tab.rows:
            row, intent = tab.rows[slot_id], request.intent
            fields = {**row.content.fields, **intent.fields.get(slot_id, {})}
            marks = intent.favorites.get(slot_id, row.content.favorites)
            row.content, row.exact = PeoplesSlot(fields, marks), False
        elif slot_id is not None or request.intent.restore is not None:
            return  # brought back, but not shown: this has to be read
        if answer.etag is not None and tab.uniform() and self._is_base(request):
            named = checker.state(answer.etag.strip('"').partition(":")[2])
            tab.settle(named, all_rows=request.intent.order is not None)

    def _is_base(self, request: Request) -> bool:
        """Whether the request was made from just what the tab shows."""
        state = self.tab.state
        clean = not any(row.dirty and row.named is not None for row in self.tab.rows.values())
        rows = request.intent.order is not None
        return state is not None and request.intent.base == state.version_id and (rows or clean)

    def _base_of_one(self) -> State | None:
        return self.tab.state if self._random.random() < self._profile.based else None

    def _some_row(self) -> str | None:
        rows = list(self.tab.rows)
        if self._profile.few_slots:
            rows = rows[:1]
        return self._random.choice(rows) if rows else None

    def _slot_name(self) -> str:
        if self._random.random() < 0.6:
            return f"s{self._random.randrange(6)}"
        return f"n{next(self._values)}"

    def _marks(self, slot: PeoplesSlot, slot_id: str) -> tuple[str, ...]:
        marks = dict.fromkeys(slot.favorites)
        one = self._random.choice([*self._seen.get(slot_id, ()), "gone"])
        if one in marks:
            del marks[one]
        else:
            marks[one] = None
        return tuple(marks)

    def _new_value(self, slot_id: str) -> tuple[Path, Any]:
        luck = self._random.random()
        if luck < 0.45:
            return ("settings", self._random.choice(("style", "roomType"))), f"typed {next(self._values)}"
        if luck < 0.65:
            return ("settings", "lighting"), self._random.choice(("Evening", "Overcast", "Dramatic"))
        if luck < 0.75:
            return ("settings", "aspectRatio"), self._random.choice(ASPECT_RATIOS)
        seen = list(self._seen.get(slot_id, ()))
        if luck < 0.9 and seen:
            return OUTPUT, self._random.choice(seen)
        return PRODUCTS, self._random.sample(PRODUCT_IDS, self._random.randrange(1, 3))


def id_of(state: State | None) -> str | None:
    """The id of a version, if there is one."""
    return None if state is None else state.version_id
