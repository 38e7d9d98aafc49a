"""What one work item's bot knows of the world: the runtime's side of ``BotContext``."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from rpa_commons.sdk import Municipality, RuleRecord, StepCall

from ._crypto import Digester
from ._keys import ItemScope
from ._steps import Steps

__all__ = ["ItemContext"]


@dataclass
class ItemContext:
    """Clock, identifiers, rules and steps of one pass through one item."""

    municipality: Municipality
    now: datetime
    scope: ItemScope
    digester: Digester
    steps: Steps
    rules: list[RuleRecord] = field(default_factory=list)

    def uuid(self, name: str) -> str:
        """A UUID that every replay of the item gives again."""
        return self.scope.uuid(name)

    def digest(self, *parts: str) -> str:
        """A keyed digest, 32 hex digits."""
        return self.digester.of_parts(*parts)

    def record_rule(self, rule: RuleRecord) -> None:
        """Keep the rule for the item's outcome."""
        self.rules.append(rule)

    def call_step(self, step: StepCall, inner: Callable[[Mapping[str, Any]], Any]) -> Any:  # noqa: ANN401 - a step returns what it returns
        """Carry out a named step through the municipality's wrappers."""
        return self.steps.call(step, inner)
