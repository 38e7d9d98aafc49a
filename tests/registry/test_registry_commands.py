"""``rpac-registry`` from the first command on: init, people, tokens, stand-ins, packages, migrate, serve."""

import contextlib
import gc
import importlib.util
import io
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
import pytest
import requests

from rpa_registry.cli import main
from rpa_registry.cli._main import _COMMANDS, cli
from rpa_registry.settings import load_settings

Run = Callable[..., "Ended"]
TODAY = datetime.now(UTC).date()
MAIN = "from rpa_registry.cli import main; main()"


@dataclass(frozen=True)
class Ended:
    """How a command ended and what it said."""

    returncode: int
    stdout: str
    stderr: str


def _run(*words: str) -> Ended:
    out, err = io.StringIO(), io.StringIO()
    sys.argv[1:] = words
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), pytest.raises(SystemExit) as ended:
        main()
    return Ended(int(ended.value.code or 0), out.getvalue(), err.getvalue())


@pytest.fixture(autouse=True)
def _words(monkeypatch: pytest.MonkeyPatch) -> None:
    """The process's own command line is back after the test."""
    monkeypatch.setattr(sys, "argv", ["rpac-registry"])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A registry that the command line made."""
    made = _run(
        "init", str(tmp_path / "digit"), "--cooperation", "DIGIT",
        "--member", "0265=Roskilde", "--member", "0167=Hvidovre",
        "--coordinator", "jens=0265", "--coordinator", "anna=0167",
    )  # fmt: skip
    assert 0 == made.returncode, made.stderr
    return tmp_path / "digit"


@pytest.fixture
def run(folder: Path) -> Run:
    """A command on that registry."""
    return lambda *words: _run("-C", str(folder), *words)


def test_init_shows_each_coordinators_token_once(tmp_path: Path) -> None:
    """To stdout alone; the file it writes can be read by the next command."""
    made = _run("init", str(tmp_path), "--cooperation", "DIGIT", "--member", "0265=Roskilde",
                "--coordinator", "jens=0265", "--json")  # fmt: skip
    told = json.loads(made.stdout)
    listed = _run("-C", str(tmp_path), "token", "list", "--json")

    assert ["jens"] == [one["person"] for one in told["tokens"]]
    assert told["tokens"][0]["token"].startswith("rpac_")
    assert told["tokens"][0]["token"] not in listed.stdout
    assert ["jens"] == [one["person"] for one in json.loads(listed.stdout)]


def test_init_twice_is_refused_and_says_what_to_do(run: Run, folder: Path) -> None:
    """The registry that is there stays as it is."""
    again = _run("init", str(folder), "--cooperation", "Other")

    assert 2 == again.returncode
    assert "there is a registry here already" in again.stderr
    assert "rpac-registry migrate" in again.stderr


def test_init_with_a_slip_can_be_repeated(tmp_path: Path) -> None:
    """A coordinator of no member leaves no registry behind."""
    words = ("init", str(tmp_path / "x"), "--cooperation", "D", "--member", "0265=Roskilde", "--coordinator")
    wrong, right = _run(*words, "jens=0999"), _run(*words, "jens=0265")

    assert (1, 0) == (wrong.returncode, right.returncode)
    assert "there is no member '0999'" in wrong.stderr


def test_a_refused_init_leaves_nothing_behind(tmp_path: Path) -> None:
    """No folder, no database: as if it had never been run; a folder that was there stays, empty."""
    there = tmp_path / "there"
    there.mkdir()
    for folder in (tmp_path / "new" / "deep", there):
        refused = _run("init", str(folder), "--cooperation", "D", "--member", "Roskilde=0265")

        assert 1 == refused.returncode
        assert "they are swapped" in refused.stderr
        assert "0265=Roskilde" in refused.stderr
    assert [there] == list(tmp_path.iterdir())
    assert [] == list(there.iterdir())


@pytest.mark.parametrize(
    ("country", "languages", "said"),
    [
        ((), ("da", "en"), "Country dk (taken, as --country was not given), pages in da, en"),
        (("--country", "dk"), ("da", "en"), "Country dk, pages in da, en"),
        (("--country", "no"), ("nb", "en"), "Country no, pages in nb, en"),
        (("--country", "se"), ("sv", "en"), "Country se, pages in sv, en"),
    ],
)
def test_the_country_gives_the_languages_of_the_pages(
    tmp_path: Path, country: tuple[str, ...], languages: tuple[str, ...], said: str
) -> None:
    """And is said, taken or given; registry.toml says both."""
    made = _run("init", str(tmp_path / "x"), "--cooperation", "D", "--member", "0265=Roskilde", *country)
    settings = load_settings(tmp_path / "x")

    assert said in made.stderr
    assert languages == settings.languages
    assert (country[1] if country else "dk") == settings.country


@pytest.mark.parametrize(
    ("given", "name", "contact"),
    [
        ("kari=4205", "kari", ""),
        ("kari=4205 Kari Nordmann", "Kari Nordmann", ""),
        ("kari=4205 Kari Nordmann <kari@lindesnes.example>", "Kari Nordmann", "kari@lindesnes.example"),
        ("kari=4205 <kari@lindesnes.example>", "kari", "kari@lindesnes.example"),
    ],
)
def test_a_first_coordinator_has_a_name_and_a_contact(
    tmp_path: Path, given: str, name: str, contact: str
) -> None:
    """In the one option; only login and code are needed."""
    folder = str(tmp_path / "x")
    made = _run("init", folder, "--cooperation", "D", "--country", "no", "--member", "4205=Lindesnes",
                "--coordinator", given)  # fmt: skip
    listed = json.loads(_run("-C", folder, "person", "list", "--json").stdout)

    assert 0 == made.returncode, made.stderr
    assert [("kari", "4205", name, contact)] == [
        (one["login"], one["member"], one["name"], one["contact"]) for one in listed
    ]


@pytest.mark.parametrize(
    "given", ["kari", "kari=", "=4205", "kari=4205=Kari Nordmann", "kari=4205 <a", "a b=4205"]
)
def test_a_first_coordinator_of_another_form_is_usage(tmp_path: Path, given: str) -> None:
    """The form is named, and nothing is made."""
    refused = _run("init", str(tmp_path / "x"), "--cooperation", "D", "--member", "4205=Lindesnes",
                   "--coordinator", given)  # fmt: skip

    assert 2 == refused.returncode
    assert "LOGIN=CODE NAME <CONTACT>" in refused.stderr
    assert [] == list(tmp_path.iterdir())


def test_nothing_comes_between_the_tokens(tmp_path: Path) -> None:
    """Wherever both streams go to one place, the warning is before the tokens."""
    done = subprocess.run(
        [sys.executable, "-c", MAIN, "init", str(tmp_path / "x"), "--cooperation", "D", "--member",
         "0265=Roskilde", "--member", "0167=Hvidovre", "--coordinator", "jens=0265", "--coordinator",
         "anna=0167"],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=True, timeout=60,
    )  # fmt: skip
    lines = done.stdout.splitlines()

    assert ["jens  rpac_", "anna  rpac_"] == [line[:11] for line in lines[-2:]]
    assert lines[-3].startswith("These tokens are shown now and never again; ")


def test_one_coordinator_cannot_end_another_on_the_command_line(run: Run) -> None:
    """It is the operator's; who is meant stays, and so do their tokens."""
    disabled = run("person", "disable", "jens", "--as", "anna")
    revoked = run("token", "revoke", "1", "--as", "anna")
    added = run("person", "add", "ola", "Ola", "--member", "0265", "--role", "developer", "--as", "anna")

    assert [5, 5, 5] == [one.returncode for one in (disabled, revoked, added)]
    assert "disabling a person who is a coordinator is the operator's" in disabled.stderr
    assert "at the server, without --as" in disabled.stderr
    assert ["anna", "jens"] == [one["login"] for one in json.loads(run("person", "list", "--json").stdout)]
    assert [None, None] == [one["revoked"] for one in json.loads(run("token", "list", "--json").stdout)]


