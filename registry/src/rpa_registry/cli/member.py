"""``rpac-registry member``: the municipalities of the cooperation."""

import click

from ._acting import json_option
from ._operating import as_option, print_rows, reading, writing

__all__ = ["member"]


@click.group()
def member() -> None:
    """The municipalities of the cooperation."""


@member.command()
@click.argument("code")
@click.argument("name")
@click.option(
    "--country", type=click.Choice(["dk", "no", "se"]), default=None, help="Else the cooperation's."
)
@click.option("--contact", default="", metavar="TEXT", help="Whom to write to.")
@as_option
@click.pass_context
def add(ctx: click.Context, code: str, name: str, country: str | None, contact: str, login: str) -> None:
    """Let the municipality NAME with the official CODE join; quote a code: "0265"."""
    from rpa_registry.accounts import add_member

    with writing(ctx, login) as (registry, connection, actor):
        add_member(
            connection, actor, code, name, country=country or registry.settings.country, contact=contact
        )
    click.echo(f"{name} ({code}) is a member")


@member.command("list")
@json_option
@click.pass_context
def list_(ctx: click.Context, *, as_json: bool) -> None:
    """Every member, by code."""
    from rpa_registry.accounts import members_list

    with reading(ctx) as connection:
        rows = [one.to_json() for one in members_list(connection)]
    columns = ("code", "name", "country", "contact", "joined")
    print_rows(rows, columns, as_json=as_json, nothing="There is no member yet.")
