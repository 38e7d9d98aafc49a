"""A table in a bot's settings: asked for a row, and carried to the worker as JSON."""

import pickle
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from rpa_commons.capabilities import BusinessError
from rpa_commons.sdk import BotSettings, Column, NoRowError, NoRowInForceError, Row, Table, table
from rpa_commons.tables import BrokenTableError, TableSpec, template

DAY = date(2026, 5, 1)
KIND = Column.input("kind", "text", one_of=("house", "flat"), description="Kind.")
CHILDREN = Column.input("children", "whole", unit="children", one_of=(0, 1, 2), description="Children.")
INCOME = Column.input("income", "money", unit="DKK", match="band", lowest="0.50", description="Income.")
FEE = Column.output("fee", "money", unit="DKK", description="Fee.")


def table_of(column: Column) -> TableSpec:
    """A table with one more column."""
    return TableSpec((column, FEE))


class Prices(BotSettings):
    """A table inside a table of settings."""

    codes: Table = table(
        Column.input("code", "code", length=4, description="Code."),
        Column.input("owner", "boolean", description="Owner."),
        Column.output("unit", "text", description="Unit."),
        description="Who acts.",
        complete=False,
    )


class Settings(BotSettings):
    """A table with rows of its own."""

    fees: Table = table(
        Column.valid_from(),
        KIND,
        INCOME,
        FEE,
        Column.output("days", "whole", unit="days", description="Deadline."),
        Column.output("until_day", "date", description="Last day.", optional=True),
        Column.output("paper", "boolean", description="On paper."),
        Column.output("team", "text", description="Team."),
        description="Fee by income.",
        sensitive=True,
        rows=(
            {
                "from": date(2020, 1, 1),
                "kind": "*",
                "income": 0.5,
                "fee": "12.50",
                "days": 14,
                "paper": True,
                "team": "A",
            },
            {
                "from": date(2020, 1, 1),
                "kind": "*",
                "income": 500,
                "fee": 0,
                "days": 1,
                "paper": False,
                "team": "B",
                "until_day": "2026-12-31",
            },
        ),
    )
    prices: Prices = Prices()


def test_a_row_gives_typed_outputs() -> None:
    """As attributes, by name, and with a type that is checked."""
    row = Settings().fees.lookup(on=DAY, kind="flat", income=Decimal("499.99"))

    assert (Decimal("12.50"), 14, True, "A", None) == (row.fee, row.days, row.paper, row.team, row.until_day)
    assert Decimal("12.50") == row["fee"] == row.amount("fee")
    assert (14, True, "A") == (row.number("days"), row.flag("paper"), row.text("team"))
    assert ("bot default, row 1", "from 2020-01-01, kind *, income 0.5") == (row.origin, row.conditions)
    assert ["fee", "days", "until_day", "paper", "team"] == list(row)
    assert date(2026, 12, 31) == Settings().fees.lookup(on=DAY, kind="flat", income=500).day("until_day")


def test_an_output_of_another_type_is_refused() -> None:
    """True is no number, an amount no text, and an unknown output no attribute."""
    row = Settings().fees.lookup(on=DAY, kind="flat", income=1)

    with pytest.raises(TypeError, match="paper is no int"):
        row.number("paper")
    with pytest.raises(TypeError, match="fee is no str"):
        row.text("fee")
    with pytest.raises(AttributeError):
        _ = row.fees


def test_a_case_without_a_row_goes_to_a_person() -> None:
    """A business error that repeats no value of the case."""
    with pytest.raises(NoRowError) as caught:
        Settings().fees.lookup(on=DAY, kind="flat", income=Decimal("0.25"))

    assert isinstance(caught.value, BusinessError)
    assert "no row of the table fees covers this case" == caught.value.message
    assert "0.25" not in repr(caught.value.__dict__)


def test_a_day_without_a_row_is_an_error_of_its_own() -> None:
    """With the day, which is no secret."""
    with pytest.raises(NoRowInForceError) as caught:
        Settings().fees.lookup(on=date(2019, 12, 31), kind="flat", income=1)

    assert "no row of the table fees is in force on 2019-12-31" == str(caught.value) == caught.value.message
    assert date(2019, 12, 31) == caught.value.on


def test_find_gives_none_for_a_table_of_exceptions() -> None:
    """Nobody acts for a code that no row names."""
    rows = [{"when": {"code": "0265", "owner": "*"}, "then": {"unit": "Housing"}}]
    codes = Settings.model_validate({"prices": {"codes": rows}}).prices.codes

    assert codes.find(code="0167", owner=True) is None
    found = codes.find(code="0265", owner=False)
    assert found is not None
    assert "Housing" == found.unit


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ({"on": DAY, "kind": "flat"}, "looked up by income, kind, not by kind"),
        ({"on": DAY, "kind": "flat", "incom": 1}, "looked up by income, kind, not by incom, kind"),
        ({"on": DAY, "kind": "flat", "income": 1.5}, "income takes amount \\(DKK\\), not float"),
        ({"on": DAY, "kind": "flat", "income": True}, "income takes amount \\(DKK\\), not bool"),
        ({"on": DAY, "kind": 5, "income": 1}, "kind takes one of house, flat, not int"),
        ({"kind": "flat", "income": 1}, "look them up on=DATE"),
        ({"on": datetime(2026, 5, 1, tzinfo=UTC), "kind": "flat", "income": 1}, "look them up on=DATE"),
    ],
)
def test_a_wrong_question_is_the_bots_mistake(inputs: dict[str, Any], said: str) -> None:
    """A TypeError, not a case for a person."""
    with pytest.raises(TypeError, match=said):
        Settings().fees.lookup(**inputs)


