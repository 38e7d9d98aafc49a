"""How ``rpac`` ends: a message, a remedy and an exit code for whatever happens."""

from collections.abc import Callable

import click
import pytest

from rpa_commons.capabilities import RpaCommonsError
from rpa_commons.cli import _main
from rpa_commons.cli._lazy import LazyGroup

Ending = Callable[[BaseException | None], int]


class SecretError(RpaCommonsError):
    """An expected error with an exit code of its own."""

    exit_code = 4


@pytest.fixture
def ending(monkeypatch: pytest.MonkeyPatch) -> Ending:
    """Run ``rpac`` with a command that raises, and return the exit code."""

    def run(error: BaseException | None) -> int:
        @click.command()
        def command() -> None:
            if error is not None:
                raise error

        monkeypatch.setattr("sys.argv", ["rpac"])
        monkeypatch.setattr(_main, "cli", command)
        with pytest.raises(SystemExit) as caught:
            _main.main()
        assert isinstance(caught.value.code, int)
        return caught.value.code

    return run


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (None, 0),
        (RpaCommonsError("it failed"), 1),
        (click.UsageError("what?"), 2),
        (SecretError("no secret"), 4),
        (RuntimeError("ours"), 70),
        (KeyboardInterrupt(), 130),
        (click.exceptions.Abort(), 130),
    ],
)
def test_every_ending_has_its_code(ending: Ending, error: BaseException | None, code: int) -> None:
    """Scripts tell findings, usage, missing secrets, our bugs and Ctrl-C apart."""
    assert code == ending(error)


def test_an_expected_error_is_a_sentence_and_a_remedy(
    ending: Ending, capsys: pytest.CaptureFixture[str]
) -> None:
    """No traceback for what we raised on purpose, and nothing on standard output."""
    ending(RpaCommonsError("the lock was edited", remedy="restore it"))

    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == "error: the lock was edited\n help: restore it\n"


def test_our_bug_shows_where_without_personal_numbers(
    ending: Ending, capsys: pytest.CaptureFixture[str]
) -> None:
    """A traceback helps us, a number in it would be a leak."""
    ending(RuntimeError("no row for 2512169996"))

    captured = capsys.readouterr()
    assert "Traceback" in captured.err
    assert "2512169996" not in captured.err


def test_an_unknown_command_is_answered_with_a_guess(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A misspelt command costs one look."""
    monkeypatch.setattr("sys.argv", ["rpac", "instal"])

    with pytest.raises(SystemExit) as caught:
        _main.main()

    assert caught.value.code == 2
    assert "no such command: 'instal'. Did you mean 'install'?" in capsys.readouterr().err


def test_every_listed_command_is_there() -> None:
    """The list behind ``--help`` and the modules cannot drift apart."""
    assert isinstance(_main.cli, LazyGroup)
    context = click.Context(_main.cli)

    commands = {name: _main.cli.get_command(context, name) for name in _main.cli.list_commands(context)}

    assert [name for name, command in commands.items() if not isinstance(command, click.Command)] == []
