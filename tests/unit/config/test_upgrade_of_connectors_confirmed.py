"""What two people confirmed of a connector's settings, when another version calls these otherwise."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from rpa_commons.config.instances import awaiting_in, confirm
from rpa_commons.connectors import entries_of_wheel
from rpa_commons.manifest import Manifest, MigrationEntry
from rpa_commons.upgrades import Catalogues, UpgradePlan, plan_connector_upgrade, write_migrated
from tests.support.wheels import connector_entry

if TYPE_CHECKING:
    from conftest import Town

PREFIX = "stack.PopulationRegister.settings"
STACK = """\
[PopulationRegister]
connector = "paper-register"

[PopulationRegister.settings]
fee = 40
hours = 48
"""
OTHER = STACK.replace("paper-register", "tally-register") + "fee_kr = 40\n"
RENAMED = MigrationEntry(
    version="2.0.0",
    operations=(
        {"op": "rename", "key": "fee", "to": "fee_kr"},
        {"op": "scale", "key": "hours", "by": "1/24"},
        {"op": "rename", "key": "hours", "to": "days"},
    ),
    before="fee = 1\nhours = 48",
    after="fee_kr = 1\ndays = 2",
)


def wheel(version: str, *fields: str, plain: str = "", name: str = "paper-register") -> Manifest:
    """A connector wheel with sensitive numbers, and a plain one; its second version renames them."""
    number = {"type": "integer", "unit": "kr", "default": 1}
    schema = {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            **{field: number | {"description": field, "sensitive": True} for field in fields},
            **({plain: number | {"description": plain}} if plain else {}),
        },
    }
    migrations = (RENAMED,) if version == "2.0.0" else ()
    entry = connector_entry(
        name=name, capability="PopulationRegister", settings_schema=schema, migrations=migrations
    )
    return Manifest(
        kind="connector",
        name=f"connector-{name}",
        version=version,
        summary="Paper.",
        sdk_version="0.1.0",
        connectors=(entry,),
    )


OLD = wheel("1.0.0", "fee", "hours")
NEW = wheel("2.0.0", "fee_kr", "days")
TALLY = wheel("1.0.0", "fee", "hours", plain="fee_kr", name="tally-register")


@pytest.fixture
def paper(town: "Town") -> "Town":
    """The town with the connector in its first version, and with another of the same settings."""
    town.connectors = {**town.connectors, **entries_of_wheel(TALLY), **entries_of_wheel(OLD)}
    town.write("stack.toml", STACK)
    return town


def confirm_all(town: "Town") -> None:
    """Two people stand behind everything of production."""
    production = town.open("production")
    for person in ("anna", "bo"):
        found = awaiting_in(production, town.manifest_of, connectors=town.connectors)
        confirm(production, found, person=person, now=datetime(2026, 5, 1, tzinfo=UTC))


def plan(town: "Town") -> UpgradePlan:
    """What the second version means here."""
    later = {**town.connectors, **entries_of_wheel(NEW)}
    known = Catalogues(town.manifest_of, town.connectors, later)
    return plan_connector_upgrade(town.open(), ["welcome-letters"], OLD, NEW, known)


def open_keys(town: "Town") -> set[str]:
    """What awaits two people with the second version."""
    later = {**town.connectors, **entries_of_wheel(NEW)}
    return {one.key for one in awaiting_in(town.open("production"), town.manifest_of, connectors=later)}


def needed(made: UpgradePlan) -> dict[str, str]:
    """What the plan says that two people must look at."""
    return {one.key: one.text for one in made.changes if one.kind == "confirm"}


def test_a_confirmation_follows_a_connectors_key_that_is_only_called_otherwise(paper: "Town") -> None:
    """The same value keeps its two people; any other needs two people again, and the plan says so."""
    confirm_all(paper)
    made = plan(paper)

    assert {f"{PREFIX}.days": f"2 in welcome-letters: 48 was confirmed, as {PREFIX}.hours"} == needed(made)
    assert ["stack.toml", "confirmations.toml"] == [one.name for one in made.files]
    assert f'-key = "{PREFIX}.fee"\n+key = "{PREFIX}.fee_kr"\n' in made.files[1].diff
    assert "value = 40" not in made.files[1].diff
    write_migrated(made.files)
    assert {f"{PREFIX}.days"} == open_keys(paper)


def test_a_crash_between_stack_and_confirmations_loses_none(paper: "Town") -> None:
    """The stack is new already, the record old: the same command goes on from there."""
    paper.write("stack.toml", STACK.replace("hours = 48\n", ""))
    confirm_all(paper)
    write_migrated(plan(paper).files[:1])
    again = plan(paper)

    assert (["confirmations.toml"], {}) == ([one.name for one in again.files], needed(again))
    write_migrated(again.files)
    assert set() == open_keys(paper)


def test_what_was_confirmed_for_another_connector_is_left_alone(paper: "Town") -> None:
    """Production has a connector whose setting of that name is none of the wheel's."""
    paper.write("environments/production/stack.toml", OTHER)
    confirm_all(paper)
    made = plan(paper)

    assert (["stack.toml"], {}) == ([one.name for one in made.files], needed(made))
    write_migrated(made.files)
    assert set() == open_keys(paper)


def test_what_waited_for_another_connector_is_nothing_new(paper: "Town") -> None:
    """The plan does not ask once more for what two people had to look at before."""
    paper.write("environments/production/stack.toml", OTHER)
    before = open_keys(paper)
    made = plan(paper)

    assert f"{PREFIX}.fee" in before
    assert {} == needed(made)
