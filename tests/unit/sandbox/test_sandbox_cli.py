"""``rpac sandbox``: up, fault, sent, as a person at a terminal meets them."""

import gc
import json
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
import requests
from click.testing import CliRunner

from rpa_commons.capabilities import RpaCommonsError
from rpa_commons.cli import main
from rpa_commons.cli.sandbox import sandbox
from rpa_commons.cli.sandbox._up import _tell_what_stays
from rpa_commons.sandbox import FAULT_KINDS, REPEATED_MODES, Journal, Sandbox


def command(name: str) -> click.Command:
    """One command of the group."""
    found = sandbox.get_command(click.Context(sandbox), name)
    assert found
    return found


RPAC = [sys.executable, "-m", "rpa_commons", "sandbox"]


@pytest.fixture
def running(folder: Path) -> Iterator[tuple["subprocess.Popen[str]", dict[str, str]]]:
    """``rpac sandbox up`` in a process of its own, and what it printed."""
    command = [*RPAC, "up", "--folder", str(folder), "--seed", "7", "--token-lifetime", "60"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout
        lines = [process.stdout.readline().split(maxsplit=1) for _ in range(3)]
        yield process, {name: value.strip() for name, value in lines}
        if process.poll() is None:
            process.kill()


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C cannot be sent to one process there")
def test_up_runs_until_it_is_interrupted(running: Any) -> None:
    """It prints the addresses, serves the page, and ends with 0 on Ctrl-C."""
    process, said = running
    health = requests.get(said["page"] + "health", timeout=5).json()
    process.send_signal(signal.SIGINT)
    _, talk = process.communicate(timeout=20)

    assert "7" == health["seed"]
    assert health["services"] == said["services"]
    assert 0 == process.returncode
    assert "cannot emulate OCES3 trust" in talk
    assert "sandbox stopped" in talk


@pytest.mark.skipif(sys.platform == "win32", reason="terminate kills there")
def test_up_ends_when_a_supervisor_asks(running: Any) -> None:
    """SIGTERM is a normal end, too."""
    process, _ = running
    process.terminate()
    process.communicate(timeout=20)

    assert 0 == process.returncode


def _facts(code: str, cvr: str) -> str:
    """A municipality.toml as the configuration asks for it."""
    letterhead = '[letterhead]\nname = "X"\naddress = ["Vej 1", "4000 By"]\n'
    return f'name = "X"\ncode = "{code}"\ncvr = "{cvr}"\n{letterhead}'


def up(folder: Path, *words: str, **environment: str | None) -> list[str]:
    """What ``up`` prints, line by line, until it says that it runs; see the fixture ``brief``."""
    arguments = ["up", "--folder", str(folder), *words]
    result = CliRunner(env=environment).invoke(sandbox, arguments, catch_exceptions=False)

    assert 0 == result.exit_code, result.output
    return result.stdout.splitlines()


@pytest.mark.usefixtures("brief")
def test_up_writes_the_extracts_of_any_municipality(folder: Path, tmp_path: Path) -> None:
    """One that is none of the defaults gets its files, and its environment points there."""
    home = tmp_path / "odsherred"
    home.mkdir()
    (home / "municipality.toml").write_text(_facts("0306", "29188459"), "utf-8")
    (home / "stack.toml").write_text(
        '[PopulationEvents]\nconnector = "moves-extract"\n[PopulationEvents.settings]\n'
        'files = "extracts/moves-*.csv"\ncolumns = {cpr = "cpr", to_municipality = "til"}\n',
        "utf-8",
    )
    lines = up(folder, "--connect", str(home))
    rows = (home / "environments/sandbox/extracts/moves.csv").read_text("utf-8").splitlines()

    assert lines[4].split()[0] == "files"
    assert lines[5].split()[0] == "connected"
    assert rows[0] == "cpr;til"
    assert {"0306"} == {row.split(";")[1] for row in rows[1:]}


@pytest.mark.usefixtures("brief")
def test_up_connects_municipalities(folder: Path, tmp_path: Path) -> None:
    """A folder given with --connect is served under its code and gets its environment."""
    home = tmp_path / "hvidovre"
    home.mkdir()
    (home / "municipality.toml").write_text(_facts("0167", "55606617"), "utf-8")
    (home / "stack.toml").write_text('[DigitalPost]\nconnector = "sf1601"\n', "utf-8")
    lines = up(folder, "--connect", str(home))

    assert "municipality 0167, CVR 55606617" in lines[3]
    assert lines[4].startswith("connected")
    assert "[DigitalPost.settings]" in (home / "environments/sandbox/stack.toml").read_text("utf-8")


def test_the_words_of_the_options_are_the_simulators_own() -> None:
    """They are repeated in the command so that --help imports nothing; the two cannot drift apart."""
    words = {p.name: p.type.choices for p in command("up").params if isinstance(p.type, click.Choice)}
    text = " ".join(str(command("fault").help).split())

    assert {"repeated": REPEATED_MODES} == words
    assert f"The kinds: {', '.join(FAULT_KINDS)}." in text


@pytest.mark.parametrize(
    "arguments",
    [["fault", "sf1601", "500", "--times", "3"], ["fault", "sf1601", "500", "--next", "3"]],
    ids=["times", "next"],
)
def test_fault_orders_at_the_running_sandbox(box: Sandbox, arguments: list[str]) -> None:
    """The order reaches the sandbox that runs on the folder."""
    result = CliRunner().invoke(sandbox, [*arguments, "--folder", str(box.folder)])

    assert 0 == result.exit_code, result.output
    assert [3] == [fault["times"] for fault in box.faults.standing()]


def test_fault_refuses_what_the_service_cannot_show(box: Sandbox) -> None:
    """A usage error with the reason."""
    result = CliRunner().invoke(sandbox, ["fault", "sts", "duplicate-receipt", "--folder", str(box.folder)])

    assert 2 == result.exit_code
    assert "it takes no effects" in result.output


def test_fault_shows_and_clears(box: Sandbox) -> None:
    """An alias is taken; without arguments the standing ones are shown; one service or all behave again."""
    runner, at = CliRunner(), ["--folder", str(box.folder)]
    runner.invoke(sandbox, ["fault", "sf1601", "timeout", *at])
    runner.invoke(sandbox, ["fault", "sts", "503", "--probability", "0.5", *at])
    shown = runner.invoke(sandbox, ["fault", *at]).stdout
    data = json.loads(runner.invoke(sandbox, ["fault", "--json", *at]).stdout)
    left = runner.invoke(sandbox, ["fault", "sf1601", "--clear", *at]).stdout
    runner.invoke(sandbox, ["fault", "--clear", *at])

    assert "sf1601  time-out  1 more, 0 ms" in shown
    assert ["time-out", "503"] == [fault["kind"] for fault in data]
    assert left == "sts  503  without end, 50% of the calls, 1000 ms\n"
    assert [] == box.faults.standing()


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["sf1061", "500"], "did you mean sf1601?"),
        (["sf1601", "timeoutt"], "did you mean timeout?"),
        (["sf1061", "--clear"], "did you mean sf1601?"),
        (["sf1601"], "a SERVICE and a KIND"),
        (["sf1601", "500", "--clear"], "--clear takes"),
    ],
)
def test_fault_refuses_what_it_does_not_know(box: Sandbox, arguments: list[str], reason: str) -> None:
    """Exit code 2 and a suggestion; nothing is ordered."""
    result = CliRunner().invoke(sandbox, ["fault", *arguments, "--folder", str(box.folder)])

    assert 2 == result.exit_code
    assert reason in result.output
    assert [] == box.faults.standing()


