"""``rpac-registry render``: every page anew, as the database says now."""

import click

from ._acting import json_option, print_json
from ._operating import writing

__all__ = ["render"]


@click.command()
@json_option
@click.pass_context
def render(ctx: click.Context, *, as_json: bool) -> None:
    """Render every page anew and remove what is none; the registry may go on serving.

    Needed when `rpac-registry verify` names a page. After a change of `languages`, `cooperation`, `country`,
    `contact` or `public_url` in registry.toml, and after an upgrade, `serve` does it when it starts.
    It is one transaction: readers see all of it or nothing.
    """
    from rpa_registry.pages import renew

    with writing(ctx, "") as (registry, connection, actor):
        found = renew(connection, registry.settings, actor)
    if as_json:
        print_json({"pages": found.pages, "changed": list(found.changed)})
        return
    for path in found.changed:
        click.echo(path)
    click.echo(f"{found.pages} pages rendered, {len(found.changed)} were not as they should be")
