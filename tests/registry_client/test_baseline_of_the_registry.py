"""``baseline = "registry:digit-baseline"``: fetched, pinned, found by the lock, upgraded after a look."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rpa_commons.cli import main
from rpa_commons.config import ConfigError, open_municipality
from rpa_commons.environments import read_lock


@pytest.fixture
def town(hvidovre: Path) -> Path:
    """Hvidovre, whose baseline comes from the registry."""
    path = hvidovre / "municipality.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text('baseline = "registry:digit-baseline"\n' + text, encoding="utf-8")
    return hvidovre


@pytest.fixture
def rpac(
    town: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str, str]]:
    """Run ``rpac`` for the municipality."""

    def run(*arguments: str, folder: Path = town) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["rpac", "-C", str(folder), *arguments])
        with pytest.raises(SystemExit) as caught:
            main()
        printed = capsys.readouterr()
        assert isinstance(caught.value.code, int)
        return caught.value.code, printed.out, printed.err

    return run


def baseline(make_wheel: Any, version: str) -> Path:
    """A baseline's wheel."""
    text = f'name = "DIGIT baseline"\nversion = "{version}"\n'
    wheel: Path = make_wheel("digit-baseline", version, kind="baseline", files={"baseline.toml": text})
    return wheel


def test_before_it_was_fetched_the_configuration_says_how(town: Path) -> None:
    """The configuration itself asks nobody."""
    with pytest.raises(ConfigError) as caught:
        open_municipality(town)

    (finding,) = caught.value.findings
    assert (finding.code, finding.key) == ("E103", "baseline")
    assert "has not been fetched yet" in finding.message
    assert finding.help == "`rpac install --baseline registry:digit-baseline` fetches and pins it"


def test_installing_fetches_and_pins_it(simulator: Any, town: Path, rpac: Any, make_wheel: Any) -> None:
    """From then on everybody reads the same wheel, by its hash."""
    simulator.publish(baseline(make_wheel, "2026.1"))
    simulator.publish(baseline(make_wheel, "2026.2"), "published")

    code, _, err = rpac("install")

    record = read_lock(town).baseline
    assert code == 0, err
    assert record is not None
    assert ("digit-baseline", "2026.1", "certified") == (record.name, record.version, record.channel)
    opened = open_municipality(town).baseline_info
    assert opened is not None
    assert ("DIGIT baseline", "2026.1", "digit-baseline 2026.1") == (
        opened.name,
        opened.version,
        opened.label,
    )


def test_the_first_one_may_be_taken_from_all_with_a_reason(
    simulator: Any, town: Path, rpac: Any, make_wheel: Any
) -> None:
    """The refusal names the two options, and they do what it says; the reason is in the lock."""
    simulator.publish(baseline(make_wheel, "2026.1"), "published")

    refused, _, why = rpac("install")
    taken, _, err = rpac("install", "--channel", "all", "--because", "the office tries it")

    assert (5, 0) == (refused, taken), err
    assert "use --channel all and record why with --because" in why
    pinned = read_lock(town).baseline
    assert pinned is not None
    assert ("2026.1", "all", "the office tries it") == (pinned.version, pinned.channel, pinned.because)


def test_a_municipality_that_takes_all_is_the_reason_itself(
    simulator: Any, town: Path, rpac: Any, make_wheel: Any
) -> None:
    """Whoever reads the lock sees where that was decided."""
    simulator.publish(baseline(make_wheel, "2026.1"), "published")
    path = town / "municipality.toml"
    text = path.read_text(encoding="utf-8").replace(f'registry = "{simulator.url}"\n', "")
    path.write_text(f'{text}\n[registry]\nurl = "{simulator.url}"\nchannel = "all"\n', encoding="utf-8")

    code, _, err = rpac("install")

    assert code == 0, err
    pinned = read_lock(town).baseline
    assert pinned is not None
    assert ("all", 'municipality.toml: channel = "all"') == (pinned.channel, pinned.because)


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--channel", "all"), "--channel all needs --because"),
        (("--channel", "certified", "--because", "x"), "--because goes with --channel all"),
        (("--because", "x"), "--because goes with --channel all"),
    ],
)
def test_a_channel_and_its_reason_go_together(
    simulator: Any, town: Path, rpac: Any, make_wheel: Any, words: tuple[str, ...], why: str
) -> None:
    """A usage error; nothing is pinned from another channel."""
    simulator.publish(baseline(make_wheel, "2026.1"))

    code, _, err = rpac("install", *words)

    assert code == 2
    assert why in err


def test_a_fleet_is_checked_on_top_of_it(
    simulator: Any, town: Path, rpac: Any, make_wheel: Any, tmp_path: Path
) -> None:
    """A member's folder that was never installed from has none: the help names the option that fetches it."""
    simulator.publish(baseline(make_wheel, "2026.1"))
    wheel = str(make_wheel())
    words = ("fleet", "check", wheel, "--members", str(town.parent))

    lost, first, helped = rpac(*words)
    found, second, err = rpac(*words, "--baseline", "registry:digit-baseline==2026.1")
    unknown, _, guess = rpac(*words, "--baseline", "registry:digit-baselin")

    assert (1, 0, 2) == (lost, found, unknown), err
    assert "has not been fetched yet" in first
    assert "help: --baseline registry:digit-baseline looks at them all" in helped
    assert "0167 Hvidovre  does not use it" in second
    assert "did you mean digit-baseline?" in guess
    assert [] == list((tmp_path / "state" / "registry").glob("files/*"))


