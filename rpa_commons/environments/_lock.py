"""``rpac.lock``: which wheel each bot is, every package beside it, and what each instance was set to.

Rules this module keeps: the file holds no path of a machine and no value of a setting; equal contents give
equal bytes; each entry carries a digest over itself, so that an edit or a bad merge is noticed; it is
replaced in one step; version 1, which had no instances, and 2, which knew no registry, are still read.

Usage::

    lock = read_lock(folder)
    lock.entry("welcome-letters").sha256
"""

import hashlib
import json
import stat
import tomllib
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from rpa_commons.config.documents import remove_abandoned, replace_file

from ._errors import LockMismatchError, NotInstalledError

if TYPE_CHECKING:
    from tomlkit.items import AoT

__all__ = [
    "LOCK_NAME",
    "LockEntry",
    "LockFile",
    "LockedBaseline",
    "LockedBlock",
    "LockedInstance",
    "LockedLeaf",
    "LockedPackage",
    "read_lock",
    "write_lock",
]

LOCK_NAME = "rpac.lock"
_VERSION = 2
_VERSION_WITH_REGISTRY = 3  # written only where it is needed, so that older readers read the rest
_ORIGIN = frozenset({"registry", "channel", "because"})
_ADDRESS = r"^(https?://[^\s\"<>\\^`{|}]+)?$"
_ONE_LINE = r"^[^\x00-\x1f\x7f]*$"
_LARGEST = 8 * 1024 * 1024
"""Bytes; an entry is some 50 KiB, most of it digests of packages."""
_RESTORE = "restore the file from version control, or remove it and `rpac install` the bots' wheels again"
_HEADER = (
    "Written by `rpac install` and `rpac upgrade`; do not edit.",
    "Keep it under version control: it makes installs reproducible.",
)
_SHA256 = r"^[0-9a-f]{64}$"
_SHA256_OR_NONE = r"^([0-9a-f]{64})?$"


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
    registry: str = Field(default="", pattern=_ADDRESS)
    """The registry that alone may give it; empty for an index or a file."""


class LockEntry(_Model):
    """One bot and all that is installed with it."""

    name: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    version: str
    wheel: str = Field(pattern=r"^[A-Za-z0-9_.+!-]+\.whl$")
    """File name of the bot's wheel."""
    sha256: str = Field(pattern=_SHA256)
    manifest_sha256: str = Field(pattern=_SHA256)
    schema_sha256: str = Field(default="", pattern=_SHA256_OR_NONE)
    """Of the settings schema as canonical JSON; empty when a lock of version 1 was read."""
    python: str
    """``major.minor`` of the oldest Python the packages were resolved for."""
    registry: str = Field(default="", pattern=_ADDRESS)
    """The registry the wheel came from; empty for a file."""
    channel: str = Field(default="", pattern=r"^(certified|all)?$")
    because: str = Field(default="", pattern=_ONE_LINE)
    """Why it was installed though it is not certified."""
    packages: tuple[LockedPackage, ...] = ()

    @property
    def digest(self) -> str:
        """SHA-256 (hex) over the whole entry: what an environment is known by.

        The schema's digest follows from the manifest's and is left out, and so is an origin that says
        nothing, so that an environment made from a lock of an earlier version is still known.
        """
        document = _said(self.model_dump(mode="json", exclude={"schema_sha256", "packages"}))
        packages = [_said(one.model_dump(mode="json")) for one in self.packages]
        return _digest(document | {"packages": packages})


class LockedBaseline(_Model):
    """The cooperation's baseline, where it comes from a registry."""

    name: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    version: str
    wheel: str = Field(pattern=r"^[A-Za-z0-9_.+!-]+\.whl$")
    sha256: str = Field(pattern=_SHA256)
    manifest_sha256: str = Field(pattern=_SHA256)
    registry: str = Field(pattern=_ADDRESS)
    channel: str = Field(pattern=r"^(certified|all)$")
    because: str = Field(default="", pattern=_ONE_LINE)

    @property
    def digest(self) -> str:
        """SHA-256 (hex) over the whole record."""
        return _digest(self.model_dump(mode="json"))


