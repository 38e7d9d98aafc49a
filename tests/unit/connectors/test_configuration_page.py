"""The configuration page names every key there is, as the schemas have them now."""

import re
import runpy
import tomllib
from pathlib import Path

import pytest

from rpa_commons.connectors import catalogue, load

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


@pytest.mark.parametrize("connector", list(catalogue()))
def test_every_connector_has_a_section(connector: str) -> None:
    """Its settings stand there; what it does and needs has a page of its own."""
    assert f"### {connector}\n" in PAGE.read_text("utf-8")


def test_the_how_to_declares_what_the_connectors_take() -> None:
    """The stack that a new municipality copies is accepted as it stands."""
    text = (DOCS / "how-to" / "set-up-your-municipality.md").read_text("utf-8")
    blocks = [tomllib.loads(block) for block in re.findall(r"```toml\n(.*?)```", text, re.DOTALL)]
    files, services, addresses = (block for block in blocks if "DigitalPost" in block)
    for capability, table in addresses.items():
        services[capability].setdefault("settings", {}).update(table["settings"])
    tables = [*files.values(), *services.values()]
    for table in tables:
        load(table["connector"]).Settings.model_validate(table["settings"])

    named = {table["connector"] for table in tables}
    assert named <= set(catalogue())
    assert {"moves-extract", "register-extract", "pdf-outbox", "sf1520", "sf1601"} <= named
