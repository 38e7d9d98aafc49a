from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rpa_commons.manifest import Manifest
from rpa_commons.sharing import FleetReport, fleet_check, open_members

if TYPE_CHECKING:
    from conftest import Town

DAY = date(2026, 11, 22)
POLICY = '[[policy]]\nkey = "window_days"\nmax = 90\nwhy = "minimisation"\nowner = "DPO"\n'


def _newer(town: "Town", **changes: dict[str, Any]) -> Manifest:
    schema = town.manifest.settings_schema
    properties = {**schema["properties"]}
    for key, change in changes.items():
        properties[key] = {**properties.get(key, {}), **change}
    return town.manifest.model_copy(
        update={"version": "2.0.0", "settings_schema": {**schema, "properties": properties}}
    )


def _lock(town: "Town", folder: str = ".") -> None:
    head = (
        f'[[bot]]\nname = "welcome-letters"\nversion = "1.0.0"\nmanifest_sha256 = "{town.manifest.digest}"\n'
    )
    town.write(f"{folder}/rpac.lock", f"lock_version = 2\n{head}")


def _neighbour(town: "Town", name: str, *lines: str) -> None:
    """Another member with the same files."""
    for file in ("municipality.toml", "stack.toml", "bots/welcome-letters.toml"):
        text = (town.folder / file).read_text(encoding="utf-8").replace("9a10", "9a19")
        text = text.replace('name = "Roskilde"', f'name = "{name}"').replace("0265", "0167")
        more = "\n".join([*lines, ""]) if file.startswith("bots") else ""
        town.write(f"../{name.casefold()}/{file}", text + more)


def _check(town: "Town", manifest: Manifest, *known: Manifest) -> FleetReport:
    there = {one.digest: one for one in (town.manifest, *known)}
    with open_members(town.folder.parent) as members:
        return fleet_check(
            manifest,
            members,
            connectors=town.connectors,
            known=lambda _, digest: there.get(digest),
            today=DAY,
        )


def test_what_was_wrong_before_is_no_breakage(town: "Town") -> None:
    """The member is broken already: it stands there, and the version may be certified."""
    _lock(town)
    town.settings("window_days = 99")
    report = _check(town, _newer(town))
    [member] = report.members

    assert ("broken", 1) == (member.verdict, member.count)
    assert member.instances[0].findings == member.instances[0].already
    assert () == report.breaks


def test_something_new_beside_it_is_a_breakage(town: "Town") -> None:
    """One finding of the version's own doing is enough."""
    _lock(town)
    town.settings("window_days = 99", 'mode = "slow"')
    report = _check(town, _newer(town, mode={"enum": ["fast"]}))

    assert ["Roskilde"] == [one.name for one in report.breaks]
    assert ["window_days"] == [one.key for one in report.members[0].instances[0].already]


def test_a_municipality_that_runs_nothing_yet_is_judged_by_what_others_run(town: "Town") -> None:
    """A fourth folder, not yet installed and wrong in production, does not blame a version that works."""
    _lock(town)
    _neighbour(town, "Hvidovre", "window_days = 99", 'mode = "slow"')
    same, newer = _check(town, town.manifest), _check(town, _newer(town, mode={"enum": ["fast"]}))

    assert {"Hvidovre": "broken", "Roskilde": "works"} == {one.name: one.verdict for one in same.members}
    assert {"Hvidovre": "breaks", "Roskilde": "works"} == {one.name: one.verdict for one in newer.members}
    assert ("it does not run the bot yet: rpac.lock is not there",) == same.members[0].instances[0].notes


def test_a_member_that_is_right_only_in_its_own_environment_is_looked_at_as_production(town: "Town") -> None:
    """The report says for which environment it speaks."""
    _lock(town)
    text = (town.folder / "bots/welcome-letters.toml").read_text(encoding="utf-8")
    town.write("bots/welcome-letters.toml", text.replace('contact = "Sigrun"\n', ""))
    town.write("environments/test/bots/welcome-letters.toml", '[settings]\ncontact = "Sigrun"\n')
    report = _check(town, _newer(town))

    assert ("production", "broken") == (report.environment, report.members[0].verdict)
    assert "production" == report.to_json()["environment"]


def test_the_cooperations_own_findings_are_told_once(town: "Town") -> None:
    """A policy wider than the bot's own bound is no change for each of the members."""
    town.write("../baseline/policies.toml", POLICY)
    for folder in (".", "../hvidovre"):
        _lock(town, folder)
    _neighbour(town, "Hvidovre")
    report = _check(town, _newer(town))

    assert ["W302"] == [one.code for one in report.cooperation]
    assert {"works": 2} == report.counts
    assert [(), ()] == [one.instances[0].findings for one in report.members]
    assert "W302" == report.to_json()["cooperation"][0]["code"]


def test_an_error_in_the_cooperations_files_breaks_and_is_told_once(town: "Town") -> None:
    """A value of the baseline that the version refuses: every member breaks by it."""
    town.write("../baseline/bots/welcome-letters.toml", "[settings]\nwindow_days = 40\n")
    for folder in (".", "../hvidovre"):
        _lock(town, folder)
    _neighbour(town, "Hvidovre")
    report = _check(town, _newer(town, window_days={"maximum": 30}))

    assert {"breaks": 2} == report.counts
    assert [("E202", "window_days")] == [(one.code, one.key) for one in report.cooperation]


def test_a_members_old_warning_is_no_change(town: "Town") -> None:
    """What it is warned of today is nothing that the version changes."""
    _lock(town)
    schema = town.manifest.settings_schema
    old = {**schema["properties"]["mode"], "deprecated": True}
    town.manifest = town.manifest.model_copy(
        update={"settings_schema": {**schema, "properties": {**schema["properties"], "mode": old}}}
    )
    _lock(town)
    town.settings('mode = "slow"')
    [member] = _check(town, _newer(town)).members

    assert "works" == member.verdict
    assert () == member.instances[0].changes


def test_a_lock_of_somebody_else_says_nothing(town: "Town", tmp_path: Path) -> None:
    """Which version most members run is told from those whose wheel is at hand."""
    _lock(town)
    town.write("../lejre/rpac.lock", (town.folder / "rpac.lock").read_text(encoding="utf-8"))
    _neighbour(town, "Hvidovre", "window_days = 99")
    with open_members(tmp_path) as members:
        report = fleet_check(_newer(town), members, connectors=town.connectors, today=DAY)

    assert ["breaks", "works"] == [one.verdict for one in report.members]
