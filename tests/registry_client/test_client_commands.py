"""``rpac search``, ``info`` and ``install NAME`` against a registry that knows the read contract alone."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rpa_commons.cli import main
from rpa_commons.environments import LockedConnector, LockFile, write_lock


@pytest.fixture
def rpac(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str, str]]:
    """Run ``rpac`` and return its exit code and what it printed."""

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["rpac", *arguments])
        with pytest.raises(SystemExit) as caught:
            main()
        printed = capsys.readouterr()
        assert isinstance(caught.value.code, int)
        return caught.value.code, printed.out, printed.err

    return run


def test_search_says_whether_a_bot_runs_here(
    rpac: Any, simulator: Any, hvidovre: Path, make_wheel: Any
) -> None:
    """What the stack lacks is named with the connectors there are for it."""
    simulator.publish(make_wheel("letter-bot", capabilities=("DigitalPost", "Calendar")))

    code, out, _ = rpac("-C", str(hvidovre), "search", "letter")

    assert code == 0
    assert "letter-bot 1.0.0  (certified, silver, Roskilde)" in out
    assert "runs on your stack: no: needs DigitalPost (connectors: pdf-outbox, sf1601)" in out
    assert "Calendar (no connector yet)" in out


def test_search_needs_no_wheel_of_the_lock(
    rpac: Any, simulator: Any, hvidovre: Path, make_wheel: Any
) -> None:
    """In a fresh clone the connectors of the lock are not there yet: nothing is known of them."""
    simulator.publish(make_wheel("letter-bot", capabilities=("DigitalPost",)))
    gone = LockedConnector(
        name="connector-pigeon",
        version="1.0.0",
        wheel="connector_pigeon-1.0.0-py3-none-any.whl",
        sha256="0" * 64,
        manifest_sha256="0" * 64,
        connectors=("pigeon",),
    )
    write_lock(hvidovre, LockFile(connectors=(gone,)))

    code, out, err = rpac("-C", str(hvidovre), "search", "letter")

    assert (0, "") == (code, err)
    assert "needs DigitalPost (connectors: pdf-outbox, sf1601)" in out


def test_search_stack_leaves_out_what_does_not_run(
    rpac: Any, simulator: Any, hvidovre: Path, make_wheel: Any
) -> None:
    """With --stack only what runs here is listed."""
    simulator.publish(make_wheel("letter-bot", capabilities=("DigitalPost",)))
    simulator.publish(make_wheel("quiet-bot"))

    code, out, _ = rpac("-C", str(hvidovre), "search", "--stack", "--json")

    assert code == 0
    assert ["quiet-bot"] == [one["name"] for one in json.loads(out)]


def test_info_shows_versions_with_their_states(
    rpac: Any, simulator: Any, hvidovre: Path, make_wheel: Any
) -> None:
    """Each version with its state and the day."""
    simulator.publish(make_wheel(version="1.0.0"))
    simulator.publish(make_wheel(version="1.1.0"), "in_review")

    code, out, _ = rpac("-C", str(hvidovre), "info", "quiet-bot")

    assert code == 0
    assert "version 1.0.0: certified since 2026-11-22" in out
    assert "1.1.0        in review since 2026-11-20" in out
    assert "runs on your stack: yes" in out


def test_info_of_an_unknown_name_guesses(rpac: Any, simulator: Any, hvidovre: Path, make_wheel: Any) -> None:
    """A mistyped name is answered with the likely one, exit 2."""
    simulator.publish(make_wheel("quiet-bot"))

    code, _, err = rpac("-C", str(hvidovre), "info", "quite-bot")

    assert code == 2
    assert "did you mean quiet-bot?" in err


def test_what_is_in_review_is_refused_with_the_way_out(
    rpac: Any, simulator: Any, hvidovre: Path, make_wheel: Any
) -> None:
    """The refusal names the state, since when, and exits with 5; nothing was fetched."""
    simulator.publish(make_wheel(version="1.1.0"), "in_review")

    code, _, err = rpac("-C", str(hvidovre), "install", "quiet-bot==1.1.0")

    assert code == 5
    assert "quiet-bot 1.1.0 is not certified: in review since 2026-11-20" in err
    assert not [one for one in simulator.paths() if one.startswith("/files/")]


def test_what_is_published_needs_the_channel_and_a_reason(
    rpac: Any, simulator: Any, hvidovre: Path, make_wheel: Any
) -> None:
    """The way out is spelt."""
    simulator.publish(make_wheel(version="1.1.0"), "published")

    code, _, err = rpac("-C", str(hvidovre), "install", "quiet-bot")
    without, _, said = rpac("-C", str(hvidovre), "install", "quiet-bot", "--channel", "all")

    assert code == 5
    assert "quiet-bot 1.1.0 is not certified: published since 2026-11-21" in err
    assert "use --channel all and record why with --because" in err
    assert without == 2
    assert "--because TEXT" in said


def test_what_the_stack_hides_is_counted(rpac: Any, simulator: Any, hvidovre: Path, make_wheel: Any) -> None:
    """An empty list would say that nobody has such a bot."""
    simulator.publish(make_wheel("letter-bot", capabilities=("DigitalPost",)))

    code, out, _ = rpac("-C", str(hvidovre), "search", "--stack")
    simulator.publish(make_wheel("quiet-bot"))
    _, listed, said = rpac("-C", str(hvidovre), "search", "--stack")

    hidden = "1 bot is hidden: your stack lacks DigitalPost; without --stack it is listed\n"
    assert (0, hidden) == (code, out)
    assert listed.startswith("quiet-bot")
    assert said.endswith(hidden)


def test_one_signature_of_two_certifies_nothing(
    rpac: Any, simulator: Any, hvidovre: Path, make_wheel: Any
) -> None:
    """Who signed is said, and that another one is needed."""
    simulator.publish(make_wheel(), "published")
    simulator.publish(make_wheel("other-bot"))

    _, half, _ = rpac("-C", str(hvidovre), "info", "quiet-bot")
    _, whole, _ = rpac("-C", str(hvidovre), "info", "other-bot")

    assert "  signed by Anna (Hvidovre), 1 of 2\n" in half
    assert "certified by" not in half
    assert "  certified by Anna (Hvidovre)\n" in whole


def test_without_a_registry_both_ways_to_name_one_are_said(
    rpac: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make_wheel: Any
) -> None:
    """Outside a municipality's folder, too."""
    monkeypatch.delenv("RPAC_REGISTRY", raising=False)

    code, _, err = rpac("-C", str(tmp_path), "publish", str(make_wheel()))

    assert code == 2
    assert "no registry is named" in err
    assert "--registry URL or the variable RPAC_REGISTRY" in err


@pytest.mark.parametrize("words", [("run", "greet"), ("config", "init", "quiet-bot"), ("config", "check")])
def test_who_names_a_registry_is_sent_to_it_for_a_bot(
    rpac: Any, hvidovre: Path, words: tuple[str, ...]
) -> None:
    """By the bot's name; nobody there has a wheel."""
    text = 'bot = "quiet-bot"\nid = "0b6f0c1e-0000-4000-8000-000000000001"\n'
    (hvidovre / "bots" / "greet.toml").write_text(text, encoding="utf-8")

    code, out, err = rpac("-C", str(hvidovre), *words)

    assert code != 0
    assert "`rpac install quiet-bot` installs it" in out + err
