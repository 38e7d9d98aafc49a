import math
import sys
from datetime import date, time
from typing import Any

import pytest

from rpa_commons.config import BrokenSchemaError
from rpa_commons.config.layers._section import Section, add_defaults
from rpa_commons.config.layers._shapes import instance_schema
from rpa_commons.config.schema._facts import facts_of, shared_view
from rpa_commons.config.schema._quick import compile_check
from rpa_commons.config.schema._schema import SchemaView
from rpa_commons.config.schema._validate import as_json, problems
from tests.unit.config.conftest import Settings

WHOLE = {"type": "integer", "minimum": 1, "maximum": 60}


@pytest.mark.parametrize("value", [1, 60])
def test_a_right_value_is_surely_valid(value: int) -> None:
    """Both bounds are allowed values."""
    assert compile_check(WHOLE)(value)


@pytest.mark.parametrize("value", [True, 14.0, 0, 61, "14", None, [14], {"a": 14}])
def test_strictness_is_kept(value: object) -> None:
    """True is no number, 14.0 no whole number, and a text is neither."""
    assert not compile_check(WHOLE)(value)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, True, "1.5"])
def test_numbers_are_finite(value: object) -> None:
    """TOML has nan and inf; no setting means them."""
    assert not compile_check({"type": "number"})(value)


@pytest.mark.parametrize(
    ("options", "value", "expected"),
    [
        (["fast", "slow"], "fast", True),
        (["fast", "slow"], "Fast", False),
        ([1, 2], 1, True),
        ([1, 2], True, False),
        ([True], 1, False),
        ([True], True, True),
        ([None], None, True),
        ([[1]], [1], False),
    ],
)
def test_options_are_compared_with_their_type(options: list[Any], value: object, expected: bool) -> None:
    """True and 1 are different options; lists are left to the full walk."""
    assert expected == compile_check({"enum": options})(value)


@pytest.mark.parametrize(
    ("form", "right", "wrong"),
    [
        ("date", "2026-02-28", "2026-02-30"),
        ("date-time", "2026-02-28T07:30:00", "2026-02-28"),
        ("time", "07:30", "25:00"),
        ("uuid", "0b6f0c1e-2c9c-4c0e-9f3d-6d1f1e8f9a10", "0b6f0c1e"),
    ],
)
def test_forms_of_text_are_checked(form: str, right: str, wrong: str) -> None:
    """A day that does not exist is no date."""
    check = compile_check({"type": "string", "format": form})

    assert check(right)
    assert not check(wrong)


def test_a_date_that_was_not_asked_for_is_never_passed() -> None:
    """A TOML date where a text stands is for the full walk."""
    assert not compile_check({"type": "string"})(date(2026, 1, 1))


@pytest.mark.parametrize(
    "schema",
    [
        {"not": {}},
        {"oneOf": [{"type": "integer"}]},
        {"type": "integer", "multipleOf": 1},
        {"type": "number", "if": {}, "then": {}},
        {"type": "whole"},
        {"pattern": "("},
        {"$ref": "#/$defs/Nobody"},
        {"$ref": "https://elsewhere.example/x.json"},
        {"$ref": "#anchor"},
        {"properties": 5},
        {"required": 5},
        "no schema",
        False,
    ],
)
def test_what_is_not_understood_is_never_passed(schema: Any) -> None:
    """A keyword that is not compiled, or a broken schema, leaves everything to the full walk."""
    check = compile_check(schema)

    assert not any(check(value) for value in (1, "x", {}, [], None))


def test_a_schema_that_refers_to_itself_is_compiled() -> None:
    """A tree of any depth is checked; one that is deeper than the stack is left to the full walk."""
    schema = {
        "$ref": "#/$defs/Node",
        "$defs": {
            "Node": {
                "type": "object",
                "properties": {"next": {"$ref": "#/$defs/Node"}, "value": {"type": "integer"}},
                "additionalProperties": False,
            }
        },
    }
    check = compile_check(schema)
    deep: dict[str, Any] = {}
    for _ in range(sys.getrecursionlimit()):
        deep = {"next": deep}

    assert check({"next": {"next": {"value": 1}}})
    assert not check({"next": {"next": {"value": "1"}}})
    assert not check(deep)


def test_tables_are_checked_key_by_key() -> None:
    """Unknown, missing and wrong keys are seen; so are patterns, names and keys that need each other."""
    closed = compile_check(
        {"properties": {"a": {"type": "integer"}}, "required": ["a"], "additionalProperties": False}
    )
    keyed = compile_check(
        {"patternProperties": {"^x-": {"type": "integer"}}, "additionalProperties": {"type": "string"}}
    )
    bound = compile_check({"dependentRequired": {"a": ["b"]}, "propertyNames": {"maxLength": 1}})

    assert [True, False, False, False] == [
        closed(one) for one in ({"a": 1}, {}, {"a": "1"}, {"a": 1, "b": 1})
    ]
    assert [True, False, False] == [keyed(one) for one in ({"x-a": 1, "b": ""}, {"x-a": ""}, {"b": 1})]
    assert [True, False, False] == [bound(one) for one in ({"a": 1, "b": 1}, {"a": 1}, {"ab": 1})]


