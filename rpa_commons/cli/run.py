"""``rpac run`` and ``rpac plan``: let a bot instance work, or show what it would do.

Rules this module keeps: the summary goes to standard output and everything on the way to standard error; exit
code 0 means that nothing needs a look, 1 that something failed, is in doubt, or was found to be wrong.
"""

import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

__all__ = ["plan", "run"]

_FAILED = 1


def _options(command: Callable[..., Any]) -> Callable[..., Any]:
    for option in (
        click.option("--json", "as_json", is_flag=True, help="Print JSON."),
        click.option("-E", "--environment", help="Instead of the one in municipality.toml."),
        click.option(
            "--set", "overrides", multiple=True, metavar="KEY=VALUE", help="For this time only; logged."
        ),
        click.option("--limit", type=click.IntRange(min=1), metavar="N", help="Take up at most N cases."),
    ):
        command = option(command)
    return command


@click.command()
@click.argument("instance")
@_options
@click.option("--threads", type=click.IntRange(1, 16), default=1, help="Cases worked on at the same time.")
@click.pass_obj
def run(
    folder: Path,
    instance: str,
    limit: int | None,
    overrides: tuple[str, ...],
    environment: str | None,
    threads: int,
    as_json: bool,  # noqa: FBT001 - click passes it by name
) -> int:
    """Run the bot instance INSTANCE now: find its cases and process those that are not handled yet."""
    from rpa_commons.config import open_municipality

    from ._recalls import refuse_paused
    from ._summary import run_text
    from ._worker import follow, prepared_for

    municipality = open_municipality(folder, environment=environment)
    refuse_paused(municipality, instance)
    prepared = prepared_for(
        municipality, instance, mode="run", overrides=overrides, limit=limit, threads=threads
    )
    summary: dict[str, Any] = {}
    for event in follow(prepared, instance):
        if event["event"] == "finished":
            summary = _without_kind(event)
    title = f"{instance} ({municipality.name}, {municipality.environment}), run {summary.get('run')}"
    click.echo(json.dumps(summary, indent=2, ensure_ascii=False) if as_json else run_text(title, summary))
    return int(summary.get("exit_code", _FAILED))


@click.command()
@click.argument("instance")
@_options
@click.option("-v", "--verbose", is_flag=True, help="Each case in full, with the rules that were applied.")
@click.pass_obj
def plan(
    folder: Path,
    instance: str,
    limit: int | None,
    overrides: tuple[str, ...],
    environment: str | None,
    as_json: bool,  # noqa: FBT001 - click passes it by name
    verbose: bool,  # noqa: FBT001 - click passes it by name
) -> int:
    """Show what a run of INSTANCE would do now. Systems are asked, nothing is changed or remembered."""
    from rpa_commons.config import open_municipality

    from ._recalls import refuse_paused
    from ._summary import plan_text
    from ._worker import follow, prepared_for

    municipality = open_municipality(folder, environment=environment)
    refuse_paused(municipality, instance)
    prepared = prepared_for(municipality, instance, mode="plan", overrides=overrides, limit=limit)
    cases, summary = [], {}
    for event in follow(prepared, instance):
        if event["event"] == "planned":
            cases.append(_without_kind(event))
        elif event["event"] == "finished":
            summary = _without_kind(event)
    if as_json:
        click.echo(json.dumps({"items": cases, **summary}, indent=2, ensure_ascii=False))
    else:
        title = f"{instance} ({municipality.name}, {municipality.environment}), plan: nothing is carried out"
        columns = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
        click.echo(plan_text(title, cases, summary, verbose=verbose, columns=columns))
    return int(summary.get("exit_code", _FAILED))


def _without_kind(event: dict[str, Any]) -> dict[str, Any]:
    """A copy, for the worker's side keeps the event itself."""
    return {name: value for name, value in event.items() if name != "event"}
