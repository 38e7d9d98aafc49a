"""The quick look at lines, the scanner and tomllib see the same keys, over thousands of documents."""

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from rpa_commons.config.documents._document import Document
from rpa_commons.config.documents._places import find_places, plain_lines
from rpa_commons.config.findings._keys import walk

_SEEDS = st.integers(0, 2**32)
_Documents = Callable[[int, int], list[tuple[str, dict[str, Any]]]]

_KEYS = st.sampled_from(["a", "b", "c-d", "E_1", "1"])
_PLAIN = st.sampled_from(
    [
        '"x"',
        "'y'",
        '""',
        "''",
        "1",
        "-2.5",
        "true",
        "1979-05-27 07:32:00",
        "07:30:00",
        '"a # b"',
        "'[t]'",
        "0x1F",
    ]
)
_ODD = st.sampled_from(
    ['"\\u00e6"', '"""x"""', "'''y\nb = 2\n[t]\n'''", "[\n 1,\n]", '["a", "b]"]', "{ a = 1 }", "[]"]
)
_ENDS = st.sampled_from(["", " ", " # x", "\t# = [y]", "#"])
_LINES = st.one_of(
    st.builds("{} = {}{}".format, _KEYS, _PLAIN, _ENDS),
    st.builds("  {}={}{}".format, _KEYS, _PLAIN, _ENDS),
    st.builds("{} = {}{}".format, _KEYS, _ODD, _ENDS),
    st.builds("[{}]{}".format, _KEYS, _ENDS),
    st.builds("[{}.{}]{}".format, _KEYS, _KEYS, _ENDS),
    st.builds("[[{}]]".format, _KEYS),
    st.sampled_from(["", "  ", "# a = 1", "\t#[x]", "#"]),
)


def _check(text: str, values: dict[str, Any]) -> bool:
    """Compare all three; whether the quick look was enough."""
    places = find_places(text)
    plain = plain_lines(text)
    quick = None if plain is None else plain.by_path()
    document = Document(Path("x.toml"), "x.toml", text, values)

    assert {path for path, _ in walk(values)} == set(places)
    for path, place in places.items():
        assert place.line == document.line_of(path)
    for path, line in (quick or {}).items():
        assert places[path].line == line
    return quick is not None


@settings(max_examples=60, deadline=None)
@given(_SEEDS)
def test_lines_agree_on_generated_documents(valid_documents: _Documents, seed: int) -> None:
    """Three thousand documents with everything that TOML knows."""
    for text, values in valid_documents(seed, 50):
        _check(text.replace("\r\n", "\n"), values)


@settings(max_examples=1500, deadline=None)
@given(st.lists(_LINES, max_size=8))
def test_lines_agree_where_most_lines_are_plain(lines: list[str]) -> None:
    """Documents as people write them, now and then with a line that is not plain."""
    text = "\n".join(lines)
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    _check(text, values)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(_PLAIN, _ENDS), max_size=12))
def test_plain_documents_take_the_quick_way(pairs: list[tuple[str, str]]) -> None:
    """One pair a line needs no scanner."""
    text = "[t] # h\n" + "\n".join(f"k{number} = {value}{end}" for number, (value, end) in enumerate(pairs))

    assert _check(text, tomllib.loads(text))
