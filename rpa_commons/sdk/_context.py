"""What the runtime gives a bot for one work item: the seam between the two."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

__all__ = ["BotContext", "Municipality", "RuleRecord", "StepCall", "Veto"]


@dataclass(frozen=True)
class Municipality:
    """The municipality a bot runs for: official code with leading zeros (``"0265"``), name and CVR number."""

    code: str
    name: str
    cvr: str = ""


@dataclass(frozen=True)
class RuleRecord:
    """One rule the bot applied: the paragraph, the facts it looked at, and the result."""

    paragraph: str
    facts: Mapping[str, Any]
    result: str


@dataclass
class StepCall:
    """A named step about to be carried out; a municipality's wrapper may change ``arguments``."""

    name: str
    arguments: dict[str, Any]


class Veto(Exception):  # noqa: N818 - a municipality's word, not a mistake
    """Raised by a municipality's wrapper before ``yield``: the item is handed over to a person.

    Attributes:
        reason: Why; never personal data.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class BotContext(Protocol):
    """Implemented by the runtime, once per item; also by the tests of a bot."""

    municipality: Municipality
    now: datetime
    """Aware, UTC; the same at every replay of the item."""

    def uuid(self, name: str) -> str:
        """A UUID that is the same at every replay, different for every item and name."""
        ...

    def digest(self, *parts: str) -> str:
        """A keyed digest (32 hex digits): stable for the municipality, not guessable from outside."""
        ...

    def record_rule(self, rule: RuleRecord) -> None:
        """Keep a rule's record with the item."""
        ...

    def call_step(self, step: StepCall, inner: Callable[[Mapping[str, Any]], Any]) -> Any:  # noqa: ANN401 - a step returns what it returns
        """Carry out a named step through the municipality's wrappers; ``inner`` is the bot's own method."""
        ...
