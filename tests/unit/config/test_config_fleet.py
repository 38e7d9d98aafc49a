from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from rpa_commons.config import ConfigError, ConnectorEntry
from rpa_commons.manifest import CallEntry, CapabilityEntry, Manifest, StepEntry, TemplateEntry
from rpa_commons.sharing import (
    FleetMember,
    FleetReport,
    NoMembersError,
    fleet_check,
    open_members,
    write_published,
)

if TYPE_CHECKING:
    from conftest import Town

DAY = date(2026, 11, 22)


def _schema(manifest: Manifest, **changes: dict[str, Any] | None) -> dict[str, Any]:
    """The settings schema with other properties; ``None`` removes one."""
    properties = dict(manifest.settings_schema["properties"])
    for key, change in changes.items():
        if change is None:
            del properties[key]
        else:
            properties[key] = {**properties.get(key, {}), **change}
    return {**manifest.settings_schema, "properties": properties}


def _newer(town: "Town", **changes: dict[str, Any] | None) -> Manifest:
    """The next version of the bot, its settings changed."""
    return _version(town, settings_schema=_schema(town.manifest, **changes))


def _version(town: "Town", **changes: Any) -> Manifest:
    return town.manifest.model_copy(update={"version": "2.0.0", **changes})


def _publish(town: "Town", parent: Path, *without: str) -> Path:
    """The town's configuration, published below a folder."""
    return write_published(town.published(*without), parent)


def _lock(town: "Town") -> None:
    """A lock that says which version runs; only the heads of its entries are read."""
    town.write(
        "rpac.lock",
        'lock_version = 2\n[[bot]]\nname = "welcome-letters"\nversion = "1.0.0"\n'
        f'manifest_sha256 = "{town.manifest.digest}"\n[[bot.packages]]\nname = "attrs"\n',
    )


def _check(
    town: "Town", manifest: Manifest, parent: Path | None = None, baseline: Path | None = None
) -> FleetReport:
    with open_members(parent or town.folder.parent, baseline=baseline) as members:
        return fleet_check(
            manifest,
            members,
            connectors=town.connectors,
            known=lambda _, digest: {town.manifest.digest: town.manifest}.get(digest),
            today=DAY,
        )


def _only(report: FleetReport) -> FleetMember:
    [member] = report.members
    return member


@pytest.fixture(params=["own", "published"])
def member(request: pytest.FixtureRequest, town: "Town", tmp_path: Path) -> Any:
    """Checks the one member, by its own folder and by what it publishes: both must say the same."""

    def check(manifest: Manifest) -> FleetMember:
        _lock(town)
        if request.param == "own":
            return _only(_check(town, manifest))
        _publish(town, tmp_path / "members")
        return _only(_check(town, manifest, tmp_path / "members", tmp_path / "baseline"))

    return check


def test_the_version_that_runs_works(town: "Town", member: Any) -> None:
    """Against the same version there is nothing to say."""
    found = member(town.manifest)

    assert ("Roskilde", "0265", "works") == (found.name, found.code, found.verdict)
    assert [("welcome-letters", "1.0.0", (), ())] == [
        (one.name, one.version, one.findings, one.changes) for one in found.instances
    ]


def test_a_tightened_bound_breaks_whoever_is_outside(town: "Town", member: Any) -> None:
    """The finding stands at the member's own line, also in the published copy."""
    town.settings("# comment", "window_days = 40")
    found = member(_newer(town, window_days={"maximum": 30}))
    [finding] = found.instances[0].findings

    assert ("breaks", 1) == (found.verdict, found.count)
    assert ("E202", "window_days", 6) == (finding.code, finding.key, finding.line)
    assert finding.file is not None
    assert "bots/welcome-letters.toml" == "/".join(finding.file.parts[-2:])


def test_a_removed_setting_breaks_whoever_sets_it(town: "Town", member: Any) -> None:
    """A key the new version does not know is unknown there."""
    town.settings('mode = "slow"')
    found = member(_newer(town, mode=None))

    assert [("E101", "mode", 5)] == [(one.code, one.key, one.line) for one in found.instances[0].findings]


