"""``rpac-registry backup``, ``restore`` and ``verify``: keeping a registry."""

from pathlib import Path

import click

from ._acting import json_option, opened, print_json

__all__ = ["backup", "restore", "verify"]

_FINDINGS = 1


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@json_option
@click.pass_context
def backup(ctx: click.Context, file: Path, *, as_json: bool) -> None:
    """Write everything into one archive, FILE, of one moment; the registry may go on serving."""
    from rpa_registry.operations import backup as write

    with opened(ctx) as registry:
        info = write(registry, file)
    if as_json:
        print_json(info.to_json())
        return
    click.echo(f"{file}: {info.wheels} wheels, {info.log_count} log entries, as of {info.made}")
    click.echo(f"  log head {info.log_head}; keep it elsewhere")


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--into",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    metavar="FOLDER",
    help="New or empty.",
)
@click.option(
    "--database",
    metavar="URL",
    help="Another database than the backup's settings name; 'sqlite': a file in the folder.",
)
@json_option
def restore(file: Path, into: Path, database: str | None, *, as_json: bool) -> None:
    """Make a registry in FOLDER from the backup FILE; everything is checked before the folder is there."""
    from rpa_registry.operations import restore as read

    info = read(file, into, database="" if database == "sqlite" else database)
    if as_json:
        print_json(info.to_json())
        return
    click.echo(f"{into}: {info.wheels} wheels, {info.log_count} log entries, as of {info.made}; all checked")
    click.echo(f"  next: rpac-registry -C {into} serve")


@click.command()
@json_option
@click.pass_context
def verify(ctx: click.Context, *, as_json: bool) -> int:
    """Check everything: the log's chain, each file's hash, signatures, pages. Ends with 1 on a problem."""
    from rpa_registry.operations import verify as check

    with opened(ctx) as registry:
        found = check(registry)
    if as_json:
        print_json(found.to_json())
        return 0 if found.is_sound else _FINDINGS
    for one in found.problems:
        click.echo(f"{one.kind}  {one.subject}: {one.text}\n  help: {one.remedy}")
    click.echo(
        f"{'sound' if found.is_sound else 'not sound'}: {found.log_count} log entries, {found.files} wheels, "
        f"{found.approvals} signatures of releases and projects, {found.signatures} signed documents "
        f"(advisories, test reports), {found.pages} pages"
    )
    click.echo(f"log head {found.log_head}; keep it elsewhere")
    return 0 if found.is_sound else _FINDINGS
