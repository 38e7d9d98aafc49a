"""Waivers: exceptions from a policy that the cooperation grants one municipality until a day.

Rules this module keeps: a waiver stands in the baseline, beside the policy it suspends, and names a reason,
who granted it and its last day; after that day the policy holds again by itself; a waiver of nothing is a
mistake.

Usage::

    # waivers.toml of the baseline
    [[waiver]]
    municipality = "0167"
    bot = "welcome-letters"   # optional
    key = "window_days"       # exactly the policy's key
    reason = "The register delivers moves two months late."
    granted_by = "DIGIT steering group"
    until = 2027-03-31        # the last day it holds

    for waiver in waivers_of(municipality):
        waiver.days_left(today)
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, cast

from ._document import Document
from ._findings import Finding, config_error, display_path
from ._keys import KeyPath, guess, show
from ._layers import Layer, Origin
from ._municipality import MunicipalityFolder
from ._policies import (
    Policies,
    Policy,
    entries_of,
    form_findings,
    is_date,
    key_of,
    one_line,
    place,
    policies_of,
    quote,
    read_key,
)

__all__ = ["AppliedPolicy", "PolicySet", "Waiver", "local_today", "policy_set", "waivers_of"]

FILE = "waivers.toml"
ENDS_SOON = 30
"""Days before the end from which on W301 warns."""
_TEXTS = ("municipality", "key", "reason", "granted_by")
_KNOWN = ("municipality", "bot", "key", "reason", "granted_by", "until")


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
        """Whether it is about a policy."""
        return self.path == policy.path and (not self.bot or policy.binds(self.bot))

    def to_json(self, today: date) -> dict[str, Any]:
        """The waiver as JSON values."""
        return {
            "municipality": self.municipality,
            "bot": self.bot,
            "key": self.key,
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


def local_today() -> date:
    """The day it is where this machine stands."""
    return datetime.now().astimezone().date()


def policy_set(municipality: MunicipalityFolder, bot: str, today: date) -> PolicySet:
    """What the cooperation says of one bot of one municipality, and what is wrong with its files."""
    policies = policies_of(municipality)
    waivers, findings = _read(municipality, policies)
    mine = tuple(one for one in waivers if one.municipality == municipality.code and one.bot in {"", bot})
    return PolicySet(policies.for_bot(bot), mine, today, (*policies.findings, *findings))


def waivers_of(municipality: MunicipalityFolder) -> tuple[Waiver, ...]:
    """Every waiver that the cooperation granted, to whomever, in the order of the file.

    Raises:
        ConfigError: a policy or waiver is wrong.
    """
    policies = policies_of(municipality)
    waivers, findings = _read(municipality, policies)
    if policies.findings or findings:
        raise config_error([*policies.findings, *findings])
    return waivers


def _read(
    municipality: MunicipalityFolder, policies: Policies
) -> tuple[tuple[Waiver, ...], tuple[Finding, ...]]:
    document, entries, findings = entries_of(municipality, FILE, "waiver")
    if document is None:
        return (), findings
    known = document.memory.get(FILE)
    if known is None or known[0] is not policies:
        known = document.memory[FILE] = (policies, _found(document, entries, findings, policies))
    return cast("_Found", known[1])


_Found = tuple[tuple[Waiver, ...], tuple[Finding, ...]]


def _found(
    document: Document,
    entries: Sequence[tuple[int, Mapping[str, Any]]],
    findings: Sequence[Finding],
    policies: Policies,
) -> _Found:
    found: list[Waiver] = []
    wrong = list(findings)
    layer = Layer("baseline", document.values, document)
    for index, entry in entries:
        problems = list(_problems(document, index, entry))
        if not problems:
            waiver = _waiver(entry, layer.origin(("waiver", index, "key")), policies.all)
            waiver = replace(waiver, document=document)
            if waiver.policies:
                found.append(waiver)
            elif not policies.findings:  # else the policy may be the one that cannot be read
                problems.append(_without_policy(document, index, waiver, policies.all))
        wrong += problems
    return tuple(found), tuple(wrong)


def _problems(document: Document, index: int, entry: Mapping[str, Any]) -> Iterator[Finding]:
    at: KeyPath = ("waiver", index)
    yield from form_findings(document, at, entry, _KNOWN, _TEXTS)
    code, bot = entry.get("municipality"), entry.get("bot", "")
    if isinstance(code, str) and code.strip() and not re.fullmatch(r"[0-9]{4}", code):
        message = f"{show(code)} is no municipality's official code"
        yield place(document, (*at, "municipality"), message, 'four digits in quotes, e.g. "0265"')
    key = entry.get("key")
    if isinstance(key, str) and key.strip() and read_key(key) is None:
        yield place(document, (*at, "key"), f"{show(key)} is no key", "write exactly the policy's key")
    if not isinstance(bot, str) or ("bot" in entry and not bot):
        yield place(document, (*at, "bot"), "bot must be the name of a bot", "without it, every bot is meant")
    if "until" not in entry:
        advice = "add until = 2027-03-31, the last day on which it holds"
        yield place(document, at, "the waiver lacks until: none holds for ever", advice)
    elif not is_date(entry["until"]):
        yield place(
            document, (*at, "until"), "until must be a date", "write until = 2027-03-31, without quotes"
        )


def _waiver(entry: Mapping[str, Any], origin: Origin, policies: Sequence[Policy]) -> Waiver:
    path = read_key(entry["key"]) or ()
    waiver = Waiver(
        municipality=entry["municipality"],
        bot=entry.get("bot", ""),
        key=key_of(path),
        path=path,
        reason=one_line(entry["reason"]),
        granted_by=one_line(entry["granted_by"]),
        until=entry["until"],
        origin=origin,
    )
    return replace(waiver, policies=tuple(one for one in policies if waiver.suspends(one)))


def _without_policy(document: Document, index: int, waiver: Waiver, policies: Sequence[Policy]) -> Finding:
    known = list(dict.fromkeys(one.key for one in policies))
    meant = guess(waiver.key, [one for one in known if one != waiver.key])
    same = next((one for one in policies if one.path == waiver.path), None)
    if same is not None:
        advice = f"the policy at {same.place} is for the bot {same.bot}"
    elif meant:
        advice = f"did you mean {meant}? a waiver names exactly the policy's key"
    else:
        advice = (
            f"a waiver names exactly the policy's key: {', '.join(known)}" if known else "there is no policy"
        )
    message = f"no policy is about {waiver.key}, so this waives nothing"
    return place(document, ("waiver", index, "key"), message, advice)
