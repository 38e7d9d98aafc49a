"""The how-to on overriding letters says what is so."""

import datetime as dt
import re
from pathlib import Path

import pytest

from rpa_commons.config import CODES
from rpa_commons.letters import Letterhead, LetterSource, check_letters

ROOT = Path(__file__).parents[3]
HOWTO = (ROOT / "docs/how-to/override-a-letter.md").read_text("utf-8")
LETTERS = ROOT / "plugins/welcome-letters/src/welcome_letters/letters"


@pytest.mark.parametrize("template", ["base", "adults", "families"])
def test_each_templates_own_blocks_are_listed(template: str) -> None:
    """The table names the blocks that a template defines, and those it takes from the base, apart."""
    defined = set(re.findall(r"{% block (\w+) %}", (LETTERS / f"{template}.md.j2").read_text("utf-8")))
    base = set(re.findall(r"{% block (\w+) %}", (LETTERS / "base.md.j2").read_text("utf-8")))
    [row] = [line for line in HOWTO.splitlines() if line.startswith(f"| `{template}` |")]
    _, _, own, taken, _ = row.split("|")

    assert defined == set(re.findall(r"`(\w+)`", own))
    assert (base - defined) == set(re.findall(r"`(\w+)`", taken))


def test_the_example_is_roskildes_file() -> None:
    """What is quoted is what lies in the example's folder."""
    example = ROOT / "examples/digit/roskilde/letters/welcome-letters/families.md.j2"

    assert example.read_text("utf-8") in HOWTO


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("families", "\n{% block skole %}\nx\n{% endblock %}\n"),
        ("familie", ""),
    ],
)
def test_the_findings_are_as_they_are_shown(tmp_path: Path, name: str, source: str) -> None:
    """Problem, line and help stand in the how-to word for word."""
    folder = tmp_path / "letters/welcome-letters"
    folder.mkdir(parents=True)
    (folder / f"{name}.md.j2").write_text(f'{{% extends "bot:families.md.j2" %}}\n{source}', "utf-8")
    letterhead = Letterhead(name="x")

    [found] = check_letters(LetterSource(LETTERS, letterhead, dt.date(2026, 1, 1), overrides=(folder,)))

    place = f"letters/welcome-letters/{name}.md.j2" + (f":{found.line}" if found.line else "")
    code = "E702" if found.unused else "E701"
    assert f"\n{place}: {code}: {found.problem}\n" in HOWTO
    assert f"\n    help: {found.help}\n" in HOWTO


def test_every_code_is_explained() -> None:
    """The table of codes is the table in the code."""
    assert all(f"| `{code}` | {meaning} |" in HOWTO for code, meaning in CODES.items() if code[1] == "7")


def test_the_list_of_values_is_the_bots() -> None:
    """The comment that is shown to authors is the one in ``welcome-letters``."""
    first = (LETTERS / "base.md.j2").read_text("utf-8").splitlines()[0]

    assert first in HOWTO


def test_the_hook_is_as_long_as_it_is_said_to_be() -> None:
    """Thirteen lines, four of them empty."""
    hook = (ROOT / "examples/digit/hvidovre/hooks/welcome_letters.py").read_text("utf-8").splitlines()

    assert (13, 4) == (len(hook), len([line for line in hook if not line]))
    assert "thirteen lines, four of them empty" in HOWTO
