"""The manifest: everything that a municipality must know of a plugin before it installs it.

Rules this module keeps: a bot says on which law it rests, whose data it touches and what it frees; what
``rpac build`` refuses to leave out is refused here too, for a wheel need not come from ``rpac build``.

Source: GDPR art. 30; KLE numbers as ``dd.dd.dd``.

Usage::

    check_manifest(manifest, findings)
"""

import re
from collections.abc import Collection, Iterator

from rpa_commons.manifest import Manifest, ProcessingRecord

from ._limits import Limits
from ._report import Findings
from ._schema_rules import check_schema
from ._shipped_connectors import check_connectors

__all__ = ["check_manifest"]

_KLE = re.compile(r"[0-9]{2}\.[0-9]{2}\.[0-9]{2}")
_LANGUAGES = frozenset({"da", "nb", "nn", "sv", "en", "fi", "is", "fo", "kl", "se"})
_PLACE = "rpac.json"


def check_manifest(
    manifest: Manifest, limits: Limits, findings: Findings, *, reserved: Collection[str] = ()
) -> None:
    """Check what a manifest says beyond its shape (A138, A141 to A145).

    Args:
        manifest: It.
        limits: How large settings may be.
        findings: Takes what is wrong.
        reserved: Names that no wheel's connector may have: of those that come with rpa-commons.
    """
    if not manifest.summary.strip():
        findings.add("A141", f"{_PLACE}: summary", "is blank", 'description = "..." in pyproject.toml')
    if manifest.kind == "baseline":
        _check_baseline(manifest, findings)
        return
    if manifest.kind == "bot":
        for key, problem in _bot_problems(manifest):
            help_ = "write it in the bot's class; `rpac build` puts it into the manifest"
            findings.add("A142", f"{_PLACE}: {key}", problem, help_)
        if not re.fullmatch(r"[\w.]+:[\w.]+", manifest.entry):
            findings.add(
                "A138", f"{_PLACE}: entry", "names no class: module:Class", "build with `rpac build`"
            )
        check_schema(manifest.settings_schema, limits, findings, may_hold_secrets=False)
    check_connectors(manifest, limits, findings, reserved)


def _check_baseline(manifest: Manifest, findings: Findings) -> None:
    said = [
        key
        for key in (
            "capabilities",
            "steps",
            "templates",
            "settings_schema",
            "migrations",
            "entry",
            "connectors",
        )
        if getattr(manifest, key)
    ]
    for key in said:
        findings.add("A137", f"{_PLACE}: {key}", "is said of a baseline, which holds no code")


def _bot_problems(manifest: Manifest) -> Iterator[tuple[str, str]]:
    if not manifest.languages:
        yield "languages", "names no language that the bot writes"
    for language in manifest.languages:
        if language not in _LANGUAGES:
            yield "languages", f"{language!r} is none of {', '.join(sorted(_LANGUAGES))}"
    if manifest.benefit is None:
        yield "benefit", "is missing: what one case frees, and how that was found"
    elif not manifest.benefit.method.strip():
        yield "benefit.method", "is blank"
    if manifest.record is None:
        yield "record", "is missing: what a data protection officer asks (KLE, purpose, legal basis, ...)"
    else:
        yield from _record_problems(manifest.record)
    for step in manifest.steps:
        if not step.description.strip():
            yield f"steps.{step.name}", "is a step that a municipality may wrap, and says not what it does"


def _record_problems(record: ProcessingRecord) -> Iterator[tuple[str, str]]:
    for number in record.kle:
        if not _KLE.fullmatch(number):
            yield "record.kle", f"{number!r} is no KLE subject number (dd.dd.dd)"
    for key, value in record:
        texts = (value,) if isinstance(value, str) else value if isinstance(value, tuple) else ()
        if any(not text.strip() for text in texts):
            yield f"record.{key}", "is blank"
    if not record.recipients:
        yield "record.recipients", 'is empty: name them, or write that there are none ("none")'
    if record.decisions.kind != "none" and not record.decisions.paragraph.strip():
        yield "record.decisions", f"a bot that decides ({record.decisions.kind}) names the paragraph"
    if not record.ai.role.strip():
        yield "record.ai", 'says not whether a trained model takes part: "none", or its role'
