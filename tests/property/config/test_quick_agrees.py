"""What the compiled check lets pass, the full walk lets pass too."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from rpa_commons.config.schema._quick import compile_check
from rpa_commons.config.schema._schema import SchemaView
from rpa_commons.config.schema._validate import _problems

_NAMES = st.sampled_from(["a", "b", "c", "x-y"])
_NUMBERS = st.integers(-3, 9) | st.sampled_from(
    [0.0, 1.0, 2.5, -1.5, float("nan"), float("inf"), 1e308, 2**70]
)
_TEXTS = st.sampled_from(
    ["", "a", "ab", "abc", "2026-02-28", "2026-02-30", "2026-02-01T07:30", "07:30", "25:00", "1", "12", "ø"]
)
_SCALARS = _NUMBERS | _TEXTS | st.booleans() | st.none()
_VALUES = st.recursive(
    _SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_NAMES, inner, max_size=3),
    max_leaves=8,
)
_TYPES = st.sampled_from(["integer", "number", "string", "boolean", "array", "object", "null"])


def _several(**keywords: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=keywords)


_LEAVES = _several(
    type=_TYPES | st.lists(_TYPES, min_size=1, max_size=2, unique=True),
    minimum=st.integers(-2, 5),
    maximum=st.integers(0, 7),
    exclusiveMinimum=st.integers(-2, 5),
    exclusiveMaximum=st.integers(0, 7),
    multipleOf=st.integers(1, 3),
    minLength=st.integers(0, 3),
    maxLength=st.integers(0, 3),
    pattern=st.sampled_from(["^a", "b$", r"^\d+$", "ø"]),
    format=st.sampled_from(["date", "date-time", "time", "uuid", "uri"]),
    enum=st.lists(_SCALARS, min_size=1, max_size=3),
    const=_SCALARS,
    description=st.just("words"),
    personal=st.booleans(),
)


def _nested(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return _several(
        type=_TYPES,
        properties=st.dictionaries(_NAMES, inner, max_size=3),
        required=st.lists(_NAMES, max_size=2, unique=True),
        additionalProperties=inner | st.booleans(),
        patternProperties=st.dictionaries(st.sampled_from(["^a", "y$"]), inner, max_size=1),
        propertyNames=st.just({"maxLength": 1}),
        dependentRequired=st.just({"a": ["b"]}),
        minProperties=st.integers(0, 2),
        maxProperties=st.integers(0, 2),
        items=inner | st.booleans(),
        prefixItems=st.lists(inner, min_size=1, max_size=2),
        minItems=st.integers(0, 2),
        maxItems=st.integers(0, 2),
        uniqueItems=st.booleans(),
        anyOf=st.lists(inner, min_size=1, max_size=2),
        allOf=st.lists(inner, min_size=1, max_size=2),
        oneOf=st.lists(inner, min_size=1, max_size=2),
        **{"not": inner, "$ref": st.sampled_from(["#/$defs/one", "#/$defs/two"])},
    )


_SCHEMAS = st.recursive(_LEAVES, _nested, max_leaves=6)
_WHOLE = st.builds(
    lambda root, one, two: {**root, "$defs": {"one": one, "two": two}},
    _SCHEMAS.filter(lambda schema: isinstance(schema, dict)),
    _LEAVES,
    _nested(_LEAVES),
)


@settings(max_examples=1500, deadline=None)
@given(_WHOLE, st.lists(_VALUES, min_size=1, max_size=6))
def test_surely_valid_means_that_the_full_walk_finds_nothing(
    schema: dict[str, Any], values: list[Any]
) -> None:
    """Over random schemas and values a yes of the compiled check is a yes of JSON Schema."""
    is_surely_valid = compile_check(schema)
    view = SchemaView(schema)

    for value in values:
        if is_surely_valid(value):
            assert [] == list(_problems(value, view, lambda _: False))


@settings(max_examples=300, deadline=None)
@given(_LEAVES, _VALUES)
def test_a_check_knows_what_settings_are_made_of(schema: dict[str, Any], value: Any) -> None:
    """For the keywords of single values a no is a no too, so that valid settings never take the long way."""
    unsure = {"multipleOf", "enum", "const"} & schema.keys()
    if not unsure and not list(_problems(value, SchemaView(schema), lambda _: False)):
        assert compile_check(schema)(value)
