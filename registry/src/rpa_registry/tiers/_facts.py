"""What the quality rules look at: facts about one release, each with where it comes from.

Rules this module keeps: nothing in a wheel is executed; what the owner says of the bot (``quality.toml``) and
what a machine found are kept apart; a missing or broken ``quality.toml`` is no facts, never an error.

Usage::

    facts = Facts(kind="bot", owner="0265", quality=quality_facts(wheel))
"""

import json
import tomllib
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

__all__ = ["QUALITY_NAME", "Exemption", "Facts", "TestReport", "quality_facts"]

QUALITY_NAME = "extra_metadata/quality.toml"
"""Where in the wheel's ``.dist-info`` the owner's facts lie; the build backend copies the file there."""

_LARGEST = 256 * 1024  # bytes; such a file is a page long


@dataclass(frozen=True)
class TestReport:
    """A signed report about exactly this wheel.

    Attributes:
        kind: What was run: ``sandbox``, ``tests``, ``production-trial`` …
        passed: What came out.
        member: Municipality of who ran and signed it.
    """

    __test__ = False  # not a class of tests, whatever pytest thinks of its name

    kind: str
    passed: bool
    member: str


@dataclass(frozen=True)
class Exemption:
    """A coordinator says that a rule need not hold for a project.

    Attributes:
        rule: The rule's id.
        reason: Why.
        person: Login of the coordinator.
        at: When.
    """

    rule: str
    reason: str
    person: str = ""
    at: str = ""


@dataclass(frozen=True)
class Facts:
    """Everything the rules know of one release.

    Attributes:
        kind: ``bot``, ``connector`` or ``baseline``.
        owner: Code of the member that owns the project.
        state: Base state of the release.
        summary: One sentence, from METADATA.
        readme: The description, from METADATA.
        licence: SPDX expression, or empty.
        manifest: The manifest as JSON values.
        report: The conformance report of the upload as JSON values.
        quality: What the owner says in ``quality.toml``.
        tests: Signed reports about this wheel.
        runs_at: Codes of members that said they run the project.
        exemptions: By rule.
    """

    kind: str = "bot"
    owner: str = ""
    state: str = "staged"
    summary: str = ""
    readme: str = ""
    licence: str = ""
    manifest: Mapping[str, Any] = field(default_factory=dict)
    report: Mapping[str, Any] = field(default_factory=dict)
    quality: Mapping[str, Any] = field(default_factory=dict)
    tests: tuple[TestReport, ...] = ()
    runs_at: frozenset[str] = frozenset()
    exemptions: Mapping[str, Exemption] = field(default_factory=dict)

    def said(self, table: str, key: str) -> Any:  # noqa: ANN401 - any TOML value
        """A value of ``quality.toml``, or ``None``."""
        values = self.quality.get(table)
        return values.get(key) if isinstance(values, Mapping) else None

    def findings(self, severity: str) -> int:
        """How many findings of a severity the conformance report has."""
        found = self.report.get("findings")
        rows = found if isinstance(found, list) else []
        return sum(isinstance(one, Mapping) and one.get("severity") == severity for one in rows)

    def passed_by(self, *, of_others: bool) -> frozenset[str]:
        """Members that signed a report which passed."""
        return frozenset(
            one.member for one in self.tests if one.passed and (not of_others or one.member != self.owner)
        )


def quality_facts(wheel: Path) -> dict[str, Any]:
    """What ``quality.toml`` in a wheel says; empty when there is none that can be read."""
    try:
        with zipfile.ZipFile(wheel) as archive:
            for info in archive.infolist():
                is_it = info.filename.endswith(f".dist-info/{QUALITY_NAME}")
                if is_it and info.filename.count("/") == 2 and info.file_size <= _LARGEST:  # noqa: PLR2004 - x.dist-info/extra_metadata/quality.toml
                    return _json_values(tomllib.loads(archive.read(info).decode()))
    except (OSError, ValueError, RuntimeError, zipfile.BadZipFile, NotImplementedError, RecursionError):
        return {}
    return {}


def _json_values(values: dict[str, Any]) -> dict[str, Any]:
    """The same with days and times as texts.

    Raises:
        ValueError: a number is not finite.
    """
    found: dict[str, Any] = json.loads(json.dumps(values, default=str, allow_nan=False))
    return found
