"""``rpac list``, ``outdated``, ``remove`` and the lock: what is there, from where, and how it goes."""

import json
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rpa_commons.cli import main
from rpa_commons.environments import (
    LockedBaseline,
    LockedPackage,
    LockEntry,
    LockFile,
    LockMismatchError,
    read_lock,
    write_lock,
)

ONE, TWO = "0b6f0c1e-0000-4000-8000-000000000001", "0b6f0c1e-0000-4000-8000-000000000002"


def entry(url: str, version: str = "1.0.0", **changes: Any) -> LockEntry:
    """quiet-bot as a lock has it."""
    values: dict[str, Any] = {
        "name": "quiet-bot",
        "version": version,
        "wheel": f"quiet_bot-{version}-py3-none-any.whl",
        "sha256": "a" * 64,
        "manifest_sha256": "b" * 64,
        "python": "3.11",
        "registry": url,
        "channel": "certified",
    }
    return LockEntry.model_validate(values | changes)


def write_instance(folder: Path, name: str, number: str, lines: str = "") -> None:
    """An instance of quiet-bot."""
    text = f'bot = "quiet-bot"\nid = "{number}"\n{lines}'
    (folder / "bots" / f"{name}.toml").write_text(text, encoding="utf-8")


@pytest.fixture
def rpac(
    hvidovre: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str, str]]:
    """Run ``rpac`` for the municipality."""

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["rpac", "-C", str(hvidovre), *arguments])
        with pytest.raises(SystemExit) as caught:
            main()
        printed = capsys.readouterr()
        assert isinstance(caught.value.code, int)
        return caught.value.code, printed.out, printed.err

    return run


def test_the_list_names_source_state_and_people(
    simulator: Any, hvidovre: Path, rpac: Any, make_wheel: Any
) -> None:
    """One look says from where, in which state, and whom to call."""
    simulator.publish(make_wheel())
    write_lock(hvidovre, LockFile(entries=(entry(simulator.url),)))
    write_instance(hvidovre, "greet", ONE, 'owner = "Mette"\ndeputy = "Jens"\n')
    write_instance(hvidovre, "regreet", TWO)

    code, out, _ = rpac("list")
    _, document, _ = rpac("list", "--json")

    assert code == 0
    assert f"quiet-bot 1.0.0  certified, {simulator.url}  certified since 2026-11-22" in out
    assert "  greet: owner Mette, deputy Jens" in out
    assert "  regreet: nobody is named for it" in out
    assert ["Mette", ""] == [one["owner"] for one in json.loads(document)[0]["instances"]]


def test_the_list_works_without_the_registry(simulator: Any, hvidovre: Path, rpac: Any) -> None:
    """Offline it asks nobody."""
    write_lock(hvidovre, LockFile(entries=(entry(simulator.url, because="summer", channel="all"),)))

    code, out, _ = rpac("list", "--offline")

    assert code == 0
    assert "state not known: no registry was asked" in out
    assert "because: summer" in out
    assert [] == simulator.asked


def test_outdated_says_which_command_moves_on(
    simulator: Any, hvidovre: Path, rpac: Any, make_wheel: Any
) -> None:
    """A newer certified version alone is no error: exit 0."""
    simulator.publish(make_wheel(version="1.0.0"))
    simulator.publish(make_wheel(version="1.1.0"))
    simulator.publish(make_wheel(version="1.2.0"), "published")
    write_lock(hvidovre, LockFile(entries=(entry(simulator.url),)))
    write_instance(hvidovre, "greet", ONE)

    code, out, _ = rpac("outdated")

    assert code == 0
    assert "quiet-bot 1.0.0 -> 1.1.0" in out
    assert "rpac upgrade greet --to 1.1.0" in out


