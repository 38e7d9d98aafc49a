"""Rules between keys, on the host: at the right line, with both places, and never twice for one mistake."""

from collections.abc import Sequence
from datetime import date
from typing import Any, ClassVar, Literal

import pydantic
import pytest

from rpa_commons.config import BrokenSchemaError, ConnectorEntry, Finding, SecretRef
from rpa_commons.config.layers._rules import rules_findings, validators_of
from rpa_commons.environments._settings_schema import settings_schema
from rpa_commons.manifest import CapabilityEntry, Manifest
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


class Limits(BotSettings):
    """A table with a rule of its own."""

    low: int = Field(1, description="Least.", unit="kroner")
    high: int | None = Field(None, description="Most.", unit="kroner")

    rules: ClassVar[tuple[Rule, ...]] = (at_most("low", "high", because="a range has two ends"),)


class Settings(BotSettings):
    """What the tests configure."""

    first: date | None = Field(None, description="First day.")
    last: date | None = Field(None, description="Last day.")
    days: int = Field(10, description="Days.", unit="days", ge=1, le=60)
    most: int = Field(20, description="At most so many.", unit="days")
    mode: Literal["fast", "slow"] = Field("fast", description="Pace.")
    folder: str | None = Field(None, description="Where.")
    archive: str | None = Field(None, description="Whose archive.", personal=True)
    password: SecretRef | None = Field(None, description="Password.")
    hosts: tuple[str, ...] | None = Field(None, description="Where to look.")
    limits: Limits = Field(Limits(), description="Bounds.")
    areas: dict[str, Limits] = Field({}, description="Bounds per area.")
    steps: tuple[Limits, ...] = Field((), description="Bounds per step.")
    extra: Limits | None = Field(None, description="More bounds.")
    number: int = Field(description="Must be said.", unit="pieces")
    choice: Limits | str = Field("none", description="Either.")

    @pydantic.model_validator(mode="after")
    def check_period(self) -> "Settings":
        """Code that the host never runs."""
        return self


def schema_with(*rules: Rule) -> dict[str, Any]:
    """The schema of the settings with these rules."""
    made = type("Ruled", (Settings,), {"rules": rules, "__module__": __name__})
    return settings_schema(made)[0]


def given(town: Any, rules: Sequence[Rule], *lines: str, baseline: str = "") -> None:
    """A bot with these rules, and what municipality and baseline set."""
    register = CapabilityEntry(attribute="population", name="PopulationRegister", version="1.0", calls=())
    town.manifest = Manifest(
        kind="bot",
        name="welcome-letters",
        version="1.0.0",
        summary="Greets.",
        sdk_version="0.1.0",
        capabilities=(register,),
        settings_schema=schema_with(*rules),
    )
    head = town.folder / "bots/welcome-letters.toml"
    text = head.read_text().split("[settings]")[0]
    head.write_text("\n".join([text + "[settings]", "number = 1", *lines, ""]))
    if baseline:
        town.write("../baseline/bots/welcome-letters.toml", f"[settings]\n{baseline}\n")


def found(town: Any, *overrides: str) -> list[Finding]:
    """What the rules of the instance's own section find."""
    return list(rules_findings(town.examine(*overrides).sections[0]))


def test_nothing_is_found_where_rules_hold(town: Any) -> None:
    """Silence is the usual case."""
    given(town, [less_than("days", "most"), requires("first", "last")], "days = 12")

    assert [] == found(town)


def test_the_strongest_line_is_named_with_both_places(town: Any) -> None:
    """A person sees which two lines contradict each other, with their values, and why it matters."""
    rule = less_than("days", "most", because="the register keeps no more")
    given(town, [rule], "days = 30", baseline="# the cooperation\nmost = 25")

    [finding] = found(town)

    assert ("E203", "days") == (finding.code, finding.key)
    assert "days (30) must be less than most (25)" == finding.message
    assert ("roskilde/bots/welcome-letters.toml:5", "days = 30") == (finding.place, finding.line_text)
    because = "days in bots/welcome-letters.toml:5, most in ../baseline/bots/welcome-letters.toml:3"
    assert f"the register keeps no more; {because}" == finding.because
    assert "change one of the two: days or most" == finding.help


def test_it_is_found_where_the_second_key_is_stronger(town: Any) -> None:
    """Which of the two a municipality set makes no difference to the rule."""
    given(town, [less_than("days", "most")], "most = 5", baseline="days = 30")

    [finding] = found(town)

    assert ("most", "most = 5") == (finding.key, finding.line_text)


def test_a_default_is_a_place_too(town: Any) -> None:
    """Against the bot's own default, the author's class is the other place."""
    given(town, [less_than("days", "most")], "days = 30")

    [finding] = found(town)

    assert "most in welcome-letters 1.0.0 Settings.most" in finding.because


