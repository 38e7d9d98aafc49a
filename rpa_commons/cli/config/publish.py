"""``rpac config publish``: what the cooperation may see of this configuration."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ._shared import connectors, json_option, manifest_of

if TYPE_CHECKING:
    from rpa_commons.sharing import Published

__all__ = ["publish"]


@click.command()
@click.option(
    "--to",
    "parent",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Write the folder DIR/<code>, in place of what was published there before.",
)
@click.option("--dry-run", is_flag=True, help="Print exactly what would be written, and write nothing.")
@click.option("--without", multiple=True, metavar="KEY", help="Keep this key or table back as well.")
@json_option
@click.pass_obj
def publish(
    folder: Path, parent: Path | None, without: tuple[str, ...], *, dry_run: bool, as_json: bool
) -> None:
    """Write what other members may see of this configuration: choices, never secrets or personal values.

    It is what `rpac fleet check` and others' `rpac config init --like` read. Nothing is sent anywhere: a
    folder is written, and you decide who gets it. Hook code and the words of letters are never in it.
    """
    from rpa_commons.config import open_municipality
    from rpa_commons.sharing import publish as publish_
    from rpa_commons.sharing import write_published

    if parent is None and not dry_run:
        raise click.UsageError("say where to write it: --to DIR; or look at it first: --dry-run")
    municipality = open_municipality(folder, environment="production")
    found = publish_(
        municipality, manifest_of(municipality), connectors=connectors(municipality), without=without
    )
    if parent is not None and not dry_run:
        written = write_published(found, parent)
        click.echo(f"published {len(found.files)} files to {written}", err=True)
    if as_json:
        click.echo(json.dumps(found.to_json(), indent=2, ensure_ascii=False))
    elif dry_run:
        click.echo(_text(found), nl=False)
    for name, why in found.unknown.items():
        click.echo(f"bot instance {name}: all its settings are withheld, since {why}", err=True)
    for name in found.left_out:
        click.echo(f"bot instance {name}: nothing of it is published", err=True)


def _text(found: "Published") -> str:
    files = found.files.items()
    return "".join(f"==> {found.code}/{name} <==\n{text}\n" for name, text in files)
