"""``rpac-registry stand-in``: who signs while a coordinator is away."""

from datetime import datetime

import click

from ._acting import json_option
from ._operating import as_option, print_rows, reading, writing

__all__ = ["stand_in"]

_DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.group("stand-in")
def stand_in() -> None:
    """Who signs while a coordinator is away; for some weeks, with a reason."""


@stand_in.command()
@click.argument("coordinator")
@click.argument("person")
@click.option("--from", "starts", required=True, type=_DAY, metavar="DAY", help="First day: 2027-07-05.")
@click.option("--until", "ends", required=True, type=_DAY, metavar="DAY", help="Last day.")
@click.option("--reason", required=True, metavar="TEXT", help="Why: 'summer leave'.")
@as_option
@click.pass_context
def name(
    ctx: click.Context,
    coordinator: str,
    person: str,
    starts: datetime,
    ends: datetime,
    reason: str,
    login: str,
) -> None:
    """Let PERSON sign for COORDINATOR from the first day to the last."""
    from rpa_registry.accounts import name_stand_in

    with writing(ctx, login) as (registry, connection, actor):
        named = name_stand_in(
            connection,
            actor,
            coordinator,
            person,
            starts.date(),
            ends.date(),
            reason,
            longest=registry.settings.limits.stand_in_days,
        )
    click.echo(f"stand-in {named.id}: {person} signs for {coordinator}, {named.starts} to {named.ends}")


@stand_in.command("list")
@json_option
@click.pass_context
def list_(ctx: click.Context, *, as_json: bool) -> None:
    """Every stand-in ever named, the newest first."""
    from rpa_registry.accounts import stand_ins_list

    with reading(ctx) as connection:
        rows = [one.to_json() for one in stand_ins_list(connection)]
    columns = ("id", "coordinator", "stand_in", "starts", "ends", "reason", "ended")
    print_rows(rows, columns, as_json=as_json, nothing="Nobody was ever named.")


@stand_in.command()
@click.argument("number", type=int)
@as_option
@click.pass_context
def end(ctx: click.Context, number: int, login: str) -> None:
    """Take stand-in NUMBER back before the last day."""
    from rpa_registry.accounts import end_stand_in

    with writing(ctx, login) as (_, connection, actor):
        ended = end_stand_in(connection, actor, number)
    click.echo(f"{ended.stand_in} signs for {ended.coordinator} no longer")
