"""``rpac-registry search``: the catalogue searched at the server."""

import click

from ._acting import json_option, opened, print_json

__all__ = ["search"]

_FILTERS = {
    "kle": "KLE number, or its beginning.",
    "capability": "A capability that it asks for.",
    "tier": "bronze, silver, gold or platinum.",
    "country": "dk, no or se.",
    "data_category": "A category of data.",
    "kind": "bot, connector or baseline.",
    "state": "certified, published, deprecated, ...",
}


def _with_filters(command: click.Command) -> click.Command:
    for name, text in _FILTERS.items():
        command.params.append(click.Option([f"--{name.replace('_', '-')}", name], default="", help=text))
    return command


@click.command()
@click.argument("words", nargs=-1)
@click.option("--limit", default=20, type=click.IntRange(1, 1000), help="At most so many.")
@json_option
@click.pass_context
def search(
    ctx: click.Context, /, words: tuple[str, ...], limit: int, *, as_json: bool, **filters: str
) -> int:
    """Find bots by words of any of the four languages; without words, all that the filters let through.

    Ends with 1 when nothing is found.
    """
    from rpa_registry.catalogue import search as find

    with opened(ctx) as registry, registry.database.read() as connection:
        found = find(connection, registry.settings, " ".join(words), filters, limit=limit)
    if as_json:
        print_json({"results": [one.to_json() for one in found]})
        return 0 if found else 1
    if not found:
        click.echo("nothing was found; try fewer or other words", err=True)
        return 1
    if found[0].partial:
        click.echo("no project has all the words; these have some of them", err=True)
    width = max(len(one.entry["name"]) for one in found)
    for one in found:
        entry = one.entry
        version = entry["certified"] or entry["latest"] or "-"
        known = f"{version:<10}  {entry['state']:<11}  {entry['tier']:<8}"
        click.echo(f"{entry['name']:{width}}  {known}  {entry['summary']}")
    return 0


_with_filters(search)
