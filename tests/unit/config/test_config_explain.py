from typing import TYPE_CHECKING

from rpa_commons.config import ExplainedValue

if TYPE_CHECKING:
    from conftest import Town


def _one(town: "Town", key: str, *overrides: str) -> ExplainedValue:
    [explained] = town.resolve(*overrides).explain(key)
    return explained


def test_every_layers_value_is_shown_with_its_place(town: "Town") -> None:
    """The candidates stand weakest first and the last one wins."""
    town.write("../baseline/bots/welcome-letters.toml", "[settings]\nwindow_days = 11\n")
    town.settings("window_days = 12")
    explained = _one(town, "window_days", "window_days=13")

    assert [(one.layer, one.value, str(one.origin), one.wins) for one in explained.candidates] == [
        ("bot default", 10, "welcome-letters 1.0.0 Settings.window_days", False),
        ("baseline", 11, "../baseline/bots/welcome-letters.toml:2", False),
        ("municipality", 12, "bots/welcome-letters.toml:5", False),
        ("--set", 13, "--set", True),
    ]
    assert (explained.value, explained.default, str(explained.origin)) == (13, 10, "--set")


def test_what_the_schema_says_is_shown(town: "Town") -> None:
    """Type, bounds, unit and description come from the manifest."""
    explained = _one(town, "window_days")

    assert explained.type == "whole number"
    assert explained.bounds == "at least 1, at most 60"
    assert explained.unit == "days"
    assert explained.description == "Look this many days back for moves."


def test_types_are_said_in_words(town: "Town") -> None:
    """Every kind of field has a type that a local admin understands."""
    keys = ("since", "password", "mode", "enabled", "limit", "retry.wait", "hosts")

    assert [_one(town, key).type for key in keys] == [
        "date",
        "secret reference",
        'one of "fast", "slow"',
        "true or false",
        "whole number or text",
        "number",
        "list of text",
    ]


def test_hidden_values_are_hidden_in_every_layer(town: "Town") -> None:
    """A personal value is … in each candidate; a reference to a secret is shown."""
    town.write(
        "../baseline/bots/welcome-letters.toml", '[settings]\ncontact = "Ole"\npassword = {env = "X"}\n'
    )
    contact, password = _one(town, "contact"), _one(town, "password")

    assert [one.value for one in contact.candidates] == ["…", "…"]
    assert contact.hidden
    assert password.value == {"env": "X"}
    assert not password.hidden


def test_a_tables_name_explains_all_its_keys(town: "Town") -> None:
    """A table, also one with free keys, is explained key by key."""
    town.settings('words = {b = "2", "c d" = "3"}')
    instance = town.resolve()

    assert [one.key for one in instance.explain("retry")] == ["retry.times", "retry.wait"]
    assert [one.key for one in instance.explain("words")] == ["words.b", 'words."c d"']
    assert [one.key for one in instance.explain("stack.PopulationRegister")] == [
        "stack.PopulationRegister.connector",
        "stack.PopulationRegister.settings.url",
        "stack.PopulationRegister.settings.password",
        "stack.PopulationRegister.settings.timeout",
    ]


def test_keys_that_nobody_set_are_listed(town: "Town") -> None:
    """A key without value and default is explained as not set, so that people learn of it."""
    explained = _one(town, "instance.owner")

    assert (explained.value, explained.origin, explained.candidates) == (None, None, ())


def test_a_wrong_configuration_is_explained_too(town: "Town") -> None:
    """examine_instance gives the findings and, beside them, what can be explained in spite of them."""
    town.settings("window_days = true", "widnow_days = 3")
    examination = town.examine()
    from rpa_commons.config import explain_sections

    explained = {one.key: one.value for one in explain_sections(examination.sections)}
    assert examination.instance is None
    assert [finding.code for finding in examination.findings] == ["E201", "E101"]
    assert explained["window_days"] is True
    assert explained["widnow_days"] == "…"


def test_an_explanation_is_json_too(town: "Town") -> None:
    """The JSON form holds the layers as text."""
    town.settings("since = 2026-10-01")
    document = _one(town, "since").to_json()

    assert document["value"] == "2026-10-01"
    assert document["layers"] == [
        {
            "layer": "bot default",
            "value": None,
            "origin": "welcome-letters 1.0.0 Settings.since",
            "wins": False,
        },
        {
            "layer": "municipality",
            "value": "2026-10-01",
            "origin": "bots/welcome-letters.toml:5",
            "wins": True,
        },
    ]
