"""Running our own commands as a user would: shown first, progress passed through, answers as JSON."""

import contextlib
import io
import json
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click

from rpa_commons.capabilities import RpaCommonsError

__all__ = ["DemoStepError", "NoRegistryError", "Shell"]

_FINDINGS = 1
_REGISTRY = "rpac-registry"


class DemoStepError(RpaCommonsError):
    """A command of the demo failed; its own message stands above."""

    def __init__(self, command: str, code: int) -> None:
        super().__init__(
            f"the demo stopped: `{command}` ended with {code}",
            remedy="its message stands above; the demo starts from nothing each time, so just try again",
        )
        self.command = command
        self.code = code


class NoRegistryError(RpaCommonsError):
    """The registry's package is not installed beside rpa-commons."""

    exit_code = 2

    def __init__(self) -> None:
        super().__init__(
            f"the demo needs {_REGISTRY}, which is not installed here",
            remedy="install everything of the checkout: uv sync --all-packages (make demo does)",
        )


@dataclass(frozen=True)
class Shell:
    """Runs commands in the checkout and shows them.

    Attributes:
        checkout: Where commands run, so that the shown paths are short and true.
        environment: Variables for every command, beside those that are there.
        kept: Where what is shown is kept instead, for parts that run side by side.
    """

    checkout: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    kept: list[str] | None = None

    def echo(self, text: str, *, nl: bool = True) -> None:
        """Show a text, or keep it."""
        if self.kept is None:
            click.echo(text, nl=nl, err=True)
        elif text:
            self.kept.append(text.removesuffix("\n"))

    def rpac(self, *words: str | Path, **how: Any) -> Any:  # noqa: ANN401 - JSON, and :meth:`run`'s options
        """Run ``rpac WORDS``; see :meth:`run`."""
        return self.run(["rpac"], [sys.executable, "-m", "rpa_commons"], words, **how)

    def registry(self, *words: str | Path, **how: Any) -> Any:  # noqa: ANN401 - JSON, and :meth:`run`'s options
        """Run ``rpac-registry WORDS``; see :meth:`run`."""
        return self.run([_REGISTRY], [registry_program()], words, **how)

    def run(
        self,
        shown_as: list[str],
        program: list[str],
        words: tuple[str | Path, ...],
        *,
        answer: bool = False,
        ends: int = 0,
        show: bool = True,
        output: bool = True,
        secret: Mapping[str, str] | None = None,
    ) -> Any:  # noqa: ANN401 - JSON
        """Run a command.

        Args:
            shown_as: What stands for the program in the shown line.
            program: What it really is.
            words: The rest of the command line.
            answer: Ask for ``--json`` and return the parsed answer.
            ends: The exit code that the command must end with.
            show: Show the command line.
            output: Show what it prints.
            secret: Variables for this command alone; never shown.

        Raises:
            DemoStepError: the command failed (a run with findings counts as an answer).
        """
        shown = shlex.join([*shown_as, *(self._short(word) for word in words)])
        if show:
            self.echo(click.style(f"\n$ {shown}", bold=True))
        passes = show and output and self.kept is None
        done = subprocess.run(  # noqa: S603 - our own command
            [*program, *map(str, words), *(["--json"] if answer else [])],
            cwd=self.checkout,
            env=self.variables(secret),
            stdout=subprocess.PIPE,
            stderr=None if passes else subprocess.PIPE,
            check=False,
            text=True,
            encoding="utf-8",
        )
        if done.returncode not in ((0, _FINDINGS) if answer else (ends,)) or (
            answer and not done.stdout.strip()
        ):
            self.echo((done.stderr or "") + done.stdout, nl=False)
            raise DemoStepError(shown, done.returncode)
        if show and output and not passes:
            self.echo(done.stderr, nl=False)
        if answer:
            return json.loads(done.stdout)
        if show and output:
            self.echo(done.stdout, nl=False)
        return done.stdout

    def quietly(self, *words: str | Path) -> str:
        """What ``rpac WORDS`` prints, asked inside this process: for what the story needs and does not show.

        Raises:
            RpaCommonsError: whatever the command raises.
        """
        from rpa_commons.cli._main import cli

        printed = io.StringIO()
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(io.StringIO()):
            cli.main([str(word) for word in words], standalone_mode=False)
        return printed.getvalue()

    def variables(self, secret: Mapping[str, str] | None = None) -> dict[str, str]:
        """The environment of a command."""
        # A child that inherits the variable would look for its packages in the wrong environment.
        given = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
        # The simulators and the registry are on this machine, whatever proxy leads out of it.
        return {**given, "NO_PROXY": "127.0.0.1,localhost", **self.environment, **(secret or {})}

    def _short(self, word: str | Path) -> str:
        if isinstance(word, Path) and word.is_relative_to(self.checkout):
            return word.relative_to(self.checkout).as_posix()
        return str(word)


def registry_program() -> str:
    """The registry's command, beside the Python that runs us.

    Raises:
        NoRegistryError: it is not installed.
    """
    found = shutil.which(_REGISTRY, path=str(Path(sys.executable).parent)) or shutil.which(_REGISTRY)
    if found is None:
        raise NoRegistryError
    return found
