"""The demo shows what it runs and no secret, and stops what it starts."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from rpa_commons.cli._demo import _commands, _registry
from rpa_commons.cli._demo._commands import DemoStepError, NoRegistryError, Shell
from rpa_commons.cli._demo._registry import RegistryNotUpError, RegistryServer

Make = Callable[[str], RegistryServer]
_PROGRAM = [sys.executable, "-c"]


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    """Runs in an empty checkout."""
    return Shell(tmp_path)


def test_a_command_is_shown_with_paths_from_the_checkout(
    shell: Shell, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """As somebody would type it who stands there."""
    shell.run(["rpac"], _PROGRAM, ("print('said')", tmp_path / "a" / "b.whl"))
    shown = capsys.readouterr().err

    assert "$ rpac 'print('\"'\"'said'\"'\"')' a/b.whl\n" in shown
    assert "said\n" in shown


def test_a_secret_is_given_and_not_shown(shell: Shell, capfd: pytest.CaptureFixture[str]) -> None:
    """The command has it in its environment, this one alone."""
    code = "import os; print(len(os.environ.get('RPAC_TOKEN', '')))"

    assert "12\n" == shell.run(["rpac"], _PROGRAM, (code,), secret={"RPAC_TOKEN": "rpac_hidden!"})
    assert "0\n" == shell.run(["rpac"], _PROGRAM, (code,))
    assert "hidden" not in "".join(capfd.readouterr())


def test_an_answer_is_data(shell: Shell) -> None:
    """Also of a command that has findings."""
    code = "import sys; print('{\"words\": %d}' % len(sys.argv)); sys.exit(1)"

    assert {"words": 2} == shell.run(["rpac"], _PROGRAM, (code,), answer=True)  # the last is --json


@pytest.mark.parametrize(("ends", "wanted"), [(0, 5), (5, 0), (2, 1)])
def test_another_ending_stops_the_demo(shell: Shell, ends: int, wanted: int) -> None:
    """By the command as it was shown, and its exit code."""
    with pytest.raises(DemoStepError) as caught:
        shell.run(["rpac", "run"], _PROGRAM, (f"raise SystemExit({ends})",), ends=wanted, show=False)

    assert ends == caught.value.code
    assert caught.value.command.startswith("rpac run ")


def test_what_a_silent_command_said_is_shown_when_it_fails(
    shell: Shell, capfd: pytest.CaptureFixture[str]
) -> None:
    """Nobody has to run it again to see why."""
    code = "import sys; print('why', file=sys.stderr); sys.exit(2)"

    with pytest.raises(DemoStepError):
        shell.run(["rpac"], _PROGRAM, (code,), show=False)

    assert "why" in capfd.readouterr().err


def test_a_proxy_does_not_stand_before_this_machine(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor does another environment before ours."""
    monkeypatch.setenv("VIRTUAL_ENV", "elsewhere")

    variables = shell.variables()

    assert "127.0.0.1" in variables["NO_PROXY"]
    assert "VIRTUAL_ENV" not in variables


def test_without_the_registry_s_package_the_demo_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    """A usage error with the way out."""
    monkeypatch.setattr("shutil.which", lambda *_, **__: None)

    with pytest.raises(NoRegistryError) as caught:
        _commands.registry_program()

    assert caught.value.exit_code == 2
    assert "--all-packages" in caught.value.remedy


@pytest.fixture
def server(tmp_path: Path, shell: Shell, monkeypatch: pytest.MonkeyPatch) -> Make:
    """Makes a server of a program that does as the given lines say."""
    if os.name == "nt":
        pytest.skip("a script is no program there")

    def make(lines: str) -> RegistryServer:
        path = tmp_path / "rpac-registry"
        path.write_text(f"#!{sys.executable}\nimport os, time\n{lines}\n", encoding="utf-8")
        path.chmod(0o755)
        monkeypatch.setattr(_registry, "registry_program", lambda: str(path))
        return RegistryServer(shell, tmp_path / "registry")

    return make


def test_the_server_is_known_by_what_it_prints_and_ends_with_the_demo(server: Make, tmp_path: Path) -> None:
    """Also when the demo fails in the middle; its process is gone then."""
    lines = "open('pid', 'w').write(str(os.getpid()))\nprint('http://127.0.0.1:1234')\ntime.sleep(60)"
    urls = []

    def play() -> None:
        with server(lines) as running:
            urls.append(running.url)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        play()

    assert ["http://127.0.0.1:1234"] == urls
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text("utf-8")), 0)


@pytest.mark.skipif(os.name == "nt", reason="signal 0 ends a process there")
def test_the_server_ends_when_the_demo_is_killed() -> None:
    """Nobody is left to stop it; the pipe to the demo ends, and with it the server."""
    keeper = Path(_registry.__file__).with_name("_keeper.py")
    code = "import os, time; print(os.getpid(), flush=True); time.sleep(60)"
    with subprocess.Popen(
        [sys.executable, "-I", str(keeper), sys.executable, "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as kept:
        assert kept.stdout is not None
        assert kept.stdin is not None
        number = int(kept.stdout.readline())
        os.kill(number, 0)
        kept.stdin.close()
        kept.wait(30)

    with pytest.raises(ProcessLookupError):
        os.kill(number, 0)


def test_a_server_that_does_not_start_is_told_in_its_own_words(server: Make) -> None:
    """And leaves nothing running."""
    with pytest.raises(RegistryNotUpError) as caught, server("print('error: schema 0001')"):
        pass

    assert "error: schema 0001" in caught.value.message
    assert caught.value.remedy


def test_a_server_that_prints_much_does_not_stand_still(server: Make) -> None:
    """Its output is read to the end."""
    lines = (
        "print('http://127.0.0.1:1', flush=True)\n"
        "print('x' * 300000, flush=True)\nopen('done', 'w')\ntime.sleep(60)"
    )

    with server(lines) as running:
        done = running.folder.parent / "done"
        for _ in range(500):
            if done.exists():
                break
            time.sleep(0.02)

        assert done.exists()
