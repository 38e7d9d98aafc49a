"""Policies that name a setting as an older version of the bot called it."""

from typing import TYPE_CHECKING, Any

import pytest

from rpa_commons.manifest import Manifest, MigrationEntry

if TYPE_CHECKING:
    from conftest import Town

FILE = "../baseline/policies.toml"


def migrating(manifest: Manifest, *operations: dict[str, Any]) -> Manifest:
    """The manifest with one migration."""
    entry = MigrationEntry(version="1.0.0", operations=operations, before="", after="")
    return manifest.model_copy(update={"migrations": (entry,)})


def policy(key: str, line: str) -> str:
    """One policy as it stands in the file."""
    return f'[[policy]]\nbot = "welcome-letters"\nkey = "{key}"\nwhy = "x"\nowner = "DIGIT"\n{line}\n'


RENAMED = {"op": "rename", "key": "look_back", "to": "window_days"}


def test_a_policy_follows_a_renamed_key(town: "Town") -> None:
    """The old key's policy binds the new key, in layers that know the new name; W502 says what is old."""
    town.manifest = migrating(town.manifest, RENAMED)
    town.write(FILE, policy("look_back", "max = 30"))
    warning, *others = town.resolve().warnings
    refusal = next(one for one in town.findings("window_days=40") if not one.is_warning)

    assert (warning.code, warning.place, others) == ("W502", "baseline/policies.toml:3", [])
    assert warning.message == "look_back is called window_days since 1.0.0"
    assert warning.help == "DIGIT brings the policy up to date when every member uses the new version"
    assert (refusal.code, refusal.key, refusal.message) == (
        "E302", "window_days", "40 is not allowed: at most 30 days"
    )  # fmt: skip
    assert "at most 30" in [one.text for one in town.resolve().explain("window_days")[0].policies]


def test_a_lock_follows_a_renamed_key(town: "Town") -> None:
    """A lock is not lost while the baseline is older than the bot."""
    town.manifest = migrating(town.manifest, RENAMED)
    town.write(FILE, policy("look_back", "locked = true"))

    assert {one.code for one in town.findings("window_days=11")} == {"W502", "E301"}


@pytest.mark.parametrize(
    ("bound", "accepted", "refused"), [("max = 2", 14, 15), ("min = 1", 7, 6), ("one_of = [1, 3]", 21, 8)]
)
def test_a_bound_follows_the_value(town: "Town", bound: str, accepted: int, refused: int) -> None:
    """Two weeks become fourteen days when the new version counts in days."""
    scaled = {"op": "scale", "key": "weeks", "by": "7"}
    renamed = {"op": "rename", "key": "weeks", "to": "window_days"}
    town.manifest = migrating(town.manifest, scaled, renamed)
    town.write(FILE, policy("weeks", bound))

    assert town.resolve(*_new(town, accepted)).settings["window_days"] == accepted
    assert "E302" in {one.code for one in town.findings(*_new(town, refused))}


def _new(town: "Town", days: int) -> tuple[str, ...]:
    """The value under its new name in the municipality's own words, where no migration looks."""
    schema = town.manifest.settings_schema
    properties = schema["properties"] | {
        "window_days": schema["properties"]["window_days"] | {"default": days}
    }
    town.manifest = town.manifest.model_copy(update={"settings_schema": {**schema, "properties": properties}})
    return ()


def test_a_policy_for_a_key_that_is_gone_binds_nothing(town: "Town") -> None:
    """W502 says since when; nothing is refused."""
    town.manifest = migrating(town.manifest, {"op": "remove", "key": "zeal", "because": "nobody used it"})
    town.write(FILE, policy("zeal", "locked = true"))

    assert [one.message for one in town.resolve().warnings] == ["zeal is gone since 1.0.0"]


def test_a_misspelt_key_is_still_one(town: "Town") -> None:
    """E305 for a key that no version ever had."""
    town.manifest = migrating(town.manifest, RENAMED)
    town.write(FILE, policy("windw_days", "max = 30"))

    assert town.finding().code == "E305"


def test_an_old_setting_is_said_beside_the_policies(town: "Town") -> None:
    """E501 for the municipality's own old key, W502 for the baseline's; the values count as migrated."""
    town.manifest = migrating(town.manifest, RENAMED)
    town.write("../baseline/bots/welcome-letters.toml", "[settings]\nlook_back = 20\n")
    instance = town.resolve()

    assert instance.settings["window_days"] == 20
    assert [one.code for one in instance.warnings] == ["W502"]

    town.settings("look_back = 21")

    assert {one.code for one in town.findings()} == {"E501", "W502"}