def test_a_new_required_setting_breaks_everybody(town: "Town", member: Any) -> None:
    """Nobody has said yet what every municipality must say."""
    schema = _schema(town.manifest, region={"type": "string", "description": "Where."})
    schema["required"] = [*schema["required"], "region"]
    found = member(_version(town, settings_schema=schema))

    assert [("E102", "region")] == [(one.code, one.key) for one in found.instances[0].findings]


def test_withheld_values_count_as_given_and_right(town: "Town", member: Any) -> None:
    """A required personal value, a secret and the letterhead are withheld, and nothing is called missing."""
    town.settings('password = { env = "X" }')

    assert "works" == member(town.manifest).verdict


def test_a_renamed_setting_needs_a_migration(town: "Town", member: Any) -> None:
    """What the migration rewrites is no breakage: E501, and the verdict says what to do."""
    town.settings("window_days = 14")
    schema = _schema(town.manifest, days=town.manifest.settings_schema["properties"]["window_days"])
    del schema["properties"]["window_days"]
    found = member(_version(town, settings_schema=schema, migrations=(_rename("window_days", "days"),)))

    assert "migration" == found.verdict
    assert ["E501"] == [one.code for one in found.instances[0].findings]


def _rename(before: str, after: str) -> Any:
    from rpa_commons.manifest import MigrationEntry

    return MigrationEntry(
        version="2.0.0",
        operations=({"op": "rename", "key": before, "to": after},),
        before=f"{before} = 1",
        after=f"{after} = 1",
    )


def test_a_withheld_value_that_is_renamed_is_still_given(town: "Town", member: Any) -> None:
    """The required contact gets another name: in a published copy its value cannot be seen under either."""
    schema = _schema(town.manifest, person=town.manifest.settings_schema["properties"]["contact"])
    del schema["properties"]["contact"]
    schema["required"] = ["person"]
    found = member(_version(town, settings_schema=schema, migrations=(_rename("contact", "person"),)))

    assert found.verdict in {"migration", "unknown"}  # in a published copy the old name's line is withheld
    assert {"E501"} >= {one.code for one in found.instances[0].findings}


def test_a_default_that_changes_is_said_where_nobody_overrides(town: "Town", member: Any) -> None:
    """It works, but the bot will look further back than it did."""
    found = member(_newer(town, window_days={"default": 14}))

    assert "changes" == found.verdict
    assert ("window_days: the default changes from 10 to 14, and nobody overrides it",) == (
        found.instances[0].changes
    )


def test_a_default_that_changes_under_an_override_is_nothing(town: "Town", member: Any) -> None:
    """Who says the value oneself keeps it."""
    town.settings("window_days = 12")

    assert "works" == member(_newer(town, window_days={"default": 14})).verdict


def test_new_permissions_are_said(town: "Town", member: Any) -> None:
    """A capability or an effect that the version that runs does not have."""
    [register] = town.manifest.capabilities
    call = CallEntry(method="forget", effect="unsafe")
    found = member(_version(town, capabilities=(register.model_copy(update={"calls": (call,)}),)))

    assert (
        "it may call PopulationRegister.forget now without protection against doing it twice",
    ) == found.instances[0].changes


def test_a_new_capability_breaks_whoever_has_no_connector(town: "Town", member: Any) -> None:
    """The new version asks for what the stack does not bind."""
    post = CapabilityEntry(attribute="post", name="DigitalPost", version="1.0", calls=())
    found = member(_version(town, capabilities=(*town.manifest.capabilities, post)))

    assert ["E601"] == [one.code for one in found.instances[0].findings]
    assert ("it asks for DigitalPost, which it did not before",) == found.instances[0].changes


def _with_letter(town: "Town") -> None:
    blocks = {"school": "a" * 64, "title": "b" * 64}
    town.manifest = town.manifest.model_copy(
        update={"templates": (TemplateEntry(name="families", blocks=blocks),)}
    )
    town.write(
        "letters/welcome-letters/families.md.j2",
        '{% extends "bot:families.md.j2" %}\n{% block school %}Skole{% endblock %}\n',
    )


def test_a_block_that_changes_under_an_override_is_said(town: "Town", member: Any) -> None:
    """The member's own words stand on a text that is another one now."""
    _with_letter(town)
    found = member(_version(town, templates=(TemplateEntry(name="families", blocks={"school": "c" * 64}),)))

    assert ("the block school of the letter families changes under an override",) == found.instances[
        0
    ].changes


