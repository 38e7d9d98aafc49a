"""What ``process`` may return: the end of one work item's run."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

__all__ = ["Done", "HandOver", "Outcome", "Propose", "Skip", "Wait"]


@dataclass(frozen=True)
class Done:
    """The case is handled. ``receipt`` is what a caseworker can ask the receiver about."""

    receipt: str = ""
    note: str = ""


@dataclass(frozen=True)
class Skip:
    """The case needs nothing, and why. Never personal data in the reason."""

    reason: str


@dataclass(frozen=True)
class HandOver:
    """A person takes the case from here, and why. Never personal data in the reason."""

    reason: str


@dataclass(frozen=True)
class Propose:
    """The law asks for judgement: a human decides this in the inbox.

    Attributes:
        decision: What the bot proposes, one of the bot's own decision words.
        reasons: Why, in sentences a caseworker can use.
        facts: The facts it rests on; kept encrypted with the item.
    """

    decision: str
    reasons: tuple[str, ...]
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Wait:
    """The case goes on when something arrives or a date comes; ends this run.

    Attributes:
        for_: What is waited for, e.g. ``"registration for Digital Post"``; no personal data.
        until: Aware time at which the item is taken up again at the latest.
        then: What a person is told when the time has come without the event.
    """

    for_: str
    until: datetime
    then: str = ""


Outcome = Done | Skip | HandOver | Propose | Wait
