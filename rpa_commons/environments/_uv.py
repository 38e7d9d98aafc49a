"""Calls of uv: always the binary of the ``uv`` package, never one that happens to be on the PATH.

Rules this module keeps: uv works in a folder of its own, so that no ``pyproject.toml`` around a municipality
changes what it does (a user's or the system's ``uv.toml`` does count: mirrors stand there); it never fetches
an interpreter; it trusts the system's certificates; its failures become one sentence and a remedy.
"""

import os
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ._errors import InstallError, UvError

__all__ = ["Uv", "plain_environment"]

_LEAVE_OUT = (
    "VIRTUAL_ENV",
    "CONDA_PREFIX",
    "PYTHONPATH",
    "PYTHONHOME",
    "UV_PYTHON",
    "UV_PROJECT_ENVIRONMENT",
)
_NEEDED_TO_RUN = (
    "PATH",
    "HOME",
    "USERPROFILE",
    "SYSTEMROOT",
    "TEMP",
    "TMP",
    "TMPDIR",
    "LANG",
    "LC_ALL",
    "LD_LIBRARY_PATH",
)
_LONGEST_OUTPUT = 4000  # characters of uv's own words that are shown
_NO_SPACE = ("no space left on device", "os error 28", "os error 112", "disk quota exceeded")
_NO_NETWORK = (
    "failed to fetch",
    "error sending request",
    "dns error",
    "connection refused",
    "could not connect",
    "network connectivity is disabled",
    "timed out",
)


@dataclass(frozen=True)
class Uv:
    """How to call uv.

    Attributes:
        offline: Use what uv's cache holds and nothing else.
        find_links: Folders with wheels to look in besides the index.
    """

    offline: bool = False
    find_links: tuple[Path, ...] = ()

    def run(
        self,
        doing: str,
        command: Sequence[str],
        *,
        resolving: bool = False,
        stdin: str = "",
        extra: Mapping[str, str] | None = None,
        files: Mapping[str, str] | None = None,
    ) -> str:
        """Run one uv command and return what it printed.

        Args:
            doing: What for, the start of the error message.
            command: uv's arguments; every path absolute.
            resolving: Whether the command looks for packages.
            stdin: Text for its standard input.
            extra: Environment variables besides.
            files: Texts to lay into the folder that uv works in, by file name.

        Raises:
            UvError: uv failed; the remedy depends on why.
            InstallError: uv is not installed or cannot be started.
        """
        arguments = [_binary(), *command]
        if resolving:
            arguments += [
                word for folder in self.find_links for word in ("--find-links", str(folder.resolve()))
            ]
        if self.offline:
            arguments.append("--offline")
        with tempfile.TemporaryDirectory(prefix="rpac-uv-") as folder:
            for name, text in (files or {}).items():
                (Path(folder) / name).write_text(text, encoding="utf-8", newline="\n")
            try:
                done = subprocess.run(  # noqa: S603 - our own uv, arguments as a list
                    arguments,
                    cwd=folder,
                    env=_environment() | dict(extra or {}),
                    input=stdin,
                    capture_output=True,
                    encoding="utf-8",
                    errors="replace",
                    check=False,
                )
            except OSError as error:
                raise InstallError(f"uv cannot be started: {error}", remedy=_REINSTALL_UV) from error
        if done.returncode != 0:
            raise _failure(doing, done.stderr, offline=self.offline)
        return done.stdout


_REINSTALL_UV = "install the `uv` package into the environment that rpac runs in: `python -m pip install uv`"


def plain_environment() -> dict[str, str]:
    """What a process that imports plugin code gets to see of ours: enough to run, and no secret."""
    return {name: os.environ[name] for name in _NEEDED_TO_RUN if name in os.environ}


def _binary() -> str:
    try:
        from uv import find_uv_bin

        return str(find_uv_bin())
    except (ImportError, FileNotFoundError) as error:
        raise InstallError("uv is not installed beside rpac", remedy=_REINSTALL_UV) from error


def _environment() -> dict[str, str]:
    environment = {name: value for name, value in os.environ.items() if name not in _LEAVE_OUT}
    environment.setdefault("UV_SYSTEM_CERTS", "1")
    return environment | {"UV_PYTHON_DOWNLOADS": "never", "UV_NO_PROGRESS": "1", "NO_COLOR": "1"}


def _failure(doing: str, output: str, *, offline: bool) -> UvError:
    words = output.strip()
    if len(words) > _LONGEST_OUTPUT:
        words = f"…{words[-_LONGEST_OUTPUT:]}"
    known = words.lower()
    if any(sign in known for sign in _NO_SPACE):
        return UvError(
            doing, "there is no space left on the disk", remedy="make room, then run the command again"
        )
    if offline:
        remedy = "run it once without --offline, or name a folder with the wheels by --find-links"
        return UvError(doing, f"not everything is in uv's cache\n{words}", remedy=remedy)
    if "hash mismatch" in known:
        remedy = "a package is not the one that was locked: check the index before anything else"
        return UvError(doing, words, remedy=remedy)
    if any(sign in known for sign in _NO_NETWORK):
        remedy = (
            "check the network, the proxy (HTTPS_PROXY) and the index (UV_DEFAULT_INDEX); "
            "--find-links DIR and --offline work without one"
        )
        return UvError(doing, f"the package index cannot be reached\n{words}", remedy=remedy)
    return UvError(
        doing, words, remedy="uv's words above name the package; the plugin's maintainer can widen its pins"
    )
