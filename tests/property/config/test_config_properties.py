"""Properties of the scanner and of the layers, over generated documents."""

import string
import tomllib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from rpa_commons.config.documents._document import Document
from rpa_commons.config.documents._places import find_places
from rpa_commons.config.documents._syntax import read_trouble
from rpa_commons.config.findings._keys import HIDDEN, format_key, guess, parse_key, show, walk
from rpa_commons.config.layers._layers import Layer, merge

_NAMES = st.text(st.characters(codec="utf-8", exclude_categories=("Cs",)), max_size=6)
_SEEDS = st.integers(0, 2**32)
_AT_ONCE = 60  # documents per example: 3,000 in 50 examples
_Documents = Callable[[int, int], list[tuple[str, dict[str, Any]]]]


def _escaped(text: str) -> str:
    return "".join(
        c if c in string.ascii_letters + string.digits + "_-" else f"\\U{ord(c):08x}" for c in text
    )


@settings(max_examples=50, deadline=None)
@given(_SEEDS)
def test_every_key_that_tomllib_sees_has_its_line(valid_documents: _Documents, seed: int) -> None:
    """The scanner's paths are tomllib's paths, and the line of each key holds that key."""
    documents = valid_documents(seed, _AT_ONCE)
    for text, values in documents:
        unix = text.replace("\r\n", "\n")
        places = find_places(unix)
        lines = unix.split("\n")

        assert {path for path, _ in walk(values)} == set(places)
        for path, place in places.items():
            name = path[-1]
            if isinstance(name, str):
                assert name in lines[place.line - 1] or _escaped(name) in lines[place.line - 1]

    assert len(documents) > _AT_ONCE / 2  # the generator writes valid documents, most of the time


@settings(max_examples=30, deadline=None)
@given(_SEEDS)
def test_the_span_of_each_value_is_that_value(valid_documents: _Documents, seed: int) -> None:
    """What stands between a value's offsets, parsed alone, is the value that tomllib read."""
    for text, values in valid_documents(seed, _AT_ONCE):
        unix = text.replace("\r\n", "\n")
        places = find_places(unix)

        for path, value in walk(values):
            place = places[path]
            if place.end > place.start:
                [alone] = tomllib.loads(f"v = {unix[place.start : place.end]}").values()
                assert repr(alone) == repr(value)


@settings(max_examples=20, deadline=None)
@given(_SEEDS)
def test_a_quoted_line_holds_no_hidden_value(valid_documents: _Documents, seed: int) -> None:
    """With everything hidden no line shows any part of a value; with nothing hidden it is the line itself."""
    for text, values in valid_documents(seed, _AT_ONCE):
        unix = text.replace("\r\n", "\n")
        places = find_places(unix)
        document = Document(Path("x.toml"), "x.toml", unix, values)
        inside = {offset for place in places.values() for offset in range(place.start, place.end)}
        offset = 0
        for number, line in enumerate(unix.split("\n"), start=1):
            outside = "".join(c for at, c in enumerate(line, start=offset) if at not in inside)
            offset += len(line) + 1

            assert document.quote(number, lambda _: True).replace(HIDDEN, "") == outside
            assert document.quote(number, lambda _: False) == line


@settings(max_examples=30, deadline=None)
@given(_SEEDS, st.data())
def test_a_broken_document_is_told_without_its_values(
    valid_documents: _Documents, seed: int, data: st.DataObject
) -> None:
    """Whatever sign is put anywhere into a document, the line named is there and shows no value."""
    for text, _ in valid_documents(seed, 6):
        unix = text.replace("\r\n", "\n") + _SECRETS
        position = data.draw(st.integers(0, len(unix)))
        broken = unix[:position] + data.draw(st.sampled_from(_SIGNS)) + unix[position:]
        try:
            tomllib.loads(broken)
        except ValueError as error:
            trouble = read_trouble(broken, str(error))
            lines = broken.split("\n")

            assert "hunter2" not in f"{trouble.quoted}{trouble.message}{trouble.help}"
            assert trouble.line is None or 1 <= trouble.line <= len(lines)


_SECRETS = """
[secrets]
a = "hunter2"
b = ["x", "hunter2", '''
  hunter2 = hunter2
''', { c = "hunter2" }]
d.e = { f = "hunter2", g = 'hunter2' }
"""
_SIGNS = ['"', "'", "[", "]", "{", "}", "=", ".", ",", "\n", "#", "\\", "x", "\x00", '"""', "'''"]

_TREES = st.recursive(
    st.integers() | st.booleans() | st.text(max_size=3) | st.lists(st.integers(), max_size=2),
    lambda inner: st.dictionaries(st.sampled_from("abcd"), inner, max_size=3),
    max_leaves=12,
).filter(lambda tree: isinstance(tree, dict))


def _layered(*trees: Any) -> list[Layer]:
    return [Layer(f"layer {number}", tree) for number, tree in enumerate(trees)]


def _leaves(tree: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    for key, value in tree.items():
        if isinstance(value, Mapping) and value:
            yield from _leaves(value, (*path, key))
        else:
            yield (*path, key), value


@given(_TREES, _TREES)
def test_the_later_layer_wins(weak: Any, strong: Any) -> None:
    """Every leaf of the stronger layer is in the result, from that layer; an empty table adds nothing."""
    merged = merge(_layered(weak, strong))

    for path, value in _leaves(strong):
        if value != {}:
            winner = merged.winner(path)
            assert winner is not None
            assert (winner.layer.name, winner.value) == ("layer 1", value)


@given(_TREES, _TREES)
def test_what_nobody_contradicts_stays(weak: Any, strong: Any) -> None:
    """Keys of the weaker layer that the stronger one does not touch keep their value and layer."""
    merged = merge(_layered(weak, strong))

    for path, value in _leaves(weak):
        if path[0] not in strong:
            winner = merged.winner(path)
            assert winner is not None
            assert (winner.layer.name, winner.value) == ("layer 0", value)


@given(_TREES, _TREES, _TREES)
def test_merging_is_associative_and_idempotent(one: Any, two: Any, three: Any) -> None:
    """Laying on in any grouping gives the same values, and laying a layer on itself changes nothing."""
    together = merge(_layered(one, two, three)).values
    first = merge(_layered(one, two)).values

    assert merge(_layered(first, three)).values == together
    assert merge(_layered(together, together)).values == together
    assert merge(_layered(one)).values == one


@given(st.lists(_NAMES, min_size=1, max_size=4))
def test_a_key_survives_being_written(parts: list[str]) -> None:
    """What format_key writes, parse_key reads back."""
    assert parse_key(format_key(tuple(parts))) == tuple(parts)


@settings(max_examples=20, deadline=None)
@given(_SEEDS)
def test_any_value_can_be_shown(valid_documents: _Documents, seed: int) -> None:
    """A value in a message is one short line."""
    shown = [show(value) for _, values in valid_documents(seed, _AT_ONCE) for _, value in walk(values)]

    assert all("\n" not in text and len(text) <= 72 for text in shown)


@given(_NAMES, st.lists(_NAMES, max_size=5))
def test_a_guess_is_one_of_the_known(word: str, known: list[str]) -> None:
    """A guess never invents a word."""
    assert guess(word, known) in {None, *known}
