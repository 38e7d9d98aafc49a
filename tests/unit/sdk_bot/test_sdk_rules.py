"""Rules between settings: data that host and worker read alike, refused where they can never work."""

import json
from datetime import UTC, date, datetime, time
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, ClassVar, Literal

import pydantic
import pytest
from pydantic import AfterValidator, BaseModel, ValidationError

from rpa_commons.environments._settings_schema import settings_schema
from rpa_commons.sdk import (
    BotSettings,
    Field,
    Rule,
    Violation,
    at_least_one,
    at_most,
    excludes,
    less_than,
    python_checks_of,
    requires,
    rule_from_json,
    rule_problems,
    violation,
)


class Channel(Enum):
    """How a letter goes out."""

    POST = "post"
    PAPER = "paper"


class Limits(BotSettings):
    """A table with a rule of its own."""

    low: int = Field(1, description="Least.", unit="kroner")
    high: int | None = Field(None, description="Most.", unit="kroner")

    rules: ClassVar[tuple[Rule, ...]] = (at_most("low", "high", because="a range has two ends"),)


class Settings(BotSettings):
    """One field of each kind that rules speak about."""

    first: date | None = Field(None, description="First day.")
    last: date | None = Field(None, description="Last day.")
    moment: datetime | None = Field(None, description="Since when.")
    until: datetime | None = Field(None, description="Until when.")
    opens: time | None = Field(None, description="Opening hour.")
    closes: time | None = Field(None, description="Closing hour.")
    fee: Decimal | None = Field(None, description="Fee.", unit="DKK")
    ceiling: float | None = Field(None, description="Ceiling.", unit="DKK")
    channel: Channel = Field(Channel.POST, description="How it goes out.")
    mode: Literal["fast", "slow"] = Field("fast", description="Pace.")
    folder: str | None = Field(None, description="Where.")
    words: tuple[str, ...] = Field((), description="Words.")
    limits: Limits = Field(Limits(), description="Bounds.")
    extra: Limits | None = Field(None, description="More bounds.")
    enabled: bool = Field(True, description="Whether.")


def with_rules(*rules: Rule) -> type[Settings]:
    """The settings with these rules."""
    made: type[Settings] = type("Ruled", (Settings,), {"rules": rules, "__module__": __name__})
    return made


def messages(settings: type[BotSettings], **values: Any) -> str:
    """What a worker says about values; empty when nothing."""
    try:
        settings.model_validate_json(json.dumps(values, default=str))
    except ValidationError as error:
        return "; ".join(one["msg"] for one in error.errors())
    return ""


DAY = "2026-03-01"


