"""The table of desks that Roskilde's example ships answers as its own examples say."""

from datetime import date, timedelta
from pathlib import Path

from rpa_commons.tables import (
    Column,
    Table,
    TableSpec,
    check_rules,
    read_csv,
    read_examples,
    read_rules,
    run_example,
)

FOLDER = Path(__file__).parents[3] / "examples/digit/roskilde/tables/welcome-letters"
SPEC = TableSpec(
    (
        Column.valid_from(),
        Column.input("postal_code", "whole", unit="postal code", match="range", description="Postal code."),
        Column.output("desk", "text", description="Desk."),
        Column.output("phone", "text", optional=True, description="Phone."),
    ),
    complete=False,
)


def test_no_desk_is_lost_when_another_moves() -> None:
    """The day before, the day, the day after: every postal code finds a desk, and nothing is wrong."""
    read = read_csv((FOLDER / "desks.csv").read_text("utf-8"), SPEC)
    examples = read_examples((FOLDER / "desks.examples.csv").read_text("utf-8"), SPEC)
    table = Table(read.rows, SPEC, "desks")
    days = [date(2027, 1, 1) + timedelta(days=number) for number in (-1, 0, 1)]

    assert () == read.problems == examples.problems
    assert [] == list(check_rules(SPEC, read_rules(SPEC, read.rows), days[0]))
    assert [None] * 4 == [run_example(table, one) for one in examples.examples]
    assert all(table.find(on=day, postal_code=code) for day in days for code in (4000, 4030, 4040, 4130))
