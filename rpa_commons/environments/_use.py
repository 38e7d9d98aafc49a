"""What the runtime asks: which wheel a bot is locked to, and which interpreter runs an instance."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rpa_commons.manifest import Manifest, ManifestError, read_manifest

from ._errors import LockMismatchError, NotInstalledError
from ._instances import instance_head
from ._lock import read_lock
from ._store import WheelStore
from ._venv import Environment

if TYPE_CHECKING:
    from rpa_commons.config import MunicipalityFolder

__all__ = ["LockedBot", "locked", "locked_bots", "python_of"]


@dataclass(frozen=True)
class LockedBot:
    """One bot as ``rpac.lock`` has it.

    Attributes:
        name: The bot.
        version: Its version.
        wheel: The copy in ``state_dir``, checked just now.
        sha256: Of the wheel, hex.
        manifest: Read from the wheel, checked against the lock.
    """

    name: str
    version: str
    wheel: Path
    sha256: str
    manifest: Manifest


def locked_bots(municipality: "MunicipalityFolder") -> tuple[str, ...]:
    """Names of the bots that are installed, in alphabetical order.

    Raises:
        LockMismatchError: ``rpac.lock`` was edited or cannot be read.
    """
    return tuple(entry.name for entry in read_lock(municipality.folder).entries)


def locked(municipality: "MunicipalityFolder", bot: str) -> LockedBot:
    """The wheel and the manifest that a bot is locked to; the host imports nothing of it.

    Raises:
        NotInstalledError: the bot is not in ``rpac.lock``.
        LockMismatchError: the lock was edited, or the wheel on disk is gone or another one.
    """
    entry = read_lock(municipality.folder).entry(bot, how=municipality.how_to_install(bot))
    wheel = WheelStore(municipality.state_dir).get(entry.wheel, entry.sha256)
    try:
        manifest = read_manifest(wheel)
    except ManifestError as error:
        raise LockMismatchError(wheel, error.problem) from None
    if (manifest.digest, manifest.name, manifest.version) != (
        entry.manifest_sha256,
        entry.name,
        entry.version,
    ):
        raise LockMismatchError(wheel, "its manifest is not the one in rpac.lock")
    return LockedBot(entry.name, entry.version, wheel, entry.sha256, manifest)


def python_of(municipality: "MunicipalityFolder", instance: str) -> Path:
    """The interpreter of an instance's environment, complete and made from the lock as it is now.

    Raises:
        InstanceFileError: the instance's file is missing, or has no bot or id.
        NotInstalledError: the bot is not installed, or the instance has no finished environment for it.
        LockMismatchError: the lock was edited.
    """
    head = instance_head(municipality, instance)
    entry = read_lock(municipality.folder).entry(head.bot, how=municipality.how_to_install(head.bot))
    environment = Environment(municipality.state_dir, head.id, entry)
    if not environment.complete():
        raise NotInstalledError(head.bot, instance=instance)
    return environment.python
