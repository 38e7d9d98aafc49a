"""The deep check: the bot's own code, its hook and its secrets are looked at in its own environment."""

import functools
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from rpa_commons.config import (
    ConnectorEntry,
    Finding,
    MunicipalityFolder,
    open_municipality,
    resolve_instance,
)
from rpa_commons.config.municipality._unrun import python_checks
from rpa_commons.manifest import CapabilityEntry, Manifest
from rpa_commons.runtime import DeepCheckError, Prepared, _deep_host, deep_check
from rpa_commons.runtime._deep_host import with_deep_checks
from rpa_commons.runtime.launch import job_of

HERE = Path(__file__).parent
MUNICIPALITY = """\
name = "Roskilde"
code = "0265"
cvr = "29189404"
environment = "test"
state_dir = "../state"

[letterhead]
name = "Roskilde Kommune"
address = ["Rådhusbuen 1", "4000 Roskilde"]
"""
INSTANCE = """\
bot = "checked"
id = "0b6f0c1e-2c9c-4c0e-9f3d-6d1f1e8f9a10"

[settings]
cases = "cases.json"
"""
STACK = """\
[Receiver]
connector = "leaky-receiver"
settings.file = "receiver.txt"
settings.password = { env = "REGISTER_PASSWORD" }
"""


class Place:
    """A municipality whose bot lives beside the tests."""

    def __init__(self, root: Path) -> None:
        from rpac_leaky import CheckedSettings, LeakySettings

        self.folder = root / "roskilde"
        receiver = CapabilityEntry(attribute="receiver", name="Receiver", version="1.0", calls=())
        self.manifest = Manifest(
            kind="bot",
            name="checked",
            version="1.0.0",
            summary="Is checked.",
            sdk_version="0.1.0",
            capabilities=(receiver,),
            settings_schema=CheckedSettings.model_json_schema(),
        )
        schema = LeakySettings.model_json_schema()
        self.connectors = {"leaky-receiver": ConnectorEntry("leaky-receiver", "Receiver", schema, "1.0")}
        self.write("municipality.toml", MUNICIPALITY)
        self.write("stack.toml", STACK)
        self.settings()

    def write(self, name: str, content: str) -> None:
        """Write one file below the folder."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")

    def settings(self, *lines: str) -> None:
        """Write the instance's file with these lines in its settings."""
        self.write("bots/checked.toml", "\n".join([INSTANCE.rstrip("\n"), *lines, ""]))

    def open(self) -> MunicipalityFolder:
        """The folder, opened."""
        return open_municipality(self.folder)

    def deep(self, **changes: Any) -> tuple[Finding, ...]:
        """What the deep check finds."""
        return deep_check(self.open(), "checked", **changes)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    """A municipality in which nothing is wrong, with a bot that this interpreter can import."""
    for name in ("plugin", "leaky"):
        monkeypatch.syspath_prepend(HERE / name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("REGISTER_PASSWORD", "Snedronning47")
    found = Place(tmp_path)

    def resolved(municipality: MunicipalityFolder, instance: str, overrides: Any = ()) -> Any:
        return resolve_instance(
            municipality,
            instance,
            lambda _: found.manifest,
            connectors=found.connectors,
            overrides=overrides,
        )

    def environment(job: Any) -> dict[str, str]:
        path = os.pathsep.join(str(HERE / name) for name in ("plugin", "leaky"))
        return {**_worker_environment(job), "PYTHONPATH": path}

    _worker_environment = _deep_host.worker_environment
    monkeypatch.setattr(_deep_host, "resolved_for", resolved)
    monkeypatch.setattr(_deep_host, "worker_environment", environment)
    monkeypatch.setattr(_deep_host, "python_of", lambda *_: Path(sys.executable))
    monkeypatch.setattr(_deep_host, "Prepared", functools.partial(Prepared, options=("-X", "utf8")))
    return found


def test_a_configuration_in_order_has_no_findings(place: Place) -> None:
    """Nothing is called, looked for or written."""
    place.settings("window_days = 14")

    assert place.deep() == ()
    assert not (place.folder / "cases.json").exists()
    assert not (place.folder / "receiver.txt").exists()
    assert not (place.folder.parent / "state").exists()


def test_a_validator_in_python_is_a_finding_at_the_value(place: Place) -> None:
    """Key, file and line; who says so; the author's own words."""
    place.settings("window_days = 10")

    [finding] = place.deep()

    assert (finding.code, finding.key, finding.place) == (
        "E202",
        "window_days",
        "roskilde/bots/checked.toml:6",
    )
    assert finding.message == "10 days are no whole weeks"
    assert finding.because == "checked by the bot's own code (CheckedSettings)"
    assert finding.line_text.strip() == "window_days = 10"


def test_a_check_of_the_whole_shows_no_hidden_value(place: Place) -> None:
    """The author's words quote a personal value; the finding does not."""
    place.settings("window_days = 14", 'contact = "Niels Hansen"')

    [finding] = place.deep()

    assert finding.message == "… has retired"
    assert "Niels" not in finding.render()


def test_an_override_is_checked_as_well(place: Place) -> None:
    """And is where the value comes from."""
    place.settings("window_days = 14")

    [finding] = place.deep(overrides=["window_days=15"])

    assert (finding.place, finding.message) == ("--set", "15 days are no whole weeks")


def test_a_secret_that_cannot_be_read_is_found_though_the_host_sees_it(place: Place) -> None:
    """A file of blanks: not empty from outside."""
    place.settings("window_days = 14", 'token = { file = "token" }')
    place.write("token", "  \n")
    (place.folder / "token").chmod(0o600)

    [finding] = place.deep()

    assert (finding.code, finding.key) == ("E402", "token")
    assert finding.place == "roskilde/bots/checked.toml:7"
    assert finding.message == "secret missing: file token is empty"


def test_a_secret_in_a_plugins_store_is_read(place: Place) -> None:
    """Only a worker knows the store."""
    place.settings("window_days = 14", 'token = { store = "drawer:token" }')

    [finding] = place.deep()

    assert finding.message == "secret missing: secret store drawer, token is not in the drawer"


def test_a_connectors_secret_is_found_in_the_stack(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the key of the stack."""
    place.settings("window_days = 14")
    monkeypatch.delenv("REGISTER_PASSWORD")

    [finding] = place.deep()

    assert (finding.code, finding.key) == ("E402", "stack.Receiver.settings.password")
    assert finding.place == "roskilde/stack.toml:4"


def test_a_hook_that_cannot_be_loaded_is_a_finding_beside_the_others(place: Place) -> None:
    """One problem does not hide the next."""
    place.settings("window_days = 10")
    place.write("hooks/checked.py", "import nothing_of_the_kind\n")

    hook, settings = sorted(place.deep(), key=lambda one: one.code)

    assert (hook.code, hook.place) == ("E103", "roskilde/hooks/checked.py")
    assert "cannot be loaded: ModuleNotFoundError" in hook.message
    assert settings.code == "E202"


def test_a_bug_in_the_bots_check_is_told_by_class_and_place(place: Place) -> None:
    """Its text may hold a value."""
    place.settings("window_days = 500")

    [finding] = place.deep()

    assert finding.message.startswith("a check failed of itself: RuntimeError (rpac_leaky.py:")
    assert "a bug of the bot" not in finding.render()


def test_a_worker_that_dies_is_said(place: Place) -> None:
    """With its exit code, and whom to tell."""
    place.settings("window_days = 666")

    with pytest.raises(DeepCheckError) as caught:
        place.deep()

    assert "the deep check of checked broke off" in caught.value.message
    assert "exit code 9" in caught.value.message


def test_a_worker_that_hangs_is_ended(place: Place) -> None:
    """Nobody waits for ever."""
    place.settings("window_days = 999")

    with pytest.raises(DeepCheckError) as caught:
        place.deep(seconds=3.0)

    assert caught.value.message == "the deep check of checked did not end within 3 seconds"


def test_a_bot_that_is_not_in_the_environment_is_said(place: Place) -> None:
    """As the worker says it."""
    place.manifest = place.manifest.model_copy(update={"name": "other"})
    place.write("bots/checked.toml", INSTANCE.replace('"checked"', '"other"'))

    with pytest.raises(DeepCheckError) as caught:
        place.deep()

    assert "ships the bot other" in caught.value.message


def test_findings_of_both_checks_stand_once(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the host found at a place is not said again, and an error is kept per instance."""
    from rpa_commons.config import Checked

    place.settings("window_days = 14")
    monkeypatch.delenv("REGISTER_PASSWORD")
    first = Checked(("checked", "gone"), (), {})

    said: list[str] = []
    once = with_deep_checks(first, place.open(), progress=said.append)
    again = with_deep_checks(once, place.open(), progress=said.append)

    assert [one.code for one in once.findings] == ["E402"]
    assert again.findings == once.findings
    assert said[0] == "checking checked in its own environment"


def test_checks_written_in_python_are_named_with_their_class() -> None:
    """From the schema alone, which is all the host has."""
    schema = {
        "title": "Settings",
        "validators": ["check_window"],
        "$defs": {"Retry": {"title": "Retry", "validators": ["Retry.check_times"]}, "Word": {}},
    }

    assert python_checks(schema) == ("Settings.check_window", "Retry.check_times")
    assert python_checks({"title": "Settings", "made": str(datetime.now(UTC))}) == ()


def test_a_worker_is_told_what_it_must_not_say(place: Place) -> None:
    """The settings that the bot calls personal, whatever the worker is to do."""
    place.settings('contact = "Anna Andersen"', "window_days = 14")
    municipality = place.open()
    resolved = _deep_host.resolved_for(municipality, "checked")

    assert job_of(municipality, resolved, mode="plan").personal == ("Anna Andersen",)
