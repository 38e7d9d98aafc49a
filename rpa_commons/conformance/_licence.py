"""The licence of a wheel, and whether municipalities may share what is under it.

Rules this module keeps: ``License-Expression`` counts first (PEP 639), then a classifier, then an old
``License`` field that is an SPDX expression; only licences that let every member use, change and pass on the
code are taken.

Usage::

    licence_of({"license-expression": ("MIT",)}, "bot", findings)  # "MIT"
"""

import re
from collections.abc import Mapping
from types import MappingProxyType

from ._report import Findings

__all__ = ["ACCEPTED_LICENCES", "licence_of"]

ACCEPTED_LICENCES = frozenset(
    {
        "0BSD", "AFL-3.0", "AGPL-3.0-only", "AGPL-3.0-or-later", "Apache-2.0", "Artistic-2.0",
        "BSD-2-Clause", "BSD-3-Clause", "BSL-1.0", "CC-BY-4.0", "CC-BY-SA-4.0", "CC0-1.0", "EPL-2.0",
        "EUPL-1.1", "EUPL-1.2", "GPL-2.0-only", "GPL-2.0-or-later", "GPL-3.0-only", "GPL-3.0-or-later",
        "ISC", "LGPL-2.1-only", "LGPL-2.1-or-later", "LGPL-3.0-only", "LGPL-3.0-or-later", "MIT", "MIT-0",
        "MPL-2.0", "MulanPSL-2.0", "OFL-1.1", "PSF-2.0", "Python-2.0", "Unlicense", "Zlib",
    }
)  # fmt: skip
"""SPDX identifiers of licences that a wheel may be under, alone or joined by AND, OR and WITH."""

_OSI = "License :: OSI Approved :: "
_CLASSIFIERS = MappingProxyType(
    {
        "Academic Free License (AFL)": "AFL-3.0",
        "Apache Software License": "Apache-2.0",
        "Eclipse Public License 2.0 (EPL-2.0)": "EPL-2.0",
        "European Union Public Licence 1.1 (EUPL 1.1)": "EUPL-1.1",
        "European Union Public Licence 1.2 (EUPL 1.2)": "EUPL-1.2",
        "GNU Affero General Public License v3": "AGPL-3.0-only",
        "GNU Affero General Public License v3 or later (AGPLv3+)": "AGPL-3.0-or-later",
        "GNU General Public License v2 (GPLv2)": "GPL-2.0-only",
        "GNU General Public License v2 or later (GPLv2+)": "GPL-2.0-or-later",
        "GNU General Public License v3 (GPLv3)": "GPL-3.0-only",
        "GNU General Public License v3 or later (GPLv3+)": "GPL-3.0-or-later",
        "GNU Lesser General Public License v3 (LGPLv3)": "LGPL-3.0-only",
        "GNU Lesser General Public License v3 or later (LGPLv3+)": "LGPL-3.0-or-later",
        "ISC License (ISCL)": "ISC",
        "MIT License": "MIT",
        "MIT No Attribution License (MIT-0)": "MIT-0",
        "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
        "The Unlicense (Unlicense)": "Unlicense",
        "zlib/libpng License": "Zlib",
    }
)
_IDENTIFIER = re.compile(r"[A-Za-z0-9.+-]+")
_OPERATORS = frozenset({"AND", "OR", "WITH"})
_PLACE = "METADATA"
_HELP = 'name it as an SPDX expression in pyproject.toml: license = "EUPL-1.2"'
_LONGEST = 500


def licence_of(fields: Mapping[str, tuple[str, ...]], kind: str, findings: Findings) -> str:
    """The licence as SPDX expression; an empty text, and a finding, when there is none that is known.

    Args:
        fields: Of METADATA, names in small letters.
        kind: A baseline holds settings and not code: without a licence it is A184, a warning.
        findings: Takes A125 and A184.
    """
    stated = _stated(fields)
    if not stated:
        code = "A184" if kind == "baseline" else "A125"
        findings.add(code, _PLACE, "says under which licence it is nowhere", _HELP)
        return ""
    expression = _canonical(stated)
    if not expression:
        findings.add("A125", _PLACE, f"has a licence that is no SPDX expression: {stated[:80]!r}", _HELP)
        return ""
    after_with = re.sub(r"(?<= WITH )\S+", "", expression)  # an exception only allows more
    words = {word for word in _IDENTIFIER.findall(after_with) if word not in _OPERATORS}
    unknown = sorted(words - ACCEPTED_LICENCES)
    if unknown:
        message = f"is under a licence that members may not simply share: {', '.join(unknown)}"
        findings.add("A125", _PLACE, message, "choose an open licence, or ask the coordinators")
    return expression


def _stated(fields: Mapping[str, tuple[str, ...]]) -> str:
    for field in ("license-expression", "license"):
        text = fields.get(field, ("",))[0].strip()
        if text and (field == "license-expression" or _canonical(text)):
            return text
    named = [
        _CLASSIFIERS.get(one.removeprefix(_OSI), one)
        for one in fields.get("classifier", ())
        if one.startswith("License ::")
    ]
    return " OR ".join(sorted(named)) or fields.get("license", ("",))[0].strip()


def _canonical(text: str) -> str:
    from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression

    if text in ACCEPTED_LICENCES:
        return text
    try:
        return "" if len(text) > _LONGEST else str(canonicalize_license_expression(text))
    except (InvalidLicenseExpression, RecursionError):
        return ""
