"""``rpac status``: every bot instance at a glance. Reads only, starts nothing, works before the first run."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from rpa_commons.config import MunicipalityFolder

__all__ = ["status"]

_NEEDS_A_PERSON = ("in_doubt", "failed", "proposed", "handed_over")


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("-E", "--environment", help="Instead of the one in municipality.toml.")
@click.pass_obj
def status(folder: Path, environment: str | None, as_json: bool) -> int:  # noqa: FBT001 - click passes it by name
    """Show each bot instance: what is done, what waits, what needs a person."""
    from rpa_commons.config import open_municipality

    municipality = open_municipality(folder, environment=environment)
    rows = [_row(municipality, name) for name in municipality.instances()]
    if as_json:
        click.echo(
            json.dumps({"municipality": municipality.name, "instances": rows}, indent=2, ensure_ascii=False)
        )
    elif not rows:
        click.echo(f"{municipality.name} has no bot instances: there is no file in bots/")
    else:
        click.echo("\n".join(_text(row) for row in rows))
    return 0


def _row(municipality: "MunicipalityFolder", name: str) -> dict[str, Any]:
    from rpa_commons.capabilities import RpaCommonsError
    from rpa_commons.runtime import instance_status, state_home

    from ._worker import instance_id_of, state_errors

    try:
        with state_errors():
            found = instance_status(state_home(municipality), instance_id_of(municipality, name))
    except (RpaCommonsError, click.ClickException) as error:
        return {"instance": name, "problem": error.message}
    holder = found.holder
    return {
        "instance": name,
        "counts": dict(sorted(found.counts.items())),
        "due": found.due,
        "last_run": found.last_run,
        "running": None
        if holder is None
        else {"pid": holder.pid, "host": holder.host, "since": holder.since},
    }


def _text(row: dict[str, Any]) -> str:
    if "problem" in row:
        return f"{row['instance']}: {row['problem']}"
    last = row["last_run"]
    if last is None:
        return f"{row['instance']}: has not run yet"
    counts = ", ".join(f"{count} {state.replace('_', ' ')}" for state, count in row["counts"].items())
    ended = (
        "is running"
        if row["running"]
        else f"ended {last['ended_at'][:19]}Z"
        if last["ended_at"]
        else "broke off"
    )
    lines = [
        f"{row['instance']}: {counts or 'no cases'}; run {last['number']} ({last['environment']}) {ended}"
    ]
    if row["running"]:
        lines.append(f"  running: process {row['running']['pid']} on {row['running']['host']}")
    person = [
        f"{row['counts'][state]} {state.replace('_', ' ')}"
        for state in _NEEDS_A_PERSON
        if row["counts"].get(state)
    ]
    if person:
        lines.append(f"  for a person: {', '.join(person)} (rpac items list {row['instance']} --state ...)")
    if row["due"]:
        lines.append(f"  {row['due']} waiting cases are due for the next run")
    return "\n".join(lines)