def test_a_whole_number_may_be_one_of_a_few() -> None:
    """``one_of`` for numbers: looked up as a number."""
    spec = TableSpec((CHILDREN, FEE))
    asked = Table([{"when": {"children": "2"}, "then": {"fee": "1"}}], spec, "fees")

    assert Decimal(1) == asked.lookup(children=2).fee
    assert asked.find(children=1) is None


def test_settings_travel_as_json() -> None:
    """Host to worker and back: the same rows, bound to the field's columns and name."""
    given = Settings()
    again = Settings.model_validate_json(given.model_dump_json())

    assert given == again
    assert "fees" == again.fees.name
    assert given == pickle.loads(pickle.dumps(given))  # noqa: S301 - our own bytes
    assert Row({}, "a", "b") == pickle.loads(pickle.dumps(Row({}, "a", "b")))  # noqa: S301 - our own bytes
    assert 2 == len(again.fees)
    assert "Table(fees, 2 rows)" == repr(again.fees)


def test_the_schema_carries_the_table() -> None:
    """All the host knows: columns, hit policy, description, the bot's own rows."""
    field = Settings.model_json_schema()["properties"]["fees"]

    assert ("array", True, "Fee by income.") == (field["type"], field["sensitive"], field["description"])
    assert Settings().fees.spec == TableSpec.from_json(field["table"])
    assert "bot default, row 1" == field["default"][0]["row"]


@pytest.mark.parametrize(
    "rows",
    [
        5,
        [5],
        [{"when": {}, "then": {}}],
        [{"when": {"kind": "*", "income": "1"}, "then": {"fee": "1"}}],
        [{"when": {"kind": "*", "income": "x"}, "then": {}, "from": "2020-01-01"}],
        [{"when": {"kind": "boat", "income": "1"}, "then": {}, "from": "2020-01-01"}],
        [{"when": {"kind": 1, "income": "1"}, "then": {}, "from": "2020-01-01"}],
        [{"when": {"kind": "*", "income": "1"}, "then": {"fe": 1}, "from": "2020-01-01"}],
        [{"when": {"kind": "*", "income": "1"}, "then": [], "from": "2020-01-01"}],
        [{"when": {"kind": "*", "income": "1"}, "then": {}, "from": 5}],
        [{"when": {"kind": "*", "income": "1"}, "then": {}, "from": "x", "more": 1}],
    ],
)
def test_rows_of_another_shape_are_refused_at_the_start(rows: Any) -> None:
    """A settings error in the worker, never a surprise in the middle of a run."""
    with pytest.raises(ValidationError):
        Settings.model_validate({"fees": rows})


def test_a_field_without_columns_says_so() -> None:
    """``fees: Table`` alone cannot be asked."""

    class Bare(BotSettings):
        """A mistake."""

        fees: Table

    with pytest.raises(BrokenTableError, match=r"declare it with table\(...\)"):
        Bare.model_validate({"fees": []}).fees.lookup()


def test_wrong_rows_of_the_bot_are_refused_where_they_are_written() -> None:
    """At import, with the row."""
    with pytest.raises(BrokenTableError, match="row 1: fee: it is no amount"):
        table(FEE, description="Fees.", rows=({"fee": True},))


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: Column.output("Fee", "text", description="x"), "small letters"),
        (lambda: Column.output("note", "text", description="x"), "is none of on, self, note"),
        (lambda: Column.output("fee", "text", description=" "), "no description"),
        (lambda: Column.output("fee", "money", description="x"), "a number has a unit"),
        (lambda: Column.input("a", "text", match="band", description="x"), "have a band"),
        (lambda: Column.input("a", "text", length=4, description="x"), "length goes with a code"),
        (lambda: Column.input("a", "text", lowest=4, description="x"), "lowest and highest go with"),
        (lambda: Column.input("a", "text", one_of=("x", "x"), description="x"), "each value once"),
        (
            lambda: table_of(Column.input("a", "whole", unit="m", lowest=5, highest=4, description="x")),
            "above highest",
        ),
        (
            lambda: table_of(Column.input("a", "whole", unit="m", lowest="x", description="x")),
            "'x': x is no whole number",
        ),
        (lambda: Column.input("a", "decimal", unit="m", one_of=(1,), description="x"), "one_of goes with"),
        (lambda: TableSpec((KIND,)), "a column that answers"),
        (lambda: TableSpec((FEE, FEE)), "two columns have one heading"),
        (lambda: TableSpec((Column.valid_until(), FEE)), "has a first day"),
        (lambda: TableSpec((Column.valid_from(), Column.valid_from("since"), FEE)), "one from column"),
        (lambda: TableSpec((FEE,), "any"), "hit_policy is one of"),  # type: ignore[arg-type]
        (lambda: TableSpec.from_json({"columns": [{"name": 1}]}), "has not the declared shape"),
        (lambda: TableSpec.from_json([]), "has not the declared shape"),
    ],
)
def test_a_description_that_cannot_work_is_refused(make: Any, said: str) -> None:
    """Each contradiction is named to the author."""
    with pytest.raises(BrokenTableError, match=said):
        make()


def test_a_template_names_what_each_column_means() -> None:
    """Comments above the headings, which reading passes over."""
    assert template(TableSpec((Column.valid_from(), KIND, INCOME, FEE))) == (
        "# from: First day on which the row is in force: date, year first: 2026-12-31\n"
        "# kind: Kind: one of house, flat, * for any\n"
        "# income: Income: the lowest value of a band, it ends where the next one begins\n"
        "# fee: Fee: amount (DKK)\n"
        "# note: free words, for example the paragraph\n"
        "from;kind;income;fee;note\n"
    )
