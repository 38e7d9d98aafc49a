"""The page about changing a setting does what it says, on a copy of the example."""

import re
import shlex
import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner

from rpa_commons.capabilities import RpaCommonsError
from rpa_commons.cli import _main
from rpa_commons.manifest import CapabilityEntry, Manifest

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs" / "how-to" / "change-a-setting.md"
_IN_ROSKILDE, _, _ANEW = PAGE.read_text("utf-8").partition("## Beginning a municipality")
COMMANDS = re.findall(r"^\$ rpac config (.*)$", _IN_ROSKILDE, flags=re.MULTILINE)
BEGINNING = re.findall(r"^\$ rpac config (.*)$", _ANEW, flags=re.MULTILINE)
REFUSED = {"set welcome-letters window_days 40": 5}
CAPABILITIES = {"events": "PopulationEvents", "population": "PopulationRegister", "post": "DigitalPost"}


@pytest.fixture
def roskilde(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the example, in which the bot counts as installed."""
    settings: Any = pytest.importorskip("welcome_letters").Settings
    ignored = shutil.ignore_patterns("outbox", "*.lock", "sandbox", "extracts")  # what a demo left
    shutil.copytree(ROOT / "examples" / "digit", tmp_path / "a" / "b" / "digit", ignore=ignored)
    own = tmp_path / "a" / "b" / "digit" / "roskilde" / "municipality.toml"
    text = own.read_text("utf-8")
    own.write_text(text.replace('environment = "sandbox"', 'environment = "production"'), "utf-8")
    manifest = Manifest(
        kind="bot",
        name="welcome-letters",
        version="1.0.0",
        summary="Greets each new resident once.",
        sdk_version="0.1.0",
        capabilities=tuple(
            CapabilityEntry(attribute=key, name=name, version="1.0", calls=())
            for key, name in CAPABILITIES.items()
        ),
        settings_schema=settings.model_json_schema(),
    )
    monkeypatch.setattr("rpa_commons.environments.locked", lambda *_: SimpleNamespace(manifest=manifest))
    monkeypatch.chdir(tmp_path / "a" / "b" / "digit" / "roskilde")
    return Path.cwd()


def test_every_command_of_the_page_works(roskilde: Path) -> None:
    """One after the other, as a reader would type them; the refusal is one."""
    codes = {}
    for command in COMMANDS:
        result = CliRunner().invoke(_main.cli, ["config", *shlex.split(command)], standalone_mode=False)
        error = result.exception
        assert error is None or isinstance(error, RpaCommonsError), (command, error)
        codes[command] = error.exit_code if error is not None else result.return_value or 0

    assert {command: REFUSED.get(command, 0) for command in COMMANDS} == codes
    assert len(COMMANDS) > 8
    assert "window_days = 21" in (roskilde / "bots/welcome-letters.toml").read_text("utf-8")
    assert "Hvidovre" in (roskilde / "bots/newcomers.toml").read_text("utf-8")


def test_a_municipality_begins_as_the_page_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In an empty folder; afterwards nothing is wrong."""
    monkeypatch.chdir(tmp_path)
    for command in BEGINNING:
        result = CliRunner().invoke(_main.cli, ["config", *shlex.split(command)], standalone_mode=False)

        assert result.exception is None, (command, result.exception)
        assert 0 == (result.return_value or 0)
    assert ["init", "check"] == [command.split()[0] for command in BEGINNING]
    assert 'name = "Greve" # name' in (tmp_path / "municipality.toml").read_text("utf-8")
