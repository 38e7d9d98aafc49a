"""Every setting says what it is for, and every number in which unit, however deep it lies."""

from enum import IntEnum
from typing import Literal, Optional

import pydantic
import pytest
from pydantic import BaseModel, ConfigDict

from rpa_commons.environments._settings_schema import settings_schema
from rpa_commons.sdk import BotSettings, Field


class Level(IntEnum):
    """An enumeration of numbers."""

    LOW = 1
    HIGH = 2


class Inner(BaseModel):
    """A table inside the settings."""

    limit: int = Field(5, description="A limit.")
    word: str = "x"


class Node(BaseModel):
    """A table that contains itself."""

    children: list["Node"] = pydantic.Field(default=[], description="More of them.")
    weight: float = Field(1.0, description="How heavy.")


def problems_of(annotation: object, **field: object) -> list[str]:
    """What is wrong with settings of one described field ``x``."""
    made = pydantic.create_model(  # type: ignore[call-overload]
        "Settings", __base__=BotSettings, x=(annotation, Field(description="Something.", **field))
    )
    return settings_schema(made)[1]


@pytest.mark.parametrize(
    "annotation",
    [int, float, int | None, Optional[float], list[int], dict[str, float], Literal[1, 2], Level],  # noqa: UP045 - both spellings
)
def test_a_number_needs_a_unit_wherever_it_stands(annotation: object) -> None:
    """Optional, listed and enumerated numbers are numbers."""
    assert problems_of(annotation) == ["Settings.x is a number without a unit"]
    assert problems_of(annotation, unit="days") == []


@pytest.mark.parametrize("annotation", [bool, str, Literal["a", "b"], list[str], dict[str, bool], str | None])
def test_what_is_no_number_needs_no_unit(annotation: object) -> None:
    """A switch or a word has no unit."""
    assert problems_of(annotation) == []


@pytest.mark.parametrize("annotation", [Inner, list[Inner], dict[str, Inner], Inner | None])
def test_fields_of_a_table_are_named_with_their_path(annotation: object) -> None:
    """An author finds the field at once, also inside a list of tables."""
    assert problems_of(annotation) == [
        "Settings.x.limit is a number without a unit",
        "Settings.x.word has no description",
    ]


def test_a_table_that_contains_itself_is_looked_at_once() -> None:
    """A recursive model ends."""
    assert problems_of(Node) == ["Settings.x.weight is a number without a unit"]


def test_a_default_that_no_file_can_hold_is_named() -> None:
    """The manifest is JSON, and the settings are TOML: a default must fit in both."""
    made = pydantic.create_model(
        "Settings", __base__=BotSettings, x=(object, Field(object(), description="Something."))
    )

    _, problems = settings_schema(made)

    assert len(problems) == 1
    assert "not JSON serializable" in problems[0]


@pytest.mark.parametrize("config", [ConfigDict(extra="allow"), ConfigDict(strict=False)])
def test_lax_settings_are_refused(config: ConfigDict) -> None:
    """A misspelt key or a number in quotes must never pass silently."""
    lax = type("Lax", (BotSettings,), {"model_config": config, "__module__": __name__})

    _, problems = settings_schema(lax)

    assert problems == ["Lax: model_config must stay strict and forbid unknown keys"]


def test_a_type_without_a_schema_is_named() -> None:
    """A type that JSON Schema cannot say is one problem, not a traceback."""

    class Odd:
        pass

    made = pydantic.create_model(
        "Settings",
        __base__=type("Loose", (BotSettings,), {"model_config": ConfigDict(arbitrary_types_allowed=True)}),
        x=(Odd, Field(description="Something.")),
    )

    schema, problems = settings_schema(made)

    assert schema == {}
    assert len(problems) == 1
