"""A key of thousands of parts is refused before a parser takes it apart."""

from typing import TYPE_CHECKING

import pytest

from rpa_commons.config import OverrideError
from rpa_commons.config.documents import line_of_deep_key

if TYPE_CHECKING:
    from conftest import Town

DEEP = ".".join("a" * 20_000)


@pytest.mark.parametrize(
    "text",
    [
        f"{DEEP} = 1\n",
        f"[{DEEP}]\n",
        f"x = {{ {DEEP} = 1 }}\n",
        ".".join(['"a b"'] * 20_000) + " = 1\n",
        " . ".join("a" * 20_000) + " = 1\n",
    ],
)
def test_a_file_with_an_endless_key_is_refused_at_its_line(town: "Town", text: str) -> None:
    """However it is written; the finding comes at once and names the line."""
    town.write("environments/test/bots/welcome-letters.toml", f"# first\n{text}")
    finding = next(one for one in town.findings() if one.code == "E104")

    assert (2, "a key has more than 32 parts") == (finding.line, finding.message)


@pytest.mark.parametrize(
    "text",
    [
        f'x = "{DEEP}"\n',
        f"x = '{DEEP}'\n",
        f'x = """\n{DEEP}\n"""\n',
        f"x = '''\n{DEEP}\n'''\n",
        f"# {DEEP}\n",
        "x = [" + ", ".join(["1.5"] * 100) + "]\n",
        "x = 1\n" * 3,
        ".".join("a" * 32) + " = 1\n",
    ],
)
def test_dots_elsewhere_are_no_key(text: str) -> None:
    """Texts, comments and numbers may have as many as they like."""
    assert line_of_deep_key(text, limit=32) is None


@pytest.mark.parametrize(
    "text", ["a" * 500_000, "a " * 100_000 + "." * 50, '"' * 3 + "a.a" * 1000, "." * 9_999]
)
def test_nothing_takes_long(text: str) -> None:
    """Neither a long word nor an unclosed text sends the search back and forth."""
    assert line_of_deep_key(text, limit=32) in {None, 1}


@pytest.mark.parametrize(
    "text",
    [
        ".".join("a" * 3_000) + "=1",
        "words={" + ".".join("a" * 3_000) + "=1}",
        "words=" + "[" * 200 + "]" * 200,
        "stack.PopulationRegister.settings." + ".".join("a" * 3_000) + "=1",
    ],
)
def test_an_override_that_deep_is_refused(town: "Town", text: str) -> None:
    """With the words of a mistake in typing, and not of a crash."""
    with pytest.raises(OverrideError) as caught:
        town.resolve(text)

    assert "more than 32" in caught.value.problem
    assert len(str(caught.value)) < 400
