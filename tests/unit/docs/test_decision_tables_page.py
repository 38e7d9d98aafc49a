"""The page on decision tables: its files are read, its examples run, its finding is the one that is found."""

import re
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from rpa_commons.tables import (
    Table,
    TableSpec,
    check_rules,
    read_csv,
    read_examples,
    read_rules,
    read_tables,
    run_example,
    template,
)

PAGE = (Path(__file__).parents[3] / "docs" / "how-to" / "decision-tables.md").read_text("utf-8")
TODAY = date(2026, 2, 1)


def blocks(language: str) -> list[str]:
    """The fenced blocks of a language."""
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


@pytest.fixture(scope="module")
def settings() -> Any:
    """The class that the page shows, as Python reads it."""
    names: dict[str, Any] = {"__name__": "page"}
    exec(blocks("python")[0], names)  # noqa: S102 - our own page
    return names["Settings"]


def table_of(settings: Any, text: str) -> tuple[Table, TableSpec]:
    """The table with the rows of a CSV text."""
    spec = TableSpec.from_json(settings.model_json_schema()["properties"]["fees"]["table"])
    read = read_csv(text, spec)
    assert () == read.problems
    rows = [
        {**row, "row": f"tables/daycare-fees/fees.csv:{line}"}
        for row, line in zip(read.rows, read.lines, strict=True)
    ]
    return Table(rows, spec, "fees"), spec


def test_the_table_on_the_page_has_no_finding(settings: Any) -> None:
    """It can be copied as it stands; so can the rows in TOML."""
    table, spec = table_of(settings, blocks("csv")[0])

    assert [] == list(check_rules(spec, read_rules(spec, table.to_json()), TODAY))
    row = {"from": date(2027, 1, 1), "income": 0, "siblings": "*", "fee": 0}
    assert () == read_tables([(1, row)], spec).problems


def test_the_examples_on_the_page_hold(settings: Any) -> None:
    """As many as the page says."""
    table, spec = table_of(settings, blocks("csv")[0])
    read = read_examples(blocks("csv")[1], spec)

    assert () == read.problems
    assert [None] * 4 == [run_example(table, example) for example in read.examples]
    assert f"{len(read.examples)} examples ran, all as expected" in PAGE


def test_the_lookup_on_the_page_gives_what_it_says(settings: Any) -> None:
    """Amount and origin."""
    table, _ = table_of(settings, blocks("csv")[0])
    row = table.lookup(on=TODAY, income=Decimal(300000), siblings=2)

    assert f'row.amount("fee")  # {row.amount("fee")!r}'.replace("'", '"') in PAGE
    assert f'row.origin  # "{row.origin}"' in PAGE


def test_the_finding_on_the_page_is_the_one_that_is_found(settings: Any) -> None:
    """Word for word, for the mistake it describes."""
    wrong = blocks("csv")[0].replace("2026-01-01;215000;1..10;650", "2026-01-01;21500;1..10;650")
    table, spec = table_of(settings, wrong)
    [problem] = check_rules(spec, read_rules(spec, table.to_json()), TODAY)
    origin = table.to_json()[problem.rows[0]]["row"]

    assert f"{origin}: {problem.code} fees: {problem.message}" in PAGE


def test_the_template_is_read_as_an_empty_table(settings: Any) -> None:
    """What ``rpac config table template`` prints."""
    _, spec = table_of(settings, blocks("csv")[0])

    assert () == read_csv(template(spec), spec).problems
