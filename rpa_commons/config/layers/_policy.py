"""A policy, a waiver, and what the two say of a section's keys together; read elsewhere.

Usage::

    applied = AppliedPolicy(policy, ("settings", "window_days"), waiver, today)
    applied.holds  # False while the waiver lasts
"""

import math
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeGuard

from rpa_commons.config.documents import Document
from rpa_commons.config.findings import HIDDEN, Finding, KeyPath, display_path, show

from ._layers import Origin

__all__ = ["AppliedPolicy", "Policy", "PolicySet", "Waiver", "is_date", "is_number", "quote"]


@dataclass(frozen=True)
class Policy:
    """What the cooperation says of one key.

    Attributes:
        bot: The bot that is meant; empty for every bot.
        key: As written.
        path: The key as a path: ``settings``, ``instance`` or ``stack`` first.
        locked: Whether the cooperation's own value must stay.
        minimum: The least value, a number or date; ``None`` without.
        maximum: The greatest one.
        one_of: The only values; ``None`` when any will do.
        why: The cooperation's reason.
        owner: Who can change it or grant a waiver.
        origin: Where it stands: the line of its key.
        document: The file.
    """

    bot: str
    key: str
    path: tuple[str, ...]
    locked: bool
    minimum: Any
    maximum: Any
    one_of: tuple[Any, ...] | None
    why: str
    owner: str
    origin: Origin
    document: Document | None = field(default=None, repr=False, compare=False)

    @property
    def line_text(self) -> str:
        """The line of its key, bounds hidden."""
        return quote(self.document, self.origin.line)

    @property
    def place(self) -> str:
        """``file:line``, as findings write it."""
        file = display_path(self.origin.file) if self.origin.file else self.origin.text
        return f"{file}:{self.origin.line}"

    @property
    def because(self) -> str:
        """Where it stands, why it is, and whose it is."""
        return f"{self.place}: {self.why.rstrip('.')} ({self.owner})"

    @property
    def has_bounds(self) -> bool:
        """Whether it says more than that the value is locked."""
        return self.minimum is not None or self.maximum is not None or self.one_of is not None

    def binds(self, bot: str) -> bool:
        """Whether it is about a bot."""
        return self.bot in {"", bot}

    def bounds(self, *, hidden: bool = False) -> str:
        """What it allows, in words: ``at least 1, at most 30``; the values as ``…`` when hidden."""
        parts = [] if self.minimum is None else [f"at least {HIDDEN if hidden else show(self.minimum)}"]
        parts += [] if self.maximum is None else [f"at most {HIDDEN if hidden else show(self.maximum)}"]
        if self.one_of is not None:
            parts.append("one of " + (HIDDEN if hidden else ", ".join(map(show, self.one_of))))
        return ", ".join(parts)

    def text(self, *, hidden: bool = False) -> str:
        """Everything it says, in words: ``locked``, ``at most 30``."""
        return ", ".join(filter(None, ["locked" if self.locked else "", self.bounds(hidden=hidden)]))


