"""The wheels a municipality keeps: ``state_dir/wheels/<start of sha256>/<file name>``.

Two builds of one version lie side by side, so the wheel of a working environment is never overwritten.
"""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from rpa_commons.manifest import wheel_sha256

from ._errors import LockMismatchError
from ._lock import LockedPackage, LockEntry, LockFile

__all__ = ["WheelStore"]

_PREFIX = 16  # hex digits of the SHA-256 in a folder's name


@dataclass(frozen=True)
class WheelStore:
    """The wheels under one ``state_dir``."""

    state_dir: Path

    def place(self, file: str, sha256: str) -> Path:
        """Where a wheel lies, or would."""
        return self.state_dir / "wheels" / sha256[:_PREFIX] / file

    def keep(self, wheel: Path, sha256: str) -> Path:
        """Copy a wheel in, unless it is there; a crash leaves the whole file or none.

        Raises:
            LockMismatchError: the file changed between being checked and being copied.
            OSError: it cannot be copied.
        """
        place = self.place(wheel.name, sha256)
        if place.is_file() and wheel_sha256(place) == sha256:
            return place
        place.parent.mkdir(parents=True, exist_ok=True)
        part = place.with_name(f"{place.name}.{os.getpid()}.part")
        try:
            shutil.copyfile(wheel, part)
            if wheel_sha256(part) != sha256:
                raise LockMismatchError(
                    wheel, "it changed while it was installed", remedy="run the command again"
                )
            part.replace(place)
        finally:
            part.unlink(missing_ok=True)
        return place

    def get(self, file: str, sha256: str) -> Path:
        """A wheel that was kept, unchanged.

        Raises:
            LockMismatchError: it is gone, or no longer the file that was kept.
        """
        place = self.place(file, sha256)
        try:
            found = wheel_sha256(place)
        except OSError:
            raise LockMismatchError(
                place,
                "this wheel is in rpac.lock and not on this machine",
                remedy=f"{_BRING.format(file=file)}; or state_dir in municipality.toml is another one now",
            ) from None
        if found != sha256:
            raise LockMismatchError(
                place,
                f"the file on disk ({found[:12]}…) is not the one in rpac.lock ({sha256[:12]}…)",
                remedy=f"find out who changed it; then {_BRING.format(file=file)}",
            )
        return place

    def requirements(self, entry: LockEntry) -> str:
        """A bot's whole environment as hashed requirement lines.

        Raises:
            LockMismatchError: a wheel that came as a file is gone or changed.
        """
        own = self.get(entry.wheel, entry.sha256)
        lines = [f"{entry.name} @ {own.as_uri()} --hash=sha256:{entry.sha256}"]
        for package in entry.packages:
            hashes = " ".join(f"--hash={one}" for one in package.hashes)
            marker = f" ; {package.marker}" if package.marker else ""
            lines.append(f"{self._requirement(package)}{marker} {hashes}")
        return "\n".join(lines) + "\n"

    def _requirement(self, package: LockedPackage) -> str:
        if not package.file:
            return f"{package.name}=={package.version}"
        return (
            f"{package.name} @ {self.get(package.file, package.hashes[0].removeprefix('sha256:')).as_uri()}"
        )

    def prune(self, *locks: LockFile) -> None:
        """Remove every wheel that none of the locks names, and what an interrupted copy left."""
        wanted = {self.place(file, sha256) for lock in locks for file, sha256 in _files(lock)}
        for path in (self.state_dir / "wheels").glob("*/*"):
            if path not in wanted:
                path.unlink(missing_ok=True)
        for folder in (self.state_dir / "wheels").glob("*"):
            if folder.is_dir() and not any(folder.iterdir()):
                folder.rmdir()


_BRING = "`rpac install --find-links DIR` with the folder that has {file}, or with the bot's NAME or WHEEL"


def _files(lock: LockFile) -> list[tuple[str, str]]:
    found = [(lock.baseline.wheel, lock.baseline.sha256)] if lock.baseline is not None else []
    found += [(one.wheel, one.sha256) for one in lock.connectors]
    for entry in lock.entries:
        found.append((entry.wheel, entry.sha256))
        found += [(one.file, one.hashes[0].removeprefix("sha256:")) for one in entry.packages if one.file]
    return found
