"""What the configuration understands of JSON Schema: questions by path, words for people, no network."""

import socket
from typing import TYPE_CHECKING, Any

import pytest

from rpa_commons.config import BrokenSchemaError
from rpa_commons.config.schema._schema import SchemaView, bounds_text, is_secret_reference, type_text
from rpa_commons.config.schema._validate import problems

if TYPE_CHECKING:
    from conftest import Town

TEXT = {"type": "string"}
SCHEMA: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "plain": {**TEXT, "description": "Plain."},
        "referred": {"$ref": "#/$defs/a~1b~0c", "description": "Beside."},
        "either": {"anyOf": [{"type": "integer", "minimum": 1}, {"type": "null"}]},
        "both": {"allOf": [{"properties": {"x": TEXT}}, {"properties": {"y": TEXT}}]},
        "pair": {"type": "array", "prefixItems": [TEXT, {"type": "integer"}], "items": False},
        "many": {"type": "array", "items": {"type": "object", "properties": {"z": TEXT}}},
        "named": {"type": "object", "patternProperties": {"^x_": TEXT}, "additionalProperties": False},
        "free": {"type": "object"},
        "typed": {"type": "object", "additionalProperties": {"type": "integer"}},
        "person": {"type": "object", "personal": True, "properties": {"cpr": TEXT}},
        "loop": {"$ref": "#/$defs/loop"},
    },
    "$defs": {
        "a/b~c": {"type": "object", "properties": {"deep": {"type": "boolean"}}},
        "loop": {"$ref": "#/$defs/loop"},
    },
}


@pytest.mark.parametrize(
    ("path", "known"),
    [
        (("plain",), True), (("nobody",), False), (("plain", "x"), False),
        (("referred", "deep"), True), (("referred", "shallow"), True),
        (("both", "x"), True), (("both", "y"), True), (("both", "z"), False),
        (("pair", 0), True), (("pair", 1), True), (("pair", 2), False),
        (("many", 7, "z"), True), (("many", 7, "other"), True),
        (("named", "x_1"), True), (("named", "y_1"), False),
        (("free", "a", "b"), False), (("free", "a"), True), (("typed", "a"), True), (("loop",), True),
    ],
)  # fmt: skip
def test_a_path_is_known_or_not(path: tuple[str | int, ...], known: bool) -> None:
    """References, alternatives, lists, patterns and open tables are followed; a loop ends."""
    assert SchemaView(SCHEMA).knows(path) is known


def test_notes_and_keys_are_found_through_references() -> None:
    """What stands beside a reference counts before what it refers to, and both lists of keys are one."""
    view = SchemaView(SCHEMA)

    assert view.note(("referred",), "description") == "Beside."
    assert view.note(("plain",), "unit") is None
    assert view.keys(("both",)) == ["x", "y"]


def test_the_tables_that_hold_a_key_are_found() -> None:
    """Outermost first, through references and alternatives, and never in a list."""
    view = SchemaView(SCHEMA)

    assert view.tables_with("plain") == [()]
    assert view.tables_with("deep") == [("referred",)]
    assert view.tables_with("z") == []


def test_what_is_below_a_personal_table_is_hidden() -> None:
    """Personal is inherited; a value of which the schema knows nothing is hidden too."""
    view = SchemaView(SCHEMA)
    tree = {"person": {"cpr": "x"}, "plain": "y", "nobody": 1}

    assert [view.is_hidden(path, tree) for path in [("person", "cpr"), ("plain",), ("nobody",)]] == [
        True, False, True,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"env": "A_b1"}, True), ({"env": "1A"}, False), ({"env": ""}, False), ({"env": 3}, False),
        ({"file": "x"}, True), ({"file": ""}, False), ({"keyring": "a/b"}, True), ({"vault": "x"}, False),
        ({}, False), ({"env": "A", "file": "b"}, False), ("A", False), (None, False),
    ],
)  # fmt: skip
def test_the_shape_of_a_reference_is_told(value: object, expected: bool) -> None:
    """Exactly one of the three kinds, with a name that can be one: anything else may be the secret itself."""
    assert is_secret_reference(value) is expected


@pytest.mark.parametrize(
    ("node", "words"),
    [
        ({"type": "integer"}, "whole number"), ({"type": "number"}, "number"), ({"type": "string"}, "text"),
        ({"type": "boolean"}, "true or false"), ({"type": "object"}, "table"), ({"type": "array"}, "list"),
        ({"type": "array", "items": {"type": "integer"}}, "list of whole number"),
        ({"type": "array", "items": {"$ref": "#"}}, "list of tables"),
        ({"type": "string", "format": "date"}, "date"), ({"type": "string", "format": "time"}, "time of day"),
        ({"type": "string", "format": "date-time"}, "date and time"),
        ({"type": "string", "format": "uuid"}, "UUID"), ({"type": "string", "format": "odd"}, "text"),
        ({"enum": ["a", 1, True]}, 'one of "a", 1, true'), ({"const": "a"}, 'one of "a"'),
        ({"secret_reference": True, "type": "object"}, "secret reference"), ({}, "anything"),
        ({"type": "null"}, "anything"),
    ],
)  # fmt: skip
def test_a_type_is_said_in_words(node: dict[str, Any], words: str) -> None:
    """Each kind of schema has words that a local admin understands."""
    assert type_text((node,)) == words