def test_a_pinned_one_does_not_move_by_itself(simulator: Any, town: Path, rpac: Any, make_wheel: Any) -> None:
    """A newer one is taken by an upgrade alone; another machine fetches the pinned one by hash."""
    simulator.publish(baseline(make_wheel, "2026.1"))
    rpac("install")
    simulator.publish(baseline(make_wheel, "2026.2"))
    lock = (town / "rpac.lock").read_bytes()
    elsewhere = town.parent / "elsewhere" / "hvidovre"
    shutil.copytree(town, elsewhere)

    code, _, err = rpac("install", folder=elsewhere)

    assert code == 0, err
    assert lock == (elsewhere / "rpac.lock").read_bytes()
    info = open_municipality(elsewhere).baseline_info
    assert info is not None
    assert info.version == "2026.1"


def test_an_upgrade_shows_the_step_and_takes_it(
    simulator: Any, town: Path, rpac: Any, make_wheel: Any
) -> None:
    """`--plan` changes nothing."""
    simulator.publish(baseline(make_wheel, "2026.1"))
    rpac("install")
    simulator.publish(baseline(make_wheel, "2026.2"))

    planned = rpac("upgrade", "baseline", "--plan")
    before = read_lock(town).baseline
    done = rpac("upgrade", "baseline", "--yes")
    after = read_lock(town).baseline

    assert planned[0] == done[0] == 0, done[2]
    assert "digit-baseline 2026.1 -> 2026.2" in planned[1]
    assert before is not None
    assert after is not None
    assert ("2026.1", "2026.2") == (before.version, after.version)


def test_a_changed_wheel_in_the_store_is_noticed(
    simulator: Any, town: Path, rpac: Any, make_wheel: Any
) -> None:
    """Nobody gets round a policy by editing what was fetched."""
    simulator.publish(baseline(make_wheel, "2026.1"))
    rpac("install")
    (kept,) = (town.parent / "state").glob("wheels/*/digit_baseline-*.whl")
    shutil.copy(
        make_wheel(
            "digit-baseline",
            "2026.1",
            kind="baseline",
            files={
                "baseline.toml": 'name = "DIGIT baseline"\nversion = "2026.1"\n',
                "policies.toml": "",
            },
        ),
        kept,
    )

    with pytest.raises(ConfigError, match=r"is not the one in rpac\.lock"):
        open_municipality(town)


def test_a_bot_is_no_baseline(simulator: Any, town: Path, rpac: Any, make_wheel: Any) -> None:
    """The kind is part of what is asked for."""
    simulator.publish(make_wheel("digit-baseline", "2026.1"))

    code, _, err = rpac("install")

    assert code == 5
    assert "digit-baseline is a bot, not a baseline" in err


def test_one_command_takes_a_baseline_and_names_it(
    simulator: Any, hvidovre: Path, rpac: Any, make_wheel: Any
) -> None:
    """Fetched, pinned, and the line written below the others, whose comments stay."""
    simulator.publish(baseline(make_wheel, "2026.1"))
    path = hvidovre / "municipality.toml"
    text = path.read_text(encoding="utf-8").replace('baseline = "registry:digit-baseline"\n', "")
    path.write_text(f"# ours\n{text}", encoding="utf-8")

    code, _, err = rpac("install", "--baseline", "registry:digit-baseline")

    assert code == 0, err
    assert "municipality.toml names the baseline digit-baseline; rpac.lock pins 2026.1" in err
    written = path.read_text(encoding="utf-8")
    assert written.startswith("# ours\n")
    assert 'baseline = "registry:digit-baseline"' in written
    opened = open_municipality(hvidovre).baseline_info
    assert opened is not None
    assert opened.version == "2026.1"


def test_a_baseline_that_breaks_something_is_not_taken(
    simulator: Any, hvidovre: Path, rpac: Any, make_wheel: Any
) -> None:
    """Neither the line nor the pin is left behind."""
    wheel = make_wheel("digit-baseline", "2026.1", kind="baseline", files={"baseline.toml": "name = 5\n"})
    simulator.publish(wheel)
    path = hvidovre / "municipality.toml"
    text = path.read_text(encoding="utf-8").replace('baseline = "registry:digit-baseline"\n', "")
    path.write_text(text, encoding="utf-8")

    code, _, err = rpac("install", "--baseline", "digit-baseline")

    assert code != 0, err
    assert text == path.read_text(encoding="utf-8")
    assert not (hvidovre / "rpac.lock").exists()


@pytest.mark.parametrize("command", ["list", "install"])
def test_a_wrong_name_is_said_with_its_line(
    simulator: Any, town: Path, rpac: Any, make_wheel: Any, command: str
) -> None:
    """The bot that was asked for is not what the registry lacks."""
    simulator.publish(baseline(make_wheel, "2026.1"))
    path = town / "municipality.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("digit-base", "digt-base"), encoding="utf-8")

    code, _, err = rpac(command)

    assert code == 2
    assert f"municipality.toml:1: the baseline: {simulator.url} has no project digt-baseline" in err
    assert "did you mean digit-baseline?" in err


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--baseline", "registry:digit-baseline==2026.1"), "without a version"),
        (("--baseline", "registry:digit-baseline", "--offline"), "--offline does not"),
        (("registry:digit-baseline",), "rpac install --baseline registry:digit-baseline"),
    ],
)
def test_what_cannot_be_taken_so_says_how(
    simulator: Any, town: Path, rpac: Any, make_wheel: Any, words: tuple[str, ...], why: str
) -> None:
    """A usage error that names the way."""
    simulator.publish(baseline(make_wheel, "2026.1"))

    code, _, err = rpac("install", *words)

    assert code == 2
    assert why in err