@pytest.mark.parametrize(
    ("rule", "values", "expected"),
    [
        (requires("first", "last"), {}, ""),
        (requires("first", "last"), {"first": DAY}, "first needs last"),
        (requires("first", "last"), {"first": DAY, "last": None}, "first needs last"),
        (requires("first", "last"), {"first": DAY, "last": DAY}, ""),
        (requires("first", "last", "folder"), {"first": DAY}, "first needs last and folder"),
        (requires("mode", "folder", when="slow"), {}, ""),
        (requires("mode", "folder", when="slow"), {"mode": "slow"}, "mode needs folder"),
        (requires("mode", "folder", when=["slow", "fast"]), {}, "mode needs folder"),
        (requires("channel", "folder", when="paper"), {"channel": "paper"}, "channel needs folder"),
        (requires("enabled", "folder", when=True), {}, "enabled needs folder"),
        (requires("enabled", "folder", when=True), {"enabled": False}, ""),
        (requires("limits.high", "folder"), {"limits": {"high": 3}}, "limits.high needs folder"),
        (requires("first", "extra.high"), {"first": DAY}, "first needs extra.high"),
        (requires("first", "extra.high"), {"first": DAY, "extra": {"high": 2}}, ""),
        (requires("extra", "folder"), {"extra": {}}, "extra needs folder"),
        (requires("folder", "first"), {"folder": ""}, "folder needs first"),
        (excludes("first", "folder"), {"first": DAY}, ""),
        (excludes("first", "folder"), {"first": DAY, "folder": "x"}, "first excludes folder"),
        (excludes("mode", "folder", when="fast"), {"folder": "x"}, "mode excludes folder"),
        (excludes("mode", "folder", when="fast"), {"mode": "slow", "folder": "x"}, ""),
        (at_least_one("first", "folder"), {}, "one of first, folder must be set"),
        (at_least_one("first", "folder"), {"folder": "x"}, ""),
        (less_than("first", "last"), {"first": DAY, "last": DAY}, "first must be less than last"),
        (less_than("first", "last"), {"first": DAY, "last": "2026-03-02"}, ""),
        (less_than("first", "last"), {"first": DAY}, ""),
        (at_most("first", "last"), {"first": DAY, "last": DAY}, ""),
        (at_most("first", "last"), {"first": DAY, "last": "2026-02-28"}, "first must be at most last"),
        (
            less_than("opens", "closes"),
            {"opens": "16:00", "closes": "08:00"},
            "opens must be less than closes",
        ),
        (at_most("fee", "ceiling"), {"fee": "100.10", "ceiling": 100.1}, ""),
        (less_than("fee", "ceiling"), {"fee": "100.10", "ceiling": 100.1}, "fee must be less than ceiling"),
        (
            less_than("moment", "until"),
            {"moment": "2026-03-01T12:00:00+02:00", "until": "2026-03-01T11:00:00Z"},
            "",
        ),
        (
            less_than("moment", "until"),
            {"moment": "2026-03-01T12:00:00", "until": "2026-03-01T13:00:00Z"},
            "moment cannot be compared (only one of them has a time zone) with until",
        ),
    ],
)
def test_each_rule_says_when_it_is_broken(rule: Rule, values: dict[str, Any], expected: str) -> None:
    """Set means there and not null; a default counts; an empty text is set."""
    assert expected == messages(with_rules(rule), **values)


def test_the_reason_is_said_and_no_value(caplog: pytest.LogCaptureFixture) -> None:
    """A worker's error names keys and the author's reason; a setting may be personal."""
    settings = with_rules(excludes("folder", "first", because="the archive has its own folder"))

    with pytest.raises(ValidationError) as caught:
        settings(folder="Ole Hansen", first=date(2026, 1, 1))

    assert "folder excludes first (the archive has its own folder)" in str(caught.value)
    assert "Ole" not in str(caught.value)


def test_every_broken_rule_is_said_at_once() -> None:
    """Nobody mends one to learn of the next."""
    settings = with_rules(at_least_one("first", "last"), requires("mode", "folder", when="fast"))

    assert "one of first, last must be set; mode needs folder" == messages(settings)


def test_a_table_inside_has_rules_of_its_own() -> None:
    """They hold wherever the table is used."""
    text = "low must be at most high (a range has two ends)"

    assert text == messages(Settings, limits={"low": 3, "high": 2})
    assert text == messages(Settings, extra={"low": 3, "high": 2})
    assert messages(Settings, extra={"low": 2, "high": 2}) == ""


def test_a_derived_class_adds_to_the_rules_of_its_base() -> None:
    """Whoever derives cannot lose a rule by writing one."""
    base = with_rules(requires("first", "last"))
    derived = type("Derived", (base,), {"rules": (at_least_one("first", "folder"),), "__module__": __name__})

    assert messages(derived, first=DAY) == "first needs last"
    assert messages(derived) == "one of first, folder must be set"


@pytest.mark.parametrize(
    ("rule", "problem"),
    [
        (requires("fist", "last"), "requires names 'fist', which is no key: did you mean 'first'?"),
        (excludes("first", "limits.hihg"), "which is no key: did you mean 'limits.high'?"),
        (requires("first", "words.x"), "requires names 'words.x', which is no key"),
        (less_than("first", "moment"), "cannot compare first (date) and moment (date-time)"),
        (less_than("mode", "folder"), "cannot compare mode (nothing with an order)"),
        (at_most("enabled", "ceiling"), "cannot compare enabled (nothing with an order)"),
        (less_than("limits", "extra"), "cannot compare limits (nothing with an order)"),
        (less_than("first", "first"), "less_than names first twice"),
        (requires("first"), "requires names too few keys or too many"),
        (at_least_one("first"), "at_least_one names too few keys or too many"),
        (requires("mode", "first", when="quick"), "mode can never be 'quick'"),
        (requires("enabled", "first", when="yes"), "enabled can never be 'yes'"),
        (requires("ceiling", "first", when=True), "ceiling can never be True"),
    ],
)
def test_a_rule_that_can_never_work_is_refused_where_it_is_written(rule: Rule, problem: str) -> None:
    """A typing error in a rule is the author's to see, at the class."""
    with pytest.raises(TypeError) as caught:
        with_rules(rule)

    assert "Ruled.rules: " in str(caught.value)
    assert problem in str(caught.value)


