"""A municipality's folder on disk, a bot's manifest and two connectors, for every configuration test."""

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Literal

import pytest

from rpa_commons.config import (
    ConfigError,
    ConnectorEntry,
    Examination,
    Finding,
    MunicipalityFolder,
    ResolvedInstance,
    SecretRef,
    examine_instance,
    open_municipality,
    resolve_instance,
)
from rpa_commons.environments import NotInstalledError
from rpa_commons.manifest import CapabilityEntry, Manifest
from rpa_commons.sdk import BotSettings, Field
from rpa_commons.sharing import Published, publish

MUNICIPALITY = """\
name = "Roskilde"
code = "0265"
cvr = "29189404"
cooperation = "DIGIT"
baseline = "../baseline"
environment = "test"
state_dir = "../state"

[letterhead]
name = "Roskilde Kommune"
address = ["Rådhusbuen 1", "4000 Roskilde"]
"""
DAY = date(2026, 11, 22)
BASELINE = 'name = "DIGIT baseline"\nversion = "2026.1"\n'
STACK = """\
[PopulationRegister]
connector = "sf1520"
settings.url = "https://register.example"
settings.password = { env = "REGISTER_PASSWORD" }
"""
HEAD = 'bot = "welcome-letters"\nid = "0b6f0c1e-2c9c-4c0e-9f3d-6d1f1e8f9a10"\n'
INSTANCE = HEAD + '[settings]\ncontact = "Sigrun"\n'


@pytest.fixture(scope="session", autouse=True)
def _locks_of_the_tests(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Nothing is left in the home folder of whoever runs the tests."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("locks")
        patch.setattr("rpa_commons.config.instances._edit_lock._own_folder", lambda: folder)
        yield


class Retry(BotSettings):
    """How often to try again."""

    times: int = Field(3, description="Tries.", unit="tries", ge=1)
    wait: float = Field(1.5, description="Pause between two.", unit="seconds")


class Settings(BotSettings):
    """Everything a settings class may hold."""

    window_days: int = Field(10, ge=1, le=60, description="Look this many days back for moves.", unit="days")
    contact: str = Field(description="Who is asked.", personal=True)
    since: date | None = Field(None, description="First day.")
    password: SecretRef | None = Field(None, description="For the file server.")
    mode: Literal["fast", "slow"] = Field("fast", description="Pace.")
    sender: str = Field("Borgerservice", description="Below the letter.", min_length=2, max_length=20)
    enabled: bool = Field(True, description="Whether it runs.")
    limit: int | str = Field(5, description="A number or a word.", unit="cases")
    retry: Retry = Field(Retry(), description="Trying again.")
    hosts: tuple[str, ...] = Field((), description="Where to look.")
    words: dict[str, str] = Field({}, description="Free words.")


class Sf1520Settings(BotSettings):
    """Settings of a connector with a secret."""

    url: str = Field(description="Address.")
    password: SecretRef = Field(description="Password.")
    timeout: int = Field(30, description="Time-out.", unit="seconds")


class ExtractSettings(BotSettings):
    """Settings of a connector without one."""

    folder: str = Field(description="Folder.")


def a_manifest(**changes: Any) -> Manifest:
    """The manifest of the bot that the tests configure."""
    register = CapabilityEntry(attribute="population", name="PopulationRegister", version="1.0", calls=())
    fields: dict[str, Any] = {
        "kind": "bot",
        "name": "welcome-letters",
        "version": "1.0.0",
        "summary": "Greets.",
        "sdk_version": "0.1.0",
        "capabilities": (register,),
        "settings_schema": Settings.model_json_schema(),
    }
    return Manifest(**(fields | changes))


def connectors(**changes: ConnectorEntry) -> dict[str, ConnectorEntry]:
    """The catalogue of the tests."""
    entries = (
        ConnectorEntry("sf1520", "PopulationRegister", Sf1520Settings.model_json_schema(), "1.0"),
        ConnectorEntry("register-extract", "PopulationRegister", ExtractSettings.model_json_schema(), "1.0"),
        ConnectorEntry("sf1601", "DigitalPost", ExtractSettings.model_json_schema(), "1.0"),
    )
    return {entry.name: entry for entry in entries} | changes


class Town:
    """A municipality's folder and its baseline; files are written by their name."""

    def __init__(self, root: Path) -> None:
        self.folder = root / "roskilde"
        self.manifest = a_manifest()
        self.connectors = connectors()
        self.write("municipality.toml", MUNICIPALITY)
        self.write("../baseline/baseline.toml", BASELINE)
        self.write("stack.toml", STACK)
        self.write("bots/welcome-letters.toml", INSTANCE)

    def write(self, name: str, content: str | bytes) -> Path:
        """Write one file below the folder."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def settings(self, *lines: str) -> None:
        """Write the instance file with these lines in its settings, the required one added."""
        self.write("bots/welcome-letters.toml", "\n".join([INSTANCE.rstrip("\n"), *lines, ""]))

    def open(self, environment: str | None = None) -> MunicipalityFolder:
        """The folder, opened."""
        return open_municipality(self.folder, environment=environment)

    def manifest_of(self, bot: str) -> Manifest:
        """The one manifest there is."""
        assert bot == "welcome-letters"
        return self.manifest

    def resolve(self, *overrides: str, name: str = "welcome-letters") -> ResolvedInstance:
        """The instance, resolved."""
        return resolve_instance(
            self.open(), name, self.manifest_of, connectors=self.connectors, overrides=overrides
        )

    def examine(self, *overrides: str, name: str = "welcome-letters") -> Examination:
        """The instance, examined."""
        return examine_instance(
            self.open(), name, self.manifest_of, connectors=self.connectors, overrides=overrides
        )

    def findings(self, *overrides: str, name: str = "welcome-letters") -> tuple[Finding, ...]:
        """What is wrong with the instance; it must be something."""
        with pytest.raises(ConfigError) as caught:
            self.resolve(*overrides, name=name)
        return caught.value.findings

    def finding(self, *overrides: str, name: str = "welcome-letters") -> Finding:
        """The one thing that is wrong with the instance."""
        [finding] = self.findings(*overrides, name=name)
        return finding

    def published(self, *without: str, manifest_of: Any = None) -> Published:
        """What the municipality publishes on the day of the tests, in production, but for these keys."""
        return publish(
            self.open("production"),
            manifest_of or self.manifest_of,
            connectors=self.connectors,
            without=without,
            today=DAY,
        )

    def opening_findings(self, environment: str | None = None) -> Sequence[Finding]:
        """What is wrong with the folder itself; it must be something."""
        with pytest.raises(ConfigError) as caught:
            self.open(environment)
        return caught.value.findings


@pytest.fixture
def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Town:
    """A municipality in which nothing is wrong; the current folder is its parent."""
    monkeypatch.chdir(tmp_path)
    return Town(tmp_path)


@pytest.fixture
def installed(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """For the command line, the town's bot counts as installed, and the connectors are those of the tests."""

    def locked(municipality: object, bot: str) -> SimpleNamespace:
        if bot != town.manifest.name:
            raise NotInstalledError(bot)
        return SimpleNamespace(manifest=town.manifest)

    monkeypatch.setattr("rpa_commons.environments.locked", locked)
    monkeypatch.setattr("rpa_commons.environments.python_of", lambda *_: Path("python"))
    monkeypatch.setattr("rpa_commons.environments.refuse_unready", lambda *_: None)
    for place in ("rpa_commons.connectors", "rpa_commons.environments._connector_wheels"):
        monkeypatch.setattr(f"{place}.catalogue", lambda *_: town.connectors)
