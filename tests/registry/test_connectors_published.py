"""Connector wheels through the registry: published, found, installed by name, recalled."""

import json
import time
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from rpa_commons.cli import main
from rpa_commons.conformance import public_key_text, sign
from rpa_commons.environments import read_lock
from rpa_commons.environments._host import host_package
from rpa_commons.environments._uv import Uv
from rpa_registry import curation
from rpa_registry.accounts import register_key
from tests.e2e.connectors.connector_town import INSTANCE, PAPER, TALLY, Town, built, town

pytestmark = pytest.mark.network

PAPER_WHEEL, TALLY_WHEEL, BOT = "connector-paper-ledger", "connector-tally-ledger", "book-keeper"


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Path]]:
    """The bot and two connectors, by name; the host's own package stays as it is meanwhile."""
    package, folder = host_package(Uv()), tmp_path_factory.mktemp("wheels")
    renamed = ("src/connector_tally_ledger/__init__.py", '"paper-ledger"', '"tally-ledger"')
    with pytest.MonkeyPatch.context() as patch:
        for module in ("_build", "_install"):
            patch.setattr(f"rpa_commons.environments.{module}.host_package", lambda _: package)
        yield {
            BOT: built(folder / "bot", BOT),
            PAPER_WHEEL: built(folder / "paper", PAPER_WHEEL),
            TALLY_WHEEL: built(folder / "tally", PAPER_WHEEL, renamed, name=TALLY_WHEEL),
        }


@pytest.fixture
def rpac(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str]]:
    """Run ``rpac`` for a municipality; its exit code, and all that it said."""

    def run(place: Town, *arguments: str) -> tuple[int, str]:
        monkeypatch.setattr("sys.argv", ["rpac", "-C", str(place.folder), *arguments])
        with pytest.raises(SystemExit) as caught:
            main()
        printed = capsys.readouterr()
        return int(caught.value.code or 0), printed.out + printed.err

    return run


@pytest.fixture
def towns(
    tmp_path: Path, registry: Any, serve: Callable[[Any], str], monkeypatch: pytest.MonkeyPatch
) -> dict[str, Town]:
    """Two municipalities of one registry, with different stacks."""
    monkeypatch.setenv("PAPER_PASSWORD", "guilder")
    url = serve(registry)
    found = {"roskilde": town(tmp_path, "roskilde", PAPER), "lejre": town(tmp_path, "lejre", TALLY)}
    for one in found.values():
        text = (one.folder / "municipality.toml").read_text(encoding="utf-8")
        one.says(text.replace("[letterhead]", f'registry = "{url}"\n[letterhead]'), "municipality.toml")
    return found


def test_from_publishing_to_two_municipalities_and_a_recall(
    registry: Any,
    identity: Callable[[str], Any],
    token: Callable[..., str],
    wheels: dict[str, Path],
    towns: dict[str, Town],
    rpac: Callable[..., tuple[int, str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One unmodified bot wheel on two connectors, each from the registry; a recall stops one of them."""
    roskilde, lejre = towns["roskilde"], towns["lejre"]
    monkeypatch.setenv("RPAC_REGISTRY_TOKEN", token("mette", "upload"))
    for name, wheel in wheels.items():
        assert 0 == rpac(roskilde, "publish", str(wheel))[0]
        curation.accept_name(registry, identity("anna"), name, reason="nothing else is called so")
        for act in (("mette", "submit"), ("mette", "publish"), ("anna", "certify"), ("bo", "certify")):
            curation.act(registry, identity(act[0]), act[1], name, "1.0.0")

    code, found = rpac(roskilde, "search", "--capability", "Ledger", "--kind", "connector")
    assert (0, 2) == (code, found.count("verified: simulator only\n"))
    code, known = rpac(roskilde, "info", PAPER_WHEEL)
    assert code == 0
    assert "connector paper-ledger: Ledger 1.0, simulator only" in known
    assert "after a break, post is probe" in known

    for one, connector in ((roskilde, "paper-ledger"), (lejre, "tally-ledger")):
        code, said = rpac(one, "install", connector, BOT)  # by the name that stack.toml uses
        assert code == 0, said
        assert 1 == one.go()["done"]
    locks = [read_lock(one.folder) for one in (roskilde, lejre)]
    assert locks[0].entry(BOT).sha256 == locks[1].entry(BOT).sha256
    assert [PAPER_WHEEL, TALLY_WHEEL] == [lock.connectors[0].name for lock in locks]
    assert all(lock.connectors[0].registry and lock.connectors[0].channel == "certified" for lock in locks)
    rows = json.loads(rpac(roskilde, "list", "--json")[1])
    assert [(BOT, "bot"), (PAPER_WHEEL, "connector")] == [(one["name"], one["kind"]) for one in rows]
    assert [INSTANCE] == [one["name"] for one in rows[1]["instances"]]

    _quarantine(registry, identity, PAPER_WHEEL)
    _wait_until_shown(roskilde, PAPER_WHEEL)
    stopped, why = rpac(roskilde, "run", INSTANCE)
    going, _ = rpac(lejre, "run", INSTANCE)
    assert (5, 0) == (stopped, going), why
    assert f"{PAPER_WHEEL} 1.0.0" in why
    assert "writes twice" in why


def _quarantine(registry: Any, identity: Callable[[str], Any], project: str) -> None:
    key = Ed25519PrivateKey.generate()
    with registry.database.write() as connection:
        register_key(connection, identity("anna"), "anna", public_key_text(key))
    draft = curation.draft_advisory(
        registry, project, ["1.0.0"], severity="high", summary="writes twice", remedy="wait"
    )
    curation.quarantine(registry, identity("anna"), draft, sign(key, draft))


def _wait_until_shown(place: Town, project: str, patience: float = 10.0) -> None:
    """Until the registry tells of a recall: on PostgreSQL its pages may be a quarter of a second old."""
    text = (place.folder / "municipality.toml").read_text(encoding="utf-8")
    url = f"{tomllib.loads(text)['registry']}/advisories.json"
    end = time.monotonic() + patience
    while project not in requests.get(url, timeout=patience).text:
        assert time.monotonic() < end, f"{url} does not tell of {project}"
        time.sleep(0.05)