def test_an_override_for_one_run_is_named(town: Any) -> None:
    """``--set`` is the strongest layer and stands in no file."""
    given(town, [less_than("days", "most")])

    [finding] = found(town, "days=30")

    assert "--set" == finding.place
    assert "days in --set" in finding.because


def test_defaults_that_break_a_rule_are_found_at_home(town: Any) -> None:
    """Where nobody but the author has spoken, the file to write is named."""
    given(town, [at_least_one("first", "folder", because="it needs a source")])

    [finding] = found(town)

    assert "one of first, folder must be set" == finding.message
    assert "roskilde/bots/welcome-letters.toml:3" == finding.place
    assert ("it needs a source", "set first or folder") == (finding.because, finding.help)


@pytest.mark.parametrize(
    ("rule", "lines", "message", "advice"),
    [
        (
            requires("first", "last"),
            ["first = 2026-01-01"],
            "first (2026-01-01) needs last",
            "set last, or take first out",
        ),
        (
            requires("mode", "folder", when="slow"),
            ['mode = "slow"'],
            'mode ("slow") needs folder',
            "change mode",
        ),
        (requires("folder", "hosts"), ['folder = ""'], 'folder ("") needs hosts', "take folder out"),
        (
            excludes("first", "folder"),
            ["first = 2026-01-01", 'folder = "x"'],
            'excludes folder ("x")',
            "take out folder",
        ),
        (
            excludes("mode", "folder", when="fast"),
            ['folder = "x"'],
            'mode ("fast") excludes folder ("x")',
            "take out folder, or change mode",
        ),
        (
            less_than("first", "last"),
            ["first = 2026-01-02", "last = 2026-01-01"],
            "must be less than",
            "first or last",
        ),
        (requires("hosts", "folder"), ['hosts = ["a"]'], "hosts needs folder", "set folder"),
        (
            requires("extra.high", "folder"),
            ["extra = { high = 9 }"],
            "extra.high (9) needs folder",
            "set folder",
        ),
        (requires("extra", "folder"), ["extra = { high = 9 }"], "extra needs folder", "set folder"),
    ],
)
def test_each_rule_is_told_in_words(
    town: Any, rule: Rule, lines: list[str], message: str, advice: str
) -> None:
    """Both keys with their values, and what can be done."""
    given(town, [rule], *lines)

    [finding] = found(town)

    assert message in finding.message
    assert advice in finding.help


def test_hidden_values_stay_hidden(town: Any) -> None:
    """Personal values are … in the message and in the line; a reference to a secret is a table."""
    rules = [excludes("archive", "folder"), excludes("password", "folder")]
    lines = ['archive = "Ole Hansen"', 'password = { env = "PW" }', 'folder = "x"']
    given(town, rules, *lines)

    findings = found(town)
    text = "\n".join(one.render() for one in findings)

    assert 2 == len(findings)
    assert "archive (…) excludes folder" in text
    assert "password excludes folder" in text
    assert "Ole" not in text


@pytest.mark.parametrize("line", ['days = "30"', "days = true", "days = [30]", "days = 30.0"])
def test_a_wrong_type_is_one_finding(town: Any, line: str) -> None:
    """The key's own finding is enough, also for a rule that only asks whether it is set."""
    given(town, [less_than("days", "most"), excludes("days", "most")], line)

    assert [] == found(town)
    assert "E201" in [one.code for one in town.examine().findings]


def test_a_wrong_type_inside_a_key_does_not_silence_others(town: Any) -> None:
    """Only the rule that speaks of the wrong key is quiet."""
    given(town, [less_than("days", "most"), requires("first", "last")], 'days = "x"', "first = 2026-01-01")

    assert ["first (2026-01-01) needs last"] == [one.message for one in found(town)]


def test_a_value_out_of_bounds_still_breaks_a_rule(town: Any) -> None:
    """Its type is right, so the rule means what it says."""
    given(town, [less_than("days", "most")], "days = 99")

    assert ["E203"] == [one.code for one in found(town)]


def test_a_missing_required_key_is_one_finding(town: Any) -> None:
    """E102 says that it must be set; no rule says it again."""
    given(town, [requires("days", "number")])
    file = town.folder / "bots/welcome-letters.toml"
    file.write_text(file.read_text().replace("number = 1\n", ""))

    assert [] == found(town)
    assert "E102" in [one.code for one in town.examine().findings]


