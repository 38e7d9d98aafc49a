"""``rpac-registry migrate``: the database's schema, and the pages as this program renders them."""

import click

from ._acting import json_option, print_json

__all__ = ["migrate"]


@click.command()
@json_option
@click.pass_context
def migrate(ctx: click.Context, *, as_json: bool) -> None:
    """Bring the database to this program's schema and render every page anew.

    Stop the server and take a backup first: there is no way back but the backup.
    """
    from rpa_registry.context import Registry
    from rpa_registry.pages import rebuild_all

    before, after = Registry.migrate(ctx.obj)
    registry = Registry.open(ctx.obj)
    try:
        with registry.database.write() as connection:
            count = rebuild_all(connection, registry.settings)
    finally:
        registry.close()
    if as_json:
        print_json({"before": before, "after": after, "pages": count})
        return
    changed = f"schema {before or 'none'} -> {after}" if before != after else f"schema {after}, as it was"
    click.echo(f"{changed}; {count} pages rendered")
