"""What a release needs, compared with an older one, and what of it is known to be vulnerable.

Rules this module keeps: nothing is looked up anywhere; the known vulnerabilities come from one file in OSV's
JSON, fetched by the operator; a requirement is a range, so what is told is whether the range *allows* a
vulnerable version, and where it would begin to be safe; a file that cannot be read is an error.

Source: https://ossf.github.io/osv-schema/ (affected, ranges, events, versions, withdrawn).

Usage::

    dependency_changes(["httpx>=0.27"], ["httpx>=0.28", "lxml"])
    vulnerable(["urllib3>=1.26"], load_osv(Path("osv.json")))
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from rpa_registry.errors import SettingsError

__all__ = ["DependencyChange", "Vulnerability", "dependency_changes", "load_osv", "vulnerable"]

_LARGEST = 512 * 1024 * 1024  # bytes; the whole PyPI export is a fifth of it
_LOWEST, _HIGHEST = Version("0.dev0"), Version("999999999")


@dataclass(frozen=True)
class DependencyChange:
    """A requirement that is new, gone or another.

    Attributes:
        name: Normalised name of what is required.
        before: The requirement in the older release, or empty.
        after: The requirement in the newer one, or empty.
    """

    name: str
    before: str
    after: str

    def to_json(self) -> dict[str, Any]:
        """As JSON values."""
        return {"name": self.name, "before": self.before or None, "after": self.after or None}


@dataclass(frozen=True)
class Vulnerability:
    """A requirement that allows a version with a known vulnerability.

    Attributes:
        id: As the file names it, ``GHSA-…`` or ``PYSEC-…``.
        requirement: As METADATA has it.
        summary: What it is.
        fixed: Versions in which it is gone, lowest first.
        certain: Whether no version that is allowed is free of it.
    """

    id: str
    requirement: str
    summary: str
    fixed: tuple[str, ...]
    certain: bool

    def to_json(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "id": self.id,
            "requirement": self.requirement,
            "summary": self.summary,
            "fixed": list(self.fixed),
            "certain": self.certain,
        }


def dependency_changes(before: Sequence[str], after: Sequence[str]) -> tuple[DependencyChange, ...]:
    """Requirements that differ, by name; markers and extras count."""
    old, new = _by_name(before), _by_name(after)
    return tuple(
        DependencyChange(name, old.get(name, ""), new.get(name, ""))
        for name in sorted(old.keys() | new.keys())
        if old.get(name) != new.get(name)
    )


def load_osv(path: Path) -> tuple[Mapping[str, Any], ...]:
    """The vulnerabilities in a file: one, a list, or an object with ``vulns``; withdrawn ones left out.

    Raises:
        SettingsError: it cannot be read, or is no OSV.
    """
    remedy = "`advisories_file` in registry.toml names a file in OSV's JSON, or is empty"
    try:
        if path.stat().st_size > _LARGEST:
            raise SettingsError(f"{path}: larger than {_LARGEST // 1024 // 1024} MB", remedy=remedy)
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SettingsError(f"{path}: cannot be read: {error}", remedy=remedy) from error
    rows = value.get("vulns", [value]) if isinstance(value, dict) else value
    if not isinstance(rows, list) or not all(isinstance(one, dict) and "id" in one for one in rows):
        raise SettingsError(f"{path}: holds no vulnerabilities in OSV's form", remedy=remedy)
    return tuple(one for one in rows if not one.get("withdrawn"))


def vulnerable(requires: Iterable[str], known: Iterable[Mapping[str, Any]]) -> tuple[Vulnerability, ...]:
    """Requirements that allow a version with a known vulnerability, by requirement and id."""
    wanted: dict[str, list[Requirement]] = {}
    for text in requires:
        requirement = _parsed(text)
        if requirement is not None:
            wanted.setdefault(str(canonicalize_name(requirement.name)), []).append(requirement)
    found = []
    for one in known:
        for affected in _dicts(one.get("affected")):
            package = affected.get("package")
            if not isinstance(package, dict) or str(package.get("ecosystem", "")).lower() != "pypi":
                continue
            for requirement in wanted.get(str(canonicalize_name(str(package.get("name", "")))), ()):
                hit = _allows(requirement, affected)
                if hit is not None:
                    summary = str(one.get("summary") or one.get("details") or "")[:300]
                    found.append(Vulnerability(str(one["id"]), str(requirement), summary, *hit))
    return tuple(sorted(set(found), key=lambda one: (one.requirement, one.id)))


@dataclass(frozen=True)
class _Span:
    """Versions between two bounds."""

    low: Version
    high: Version
    with_low: bool = True
    with_high: bool = False

    def overlaps(self, other: "_Span") -> bool:
        low = max(self.low, other.low)
        high = min(self.high, other.high)
        if low != high:
            return low < high
        return self.has(low) and other.has(low)

    def has(self, version: Version) -> bool:
        """Whether a version lies between the bounds."""
        return (self.low < version or (self.with_low and self.low == version)) and (
            version < self.high or (self.with_high and self.high == version)
        )

    def within(self, other: "_Span") -> bool:
        low_fits = other.low < self.low or (other.low == self.low and (other.with_low or not self.with_low))
        high_fits = self.high < other.high or (
            self.high == other.high and (other.with_high or not self.with_high)
        )
        return low_fits and high_fits


def _allows(requirement: Requirement, affected: Mapping[str, Any]) -> tuple[tuple[str, ...], bool] | None:
    """Fixed versions, and whether nothing that is allowed is safe; ``None``: nothing is affected."""
    allowed = _allowed(requirement.specifier)
    spans = [
        span
        for one in _dicts(affected.get("ranges"))
        if one.get("type") in {"ECOSYSTEM", "SEMVER"}
        for span in _spans(_dicts(one.get("events")))
    ]
    listed = [
        version
        for text in affected.get("versions") or ()
        if (version := _version(text)) is not None
        and requirement.specifier.contains(version, prereleases=True)
    ]
    hits = [one for one in spans if allowed.overlaps(one)]
    if not hits and (spans or not listed):
        return None
    fixed = sorted({one.high for one in hits if one.high != _HIGHEST and not one.with_high})
    certain = any(allowed.within(one) for one in hits)
    return tuple(map(str, fixed)), certain


def _spans(events: Sequence[Mapping[str, Any]]) -> Iterator[_Span]:
    """The affected ranges that the events of one range describe, in order."""
    low: Version | None = None
    for event in events:
        if "introduced" in event:
            low = _LOWEST if str(event["introduced"]) == "0" else _version(event["introduced"])
        elif low is not None and ("fixed" in event or "last_affected" in event):
            high = _version(event.get("fixed", event.get("last_affected")))
            if high is not None:
                yield _Span(low, high, with_high="last_affected" in event)
            low = None
    if low is not None:
        yield _Span(low, _HIGHEST)


def _allowed(specifier: SpecifierSet) -> _Span:
    """The narrowest span that holds every version that a specifier allows."""
    span = _Span(_LOWEST, _HIGHEST)
    for clause in specifier:
        for bound in _bounds(clause.operator, clause.version):
            span = _narrowed(span, bound)
    return span


def _bounds(operator: str, text: str) -> Iterator[_Span]:
    version = _version(text.removesuffix(".*"))
    if version is None or operator in {"!=", "==="}:
        return
    if operator in {">=", "~="}:
        yield _Span(version, _HIGHEST)
    elif operator == ">":
        yield _Span(version, _HIGHEST, with_low=False)
    elif operator in {"<", "<="}:
        yield _Span(_LOWEST, version, with_high=operator == "<=")
    elif not text.endswith(".*"):
        yield _Span(version, version, with_high=True)
    if text.endswith(".*"):
        yield _Span(version, _next(version.release))
    elif operator == "~=":
        yield _Span(_LOWEST, _next(version.release[:-1]))


def _next(release: tuple[int, ...]) -> Version:
    return Version(".".join(map(str, (*release[:-1], release[-1] + 1))))


def _narrowed(one: _Span, other: _Span) -> _Span:
    low, with_low = max((one.low, not one.with_low), (other.low, not other.with_low))
    high, with_high = min((one.high, one.with_high), (other.high, other.with_high))
    return _Span(low, high, not with_low, with_high)


def _by_name(requires: Sequence[str]) -> dict[str, str]:
    found: dict[str, list[str]] = {}
    for text in requires:
        requirement = _parsed(text)
        name = str(canonicalize_name(requirement.name)) if requirement else text
        found.setdefault(name, []).append(str(requirement) if requirement else text)
    return {name: "; ".join(sorted(texts)) for name, texts in found.items()}


def _parsed(text: str) -> Requirement | None:
    try:
        return Requirement(text)
    except InvalidRequirement:
        return None


def _version(value: object) -> Version | None:
    try:
        return Version(str(value))
    except InvalidVersion:
        return None


def _dicts(value: object) -> list[Mapping[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
