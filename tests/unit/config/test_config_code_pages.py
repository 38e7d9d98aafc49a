"""Every code has a page, for the terminal and for the documentation."""

import json
import re
import runpy
from pathlib import Path

import pytest
from click.testing import CliRunner

from rpa_commons import conformance
from rpa_commons.cli.explain import explain
from rpa_commons.config import CODES, UnknownCodeError, page_of

PROJECT = Path(__file__).parents[3]
PAGES = PROJECT / "rpa_commons" / "config" / "findings" / "codes"


def test_every_code_has_a_page_and_no_page_is_left_over() -> None:
    """The folder of pages and the table of codes name the same codes."""
    assert sorted(CODES) == sorted(path.stem for path in PAGES.iterdir())


@pytest.mark.parametrize("code", CODES)
def test_a_page_says_what_it_means_shows_an_example_and_what_to_do(code: str) -> None:
    """Heading as in the table of codes, then text, one example in a fence, text."""
    heading, meaning, rest = page_of(code).split("\n\n", 2)
    example, advice = re.split(r"\n```\n", rest, maxsplit=1)

    assert heading == f"# {code}: {CODES[code]}"
    assert len(meaning) > 40
    assert re.match(r"```(toml|text)\n.", example)
    assert len(advice.strip()) > 15


def test_the_reference_holds_every_page_as_it_is() -> None:
    """docs/reference/codes.md is what its generator writes."""
    generator = runpy.run_path(str(PROJECT / "docs" / "generate_codes.py"))

    assert generator["page"]() == (PROJECT / "docs" / "reference" / "codes.md").read_text(encoding="utf-8")


def test_every_code_in_the_sources_is_in_the_table() -> None:
    """A finding made anywhere has a code that can be looked up."""
    used = {
        code
        for path in (PROJECT / "rpa_commons").rglob("*.py")
        if path.name != "_codes.py"
        for code in re.findall(r'"([EW][1-8]\d\d)"', path.read_text(encoding="utf-8"))
    }

    assert used <= set(CODES), "a code without a page"
    assert set(CODES) <= used, "a code that nothing reports"


def test_a_code_in_small_letters_is_found() -> None:
    """What people type is what they read somewhere."""
    assert page_of("E301") == page_of("e301")


@pytest.mark.parametrize("hostile", ["", "../E101", "E999", "E101\x00", "W" * 10_000])
def test_a_code_that_is_none_is_refused_with_a_remedy(hostile: str) -> None:
    """Nothing but the table decides which file is read."""
    with pytest.raises(UnknownCodeError) as caught:
        page_of(hostile)

    assert caught.value.exit_code == 2
    assert caught.value.remedy
    assert len(caught.value.message) < 100


def test_explain_prints_the_page() -> None:
    """``rpac explain E301`` is the page; no line is too long for a terminal, but in the example."""
    result = CliRunner().invoke(explain, ["e301"])

    assert result.exit_code == 0
    assert result.output.startswith("# E301: locked by the cooperation\n")
    assert max(map(len, result.output.splitlines())) <= 100


def test_explain_lists_every_code() -> None:
    """Without a code it is a table of contents, as JSON too."""
    listed = CliRunner().invoke(explain, [])
    as_json = CliRunner().invoke(explain, ["--json"])

    codes = {**CODES, **conformance.CODES}
    assert [line[:4] for line in listed.output.splitlines()] == list(codes)
    assert json.loads(as_json.output) == codes


def test_explain_gives_a_page_as_json() -> None:
    """For tools that show the page themselves."""
    found = json.loads(CliRunner().invoke(explain, ["W501", "--json"]).output)

    assert (found["code"], found["meaning"]) == ("W501", CODES["W501"])
    assert found["page"] == page_of("W501")