def test_who_left_comes_back_by_command(run: Run) -> None:
    """Disabled, enabled, with another name; pages that show the name are rendered anew."""
    assert 5 == run("person", "disable", "jens", "--as", "jens").returncode
    left = run("person", "disable", "jens", "--as", "jens", "--yes")
    back = run("person", "enable", "jens")
    changed = run("person", "change", "jens", "--name", "Jens Holm", "--contact", "jens@roskilde.example")
    nothing = run("person", "change", "jens")

    assert "jens takes part no longer; 1 tokens revoked\n" == left.stdout
    assert "jens is coordinator of 0265 again; they need a new token\n" == back.stdout
    assert "jens: Jens Holm, jens@roskilde.example\n" == changed.stdout
    assert 2 == nothing.returncode
    assert 0 == run("verify").returncode


def test_people_come_and_go(run: Run) -> None:
    """Added by a coordinator, listed, disabled; their token ends with them."""
    added = run(
        "person", "add", "mette", "Mette Holm", "--member", "0265", "--role", "developer", "--as", "jens"
    )
    issued = run("token", "issue", "mette", "--label", "CI", "--scope", "upload", "--days", "30", "--json")
    disabled = run("person", "disable", "mette", "--as", "jens")
    listed = json.loads(run("person", "list", "--json").stdout)
    tokens = json.loads(run("token", "list", "mette", "--json").stdout)

    assert "mette is developer of 0265\n" == added.stdout
    assert json.loads(issued.stdout)["token"].startswith("rpac_")
    assert "mette takes part no longer; 1 tokens revoked\n" == disabled.stdout
    assert {"mette": False, "jens": True, "anna": True} == {one["login"]: one["active"] for one in listed}
    assert tokens[0]["revoked"]


