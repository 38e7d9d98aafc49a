"""A server as a process of its own: started, asked until it answers, its processor time read, stopped.

Reads ``/proc``, so these benchmarks run on Linux.
"""

import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

__all__ = ["Server", "free_port"]

_WAIT = 120  # seconds until a server must answer
_TICK = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


class Server:
    """A running server with all processes that it started.

    Attributes:
        name: As the results call it.
        url: With the port, without a last slash.
        page: Path of a project's page, with ``{}`` for its name.
    """

    def __init__(
        self, name: str, command: Sequence[str | Path], *, port: int, page: str, cwd: Path, ready: str = "/"
    ) -> None:
        self.name = name
        self.url = f"http://127.0.0.1:{port}"
        self.page = page
        with (cwd / f"{name.split(maxsplit=1)[0]}.log").open("wb") as log:
            self._process = subprocess.Popen(
                [str(word) for word in command], cwd=cwd, stdout=log, stderr=log, start_new_session=True
            )
        self._wait(ready)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.killpg(self._process.pid, signal.SIGTERM)
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def cpu_seconds(self) -> float:
        """Processor time that all its processes have used so far."""
        ticks = 0
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = stat.read_text().rpartition(")")[2].split()
            except OSError:  # it has just ended
                continue
            if int(fields[3]) == self._process.pid:  # the session
                ticks += int(fields[11]) + int(fields[12])
        return ticks / _TICK

    def get(self, path: str, accept: str = "*/*") -> bytes:
        """A page's bytes."""
        request = urllib.request.Request(self.url + path, headers={"Accept": accept})  # noqa: S310 - our own address
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 - our own address
            found: bytes = answer.read()
            return found

    def _wait(self, ready: str) -> None:
        end = time.monotonic() + _WAIT
        while time.monotonic() < end:
            if self._process.poll() is not None:
                raise RuntimeError(
                    f"{self.name} ended with exit code {self._process.returncode}: see its log"
                )
            try:
                self.get(ready)
            except urllib.error.HTTPError:
                return  # it answers
            except OSError:
                time.sleep(0.1)
            else:
                return
        raise RuntimeError(f"{self.name} did not answer in {_WAIT} s: see its log")
