"""``rpac sandbox fault``: order a fault, take faults back, see which stand."""

import json
from pathlib import Path
from typing import Any

import click

from ._shared import ask, folder_option, page_of

__all__ = ["fault"]


@click.command()
@click.argument("service", required=False)
@click.argument("kind", required=False)
@folder_option
@click.option("--times", "--next", "times", type=click.IntRange(1), help="How many calls; by default one.")
@click.option("--probability", type=click.FloatRange(0, 1, min_open=True), help="Share of the calls.")
@click.option(
    "--milliseconds",
    type=click.IntRange(0),
    help="Delay of slow; when a time-out is cut; what Retry-After of 429 and 503 says.",
)
@click.option("--clear", is_flag=True, help="Behave again: SERVICE, or all of them.")
@click.option("--json", "as_json", is_flag=True, help="Print the standing faults as JSON.")
def fault(
    service: str | None,
    kind: str | None,
    folder: Path,
    times: int | None,
    probability: float | None,
    milliseconds: int | None,
    clear: bool,  # noqa: FBT001 - click passes it by name
    as_json: bool,  # noqa: FBT001 - click passes it by name
) -> None:
    """Make the running sandbox misbehave: SERVICE shows KIND. Without both: show what is ordered.

    The kinds: time-out, taken-then-time-out, 401, 429, 500, 503, half-answer, reset, invalid-answer, slow,
    duplicate-receipt.
    """
    numbers = {"times": times, "probability": probability, "milliseconds": milliseconds}
    address = page_of(folder) + "faults"
    if clear:
        if kind or any(numbers.values()):
            raise click.UsageError("--clear takes a service and nothing else")
        standing = ask(address, {"clear": True, "service": service})
        click.echo(f"{service or 'everything'} behaves again", err=True)
    elif kind is None:
        if service is not None or any(numbers.values()):
            raise click.UsageError("a fault has a SERVICE and a KIND")
        standing = ask(address)
    else:
        standing = ask(address, {"service": service, "kind": kind, **numbers})
        click.echo(f"{service}: {kind} is ordered; faults standing: {len(standing)}", err=True)
        if not as_json:
            return
    _show(standing, as_json=as_json)


def _show(standing: list[dict[str, Any]], *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(standing, ensure_ascii=False, indent=1))
        return
    for one in standing:
        share = "" if one["probability"] == 1 else f", {one['probability']:.0%} of the calls"
        often = "without end" if one["times"] is None else f"{one['times']} more"
        click.echo(f"{one['service']}  {one['kind']}  {often}{share}, {one['milliseconds']} ms")
    if not standing:
        click.echo("no fault is ordered", err=True)
