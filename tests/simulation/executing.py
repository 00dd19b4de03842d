"""What people do with pictures: execute, cancel, retry."""

from collections.abc import Mapping, Sequence
from typing import Any

from tests.simulation.browsers import PRODUCT_IDS, STUDIO_PATH, Browser
from tests.simulation.oracle import Intent
from tests.simulation.requests import Request, Wish
from tests.simulation.session import Call
from tests.simulation.state import PRODUCTS, PeoplesSlot
from tests.simulation.tabs import DEFAULTS


class Executing(Browser):
    """Somebody who wants pictures."""

    def generate(self) -> None:
        """Press Execute, perhaps on a row that was never saved."""
        slot_id = self._some_row() or self._slot_name()
        if self._random.random() < 0.1:
            slot_id = self._slot_name()
        self._execute([slot_id], {"slotId": slot_id})

    def execute(self) -> None:
        """Press Execute for several rows at once."""
        slot_ids = list(dict.fromkeys([*list(self.tab.rows)[:2], self._slot_name()]))
        self._execute(slot_ids, {"slotIds": slot_ids})

    def cancel(self) -> None:
        """Cancel a picture, or all of a slot."""
        slot_id = self._some_row()
        if slot_id is None:
            return
        intents = self._intents(slot_id)
        if not intents and self._random.random() < 0.8:
            return
        image_id = self._random.choice(intents)["id"] if intents and self._random.random() < 0.6 else None
        self._send(
            "cancel",
            f"DELETE {slot_id}/generation/{image_id or ''}",
            "",
            Wish((slot_id,), None if image_id is None else (image_id,)),
            lambda container, change: container.cancel(slot_id, image_id, change),
        )

    def retry(self) -> None:
        """Ask again for pictures of a slot that failed; for all, or for some."""
        slot_id = next((one for one in self.tab.rows if self._failed(one)), None) or self._some_row()
        if slot_id is None:
            return
        failed = [intent["id"] for intent in self._failed(slot_id)]
        if not failed and self._random.random() < 0.8:
            return
        some = None
        if failed and self._random.random() < 0.5:
            some = tuple(self._random.sample(failed, self._random.randrange(1, len(failed) + 1)))
        body = {} if some is None else {"imageIds": list(some)}
        self._send(
            "retry",
            f"POST {slot_id}/generation/retry",
            repr(body),
            Wish((slot_id,), some),
            lambda container, change: container.retry(slot_id, body, change),
        )

    def _execute(self, slot_ids: Sequence[str], named: Mapping[str, Any]) -> None:
        wish = Wish(
            tuple(slot_ids),
            count=self._random.choice((1, 1, 1, 2, 3)),
            products=(self._random.choice(PRODUCT_IDS),),
            style=f"style {next(self._values)}",
            seed=self._random.choice((None, None, next(self._values))),
        )
        body = {
            **named,
            "productIds": list(wish.products),
            "settings": {"style": wish.style},
            "count": wish.count,
            "seed": wish.seed,
        }
        waits = self._random.choice((0.0, 0.0, 1.0, 10.0))
        started = {**DEFAULTS.fields, PRODUCTS: list(wish.products), ("settings", "style"): wish.style}
        pacing = self._service.pacing
        self._send(
            "generate",
            "POST generate",
            repr(body),
            wish,
            lambda container, change: container.generate(body, pacing(waits), change),
            intent=Intent(defaults=PeoplesSlot(started)),
            adds=True,
        )

    def _send(self, kind: str, path: str, body: str, wish: Wish, call: Call, **about: Any) -> None:
        about = {"revives": kind == "cancel", **about}
        request = Request(kind, self._session.new_key(), body, wish=wish, **about)
        self._session.send(request, f"{path} {STUDIO_PATH}", call)

    def _intents(self, slot_id: str) -> Sequence[Mapping[str, Any]]:
        return self.tab.state.intents(slot_id) if self.tab.state is not None else ()

    def _failed(self, slot_id: str) -> list[Mapping[str, Any]]:
        return [intent for intent in self._intents(slot_id) if "error" in intent]
