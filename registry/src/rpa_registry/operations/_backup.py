"""Backing up while the registry serves.

Rules this module keeps: all tables are read in one transaction that sees one moment; wheels are copied
afterwards, they never change and are there before any row names them; each is hashed as it is copied, so a
damaged file stops the backup and not the restore; the archive has its name when it is whole and on the disk.

Usage::

    info = backup(registry, Path("/backup/registry.zip"))
    info.log_head  # keep it elsewhere: it tells a log that was cut off
"""

import hashlib
import json
import os
import secrets
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import sqlalchemy as sa
from alembic.runtime.migration import MigrationContext

from rpa_registry import db
from rpa_registry.context import Registry
from rpa_registry.errors import StorageError
from rpa_registry.log import verify_log
from rpa_registry.settings import SETTINGS_NAME

from ._archive import (
    FORMAT,
    LIST_NAME,
    SETTINGS_MEMBER,
    ArchiveError,
    BackupInfo,
    encoded,
    file_member,
    table_member,
)

__all__ = ["TABLES", "backup"]

_DERIVED = frozenset({"pages", "search_entries", "search_facets"})
TABLES = tuple(one for one in db.metadata.sorted_tables if one.name not in _DERIVED)
"""What is backed up, parents before children; pages and the search's index are made anew."""

_CHUNK = 1024 * 1024
_ROWS = 500


def backup(registry: Registry, path: Path) -> BackupInfo:
    """Write a backup.

    Args:
        registry: May be serving.
        path: The archive; must not be there.

    Raises:
        ArchiveError: there is a file of this name.
        StorageError: no room, a wheel is missing or damaged, or the log's chain is broken.
    """
    if path.exists():
        raise ArchiveError(path, "there is a file already", remedy="name a new file; nothing is overwritten")
    draft = path.with_name(f".{path.name}.{secrets.token_hex(6)}.part")
    try:
        with draft.open("xb") as stream:
            with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, allowZip64=True) as archive:
                info = _write(registry, archive)
            stream.flush()
            os.fsync(stream.fileno())
        _put(draft, path)
    except OSError as error:
        raise StorageError(
            f"{path}: cannot be written: {error.strerror or error}; there is no new backup",
            remedy="make room or name another folder, then do it again",
        ) from error
    finally:
        draft.unlink(missing_ok=True)
    return info


def _put(draft: Path, path: Path) -> None:
    """Give the archive its name, unless somebody else was quicker."""
    if os.name == "posix":
        try:
            os.link(draft, path)
        except FileExistsError:
            raise ArchiveError(
                path, "there is a file already", remedy="name a new file; nothing is overwritten"
            ) from None
        handle = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
    else:  # Windows refuses to rename onto an existing file; untested on Windows
        draft.rename(path)


def _write(registry: Registry, archive: zipfile.ZipFile) -> BackupInfo:
    members: dict[str, str] = {}
    settings = (registry.settings.folder / SETTINGS_NAME).read_bytes()
    members[SETTINGS_MEMBER] = _member(archive, SETTINGS_MEMBER, iter([settings]))
    rows: dict[str, int] = {}
    with registry.database.read() as connection:
        made = db.now()
        schema = MigrationContext.configure(connection).get_current_revision() or ""
        check = verify_log(connection)
        if check.problems:
            raise StorageError(
                f"the log's chain is broken, so nothing was backed up: {check.problems[0]}",
                remedy="keep the data folder as it is and look at `rpac-registry verify`",
            )
        for table in TABLES:
            counted = _Counted(connection, table)
            name = table_member(table.name)
            members[name] = _member(archive, name, counted.lines())
            rows[table.name] = counted.count
        files = connection.execute(sa.select(db.files.c.sha256, db.files.c.filename)).all()
    for sha256, filename in files:
        members |= _wheel(registry, archive, sha256, filename)
    info = BackupInfo(
        FORMAT, made, registry.settings.cooperation, schema, check.count, check.head, rows, members
    )
    archive.writestr(LIST_NAME, json.dumps(info.to_json(), indent=1, sort_keys=True, ensure_ascii=False))
    return info


class _Counted:
    def __init__(self, connection: sa.Connection, table: sa.Table) -> None:
        self._connection = connection
        self._table = table
        self.count = 0

    def lines(self) -> Iterator[bytes]:
        query = sa.select(self._table).order_by(*self._table.primary_key.columns)
        result = self._connection.execution_options(yield_per=_ROWS).execute(query)
        for row in result.mappings():
            self.count += 1
            yield encoded(row)


def _wheel(registry: Registry, archive: zipfile.ZipFile, sha256: str, filename: str) -> dict[str, str]:
    path = registry.blobs.path(sha256, filename)
    name = file_member(sha256, filename)
    try:
        with path.open("rb") as stream:
            found = _member(archive, name, _chunks(stream), stored=True)
        metadata = path.with_name(f"{filename}.metadata").read_bytes()
    except FileNotFoundError as error:
        raise StorageError(
            f"{filename} is missing in the data folder ({error.filename}); there is no new backup",
            remedy="`rpac-registry verify` names every missing file; bring them back from an older backup",
        ) from error
    if found != sha256:
        raise StorageError(
            f"{filename} is damaged on the disk; there is no new backup",
            remedy="`rpac-registry verify` names every damaged file; bring them back from an older backup",
        )
    other = f"{name}.metadata"
    return {name: found, other: _member(archive, other, iter([metadata]))}


def _chunks(stream: IO[bytes]) -> Iterator[bytes]:
    while chunk := stream.read(_CHUNK):
        yield chunk


def _member(archive: zipfile.ZipFile, name: str, chunks: Iterator[bytes], *, stored: bool = False) -> str:
    """Write a member; its SHA-256."""
    digest: Any = hashlib.sha256()
    info = zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0))
    info.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
    info.external_attr = 0o600 << 16
    with archive.open(info, "w", force_zip64=True) as target:
        for chunk in chunks:
            digest.update(chunk)
            target.write(chunk)
    return str(digest.hexdigest())
