"""A waiver lifts what one owner said and nobody else's policy on the same key."""

import json
from datetime import date
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from rpa_commons.cli._main import cli
from rpa_commons.config import Finding, examine_instance
from rpa_commons.editing._policy_shapes import waivers_schema

if TYPE_CHECKING:
    from conftest import Town

POLICIES = "../baseline/policies.toml"
WAIVERS = "../baseline/waivers.toml"
TODAY = date(2026, 6, 1)


def policy(owner: str, *says: str, key: str = "window_days", bot: str = "welcome-letters") -> str:
    """One policy of an owner."""
    lines = [f'bot = "{bot}"'] if bot else []
    lines += [f'key = "{key}"', 'why = "Law."', f'owner = "{owner}"', *says]
    return "[[policy]]\n" + "\n".join(lines) + "\n\n"


def waiver(*more: str, key: str = "window_days") -> str:
    """One waiver for Roskilde."""
    lines = ['municipality = "0265"', f'key = "{key}"', 'reason = "r"', 'granted_by = "g"', *more]
    return "[[waiver]]\n" + "\n".join([*lines, "until = 2027-03-31"]) + "\n\n"


def found(town: "Town", *overrides: str) -> list[Finding]:
    """What is wrong with the instance on a day."""
    examined = examine_instance(
        town.open(), "welcome-letters", town.manifest_of, connectors=town.connectors,
        overrides=overrides, today=TODAY,
    )  # fmt: skip
    return list(examined.findings)


@pytest.fixture
def two(town: "Town") -> "Town":
    """Two owners bound the same key, the later one more strictly."""
    town.write(POLICIES, policy("Working group", "max = 30") + policy("Data protection", "max = 20"))
    town.settings("window_days = 45")
    return town


def test_a_waiver_of_one_owner_leaves_the_others_policy(two: "Town") -> None:
    """Only the policy of the named owner is lifted."""
    two.write(WAIVERS, waiver('owner = "Working group"'))
    [one] = found(two)

    assert ("E302", "45 is not allowed: at most 20 days") == (one.code, one.message)


def test_a_waiver_for_each_owner_lifts_both(two: "Town") -> None:
    """What both grant holds."""
    two.write(WAIVERS, waiver('owner = "Working group"') + waiver('owner = "Data protection"'))

    assert [] == found(two)


def test_a_waiver_that_could_mean_two_owners_lifts_neither(two: "Town") -> None:
    """E305 names both lines and what to write; both policies go on holding."""
    two.write(WAIVERS, waiver())
    by_code = {one.code: one for one in found(two)}
    wrong = by_code["E305"]

    assert {"E302", "E305"} == set(by_code)
    assert "baseline/policies.toml:3 and baseline/policies.toml:10" in wrong.message
    assert wrong.help.startswith('add owner = "Working group" or "Data protection"')
    assert ("baseline/waivers.toml:3", 'key = "window_days"') == (wrong.place, wrong.line_text)


def test_two_policies_of_one_owner_need_no_name(town: "Town") -> None:
    """The same owner lifts all it said of the key."""
    town.write(POLICIES, policy("Group", "max = 30") + policy("Group", "max = 20", bot=""))
    town.write(WAIVERS, waiver())
    town.settings("window_days = 45")

    assert [] == found(town)


def test_an_owner_without_policy_is_said_with_who_has_one(two: "Town") -> None:
    """A misspelt owner would lift nothing."""
    two.write(WAIVERS, waiver('owner = "Wrking group"'))
    [wrong] = [one for one in found(two) if one.code == "E305"]

    assert "no policy of Wrking group is about window_days, so this waives nothing" == wrong.message
    assert 'write owner = "Working group" or "Data protection"' in wrong.help
    assert 'owner = "Wrking group"' == wrong.line_text


def test_the_list_names_the_owner(two: "Town") -> None:
    """As JSON too, with the one policy that is lifted."""
    two.write(WAIVERS, waiver('owner = "Working group"'))
    [listed] = json.loads(
        CliRunner().invoke(cli, ["-C", str(two.folder), "config", "waivers", "--json"]).output
    )

    assert "Working group" == listed["owner"]
    assert ["Working group"] == [one["owner"] for one in listed["policies"]]


def test_an_editor_knows_the_owner() -> None:
    """The schema of waivers.toml takes what the reader takes."""
    entry = waivers_schema()["properties"]["waiver"]["items"]

    assert "owner" in entry["properties"]
    assert "owner" not in entry["required"]


def test_the_end_is_announced_only_where_the_waiver_is_needed(town: "Town") -> None:
    """A municipality that keeps to the policy anyway is not warned of its waiver's end."""
    town.write(POLICIES, policy("Group", "max = 30") + policy("Group", "locked = true", key="mode"))
    ends = "until = 2026-06-10"
    text = (waiver() + waiver(key="mode")).replace("until = 2027-03-31", ends)
    town.write(WAIVERS, text)

    assert [] == found(town)
    assert ["window_days"] == [one.key for one in found(town, "window_days=31")]
    assert ["mode"] == [one.key for one in found(town, 'mode="slow"')]
