"""``rpac validate``: an identifier, or the columns of a file, by the rules of ``rpa_commons.validators``."""

import datetime as dt
import json
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .validate_invoice import invoice, xml

if TYPE_CHECKING:
    from rpa_commons.validators import ColumnCheck, FileReport, Identifier

__all__ = ["validate"]

_BLOCK = 1 << 20  # bytes read at once
_FILES = frozenset({".csv", ".txt", ".tsv", ".xlsx", ".xls"})
_ROWS_SHOWN = 10


class _KindOrFile(click.Group):
    """``file`` and ``types`` are commands; any other word is the kind of an identifier."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click's, with the kind handed on as an argument; help and errors call it TYPE."""
        if args[0] in self.commands:
            return super().resolve_command(ctx, args)
        return "TYPE", self.commands["one"], args

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """What is offered by name; the way in for a single number is the kind itself."""
        return ["file", "types", "invoice", "xml"]


class _OneNumber(click.Command):
    """Its first argument is the word that chose it, and stands before the options in the usage line."""

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """What follows ``rpac validate TYPE``."""
        return ["[OPTIONS]", "VALUE..."]


def _numbers_options(command: Any) -> Any:  # noqa: ANN401 - click's decorators
    on = click.option(
        "--on",
        type=click.DateTime(["%Y-%m-%d"]),
        help="The day on which codes must be in use; today when not given.",
    )
    tests = click.option(
        "--test-numbers", is_flag=True, help="Read numbers made for tests, which production refuses."
    )
    as_json = click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
    return on(tests(as_json(command)))


@click.group(cls=_KindOrFile, subcommand_metavar="TYPE VALUE | COMMAND [ARGS]...")
def validate() -> None:
    """Check an identifier, or the columns of a file; what was given is never repeated.

    \b
    rpac validate cpr 0706614818
    rpac validate dk.Cpr+ecpr 0203291WQ3
    rpac validate file movers.csv --column cpr=dk.Cpr

    `rpac validate types` lists what there is. Exit code 0: all right. 1: something is refused.
    """  # noqa: D301 - click reads the one character that the escape stands for


validate.add_command(invoice)
validate.add_command(xml)


# A part of a number that begins with a hyphen is no option, and must not be quoted as an unknown one.
@validate.command("one", cls=_OneNumber, hidden=True, context_settings={"ignore_unknown_options": True})
@click.argument("kind")
@click.argument("text", nargs=-1, required=True, type=click.UNPROCESSED, metavar="VALUE")
@_numbers_options
def one(
    kind: str,
    text: tuple[str, ...],
    as_json: bool,  # noqa: FBT001 - click passes it by name
    test_numbers: bool,  # noqa: FBT001 - click passes it by name
    on: dt.datetime | None,
) -> int:
    """Check one identifier: TYPE is a type's name (`cpr`, `dk.Cpr`, `no.Orgnr`), VALUE what is written."""
    from rpa_commons.validators import InvalidIdentifierError, lost_zeros, numbers

    _refuse_file(kind, text)
    type_, options = _type(kind, on)
    parse: Any = type_.parse
    with numbers("test" if test_numbers else "production"):
        try:
            found = parse(" ".join(text), **options)
        except InvalidIdentifierError as error:
            found, reason = None, error.reason
            said = str(error)
            if lost_zeros(" ".join(text), type_, **options):
                said += "\n    a leading zero may have been lost: find out what wrote it as a number"
    if as_json:
        facts = {"valid": found is not None, "kind": type_.kind}
        facts |= {"reason": reason} if found is None else _facts(found)
        click.echo(json.dumps(facts, indent=2, ensure_ascii=False))
    elif found is None:
        click.echo(said)
    else:
        click.echo(f"a valid {type_.kind}")
        for name, value in _facts(found).items():
            click.echo(f"    {name.replace('_', ' ')}: {value}")
    return 0 if found is not None else 1


def _refuse_file(kind: str, text: tuple[str, ...]) -> None:
    """Say the other command where a file was meant; its name is not repeated either."""
    place = Path(" ".join(text))
    if place.suffix.lower() in _FILES or (place.suffix and place.is_file()):
        raise click.UsageError(f"this is a file: rpac validate file PATH --column HEADER={kind}")


@validate.command("types")
@click.option("--json", "as_json", is_flag=True, help="Print the list as JSON.")
def types(as_json: bool) -> None:  # noqa: FBT001 - click passes it by name
    """List the types by name, and what each is."""
    from rpa_commons.validators import identifier_types

    listed = {name: type_.kind for name, type_ in identifier_types().items()}
    if as_json:
        click.echo(json.dumps(listed, indent=2, ensure_ascii=False))
        return
    width = max(map(len, listed))
    for name, kind in listed.items():
        click.echo(f"{name:{width}}  {kind}")


