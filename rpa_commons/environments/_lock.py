"""``rpac.lock``: which wheel each bot is, and every package beside it, with hashes.

Rules this module keeps: the file holds no path of a machine; equal contents give equal bytes; each bot's
entry carries a digest over itself, so that an edit or a bad merge is noticed; it is replaced in one step.

Usage::

    lock = read_lock(folder)
    lock.entry("welcome-letters").sha256
"""

import hashlib
import json
import os
import tomllib
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ._errors import LockMismatchError, NotInstalledError

__all__ = ["LOCK_NAME", "LockEntry", "LockFile", "LockedPackage", "read_lock", "write_lock"]

LOCK_NAME = "rpac.lock"
_RESTORE = "restore the file from version control, or remove it and `rpac install` the bots' wheels again"
_HEADER = (
    "Written by `rpac install`; do not edit.",
    "Keep it under version control: it makes installs reproducible.",
)
_SHA256 = r"^[0-9a-f]{64}$"


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class LockedPackage(_Model):
    """One package of a bot's environment."""

    name: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    version: str = Field(pattern=r"^[^\s;@]+$")
    marker: str = Field(default="", pattern=r"^[^\r\n\\]*$")
    """PEP 508 marker; empty when it is installed on every platform."""
    file: str = Field(default="", pattern=r"^([A-Za-z0-9_.+!-]+\.whl)?$")
    """The wheel's file name where it came as a file; empty when an index has it."""
    hashes: tuple[Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}$")], ...] = Field(min_length=1)
    """``sha256:…`` of every file that may be installed."""


class LockEntry(_Model):
    """One bot and all that is installed with it."""

    name: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    version: str
    wheel: str = Field(pattern=r"^[A-Za-z0-9_.+!-]+\.whl$")
    """File name of the bot's wheel."""
    sha256: str = Field(pattern=_SHA256)
    manifest_sha256: str = Field(pattern=_SHA256)
    python: str
    """``major.minor`` of the oldest Python the packages were resolved for."""
    packages: tuple[LockedPackage, ...] = ()

    @property
    def digest(self) -> str:
        """SHA-256 (hex) over the whole entry: what an environment is known by."""
        text = json.dumps(self.model_dump(mode="json"), sort_keys=True, ensure_ascii=True)
        return hashlib.sha256(text.encode()).hexdigest()


class LockFile(_Model):
    """The bots of one municipality."""

    entries: tuple[LockEntry, ...] = ()

    def find(self, bot: str) -> LockEntry | None:
        """The entry of a bot, if there is one."""
        return next((entry for entry in self.entries if entry.name == bot), None)

    def entry(self, bot: str) -> LockEntry:
        """The entry of a bot.

        Raises:
            NotInstalledError: there is none.
        """
        if (entry := self.find(bot)) is None:
            raise NotInstalledError(bot)
        return entry

    def replacing(self, entry: LockEntry) -> "LockFile":
        """A lock in which ``entry`` stands for its bot."""
        others = [other for other in self.entries if other.name != entry.name]
        return LockFile(entries=tuple(sorted([*others, entry], key=lambda one: one.name)))


class _BotTable(LockEntry):
    written_digest: str = Field(alias="digest")


class _Document(_Model):
    lock_version: Literal[1]
    bot: tuple[_BotTable, ...] = ()


def read_lock(folder: Path) -> LockFile:
    """Read a municipality's lock; an empty one when there is no file.

    Raises:
        LockMismatchError: the file cannot be read, is of another version, or was changed by hand.
    """
    path = folder / LOCK_NAME
    try:
        document = _Document.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return LockFile()
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise LockMismatchError(path, f"{place}: {first['msg']}", remedy=_RESTORE) from None
    except (OSError, ValueError) as error:
        raise LockMismatchError(path, f"cannot be read: {error}", remedy=_RESTORE) from error
    entries = []
    for table in document.bot:
        entry = LockEntry.model_validate(table.model_dump(exclude={"written_digest"}))
        if entry.digest != table.written_digest:
            raise LockMismatchError(path, f"the entry of {entry.name} was changed by hand", remedy=_RESTORE)
        entries.append(entry)
    return LockFile(entries=tuple(entries))


def write_lock(folder: Path, lock: LockFile) -> bool:
    """Write a municipality's lock in one step; whether anything changed.

    Raises:
        OSError: the folder cannot be written.
    """
    path = folder / LOCK_NAME
    text = _text(lock)
    if path.is_file() and path.read_text(encoding="utf-8") == text:
        return False
    replace_file(path, text)
    return True


def replace_file(path: Path, text: str) -> None:
    """Write a text file so that a reader, or a crash, sees the old or the new one and nothing between.

    Raises:
        OSError: the folder cannot be written.
    """
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        with part.open("w", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _text(lock: LockFile) -> str:
    import tomlkit  # 30 ms that only an installation needs

    document = tomlkit.document()
    for line in _HEADER:
        document.add(tomlkit.comment(line))
    document["lock_version"] = 1
    bots = tomlkit.aot()
    for entry in lock.entries:
        table = tomlkit.item(entry.model_dump(exclude={"packages"}) | {"digest": entry.digest})
        packages = tomlkit.aot()
        for package in entry.packages:
            written = tomlkit.item(package.model_dump(exclude={"hashes"}, exclude_defaults=True))
            written["hashes"] = hashes = tomlkit.array()
            hashes.extend(package.hashes)
            hashes.multiline(multiline=True)
            packages.append(written)
        table["packages"] = packages
        bots.append(table)
    document["bot"] = bots
    return tomlkit.dumps(document)