def test_fault_without_a_sandbox_says_how_to_start_one(folder: Path) -> None:
    """Also where the last one was killed."""
    runner = CliRunner()
    nothing = runner.invoke(sandbox, ["fault", "sts", "500", "--folder", str(folder)]).exception
    folder.mkdir()
    (folder / "running.json").write_text('{"page_url": "http://127.0.0.1:9/"}', "utf-8")
    dead = runner.invoke(sandbox, ["fault", "sts", "500", "--folder", str(folder)]).exception

    for error in (nothing, dead):
        assert isinstance(error, RpaCommonsError)
        assert "rpac sandbox up" in error.remedy


def test_sent_reads_the_journal_without_a_sandbox(box: Sandbox, caller: Any, good_letter: Any) -> None:
    """A table for people, JSON for programs, and a count by business key."""
    caller.send(good_letter("8c2ea15d-61fb-4ba9-9366-42f8b194c114"))
    journal = box.journal()
    box.stop()
    table = CliRunner().invoke(sandbox, ["sent", "--folder", str(box.folder)])
    data = CliRunner().invoke(sandbox, ["sent", "--json", "--folder", str(box.folder)])

    assert "8c2ea15d-61fb-4ba9-9366-42f8b194c114" in table.output
    assert "sf1601: 1 letters under 1 business keys" in table.output
    assert json.loads(data.stdout) == journal


def test_sent_shows_every_kind_of_effect(folder: Path) -> None:
    """Effects of other services stand there with their key; one service can be asked for."""
    journal = Journal(folder / "effects.jsonl")
    for key, outcome in (("k1", "accepted"), ("k1", "accepted"), ("k2", "refused")):
        moment = "2026-11-20T12:00:00.000000Z"
        entry = {"service": "ledger", "outcome": outcome, "key": key, "received_at": moment, "action": "post"}
        journal.append({**entry, "recipient": "2211771212"})
    journal.close()
    everything = CliRunner().invoke(sandbox, ["sent", "--folder", str(folder)])
    letters = CliRunner().invoke(sandbox, ["sent", "sf1601", "--folder", str(folder)])

    assert "2026-11-20T12:00:00  ledger  accepted  k1  post\n" in everything.stdout
    assert "ledger: 2 effects under 1 business keys; 1 keys were accepted more than once" in everything.output
    assert "2211771212" not in everything.output
    assert "sf1601: 0 letters under 0 business keys\n" == letters.output