def test_lists_are_checked_item_by_item() -> None:
    """The first items have their own schemas, the rest another."""
    check = compile_check({"prefixItems": [{"type": "string"}], "items": {"type": "integer"}, "maxItems": 3})

    assert [True, False, False, False] == [
        check(one) for one in (["a", 1, 2], [1], ["a", "b"], ["a", 1, 2, 3])
    ]


def test_right_settings_need_no_full_walk(monkeypatch: pytest.MonkeyPatch) -> None:
    """For what a bot's settings hold, the jsonschema package is not even asked."""
    view = SchemaView(Settings.model_json_schema())
    monkeypatch.setattr(
        "rpa_commons.config.schema._validate._problems", lambda *_: pytest.fail("the long way")
    )
    values = {
        "contact": "Sigrun",
        "since": "2026-01-01",
        "limit": "many",
        "words": {"a": "b"},
        "hosts": ["a"],
    }

    assert [] == list(problems(values, view, lambda _: False))


def test_a_broken_reference_is_said_even_where_no_value_meets_it() -> None:
    """The check never hides that a schema cannot be used."""
    schema = {"type": "object", "properties": {"a": {"$ref": "#/$defs/Nobody"}}}

    with pytest.raises(BrokenSchemaError):
        list(problems({}, SchemaView(schema), lambda _: False))


def test_a_schema_is_looked_at_once() -> None:
    """One manifest has one view, which keeps its facts; an equal schema of another has its own."""
    schema = Settings.model_json_schema()
    view = shared_view(instance_schema, schema)

    assert view is shared_view(instance_schema, schema)
    assert facts_of(view) is facts_of(view)
    assert view is not shared_view(instance_schema, Settings.model_json_schema())


def test_secrets_are_known_where_they_have_names() -> None:
    """Below free keys and in lists nobody can list them, so all values are looked at."""
    secret = {"type": "object", "secret_reference": True}
    named = SchemaView({"type": "object", "properties": {"t": {"properties": {"p": secret}}}})
    keyed = SchemaView({"type": "object", "additionalProperties": secret})
    listed = SchemaView({"type": "object", "properties": {"l": {"type": "array", "items": secret}}})
    loop: dict[str, Any] = {"type": "object", "properties": {"me": {"$ref": "#"}, "p": secret}}

    assert (("t", "p"),) == facts_of(named).secret_paths
    assert facts_of(keyed).secret_paths is None
    assert facts_of(listed).secret_paths is None
    assert facts_of(SchemaView(loop)).secret_paths is None


def test_deprecation_is_looked_for_only_where_there_is_any() -> None:
    """The word anywhere in the schema counts."""
    old = {"type": "object", "properties": {"a": {"deprecated": True}}}

    assert facts_of(SchemaView(old)).has_deprecated
    assert not facts_of(SchemaView({"type": "object"})).has_deprecated


def test_defaults_follow_the_tables_that_are_begun() -> None:
    """The same shape gives the same defaults again, another shape its own; a value ends a table."""
    schema = {
        "type": "object",
        "properties": {
            "one": {"type": "object", "properties": {"a": {"default": 1}}},
            "two": {"default": 2},
        },
    }
    view = SchemaView(schema)

    def values(*trees: dict[str, Any]) -> Any:
        layers = [_layer(tree) for tree in trees]
        return add_defaults(view, layers, "default", "x")[0].values

    assert {"two": 2} == values({}) == values({"two": 3})
    assert {"one": {"a": 1}, "two": 2} == values({"one": {}}) == values({"one": {"b": 5}})
    assert {"two": 2} == values({"one": {"b": 5}}, {"one": 5})


def test_no_value_of_a_result_is_the_one_that_is_kept() -> None:
    """Whoever changes resolved values changes neither the file's nor the schema's."""
    view = SchemaView({"type": "object", "properties": {"l": {"type": "array", "default": [1]}}})
    given = _layer({"t": {"m": [1, {"n": [2]}]}})
    layers = add_defaults(view, [given], "default", "x")
    values = Section(view, layers, str).values
    values["l"].append(2)
    values["t"]["m"][1]["n"].append(3)

    assert [1] == Section(view, layers, str).values["l"]
    assert {"t": {"m": [1, {"n": [2]}]}} == given.values


def test_dates_become_text_where_text_is_asked_for() -> None:
    """Also inside lists and tables; elsewhere they stay, so that the check refuses them."""
    view = SchemaView(
        {
            "type": "object",
            "properties": {
                "d": {"type": "array", "items": {"type": "string", "format": "date"}},
                "t": {"type": "object", "properties": {"at": {"type": "string", "format": "time"}}},
                "n": {"type": "integer"},
            },
        }
    )
    tree = {"d": [date(2026, 1, 2)], "t": {"at": time(7, 30)}, "n": date(2026, 1, 2)}

    assert {"d": ["2026-01-02"], "t": {"at": "07:30:00"}, "n": date(2026, 1, 2)} == as_json(tree, view)


def _layer(tree: dict[str, Any]) -> Any:
    from rpa_commons.config.layers._layers import Layer

    return Layer("municipality", tree)