def test_what_is_no_rule_is_refused() -> None:
    """A text in the tuple is most likely a forgotten call."""
    with pytest.raises(TypeError, match="'first < last' is no rule"):
        with_rules("first < last")  # type: ignore[arg-type]


@pytest.mark.filterwarnings("ignore:Field name:UserWarning")
def test_no_setting_is_called_rules() -> None:
    """The name is taken, and that is said where the class is written."""
    with pytest.raises(TypeError, match="no setting can be called rules"):
        pydantic.create_model("Made", __base__=BotSettings, rules=(str, Field("x", description="x")))


class Later(BotSettings):
    """Settings whose table is written below them."""

    inner: "Below | None" = Field(None, description="A table.")
    day: date | None = Field(None, description="A day.")

    rules: ClassVar[tuple[Rule, ...]] = (requires("dya", "inner.depth"),)


class Below(BotSettings):
    """That table."""

    depth: int = Field(1, description="How deep.", unit="levels")


def test_a_class_that_is_completed_later_is_checked_by_the_build() -> None:
    """A forward reference puts the check off and does not lose it."""
    _, problems = settings_schema(Later)

    assert ["Later.rules: requires names 'dya', which is no key: did you mean 'day'?"] == problems


def test_rules_stand_in_the_schema_as_data() -> None:
    """The host reads them from the manifest, at the table that they belong to."""
    schema = with_rules(requires("mode", "folder", when="slow", because="so")).model_json_schema()

    assert [{"rule": "requires", "keys": ["mode", "folder"], "when": ["slow"], "because": "so"}] == schema[
        "rules"
    ]
    assert [{"rule": "at_most", "keys": ["low", "high"], "because": "a range has two ends"}] == (
        schema["$defs"]["Limits"]["rules"]
    )
    assert "rules" not in Below.model_json_schema()
    assert "validators" not in schema


@pytest.mark.parametrize(
    "rule",
    [
        requires("a", "b", when=[1, "x", True, 2.5], because="so"),
        excludes("a", "b", "c"),
        less_than("a", "b"),
        at_most("a", "b", because="x"),
        at_least_one("a", "b"),
    ],
)
def test_a_rule_survives_the_manifest(rule: Rule) -> None:
    """What is written is what is read."""
    assert rule == rule_from_json(json.loads(json.dumps(rule.to_json())))


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        {},
        {"rule": "sum_is", "keys": ["a", "b"]},
        {"rule": ["requires"], "keys": ["a", "b"]},
        {"rule": "requires"},
        {"rule": "requires", "keys": "ab"},
        {"rule": "requires", "keys": ["a", 1]},
        {"rule": "requires", "keys": ["a"]},
        {"rule": "requires", "keys": ["a", "a"]},
        {"rule": "less_than", "keys": ["a", "b", "c"]},
        {"rule": "requires", "keys": ["a", "b"], "when": {"x": 1}},
        {"rule": "requires", "keys": ["a", "b"], "when": [None]},
        {"rule": "requires", "keys": ["a", "b"], "unless": [1]},
    ],
)
def test_a_strange_rule_is_no_rule(data: object) -> None:
    """A manifest may come from anywhere, also from a later version."""
    with pytest.raises(ValueError, match="rule"):
        rule_from_json(data)


@pytest.mark.parametrize("value", ["x", True, [1], {}, float("nan"), float("inf"), object(), "1_0_x"])
def test_values_of_a_wrong_type_are_not_compared(value: object) -> None:
    """Their own finding is enough, and nothing breaks."""
    values = {"a": value, "b": 1}

    assert violation(less_than("a", "b"), values.get) is None
    assert violation(less_than("b", "a"), values.get) is None


