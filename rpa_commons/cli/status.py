"""``rpac status``: every bot instance at a glance. Reads only, starts nothing, works before the first run.

Rules this module keeps: counts need no key; findings and reasons of the latest run are shown to whoever has
it; an instance with a problem does not hide the others, and makes the exit code 1.
"""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from rpa_commons.config import MunicipalityFolder
    from rpa_commons.runtime import Keys

    from ._open_cases import OpenCases

__all__ = ["status"]

_NEEDS_A_PERSON = ("in_doubt", "failed", "proposed", "handed_over")
_PROBLEM = 1


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("-E", "--environment", help="Instead of the one in municipality.toml.")
@click.pass_obj
def status(folder: Path, environment: str | None, as_json: bool) -> int:  # noqa: FBT001 - click passes it by name
    """Show each bot instance: what is done, what waits, what needs a person."""
    from rpa_commons.config import open_municipality
    from rpa_commons.runtime import state_home

    from ._open_cases import left_behind
    from ._recalls import paused_instances
    from ._worker import keys_or_none

    municipality = open_municipality(folder, environment=environment)
    home = state_home(municipality)
    keys = keys_or_none(municipality)
    paused = paused_instances(municipality)
    rows = [_row(municipality, name, keys) for name in municipality.instances()]
    rows = [
        row | ({"recalled": paused[row["instance"]]} if row["instance"] in paused else {}) for row in rows
    ]
    removed = left_behind(municipality)
    if as_json:
        document = {
            "municipality": municipality.name,
            "environment": municipality.environment,
            "state_dir": str(home),
            "instances": rows,
            "removed_instances": [one.to_json() for one in removed],
        }
        click.echo(json.dumps(document, indent=2, ensure_ascii=False))
    else:
        click.echo(f"{municipality.name}, environment {municipality.environment}, state in {home}")
        lines = [_text(row, environment) + _recalled(row) for row in rows]
        click.echo("\n".join(lines) or "no bot instances: there is no file in bots/")
        for one in removed:
            click.echo(_of_removed(one))
    return _PROBLEM if any("problem" in row for row in rows) else 0


def _of_removed(one: "OpenCases") -> str:
    cases = "1 open case" if one.number == 1 else f"{one.number} open cases"
    return (
        f"{cases} of a removed instance ({one.instance or 'name unknown'}): {one.states}\n"
        f'  a file in bots/ with `id = "{one.id}"` brings them back into sight'
    )


def _row(municipality: "MunicipalityFolder", name: str, keys: "Keys | None") -> dict[str, Any]:
    from rpa_commons.capabilities import RpaCommonsError
    from rpa_commons.runtime import instance_status, state_home

    from ._worker import instance_id_of, state_errors

    sealer = None if keys is None else keys.sealer
    try:
        with state_errors():
            found = instance_status(state_home(municipality), instance_id_of(municipality, name), sealer)
    except (RpaCommonsError, click.ClickException) as error:
        return {"instance": name, "problem": error.message, "help": getattr(error, "remedy", "")}
    holder = found.holder
    last = None if found.last_run is None else found.last_run | {"report": found.report}
    return {
        "instance": name,
        "counts": dict(sorted(found.counts.items())),
        "due": found.due,
        "last_run": last,
        "running": None
        if holder is None
        else {"pid": holder.pid, "host": holder.host, "since": holder.since},
    }


def _recalled(row: dict[str, Any]) -> str:
    if "recalled" not in row:
        return ""
    recall = row["recalled"]
    word = "paused: no run starts" if recall["paused"] else "warning"
    lines = [
        f"\n  {word}: {one['what']} was recalled by {one['advisory']}: {one['summary']}"
        for one in recall["advisories"]
    ]
    return "".join(
        [*lines, *(f"\n    help: {one['remedy']}" for one in recall["advisories"] if one["remedy"])]
    )


def _text(row: dict[str, Any], environment: str | None) -> str:
    if "problem" in row:
        return f"{row['instance']}: {row['problem']}" + (f"\n  help: {row['help']}" if row["help"] else "")
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
    lines.extend(_last_words(last["report"]))
    chosen = f" -E {environment}" if environment else ""
    for state in _NEEDS_A_PERSON:
        if row["counts"].get(state):
            command = f"rpac items list {row['instance']} --state {state}{chosen}"
            lines.append(f"  for a person: {row['counts'][state]} {state.replace('_', ' ')}: {command}")
    if row["due"]:
        lines.append(f"  {row['due']} waiting cases are due for the next run")
    return "\n".join(lines)


def _last_words(report: dict[str, Any] | None) -> list[str]:
    """What the latest run had to say; nothing when it did not end or the key is not here."""
    from ._summary import reason_lines

    if report is None:
        return []
    stopped = [f"  stopped early: {report['stopped']}"] if report["stopped"] else []
    findings = [f"  finding: {finding}" for finding in report["findings"]]
    return [*stopped, *(f"  last run: {line}" for line in reason_lines(report["reasons"])), *findings]
