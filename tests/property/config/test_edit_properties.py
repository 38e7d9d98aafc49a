"""Properties of edits in TOML documents: exactly one value changes, everything else stays as it was."""

import random
import tomllib
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rpa_commons.config.documents._places import find_places
from rpa_commons.config.documents._toml_values import EditRefusedError, toml_text
from rpa_commons.config.findings._keys import walk
from rpa_commons.editing._toml_edit import with_value, without_value

_SEEDS = st.integers(0, 2**32)
_AT_ONCE = 12
_Documents = Callable[[int, int], list[tuple[str, dict[str, Any]]]]

_TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cs",)), max_size=8)
_SCALAR = st.one_of(
    st.booleans(),
    st.integers(-(2**60), 2**60),
    st.floats(),
    _TEXT,
    st.dates(date(1000, 1, 1)),
    st.times().map(lambda one: one.replace(microsecond=0, fold=0)),
    st.datetimes(datetime(1000, 1, 1)).map(lambda one: one.replace(tzinfo=UTC, fold=0)),  # noqa: DTZ001 - made aware here
)
_VALUE = st.recursive(
    _SCALAR,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXT, inner, max_size=3),
    max_leaves=6,
)


def _leaves(values: dict[str, Any]) -> list[tuple[str, ...]]:
    """Paths of table keys to what is no table."""
    return [
        path
        for path, value in walk(values)
        if not isinstance(value, dict) and all(isinstance(part, str) for part in path)
    ]  # type: ignore[return-value]


def _plain(tree: Any) -> Any:
    """The tree without empty tables and with nan as text, fit for ``==`` with types."""
    if isinstance(tree, dict):
        below = {key: _plain(value) for key, value in tree.items()}
        return {key: value for key, value in below.items() if value != {}}
    if isinstance(tree, list):
        return [_plain(one) for one in tree]
    return (type(tree).__name__, repr(tree))


def _with(tree: Any, path: tuple[str, ...], value: Any) -> Any:
    head, *rest = path
    return {**tree, head: _with(tree.get(head, {}), tuple(rest), value) if rest else value}


def _without(tree: Any, path: tuple[str, ...]) -> Any:
    head, *rest = path
    if rest:
        return {**tree, head: _without(tree[head], tuple(rest))}
    return {key: value for key, value in tree.items() if key != head}


def _is_subsequence(lines: list[str], of: list[str]) -> bool:
    remaining = iter(of)
    return all(line in remaining for line in lines)


def _pair_of(text: str, path: tuple[str, ...]) -> tuple[int, int]:
    """The span of the outermost value that stands behind an equals sign and holds the path."""
    places = find_places(text)
    parts = (places[path[:length]] for length in range(1, len(path) + 1))
    place = next(place for place in parts if place.end > place.start)
    return place.start, place.end


@settings(max_examples=60, deadline=None)
@given(_SEEDS, _VALUE)
def test_a_changed_value_changes_only_its_own_characters(
    valid_documents: _Documents, seed: int, value: Any
) -> None:
    """What stands before and behind the value stays, character by character; tomllib reads the new value."""
    choose = random.Random(seed)  # noqa: S311 - test data
    for text, values in valid_documents(seed, _AT_ONCE):
        paths = [
            path
            for path in _leaves(values)
            if not (isinstance(_at(values, path), list) and _is_aot(text, path))
        ]
        if not paths:
            continue
        path = choose.choice(paths)
        start, end = _pair_of(text, path)
        after = with_value(text, path, value)

        assert text[:start] == after[:start]
        assert text[end:] == after[len(after) - (len(text) - end) :]
        assert _plain(_with(values, path, value)) == _plain(tomllib.loads(after))


def _at(values: Any, path: tuple[str, ...]) -> Any:
    for part in path:
        values = values[part]
    return values


def _is_aot(text: str, path: tuple[str, ...]) -> bool:
    place = find_places(text)[path]
    return place.end == place.start


@settings(max_examples=60, deadline=None)
@given(_SEEDS, _SCALAR, st.lists(_TEXT, min_size=1, max_size=3))
def test_a_new_value_adds_lines_and_takes_none(
    valid_documents: _Documents, seed: int, value: Any, name: list[str]
) -> None:
    """Below any table that is written as lines, every old line stays in its order."""
    choose = random.Random(seed)  # noqa: S311 - test data
    for text, values in valid_documents(seed, _AT_ONCE):
        tables = [
            (),
            *(path for path, one in walk(values) if isinstance(one, dict) and _is_lines(text, path)),
        ]
        table = choose.choice(tables)
        path: Any = (*table, *name)
        if name[0] in _at(values, table):  # type: ignore[arg-type]
            continue
        after = with_value(text, path, value)

        assert _is_subsequence(
            text.rstrip("\r\n").splitlines(keepends=True)[:-1], after.splitlines(keepends=True)
        )
        assert _plain(_with(values, path, value)) == _plain(tomllib.loads(after))


def _is_lines(text: str, path: Any) -> bool:
    if not all(isinstance(part, str) for part in path):
        return False
    places = find_places(text)
    return all(places[path[:length]].end == places[path[:length]].start for length in range(1, len(path) + 1))


@settings(max_examples=40, deadline=None)
@given(_SEEDS)
def test_a_value_that_is_taken_out_takes_nothing_along(valid_documents: _Documents, seed: int) -> None:
    """Every other value stays, and only lines of the value itself go."""
    choose = random.Random(seed)  # noqa: S311 - test data
    for text, values in valid_documents(seed, _AT_ONCE):
        paths = [path for path in _leaves(values) if not _is_aot(text, path)]
        if not paths:
            continue
        path = choose.choice(paths)
        start, end = _pair_of(text, path)
        after = without_value(text, path)
        line_begin = text.rfind("\n", 0, start) + 1

        assert text[:line_begin] == after[:line_begin]
        assert after.endswith(text[end:].partition("\n")[2])
        assert _plain(_without(values, path)) == _plain(tomllib.loads(after))


@settings(max_examples=300, deadline=None)
@given(_VALUE)
def test_a_value_as_toml_is_read_as_that_value(value: Any) -> None:
    """Whatever is written comes back with its type."""
    assert _plain({"v": value}) == _plain(tomllib.loads(f"v = {toml_text(value)}"))


def test_a_list_of_tables_of_its_own_is_left_alone() -> None:
    """[[tables]] would lose their comments: they are refused, with their line."""
    text = "# first\n[[rows]]\na = 1\n"
    with pytest.raises(EditRefusedError, match="from line 2 on"):
        with_value(text, ("rows",), [1])
    with pytest.raises(EditRefusedError, match="from line 2 on"):
        without_value(text, ("rows",))


def test_a_time_stays_a_time() -> None:
    """A time of day is written as TOML has it."""
    assert tomllib.loads(with_value("a = 1", ("a",), time(8, 30))) == {"a": time(8, 30)}
