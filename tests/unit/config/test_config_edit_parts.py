"""The parts of an edit: where a key goes, what the text consists of, how the change is shown."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from rpa_commons.config.documents._toml_values import toml_text
from rpa_commons.config.documents._write import FileNotWrittenError
from rpa_commons.config.instances._edit_lock import changing
from rpa_commons.editing._edit_diff import redacted_diff
from rpa_commons.editing._edit_target import target_of
from rpa_commons.editing._toml_edit import with_value, without_value
from rpa_commons.editing._toml_layout import Layout


def _shown(path: Any) -> bool:
    return False


@pytest.mark.parametrize(
    ("key", "environment", "name", "path"),
    [
        ("window_days", None, "bots/greet.toml", ("settings", "window_days")),
        ("letters.'a b'", None, "bots/greet.toml", ("settings", "letters", "a b")),
        ("instance.owner", None, "bots/greet.toml", ("owner",)),
        ("window_days", "test", "environments/test/bots/greet.toml", ("settings", "window_days")),
        ("stack.DigitalPost.settings.folder", None, "stack.toml", ("DigitalPost", "settings", "folder")),
        ("stack.profiles", None, "stack.toml", ("profiles",)),
        ("stack.X.connector", "production", "environments/production/stack.toml", ("X", "connector")),
        ("municipality.letterhead.phone", None, "municipality.toml", ("letterhead", "phone")),
    ],
)
def test_a_key_has_one_file(key: str, environment: str | None, name: str, path: tuple[str, ...]) -> None:
    """As explain names it, with the file that says it and the path there."""
    target = target_of(Path("/town"), "greet", key, environment)

    assert (name, path) == (target.name, target.path)
    assert Path("/town") / name == target.file
    assert target.file_of_other in {"bots/greet.toml", "stack.toml", "municipality.toml"}


def test_headers_and_pairs_are_lines() -> None:
    """A value over several lines is one; what looks like a header inside a text is none."""
    text = 'a = """\n[no]\n"""\n[s] # h\nb.c = [\n  1, # one\n]\n[[rows]]\nd = 1\n'
    lines = [(one.path, one.is_header) for one in Layout(text).lines]

    assert [
        (("a",), False),
        (("s",), True),
        (("s", "b", "c"), False),
        (("rows", 0), True),
        (("rows", 0, "d"), False),
    ] == lines


@pytest.mark.parametrize(
    ("before", "path", "after"),
    [
        ("a = 1\nb = 2 # two\nc = 3\n", ("b",), "a = 1\nc = 3\n"),
        ("[s]\na = [\n  1,\n]\nb = 2\n", ("s", "a"), "[s]\nb = 2\n"),
        ("a = { b = 1, c = 2 }\n", ("a", "c"), "a = { b = 1 }\n"),
        ("a = {b = 1, c = 2}\n", ("a", "c"), "a = {b = 1}\n"),
        ("a = { b = 1, c = 2 }\n", ("a", "b"), "a = { c = 2 }\n"),
        ("a.b = 1\r\na.c = 2\r\n", ("a", "b"), "a.c = 2\r\n"),
        ("a = 1", ("a",), ""),
    ],
)
def test_a_value_is_taken_out_with_its_line(before: str, path: tuple[str, ...], after: str) -> None:
    """And with nothing else."""
    assert after == without_value(before, path)


def test_what_is_not_there_cannot_be_taken_out() -> None:
    """The caller says so in its own words."""
    with pytest.raises(KeyError):
        without_value("a = 1\n", ("b",))


def test_a_table_is_changed_key_by_key() -> None:
    """Comments of keys that stay are kept; keys that the new table does not have go."""
    before = "[s]\na = 1 # one\nb = 2\n\n[s.t]\nc = 3 # three\n"

    assert "[s]\na = 9 # one\nd = 4\n\n[s.t]\nc = 3 # three\n" == with_value(
        before, ("s",), {"a": 9, "d": 4, "t": {"c": 3}}
    )


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "true"),
        (-0.0, "-0.0"),
        (float("inf"), "inf"),
        ('a "b" \\ \n\x07', '"a \\"b\\" \\\\ \\n\\u0007"'),
        ({"a b": [1, {}]}, '{ "a b" = [1, {}] }'),
        ((), "[]"),
    ],
)
def test_values_are_written_as_toml(value: Any, text: str) -> None:
    """Signs that a terminal or a parser could mistake are escaped."""
    assert text == toml_text(value)


def test_a_long_list_has_a_line_for_each_item() -> None:
    """Inside braces it stays on one line."""
    items = [f"host-{number}.example.org" for number in range(8)]

    assert 10 == len(toml_text(items).splitlines())
    assert 1 == len(toml_text({"append": items}).splitlines())


def test_a_diff_shows_what_is_around_a_change() -> None:
    """Three lines on either side, line numbers as diff has them."""
    before = "".join(f"k{number} = {number}\n" for number in range(10))
    diff = redacted_diff("f.toml", before, before.replace("k5 = 5", "k5 = 6"), _shown, _shown)

    assert (
        "--- f.toml\n+++ f.toml\n@@ -3,7 +3,7 @@\n k2 = 2\n k3 = 3\n k4 = 4\n-k5 = 5\n+k5 = 6\n"
        " k6 = 6\n k7 = 7\n k8 = 8"
    ) == diff


def test_a_diff_of_nothing_is_empty() -> None:
    """The same text twice."""
    assert "" == redacted_diff("f.toml", "a = 1\n", "a = 1\n", _shown, _shown)


def test_a_hidden_value_shows_as_a_changed_line() -> None:
    """Old and new are hidden by their own rules, in lines around the change too."""
    before = 'secret = """\nfirst\nsecond"""\nopen = 1\n'
    diff = redacted_diff(
        "f.toml",
        before,
        before.replace("open = 1", "open = 2").replace("first", "third"),
        lambda path: path == ("secret",),
        lambda path: path == ("secret",),
    )

    assert "+open = 2" in diff
    assert not [word for word in ("first", "second", "third") if word in diff]
    assert "-…" in diff.splitlines()


def test_a_personal_number_never_shows_in_a_diff() -> None:
    """Not even in a comment."""
    diff = redacted_diff("f.toml", "a = 1 # 010190-1234\n", "a = 2 # 010190-1234\n", _shown, _shown)

    assert "1234" not in diff


def test_another_command_is_waited_for_and_then_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is changed without the lock."""
    monkeypatch.setattr("rpa_commons.config.instances._edit_lock._PATIENCE", 0.05)
    with (
        changing(tmp_path),
        pytest.raises(FileNotWrittenError, match="another command is changing the configuration"),
        changing(tmp_path),
    ):
        pass


