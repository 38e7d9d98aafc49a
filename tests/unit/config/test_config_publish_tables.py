import tomllib
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from rpa_commons.sdk import BotSettings, Field, table
from rpa_commons.sharing import (
    DiffSide,
    diff_sides,
    fleet_check,
    open_member,
    open_members,
    write_published,
)
from rpa_commons.tables import Column, Table

if TYPE_CHECKING:
    from conftest import Town

DAY = date(2026, 11, 22)
CSV = "# Jens Hansen\n\nincome;fee;note\n0;100,50;ask Jens\n1000;200;\n"
TOML = (
    '# Jens Hansen\n[[row]]\nincome = "0"\nfee = "100"\nnote = "ask Jens"\n\n'
    '[[row]]\nincome = "1000"\nfee = "200"\n'
)


class Settings(BotSettings):
    """A bot with a decision table."""

    contact: str = Field(description="Who is asked.", personal=True)
    fees: Table = table(
        Column.input("income", "money", unit="DKK", match="band", lowest=0, description="Yearly income."),
        Column.output("fee", "money", unit="DKK", description="Fee a month."),
        description="Fee by income.",
    )


@pytest.fixture(autouse=True)
def _tables(town: "Town") -> None:
    """The bot takes a table of fees."""
    schema = Settings.model_json_schema()
    town.manifest = town.manifest.model_copy(update={"settings_schema": schema})


def test_a_csv_table_keeps_its_rows_and_lines_without_notes(town: "Town") -> None:
    """The declared columns, each row on its own line; comments and notes are gone."""
    town.write("tables/welcome-letters/fees.csv", CSV)

    assert "\n\nincome;fee\n0;100,50\n1000;200\n" == town.published().files["tables/welcome-letters/fees.csv"]


def test_a_toml_table_keeps_its_rows_and_lines_without_notes(town: "Town") -> None:
    """The same for a table written as TOML."""
    town.write("tables/welcome-letters/fees.toml", TOML)
    text = town.published().files["tables/welcome-letters/fees.toml"]

    assert [{"income": "0", "fee": "100"}, {"income": "1000", "fee": "200"}] == tomllib.loads(text)["row"]
    assert TOML.count("\n") == text.count("\n")
    assert "Jens" not in text


@pytest.mark.parametrize(
    "text",
    [
        "income;fee\n0;010170-1234\n",
        "income;fee;hunter2\n0;100;1\n",
        b"\xff\xfe",
        'income;fee\n0;"10\n',
    ],
)
def test_a_table_that_may_not_be_seen_is_withheld_as_a_whole(town: "Town", text: str | bytes) -> None:
    """A table with a hole is another table: it is listed as withheld, and no byte of it is written."""
    town.write("tables/welcome-letters/fees.csv", text)
    published = town.published()

    assert "tables/welcome-letters/fees.csv" not in published.files
    assert ("settings.fees",) == published.withheld["tables/welcome-letters/fees.csv"]


def test_a_table_that_is_kept_back_counts_as_given(town: "Town", tmp_path: Path) -> None:
    """Its rows are not there to be checked, and nobody is accused of a gap."""
    town.write("tables/welcome-letters/fees.csv", CSV)
    write_published(town.published("fees"), tmp_path / "members")
    with open_members(tmp_path / "members", baseline=tmp_path / "baseline") as members:
        [found] = fleet_check(town.manifest, members, connectors=town.connectors, today=DAY).members

    assert ("works", 0) == (found.verdict, found.count)


def test_a_table_with_a_gap_under_the_new_version_breaks(town: "Town", tmp_path: Path) -> None:
    """Rows are checked against the new version's columns, in the published copy as at home."""
    town.write("tables/welcome-letters/fees.csv", CSV.replace("\n0;", "\n10;"))
    write_published(town.published(), tmp_path / "members")
    with open_members(tmp_path / "members", baseline=tmp_path / "baseline") as members:
        [found] = fleet_check(town.manifest, members, connectors=town.connectors, today=DAY).members

    assert "breaks" == found.verdict
    assert {"E802"} == {one.code for one in found.instances[0].findings}


def test_tables_are_compared_row_by_row(town: "Town", tmp_path: Path) -> None:
    """How many rows each side has and how many differ, not where the rows stand."""
    for name in ("municipality.toml", "stack.toml", "bots/welcome-letters.toml"):
        town.write(f"../other/{name}", (town.folder / name).read_bytes())
    town.write("tables/welcome-letters/fees.csv", CSV)
    town.write("../other/tables/welcome-letters/fees.csv", "income;fee\n0;100,50\n1000;300\n2000;400\n")
    sides = []
    for folder in (town.folder, tmp_path / "other"):
        with open_member(folder) as member:
            sides.append(DiffSide.of(member, lambda _: town.manifest_of, town.connectors))
    [entry] = diff_sides(*sides).instances[0].entries

    assert ("fees", 2, 3) == (entry.key, entry.left and entry.left.rows, entry.right and entry.right.rows)
    assert 3 == entry.different_rows
