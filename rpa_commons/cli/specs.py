"""``rpac specs``: the official schemas and rule packs, by checksum and version.

Usage::

    rpac specs list
    rpac specs add UBL-2.1.zip
    rpac specs verify
"""

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from rpa_commons.specs import Family, Row, SpecsStore

__all__ = ["folder_option", "specs", "store_at"]

_Command = TypeVar("_Command", bound=Callable[..., Any])
_MOST_SHOWN = 2  # files of a version whose SHA-256 are listed for people


def folder_option(command: _Command) -> _Command:
    """Where specifications are kept, as ``folder``."""
    return click.option(
        "--folder",
        type=click.Path(path_type=Path, file_okay=False),
        help="Where they are kept; else RPAC_SPECS_FOLDER, else the user's data folder.",
    )(command)


def store_at(folder: Path | None) -> "SpecsStore":
    """What is kept in the folder that is meant."""
    from rpa_commons.specs import SpecsStore, specs_folder

    return SpecsStore(specs_folder(folder))


@click.group()
def specs() -> None:
    """Official schemas and rule packs: where they are, which are here, whether they are whole."""


@specs.command("list")
@folder_option
@click.option(
    "--all", "every", is_flag=True, help="Every known version, not the newest and those kept alone."
)
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON, each file's SHA-256 too.")
def list_(folder: Path | None, every: bool, as_json: bool) -> None:  # noqa: FBT001 - click passes it by name
    """List what is known and what is kept here; reads no file's contents."""
    from rpa_commons.specs import families, listing

    store = store_at(folder)
    rows = listing(store)
    if as_json:
        document = {"folder": str(store.folder), "specs": [row.to_json() for row in rows]}
        click.echo(json.dumps(document, indent=2, ensure_ascii=False))
        return
    for one in families():
        _print_family(one, [row for row in rows if row.family == one], every=every)
    click.echo(f"kept in {store.folder}", err=True)


@specs.command()
@click.argument("place", type=click.Path(path_type=Path, exists=True))
@folder_option
@click.option("--trust-unknown", metavar="REASON", help="Take what is not known by checksum, because ...")
@click.option("--name", help="With --trust-unknown: which specification it is.")
@click.option("--version", help="With --trust-unknown: which version.")
@click.option(
    "--valid-from",
    type=click.DateTime(["%Y-%m-%d"]),
    help="With --trust-unknown: the first invoice date that it is for.",
)
def add(
    place: Path,
    folder: Path | None,
    trust_unknown: str | None,
    name: str | None,
    version: str | None,
    valid_from: datetime | None,
) -> None:
    """Keep the official files found in PLACE: a file, a folder, or a zip as it was downloaded.

    They are recognised by their SHA-256. What is not known is refused (exit code 5) and said; a release that
    is newer than this program can be taken with a reason, which `rpac specs list` then shows.
    """
    from rpa_commons.specs import add_known, add_trusted

    store = store_at(folder)
    if trust_unknown is None:
        if name or version or valid_from:
            raise click.UsageError("--name, --version and --valid-from go with --trust-unknown")
        done = add_known(store, place)
    else:
        if not name or not version:
            raise click.UsageError("--trust-unknown needs --name and --version")
        day = valid_from.date() if valid_from else None
        done = add_trusted(
            store, place, name=name, version=version, valid_from=day, reason=trust_unknown, by=_who()
        )
    for label in done.added:
        click.echo(f"kept: {label}")
    for sentence in done.incomplete:
        click.echo(f"left out: {sentence}", err=True)


@specs.command()
@folder_option
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def verify(folder: Path | None, as_json: bool) -> int:  # noqa: FBT001 - click passes it by name
    """Read every kept file and compare its SHA-256. Exit code 1: something is damaged."""
    checks = list(store_at(folder).verify())
    if as_json:
        click.echo(json.dumps([vars(one) for one in checks], indent=2, ensure_ascii=False))
    else:
        for one in checks:
            click.echo(f"{one.name} {one.version}: {one.state}")
            for problem in one.problems:
                click.echo(f"    {problem}")
    if not checks:
        click.echo("nothing is kept yet: rpac specs list", err=True)
    return 1 if any(one.state == "damaged" for one in checks) else 0


def _print_family(one: "Family", rows: "list[Row]", *, every: bool) -> None:
    click.secho(f"{one.name}: {one.title}", bold=True)
    click.echo(f"    by {one.publisher}; licence: {one.licence}")
    for row in rows:
        if every or row.newest or row.kept:
            _print_row(row)


def _print_row(row: "Row") -> None:
    since = f", for invoices from {row.valid_from} ({row.basis})" if row.valid_from else ""
    click.echo(f"    {row.version}: {'kept' if row.kept else 'not here'}{since}")
    if row.trust:
        click.echo(f"        trusted by {row.trust.by} on {row.trust.at[:10]}: {row.trust.reason}")
    elif not row.kept:
        click.echo(f"        from {row.source}")
        if len(row.files) > _MOST_SHOWN:
            click.echo(f"        {len(row.files)} files; --json lists their SHA-256")
            return
        for path, digest in row.files.items():
            click.echo(f"        {path}  sha256 {digest}")


def _who() -> str:
    import getpass

    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        return "unknown"
