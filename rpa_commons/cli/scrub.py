"""``rpac scrub``: copies of recorded requests and answers without personal numbers and secrets.

Rules this module keeps: nothing is written before every file was read and found good; no file is changed or
overwritten; a file is named by its scrubbed name.
"""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from rpa_commons.validators import Scrubbed, StandIns

__all__ = ["scrub"]

_SUFFIXES = (".har", ".http", ".json", ".txt", ".xml", ".yaml", ".yml")
_LARGEST = 20_000_000  # bytes of one file
_LONG = 1_000_000  # characters that take about a second
_CONTROLS = frozenset(map(chr, range(32))) - set("\t\n\r\f")
_WARNING = """\
NOT looked for: names, addresses, telephone numbers, e-mail, case numbers, free text, and whatever is
compressed or encoded. A person must read each copy whole before it is shared."""


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE...")
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="Where the copies go; made where it is missing.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def scrub(files: tuple[Path, ...], out: Path, *, as_json: bool) -> int:
    """Copy recordings to FOLDER with stand-ins for personal numbers and without secrets.

    The same number has the same stand-in in all files of one call, such as 999900-0001, which can belong to
    nobody. Names, addresses and free text are not found: a person must read the copies.
    """
    from rpa_commons.validators import StandIns

    stand_ins = StandIns()
    copies = _copies(files, out, stand_ins)
    _write(out, copies)
    if as_json:
        listed = [{"file": name, "counts": dict(one.counts)} for name, one in copies.items()]
        click.echo(json.dumps({"files": listed, "numbers": len(stand_ins)}, indent=2, ensure_ascii=False))
    else:
        for name, one in copies.items():
            told = ", ".join(f"{count} {kind}" for kind, count in one.counts.items())
            click.echo(f"{name}: {told or 'nothing found'}")
    click.echo(_WARNING, err=True)
    return 0


def _copies(files: tuple[Path, ...], out: Path, stand_ins: "StandIns") -> "dict[str, Scrubbed]":
    """What is to be written, by name; refused before anything is."""
    from rpa_commons.validators import scrub as scrubbed

    copies: dict[str, Scrubbed] = {}
    for path in files:
        name = stand_ins.replace(path.name).text
        text = _text(path, name)
        if len(text) > _LONG:
            click.echo(f"{name}: {len(text) // 1_000_000} million characters ...", err=True)
        copy = scrubbed(text, stand_ins)
        if copies.setdefault(name, copy).text != copy.text:
            raise click.UsageError(f"{name}: two files would have this name; scrub them into two folders")
        if not _is_new(out / name, copy):
            raise click.UsageError(f"{name}: is in the folder already and is another; name an empty folder")
    return copies


def _text(path: Path, name: str) -> str:
    """The content of one file."""
    if path.suffix.lower() not in _SUFFIXES:
        raise click.UsageError(f"{name}: recordings are {', '.join(_SUFFIXES)}")
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST + 1)
    except OSError as error:
        raise click.UsageError(f"{name}: cannot be read: {error.strerror}") from None
    if len(content) > _LARGEST:
        raise click.UsageError(f"{name}: larger than {_LARGEST // 1_000_000} MB; split it, or record less")
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        remedy = "save it as UTF-8 (an editor's Save with encoding), or, when it is binary, leave it out"
        raise click.UsageError(f"{name}: not UTF-8 at byte {error.start}; {remedy}") from None
    if not _CONTROLS.isdisjoint(text):
        raise click.UsageError(
            f"{name}: holds control characters: binary, or UTF-16. Leave it out, or save it as UTF-8"
        )
    return text


def _is_new(path: Path, copy: "Scrubbed") -> bool:
    """Whether there is no such file yet, or the same."""
    try:
        if path.is_symlink() or (path.exists() and not path.is_file()):
            return False
        return not path.exists() or path.read_bytes() == copy.text.encode()
    except OSError:
        return False


def _write(out: Path, copies: "dict[str, Scrubbed]") -> None:
    from rpa_commons.connectors._durable import write_whole

    try:
        out.mkdir(parents=True, exist_ok=True)
        for name, copy in copies.items():
            if not (out / name).exists():
                write_whole(out / name, copy.text.encode())
    except OSError as error:
        raise click.UsageError(f"the folder of --out cannot be written to: {error.strerror}") from None
