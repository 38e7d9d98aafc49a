"""``rpac -C BASELINE config check``: the cooperation's folder, before it is given away."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ._github import annotated
from ._shared import connectors, counted

if TYPE_CHECKING:
    from rpa_commons.config import CheckedBaseline

__all__ = ["check_of_baseline"]


def check_of_baseline(folder: Path, form: str) -> int:
    """Print what is wrong with a baseline's folder.

    Args:
        folder: The one with ``baseline.toml``.
        form: ``text``, ``json`` or ``github``.

    Returns:
        The exit code: 1 when something is wrong, whoever's word it breaks.
    """
    from rpa_commons.config import check_baseline

    checked = check_baseline(folder, connectors=connectors())
    if form == "json":
        click.echo(json.dumps(_json(checked), indent=2, ensure_ascii=False))
    elif form == "github":
        click.echo("\n".join(map(annotated, checked.findings)), nl=bool(checked.findings))
    else:
        click.echo("\n\n".join([*(one.render() for one in checked.findings), _summary(checked)]))
    return int(any(not one.is_warning for one in checked.findings))


def _json(checked: "CheckedBaseline") -> dict[str, object]:
    baseline = checked.baseline
    return {
        "baseline": baseline and baseline.name,
        "version": baseline and baseline.version,
        "files": list(checked.files),
        "left_out": list(checked.left_out),
        "findings": [one.to_json() for one in checked.findings],
    }


def _summary(checked: "CheckedBaseline") -> str:
    warnings = sum(one.is_warning for one in checked.findings)
    wrong = len(checked.findings) - warnings
    baseline = checked.baseline
    name = f"{baseline.name} {baseline.version}" if baseline else "the baseline"
    said = counted(wrong, "finding") if wrong else "nothing wrong"
    said += f", {counted(warnings, 'warning')}" if warnings else ""
    unseen = (
        "keys of bots, columns and names in letters are checked at a municipality or by `rpac fleet check`"
    )
    return f"{name}, {counted(len(checked.files), 'file')}: {said}\n{unseen}"
