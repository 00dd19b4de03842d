"""What the client routes take in their bodies."""

from typing import Any

from scene_studio.model.client import Name
from scene_studio.model.costs import Micros
from scene_studio.model.edits import Request


class PutClient(Request):
    """A client to create or to change.

    Attributes:
        monthly_limit_micros: what its pictures may cost in a month, in millionths of a US dollar; null lifts
            the limit.
    """

    name: Name | None = None
    monthly_limit_micros: Micros | None = None

    def changes(self) -> dict[str, Any]:
        """What is to change, by the names of the client's attributes."""
        changes: dict[str, Any] = {} if self.name is None else {"name": self.name}
        if "monthly_limit_micros" in self.model_fields_set:
            changes["monthly_limit_micros"] = self.monthly_limit_micros
        return changes