def test_a_deprecated_version_reaches_who_runs_it(
    simulator: Any, hvidovre: Path, rpac: Any, make_wheel: Any
) -> None:
    """With what to use instead."""
    simulator.publish(
        make_wheel(), state="deprecated", base_state="certified", deprecated={"reason": "slow", "use": "x"}
    )
    write_lock(hvidovre, LockFile(entries=(entry(simulator.url),)))

    _, out, _ = rpac("outdated")

    assert "deprecated: slow; use x" in out


def test_nothing_to_do_is_said(simulator: Any, hvidovre: Path, rpac: Any, make_wheel: Any) -> None:
    """Silence could mean anything."""
    simulator.publish(make_wheel())
    write_lock(hvidovre, LockFile(entries=(entry(simulator.url),)))

    assert (0, "everything is up to date\n") == rpac("outdated")[:2]


def test_nothing_installed_is_said(rpac: Any) -> None:
    """Which is not the same as being up to date."""
    assert (0, "nothing is installed here yet\n") == rpac("outdated")[:2]


def prepared(hvidovre: Path, url: str) -> Path:
    """Two instances, an environment for each, a kept wheel, a pylock file and a state with history."""
    state = hvidovre.parent / "state"
    write_lock(hvidovre, LockFile(entries=(entry(url),)))
    (hvidovre / "pylock.quiet-bot.toml").write_text("x", encoding="utf-8")
    for name, number in (("greet", ONE), ("regreet", TWO)):
        write_instance(hvidovre, name, number)
        (state / "environments" / number / "x-py3").mkdir(parents=True)
        (state / "instances" / number).mkdir(parents=True)
        (state / "instances" / number / "kept.txt").write_text("history", encoding="utf-8")
    wheel = state / "wheels" / ("a" * 16) / "quiet_bot-1.0.0-py3-none-any.whl"
    wheel.parent.mkdir(parents=True)
    wheel.write_bytes(b"x")
    return state


def test_removing_an_instance_leaves_the_others(simulator: Any, hvidovre: Path, rpac: Any) -> None:
    """Its environment goes; bot, other instance, files and history stay."""
    state = prepared(hvidovre, simulator.url)

    code, out, _ = rpac("remove", "regreet", "--yes")

    assert code == 0
    assert "removed the bot instance regreet" in out
    assert "left as it is: bots/regreet.toml" in out
    assert [ONE] == [one.name for one in (state / "environments").iterdir()]
    assert read_lock(hvidovre).find("quiet-bot") is not None
    assert (state / "instances" / TWO / "kept.txt").is_file()


def test_removing_a_bot_leaves_nothing_but_the_history(simulator: Any, hvidovre: Path, rpac: Any) -> None:
    """Lock, pylock, wheels and environments go; with --config the files in bots/ too."""
    state = prepared(hvidovre, simulator.url)

    code, out, _ = rpac("remove", "quiet-bot", "--yes", "--config", "--json")

    assert code == 0
    assert {"bot": "quiet-bot", "instances": ["greet", "regreet"], "left": []} == json.loads(out)
    assert ["bots", "municipality.toml"] == sorted(one.name for one in hvidovre.iterdir())
    assert [] == list((hvidovre / "bots").iterdir())
    assert [] == list(state.glob("wheels/*/*"))
    assert [] == list((state / "environments").iterdir())
    assert (state / "instances" / ONE / "kept.txt").is_file()


def test_the_last_instance_takes_the_bot_with_it(simulator: Any, hvidovre: Path, rpac: Any) -> None:
    """Nothing would use it any more."""
    prepared(hvidovre, simulator.url)
    (hvidovre / "bots" / "regreet.toml").unlink()

    rpac("remove", "greet", "--yes")

    assert not (hvidovre / "rpac.lock").exists()


def test_removing_asks_and_without_a_terminal_does_nothing(simulator: Any, hvidovre: Path, rpac: Any) -> None:
    """A script says --yes."""
    prepared(hvidovre, simulator.url)

    code, _, err = rpac("remove", "quiet-bot")

    assert code == 2
    assert "add --yes" in err
    assert (hvidovre / "rpac.lock").exists()


