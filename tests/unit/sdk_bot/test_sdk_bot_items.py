"""Work items, outcomes and settings: what may be in them."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from rpa_commons.sdk import (
    BotSettings,
    Done,
    Field,
    HandOver,
    Nothing,
    Outcome,
    Propose,
    Skip,
    Wait,
    WorkItem,
)


@pytest.mark.parametrize("reference", ["", "x" * 201, "line\nbreak", "tab\there", "bell\x07"])
def test_a_reference_is_short_and_printable(reference: str) -> None:
    """An empty, endless or unprintable reference is refused where it is made."""
    with pytest.raises(ValueError, match="1 to 200 printable characters"):
        WorkItem(reference, Nothing())


@pytest.mark.parametrize(
    "reference", ["2211771212", "move-221177-1212", "0706614818/2026", "x 251216 9996 y"]
)
def test_a_reference_holds_no_personal_number(reference: str) -> None:
    """A personal number in a reference is refused, and the message does not repeat it."""
    with pytest.raises(ValueError, match="must not hold a personal number") as caught:
        WorkItem(reference, Nothing())

    assert reference not in str(caught.value)


@pytest.mark.parametrize("reference", ["M-2026-000017", "9" * 10, "a1b2-c3d4", "22117712123"])
def test_other_digits_are_fine(reference: str) -> None:
    """Digits that cannot be a personal number do not stand in the way."""
    assert WorkItem(reference, Nothing()).reference == reference


def test_an_item_may_say_when_it_occurred() -> None:
    """The day of the matter is optional and kept as given."""
    assert WorkItem("a", Nothing()).occurred_on is None
    assert WorkItem("a", Nothing(), occurred_on=date(2026, 11, 1)).occurred_on == date(2026, 11, 1)


@pytest.mark.parametrize(
    "outcome",
    [
        Done(),
        Skip("moved inside"),
        HandOver("protected"),
        Propose("grant", ("because",)),
        Wait("a receipt", datetime(2026, 11, 21, tzinfo=UTC)),
    ],
)
def test_outcomes_are_values(outcome: Outcome) -> None:
    """An outcome cannot be changed after it is made, and equal ones are equal."""
    field = next(iter(outcome.__dataclass_fields__))

    with pytest.raises(AttributeError):
        setattr(outcome, field, "other")


class Settings(BotSettings):
    days: int = Field(10, ge=1, le=60, description="Look back.", unit="days")
    mail: str = Field("", description="Whom to tell.", personal=True)
    limit: int = Field(0, description="Above it a person.", unit="DKK", sensitive=True)


def test_a_field_carries_its_unit_and_care() -> None:
    """Unit, personal and sensitive reach the JSON Schema that the host validates against."""
    properties = Settings.model_json_schema()["properties"]

    assert properties["days"]["unit"] == "days"
    assert properties["days"]["maximum"] == 60
    assert properties["mail"]["personal"] is True
    assert properties["limit"]["sensitive"] is True
    assert "personal" not in properties["days"]


@pytest.mark.parametrize("values", [{"days": "10"}, {"days": 0}, {"days": 61}, {"day": 10}, {"days": True}])
def test_settings_are_strict(values: dict[str, Any]) -> None:
    """A text for a number, a value out of bounds and an unknown key are refused."""
    with pytest.raises(ValidationError):
        Settings(**values)


def test_settings_are_frozen() -> None:
    """A bot cannot change what the municipality has set."""
    with pytest.raises(ValidationError):
        Settings().days = 20
