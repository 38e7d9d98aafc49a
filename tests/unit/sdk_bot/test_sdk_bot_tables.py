"""A bot asks a decision table: by the item's own day, and on the record."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from rpa_commons.sdk import Bot, BotSettings, Column, Field, NoRowError, NoRowInForceError, Table, table

_INCOME = Column.input("income", "money", unit="DKK", match="band", lowest=0, description="Income.")
_FEE = Column.output("fee", "money", unit="DKK", description="Fee.")


class Inner(BotSettings):
    """A table without days."""

    limits: Table = table(_INCOME, _FEE, description="Limits.", rows=({"income": 10, "fee": 5},))


class Settings(BotSettings):
    """A table with days, and one inside."""

    fees: Table = table(
        Column.valid_from(),
        _INCOME,
        _FEE,
        description="Fees.",
        rows=({"from": "2026-11-21", "income": 0, "fee": "12.5"},),
    )
    inner: Inner = Field(Inner(), description="Inner.")


class Asking(Bot[Settings]):
    """Asks."""


@pytest.fixture
def bot(context: Any) -> Asking:
    """On 21 November 2026."""
    return Asking(Settings(), context, {})


def test_the_row_of_today_is_looked_up_and_recorded(bot: Asking, context: Any) -> None:
    """The day is the bot's own; the record has question, answer and row."""
    row = bot.look_up("fees", income=Decimal(100))

    assert Decimal("12.5") == row.amount("fee")
    [rule] = context.rules
    assert ("table fees", "fee 12.5 (bot default, row 1)") == (rule.paragraph, rule.result)
    assert {"income": "100", "on": "2026-11-21"} == rule.facts


def test_another_day_may_count(bot: Asking, context: Any) -> None:
    """A day without rows is a case for a person, and on the record too."""
    with pytest.raises(NoRowInForceError):
        bot.look_up("fees", on=date(2026, 11, 20), income=Decimal(100))

    assert "no row of the table fees is in force on 2026-11-20" == context.rules[0].result


def test_a_table_inside_other_settings_is_named_by_its_path(bot: Asking, context: Any) -> None:
    """Without days in the table no day is recorded."""
    assert Decimal(5) == bot.look_up("inner.limits", income=10).fee
    assert ({"income": "10"}, "table inner.limits") == (context.rules[0].facts, context.rules[0].paragraph)

    with pytest.raises(NoRowError):
        bot.look_up("inner.limits", income=9)
