"""The connectors that a wheel says it ships: usable by a stack, and honest about what they were tried on.

Rules this module keeps: a wheel has one idea, a bot ships no connectors and a connector wheel ships no bot;
no name is taken that comes with rpa-commons; the capability is one that this release knows, in a version that
it speaks; settings are as strict and described as a bot's, and hold references to secrets only.

Usage::

    check_connectors(manifest, limits, findings, reserved={"sf1601"})
"""

import re
from collections.abc import Collection, Iterator

from rpa_commons.capabilities import every_capability
from rpa_commons.manifest import ConnectorEntry, Manifest

from ._limits import Limits
from ._report import Findings
from ._schema_rules import check_schema

__all__ = ["check_connectors"]

_CLASS = re.compile(r"[\w.]+:[\w.]+")
_BUILD = "build the wheel again with `rpac build`"
_OF_A_BOT = (
    "capabilities",
    "steps",
    "templates",
    "settings_schema",
    "migrations",
    "entry",
    "benefit",
    "record",
)


def check_connectors(
    manifest: Manifest, limits: Limits, findings: Findings, reserved: Collection[str]
) -> None:
    """Check what a manifest says of connectors (A138, A141, A143 to A145, A151).

    Args:
        manifest: It.
        limits: How large settings may be.
        findings: Takes what is wrong.
        reserved: Names that no wheel's connector may have.
    """
    if manifest.kind != "connector":
        if manifest.connectors and manifest.kind == "bot":  # a baseline has its own finding
            help_ = "make two wheels of it: a connector is chosen by the stack, and recalled without the bots"
            findings.add("A145", "rpac.json: connectors", "are shipped by a bot", help_)
        return
    for key in _OF_A_BOT:
        if getattr(manifest, key):
            findings.add("A145", f"rpac.json: {key}", "is a bot's, and this wheel is a connector", _BUILD)
    if not manifest.connectors:
        help_ = "rpac_connectors gives the classes; then build it with `rpac build`"
        findings.add("A145", "rpac.json: connectors", "names no connector", help_)
    names = [one.name for one in manifest.connectors]
    for name in sorted({one for one in names if names.count(one) > 1}):
        findings.add("A145", f"rpac.json: connectors.{name}", "stands there twice", _BUILD)
    for one in manifest.connectors:
        _check_one(one, limits, findings, reserved)


def _check_one(one: ConnectorEntry, limits: Limits, findings: Findings, reserved: Collection[str]) -> None:
    place = f"rpac.json: connectors.{one.name}"
    for problem, help_ in _problems(one, reserved):
        findings.add("A145", place, problem, help_)
    if not _CLASS.fullmatch(one.entry):
        findings.add("A138", f"{place}.entry", "names no class: module:Class", _BUILD)
    check_schema(one.settings_schema, limits, findings, may_hold_secrets=True, place=f"{place}.settings")


def _problems(one: ConnectorEntry, reserved: Collection[str]) -> Iterator[tuple[str, str]]:
    if one.name in reserved:
        yield "has the name of a connector that comes with rpa-commons", "give it another name"
    if not one.summary.strip():
        yield "says not what it is", "write a docstring for its class"
    known = every_capability()
    spec = known.get(one.capability)
    if spec is None:
        help_ = f"capabilities of this release: {', '.join(sorted(known))}"
        yield f"serves {one.capability}, which is no capability here", help_
    elif not _is_spoken(one.version, spec.version):
        help_ = "build it against this rpa-commons"
        yield f"serves {one.capability} {one.version}; this release has {spec.version}", help_
    else:
        effects = {method for method, call in spec.calls.items() if call.effect_class is not None}
        for method in sorted(one.effects.keys() - effects):
            yield f"weakens {method}, which is no effect of {one.capability}", _BUILD
    if one.access is None:
        yield "says not what it takes to be let in", "access = Access(...) in its class"
    if not one.verified:
        yield "says not what it was tried against", "verified = (Rung(...),) in its class"


def _is_spoken(served: str, ours: str) -> bool:
    """Whether this release knows all of a version: the same major, and no newer minor version."""
    (major, minor), (own_major, own_minor) = (tuple(map(int, one.split("."))) for one in (served, ours))
    return major == own_major and minor <= own_minor
