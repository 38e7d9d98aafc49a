"""The documentation is complete where completeness can be checked."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


def test_every_page_is_in_the_navigation() -> None:
    """A page that nobody links to is a page that nobody reads."""
    nav = (ROOT / "mkdocs.yml").read_text("utf-8")
    pages = {page.relative_to(ROOT / "docs").as_posix() for page in (ROOT / "docs").rglob("*.md")}

    assert {page for page in pages if page not in nav} == set()


def test_every_dependency_has_a_line_in_its_adr() -> None:
    """What it replaces and what it weighs is said once, for each."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    adr = (ROOT / "docs" / "adr" / "0007-dependencies.md").read_text("utf-8").lower()
    names = {re.split(r"[<>=;~ \[]", one)[0] for one in project["dependencies"]}

    assert {name for name in names if name not in adr} == set()


@pytest.mark.parametrize("adr", sorted((ROOT / "docs" / "adr").glob("*.md")), ids=lambda path: path.stem)
def test_an_adr_says_what_was_lost(adr: Path) -> None:
    """Drivers and negative consequences are there; the list of dependencies is a list."""
    text = adr.read_text("utf-8")
    if adr.stem.startswith("0007"):
        return

    assert "## Drivers" in text
    assert "## Options" in text
    assert re.search(r"## (Outcome|Decision)", text)
    assert "## Negative consequences" in text


def test_relative_links_lead_somewhere() -> None:
    """Every relative link in the README and the pages outside docs/ names a file that exists."""
    pages = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")]
    link = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")
    broken = [
        f"{page.relative_to(ROOT)}: {target}"
        for page in pages
        for target in link.findall(page.read_text("utf-8"))
        if not (page.parent / target).exists()
    ]

    assert broken == []