class LockedLeaf(_Model):
    """One value of an instance, when it was installed."""

    key: str
    """As ``rpac config explain`` takes it."""
    digest: str = Field(pattern=_SHA256_OR_NONE)
    """SHA-256 (hex) of the value as canonical JSON; empty for what must not be guessed: a personal value or
    a reference to a secret."""
    origin: str
    """Layer, and the file in it; no line, for that moves whenever somebody writes a comment."""


class LockedBlock(_Model):
    """One block of a letter that the municipality or its cooperation overrides."""

    template: str
    block: str
    digest: str = Field(pattern=_SHA256)
    """Of the bot's own block, as its manifest gives it, when the override was last looked at."""
    override: str = Field(pattern=_SHA256)
    """Of the block in the overriding template: another one means that somebody has looked at it since."""


class LockedInstance(_Model):
    """What one bot instance was set to in production, without ``--set``, when its bot was installed."""

    name: str
    id: str
    bot: str
    version: str
    schema_sha256: str = Field(pattern=_SHA256)
    leaf: tuple[LockedLeaf, ...] = ()
    block: tuple[LockedBlock, ...] = ()

    @property
    def digest(self) -> str:
        """SHA-256 (hex) over the whole record."""
        return _digest(self.model_dump(mode="json"))


class LockFile(_Model):
    """The bots of one municipality, and what its instances were set to."""

    entries: tuple[LockEntry, ...] = ()
    instances: tuple[LockedInstance, ...] = ()
    baseline: LockedBaseline | None = None

    def find(self, bot: str) -> LockEntry | None:
        """The entry of a bot, if there is one."""
        return next((entry for entry in self.entries if entry.name == bot), None)

    def entry(self, bot: str, *, how: str = "rpac install WHEEL") -> LockEntry:
        """The entry of a bot.

        Args:
            bot: Its name.
            how: The command that installs it.

        Raises:
            NotInstalledError: there is none.
        """
        if (entry := self.find(bot)) is None:
            raise NotInstalledError(bot, how=how)
        return entry

    def replacing(self, entry: LockEntry) -> "LockFile":
        """A lock in which ``entry`` stands for its bot."""
        others = [other for other in self.entries if other.name != entry.name]
        entries = tuple(sorted([*others, entry], key=lambda one: one.name))
        return self.model_copy(update={"entries": entries})

    def without(self, bot: str) -> "LockFile":
        """A lock without a bot and its instances."""
        entries = tuple(one for one in self.entries if one.name != bot)
        instances = tuple(one for one in self.instances if one.bot != bot)
        return self.model_copy(update={"entries": entries, "instances": instances})

    def without_instance(self, name: str) -> "LockFile":
        """A lock without the record of an instance."""
        return self.model_copy(update={"instances": tuple(one for one in self.instances if one.name != name)})

    def instance(self, name: str) -> LockedInstance | None:
        """The record of an instance, if there is one."""
        return next((one for one in self.instances if one.name == name), None)

    def recording(self, records: Sequence[LockedInstance], names: Collection[str]) -> "LockFile":
        """A lock with these records instead of the same instances'; others stay while ``names`` has them."""
        new = {one.name: one for one in records}
        kept = [one for one in self.instances if one.name not in new and one.name in names]
        instances = tuple(sorted([*kept, *records], key=lambda one: one.name))
        return self.model_copy(update={"instances": instances})

    @property
    def needs_version_3(self) -> bool:
        """Whether anything in it came from a registry, which a reader of version 2 would not understand."""
        return self.baseline is not None or any(
            one.registry or any(package.registry for package in one.packages) for one in self.entries
        )


def _said(document: dict[str, Any]) -> dict[str, Any]:
    """Without what says nothing of where it came from: version 2 had no such keys."""
    return {key: value for key, value in document.items() if value or key not in _ORIGIN}


