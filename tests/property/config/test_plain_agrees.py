"""The quick reader of plain TOML gives what tomllib gives, or gives up."""

import json
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from rpa_commons.config.documents._document import Document
from rpa_commons.config.documents._places import find_places
from rpa_commons.config.documents._plain import read_plain

_SEEDS = st.integers(0, 2**32)
_Documents = Callable[[int, int], list[tuple[str, dict[str, Any]]]]

_KEYS = st.sampled_from(["a", "b", "c-d", "E_1", "1", "", "a.b", '"a"', "æ", "a b"])
_HEADERS = st.sampled_from(
    ["a", "b", "a.b", "a.b.c", "b.a", "a.a.a", "c-d", " a ", "a . b", '"a"', "", "a.", ".".join("k" * 40)]
)
_SCALARS = st.sampled_from(
    [
        *(
            '"x"',
            "'y'",
            '""',
            "''",
            '"""',
            "'''",
            '"""x"""',
            "'''y'''",
            '"a"b"',
            '"a\\n"',
            '"a # b"',
            "'[t]'",
        ),
        *("1", "-2", "+3", "0", "-0", "+0", "00", "01", "1_000", "1__0", "_1", "1_", "0x1F", "0o7", "0b1"),
        *(
            "1.5",
            "-0.0",
            "+1.0",
            "1.",
            ".5",
            "1_0.0_1",
            "1._0",
            "1_.0",
            "01.5",
            "1e3",
            "1.5e3",
            "1.5E-3",
            "1.5.6",
        ),
        *(
            "9" * 30,
            "9" * 400,
            "0." + "3" * 40,
            "123456789012345678",
            "3.141592653589793",
            "inf",
            "-nan",
            "nan",
        ),
        *("true", "false", "True", "truex", "true false", "1 2", "1-2", "1:2", "x", ""),
        *("1979-05-27", "1979-02-30", "0000-01-01", "1979-13-01", "1979-5-27", "1979-05-27T07:32:00Z"),
        *(
            "07:32:60",
            "07:32:00Z",
            "1979-05-27 07:32:00",
            "1979-05-27 ",
            "1979-05-27 7",
            "07:32:00",
            "24:00:00",
            "07:32",
            "07:32:00.5",
        ),
        *(
            "07:60:00",
            "07:32:60",
            "07:32:00Z",
            '"æøå€𝄞"',
            "'\t'",
            '"\x7f"',
            '"\x01"',
            "'\r'",
            "'\x0b'",
            '"\u2028\x85"',
        ),
    ]
)
_PAD = st.sampled_from(["", " ", "\t", "  "])
_LISTS = st.builds(
    lambda items, pad, end: "[" + pad + f"{pad},{pad}".join(items) + end + pad + "]",
    st.lists(_SCALARS, max_size=4),
    _PAD,
    st.sampled_from(["", "", ",", ",,"]),
)
_TABLES = st.builds(
    lambda pairs, pad, end: "{" + pad + f"{pad},{pad}".join(pairs) + pad + end + "}",
    st.lists(st.builds("{} = {}".format, _KEYS, _SCALARS), max_size=3),
    _PAD,
    st.sampled_from(["", "", ","]),
)
_VALUES = st.one_of(
    _SCALARS, _SCALARS, _LISTS, _TABLES, st.sampled_from(["[[1]]", "[\n1,\n]", "{ a = { b = 1 } }"])
)
_ENDS = st.sampled_from(["", "", " ", " # x", "\t# = [y]", "#", " x", "# \x00", " # \x7f", "\r"])
_LINES = st.one_of(
    st.builds("{0}{1}{0}={0}{2}{3}".format, _PAD, _KEYS, _VALUES, _ENDS),
    st.builds("{} = {}{}".format, st.sampled_from("abc"), _VALUES, _ENDS),
    st.builds("{}[{}]{}".format, _PAD, _HEADERS, _ENDS),
    st.builds("[{}]".format, st.sampled_from(["a", "b", "a.b", "b.c", "a.b.c"])),
    st.sampled_from(["[[a]]", "", "  ", "# a = 1", "\t#[x]", "#", "# \x00", "]", "1", "= 1", "a"]),
)


def _as_text(values: Any) -> str:
    """Tells 1 from 1.0 and true, -0.0 from 0.0, and one order of keys from another."""
    return json.dumps(values, default=lambda one: f"{type(one).__name__} {one.isoformat()}")


def _check(text: str) -> bool:
    """Compare both; whether the quick reader was enough."""
    quick = read_plain(text)
    if quick is None:
        return False
    places = find_places(text)

    assert _as_text(tomllib.loads(text)) == _as_text(quick[0])
    assert quick[1].items() <= {path: place.line for path, place in places.items()}.items()
    slow = Document(Path("x.toml"), "x.toml", text, quick[0])
    fast = Document(Path("x.toml"), "x.toml", text, quick[0])
    vars(fast)["lines"] = quick[1]
    for path in places:
        assert slow.line_of(path) == fast.line_of(path)
    return True


@settings(max_examples=60, deadline=None)
@given(_SEEDS)
def test_plain_reading_agrees_on_generated_documents(valid_documents: _Documents, seed: int) -> None:
    """Three thousand documents with everything that TOML knows."""
    for text, _ in valid_documents(seed, 50):
        _check(text.replace("\r\n", "\n"))


@settings(max_examples=4000, deadline=None)
@given(st.lists(_LINES, max_size=5))
def test_plain_reading_agrees_on_lines_right_and_wrong(lines: list[str]) -> None:
    """Whatever it reads, tomllib accepts and reads as the same, though most documents are broken."""
    _check("\n".join(lines))


@settings(max_examples=1500, deadline=None)
@given(_VALUES, _ENDS)
def test_plain_reading_agrees_on_single_values(value: str, end: str) -> None:
    """Each value by itself, right and wrong."""
    _check(f"a = {value}{end}")


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ['"x"', "'y'", '""', "1_000", "-2.5", "true", "1979-05-27", "07:30:00", '["a", 1,]', "{ a = 1 }"]
        ),
        max_size=12,
    )
)
def test_plain_documents_are_read_the_quick_way(values: list[str]) -> None:
    """What people write is read without tomllib."""
    pairs = "\n".join(f"k{number} = {value} # x" for number, value in enumerate(values))

    assert _check(f"# h\n\n[t.u] # h\n{pairs}\n[t]\nv = 1\n")


def test_many_blanks_and_items_are_refused_quickly() -> None:
    """A line of a hundred thousand blanks or items is looked at once."""
    assert read_plain(" " * 100_000 + "x") is None
    assert read_plain("a = [" + "1 , " * 100_000 + "x]") is None
    assert read_plain("a = [" + "1 , " * 100_000 + "]") is not None
