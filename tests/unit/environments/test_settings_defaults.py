"""What a bot starts from is what its own settings accept; what the build says of secrets and idle rules."""

from typing import Annotated, Any, ClassVar, Literal

import pydantic
import pytest
from pydantic import AfterValidator, model_validator

from rpa_commons.config import SecretRef
from rpa_commons.environments._settings_schema import settings_schema
from rpa_commons.sdk import (
    BotSettings,
    Column,
    Field,
    Rule,
    Table,
    at_least_one,
    at_most,
    excludes,
    less_than,
    requires,
    table,
)


def problems_of(annotation: object, field: Any, *rules: Rule, **more: Any) -> list[str]:
    """What is wrong with settings that have a field ``x``, and perhaps others."""
    base = type("Settings", (BotSettings,), {"__module__": __name__})
    fields: dict[str, Any] = {"x": (annotation, field), **more}
    made: type[BotSettings] = pydantic.create_model("Settings", __base__=base, **fields)
    ruled = type("Settings", (made,), {"__module__": __name__, "rules": rules}) if rules else made
    return settings_schema(ruled)[1]


class Ages(BotSettings):
    """Who gets a grant."""

    youngest: int = Field(3, ge=0, unit="years", description="Youngest.")


class Wrong(BotSettings):
    """A table with a wrong default."""

    limit: int = Field(90, le=60, unit="days", description="Limit.")


@pytest.mark.parametrize(
    ("annotation", "default", "limits", "message"),
    [
        (int, 140, {"le": 60, "unit": "days"}, "Input should be less than or equal to 60"),
        (Literal["post", "paper"], "fax", {}, "Input should be 'post' or 'paper'"),
        (int, "3", {"unit": "days"}, "Input should be a valid integer"),
        (list[str], ["a", 1], {}, "at 1: Input should be a valid string"),
        (str, "ab", {"pattern": "^[0-9]+$"}, "String should match pattern '^[0-9]+$'"),
    ],
)
def test_a_default_that_its_field_refuses_is_named(
    annotation: object, default: object, limits: dict[str, Any], message: str
) -> None:
    """A bound, a choice, a type, an item, a pattern: whatever a municipality could not write either."""
    found = problems_of(annotation, Field(default, description="X.", **limits))

    assert len(found) == 1
    assert found[0].startswith("Settings.x: its default is refused")
    assert message in found[0]


def test_a_default_is_seen_beside_a_required_field() -> None:
    """What each municipality must fill in hides nothing."""
    late = (int, Field(140, le=60, unit="days", description="Y."))

    [found] = problems_of(str, Field(description="X."), y=late)

    assert found == "Settings.y: its default is refused: Input should be less than or equal to 60"


def test_defaults_inside_a_table_are_looked_at() -> None:
    """The sentence names the table's class."""
    [found] = problems_of(dict[str, Wrong], Field({}, description="X."))

    assert found == "Wrong.limit: its default is refused: Input should be less than or equal to 60"


def test_a_check_in_python_counts_for_a_default_too() -> None:
    """A validator of one value is carried out; its own words are repeated."""

    def even(value: int) -> int:
        if value % 2:
            raise ValueError("must be even")
        return value

    [found] = problems_of(Annotated[int, AfterValidator(even)], Field(3, unit="days", description="X."))

    assert found == "Settings.x: its default is refused: must be even"


def test_a_check_of_the_class_counts_where_nothing_is_missing() -> None:
    """With a required field it waits for the municipality's value."""

    class Checked(BotSettings):
        x: int = Field(3, unit="days", description="X.")

        @model_validator(mode="after")
        def _check(self) -> "Checked":
            raise ValueError("three is not enough")

    class Open(Checked):
        y: str = Field(description="Y.")

    assert settings_schema(Checked)[1] == ["Checked: its defaults are refused: three is not enough"]
    assert settings_schema(Open)[1] == []


