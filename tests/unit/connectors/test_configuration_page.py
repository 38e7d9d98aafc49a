"""The configuration page names every key there is, as the schemas have them now."""

import runpy
from pathlib import Path

import pytest

from rpa_commons.connectors import catalogue

DOCS = Path(__file__).parents[3] / "docs"
PAGE = DOCS / "reference" / "configuration.md"


def test_the_tables_are_what_the_schemas_say() -> None:
    """A key that was added, renamed or described anew shows here; docs/generate_configuration.py mends it."""
    generator = runpy.run_path(str(DOCS / "generate_configuration.py"))
    text = PAGE.read_text("utf-8")

    assert generator["page"](text) == text


@pytest.mark.parametrize("key", ["environment", "state_dir", "journal_key", "letterhead.web", "start_from"])
def test_the_keys_people_ask_for_are_there(key: str) -> None:
    """The tables are really in the page."""
    assert f"| `{key}` |" in PAGE.read_text("utf-8")


@pytest.mark.parametrize("page", ["configuration.md", "connectors.md"])
@pytest.mark.parametrize("connector", list(catalogue()))
def test_every_connector_has_a_section(connector: str, page: str) -> None:
    """Settings on one page, what it does and needs on the other."""
    assert f"## {connector}\n" in (DOCS / "reference" / page).read_text("utf-8")
