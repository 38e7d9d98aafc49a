"""Connector wheels before a registry takes them: usable by a stack, and honest."""

from pathlib import Path
from typing import Any

import pytest

from rpa_commons.conformance import WheelReport, examine
from tests.support.wheels import WheelMaker, bot_manifest, connector_entry


def report_on(maker: WheelMaker, folder: Path) -> WheelReport:
    """The report of a registry whose rpa-commons has a connector called taken."""
    return examine(maker.build(folder), reserved={"taken"})


def connector(*entries: Any, **changes: Any) -> WheelMaker:
    """A connector wheel that ships these."""
    shipped = entries or (connector_entry(),)
    return WheelMaker(name="kmd-nova", kind="connector", manifest={"connectors": shipped, **changes})


@pytest.mark.parametrize(
    ("entry", "code", "said"),
    [
        ({"name": "taken"}, "A145", "comes with rpa-commons"),
        ({"capability": "Weather"}, "A145", "serves Weather, which is no capability here"),
        ({"version": "9.0"}, "A145", "serves Ledger 9.0; this release has"),
        ({"effects": {"find": "unsafe"}}, "A145", "weakens find, which is no effect of Ledger"),
        ({"access": None}, "A145", "says not what it takes to be let in"),
        ({"verified": ()}, "A145", "says not what it was tried against"),
        ({"summary": " "}, "A145", "says not what it is"),
        ({"entry": "kmd_nova"}, "A138", "names no class"),
        ({"entry": "elsewhere:Ledger"}, "A138", "no file of the wheel is it"),
        ({"settings_schema": {"type": "object"}}, "A143", "let unknown keys through"),
        (
            {
                "settings_schema": {
                    "type": "object",
                    "additionalProperties": False,
                    "properties": {"client_secret": {"type": "string", "description": "x"}},
                }
            },
            "A151",
            "takes a secret in clear text",
        ),
        (
            {
                "settings_schema": {
                    "type": "object",
                    "additionalProperties": False,
                    "properties": {"wait": {"type": "integer", "description": "x"}},
                }
            },
            "A144",
            "connectors.paper-ledger.settings.wait: is a number without a unit",
        ),
    ],
)
def test_what_a_stack_could_not_use_is_refused(
    tmp_path: Path, entry: dict[str, Any], code: str, said: str
) -> None:
    """Each refusal names the connector and what to change."""
    found = report_on(connector(connector_entry(**entry)), tmp_path).findings

    assert any(one.code == code and said in f"{one.place}: {one.message}" for one in found), found


@pytest.mark.parametrize(
    ("field", "is_refused"),
    [
        ({"type": "string"}, True),
        ({"type": ["string", "null"]}, True),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, True),
        ({"oneOf": [{"type": "string"}]}, True),
        ({"type": "array", "items": {"type": "string"}}, True),
        ({"type": "boolean"}, False),
        ({"anyOf": 5, "type": "null"}, False),
        ({"anyOf": None, "type": {}}, False),
    ],
)
def test_a_secret_in_clear_is_found_however_its_type_is_written(
    tmp_path: Path, field: dict[str, Any], is_refused: bool
) -> None:
    """A manifest need not come from pydantic; what is no schema at all is a finding, never a crash."""
    schema = {
        "type": "object",
        "additionalProperties": False,
        "properties": {"password": {"description": "x", **field}},
    }
    found = report_on(connector(connector_entry(settings_schema=schema)), tmp_path).findings

    assert is_refused == any(one.code == "A151" for one in found)


def test_a_wheel_has_one_idea(tmp_path: Path) -> None:
    """A bot ships no connectors, a connector wheel is no bot, and ships at least one, each once."""
    bot = WheelMaker(manifest={"connectors": (connector_entry("quiet_bot"),)})
    both = connector(record=bot_manifest().record)
    none = WheelMaker(name="kmd-nova", kind="connector", manifest={"connectors": ()})
    twice = connector(connector_entry(), connector_entry())

    for maker in (bot, both, none, twice):
        assert {"A145"} == {one.code for one in report_on(maker, tmp_path).findings}


def test_the_digest_of_a_wheel_without_connectors_is_what_it_was() -> None:
    """Locks that were written before connectors were described still fit their wheels."""
    said = bot_manifest().model_dump(mode="json", exclude_defaults=True)

    assert "connectors" not in said