ASKED = '[a]\n# b = "x" # must be filled in: what b is\n# c = 1\n'


@pytest.mark.parametrize(
    ("before", "path", "after"),
    [
        (ASKED, ("a", "b"), "[a]\nb = 7 # what b is\n# c = 1\n"),
        (ASKED.replace(": what b is", ""), ("a", "b"), "[a]\nb = 7\n# c = 1\n"),
        (ASKED.replace("\n", "\r\n"), ("a", "b"), "[a]\r\nb = 7 # what b is\r\n# c = 1\r\n"),
        (ASKED, ("a", "c"), '[a]\nc = 7\n# b = "x" # must be filled in: what b is\n# c = 1\n'),
        ("# b = 0 # must be filled in", ("b",), "b = 7"),
        ("[a]\n# b.c = 0 # must be filled in\n", ("a", "b", "c"), "[a]\nb.c = 7\n"),
        ('[a]\nx = """\n# b = 0 # must be filled in\n"""\n', ("a", "b"), None),
        ("[z]\n# b = 0 # must be filled in\n", ("a", "b"), None),
        ("[a]\n# bb = 0 # must be filled in\n", ("a", "b"), None),
        ("[a]\nx = 1 # b = 0 # must be filled in\n", ("a", "b"), None),
    ],
)
def test_a_value_takes_the_place_where_it_was_asked_for(
    before: str, path: tuple[str, ...], after: str | None
) -> None:
    """And of no other comment: what somebody else has written stays."""
    text = with_value(before, path, 7)

    assert after is None or after == text
    if after is None:
        assert "must be filled in" in text
        assert 7 == tomllib.loads(text)["a"]["b"]