@pytest.mark.parametrize(
    ("value", "wanted", "equal"),
    [(1, 1.0, True), (1.0, 1, True), (True, 1, False), (1, True, False), ("1", 1, False), ("a", "a", True)],
)
def test_when_compares_as_toml_means_it(value: object, wanted: Any, equal: bool) -> None:
    """A truth value is no number and a text is none, but 1 and 1.0 are one."""
    found = violation(requires("a", "b", when=wanted), {"a": value}.get)

    assert equal == (found is not None)


def test_a_violation_is_told_with_names_of_ones_own() -> None:
    """The host puts values and whole keys into the sentence."""
    found = violation(less_than("a", "b"), {"a": 3, "b": 2}.get)

    assert Violation(less_than("a", "b"), ("a", "b"), "must be less than") == found
    assert "settings.a (3) must be less than settings.b (3)" == found.sentence(
        lambda key: f"settings.{key} (3)"
    )


def test_huge_numbers_are_compared_exactly_and_quickly() -> None:
    """No rounding, no overflow, no text of five thousand digits."""
    large = 10**5000

    assert violation(less_than("a", "b"), {"a": large, "b": large + 1}.get) is None
    assert violation(less_than("a", "b"), {"a": "1e999999", "b": large}.get) is not None


def test_aware_times_are_compared_as_moments() -> None:
    """Two zones, one order."""
    values = {"a": datetime(2026, 1, 1, tzinfo=UTC), "b": datetime.fromisoformat("2026-01-01T00:30:00+01:00")}

    assert violation(at_most("a", "b"), values.get) is not None


def even(value: int) -> int:
    """A check that is code."""
    return value


class Plain(BaseModel):
    """A table that is no BotSettings."""

    depth: int = Field(1, description="Deep.", unit="m")

    @pydantic.field_validator("depth")
    @classmethod
    def positive(cls, value: int) -> int:
        """Code."""
        return value


class Checked(Settings):
    """Settings with checks of every kind."""

    plain: Plain = Field(Plain(), description="A table.")

    @pydantic.model_validator(mode="after")
    def check_period(self) -> "Checked":
        """Code."""
        return self

    @pydantic.field_validator("folder")
    @classmethod
    def check_folder(cls, value: str | None) -> str | None:
        """Code."""
        return value


def test_checks_in_python_are_named() -> None:
    """The host says which checks it did not run; a rule is none of them."""
    schema, _ = settings_schema(Checked)

    assert ["Checked.check_folder", "Checked.check_period"] == schema["validators"]
    assert ["Plain.positive"] == schema["$defs"]["Plain"]["validators"]
    assert () == python_checks_of(with_rules(requires("first", "last")))


def test_a_check_on_an_annotation_is_named_by_its_field() -> None:
    """It has no name of its own."""
    made = pydantic.create_model("Made", __base__=BotSettings, x=(Annotated[int, AfterValidator(even)], 2))

    assert ("Made.x",) == python_checks_of(made)


def test_a_key_is_called_as_it_is_written() -> None:
    """With an alias, the alias is the key of the file and of the rule."""
    made = type(
        "Aliased",
        (BotSettings,),
        {
            "__annotations__": {"from_day": date | None, "to_day": date | None},
            "from_day": Field(None, description="x", alias="from"),
            "to_day": Field(None, description="x", alias="to"),
            "rules": (less_than("from", "to"),),
            "__module__": __name__,
        },
    )

    assert "from must be less than to" == messages(made, **{"from": DAY, "to": DAY})


def test_problems_of_a_rule_need_only_a_schema() -> None:
    """A registry can ask without the class."""
    schema = {"properties": {"a": {"type": "integer"}, "b": {"$ref": "#/$defs/B"}}}
    definitions = {"B": {"anyOf": [{"type": "number"}, {"type": "null"}]}}

    assert [] == list(rule_problems(less_than("a", "b"), schema, definitions))
    assert 1 == len(list(rule_problems(less_than("a", "b"), schema, {})))
