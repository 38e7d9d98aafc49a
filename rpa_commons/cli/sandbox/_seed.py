"""``rpac sandbox seed``: the town in files: people, moves, invoices, applications."""

import json
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ._shared import connect_option, error_of, folder_option, town_options

if TYPE_CHECKING:
    from rpa_commons.sandbox import Sandbox

__all__ = ["seed"]

_KINDS = ("people", "moves", "invoices", "applications")
_EXTRACT = {"people": "register-extract", "moves": "moves-extract"}


@click.command()
@click.argument("kind", type=click.Choice(_KINDS))
@folder_option
@town_options
@connect_option("people, moves: write the extracts in the layout that this municipality declares.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Write the files there.")
@click.option(
    "--municipality",
    metavar="CODE",
    help="Whose; by default that of the current folder, else of the sandbox.",
)
@click.option(
    "--count", type=click.IntRange(1), default=20, show_default=True, help="invoices, applications."
)
@click.option("--broken", is_flag=True, help="invoices: add one of each kind that must not get through.")
@click.option("--json", "as_json", is_flag=True, help="Print counts and files as JSON.")
def seed(  # noqa: PLR0913, PLR0917 - one parameter for each option
    kind: str,
    folder: Path,
    seed: int | None,
    people: int | None,
    today: datetime | None,
    folders: Sequence[Path],
    out: Path | None,
    municipality: str | None,
    count: int,
    broken: bool,  # noqa: FBT001 - click passes it by name
    as_json: bool,  # noqa: FBT001 - click passes it by name
) -> None:
    """Write KIND of the town in files, or, for people and moves without --out or --connect, count them.

    The town is the one that --folder remembers; no sandbox need run. The same seed, day and municipality give
    the same bytes.
    """
    from rpa_commons.sandbox import Sandbox, SandboxError, municipality_facts
    from rpa_commons.validators import InvalidIdentifierError

    _check(kind, folders, out, broken=broken)
    town: dict[str, Any] = {"seed": seed, "people": people, "today": today.date() if today else None}
    try:
        box = Sandbox(folder, **town)
        here = click.get_current_context().obj or Path()
        places = [*folders] or (
            [here] if municipality is None and (here / "municipality.toml").exists() else []
        )
        served = dict(municipality_facts(path) for path in places)
        if not served.items() <= box.municipalities.items():  # a town that this sandbox never had
            box = Sandbox(folder, municipality=served, **town)
        code = municipality or next(iter(box.municipalities))
        if served and municipality is None:
            code = next(iter(served))
        written = _write(box, kind, out, folders, code, count=count, broken=broken)
        facts = {
            "kind": kind,
            "seed": box.seed,
            **_counts(box, code),
            "files": [str(path) for path in written],
        }
    except (SandboxError, InvalidIdentifierError, OSError) as error:
        raise error_of(error) from None
    _show(facts, as_json=as_json)


def _check(kind: str, folders: Sequence[Path], out: Path | None, *, broken: bool) -> None:
    files_only = kind in {"invoices", "applications"}
    if files_only and out is None:
        raise click.UsageError(f"say where the {kind} shall be written: --out FOLDER")
    if files_only and folders:
        raise click.UsageError("--connect is for people and moves; --municipality says whose")
    if broken and kind != "invoices":
        raise click.UsageError("--broken is for invoices")


def _write(
    box: "Sandbox",
    kind: str,
    out: Path | None,
    folders: Sequence[Path],
    code: str,
    *,
    count: int,
    broken: bool,
) -> list[Path]:
    written = [path for folder in folders for path in _declared(box, kind, folder)]
    if out is None:
        return written
    if kind == "invoices":
        return [*box.write_invoices(out, code=code, count=count, broken=broken)]
    if kind == "applications":
        return [*box.write_applications(out, code=code, count=count)]
    if kind == "people":
        return [*written, box.write_register_extract(out / "register.csv")]
    return [*written, box.write_moves_extract(out / "moves.csv", code, date.min)]


def _declared(box: "Sandbox", kind: str, folder: Path) -> Sequence[Path]:
    """The one file of this kind that the municipality's stack declares."""
    from rpa_commons.config import declared_stack, open_municipality

    stack = declared_stack(open_municipality(folder))
    wanted = {name: entry for name, entry in stack.items() if entry[0] == _EXTRACT[kind]}
    if not wanted:
        click.echo(f"{folder}: its stack declares no {_EXTRACT[kind]}", err=True)
    return box.write_files(folder, stack=wanted) if wanted else ()


def _counts(box: "Sandbox", code: str) -> dict[str, Any]:
    return {
        "municipality": code,
        "today": box.people.today.isoformat(),
        "people": len(box.people),
        "moves": len(box.moves_into(code, date.min)),
    }


def _show(facts: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(facts, ensure_ascii=False, indent=1))
        return
    for path in facts["files"]:
        click.echo(path)
    click.echo(
        f"seed {facts['seed']}, {facts['today']}: {facts['people']} people, {facts['moves']} moves into"
        f" {facts['municipality']}; files written: {len(facts['files'])}",
        err=True,
    )