@dataclass(frozen=True)
class Waiver:
    """An exception from policies.

    Attributes:
        municipality: Official code of whom it is for.
        bot: The bot it is for; empty for every bot.
        key: As written.
        path: The key as a path, see :class:`Policy`.
        reason: Why it was granted.
        granted_by: Who granted it.
        until: The last day on which it holds.
        origin: Where it stands: the line of its key.
        owner: Whose policies are meant; empty when all for the key are one owner's.
        document: The file.
        policies: The policies it suspends.
    """

    municipality: str
    bot: str
    key: str
    path: tuple[str, ...]
    reason: str
    granted_by: str
    until: date
    origin: Origin
    owner: str = ""
    document: Document | None = field(default=None, repr=False, compare=False)
    policies: tuple[Policy, ...] = ()

    @property
    def line_text(self) -> str:
        """The line of its key."""
        return quote(self.document, self.origin.line)

    @property
    def place(self) -> str:
        """``file:line``, as findings write it."""
        file = display_path(self.origin.file) if self.origin.file else self.origin.text
        return f"{file}:{self.origin.line}"

    def days_left(self, today: date) -> int:
        """Days after today on which it still holds; below zero when it has ended."""
        return (self.until - today).days

    def holds(self, today: date) -> bool:
        """Whether it holds on a day."""
        return today <= self.until

    def suspends(self, policy: Policy) -> bool:
        """Whether it is about a policy: its key, its bot and, where one is named, its owner."""
        is_meant = self.path == policy.path and (not self.bot or policy.binds(self.bot))
        return is_meant and self.owner in {"", policy.owner}

    def to_json(self, today: date) -> dict[str, Any]:
        """The waiver as JSON values."""
        return {
            "municipality": self.municipality,
            "bot": self.bot,
            "key": self.key,
            "owner": self.owner,
            "reason": self.reason,
            "granted_by": self.granted_by,
            "until": self.until.isoformat(),
            "days_left": self.days_left(today),
            "expired": not self.holds(today),
            "origin": str(self.origin),
            "policies": [
                {"text": one.text(hidden=one.one_of is not None), "why": one.why, "owner": one.owner,
                 "origin": str(one.origin)}
                for one in self.policies
            ],
        }  # fmt: skip


@dataclass(frozen=True)
class AppliedPolicy:
    """A policy for a section's key.

    Attributes:
        policy: The policy.
        path: Its key as a path in the section.
        waiver: The municipality's waiver, also one that has ended; ``None`` without.
        today: The day for which the waiver is asked.
    """

    policy: Policy
    path: KeyPath
    waiver: Waiver | None
    today: date

    @property
    def holds(self) -> bool:
        """Whether it must be kept: no waiver suspends it today."""
        return self.waiver is None or not self.waiver.holds(self.today)


@dataclass(frozen=True)
class PolicySet:
    """The policies and waivers for one bot of one municipality."""

    policies: tuple[Policy, ...]
    waivers: tuple[Waiver, ...]
    today: date
    findings: tuple[Finding, ...] = ()

    def below(self, prefix: tuple[str, ...]) -> tuple[AppliedPolicy, ...]:
        """Those for one binding: ``("stack", "DigitalPost")``."""
        length = len(prefix)
        return tuple(
            self._applied(one, one.path[length:]) for one in self.policies if one.path[:length] == prefix
        )

    def of_instance(self) -> tuple[AppliedPolicy, ...]:
        """Those for an instance's own file: its settings, and what is said of the instance itself."""
        return tuple(
            self._applied(one, one.path[1:] if one.path[0] == "instance" else one.path)
            for one in self.policies
            if one.path[0] != "stack"
        )

    def _applied(self, policy: Policy, path: KeyPath) -> AppliedPolicy:
        mine = [one for one in self.waivers if one.suspends(policy)]
        last = max(mine, key=lambda one: one.until, default=None)
        return AppliedPolicy(policy, path, last, self.today)


def quote(document: Document | None, line: int | None) -> str:
    """A line of a file of policies or waivers, bounds hidden."""
    return document.quote(line, _is_hidden) if document is not None else ""


def _is_hidden(path: KeyPath) -> bool:
    """Bounds are not shown in quoted lines: their key may be personal, which no policy knows of itself."""
    return len(path) > len(("policy", 0)) and path[2] not in _SHOWN


_SHOWN = ("key", "why", "owner", "bot", "locked", "municipality", "reason", "granted_by", "until")


def is_number(value: Any) -> TypeGuard[int | float]:  # noqa: ANN401 - any TOML value
    """Whether a value is a number that can be compared."""
    if isinstance(value, float):
        return math.isfinite(value)
    return isinstance(value, int) and not isinstance(value, bool)  # of any length: none is made a float


def is_date(value: Any) -> TypeGuard[date]:  # noqa: ANN401 - any TOML value
    """Whether a value is a day, without a time."""
    return isinstance(value, date) and not isinstance(value, datetime)