@pytest.mark.parametrize("needed", [False, True])
def test_defaults_that_break_a_rule_are_named_once(needed: bool) -> None:
    """Also while another setting is missing."""
    more = {"z": (str, Field(description="Z."))} if needed else {}
    high = (int, Field(2, unit="days", description="Y."))

    found = problems_of(int, Field(3, unit="days", description="X."), at_most("x", "y"), y=high, **more)

    assert found == ["Settings: the defaults break a rule: x must be at most y"]


def test_a_rule_about_a_missing_value_is_not_judged() -> None:
    """Nobody knows yet what the municipality writes."""
    high = (int, Field(unit="days", description="Y."))

    assert problems_of(int, Field(3, unit="days", description="X."), less_than("x", "y"), y=high) == []


_COLUMNS = (
    Column.input("income", "money", unit="DKK", match="band", lowest=0, description="Income."),
    Column.output("fee", "money", unit="DKK", description="Fee."),
)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (
            [{"income": 10, "fee": 5}],
            "Settings.x: row 1 of its default: no row covers income 0 to below 10 DKK",
        ),
        ([{"income": 0, "fee": 1}, {"income": 0, "fee": 2}], "Settings.x: row 2 of its default: "),
    ],
)
def test_rows_that_make_no_table_are_named(rows: list[dict[str, Any]], said: str) -> None:
    """A gap and a double row of the bot's own would stop every municipality."""
    [found] = problems_of(Table, table(*_COLUMNS, description="Fees.", rows=rows))

    assert found.startswith(said)


def test_rows_that_count_from_a_later_day_are_right() -> None:
    """Whether a bot can be built does not hang on the day it is built."""
    rows = [{"from": "2099-01-01", "income": 0, "fee": 1}]

    assert problems_of(Table, table(Column.valid_from(), *_COLUMNS, description="Fees.", rows=rows)) == []


def test_a_table_without_rows_is_the_municipalitys() -> None:
    """It is filled in there."""
    assert problems_of(Table, table(*_COLUMNS, description="Fees.")) == []


@pytest.mark.parametrize("annotation", [SecretRef, SecretRef | None, dict[str, SecretRef]])
def test_a_bot_has_no_secrets(annotation: object) -> None:
    """One sentence, that says where secrets belong."""
    found = problems_of(annotation, Field(None, description="X."))

    assert "Settings.x is a secret: a bot has no secrets of its own, they belong to connectors" in found
    assert not [one for one in found if "description" in one]


def test_a_description_may_equal_the_tables_own() -> None:
    """Pydantic leaves such a description out of the schema; it is there again, and no trace of how."""

    class Settings(BotSettings):
        ages: Ages = Field(Ages(), description="Who gets a grant.")

    schema, found = settings_schema(Settings)

    assert found == []
    assert schema["properties"]["ages"]["description"] == "Who gets a grant."
    assert "\0" not in repr(schema)
    assert "\\x00" not in repr(schema)


@pytest.mark.parametrize(
    ("rule", "is_idle"),
    [
        (requires("x", "y"), True),
        (requires("x", "must"), True),
        (requires("x", "y", "z"), False),
        (requires("x", "z"), False),
        (requires("x", "ages.youngest"), True),
        (at_least_one("z", "y"), True),
        (at_least_one("x", "z"), False),
        (excludes("z", "x"), False),
    ],
)
def test_a_rule_that_can_never_fail_is_named(rule: Rule, is_idle: bool) -> None:
    """What has a default, or must be given, is always set."""

    class Settings(BotSettings):
        x: str | None = Field(None, description="X.")
        y: int = Field(3, unit="days", description="Y.")
        z: str | None = Field(None, description="Z.")
        must: str = Field(description="Must.")
        ages: Ages = Field(Ages(), description="Ages.")
        rules: ClassVar[tuple[Rule, ...]] = (rule,)

    found = settings_schema(Settings)[1]

    assert bool([one for one in found if "can never fail" in one]) == is_idle
