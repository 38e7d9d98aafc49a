"""The pages of the vendor wheels name what their classes have: settings, calls, and how far each is once."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from connector_getorganized import GetOrganized
from connector_kmd_nova import KmdNova
from rpa_commons.capabilities import CaseSystem, capability_spec
from rpa_commons.connectors.http import HttpSettings

PAGES = Path(__file__).parents[3] / "docs" / "reference" / "connectors"
WHEELS = (GetOrganized, KmdNova)


def page_of(connector: Any) -> str:
    """A connector's page."""
    return (PAGES / f"{connector.name}.md").read_text("utf-8")


@pytest.mark.parametrize("connector", WHEELS)
def test_every_setting_is_in_its_table(connector: Any) -> None:
    """Its own ones; those of every connector over HTTP are on another page."""
    table = page_of(connector).partition("## Settings")[2].partition("## Calls")[0]
    named = set(re.findall(r"`(\w+)`", table))

    assert [] == sorted(set(connector.Settings.model_fields) - set(HttpSettings.model_fields) - named)


@pytest.mark.parametrize("connector", WHEELS)
def test_the_example_is_one(connector: Any) -> None:
    """Its settings are those of the class."""
    example = tomllib.loads(page_of(connector).partition("```toml\n")[2].partition("```")[0])["CaseSystem"]

    assert connector.name == example["connector"]
    assert connector.Settings.model_validate(example["settings"]).url == example["settings"]["url"]


@pytest.mark.parametrize("connector", WHEELS)
def test_every_call_is_in_its_table(connector: Any) -> None:
    """With the word probe where the effect is only looked up."""
    table = page_of(connector).partition("## Calls")[2].partition("## Recorded")[0]
    lines = [line for line in table.splitlines() if line.startswith("| `")]
    rows = {name: line for line in lines for name in re.findall(r"`(\w+)`", line.split("|")[1])}

    assert set(capability_spec(CaseSystem).calls) == set(rows)
    assert set(connector.effect_classes) == {name for name, row in rows.items() if "**probe**" in row}
