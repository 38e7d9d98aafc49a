"""What an instance file says of the instance itself, deprecated keys, and what else is said of a key."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from rpa_commons.cli.config import explain as explain_module
from rpa_commons.config import open_municipality
from rpa_commons.manifest import Manifest

if TYPE_CHECKING:
    from conftest import Town

INSTANCE = "bots/welcome-letters.toml"
BASELINE = "../baseline/bots/welcome-letters.toml"


def extended(manifest: Manifest, **more: Any) -> Manifest:
    """The manifest with further settings."""
    schema = manifest.settings_schema
    changed = {**schema, "properties": schema["properties"] | more}
    return manifest.model_copy(update={"settings_schema": changed})


def test_a_deputy_stands_beside_the_owner(town: "Town") -> None:
    """Both are texts of the municipality's own; without, they are empty."""
    assert (town.resolve().owner, town.resolve().deputy) == ("", "")

    own = (town.folder / INSTANCE).read_text()
    town.write(INSTANCE, 'owner = "Sigrun"\ndeputy = "Ole"\n' + own)

    assert (town.resolve().owner, town.resolve().deputy) == ("Sigrun", "Ole")

    town.write(BASELINE, 'deputy = "x"\n')

    assert (town.finding().code, town.finding().key) == ("E101", "instance.deputy")


def test_personal_numbers_are_masked_unless_somebody_says_otherwise(town: "Town") -> None:
    """The default is true, its origin is rpa-commons; an environment may say false."""
    instance = town.resolve()

    assert instance.mask_personal_numbers is True
    assert str(instance.origin("instance.mask_personal_numbers")) == "rpa-commons"
    assert str(instance.origin("window_days")) == "welcome-letters 1.0.0 Settings.window_days"

    town.write(f"environments/test/{INSTANCE}", "mask_personal_numbers = false\n")

    assert town.resolve().mask_personal_numbers is False
    assert town.finding('instance.mask_personal_numbers="no"').code == "E201"


def test_neither_decides_what_a_run_does(town: "Town") -> None:
    """The digest of what a run does is the same whoever is the deputy, whatever is masked on screens."""
    digest = town.resolve().digest

    assert town.resolve("instance.mask_personal_numbers=false", "instance.deputy=Ole").digest == digest


def test_a_deprecated_key_is_a_warning(town: "Town") -> None:
    """W101 in each layer that sets it, with what the author says of it; never for the default."""
    old = {"type": "integer", "default": 1, "deprecated": True, "description": "Use window_days."}
    town.manifest = extended(town.manifest, old=old)

    assert town.resolve().warnings == ()

    town.settings("old = 2")
    town.write(BASELINE, "[settings]\nold = 3\n")
    instance = town.resolve()

    assert [(one.code, one.place, one.line_text) for one in instance.warnings] == [
        ("W101", "baseline/bots/welcome-letters.toml:2", "old = 3"),
        ("W101", "roskilde/bots/welcome-letters.toml:5", "old = 2"),
    ]
    assert instance.warnings[0].help == "Use window_days."
    assert instance.explain("old")[0].deprecated


def test_keys_below_a_deprecated_table_are_deprecated(town: "Town") -> None:
    """The table's mark counts for each key in it."""
    table = {"type": "object", "deprecated": True, "properties": {"a": {"type": "integer"}}}
    town.manifest = extended(town.manifest, old=table)
    town.settings("old.a = 2")

    assert [(one.code, one.key) for one in town.resolve().warnings] == [("W101", "old.a")]


def test_a_sensitive_key_says_so(town: "Town") -> None:
    """Money or law behind a key, or behind the table around it, shows in its explanation."""
    fee = {"type": "integer", "default": 1, "sensitive": True}
    fees = {"type": "object", "sensitive": True, "properties": {"a": {"type": "integer", "default": 1}}}
    town.manifest = extended(town.manifest, fee=fee, fees=fees)
    found = {one.key: one.sensitive for one in town.resolve().explain()}

    assert (found["fee"], found["fees.a"], found["window_days"]) == (True, True, False)
    assert town.resolve().explain("fee")[0].to_json()["sensitive"] is True


@pytest.fixture
def shown(town: "Town", monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Runs ``rpac config explain`` on the town; what it prints."""
    monkeypatch.setattr(explain_module, "manifest_of", lambda _: town.manifest_of)
    monkeypatch.setattr(explain_module, "connectors", lambda *_: town.connectors)

    def run(*arguments: str) -> str:
        result = CliRunner().invoke(
            explain_module.explain, arguments, obj=town.folder, standalone_mode=False, catch_exceptions=False
        )
        return result.stdout

    return run


def test_the_command_shows_policies_and_waivers(town: "Town", shown: Callable[..., str]) -> None:
    """A key's policies with place, reason and owner, each waiver below its policy."""
    town.write(
        "../baseline/policies.toml",
        '[[policy]]\nkey = "window_days"\nmax = 5\nwhy = "Five days."\nowner = "DIGIT"\n'
        '[[policy]]\nkey = "window_days"\nmin = 2\nwhy = "Two days."\nowner = "DIGIT"\n'
        'bot = "welcome-letters"\n',
    )
    town.write(
        "../baseline/waivers.toml",
        '[[waiver]]\nmunicipality = "0265"\nkey = "window_days"\nreason = "Late."\ngranted_by = "DIGIT"\n'
        "until = 2099-12-31\n",
    )
    text = shown("window_days")

    assert "    policy: at most 5 (../baseline/policies.toml:2): Five days. (DIGIT)\n" in text
    assert "    waived until 2099-12-31 (../baseline/waivers.toml:3): Late. (DIGIT)\n" in text
    assert "    policy: at least 2 (../baseline/policies.toml:7): Two days. (DIGIT)\n" in text


def test_the_command_shows_what_a_change_makes(town: "Town", shown: Callable[..., str]) -> None:
    """A layer that changes a list shows what it says and what that makes; the key shows the list."""
    town.write(BASELINE, '[settings]\nhosts = ["a"]\n')
    town.settings('hosts = { append = ["b"] }')
    text = shown("welcome-letters", "hosts")

    assert 'hosts = ["a", "b"]\n' in text
    assert '  > municipality  {append = ["b"]} makes ["a", "b"]  (bots/welcome-letters.toml:5)' in text


def test_the_command_shows_marks_of_a_key(town: "Town", shown: Callable[..., str]) -> None:
    """Deprecated and sensitive keys say what that means."""
    fee = {"type": "integer", "default": 1, "sensitive": True, "deprecated": True}
    town.manifest = extended(town.manifest, fee=fee)
    text = shown("fee")

    assert "    deprecated: a later version will not know it\n" in text
    assert "    sensitive: a second person confirms what production uses\n" in text


def test_the_municipality_says_what_it_publishes(town: "Town") -> None:
    """[publish] in municipality.toml takes lists of text and nothing else."""
    file = town.folder / "municipality.toml"
    text = file.read_text()
    file.write_text(text + '[publish]\nbots = ["welcome-letters"]\nwithhold = ["contact"]\n')

    assert open_municipality(town.folder).publish.withhold == ("contact",)

    file.write_text(text + '[publish]\nbots = "all"\nhide = 1\n')

    assert [(one.code, one.key) for one in town.opening_findings()] == [
        ("E201", "publish.bots"), ("E101", "publish.hide")
    ]  # fmt: skip