def _digest(document: dict[str, Any]) -> str:
    text = json.dumps(document, sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


class _BotTable(LockEntry):
    written_digest: str = Field(alias="digest")


class _InstanceTable(LockedInstance):
    written_digest: str = Field(alias="digest")


class _BaselineTable(LockedBaseline):
    written_digest: str = Field(alias="digest")


class _Document(_Model):
    lock_version: Literal[1, 2, 3]
    baseline: _BaselineTable | None = None
    bot: tuple[_BotTable, ...] = ()
    instance: tuple[_InstanceTable, ...] = ()


def read_lock(folder: Path) -> LockFile:
    """Read a municipality's lock; an empty one when there is no file.

    Raises:
        LockMismatchError: the file cannot be read, is of another version, or was changed by hand.
    """
    path = folder / LOCK_NAME
    try:
        document = _Document.model_validate(tomllib.loads(_read(path)))
    except FileNotFoundError:
        return LockFile()
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise LockMismatchError(path, f"{place}: {first['msg']}", remedy=_RESTORE) from None
    except RecursionError:
        raise LockMismatchError(path, "tables stand too deep inside each other", remedy=_RESTORE) from None
    except (OSError, ValueError) as error:
        raise LockMismatchError(path, f"cannot be read: {error}", remedy=_RESTORE) from error
    entries = []
    for table in document.bot:
        entry = LockEntry.model_validate(table.model_dump(exclude={"written_digest"}))
        if entry.digest != table.written_digest:
            raise LockMismatchError(path, f"the entry of {entry.name} was changed by hand", remedy=_RESTORE)
        entries.append(entry)
    instances = []
    for record in document.instance:
        instance = LockedInstance.model_validate(record.model_dump(exclude={"written_digest"}))
        if instance.digest != record.written_digest:
            problem = f"the record of bot instance {instance.name} was changed by hand"
            raise LockMismatchError(path, problem, remedy=_RESTORE)
        instances.append(instance)
    baseline = _baseline(path, document.baseline)
    return LockFile(entries=tuple(entries), instances=tuple(instances), baseline=baseline)


def _baseline(path: Path, table: _BaselineTable | None) -> LockedBaseline | None:
    if table is None:
        return None
    baseline = LockedBaseline.model_validate(table.model_dump(exclude={"written_digest"}))
    if baseline.digest != table.written_digest:
        raise LockMismatchError(path, "the entry of the baseline was changed by hand", remedy=_RESTORE)
    return baseline


def _read(path: Path) -> str:
    """The text of the file.

    Raises:
        OSError: there is none, or it cannot be read.
        ValueError: it is no regular file (a pipe would never end), too large, or no UTF-8.
    """
    if not stat.S_ISREG(path.stat().st_mode):
        raise ValueError("it is no regular file")
    with path.open("rb") as stream:
        data = stream.read(_LARGEST + 1)
    if len(data) > _LARGEST:
        raise ValueError(f"it is larger than {_LARGEST // 1024 // 1024} MiB")
    return data.decode("utf-8")


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
    remove_abandoned(path)
    return True


def _text(lock: LockFile) -> str:
    import tomlkit  # 30 ms that only an installation needs

    document = tomlkit.document()
    for line in _HEADER:
        document.add(tomlkit.comment(line))
    document["lock_version"] = _VERSION_WITH_REGISTRY if lock.needs_version_3 else _VERSION
    if lock.baseline is not None:
        table = tomlkit.item(
            lock.baseline.model_dump(exclude_defaults=True) | {"digest": lock.baseline.digest}
        )
        document["baseline"] = table
    bots = tomlkit.aot()
    for entry in lock.entries:
        optional = {"schema_sha256", *_ORIGIN}
        written_without = {"packages"} | {name for name in optional if not getattr(entry, name)}
        table = tomlkit.item(entry.model_dump(exclude=written_without) | {"digest": entry.digest})
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
    if lock.instances:
        document["instance"] = _instances(lock.instances)
    return tomlkit.dumps(document)


def _instances(records: Sequence[LockedInstance]) -> "AoT":
    import tomlkit

    instances = tomlkit.aot()
    for record in records:
        table = tomlkit.item(record.model_dump(exclude={"leaf", "block"}) | {"digest": record.digest})
        for name, rows in (("leaf", record.leaf), ("block", record.block)):
            if rows:
                written = tomlkit.aot()
                for row in rows:
                    written.append(tomlkit.item(row.model_dump()))
                table[name] = written
        instances.append(table)
    return instances
