"""``rpac-registry init``: an empty registry with its first people."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    import sqlalchemy as sa

    from rpa_registry.accounts import IssuedToken
    from rpa_registry.context import Registry
    from rpa_registry.settings import Settings

__all__ = ["init"]


@click.command()
@click.argument("folder", required=False, type=click.Path(path_type=Path, file_okay=False))
@click.option("--cooperation", required=True, metavar="NAME", help="Its name, as members say it.")
@click.option("--country", type=click.Choice(["dk", "no", "se"]), default="dk", show_default=True)
@click.option("--database", default="", metavar="URL", help="SQLAlchemy URL; else SQLite in the folder.")
@click.option(
    "--member", "members", multiple=True, metavar="CODE=NAME", help="A municipality: 0265=Roskilde."
)
@click.option(
    "--coordinator",
    "coordinators",
    multiple=True,
    metavar="LOGIN=CODE",
    help="A first coordinator and their municipality: jens=0265. Their token is shown once.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def init(
    ctx: click.Context,
    folder: Path | None,
    cooperation: str,
    country: str,
    database: str,
    members: tuple[str, ...],
    coordinators: tuple[str, ...],
    *,
    as_json: bool,
) -> None:
    """Make a registry in FOLDER: registry.toml, the database, the first members and coordinators."""
    from rpa_registry.accounts import IssuedToken, found_cooperation
    from rpa_registry.context import Registry
    from rpa_registry.pages import rebuild_all

    pairs = [_pair(one, "--member") for one in members]
    people = [_pair(one, "--coordinator") for one in coordinators]
    issued: list[IssuedToken] = []

    def found(connection: "sa.Connection", settings: "Settings") -> None:
        issued.extend(found_cooperation(connection, country, pairs, people))
        rebuild_all(connection, settings)  # the empty lists: a client may ask before anything is published

    registry = Registry.create(
        folder or ctx.obj, cooperation=cooperation, country=country, database=database, found=found
    )
    registry.close()
    _show(registry, issued, as_json=as_json)


def _pair(text: str, option: str) -> tuple[str, str]:
    first, equals, second = text.partition("=")
    if not (first and equals and second):
        raise click.BadParameter(f"{text!r} is not of the form A=B", param_hint=option)
    return first.strip(), second.strip()


def _show(registry: "Registry", issued: "list[IssuedToken]", *, as_json: bool) -> None:
    from ._acting import print_json

    folder = registry.settings.folder
    if as_json:
        tokens = [{"person": one.person, "token": one.text, "expires": one.expires} for one in issued]
        print_json({"folder": str(folder), "tokens": tokens})
        return
    click.echo(f"{registry.settings.cooperation}: a registry in {folder}", err=True)
    for one in issued:
        click.echo(f"{one.person}  {one.text}")
    if issued:
        click.echo(
            f"These tokens are shown now and never again; they expire on {issued[0].expires[:10]}.", err=True
        )
    click.echo(f"Next: rpac-registry -C {folder} serve", err=True)
