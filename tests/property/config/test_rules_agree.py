"""Host and worker agree on every rule, whatever the values: the host is content where the model is."""

import json
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from rpa_commons.config.findings._keys import format_key
from rpa_commons.config.layers._layers import Layer
from rpa_commons.config.layers._rules import rules_findings
from rpa_commons.config.layers._section import Section, add_defaults
from rpa_commons.config.schema._schema import SchemaView
from rpa_commons.sdk import (
    BotSettings,
    Field,
    Rule,
    at_least_one,
    at_most,
    excludes,
    less_than,
    requires,
)


class Inner(BotSettings):
    """A nested table."""

    low: int | None = Field(None, description="x", unit="x")
    high: int = Field(5, description="x", unit="x")


class Base(BotSettings):
    """One field per kind of value."""

    whole: int | None = Field(None, description="x", unit="x")
    broken: float | None = Field(None, description="x", unit="x")
    exact: Decimal | None = Field(None, description="x", unit="x")
    five: int = Field(5, description="x", unit="x")
    day: date | None = Field(None, description="x")
    other_day: date = Field(date(2026, 1, 15), description="x")
    moment: datetime | None = Field(None, description="x")
    other_moment: datetime | None = Field(None, description="x")
    hour: time | None = Field(None, description="x")
    other_hour: time | None = Field(None, description="x")
    word: str | None = Field(None, description="x")
    flag: bool = Field(False, description="x")
    items: tuple[int, ...] | None = Field(None, description="x", unit="x")
    inner: Inner = Field(Inner(), description="x")
    perhaps: Inner | None = Field(None, description="x")


NUMBERS = ("whole", "broken", "exact", "five", "inner.low", "inner.high", "perhaps.low", "perhaps.high")
ORDERED = (NUMBERS, ("day", "other_day"), ("moment", "other_moment"), ("hour", "other_hour"))
KEYS = (*NUMBERS, "day", "moment", "hour", "word", "flag", "items", "inner", "perhaps")
WORDS = ("", "a", "b", "2026-01-15", "5")

_small = st.integers(-3, 8)
_day = st.dates(date(2026, 1, 1), date(2026, 1, 31))
_moment = st.builds(
    lambda day, hour, zone: f"{day}T{hour:02}:00:00{zone}",
    _day,
    st.integers(0, 23),
    st.sampled_from(("", "Z", "+02:00", "-05:30")),
)
_table = st.fixed_dictionaries({}, optional={"low": st.none() | _small, "high": _small})
VALUES = st.fixed_dictionaries(
    {},
    optional={
        "whole": st.none() | _small,
        "broken": st.none() | _small | st.floats(-9, 9, allow_nan=False),
        "exact": st.none() | _small | st.decimals(-9, 9, places=2).map(str),
        "five": _small,
        "day": st.none() | _day.map(str),
        "other_day": _day.map(str),
        "moment": st.none() | _moment,
        "other_moment": st.none() | _moment,
        "hour": st.none() | st.integers(0, 23).map("{:02}:00:00".format),
        "other_hour": st.none() | st.integers(0, 23).map("{:02}:30:00".format),
        "word": st.none() | st.sampled_from(WORDS),
        "flag": st.booleans(),
        "items": st.none() | st.lists(_small, max_size=2),
        "inner": _table,
        "perhaps": st.none() | _table,
    },
)


@st.composite
def _rule(draw: st.DrawFn) -> Rule:
    """Any rule that the class accepts."""
    make = draw(st.sampled_from((requires, excludes, less_than, at_most, at_least_one)))
    if make in {less_than, at_most}:
        group = draw(st.sampled_from(ORDERED))
        left, right = draw(st.permutations(group))[:2]
        return make(left, right)
    keys = draw(st.lists(st.sampled_from(KEYS), min_size=2, max_size=3, unique=True))
    if make is at_least_one:
        return at_least_one(*keys)
    fitting: Any = {"flag": st.booleans(), "word": st.sampled_from(WORDS)}.get(keys[0])
    if fitting is None and keys[0] in NUMBERS:
        fitting = _small | st.floats(-3, 8).filter(lambda number: number == round(number, 1))
        if keys[0] in {"whole", "five", "inner.low", "inner.high", "perhaps.low", "perhaps.high"}:
            fitting = _small
    when = draw(st.lists(fitting, max_size=3)) if fitting is not None else []
    return make(*keys, when=when)


def _host_is_content(model: type[BotSettings], values: dict[str, Any]) -> bool:
    view = SchemaView(model.model_json_schema())
    layers = add_defaults(view, (Layer("municipality", values, text="here"),), "bot default", "Settings")
    return not list(rules_findings(Section(view, layers, format_key)))


def _worker_is_content(model: type[BotSettings], values: dict[str, Any]) -> bool:
    try:
        model.model_validate_json(json.dumps(values))
    except ValidationError as error:
        if {"rules"} != {one["type"] for one in error.errors()}:
            raise  # the values were to be right but for the rules
        return False
    return True


def _with_rules(rules: list[Rule]) -> type[BotSettings]:
    return type("Ruled", (Base,), {"rules": tuple(rules), "__module__": __name__})


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rules=st.lists(_rule(), min_size=1, max_size=4), samples=st.lists(VALUES, min_size=4, max_size=8))
def test_host_and_worker_agree(rules: list[Rule], samples: list[dict[str, Any]]) -> None:
    """For any rules and any values of the right types."""
    model = _with_rules(rules)

    for values in samples:
        assert _host_is_content(model, values) == _worker_is_content(model, values)


@settings(max_examples=100, deadline=None)
@given(rule=_rule(), values=VALUES)
def test_defaults_count_alike(rule: Rule, values: dict[str, Any]) -> None:
    """With nothing set both speak of the defaults, and a single rule is judged alike too."""
    model = _with_rules([rule])

    assert _host_is_content(model, {}) == _worker_is_content(model, {})
    assert _host_is_content(model, values) == _worker_is_content(model, values)


class Low(BotSettings):
    """A table with a rule of its own, somewhere inside."""

    low: int = Field(1, description="x", unit="x")
    high: int | None = Field(None, description="x", unit="x")

    rules: ClassVar[tuple[Rule, ...]] = (at_most("low", "high"), requires("low", "high", when=3))


class Deep(BotSettings):
    """Tables with rules wherever a table can be."""

    one: Low = Field(Low(), description="x")
    maybe: Low | None = Field(None, description="x")
    many: tuple[Low, ...] = Field((), description="x")
    named: dict[str, Low] = Field({}, description="x")


_low = st.fixed_dictionaries({}, optional={"low": _small, "high": st.none() | _small})


@settings(max_examples=300, deadline=None)
@given(
    st.fixed_dictionaries(
        {},
        optional={
            "one": _low,
            "maybe": st.none() | _low,
            "many": st.lists(_low, max_size=3),
            "named": st.dictionaries(st.sampled_from("abc"), _low, max_size=3),
        },
    )
)
def test_they_agree_about_tables_inside(values: dict[str, Any]) -> None:
    """Also in lists, in tables by name, and where a table may be left out."""
    assert _host_is_content(Deep, values) == _worker_is_content(Deep, values)


@pytest.mark.parametrize("value", [2**53 + 1, 10**400, -(10**400)])
def test_they_agree_about_numbers_that_floats_cannot_hold(value: int) -> None:
    """Whole numbers are compared as they are, not as floats."""
    model = _with_rules([less_than("whole", "five")])

    assert _host_is_content(model, {"whole": value}) == _worker_is_content(model, {"whole": value})
