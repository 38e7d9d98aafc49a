"""Our client against our registry: published, certified, found, recalled."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from rpa_commons.cli import main
from rpa_commons.conformance import public_key_text, sign
from rpa_commons.registry_client import Registry as Client
from rpa_commons.registry_client import Wish, choose
from rpa_registry import curation
from rpa_registry.accounts import register_key

SETTLES = 0.6  # seconds: on PostgreSQL a server looks four times a second whether something changed
MUNICIPALITY = """\
name = "Hvidovre"
code = "0167"
cvr = "55606617"
state_dir = "../state"
registry = "{url}"
[letterhead]
name = "Hvidovre Kommune"
address = ["Hvidovrevej 278", "2650 Hvidovre"]
"""


@pytest.fixture
def rpac(
    registry: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str, str]]:
    """Run ``rpac`` once the server knows what was done, and return its exit code and what it printed."""

    def run(*arguments: str) -> tuple[int, str, str]:
        time.sleep(0 if registry.database.is_sqlite else SETTLES)
        monkeypatch.setattr("sys.argv", ["rpac", *arguments])
        with pytest.raises(SystemExit) as caught:
            main()
        printed = capsys.readouterr()
        assert isinstance(caught.value.code, int)
        return caught.value.code, printed.out, printed.err

    return run


@pytest.fixture
def hvidovre(tmp_path: Path, registry: Any, serve: Callable[[Any], str]) -> Path:
    """A municipality that names the registry, which is served."""
    folder = tmp_path / "hvidovre"
    (folder / "bots").mkdir(parents=True)
    text = MUNICIPALITY.format(url=serve(registry))
    (folder / "municipality.toml").write_text(text, encoding="utf-8")
    return folder


def test_from_publishing_to_a_recall(
    registry: Any,
    identity: Callable[[str], Any],
    token: Callable[..., str],
    bot_wheel: Callable[..., Path],
    hvidovre: Path,
    rpac: Any,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    """Every step a municipality takes, against the real server, in one go."""
    monkeypatch.setenv("RPAC_REGISTRY_TOKEN", token("mette", "upload"))
    place = ("-C", str(hvidovre))

    code, out, err = rpac(*place, "publish", str(bot_wheel()), "--json")
    curation.accept_name(registry, identity("anna"), "welcome-letters", reason="nothing else is called so")
    again, _, _ = rpac(*place, "publish", str(bot_wheel()), "--submit")
    submitted = rpac(*place, "info", "welcome-letters")[1]
    refused, _, why = rpac(*place, "install", "welcome-letters")

    assert code == 0, err
    assert json.loads(out)["state"] == "staged"
    assert "no page shows it yet" in json.loads(out)["next"][0]
    assert again == 0
    assert "in review since" in submitted
    assert refused == 5
    assert "welcome-letters 1.0.0 is not certified: in review since" in why

    released, told, err = rpac(*place, "publish", "welcome-letters==1.0.0", "--release")
    twice, same, _ = rpac(*place, "publish", "welcome-letters==1.0.0", "--release")

    assert (0, 0) == (released, twice), err
    assert told == same
    assert ", published\n  next: it is in the channel all" in told

    for coordinator in ("anna", "bo"):
        curation.act(registry, identity(coordinator), "certify", "welcome-letters", "1.0.0")
    _, listed, _ = rpac(*place, "search", "letters")
    client = Client.at(_url(hvidovre), tmp_path / "kept")
    release = choose(client.project("welcome-letters"), "", Wish()).release

    assert "welcome-letters 1.0.0  (certified" in listed
    assert "runs on your stack: no: needs" in listed
    assert release.file is not None
    assert client.download(release.file).read_bytes() == bot_wheel().read_bytes()
    assert frozenset({"welcome-letters"}) == client.owned()

    key = Ed25519PrivateKey.generate()
    with registry.database.write() as connection:
        register_key(connection, identity("anna"), "anna", public_key_text(key))
    draft = curation.draft_advisory(
        registry, "welcome-letters", ["1.0.0"], severity="high", summary="greets the dead", remedy="wait"
    )
    curation.quarantine(registry, identity("anna"), draft, sign(key, draft))
    recalled, _, why = rpac(*place, "install", "welcome-letters==1.0.0")
    from rpa_commons.config import open_municipality
    from rpa_commons.registry_client import refresh

    advisories = refresh(open_municipality(hvidovre), force=True).advisories

    assert recalled == 5
    assert f"welcome-letters 1.0.0 is recalled by {draft['id']}" in why
    assert [draft["id"]] == [one.id for one in advisories]


def _url(folder: Path) -> str:
    import tomllib

    return str(tomllib.loads((folder / "municipality.toml").read_text(encoding="utf-8"))["registry"])


def test_a_wheel_that_breaks_a_rule_is_not_sent(
    registry: Any,
    token: Callable[..., str],
    bot_wheel: Callable[..., Path],
    hvidovre: Path,
    rpac: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The rules are the registry's own, so nothing leaves this machine."""
    monkeypatch.setenv("RPAC_REGISTRY_TOKEN", token("mette", "upload"))

    code, _, err = rpac(
        "-C", str(hvidovre), "publish", str(bot_wheel(files={"welcome_letters/x.pth": "import os"}))
    )

    assert code == 1
    assert "is not published: the registry would refuse it" in err


def test_without_a_token_it_ends_with_4(
    registry: Any, bot_wheel: Callable[..., Path], hvidovre: Path, rpac: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before anything is built or sent."""
    monkeypatch.delenv("RPAC_REGISTRY_TOKEN", raising=False)

    code, _, err = rpac("-C", str(hvidovre), "publish", str(bot_wheel()))

    assert code == 4
    assert "RPAC_REGISTRY_TOKEN" in err
