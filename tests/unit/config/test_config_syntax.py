import tomllib
from typing import TYPE_CHECKING

import pytest

from rpa_commons.config.documents._syntax import Trouble, read_trouble

if TYPE_CHECKING:
    from conftest import Town

QUOTES = 'text stands in quotes: key = "text"'
CLOSE = "put the quote that begins it at its end too"
KEY = "write key = value; a key with other signs than a-z, 0-9, - and _ stands in quotes"
OWN_LINE = f"each key = value has a line of its own; {QUOTES}"
BACKSLASH = "a \\ in double quotes stands twice; or take single quotes: 'C:\\post'"
DATE = "a date is written year first: 2026-11-01"


def _trouble(text: str) -> Trouble:
    with pytest.raises(ValueError, match=r".") as caught:
        tomllib.loads(text)
    return read_trouble(text, str(caught.value))


@pytest.mark.parametrize(
    ("line", "message", "advice"),
    [
        ("a =", "this is no value", "a value must stand behind the equals sign"),
        ("a = # later", "this is no value", "a value must stand behind the equals sign"),
        ("a = Borgerservice", "this is no value", QUOTES),
        ("a = “x”", "this is no value", 'take the straight quotes of the keyboard: "text"'),
        ("a = Ja", "this is no value", "write true or false, in small letters"),
        ("a = True # on", "this is no value", "write true or false, in small letters"),
        ("a = Truest", "this is no value", QUOTES),
        ("a = 01-11-2026", "more stands here than one value", DATE),
        ("a = 1.11.2026", "more stands here than one value", DATE),
        ("a = 1/11/2026", "more stands here than one value", DATE),
        ("a = 2026-02-30", "there is no such day or time", DATE),
        ("a = 0265", "more stands here than one value", 'a code with leading zeros stands in quotes: "0265"'),
        ("a = 1,5", "more stands here than one value", "decimals stand behind a point: 1.5"),
        ("a = 1 b = 2", "more stands here than one value", OWN_LINE),
        ('a = "x', "a text is not closed", CLOSE),
        ("a = 'x", "a text is not closed", CLOSE),
        ('a = "x\x01"', "a sign stands here that cannot be seen", "write the line again"),
        ("a = [1 2]", "a list is not closed, or lacks a comma", 'write it as ["a", "b"]'),
        ("a = {b = 1", "a table in braces is not closed", "write it on one line: {a = 1, b = 2}"),
        ("a = {b = 1, b = 2}", "a key stands twice", "keep one of the two"),
        ('a "b"', "an equals sign is missing", KEY),
        ('a: "b"', "an equals sign is missing", KEY),
        ("å = 1", "this is no key", KEY),
        ("= 1", "this is no key", KEY),
        ("[a", "the table's name is not closed", "write it as [name]"),
        ('a = "C:\\post"', "this backslash begins nothing", BACKSLASH),
        ('a = "C:\\Users"', "this backslash begins nothing", BACKSLASH),
    ],
)  # fmt: skip
def test_each_mistake_is_said_in_plain_words(line: str, message: str, advice: str) -> None:
    """What people do wrong in a TOML file is named, with the form to write; the column only where known."""
    trouble = _trouble(f"before = 1\n{line}\nafter = 2\n")

    assert trouble.line == 2
    assert trouble.message.partition(" (column ")[0] == f"not TOML: {message}"
    assert trouble.help == advice


def test_the_column_is_named() -> None:
    """Where tomllib knows the column, the message ends with it."""
    assert _trouble("a = x\n").message == "not TOML: this is no value (column 5)"


@pytest.mark.parametrize(
    ("text", "first", "second"),
    [
        ("a = 1\nb = 2\na = 3\n", 1, 3),
        ("[t]\na = 1\n a= 2\n", 2, 3),
        ("[t]\na = 1\n[u]\n[t]\n", 1, 4),
    ],
)
def test_what_stands_twice_names_both_lines(text: str, first: int, second: int) -> None:
    """The first one is looked for under the same header, so that people need not search."""
    assert _trouble(text).help == f"keep one of lines {first} and {second}"


def test_a_key_that_only_looks_like_a_twin_is_not_named() -> None:
    """A key of the same name below another header is another key."""
    assert _trouble("[t]\na = 1\n[u]\na.b = 1\na = 3\n").help == "keep one of the two"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('a = ["x"\nb = [1]\n', 1),
        ('b = [1]\na = ["x",\n  "y"\n\n[t]\nc = 1\n', 2),
        ('a = [\n  "x"\n  "y",\n]\n', 3),
        ('b = [1]\nc = [\n"y",\n\n', 2),
        ("a = '''x'''\nb = 'y\nc = 1\n", 2),
        ("a = {b = 1\n\n\n", 1),
        ("a = 1\nb = '''\nx\n\ny\n", 2),
        ('a = """x"""\nb = "y', 2),
        ("a = 1\nb =", 2),
    ],
)
def test_an_open_end_points_at_its_beginning(text: str, line: int) -> None:
    """A fault that tomllib sees at the end of the document only is shown where it begins."""
    assert _trouble(text).line == line


@pytest.mark.parametrize(
    ("line", "quoted"),
    [
        ("a = hunter2", "a = …"),
        ("a =", "a ="),
        ("  a.b = hunter2 # x", "  a.b = …"),
        ("hunter2", "…"),
        ("[a", "[a"),
        ("[a] hunter2", "…"),
        ('"x hunter2 = y" \\', "…"),
        ("'a b' . c = x", "'a b' . c = …"),
    ],
)
def test_a_broken_line_is_quoted_without_its_value(line: str, quoted: str) -> None:
    """Key and header help to find the place; whatever may be a value is not shown."""
    assert _trouble(line).quoted == quoted


def test_a_line_inside_a_long_text_is_not_quoted() -> None:
    """Within an open multi-line text a line that looks like a key is part of a value."""
    assert _trouble('a = """\nhunter2 = "x" \\q y\n"""\n').quoted == "…"
    assert _trouble('# """\na = """\nhunter2 = "x" \\q y\n"""\n').quoted == "…"


def test_a_number_too_long_has_no_line() -> None:
    """Python refuses it without saying where."""
    assert _trouble("a = " + "9" * 10_000) == Trouble(
        None, "", "not TOML: a number is too long", "is this the right file?"
    )


def test_an_unknown_problem_is_passed_on() -> None:
    """A sentence of a later Python is better than none."""
    assert read_trouble("a = 1", "Odd thing (at line 1, column 2)") == Trouble(
        1, "a = …", "not TOML: Odd thing (column 2)", ""
    )


@pytest.mark.parametrize(
    ("content", "message", "advice"),
    [
        ('bot = "å"\n'.encode("utf-16"), "the file is UTF-16", "save it again"),
        (b"\xff\xfe\xfd\x00\x01", "the file is UTF-16", "save it again"),
        (b"PK\x03\x04\x00\xff\xfe", "the file is not UTF-8", "is this the right file?"),
        (b'owner = "B\xf8rge"', "the file is not UTF-8", "save it again"),
    ],
)
def test_an_encoding_is_named(town: "Town", content: bytes, message: str, advice: str) -> None:
    """E104 tells a text in another encoding from a file that is no text at all."""
    town.write("bots/welcome-letters.toml", content)

    assert (town.finding().code, town.finding().message) == ("E104", message)
    assert town.finding().help.startswith(advice)
