"""``rpac-registry public``: packages of the public index that releases may require."""

import click

from ._acting import json_option
from ._operating import as_option, print_rows, reading, writing

__all__ = ["public"]


@click.group()
def public() -> None:
    """Packages of the public index that releases may require; every other name is refused at upload.

    A name that nobody here answers for may be a stranger's package (dependency confusion), and nothing but a
    person can tell. The library and what it requires itself are allowed always.
    """


@public.command()
@click.argument("name")
@click.option("--reason", required=True, metavar="TEXT", help="What it is for, and who looked at it.")
@as_option
@click.pass_context
def add(ctx: click.Context, name: str, reason: str, login: str) -> None:
    """Let releases require NAME."""
    from rpa_registry.publishing import approve_public

    with writing(ctx, login) as (_, connection, actor):
        package = approve_public(connection, actor, name, reason)
    click.echo(f"releases may require {package.name}")


@public.command()
@click.argument("name")
@as_option
@click.pass_context
def remove(ctx: click.Context, name: str, login: str) -> None:
    """Let no new release require NAME; those that are here keep what they require."""
    from rpa_registry.publishing import withdraw_public

    with writing(ctx, login) as (_, connection, actor):
        withdraw_public(connection, actor, name)
    click.echo(f"no new release may require {name}")


@public.command("list")
@json_option
@click.pass_context
def list_(ctx: click.Context, *, as_json: bool) -> None:
    """Every approved package, by name; without the library's own."""
    from rpa_registry.publishing import public_list

    with reading(ctx) as connection:
        rows = [one.to_json() for one in public_list(connection)]
    columns = ("name", "reason", "person", "at")
    print_rows(rows, columns, as_json=as_json, nothing="None but the library's own.")
