"""The shape of an advisory: what must stand in the document that a coordinator signs.

Rules this module keeps: nothing is read or written here; a document with a field too many or too few is none,
so what is signed is what is shown.

Usage::

    checked_advisory({"id": "DIGIT-2026-0001", ...}, "DIGIT")
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from packaging.version import InvalidVersion, Version

from rpa_registry.errors import RegistryError
from rpa_registry.texts import checked_text

__all__ = ["SEVERITIES", "advisory_prefix", "checked_advisory", "is_recent_time"]

SEVERITIES = ("low", "medium", "high", "critical")
_FIELDS = frozenset({"id", "project", "versions", "severity", "summary", "remedy", "issued", "withdrawn"})
_TEXTS = ("id", "project", "severity", "summary", "remedy", "issued")
_CLOCKS = timedelta(minutes=15)  # that two machines may differ by
_OLDEST = timedelta(days=1)  # a document that was signed long ago is signed again


def advisory_prefix(cooperation: str) -> str:
    """What the ids of a cooperation begin with: its name in capitals, ``DIGIT``."""
    return re.sub(r"[^A-Z0-9]+", "-", cooperation.upper()).strip("-") or "REGISTRY"


def checked_advisory(signed: Mapping[str, Any], cooperation: str) -> dict[str, Any]:
    """The document, when it is an advisory of this cooperation.

    Raises:
        RegistryError: it is not; what is wrong with it is said.
    """
    problem = _problem(signed, advisory_prefix(cooperation))
    if problem:
        raise RegistryError(
            f"this is no advisory: {problem}", remedy="`rpac-registry quarantine` writes and signs one"
        )
    checked_text(signed["summary"], "the summary", is_required=True)
    checked_text(signed["remedy"], "the remedy", is_required=True)
    return dict(signed)


def _problem(signed: Mapping[str, Any], prefix: str) -> str:
    """The first thing that is wrong, to follow a colon; empty when nothing is."""
    if set(signed) != _FIELDS:
        return f"it needs exactly the fields {', '.join(sorted(_FIELDS))}"
    if not all(isinstance(signed[name], str) for name in _TEXTS):
        return f"{', '.join(_TEXTS)} are texts"
    return next((text for is_wrong, text in _values(signed, prefix) if is_wrong), "")


def _values(signed: Mapping[str, Any], prefix: str) -> list[tuple[bool, str]]:
    year = signed["issued"][:4]
    return [
        (not _are_versions(signed["versions"]), "versions is a list, each as PEP 440 writes it, each once"),
        (signed["severity"] not in SEVERITIES, f"severity is one of {', '.join(SEVERITIES)}"),
        (signed["withdrawn"] is not None, "withdrawn is null as long as it holds"),
        (
            not is_recent_time(signed["issued"]),
            "issued is the time of signing, at most a day ago, as 2026-11-22T04:33:41Z",
        ),
        (
            not re.fullmatch(rf"{re.escape(prefix)}-{re.escape(year)}-[0-9]{{4,9}}", signed["id"]),
            f"its id is {prefix}-{year}- and a number of four digits",
        ),
    ]


def _are_versions(value: object) -> bool:
    if not isinstance(value, list) or not value or not all(isinstance(one, str) for one in value):
        return False
    return all(_is_canonical(one) for one in value) and len(set(value)) == len(value)


def _is_canonical(version: str) -> bool:
    try:
        return str(Version(version)) == version
    except InvalidVersion:
        return False


def is_recent_time(value: object) -> bool:
    """Whether a text is a time of the last day, as the tables keep it."""
    try:
        said = datetime.strptime(str(value), "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError:
        return False
    return -_CLOCKS <= datetime.now(UTC) - said <= _OLDEST