def test_a_person_without_the_right_is_refused_by_policy(run: Run) -> None:
    """Exit code 5, and who may."""
    run("person", "add", "mette", "Mette Holm", "--member", "0265", "--role", "developer")
    refused = run("member", "add", "0350", "Lejre", "--as", "mette")

    assert 5 == refused.returncode
    assert "adding a member is a coordinator's; mette is a developer" in refused.stderr
    assert 1 == run("member", "add", "0350", "Lejre", "--as", "nobody").returncode


def test_members_are_listed_for_people_and_programs(run: Run) -> None:
    """A code keeps its zeros in both."""
    run("member", "add", "0350", "Lejre", "--contact", "it@example.org")
    plain, machine = run("member", "list"), run("member", "list", "--json")

    assert ["0167", "0265", "0350"] == [line.split()[0] for line in plain.stdout.splitlines()[1:]]
    assert ["0167", "0265", "0350"] == [one["code"] for one in json.loads(machine.stdout)]


def test_tokens_are_revoked_by_number(run: Run) -> None:
    """The second time there is nothing to revoke."""
    assert "token 1 is revoked\n" == run("token", "revoke", "1").stdout
    assert 1 == run("token", "revoke", "1").returncode


def test_a_stand_in_is_named_listed_and_ended(run: Run) -> None:
    """For some weeks, by the coordinator who leaves."""
    days = ("--from", f"{TODAY}", "--until", f"{TODAY + timedelta(days=13)}")
    named = run("stand-in", "name", "jens", "anna", *days, "--reason", "summer leave", "--as", "jens")
    listed = json.loads(run("stand-in", "list", "--json").stdout)
    ended = run("stand-in", "end", "1", "--as", "anna")

    assert named.stdout.startswith("stand-in 1: anna signs for jens")
    assert ("jens", "0265", "anna") == (
        listed[0]["coordinator"],
        listed[0]["coordinator_member"],
        listed[0]["stand_in"],
    )
    assert "anna signs for jens no longer\n" == ended.stdout


def test_public_packages_are_approved_and_withdrawn(run: Run) -> None:
    """With a reason, in whatever spelling."""
    added = run("public", "add", "OpenPyXL", "--reason", "spreadsheets", "--as", "anna")
    listed = json.loads(run("public", "list", "--json").stdout)
    removed = run("public", "remove", "openpyxl", "--as", "anna")

    assert "releases may require openpyxl\n" == added.stdout
    assert [("openpyxl", "anna")] == [(one["name"], one["person"]) for one in listed]
    assert 0 == removed.returncode
    assert "None but the library's own." in run("public", "list").stderr


def test_migrate_renders_the_pages_anew(run: Run) -> None:
    """Without a new schema too; it can be repeated."""
    first, second = run("migrate", "--json"), run("migrate")
    told = json.loads(first.stdout)

    assert told["before"] == told["after"]
    assert told["pages"] > 0
    assert "as it was" in second.stdout


def test_a_folder_without_a_registry_is_named(tmp_path: Path) -> None:
    """Usage, not a traceback."""
    for words in (("member", "list"), ("serve",), ("migrate",)):
        refused = _run("-C", str(tmp_path), *words)

        assert 2 == refused.returncode, words
        assert "there is no registry here" in refused.stderr
        assert "rpac-registry init" in refused.stderr


