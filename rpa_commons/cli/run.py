"""``rpac run`` and ``rpac plan``: let a bot instance work, or show what it would do.

Rules this module keeps: the summary goes to standard output and everything on the way to standard error; exit
code 0 means that nothing needs a look, 1 that something failed, is in doubt, or was found to be wrong.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

__all__ = ["plan", "run"]

_COUNTS = (
    ("found", "found"),
    ("new", "new"),
    ("done", "done"),
    ("skipped", "skipped"),
    ("handed_over", "handed over"),
    ("proposed", "proposed"),
    ("waiting", "waiting"),
    ("in_doubt", "in doubt"),
    ("failed", "failed"),
    ("postponed", "put back"),
    ("before_start", "before the start date"),
    ("elsewhere", "handled by another instance"),
)
_ALWAYS = ("found", "new", "done")
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
    from rpa_commons.runtime import prepare

    from ._worker import follow

    municipality = open_municipality(folder, environment=environment)
    prepared = prepare(municipality, instance, mode="run", overrides=overrides, limit=limit, threads=threads)
    summary: dict[str, Any] = {}
    for event in follow(prepared, instance):
        if event["event"] == "finished":
            summary = event
    summary.pop("event", None)
    title = f"{instance} ({municipality.name}, {municipality.environment}), run {summary.get('run')}"
    click.echo(json.dumps(summary, indent=2, ensure_ascii=False) if as_json else _run_text(title, summary))
    return int(summary.get("exit_code", _FAILED))


@click.command()
@click.argument("instance")
@_options
@click.pass_obj
def plan(
    folder: Path,
    instance: str,
    limit: int | None,
    overrides: tuple[str, ...],
    environment: str | None,
    as_json: bool,  # noqa: FBT001 - click passes it by name
) -> int:
    """Show what a run of INSTANCE would do now. Systems are asked, nothing is changed or remembered."""
    from rpa_commons.config import open_municipality
    from rpa_commons.runtime import prepare

    from ._worker import follow

    municipality = open_municipality(folder, environment=environment)
    prepared = prepare(municipality, instance, mode="plan", overrides=overrides, limit=limit)
    cases, summary = [], {}
    for event in follow(prepared, instance):
        kind = event.pop("event")
        if kind == "planned":
            cases.append(event)
        elif kind == "finished":
            summary = event
    if as_json:
        click.echo(json.dumps({"items": cases, **summary}, indent=2, ensure_ascii=False))
    else:
        title = f"{instance} ({municipality.name}, {municipality.environment}), plan: nothing is carried out"
        click.echo(_plan_text(title, cases, summary))
    return int(summary.get("exit_code", _FAILED))


def _run_text(title: str, summary: dict[str, Any]) -> str:
    counts = [f"{summary[name]} {word}" for name, word in _COUNTS if name in _ALWAYS or summary[name]]
    lines = [title, f"  {', '.join(counts)}"]
    if summary["effects"]:
        effects = ", ".join(f"{name} {count}" for name, count in summary["effects"].items())
        lines.append(f"  carried out: {effects}")
    if summary["minutes"]:
        lines.append(f"  minutes freed: {summary['minutes']:g}")
    if summary["stopped"]:
        lines.append(f"  stopped early: {summary['stopped']}")
    if summary["queued"] > 0:
        lines.append(
            f"  {summary['queued']} cases remain queued; nothing is lost, the next run takes them up"
        )
    lines.extend(f"  finding: {finding}" for finding in summary["findings"])
    worked = any(summary[name] for name, _ in _COUNTS[2:10])
    if not worked and not summary["new"] and not summary["queued"] and summary["exit_code"] == 0:
        lines.append("  nothing new: everybody found has been handled")
    return "\n".join(lines)


def _plan_text(title: str, cases: list[dict[str, Any]], summary: dict[str, Any]) -> str:
    rows = [("reference", "would be", "effects", "reason", "rules")]
    for case in cases:
        effects = "; ".join(_effect_text(effect) for effect in case["effects"]) or "-"
        state = case["state"].replace("_", " ") + (" (assumed)" if case["assumed"] else "")
        rules = "; ".join(f"{rule['paragraph']}: {rule['result']}" for rule in case["rules"])
        rows.append((case["reference"], state, effects, case["reason"] or "-", rules or "-"))
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    lines = [title]
    for row in rows if cases else []:
        lines.append(
            "  "
            + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=False))
            + f"  {row[3]}"
        )
        if row[4] not in {"-", "rules"}:
            lines.append(f"      rules: {row[4]}")
    counts = ", ".join(
        f"{count} {state.replace('_', ' ')}" for state, count in summary.get("states", {}).items()
    )
    found = f"{summary.get('found', 0)} found, {summary.get('known', 0)} handled already"
    lines.append(f"  {found}; would be: {counts or 'nothing'}")
    if summary.get("before_start"):
        lines.append(f"  {summary['before_start']} lie before the start date")
    lines.extend(f"  finding: {finding}" for finding in summary.get("findings", ()))
    return "\n".join(lines)


def _effect_text(effect: dict[str, Any]) -> str:
    shown = ", ".join(f"{name}={value}" for name, value in effect["shown"].items())
    return f"{effect['call']}({shown})" + (" assumed" if effect["assumed"] else "")