@validate.command("file")
@click.argument("path", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--column",
    "columns",
    multiple=True,
    required=True,
    metavar="HEADER=TYPE",
    help="A column and what its values should be, e.g. cpr=dk.Cpr; may be repeated.",
)
@click.option("--encoding", default="", help="The file's encoding; recognised when not given.")
@click.option(
    "--delimiter",
    default="",
    help="What stands between two values (`tab` for one); recognised when not given.",
)
@_numbers_options
def file(
    path: Path,
    columns: tuple[str, ...],
    encoding: str,
    delimiter: str,
    as_json: bool,  # noqa: FBT001 - click passes it by name
    test_numbers: bool,  # noqa: FBT001 - click passes it by name
    on: dt.datetime | None,
) -> int:
    """Check columns of the CSV file PATH; rows are numbered as an editor numbers lines."""
    from rpa_commons.validators import UnusableFileError, numbers, validate_delimited

    delimiter = "\t" if delimiter == "tab" else delimiter
    if len(delimiter) > 1 or delimiter in ('"', "\n", "\r"):
        raise click.UsageError("--delimiter is one character, such as ; or ,")
    checks = _checks(columns, on)
    with ExitStack() as stack:
        stack.enter_context(numbers("test" if test_numbers else "production"))
        stream = stack.enter_context(path.open("rb"))
        blocks = iter(lambda: stream.read(_BLOCK), b"")
        size = max(path.stat().st_size, 1)
        try:
            report = validate_delimited(
                _with_progress(blocks, size), checks, encoding=encoding, delimiter=delimiter
            )
        except UnusableFileError as error:
            raise click.UsageError(f"{path}: {error.problem}\n{error.remedy}") from None
    if as_json:
        click.echo(json.dumps(report.to_json(), indent=2, ensure_ascii=False))
    else:
        _print(report, path)
    return 0 if report.clean else 1


def _checks(columns: tuple[str, ...], on: dt.datetime | None) -> dict[str, "ColumnCheck"]:
    from rpa_commons.validators import ColumnCheck

    checks: dict[str, ColumnCheck] = {}
    for column in columns:
        header, _, kind = column.rpartition("=")
        if not header:
            raise click.UsageError("--column is HEADER=TYPE, e.g. --column cpr=dk.Cpr")
        if header in checks:
            raise click.UsageError(f"--column names {header} twice")
        type_, options = _type(kind, on)
        checks[header] = ColumnCheck(type_, **options)
    return checks


def _type(kind: str, on: dt.datetime | None) -> tuple[type["Identifier"], dict[str, Any]]:
    from rpa_commons.validators import UnknownTypeError, named_type, takes

    try:
        type_, options = named_type(kind)
    except UnknownTypeError as error:
        where = "; `rpac validate types` lists them" if error.known else ""
        raise click.UsageError(f"{error}{where}") from None
    if on is not None:
        if not takes(type_, "on"):
            raise click.UsageError(f"--on is for codes with dates of validity, which a {type_.kind} has not")
        options["on"] = on.date()
    return type_, options


def _with_progress(blocks: Iterator[bytes], size: int) -> Iterator[bytes]:
    """The blocks; what takes its time says on stderr how far it is."""
    moving = sys.stderr.isatty()
    done, said = 0, time.monotonic()
    for block in blocks:
        yield block
        done += len(block)
        if time.monotonic() - said > (0.5 if moving else 5):
            said = time.monotonic()
            percent = f"{min(100 * done // size, 100)} % read"
            click.echo(f"\r{percent}\x1b[K" if moving else percent, nl=not moving, err=True)
    if moving:
        click.echo("\r\x1b[K", nl=False, err=True)


def _facts(found: "Identifier") -> dict[str, str]:
    """What the number says about itself, apart from itself."""
    facts = {name: getattr(found, name, None) for name in ("birth_date", "sex", "slip", "level")}
    return {name: str(value) for name, value in facts.items() if value is not None}


def _print(report: "FileReport", path: Path) -> None:
    shown = {"\t": "tab"}.get(report.delimiter, report.delimiter)
    click.echo(f"{path}: {report.rows} rows, {report.encoding}, delimiter {shown}")
    for finding in report.broken:
        click.echo(f"    {finding.count} broken: {finding.reason} ({_rows(finding.rows, finding.count)})")
    for name, column in report.columns.items():
        counts = f"{column.valid} valid, {column.blank} blank, {column.refused} refused"
        click.echo(f"{name} ({column.kind}): {counts}")
        for finding in column.findings:
            click.echo(
                f"    {finding.count} refused: {finding.reason} ({_rows(finding.rows, finding.count)})"
            )


def _rows(rows: tuple[int, ...], count: int) -> str:
    listed = ", ".join(map(str, rows[:_ROWS_SHOWN]))
    more = count - len(rows[:_ROWS_SHOWN])
    return f"{'row' if count == 1 else 'rows'} {listed}{f' and {more} more' if more else ''}"