def test_a_broken_registry_toml_names_file_and_key(run: Run, folder: Path) -> None:
    """Every wrong key at once."""
    with (folder / "registry.toml").open("a", encoding="utf-8") as stream:
        stream.write("uploads_per_minute = 0\nspeed = 3\n")
    refused = run("member", "list")

    assert 2 == refused.returncode
    assert "limits.uploads_per_minute" in refused.stderr
    assert "limits.speed" in refused.stderr


@pytest.mark.skipif(os.name != "posix", reason="Windows has no SIGTERM that a process can hear")
@pytest.mark.parametrize("word", ["SIGINT", "SIGTERM"])
def test_serve_says_where_and_ends_when_told(folder: Path, word: str) -> None:
    """The address is one line on stdout; a stop is no error."""
    process = subprocess.Popen(
        [sys.executable, "-c", MAIN, "-C", str(folder), "serve", "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    url = process.stdout.readline().strip()
    status = requests.get(f"{url}/certified/simple/", timeout=30).status_code
    process.send_signal(getattr(signal, word))
    _, said = process.communicate(timeout=30)

    assert url.startswith("http://127.0.0.1:")
    assert 200 == status
    assert "Traceback" not in said


def _serve_once(folder: Path) -> tuple[str, int, str]:
    """Serve, ask for the Norwegian front page, stop; the address, the status, what was said."""
    process = subprocess.Popen(
        [sys.executable, "-c", MAIN, "-C", str(folder), "serve", "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    url = process.stdout.readline().strip()
    status = requests.get(f"{url}/nb/", timeout=30).status_code
    process.terminate()
    _, said = process.communicate(timeout=30)
    return url, status, said


def test_serve_renders_the_pages_anew_when_their_settings_changed(run: Run, folder: Path) -> None:
    """Another language has its pages after a restart; it says so once, and the next start says nothing."""
    _, before, first = _serve_once(folder)
    file = folder / "registry.toml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace('# languages = ["da", "en"]', 'languages = ["nb", "en"]'), encoding="utf-8")
    _, after, second = _serve_once(folder)
    _, again, third = _serve_once(folder)

    assert (404, 200, 200) == (before, after, again)
    assert "`languages` changed since the pages were rendered: rendering every page anew" in second
    assert ("", "") == (first, third)
    assert 0 == run("verify").returncode


def test_serve_looks_for_garbage_as_python_does(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Other commands do so seldom; what a server's requests leave must not pile up."""
    before, meanwhile = gc.get_threshold(), []
    monkeypatch.setattr("rpa_registry.server.serve", lambda *_, **__: meanwhile.append(gc.get_threshold()))
    ended = run("serve", "--port", "0")
    gc.set_threshold(*before)

    assert 0 == ended.returncode, ended.stderr
    assert [True] == [10_000 > first for first, *_ in meanwhile]


def test_serve_on_a_port_that_is_taken_says_so(run: Run) -> None:
    """One sentence and the next thing to do; exit code 1, and nothing of the server's own log."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        refused = run("serve", "--port", str(port))

    assert 1 == refused.returncode
    assert f"port {port} of 127.0.0.1 is taken: another program listens there" in refused.stderr
    assert "--port" in refused.stderr
    assert "ERROR" not in refused.stderr


def test_serving_other_machines_is_warned_about(folder: Path) -> None:
    """A token in the clear is anybody's; the sentence names the way out."""
    process = subprocess.Popen(
        [sys.executable, "-c", MAIN, "-C", str(folder), "serve", "--port", "0", "--host", "0.0.0.0"],  # noqa: S104 - what it warns of
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    process.stdout.readline()
    process.terminate()
    _, said = process.communicate(timeout=30)

    assert "this server has no TLS: put a reverse proxy with TLS before it" in said


@pytest.mark.parametrize("name", sorted(_COMMANDS))
def test_every_command_that_help_names_is_there(name: str) -> None:
    """And says in one line what it does."""
    command = cli.get_command(click.Context(cli), name)

    assert command is not None
    assert command.get_short_help_str()


def test_help_imports_nothing_heavy() -> None:
    """``--help`` answers at once: no SQLAlchemy, no pydantic, no Starlette."""
    code = (
        "import sys; from rpa_registry.cli._main import cli; cli.main(['--help'], standalone_mode=False);"
        "heavy = {'sqlalchemy', 'pydantic', 'starlette', 'uvicorn', 'alembic', 'jinja2', 'cryptography'};"
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )

    assert "[]" == done.stderr.strip()
    assert importlib.util.find_spec("sqlalchemy") is not None
