"""One virtual environment per bot instance and lock: ``state_dir/environments/<id>/<digest>-py<version>/``.

Rules this module keeps: an environment counts only when its marker file is there, and the marker is written
last; the folder's name holds the digest of the lock entry, so a new lock never touches a working environment.
"""

import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from rpa_commons.config.documents import replace_file
from rpa_commons.manifest import Manifest, parse_manifest

from ._errors import BuildRefusedError, InstallError, ManifestMismatchError
from ._lock import LockEntry
from ._store import WheelStore
from ._uv import Uv, plain_environment

__all__ = ["Environment", "describe_in", "interpreter_in", "python_version"]

_MARKER = "rpac-environment.json"
_DIGEST = 12  # hex digits in a folder's name; paths on Windows must stay short
_CLEAR_ATTEMPTS = 25  # each 0.2 seconds apart
_DESCRIBE_TIMEOUT = 120  # seconds; importing a plugin takes about one


def python_version() -> str:
    """``major.minor`` of the Python that runs us, and that environments are made with."""
    return f"{sys.version_info.major}.{sys.version_info.minor}"


def interpreter_in(folder: Path) -> Path:
    """Where the interpreter of a virtual environment is."""
    if os.name == "nt":  # untested on Windows
        return folder / "Scripts" / "python.exe"
    return folder / "bin" / "python"


@dataclass(frozen=True)
class Environment:
    """The place of one instance's environment for one lock entry."""

    state_dir: Path
    instance_id: str
    entry: LockEntry

    @property
    def folder(self) -> Path:
        """The environment's folder, whether it exists or not."""
        return (
            self.state_dir
            / "environments"
            / self.instance_id
            / f"{self.entry.digest[:_DIGEST]}-py{python_version()}"
        )

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return interpreter_in(self.folder)

    def complete(self) -> bool:
        """Whether it was finished, for this very lock entry, and its interpreter still stands."""
        try:
            marker = json.loads((self.folder / _MARKER).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return False
        return isinstance(marker, dict) and marker.get("digest") == self.entry.digest and self.python.exists()

    def fill(self, store: WheelStore, uv: Uv) -> None:
        """Make the environment anew, all but its marker; nothing is left of a failed attempt.

        Raises:
            UvError: a package cannot be fetched, or is not the locked one.
            LockMismatchError: a kept wheel is gone or changed.
        """
        requirements = store.requirements(self.entry)
        _clear(self.folder)
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        doing = f"making the environment of {self.entry.name} {self.entry.version}"
        try:
            uv.run(doing, ["venv", "--quiet", "--no-project", "--python", sys.executable, str(self.folder)])
            options = ["--require-hashes", "--no-build", "--strict", "--compile-bytecode", "--quiet"]
            command = ["pip", "sync", "--python", str(self.python), *options, "-"]
            uv.run(doing, command, resolving=True, stdin=requirements)
        except BaseException:  # Ctrl-C too
            self.remove()
            raise

    def finish(self) -> None:
        """Write the marker: from here on the environment counts.

        Raises:
            OSError: the disk does not take it.
        """
        text = json.dumps(
            {"bot": self.entry.name, "version": self.entry.version, "digest": self.entry.digest}
        )
        replace_file(self.folder / _MARKER, f"{text}\n")

    def verify(self, expected: Manifest) -> None:
        """Describe the bot, or a connector wheel beside it, again inside the environment and compare.

        Raises:
            ManifestMismatchError: the wheel's manifest is not the one its code gives.
            BuildRefusedError: the code cannot be described.
            InstallError: describing it fails or takes too long.
        """
        found = describe_in(self.python, expected.name)
        ours, theirs = (
            manifest.model_dump(mode="json", exclude={"sdk_version"}) for manifest in (expected, found)
        )
        if differences := sorted(key for key in ours if ours[key] != theirs[key]):
            raise ManifestMismatchError(expected.name, differences)

    def remove(self) -> None:
        """Remove the environment; its marker goes first, so that half of it never counts."""
        (self.folder / _MARKER).unlink(missing_ok=True)
        shutil.rmtree(self.folder, ignore_errors=True)
        if self.folder.parent.is_dir() and not any(self.folder.parent.iterdir()):
            self.folder.parent.rmdir()

    def prune(self) -> None:
        """Remove the instance's older environments but the newest one, which a worker may still be using."""
        others = [path for path in self.folder.parent.glob("*") if path != self.folder and path.is_dir()]
        others.sort(key=lambda path: path.stat().st_mtime, reverse=True)
        finished = [path for path in others if (path / _MARKER).is_file()]
        for path in others:
            if path not in finished[:1]:
                shutil.rmtree(path, ignore_errors=True)


def _clear(folder: Path) -> None:
    """Remove what an interrupted attempt left, also while its last uv, orphaned, still writes there.

    Raises:
        OSError: something in the folder cannot be removed.
    """
    for _ in range(_CLEAR_ATTEMPTS):
        shutil.rmtree(folder, ignore_errors=True)
        if not folder.exists():
            return
        time.sleep(0.2)
    shutil.rmtree(folder)


def describe_in(python: Path, distribution: str) -> Manifest:
    """Have a plugin's own environment generate its manifest; the host imports nothing of it.

    Raises:
        BuildRefusedError: the plugin's description is incomplete; every problem is named.
        InstallError: the process fails, gives no manifest, or takes longer than two minutes.
    """
    command = [str(python), "-I", "-B", "-X", "utf8", "-m", "rpa_commons.environments.describe", distribution]
    try:
        done = subprocess.run(  # noqa: S603 - the environment's interpreter, arguments as a list
            command,
            env=plain_environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=_DESCRIBE_TIMEOUT,
            check=False,
        )
    except subprocess.TimeoutExpired:
        problem = f"importing {distribution} took longer than {_DESCRIBE_TIMEOUT} seconds"
        raise InstallError(problem, remedy="a plugin must not work at import; tell its maintainer") from None
    try:
        answer = json.loads(done.stdout)
    except ValueError:
        raise InstallError(
            f"describing {distribution} failed (exit {done.returncode}): {done.stderr.strip()[-2000:]}",
            remedy="the plugin may not fit this rpa-commons; tell its maintainer",
        ) from None
    if problems := answer.get("problems"):
        raise BuildRefusedError(distribution, problems)
    return parse_manifest(json.dumps(answer["manifest"]), distribution)
