"""The quick look at lines agrees with the scanner, and values are tomllib's, on text right and wrong."""

import json
import tomllib
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from rpa_commons.config.documents._document import parse_document
from rpa_commons.config.documents._places import find_places, plain_lines

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
    """Compare all three, where tomllib accepts the text; whether the quick look was enough."""
    try:
        values = tomllib.loads(text)
    except ValueError:
        return False
    if ".".join("k" * 33) in text:  # deeper than a file may be
        return False
    document = parse_document(Path("x.toml"), "x.toml", text.encode())
    plain = plain_lines(document.text)
    quick = None if plain is None else plain.by_path()
    places = find_places(document.text)

    assert _as_text(values) == _as_text(document.values)
    assert (quick or {}).items() <= {path: place.line for path, place in places.items()}.items()
    assert [place.line for place in places.values()] == [document.line_of(path) for path in places]
    return quick is not None


@settings(max_examples=4000, deadline=None)
@given(st.lists(_LINES, max_size=5))
def test_lines_agree_on_statements_right_and_wrong(lines: list[str]) -> None:
    """Whatever tomllib accepts has the scanner's lines, though most documents here are broken."""
    _check("\n".join(lines))


@settings(max_examples=1500, deadline=None)
@given(_VALUES, _ENDS)
def test_lines_agree_around_single_values(value: str, end: str) -> None:
    """Each value, and what stands below it."""
    _check(f"a = {value}{end}\nb = 1\n[c]\nd = 2")


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ['"x"', '"a\\n\\"b"', "'y'", '""', "1_000", "1e3", "true", "1979-05-27", '["a", 1,]', "{ a = 1 }"]
        ),
        max_size=12,
    )
)
def test_plain_statements_need_no_scanner(values: list[str]) -> None:
    """What people write takes the quick way."""
    pairs = "\n".join(f"k{number} = {value} # x" for number, value in enumerate(values))

    assert _check(f"# h\n\n[t.u] # h\n{pairs}\n[t]\nv = 1\n")


def test_many_blanks_and_items_are_looked_at_once() -> None:
    """A line of a hundred thousand blanks or items takes no time to tell of."""
    assert plain_lines(" " * 100_000 + "x") is None
    assert plain_lines("a = [" + "1 , " * 100_000 + "x, [") is None
    assert plain_lines("a = [" + "1 , " * 100_000 + "]") == ({"": {"a": 1}}, {})