def test_an_overridden_block_that_vanishes_breaks(town: "Town", member: Any) -> None:
    """A template that overrides a block there is not is refused when the bot starts."""
    _with_letter(town)
    found = member(_version(town, templates=(TemplateEntry(name="families", blocks={"title": "b" * 64}),)))

    assert "breaks" == found.verdict
    assert ["E701"] == [one.code for one in found.instances[0].findings]


def test_a_wrapped_step_that_vanishes_breaks(town: "Town", member: Any) -> None:
    """A hook around a step there is not keeps the bot from starting."""
    step = StepEntry(name="compose", arguments=("move", "closing"), description="Writes.")
    town.manifest = town.manifest.model_copy(update={"steps": (step,)})
    town.write(
        "hooks/welcome_letters.py",
        "@hookimpl(wrapper=True)\ndef rpac_step_compose(step):\n    return (yield)\n",
    )
    found = member(_version(town, steps=(step.model_copy(update={"name": "write"}),)))
    fewer = member(_version(town, steps=(step.model_copy(update={"arguments": ("move",)}),)))

    assert [("E101", "rpac_step_compose")] == [(one.code, one.key) for one in found.instances[0].findings]
    assert ("the step compose, which is wrapped, loses its argument closing",) == fewer.instances[0].changes


def test_what_is_wrong_today_already_is_told_apart(town: "Town", member: Any) -> None:
    """A finding of the version that runs is none of the new version's doing."""
    town.settings("window_days = 99", "retry.times = 9")
    found = member(_newer(town, mode={"enum": ["slow"], "default": "slow"}))
    one = found.instances[0]

    assert ["E202"] == [finding.code for finding in one.already]


def test_a_vendors_connector_is_not_checked_and_that_is_said(town: "Town", member: Any) -> None:
    """Its settings are unknown here; the member is not accused of them."""
    town.write("stack.toml", '[PopulationRegister]\nconnector = "vendor"\n')
    found = member(town.manifest)

    assert "works" == found.verdict
    assert any('no connector "vendor"' in note for note in found.instances[0].notes)


def test_policies_of_the_baseline_count(town: "Town", member: Any) -> None:
    """A value that the new default would violate is refused by the cooperation's bound."""
    town.write(
        "../baseline/policies.toml",
        '[[policy]]\nkey = "window_days"\nmax = 30\nwhy = "data minimisation"\nowner = "DPO"\n',
    )
    found = member(_newer(town, window_days={"default": 40}))

    assert "E302" in {one.code for one in found.instances[0].findings}


def test_a_member_that_does_not_use_the_bot_is_listed(town: "Town") -> None:
    """Nobody is left out of the list: it says that there is nothing to do."""
    other = town.manifest.model_copy(update={"name": "medical-bills"})

    assert "unused" == _only(_check(town, other)).verdict


def test_settings_that_are_not_published_give_no_verdict(town: "Town", tmp_path: Path) -> None:
    """Where all settings are withheld it is not called right: nobody can tell."""
    _publish(town, tmp_path / "members", "settings")
    found = _only(_check(town, town.manifest, tmp_path / "members", tmp_path / "baseline"))

    assert "unknown" == found.verdict
    assert any("none of its settings are published" in note for note in found.instances[0].notes)


def test_a_published_member_without_known_baseline_is_reported(town: "Town", tmp_path: Path) -> None:
    """It names its baseline by name and version; where that lies the coordinator has to say."""
    _publish(town, tmp_path / "members")
    found = _only(_check(town, town.manifest, tmp_path / "members"))
    [finding] = found.findings

    assert "unreadable" == found.verdict
    assert "DIGIT baseline 2026.1" in finding.message
    assert "--baseline" in finding.help
    assert finding.line is not None


def test_another_baseline_than_the_published_one_is_noted(town: "Town", tmp_path: Path) -> None:
    """Checked on top of a newer baseline, which the report says."""
    _publish(town, tmp_path / "members")
    town.write("../newer/baseline.toml", 'name = "DIGIT baseline"\nversion = "2026.2"\n')
    found = _only(_check(town, town.manifest, tmp_path / "members", tmp_path / "newer"))

    assert (
        "published on top of DIGIT baseline 2026.1, checked on top of DIGIT baseline 2026.2",
    ) == found.notes