def test_rules_of_nested_tables_are_found_where_they_lie(town: Any) -> None:
    """In tables, tables by name, lists of tables and optional tables."""
    lines = [
        "limits = { low = 9, high = 3 }",
        "areas.north = { low = 8, high = 3 }",
        "steps = [{ low = 1, high = 2 }, { low = 7, high = 3 }]",
        "extra = { low = 6, high = 3 }",
    ]
    given(town, [], *lines)

    findings = found(town)

    assert {
        "limits.low (9) must be at most limits.high (3)",
        "areas.north.low (8) must be at most areas.north.high (3)",
        "steps[1].low (7) must be at most steps[1].high (3)",
        "extra.low (6) must be at most extra.high (3)",
    } == {one.message for one in findings}
    assert {5, 6, 7, 8} == {one.line for one in findings}


def test_of_several_shapes_one_that_fits_is_enough(town: Any) -> None:
    """A table that may be a text has its rules only as a table."""
    given(town, [], 'choice = "some"')
    as_text = found(town)
    given(town, [], "choice = { low = 3, high = 1 }")
    as_table = found(town)

    assert [] == as_text
    assert ["choice.low (3) must be at most choice.high (1)"] == [one.message for one in as_table]


class First(BotSettings):
    """One shape."""

    low: int = Field(1, description="x", unit="x")
    high: int = Field(9, description="x", unit="x")
    rules: ClassVar[tuple[Rule, ...]] = (at_most("low", "high"),)


class Second(BotSettings):
    """Another one, which the same table fits."""

    low: int = Field(1, description="x", unit="x")
    high: int = Field(9, description="x", unit="x")


class Third(BotSettings):
    """One that it does not fit."""

    name: str = Field(description="x")


@pytest.mark.parametrize(("kinds", "count"), [(First | Second, 0), (First | Third, 1), (First | None, 1)])
def test_a_table_that_fits_a_shape_without_rules_is_right(town: Any, kinds: Any, count: int) -> None:
    """As in the worker: the first shape whose rules hold is taken."""
    made = pydantic.create_model("Made", __base__=BotSettings, table=(kinds, Field(None, description="x")))
    given(town, [])
    town.manifest = town.manifest.model_copy(update={"settings_schema": settings_schema(made)[0]})
    file = town.folder / "bots/welcome-letters.toml"
    file.write_text(file.read_text().replace("number = 1", "table = { low = 5, high = 2 }"))
    try:
        made.model_validate({"table": {"low": 5, "high": 2}})
    except pydantic.ValidationError:
        refused = True
    else:
        refused = False

    assert count == len(found(town))
    assert refused == bool(count)


class ConnectorSettings(BotSettings):
    """A connector's settings with a rule."""

    url: str | None = Field(None, description="Address.")
    password: SecretRef | None = Field(None, description="Password.")
    retries: int = Field(1, description="Tries.", unit="tries")

    rules: ClassVar[tuple[Rule, ...]] = (excludes("url", "password", because="the address holds the login"),)


def test_connectors_have_rules_too(town: Any) -> None:
    """Their keys are called as in the stack."""
    entry = ConnectorEntry("sf1520", "PopulationRegister", ConnectorSettings.model_json_schema(), "1.0")
    town.connectors = {**town.connectors, "sf1520": entry}
    given(town, [])

    section = town.examine().sections[1]
    [finding] = rules_findings(section)

    assert "stack.PopulationRegister.settings.password" == finding.key
    assert "roskilde/stack.toml:4" == finding.place
    assert finding.because.startswith(
        "the address holds the login; stack.PopulationRegister.settings.url in "
    )


def test_checks_in_python_are_listed(town: Any) -> None:
    """``check`` says which checks only the worker makes."""
    given(town, [])

    assert ("Ruled.check_period",) == validators_of(town.examine().sections[0])
    assert () == validators_of(town.examine().sections[1])


@pytest.mark.parametrize(
    "data", ["first < last", {"rule": "sum_is", "keys": ["a", "b"]}, {"rule": "requires"}]
)
def test_a_rule_that_cannot_be_read_is_the_authors_fault(town: Any, data: object) -> None:
    """A manifest with a rule of a later version is refused, not half obeyed."""
    given(town, [])
    section = town.examine().sections[0]
    schema = schema_with() | {"rules": [data]}
    broken = town.manifest.model_copy(update={"settings_schema": schema})
    town.manifest = broken

    with pytest.raises(BrokenSchemaError, match="rule"):
        list(rules_findings(town.examine().sections[0]))
    assert [] == list(rules_findings(section))


def test_rules_about_keys_that_the_schema_lacks_do_nothing_strange(town: Any) -> None:
    """A hostile manifest breaks nothing."""
    given(town, [])
    rules = [less_than("x.y.z", "days"), at_least_one("days", "[0]"), requires("days", "number.x")]
    schema = schema_with() | {"rules": [rule.to_json() for rule in rules]}
    town.manifest = town.manifest.model_copy(update={"settings_schema": schema})

    assert ["days (10) needs number.x"] == [one.message for one in found(town)]