def test_removing_what_is_not_there_is_an_error(hvidovre: Path, rpac: Any) -> None:
    """Neither an instance nor a bot."""
    code, _, err = rpac("remove", "nobody", "--yes")

    assert code == 1
    assert "bot nobody is not installed" in err


def test_a_lock_without_a_registry_keeps_its_version(tmp_path: Path) -> None:
    """Older readers read what they understand: 2 as before, 3 where something came from a registry."""
    plain = entry("", channel="")
    write_lock(tmp_path, LockFile(entries=(plain,)))
    before = tomllib.loads((tmp_path / "rpac.lock").read_text(encoding="utf-8"))
    write_lock(tmp_path, LockFile(entries=(entry("https://registry.digit.dk"),)))
    after = tomllib.loads((tmp_path / "rpac.lock").read_text(encoding="utf-8"))

    assert (2, 3) == (before["lock_version"], after["lock_version"])
    assert "registry" not in before["bot"][0]
    assert after["bot"][0]["registry"] == "https://registry.digit.dk"


def test_origin_and_baseline_survive_writing_and_reading(tmp_path: Path) -> None:
    """And an edited reason is noticed."""
    url = "https://registry.digit.dk"
    package = LockedPackage(
        name="words",
        version="1",
        file="words-1-py3-none-any.whl",
        hashes=("sha256:" + "c" * 64,),
        registry=url,
    )
    base = LockedBaseline(
        name="digit-baseline",
        version="2026.1",
        wheel="digit_baseline-2026.1-py3-none-any.whl",
        sha256="d" * 64,
        manifest_sha256="e" * 64,
        registry=url,
        channel="certified",
    )
    lock = LockFile(
        entries=(entry(url, channel="all", because="summer", packages=(package,)),), baseline=base
    )
    write_lock(tmp_path, lock)
    assert lock == read_lock(tmp_path)

    path = tmp_path / "rpac.lock"
    for old, new in (("summer", "winter"), ('2026.1"', '2026.2"')):
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace(old, new), encoding="utf-8")
        with pytest.raises(LockMismatchError, match="was changed by hand"):
            read_lock(tmp_path)
        path.write_text(text, encoding="utf-8")


def test_an_origin_that_says_nothing_changes_no_environment(tmp_path: Path) -> None:
    """An environment made from an older lock is still known by its digest."""
    import hashlib

    plain = entry("", channel="")
    old = {
        key: value
        for key, value in plain.model_dump(mode="json", exclude={"schema_sha256"}).items()
        if key not in {"registry", "channel", "because", "connectors", "extras"}
    }

    assert plain.digest == hashlib.sha256(json.dumps(old, sort_keys=True).encode()).hexdigest()


def test_what_could_not_be_asked_is_not_up_to_date(hvidovre: Path, simulator: Any, rpac: Any) -> None:
    """Exit 1, in words and as JSON, whoever the answer is missing from."""
    write_lock(hvidovre, LockFile(entries=(entry("https://registry.digit.dk"),)))
    path = hvidovre / "municipality.toml"
    path.write_text(path.read_text(encoding="utf-8").replace(simulator.url, "http://127.0.0.1:9"), "utf-8")

    code, out, _ = rpac("outdated")
    same, document, _ = rpac("outdated", "--json")
    path.write_text(path.read_text(encoding="utf-8").replace('registry = "', '# "'), "utf-8")
    unnamed, nobody, _ = rpac("outdated")

    assert (1, 1, 1) == (code, same, unnamed)
    assert out.startswith("not known: quiet-bot 1.0.0: http://127.0.0.1:9/catalogue/quiet-bot.json: nobody")
    assert [("quiet-bot", False)] == [(one["name"], one["is_known"]) for one in json.loads(document)]
    assert nobody == "not known: quiet-bot 1.0.0: no registry was asked\n"