@pytest.mark.usefixtures("brief")
def test_up_runs_only_what_was_asked_and_what_that_needs(folder: Path) -> None:
    """What comes along is said, with whom it is for, and who validates nothing and why."""
    empty = str(folder / "specs")
    lines = up(folder, "--only", "sf1601,sf1520", RPAC_SPECS=None, RPAC_SPECS_FOLDER=empty)
    services = [line.split()[1] for line in lines if line.startswith("service ")]

    assert ["sf1601", "sf1520", "sts", "token", "postforespoerg"] == services
    along = "comes along, sf1601, token, postforespoerg need it"
    assert [True] == [along in line for line in lines if " sts https" in line]
    assert any("sf1520 validates nothing against a schema: no folder" in line for line in lines)


def test_up_refuses_an_unknown_service(folder: Path) -> None:
    """Exit code 2 and a suggestion, before anything listens."""
    result = CliRunner().invoke(sandbox, ["up", "--folder", str(folder), "--only", "sf1520,sf1061"])

    assert 2 == result.exit_code
    assert "did you mean sf1601?" in result.output
    assert not folder.exists()


def test_sent_shows_no_sign_that_a_terminal_obeys(folder: Path) -> None:
    """A business key comes from outside."""
    journal = Journal(folder / "effects.jsonl")
    moment = "2026-11-20T12:00:00.000000Z"
    journal.append({"service": "ledger", "outcome": "accepted", "key": "k\x1b[2J", "received_at": moment})
    journal.close()
    shown = CliRunner().invoke(sandbox, ["sent", "--folder", str(folder)]).stdout

    assert "ledger  accepted  k\\x1b[2J\n" in shown


def test_an_error_of_the_system_names_its_file_or_port(folder: Path, tmp_path: Path) -> None:
    """A folder that can be none, and a port that somebody has."""
    (tmp_path / "file").touch()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        busy = CliRunner().invoke(sandbox, ["up", "--folder", str(folder), "--page-port", port]).exception
    nowhere = CliRunner().invoke(sandbox, ["up", "--folder", str(tmp_path / "file" / "box")]).exception

    assert isinstance(busy, RpaCommonsError)
    assert f"cannot listen or write: port {port}: " in busy.message
    assert isinstance(nowhere, RpaCommonsError)
    assert nowhere.message.startswith(str(tmp_path / "file"))
    assert "name others" in nowhere.remedy


def test_sent_refuses_an_unknown_service(folder: Path) -> None:
    """Nothing was sent to a service that there is not; a folder without a sandbox is named."""
    wrong = CliRunner().invoke(sandbox, ["sent", "sf1602", "--folder", str(folder)])
    nowhere = CliRunner().invoke(sandbox, ["sent", "sf1601", "--folder", str(folder)])

    assert 2 == wrong.exit_code
    assert "did you mean sf1601?" in wrong.output
    assert 0 == nowhere.exit_code
    assert f"{folder}: no sandbox has run on this folder" in nowhere.output


def test_a_connected_folder_hears_what_is_not_redirected(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Which capabilities the sandbox does not know, and what a run with -E sandbox then does."""
    file = tmp_path / "stack.toml"
    file.write_text('[DigitalPost.settings]\nurl = "https://127.0.0.1:9"\n', "utf-8")
    bound = {"SchoolDistricts": "school-extract", "Ledger": "paper-ledger", "DigitalPost": "sf1601"}
    _tell_what_stays(Path("town"), file, {name: (connector, {}) for name, connector in bound.items()})
    ledger, schools = capsys.readouterr().err.splitlines()

    assert ledger.startswith(
        "town: Ledger (paper-ledger) is not redirected: a run with -E sandbox is refused"
    )
    assert schools.startswith(
        "town: SchoolDistricts (school-extract) is not redirected: a run with -E sandbox r"
    )


def test_up_says_that_the_folder_is_in_use(box: Sandbox, tmp_path: Path) -> None:
    """An expected error with a remedy, and so is a wrong number in municipality.toml."""
    runner = CliRunner()
    busy = runner.invoke(sandbox, ["up", "--folder", str(box.folder)]).exception
    (tmp_path / "municipality.toml").write_text('code = "0265"\ncvr = "1"\n', "utf-8")
    wrong = runner.invoke(
        sandbox, ["up", "--folder", str(tmp_path / "x"), "--connect", str(tmp_path)]
    ).exception

    assert isinstance(busy, RpaCommonsError)
    assert "another sandbox" in busy.message
    assert isinstance(wrong, RpaCommonsError)
    assert "municipality.toml" in wrong.remedy


@pytest.mark.usefixtures("brief")
def test_up_looks_for_garbage_as_python_does(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Other commands do so seldom; one that runs for days would keep the body of every refused letter."""
    before = gc.get_threshold()
    words = ["rpac", "sandbox", "up", "--folder", str(folder), "--only", "sts"]
    monkeypatch.setattr(sys, "argv", words)
    with pytest.raises(SystemExit) as ended:
        main()
    meanwhile = gc.get_threshold()
    gc.set_threshold(*before)

    assert 0 == ended.value.code
    assert 10_000 > meanwhile[0]
