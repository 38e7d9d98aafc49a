"""``rpac validate invoice`` and ``rpac validate xml``: documents by their publishers' own rules."""

import json
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .specs import folder_option, store_at

if TYPE_CHECKING:
    from rpa_commons.validators.invoices import InvoiceChecker, InvoiceReport

__all__ = ["invoice", "xml"]

_FILES = click.argument(
    "files", type=click.Path(path_type=Path, dir_okay=False, exists=True), nargs=-1, required=True
)


@click.command()
@_FILES
@folder_option
@click.option(
    "--on",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The day to choose rules by where an invoice has no readable date; today when not given.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the reports as JSON.")
def invoice(files: tuple[Path, ...], folder: Path | None, on: datetime | None, as_json: bool) -> int:  # noqa: FBT001 - click passes it by name
    """Check invoices and credit notes in UBL: XML Schema, EN 16931, PEPPOL BIS 3, OIOUBL.

    The document's CustomizationID says which rules it promises to keep, its date which version of them. Exit
    code 0: all accepted by everything that they call for. 1: one is refused, or rules are not here (`rpac
    specs list`).
    """
    from rpa_commons.specs import invoice_checker

    checker = invoice_checker(store_at(folder))
    day = on.date() if on else None
    reports = []
    for number, path in enumerate(files, start=1):
        report = _checked(checker, path, day)
        reports.append((path, report))
        if as_json:
            continue
        _print(path, report)
        if number % 100 == 0:
            click.echo(f"{number} of {len(files)}", err=True)
    if as_json:
        rows = [{"file": str(path), **report.to_json()} for path, report in reports]
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
    return 0 if all(report.verdict == "accepted" for _, report in reports) else 1


@click.command()
@_FILES
@click.option(
    "--against", required=True, metavar="NAME", help="A schema of `rpac specs list`: kle-emneplan ..."
)
@folder_option
@click.option("--json", "as_json", is_flag=True, help="Print the problems as JSON.")
def xml(files: tuple[Path, ...], against: str, folder: Path | None, as_json: bool) -> int:  # noqa: FBT001 - click passes it by name
    """Check documents by a kept XML Schema; of a SOAP message, what its body holds.

    Exit code 1: one is not valid. Values of the document are never shown.
    """
    from rpa_commons.specs import SchemaChecker
    from rpa_commons.validators.xml import InvalidXmlError

    checker = SchemaChecker(store_at(folder), against)
    rows = []
    for path in files:
        try:
            with path.open("rb") as stream:
                problems = [vars(one) for one in checker.check(stream)]
        except InvalidXmlError as error:
            problems = [{"rule": "XML", "line": error.line, "path": "", "text": error.problem}]
        rows.append({"file": str(path), "valid": not problems, "problems": problems})
        if not as_json:
            for one in problems:
                click.echo(f"{path}:{one['line'] or ''}: {one['rule']}: {one['text']} ({one['path']})")
            click.echo(f"{path}: {'not valid' if problems else 'valid'} by {checker.label}")
    if as_json:
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
    return 0 if all(row["valid"] for row in rows) else 1


def _checked(checker: "InvoiceChecker", path: Path, day: date | None) -> "InvoiceReport":
    from rpa_commons.specs import SpecsError
    from rpa_commons.validators.invoices import InvalidRulesError, MissingEngineError

    try:
        with path.open("rb") as stream:
            return checker.check(stream, on=day)
    except MissingEngineError as error:
        raise SpecsError(str(error), remedy="pip install 'rpa-commons[invoices]'") from None
    except InvalidRulesError as error:
        raise SpecsError(
            f"{path}: {error}", remedy="`rpac specs verify`; is it the pack that it is called?"
        ) from None


def _print(path: Path, report: "InvoiceReport") -> None:
    for finding in report.findings:
        line = finding.place.line or ""
        where = f" ({finding.place.path})" if finding.place.path else ""
        click.echo(f"{path}:{line}: {finding.rule} {finding.severity}: {finding.text}{where}")
    for missing in report.unchecked:
        click.echo(f"{path}: not checked: {missing.rules}: {missing.why}")
    for note in report.notes:
        click.echo(f"{path}: note: {note}", err=True)
    checked = ", ".join(report.checked) or "nothing"
    click.echo(f"{path}: {report.verdict} (checked by {checked})")