def test_a_version_that_the_registry_lost_is_not_up_to_date(
    simulator: Any, hvidovre: Path, rpac: Any, make_wheel: Any
) -> None:
    """It knows the bot, and not what runs here."""
    simulator.publish(make_wheel(version="0.9.0"))
    write_lock(hvidovre, LockFile(entries=(entry(simulator.url),)))

    code, out, _ = rpac("outdated")

    assert code == 1
    assert f"not known: quiet-bot 1.0.0: {simulator.url} has no quiet-bot 1.0.0" in out


def test_bots_that_came_as_files_are_not_called_up_to_date(hvidovre: Path, rpac: Any) -> None:
    """Nobody says anything of them, which is no error."""
    write_lock(hvidovre, LockFile(entries=(entry("", channel=""),)))

    assert (0, "nothing to compare: what is installed here came as files\n") == rpac("outdated")[:2]


def open_cases_in(home: Path, number: str, counts: dict[str, int]) -> None:
    """A state with so many cases of each state."""
    import sqlalchemy as sa

    from rpa_commons.runtime._crypto import ephemeral_keys
    from rpa_commons.runtime._database import open_instance
    from rpa_commons.runtime._tables import items

    engine = open_instance(home, number, ephemeral_keys().sealer)
    rows = [
        {"reference": f"{state}-{at}", "state": state, "enqueued_at": "2026-11-22T08:00:00Z"}
        for state, count in counts.items()
        for at in range(count)
    ]
    with engine.begin() as connection:
        connection.execute(sa.insert(items), rows)
    engine.dispose()


@pytest.mark.parametrize(("environment", "below"), [("production", ""), ("test", "test")])
def test_open_cases_are_not_taken_out_of_sight(
    simulator: Any, hvidovre: Path, rpac: Any, environment: str, below: str
) -> None:
    """--yes is not enough: number, states and the command that lists them are said; nothing is removed."""
    state = prepared(hvidovre, simulator.url)
    open_cases_in(state / below, TWO, {"handed_over": 3, "in_doubt": 1, "done": 7})

    code, _, err = rpac("remove", "regreet", "--config", "--yes")
    kept = (hvidovre / "bots" / "regreet.toml").is_file()
    without, _, _ = rpac("remove", "regreet", "--yes")
    forced, out, _ = rpac("remove", "regreet", "--config", "--yes", "--leave-open-cases")

    assert (1, True, 0, 0) == (code, kept, without, forced)
    assert f"4 open cases would be listed nowhere any more (regreet, {environment}: 1 in" in err
    assert f"`rpac items list regreet --state handed_over -E {environment}`" in err
    assert "add --leave-open-cases" in err
    assert not (hvidovre / "bots" / "regreet.toml").exists()
    assert "stays on record" in out


def test_status_counts_the_open_cases_of_a_removed_instance(
    simulator: Any, hvidovre: Path, rpac: Any
) -> None:
    """With the id whose file brings them back; in words and as JSON."""
    state = prepared(hvidovre, simulator.url)
    open_cases_in(state / "test", TWO, {"waiting": 2, "done": 1})

    before = json.loads(rpac("status", "--json")[1])["removed_instances"]
    rpac("remove", "regreet", "--config", "--yes", "--leave-open-cases")
    _, out, _ = rpac("status")
    after = json.loads(rpac("status", "--json")[1])["removed_instances"]

    assert [] == before
    assert "2 open cases of a removed instance (name unknown): 2 waiting" in out
    assert f'`id = "{TWO}"`' in out
    assert [{"waiting": 2}] == [one["counts"] for one in after]


def test_a_mistyped_name_is_guessed(simulator: Any, hvidovre: Path, rpac: Any) -> None:
    """Of the instances and the bots that are here."""
    prepared(hvidovre, simulator.url)

    code, _, err = rpac("remove", "gret", "--yes")

    assert code == 1
    assert "did you mean greet? here are: greet, quiet-bot, regreet" in err
