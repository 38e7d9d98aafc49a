"""What a fleet check found: per member, per bot instance; for a screen and as JSON."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from rpa_commons.config.findings import Finding

__all__ = ["VERDICTS", "FleetInstance", "FleetMember", "FleetReport"]

VERDICTS = ("unused", "works", "changes", "unknown", "broken", "migration", "breaks", "unreadable")
"""From nothing to do to nothing that could be done."""


@dataclass(frozen=True)
class FleetInstance:
    """One bot instance of one member under the new version.

    Attributes:
        name: The stem of its file in ``bots/``.
        version: The version it runs; empty where that is not known.
        verdict: ``works``, ``changes`` (works, but something changes), ``migration`` (works once its file is
            migrated), ``breaks``, ``broken`` (before the new version already), or ``unknown``: what matters
            is withheld.
        findings: What is wrong; what the version it runs also finds is in ``already``.
        changes: What changes, one sentence each.
        notes: What could not be told.
        already: Findings that the member has today already.
    """

    name: str
    version: str
    verdict: str
    findings: tuple[Finding, ...] = ()
    changes: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    already: tuple[Finding, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The instance as JSON values."""
        return {
            "instance": self.name,
            "version": self.version,
            "verdict": self.verdict,
            "findings": [one.to_json() for one in self.findings],
            "already": [one.to_json() for one in self.already],
            "changes": list(self.changes),
            "notes": list(self.notes),
        }


@dataclass(frozen=True)
class FleetMember:
    """One member under the new version.

    Attributes:
        name: The municipality.
        code: Its code; empty where it cannot be read.
        folder: Its folder, as people read it.
        is_published: Whether it is a published configuration.
        verdict: The gravest of its instances; ``unused`` without any, ``unreadable`` when the folder is.
        instances: Those of this bot.
        findings: Why the folder cannot be read.
        notes: What to know about the check.
    """

    name: str
    code: str
    folder: str
    is_published: bool
    verdict: str
    instances: tuple[FleetInstance, ...] = ()
    findings: tuple[Finding, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def count(self) -> int:
        """How many things are wrong, warnings left out."""
        found = [*self.findings, *(finding for one in self.instances for finding in one.findings)]
        return sum(not finding.is_warning for finding in found)

    def to_json(self) -> dict[str, Any]:
        """The member as JSON values."""
        return {
            "municipality": self.name,
            "code": self.code,
            "folder": self.folder,
            "published": self.is_published,
            "verdict": self.verdict,
            "instances": [one.to_json() for one in self.instances],
            "findings": [one.to_json() for one in self.findings],
            "notes": list(self.notes),
        }


@dataclass(frozen=True)
class FleetReport:
    """Every member under the new version.

    Attributes:
        bot: The bot.
        version: The version that was checked.
        members: In the order of their folders.
        cooperation: What is wrong in the cooperation's own files, once for all members.
        environment: For which the members were looked at.
        passed_over: Folders that are no members, and why.
        doubles: Codes that several folders have, with the folders.
    """

    bot: str
    version: str
    members: tuple[FleetMember, ...]
    cooperation: tuple[Finding, ...] = ()
    environment: str = "production"
    passed_over: tuple[tuple[str, str], ...] = ()
    doubles: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def breaks(self) -> tuple[FleetMember, ...]:
        """Members that could not run it, or of which nobody can say."""
        return tuple(one for one in self.members if one.verdict in {"breaks", "unreadable"})

    @property
    def counts(self) -> dict[str, int]:
        """Verdict -> how many members; only verdicts that occur."""
        given = [one.verdict for one in self.members]
        return {verdict: given.count(verdict) for verdict in reversed(VERDICTS) if verdict in given}

    def to_json(self) -> dict[str, Any]:
        """The report as JSON values."""
        return {
            "bot": self.bot,
            "version": self.version,
            "environment": self.environment,
            "counts": self.counts,
            "cooperation": [one.to_json() for one in self.cooperation],
            "members": [one.to_json() for one in self.members],
            "passed_over": [{"folder": folder, "why": why} for folder, why in self.passed_over],
            "doubles": {code: list(folders) for code, folders in self.doubles.items()},
        }
