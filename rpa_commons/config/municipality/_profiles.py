"""Stack profiles: bindings and defaults that the cooperation publishes per system, chosen by a municipality.

Rules this module keeps: only the municipality's own ``stack.toml`` chooses, above its first table; a profile
is a folder ``profiles/NAME`` of the baseline and nothing else, so a name never leads out of it.

Usage::

    profiles = ["kombit"]   # at the top of stack.toml

    names, findings = profiles_of(municipality)
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rpa_commons.config.documents import Document
from rpa_commons.config.findings import ConfigError, Finding, guess, show
from rpa_commons.config.schema import value_type_text

from ._municipality import MunicipalityFolder

__all__ = ["KEY", "profiles_of", "stray_profiles"]

KEY = "profiles"
"""The key of ``stack.toml`` that no capability is called."""

_FORM = 'write profiles = ["NAME"], above the first [table]'


def profiles_of(municipality: MunicipalityFolder) -> tuple[tuple[str, ...], tuple[Finding, ...]]:
    """The profiles that a municipality chose and its baseline has, in order; and what is wrong there.

    A file that cannot be read chooses none: whoever reads the stack says why.
    """
    name = f"profiles of {municipality.folder} on {municipality.baseline}"
    return municipality.reader.remembered(name, lambda: _chosen(municipality))


def _chosen(municipality: MunicipalityFolder) -> tuple[tuple[str, ...], tuple[Finding, ...]]:
    folder = municipality.folder
    try:
        document = municipality.reader.optional(folder / "stack.toml", root=folder, name="stack.toml")
    except ConfigError:
        return (), ()
    if document is None or KEY not in document.values:
        return (), ()
    given = document.values[KEY]
    if not isinstance(given, list):
        problem = f"expected list of text, found {value_type_text(given)}"
        return (), (_finding(document, "E201", None, problem, _FORM),)
    known = _known(municipality.baseline)
    chosen: list[str] = []
    findings: list[Finding] = []
    for position, name in enumerate(given):
        if not isinstance(name, str):
            problem = f"expected text, found {value_type_text(name)}"
            findings.append(_finding(document, "E201", position, problem, _FORM))
        elif name not in known:
            problem = f"there is no stack profile {show(name)}"
            findings.append(_finding(document, "E606", position, problem, _choice(municipality, name, known)))
        elif name not in chosen:
            chosen.append(name)
    return tuple(chosen), tuple(findings)


def stray_profiles(document: Document, layer: str) -> Finding:
    """E101 for a stack file of another layer that would choose profiles."""
    line = document.line_of((KEY,))
    advice = "profiles belongs at the top of the municipality's own stack.toml"
    message = f"the {layer} cannot choose stack profiles"
    text = document.quote(line, lambda path: path[0] != KEY)
    return Finding("E101", f"stack.{KEY}", message, document.path, line, text, help=advice)


def _known(baseline: Path | None) -> tuple[str, ...]:
    folder = baseline / "profiles" if baseline is not None else None
    if folder is None or not folder.is_dir():
        return ()
    return tuple(sorted(one.name for one in folder.iterdir() if one.is_dir() and one.name[0] != "."))


def _choice(municipality: MunicipalityFolder, name: str, known: Sequence[str]) -> str:
    if municipality.baseline_info is None:
        return "profiles are the baseline's: name a baseline in municipality.toml, or take this out"
    if not known:
        return f"{municipality.baseline_info.name} has no stack profile: take this out"
    meant = guess(name, known)
    having = f"{municipality.baseline_info.name} has {', '.join(known)}"
    return f"did you mean {meant}? {having}" if meant else having


def _finding(document: Document, code: str, position: int | None, message: str, advice: str) -> Finding:
    path: tuple[Any, ...] = (KEY,) if position is None else (KEY, position)
    line = document.line_of(path)
    text = document.quote(line, lambda path: path[0] != KEY)
    key = f"stack.{KEY}" if position is None else f"stack.{KEY}[{position}]"
    return Finding(code, key, message, document.path, line, text, help=advice)
