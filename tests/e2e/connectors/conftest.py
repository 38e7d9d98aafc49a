"""One bot, two connector wheels, two municipalities: built once, installed as the tests ask."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from rpa_commons.environments._host import host_package
from rpa_commons.environments._uv import Uv
from tests.e2e.connectors.connector_town import PAPER, RENAMED, TALLY, Town, Wheels, built, described, town


@pytest.fixture(scope="session")
def host() -> Iterator[None]:
    """The host's own package as it is when the tests start: an edit meanwhile is no upgrade."""
    package = host_package(Uv())
    with pytest.MonkeyPatch.context() as patch:
        for module in ("_build", "_install"):
            patch.setattr(f"rpa_commons.environments.{module}.host_package", lambda _: package)
        yield


@pytest.fixture(scope="session")
def wheels(tmp_path_factory: pytest.TempPathFactory, host: None) -> Wheels:
    """The bot and the connectors, each built once."""
    paper, source = "connector-paper-ledger", "src/connector_paper_ledger/__init__.py"
    version = ("pyproject.toml", 'version = "1.0.0"')
    renaming = (
        (source, "    file: str = Field(", RENAMED.lstrip("\n")),
        (source, "settings.file", "settings.path"),
        (source, "import Field, hookimpl", "import Field, Migration, hookimpl, rename"),
    )
    tally = "src/connector_tally_ledger/__init__.py"
    needs = ("pyproject.toml", '"rpa-commons>=0.1,<0.2"', '"rpa-commons>=0.1,<0.2", "click<8"')

    def folder() -> Path:
        return tmp_path_factory.mktemp("wheels")

    newer = built(folder(), paper, (*version, 'version = "2.0.0"'), *renaming)
    other = built(folder(), paper, (tally, '"paper-ledger"', '"tally-ledger"'), name="connector-tally-ledger")
    with pytest.MonkeyPatch.context() as patch:  # it cannot even be described in its own environment
        patch.setattr("rpa_commons.environments._build._describe", described(folder() / "env", paper))
        stubborn = built(folder(), paper, (*version, 'version = "1.1.0"'), needs)
    return Wheels(built(folder(), "book-keeper"), built(folder(), paper), newer, other, stubborn)


@pytest.fixture
def roskilde(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Town:
    """Roskilde, with the paper ledger."""
    monkeypatch.setenv("PAPER_PASSWORD", "guilder")
    monkeypatch.setenv("OTHER_PASSWORD", "florin")
    return town(tmp_path, "roskilde", PAPER)


@pytest.fixture
def lejre(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Town:
    """Lejre, with the tally ledger."""
    monkeypatch.setenv("PAPER_PASSWORD", "guilder")
    return town(tmp_path, "lejre", TALLY)
