"""``rpac-registry init``: an empty registry with its first people."""

import re
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    import sqlalchemy as sa

    from rpa_registry.accounts import IssuedToken
    from rpa_registry.context import Registry
    from rpa_registry.settings import Settings

__all__ = ["init"]

_COUNTRY = "dk"
_FOUNDER = re.compile(r"([^=\s]+)\s*=\s*([^\s=<>]+)(?:\s+([^<>=]*?))?\s*(?:<([^<>]*)>)?")


@click.command()
@click.argument("folder", required=False, type=click.Path(path_type=Path, file_okay=False))
@click.option("--cooperation", required=True, metavar="NAME", help="Its name, as members say it.")
@click.option(
    "--country",
    type=click.Choice(["dk", "no", "se"]),
    help="Where its members are, and the first language of the pages; dk when not given, and said so.",
)
@click.option("--database", default="", metavar="URL", help="SQLAlchemy URL; else SQLite in the folder.")
@click.option(
    "--member", "members", multiple=True, metavar="CODE=NAME", help="A municipality: 0265=Roskilde."
)
@click.option(
    "--coordinator",
    "coordinators",
    multiple=True,
    metavar="LOGIN=CODE [NAME <CONTACT>]",
    help=(
        'A first coordinator and their municipality: "jens=0265", "jens=0265 Jens Holm <jens@example.org>". '
        "Their token is shown once."
    ),
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def init(
    ctx: click.Context,
    folder: Path | None,
    cooperation: str,
    country: str | None,
    database: str,
    members: tuple[str, ...],
    coordinators: tuple[str, ...],
    *,
    as_json: bool,
) -> None:
    """Make a registry in FOLDER: registry.toml, the database, the first members and coordinators."""
    from rpa_registry.accounts import Founder, IssuedToken, found_cooperation
    from rpa_registry.context import Registry
    from rpa_registry.pages import rebuild_all

    pairs = [_pair(one, "--member") for one in members]
    people = [Founder(*_founder(one)) for one in coordinators]
    taken = country or _COUNTRY
    issued: list[IssuedToken] = []

    def found(connection: "sa.Connection", settings: "Settings") -> None:
        issued.extend(found_cooperation(connection, taken, pairs, people))
        rebuild_all(connection, settings)  # the empty lists: a client may ask before anything is published

    registry = Registry.create(
        folder or ctx.obj, cooperation=cooperation, country=taken, database=database, found=found
    )
    registry.close()
    _show(registry, issued, is_country_said=country is not None, as_json=as_json)


def _pair(text: str, option: str) -> tuple[str, str]:
    first, equals, second = text.partition("=")
    if not (first and equals and second):
        raise click.BadParameter(f"{text!r} is not of the form A=B", param_hint=option)
    return first.strip(), second.strip()


def _founder(text: str) -> tuple[str, str, str, str]:
    """Login, code, name and contact; the last two may be empty."""
    found = _FOUNDER.fullmatch(text.strip())
    if found is None:
        raise click.BadParameter(
            f"{text!r} is not of the form LOGIN=CODE or LOGIN=CODE NAME <CONTACT>", param_hint="--coordinator"
        )
    login, code, name, contact = (one or "" for one in found.groups())
    return login, code, name.strip(), contact.strip()


def _show(registry: "Registry", issued: "list[IssuedToken]", *, is_country_said: bool, as_json: bool) -> None:
    from ._acting import print_json

    folder = registry.settings.folder
    if as_json:
        tokens = [{"person": one.person, "token": one.text, "expires": one.expires} for one in issued]
        print_json({"folder": str(folder), "tokens": tokens})
        return
    click.echo(f"{registry.settings.cooperation}: a registry in {folder}", err=True)
    country, languages = registry.settings.country, ", ".join(registry.settings.languages)
    guessed = "" if is_country_said else " (taken, as --country was not given)"
    click.echo(f"Country {country}{guessed}, pages in {languages}; registry.toml says so.", err=True)
    click.echo(f"Next: rpac-registry -C {folder} serve", err=True)
    if issued:
        click.echo(
            f"These tokens are shown now and never again; they expire on {issued[0].expires[:10]}:", err=True
        )
        # One write, and the last: nothing comes between two tokens, wherever the two streams go.
        click.echo("\n".join(f"{one.person}  {one.text}" for one in issued))
