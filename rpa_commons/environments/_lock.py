"""``rpac.lock``: each bot's and connector's wheel, the packages beside it, what each instance was set to.

Rules this module keeps: the file holds no path of a machine and no value of a setting; equal contents give
equal bytes; each entry carries a digest over itself, so that an edit or a bad merge is noticed; it is
replaced in one step; version 1, which had no instances, 2, which knew no registry, and 3, which knew no
connector wheels, are still read.

Usage::

    lock = read_lock(folder)
    lock.entry("welcome-letters").sha256
"""

import functools
import stat
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeVar

from pydantic import Field, ValidationError

from rpa_commons.config.documents import remove_abandoned, replace_file

from ._errors import LockMismatchError
from ._lock_data import (
    LATER,
    Locked,
    LockedBaseline,
    LockedBlock,
    LockedConnector,
    LockedInstance,
    LockedLeaf,
    LockedPackage,
    LockEntry,
    LockFile,
    said,
)

if TYPE_CHECKING:
    from tomlkit.items import AoT

__all__ = [
    "LOCK_NAME",
    "LockEntry",
    "LockFile",
    "LockedBaseline",
    "LockedBlock",
    "LockedConnector",
    "LockedInstance",
    "LockedLeaf",
    "LockedPackage",
    "read_lock",
    "write_lock",
]

_KeptT = TypeVar("_KeptT", LockEntry, LockedInstance, LockedBaseline, LockedConnector)

LOCK_NAME = "rpac.lock"
_VERSION = 2
_VERSION_WITH_REGISTRY = 3  # written only where it is needed, so that older readers read the rest
_VERSION_WITH_CONNECTORS = 4  # the same
_LARGEST = 8 * 1024 * 1024
"""Bytes; an entry is some 50 KiB, most of it digests of packages."""
_RESTORE = "restore the file from version control, or remove it and `rpac install` the bots' wheels again"
_HEADER = (
    "Written by `rpac install` and `rpac upgrade`; do not edit.",
    "Keep it under version control: it makes installs reproducible.",
)


class _BotTable(LockEntry):
    written_digest: str = Field(alias="digest")


class _InstanceTable(LockedInstance):
    written_digest: str = Field(alias="digest")


class _BaselineTable(LockedBaseline):
    written_digest: str = Field(alias="digest")


class _ConnectorTable(LockedConnector):
    written_digest: str = Field(alias="digest")


_Table = _BotTable | _InstanceTable | _BaselineTable | _ConnectorTable


class _Document(Locked):
    lock_version: Literal[1, 2, 3, 4]
    baseline: _BaselineTable | None = None
    connector: tuple[_ConnectorTable, ...] = ()
    bot: tuple[_BotTable, ...] = ()
    instance: tuple[_InstanceTable, ...] = ()


def read_lock(folder: Path) -> LockFile:
    """Read a municipality's lock; an empty one when there is no file.

    Raises:
        LockMismatchError: the file cannot be read, is of another version, or was changed by hand.
    """
    path = folder / LOCK_NAME
    try:
        text = _read(path)
    except FileNotFoundError:
        return LockFile()
    except (OSError, ValueError) as error:
        raise LockMismatchError(path, f"cannot be read: {error}", remedy=_RESTORE) from error
    return _parsed(path, text)


@functools.lru_cache(maxsize=4)  # a command asks some five times, and the digests of packages are long
def _parsed(path: Path, text: str) -> LockFile:
    try:
        document = _Document.model_validate(tomllib.loads(text))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise LockMismatchError(path, f"{place}: {first['msg']}", remedy=_RESTORE) from None
    except RecursionError:
        raise LockMismatchError(path, "tables stand too deep inside each other", remedy=_RESTORE) from None
    except ValueError as error:
        raise LockMismatchError(path, f"cannot be read: {error}", remedy=_RESTORE) from error
    bots = [_kept(path, one, LockEntry, f"the entry of {one.name}") for one in document.bot]
    instances = [
        _kept(path, one, LockedInstance, f"the record of bot instance {one.name}")
        for one in document.instance
    ]
    connectors = [
        _kept(path, one, LockedConnector, f"the entry of connector {one.name}") for one in document.connector
    ]
    baseline = document.baseline and _kept(
        path, document.baseline, LockedBaseline, "the entry of the baseline"
    )
    return LockFile(
        entries=tuple(bots), instances=tuple(instances), baseline=baseline, connectors=tuple(connectors)
    )


def _kept(path: Path, table: _Table, kind: type[_KeptT], what: str) -> _KeptT:
    """What a table says, where its digest is the one that was written with it."""
    found = kind.model_validate(table.model_dump(exclude={"written_digest"}))
    if found.digest != table.written_digest:
        raise LockMismatchError(path, f"{what} was changed by hand", remedy=_RESTORE)
    return found


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
    document["lock_version"] = _version_of(lock)
    if lock.baseline is not None:
        table = tomlkit.item(
            lock.baseline.model_dump(exclude_defaults=True) | {"digest": lock.baseline.digest}
        )
        document["baseline"] = table
    if lock.connectors:
        connectors = tomlkit.aot()
        for one in lock.connectors:
            connectors.append(tomlkit.item(one.model_dump(exclude_defaults=True) | {"digest": one.digest}))
        document["connector"] = connectors
    bots = tomlkit.aot()
    for entry in lock.entries:
        optional = {"schema_sha256", *LATER}
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


def _version_of(lock: LockFile) -> int:
    if lock.needs_version_4:
        return _VERSION_WITH_CONNECTORS
    return _VERSION_WITH_REGISTRY if lock.needs_version_3 else _VERSION


def _instances(records: Sequence[LockedInstance]) -> "AoT":
    import tomlkit

    instances = tomlkit.aot()
    for record in records:
        shown = said(record.model_dump(exclude={"leaf", "block"}))
        table = tomlkit.item(shown | {"digest": record.digest})
        for name, rows in (("leaf", record.leaf), ("block", record.block)):
            if rows:
                written = tomlkit.aot()
                for row in rows:
                    written.append(tomlkit.item(row.model_dump()))
                table[name] = written
        instances.append(table)
    return instances
