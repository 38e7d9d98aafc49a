"""What the upload form says of the wheel, held against the wheel.

Rules this module keeps: the wheel decides; what the form says besides is either the same or a reason to
refuse, with both values in it. Fields that say nothing about which wheel it is (description, attestations,
signatures) are ignored.

Usage::

    contradictions(claimed, report, wheel)  # ("the form says version 1.0.1, the wheel 1.0.0",)
"""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from rpa_commons.conformance import WheelReport

__all__ = ["CLAIMED_DIGESTS", "CLAIMED_FIELDS", "contradictions"]

CLAIMED_FIELDS = ("name", "version", "filetype", "requires_python", "summary")
"""Fields of the form that are held against the wheel."""

CLAIMED_DIGESTS = ("sha256_digest", "blake2_256_digest", "md5_digest")
"""Hashes in the form, hexadecimal."""

_CHUNK = 1024 * 1024  # bytes


def contradictions(claimed: Mapping[str, str], report: WheelReport, wheel: Path) -> tuple[str, ...]:
    """Everything in which form and wheel differ; what the form leaves out does not."""
    said = {name: value.strip() for name, value in claimed.items() if value.strip()}
    found = list(_digests(said, report, wheel))
    differ = (
        ("name", _name(said.get("name", "")), report.name),
        ("version", _version(said.get("version", "")), report.version),
        ("requires_python", said.get("requires_python", ""), report.requires_python),
        ("summary", said.get("summary", ""), report.summary.strip()),
    )
    found += [
        f"the form says {field} {said[field]!r}, the wheel {right!r}"
        for field, value, right in differ
        if field in said and value != right
    ]
    filetype = said.get("filetype", "bdist_wheel")
    if filetype != "bdist_wheel":
        found.append(f"the form says filetype {filetype!r}, and this is a wheel")
    return tuple(found)


def _digests(said: Mapping[str, str], report: WheelReport, wheel: Path) -> list[str]:
    others: dict[str, Any] = {
        "md5_digest": hashlib.md5(usedforsecurity=False),
        "blake2_256_digest": hashlib.blake2b(digest_size=32),
    }
    wanted = {name: digest for name, digest in others.items() if name in said}
    if wanted:
        with wheel.open("rb") as stream:
            while chunk := stream.read(_CHUNK):
                for digest in wanted.values():
                    digest.update(chunk)
    right = {"sha256_digest": report.sha256, **{name: one.hexdigest() for name, one in wanted.items()}}
    return [
        f"the form says {name} {said[name]}, what arrived has {right[name]}"
        for name in CLAIMED_DIGESTS
        if name in said and said[name].lower() != right[name]
    ]


def _name(text: str) -> str:
    return str(canonicalize_name(text))


def _version(text: str) -> str:
    try:
        return str(Version(text))
    except InvalidVersion:
        return text