@pytest.mark.parametrize(
    ("node", "words"),
    [
        ({"minimum": 1, "maximum": 60}, "at least 1, at most 60"),
        ({"exclusiveMinimum": 0, "exclusiveMaximum": 1.5}, "more than 0, less than 1.5"),
        ({"multipleOf": 5}, "a multiple of 5"),
        ({"minLength": 1}, "not empty"), ({"minLength": 0}, ""), ({"minLength": 2}, "at least 2 characters"),
        ({"maxLength": 80}, "at most 80 characters"),
        ({"minItems": 1, "maxItems": 6}, "not empty, at most 6 items"),
        ({"pattern": "^a$"}, "matches ^a$"), ({"secret_reference": True, "minProperties": 1}, ""),
    ],
)  # fmt: skip
def test_bounds_are_said_in_words(node: dict[str, Any], words: str) -> None:
    """Each limit has words; the parts of a secret reference are none."""
    assert bounds_text((node,)) == words


def test_patterns_may_be_left_out() -> None:
    """Only some people read regular expressions."""
    assert bounds_text(({"pattern": "^a$", "maxLength": 4},), patterns=False) == "at most 4 characters"


@pytest.mark.parametrize(
    "schema",
    [
        {"$ref": "https://elsewhere.example/schema.json"},
        {"properties": {"contact": {"$dynamicRef": "http://elsewhere.example/#x"}}},
        {"properties": {"contact": {"items": {"$ref": "//elsewhere.example/x"}}}},
        {"properties": {"contact": {"$ref": "other.json#/$defs/x"}}},
        {"allOf": [{"if": {"$ref": "file:///etc/hostname"}}]},
    ],
)
def test_no_schema_opens_a_connection(
    town: "Town", monkeypatch: pytest.MonkeyPatch, schema: dict[str, Any]
) -> None:
    """A wheel's manifest cannot make the host fetch: any reference out of it is refused first."""

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a connection was asked for")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    town.manifest = town.manifest.model_copy(update={"settings_schema": {"type": "object", **schema}})
    with pytest.raises(BrokenSchemaError):
        town.resolve()


def test_a_setting_may_be_called_like_a_reference(town: "Town") -> None:
    """A property named $ref is a property; only its place as a keyword makes it a reference."""
    schema = {"type": "object", "properties": {"$ref": {"type": "string"}, "contact": {}}}
    town.manifest = town.manifest.model_copy(update={"settings_schema": schema})
    town.settings('"$ref" = "https://elsewhere.example"')

    assert town.resolve().settings["$ref"] == "https://elsewhere.example"


@pytest.mark.parametrize(
    ("schema", "problem"), [({"type": "odd"}, "UnknownType"), ({"pattern": "("}, "error in it")]
)
def test_a_schema_that_cannot_be_used_is_the_authors(schema: dict[str, Any], problem: str) -> None:
    """An unknown type or a broken pattern is no finding of the municipality's."""
    view = SchemaView({"properties": {"a": schema}})
    with pytest.raises(BrokenSchemaError, match="is broken") as caught:
        list(problems({"a": "x"}, view, lambda _: False))

    assert caught.value.remedy.startswith("report it to the author")


@pytest.mark.parametrize(
    ("node", "value", "message"),
    [
        ({"format": "uuid"}, "x", '"x" is no UUID'),
        ({"format": "time"}, "25:00", '"25:00" is no time of day'),
        ({"format": "date-time"}, "2026-01-01", '"2026-01-01" is no date and time'),
        ({"type": "array", "maxItems": 1}, ["a", "b"], '["a", "b"] is not allowed: at most 1 item'),
        ({"type": "array", "uniqueItems": True}, [1, 1], "[1, 1] is not allowed: as uniqueItems asks: true"),
        ({"const": "a"}, "b", '"b" is not one of "a"'),
        ({"pattern": "^a$"}, "b", '"b" is not allowed: matches ^a$'),
    ],
)  # fmt: skip
def test_each_kind_of_bound_is_said(node: dict[str, Any], value: object, message: str) -> None:
    """Keywords that pydantic writes rarely have a sentence too."""
    view = SchemaView({"properties": {"a": {"type": "string", **node}}})
    [problem] = problems({"a": value}, view, lambda _: False)

    assert (problem.code, problem.path, problem.message) == ("E202", ("a",), message)


def test_a_hidden_value_is_in_no_problem() -> None:
    """Whatever is wrong with a hidden value, the sentence shows … in its place."""
    schema = {"properties": {"a": {"enum": ["x"]}, "b": {"type": "integer"}, "c": {"maxLength": 1}}}
    found = list(problems(dict.fromkeys("abc", "hunter2"), SchemaView(schema), lambda _: True))

    assert len(found) == 3
    assert "hunter2" not in repr(found)
