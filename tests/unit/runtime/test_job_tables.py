"""What a worker is told of decision tables and amounts: rows as JSON, amounts as text."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from rpa_commons.runtime import Job
from rpa_commons.runtime._errors import RunRefusedError
from rpa_commons.runtime._outfit import _read, plain_json
from rpa_commons.sdk import BotSettings, Field
from rpa_commons.sdk._tables import table
from rpa_commons.tables import Column, Table

FEES = [
    {"when": {"income": "0"}, "then": {"fee": "12.50"}, "from": "2026-01-01", "row": "fees.csv:2"},
    {"when": {"income": "1000.50"}, "then": {"fee": "25.00"}, "from": "2026-01-01", "row": "fees.csv:3"},
]


class Settings(BotSettings):
    """A table and an amount."""

    fees: Table = table(
        Column.valid_from(),
        Column.input("income", "money", unit="DKK", match="band", lowest=0, description="Income."),
        Column.output("fee", "money", unit="DKK", description="Fee."),
        description="Fee by income.",
    )
    limit: Decimal = Field(Decimal("0.10"), description="At most.", unit="DKK")


def _job(settings: dict[str, Any]) -> Job:
    return Job.model_validate(
        {
            "mode": "run",
            "municipality": {"code": "0265", "name": "Roskilde"},
            "folder": "roskilde",
            "state_dir": "state",
            "environment": "test",
            "instance": {"name": "fees", "id": "x", "bot": "fees", "bot_version": "1"},
            "settings": settings,
        }
    )


def _told(settings: dict[str, Any]) -> Settings:
    """The settings after the way through the pipe to the worker."""
    job = Job.model_validate_json(_job(settings).model_dump_json())
    read: Settings = _read(Settings, job.settings, "the settings")
    return read


def test_rows_come_through_and_give_their_row() -> None:
    """To the øre, with the place where the row stands."""
    settings = _told({"fees": FEES, "limit": "0.30"})
    row = settings.fees.lookup(on=date(2026, 6, 1), income=Decimal("1000.50"))

    assert row["fee"] == Decimal("25.00")
    assert row.origin == "fees.csv:3"
    assert settings.limit == Decimal("0.30")


def test_amounts_are_text_in_json() -> None:
    """A binary fraction would not be what somebody wrote."""
    assert plain_json({"limit": Decimal("0.30"), "since": date(2026, 1, 2)}) == (
        '{"limit": "0.30", "since": "2026-01-02"}'
    )


def test_rows_that_are_none_are_refused() -> None:
    """Before anything runs."""
    with pytest.raises(RunRefusedError, match="fees"):
        _told({"fees": [{"fee": "x"}]})
