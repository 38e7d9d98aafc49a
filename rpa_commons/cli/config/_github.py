"""Findings as commands of a GitHub workflow, one a line, so that they stand beside the changed lines.

Source: https://docs.github.com/actions/reference/workflow-commands.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rpa_commons.config import Checked, Finding, MunicipalityFolder

__all__ = ["annotated", "annotations"]


def annotations(checked: "Checked", municipality: "MunicipalityFolder") -> list[str]:
    """Everything that was found, one command each; instances that could not be looked at come last."""
    lines = [annotated(one) for one in checked.findings]
    for name, error in checked.errors.items():
        file = municipality.folder / "bots" / f"{name}.toml"
        place = {"file": _relative(file), "title": "not checked"}
        advice = f"\nhelp: {error.remedy}" if error.remedy else ""
        lines.append(_command("error", place, f"{error.message}{advice}"))
    return lines


def annotated(one: "Finding") -> str:
    """A finding as one command; its file is named as the finding does, relative where it can be."""
    words = [f"{one.key}: {one.message}" if one.key else one.message]
    words += [f"because: {one.because}"] if one.because else []
    words += [f"help: {one.help}"] if one.help else []
    place = {"file": one.to_json()["file"] or "", "line": str(one.line or "")}
    if not place["file"]:
        words[0] = f"{one.place}: {words[0]}"
    kind = "warning" if one.is_warning else "error"
    return _command(kind, {**place, "title": one.code}, "\n".join(words))


def _command(kind: str, properties: Mapping[str, str], message: str) -> str:
    """One command; a sign that would end it, or a property of it, is written by its number."""
    given = ",".join(
        f"{name}={_escaped(value).replace(':', '%3A').replace(',', '%2C')}"
        for name, value in properties.items()
        if value
    )
    return f"::{kind} {given}::{_escaped(message)}"


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _relative(path: Path) -> str:
    here = Path.cwd()
    return path.relative_to(here).as_posix() if path.is_relative_to(here) else path.as_posix()
