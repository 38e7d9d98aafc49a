"""The registry of the demo: made in its scratch folder, served on a free port, stopped with the demo.

It ends also when the demo is killed: its keeper (``_keeper.py``) sees the pipe to the demo end.

Usage::

    with RegistryServer(shell, folder) as url: ...
"""

import subprocess
import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from rpa_commons.capabilities import RpaCommonsError

from ._commands import Shell, registry_program

__all__ = ["RegistryNotUpError", "RegistryServer"]

_READY = 30  # seconds until it must say where it listens
_END = 20  # seconds it has to end; its keeper kills it before


class RegistryNotUpError(RpaCommonsError):
    """The registry's server did not say where it listens."""

    def __init__(self, said: str) -> None:
        super().__init__(
            f"the registry's server did not start: {said.strip() or 'it said nothing'}",
            remedy="`rpac-registry -C .rpac/demo/registry serve` shows more",
        )


@dataclass
class RegistryServer:
    """``rpac-registry serve`` as a process of its own, from the first line it prints to its end."""

    shell: Shell
    folder: Path
    url: str = ""
    _process: "subprocess.Popen[str] | None" = field(default=None, init=False)
    _listener: threading.Thread | None = field(default=None, init=False)

    def __enter__(self) -> Self:
        """Start it and wait until it listens.

        Raises:
            RegistryNotUpError: it ended, or said nothing in time.
        """
        self._process = subprocess.Popen(  # noqa: S603 - our own command
            [
                *(sys.executable, "-I", str(Path(__file__).with_name("_keeper.py"))),
                *(registry_program(), "-C", str(self.folder), "serve", "--port", "0"),
            ],
            cwd=self.shell.checkout,
            env={**self.shell.variables(), "PYTHONUNBUFFERED": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
        )
        stdout = self._process.stdout
        assert stdout is not None  # noqa: S101 - a pipe was asked for
        said: list[str] = []
        ready = threading.Event()
        # A thread reads to the end: a full pipe would stop the server.
        self._listener = threading.Thread(target=self._listen, args=(stdout, said, ready), daemon=True)
        self._listener.start()
        ready.wait(_READY)
        if not self.url:
            self._end()
            raise RegistryNotUpError("".join(said))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop it, whatever happened."""
        self._end()

    def _listen(self, stdout: IO[str], said: list[str], ready: threading.Event) -> None:
        with stdout:
            for line in stdout:
                said.append(line)
                address = next((word for word in line.split() if word.startswith("http://")), "")
                if address and not self.url:
                    self.url = address.rstrip("/.,")
                    ready.set()
        ready.set()

    def _end(self) -> None:
        process = self._process
        if process is None:
            return
        if process.stdin is not None:
            process.stdin.close()  # its keeper ends it
        try:
            process.wait(_END)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if self._listener is not None:
            self._listener.join()