def test_a_mark_in_a_folder_that_was_not_published_is_no_value(town: "Town") -> None:
    """Only a published folder may withhold: in a municipality's own it is a wrong value."""
    town.settings("window_days = { withheld = true }")

    assert "breaks" == _only(_check(town, town.manifest)).verdict


def test_a_folder_that_cannot_be_read_is_reported(town: "Town") -> None:
    """A broken member stands in the list and makes the check fail."""
    town.write("../hvidovre/municipality.toml", "name = \n")
    town.write("../lejre/published.toml", "format = 99\n")
    report = _check(town, town.manifest)

    assert ["hvidovre", "lejre", "Roskilde"] == [one.name for one in report.members]
    assert {"unreadable": 2, "works": 1} == report.counts
    assert ["hvidovre", "lejre"] == [one.name for one in report.breaks]
    assert {"baseline"} <= {Path(folder).name for folder, _ in report.passed_over}


def test_a_broken_bot_file_makes_the_member_unreadable(town: "Town") -> None:
    """Nobody can say whether that file is about this bot."""
    town.write("bots/other.toml", "bot = \n")
    found = _only(_check(town, town.manifest))

    assert "unreadable" == found.verdict
    assert ["E104"] == [one.code for one in found.findings]


def test_the_same_municipality_twice_is_said(town: "Town", tmp_path: Path) -> None:
    """A folder and an older copy of it are both checked, and the code is named."""
    _publish(town, tmp_path)
    report = _check(town, town.manifest, baseline=tmp_path / "baseline")

    assert ["0265"] == list(report.doubles)
    assert 2 == len(report.members)


def test_no_member_at_all_is_an_error_of_use(tmp_path: Path) -> None:
    """An empty folder is not a fleet in which everything works."""
    with pytest.raises(NoMembersError) as caught, open_members(tmp_path):
        pass

    assert 2 == caught.value.exit_code


def test_a_baseline_that_is_none_is_refused(town: "Town", tmp_path: Path) -> None:
    """The coordinator's own mistake stops the check, with the option's name."""
    with pytest.raises(ConfigError) as caught, open_members(tmp_path, baseline=tmp_path / "nowhere"):
        pass

    assert "--baseline" in caught.value.message


def test_a_lock_that_cannot_be_read_only_costs_the_comparison(town: "Town") -> None:
    """Which version runs is then not known, and that is said."""
    town.write("rpac.lock", b"\xff\xfe")
    found = _only(_check(town, _newer(town)))

    assert "works" == found.verdict
    assert any("not known" in note for note in found.instances[0].notes)


def test_every_instance_of_the_bot_is_checked(town: "Town") -> None:
    """Two instances of one bot have a verdict each; the member's is the graver one."""
    text = (town.folder / "bots/welcome-letters.toml").read_text(encoding="utf-8")
    town.write("bots/second.toml", text.replace("9a10", "9a11") + "window_days = 50\n")
    found = _only(_check(town, _newer(town, window_days={"maximum": 30})))

    assert ["breaks", "works"] == [one.verdict for one in found.instances]
    assert "breaks" == found.verdict


def test_a_report_is_json(town: "Town") -> None:
    """Findings, verdicts and counts stand in it by name."""
    town.settings("window_days = 40")
    document = _check(town, _newer(town, window_days={"maximum": 30})).to_json()

    assert {"breaks": 1} == document["counts"]
    assert "E202" == document["members"][0]["instances"][0]["findings"][0]["code"]


def test_connectors_are_made_once(town: "Town") -> None:
    """A catalogue that builds its entries on lookup is asked once in each check, however many ask."""
    asked: list[str] = []

    class Counting(dict[str, ConnectorEntry]):
        def __getitem__(self, name: str) -> ConnectorEntry:
            asked.append(name)
            return super().__getitem__(name)

    with open_members(town.folder.parent) as members:
        for _ in range(3):
            fleet_check(town.manifest, members, connectors=Counting(town.connectors), today=DAY)

    assert 3 >= asked.count("sf1520")
