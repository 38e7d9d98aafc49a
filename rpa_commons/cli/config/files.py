"""``rpac config files``: where a value could stand."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ._shared import environment_option, json_option

if TYPE_CHECKING:
    from rpa_commons.config import CandidateFile

__all__ = ["files"]

_STATES = {"read": "", "absent": "not there", "unreadable": "cannot be read", "ignored": "nothing reads this"}


@click.command()
@click.argument("instance", required=False)
@environment_option
@json_option
@click.pass_obj
def files(
    folder: Path,
    instance: str | None,
    environment: str | None,
    as_json: bool,  # noqa: FBT001 - click passes it by name
) -> None:
    """List every file that can say something, present or not, the weakest layer first.

    INSTANCE is the stem of a file in bots/; without it, every bot instance, and also what lies in the folders
    and is never read.
    """
    from rpa_commons.config import candidate_files, open_municipality

    found = candidate_files(open_municipality(folder, environment=environment), instance)
    if as_json:
        click.echo(json.dumps([_to_json(one) for one in found], indent=2, ensure_ascii=False))
    else:
        click.echo("\n".join(_lines(found)))


def _to_json(one: "CandidateFile") -> dict[str, str | None]:
    names = ("layer", "display", "instance", "kind", "state", "note")
    return {name: getattr(one, name) for name in names} | {"path": one.path.as_posix()}


def _lines(found: "tuple[CandidateFile, ...]") -> list[str]:
    """One group for what is shared, one per instance, one for what is ignored."""
    groups: dict[str, list[CandidateFile]] = {}
    for one in found:
        title = one.instance or ("never read" if one.kind == "unknown" else "every bot instance")
        groups.setdefault(title, []).append(one)
    width = max((len(one.layer) for one in found), default=0)
    lines: list[str] = []
    for title, files_of in groups.items():
        lines += [*([""] if lines else []), click.style(f"# {title}", bold=True)]
        for one in files_of:
            state = ": ".join(filter(None, [_STATES[one.state], one.note]))
            mark = {"read": "+", "absent": " "}.get(one.state, "!")
            lines.append(f"  {mark} {one.layer:<{width}}  {one.display}" + (f"  ({state})" if state else ""))
    return lines
