"""``rpac config table``: a decision table with its rows' places, its examples, an empty one to begin with.

Rules this module keeps: results go to stdout, findings that stand beside a result to stderr.
"""

import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ._shared import FINDINGS, connectors, environment_option, json_option, manifest_of

if TYPE_CHECKING:
    from rpa_commons.config import Examination, MunicipalityFolder, ShownTable, TableTest

__all__ = ["table"]

_MARK = "*"  # before a row in force


@click.group()
def table() -> None:
    """Show a decision table, run the examples beside it, or begin one."""


@table.command()
@click.argument("instance")
@click.argument("field", required=False)
@click.option(
    "--on",
    callback=lambda _context, _option, text: None if text is None else _day(text),
    metavar="YYYY-MM-DD",
    help="The day for which rows are in force; today when not given.",
)
@environment_option
@json_option
@click.pass_obj
def show(
    folder: Path,
    instance: str,
    field: str | None,
    on: date | None,
    environment: str | None,
    as_json: bool,  # noqa: FBT001 - click passes it by name
) -> int:
    """Show the rows of all layers together, each with its place; those in force are marked.

    INSTANCE is the stem of a file in bots/, FIELD a setting that is a decision table; without FIELD
    the tables there are.
    """
    from rpa_commons.config import open_municipality, show_table, table_names

    municipality = open_municipality(folder, environment=environment)
    examination = _examine(municipality, instance)
    if field is None:
        names = table_names(examination)
        click.echo(json.dumps(names) if as_json else "\n".join(names) or f"{instance} has no decision table")
        return 0
    findings = [one for one in examination.findings if one.key == field]
    day = on or date.today()  # noqa: DTZ011 - rows are in force by the local calendar
    try:
        shown = show_table(examination, field, day)
    finally:
        for one in findings:
            click.echo(one.render() + "\n", err=True)
    click.echo(json.dumps(shown.to_json(), indent=2, ensure_ascii=False) if as_json else _table_text(shown))
    return FINDINGS if any(not one.is_warning for one in findings) else 0


@table.command()
@click.argument("instance", required=False)
@click.argument("field", required=False)
@environment_option
@json_option
@click.pass_obj
def test(
    folder: Path,
    instance: str | None,
    field: str | None,
    environment: str | None,
    as_json: bool,  # noqa: FBT001 - click passes it by name
) -> int:
    """Run the examples kept beside the tables: FIELD.examples.csv.

    Without FIELD every table of the instance, without INSTANCE those of every bot instance. Ends with 1 when
    an example fails, or a table or a file of examples is wrong.
    """
    from rpa_commons.config import open_municipality, table_tests

    municipality = open_municipality(folder, environment=environment)
    names = (instance,) if instance else municipality.instances()
    results = [
        result
        for name in names
        for result in table_tests(municipality, name, _examine(municipality, name), field)
    ]
    if as_json:
        click.echo(json.dumps([one.to_json() for one in results], indent=2, ensure_ascii=False))
    else:
        click.echo("\n\n".join(map(_test_text, results)) or "no bot instance here has a decision table")
    return FINDINGS if any(not one.is_warning for result in results for one in result.findings) else 0


@table.command()
@click.argument("instance")
@click.argument("field")
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write into this new file, as UTF-8, instead of printing: tables/INSTANCE/FIELD.csv.",
)
@environment_option
@click.pass_obj
def template(folder: Path, instance: str, field: str, out: Path | None, environment: str | None) -> None:
    """Print an empty table as CSV, with what each column means; its place is tables/INSTANCE/FIELD.csv.

    PowerShell's > writes another encoding than UTF-8: use --out there. FILE is seen from where you stand.
    """
    from rpa_commons.config import open_municipality, replace_text, table_template

    municipality = open_municipality(folder, environment=environment)
    text = table_template(_examine(municipality, instance), field)
    if out is None:
        click.echo(text, nl=False)
        return
    if out.exists():
        raise click.UsageError(f"{out} is there already; nothing was written")
    replace_text(out, text)
    click.echo(f"wrote {out}", err=True)


def _day(text: str) -> date:
    from rpa_commons.tables import CellError, read_day

    try:
        return read_day(text)
    except CellError as error:
        raise click.BadParameter(f"{error.message}: {error.help}") from None


def _examine(municipality: "MunicipalityFolder", name: str) -> "Examination":
    from rpa_commons.config import examine_instance

    return examine_instance(
        municipality, name, manifest_of(municipality), connectors=connectors(municipality)
    )


def _table_text(shown: "ShownTable") -> str:
    lines = [click.style(shown.key, bold=True) + f": {shown.description}"]
    if shown.hit_policy == "first":
        lines.append("The first row that a case meets counts.")
    if not shown.complete:
        lines.append("Gaps are allowed: a case that meets no row gets no answer.")
    if not shown.rows:
        return "\n".join([*lines, "no rows"])
    headings = [
        f"{name} ({shown.units[name]})" if name in shown.units else name for name in shown.rows[0].cells
    ]
    noted = any(row.note for row in shown.rows)
    grid = [["", *headings, "row", *(["note"] if noted else [])]]
    for row in shown.rows:
        mark = _MARK if row.in_force else ""
        grid.append([mark, *row.cells.values(), row.origin, *([row.note] if noted else [])])
    widths = [max(len(line[column]) for line in grid) for column in range(len(grid[0]))]
    lines += [
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in grid
    ]
    return "\n".join([*lines, f"{_MARK} in force on {shown.on}"])


def _test_text(result: "TableTest") -> str:
    parts = [one.render() for one in result.findings]
    failed = sum(one.code == "E805" for one in result.findings)
    subject = f"{result.instance}: {result.key}"
    count = f"{result.examples} example{'' if result.examples == 1 else 's'}"
    if not result.ran:
        parts.append(f"{subject}: something is wrong with the table, so no example ran")
    elif not result.examples and any(not one.is_warning for one in result.findings):
        parts.append(f"{subject}: no example could be read")
    elif not result.examples:
        parts.append(f"{subject}: no examples; keep some in {result.key}.examples.csv beside the table")
    else:
        parts.append(
            f"{subject}: {count} ran, {failed} failed"
            if failed
            else f"{subject}: {count} ran, all as expected"
        )
    return "\n\n".join(parts)
