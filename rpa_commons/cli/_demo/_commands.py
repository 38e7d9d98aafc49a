"""Running our own commands as a user would: shown first, progress passed through, answers as JSON."""

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import click

from rpa_commons.capabilities import RpaCommonsError

__all__ = ["DemoStepError", "rpac"]

_FINDINGS = 1


class DemoStepError(RpaCommonsError):
    """A command of the demo failed; its own message stands above."""

    def __init__(self, command: str, code: int) -> None:
        super().__init__(
            f"the demo stopped: `{command}` ended with {code}",
            remedy="its message stands above; `rpac demo --fresh` starts from nothing",
        )
        self.command = command
        self.code = code


def rpac(checkout: Path, *words: str | Path, answer: bool = False, ends: int = 0) -> Any:  # noqa: ANN401 - JSON
    """Run ``rpac WORDS`` in the checkout and show it.

    Args:
        checkout: Where the command runs, so that the shown paths are short and true.
        *words: The command line.
        answer: Ask for ``--json`` and return the parsed answer.
        ends: The exit code that the command must end with.

    Raises:
        DemoStepError: the command failed (a run with findings counts as an answer).
    """
    shown = shlex.join(["rpac", *(_short(word, checkout) for word in words)])
    click.secho(f"\n$ {shown}", bold=True, err=True)
    command = [sys.executable, "-m", "rpa_commons", *map(str, words), *(["--json"] if answer else [])]
    # A child that inherits the variable would look for its packages in the wrong environment.
    environment = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
    # The simulators are on this machine, whatever proxy leads out of it.
    environment["NO_PROXY"] = "127.0.0.1,localhost"
    done = subprocess.run(  # noqa: S603 - our own command
        command,
        cwd=checkout,
        env=environment,
        stdout=subprocess.PIPE,
        check=False,
        text=True,
        encoding="utf-8",
    )
    if done.returncode not in ((0, _FINDINGS) if answer else (ends,)) or (answer and not done.stdout.strip()):
        click.echo(done.stdout, nl=False, err=True)
        raise DemoStepError(shown, done.returncode)
    if answer:
        return json.loads(done.stdout)
    click.echo(done.stdout, nl=False, err=True)
    return None


def _short(word: str | Path, checkout: Path) -> str:
    if isinstance(word, Path) and word.is_relative_to(checkout):
        return word.relative_to(checkout).as_posix()
    return str(word)
