"""``rpac config table``: a decision table with its rows' places, its examples, an empty one to begin with.

Rules this module keeps: results go to stdout, findings that stand beside a result to stderr.
"""

import json
from datetime import date, datetime
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
@click.argument("field")
@click.option(
    "--on",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="YYYY-MM-DD",
    help="The day for which rows are in force; today when not given.",
)
@environment_option
@json_option
@click.pass_obj
def show(
    folder: Path,
    instance: str,
    field: str,
    on: datetime | None,
    environment: str | None,
    as_json: bool,  # noqa: FBT001 - click passes it by name
) -> int:
    """Show the rows of all layers together, each with its place; those in force are marked.

    INSTANCE is the stem of a file in bots/, FIELD a setting that is a decision table.
    """
    from rpa_commons.config import open_municipality, show_table

    municipality = open_municipality(folder, environment=environment)
    examination = _examine(municipality, instance)
    findings = [one for one in examination.findings if one.key == field]
    day = on.date() if on is not None else date.today()  # noqa: DTZ011 - rows are in force by the local calendar
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
@environment_option
@click.pass_obj
def template(folder: Path, instance: str, field: str, environment: str | None) -> None:
    """Print an empty table as CSV, with what each column means; save it as tables/INSTANCE/FIELD.csv."""
    from rpa_commons.config import open_municipality, table_template

    municipality = open_municipality(folder, environment=environment)
    click.echo(table_template(_examine(municipality, instance), field), nl=False)


def _examine(municipality: "MunicipalityFolder", name: str) -> "Examination":
    from rpa_commons.config import examine_instance

    return examine_instance(municipality, name, manifest_of(municipality), connectors=connectors())


def _table_text(shown: "ShownTable") -> str:
    lines = [click.style(shown.key, bold=True) + f": {shown.description}"]
    if shown.hit_policy == "first":
        lines.append("The first row that a case meets counts.")
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
    elif not result.examples:
        parts.append(f"{subject}: no examples; keep some in {result.key}.examples.csv beside the table")
    else:
        parts.append(
            f"{subject}: {count} ran, {failed} failed"
            if failed
            else f"{subject}: {count} ran, all as expected"
        )
    return "\n\n".join(parts)
