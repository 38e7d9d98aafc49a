"""What the commands about members, people and tokens share: who acts, one transaction, a table.

Usage::

    with writing(ctx, login) as (registry, connection, actor):
        add_member(connection, actor, "0265", "Roskilde", country="dk")
"""

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from ._acting import opened, print_json

if TYPE_CHECKING:
    import sqlalchemy as sa

    from rpa_registry.accounts import Identity
    from rpa_registry.context import Registry

__all__ = ["as_option", "print_rows", "reading", "writing"]

as_option = click.option(
    "--as", "login", default="", metavar="LOGIN", help="For whom you act; else you act as the operator."
)


@contextlib.contextmanager
def writing(ctx: click.Context, login: str) -> "Iterator[tuple[Registry, sa.Connection, Identity]]":
    """One transaction, and who does it: the operator, or the person they act for."""
    from rpa_registry.accounts import as_person, operator

    with opened(ctx) as registry, registry.database.write() as connection:
        yield registry, connection, as_person(connection, login) if login else operator()


@contextlib.contextmanager
def reading(ctx: click.Context) -> "Iterator[sa.Connection]":
    """A connection that reads."""
    with opened(ctx) as registry, registry.database.read() as connection:
        yield connection


def print_rows(
    rows: Sequence[Mapping[str, Any]], columns: Sequence[str], *, as_json: bool, nothing: str
) -> None:
    """Rows as JSON, or as columns under their names; a sentence to stderr where there are none."""
    if as_json:
        print_json(list(rows))
        return
    if not rows:
        click.echo(nothing, err=True)
        return
    cells = [[column.replace("_", " ") for column in columns]]
    cells += [[_cell(row[column]) for column in columns] for row in rows]
    widths = [max(len(line[at]) for line in cells) for at in range(len(columns))]
    for line in cells:
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


def _cell(value: Any) -> str:  # noqa: ANN401 - any JSON value
    if value is None or value == "":
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ",".join(map(str, value))
    return str(value)
