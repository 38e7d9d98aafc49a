"""Restoring a backup, verified before it can be seen.

Rules this module keeps: a folder that holds anything is never restored into, nor a database with a registry
in it; everything is unpacked beside the folder, checked (each member's hash, the log's chain against what the
backup noted, a file for every release) and gets its name last; what a crash leaves beside it is removed by
the next try.

Usage::

    restore(Path("registry.zip"), Path("/srv/registry"))
    restore(Path("registry.zip"), Path("/srv/registry"), database="postgresql+psycopg://registry@db/registry")
"""

import hashlib
import os
import re
import shutil
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePath
from typing import Any

import filelock
import sqlalchemy as sa
from alembic.runtime.migration import MigrationContext

from rpa_registry import db, pages
from rpa_registry.blobs import FolderBlobStore
from rpa_registry.errors import StorageError
from rpa_registry.log import verify_log
from rpa_registry.settings import SETTINGS_NAME, Settings, load_settings

from ._archive import SETTINGS_MEMBER, ArchiveError, BackupInfo, decoded, read_info, table_member
from ._backup import TABLES

__all__ = ["restore"]

_CHUNK = 1024 * 1024
_ROWS = 500


def restore(path: Path, folder: Path, *, database: str | None = None) -> BackupInfo:
    """Make a registry from a backup.

    Args:
        path: The archive.
        folder: Where the registry is to be; must be new or empty.
        database: SQLAlchemy URL, empty for SQLite in the data folder; ``None``: as the backup's settings say.

    Returns:
        What the backup says of itself, all of it checked.

    Raises:
        ArchiveError: it is no backup, or damaged; or folder or database hold something.
        StorageError: no room, or the database cannot be reached.
    """
    folder = folder.absolute()
    _check_empty(path, folder)
    draft = folder.with_name(f".{folder.name}.restoring")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with filelock.FileLock(f"{draft}.lock", timeout=0):
            try:
                info = _restored(path, draft, folder, database)
            finally:
                shutil.rmtree(draft, ignore_errors=True)
                if (
                    os.name == "posix"
                ):  # elsewhere a file that is locked cannot be removed, and nobody minds it
                    Path(f"{draft}.lock").unlink(missing_ok=True)
    except filelock.Timeout:
        raise ArchiveError(
            path, f"another restore into {folder} is under way", remedy="wait for it"
        ) from None
    except OSError as error:
        raise StorageError(
            f"{folder}: cannot be written: {error.strerror or error}; nothing was restored",
            remedy="make room or name another folder, then do it again",
        ) from error
    return info


def _check_empty(path: Path, folder: Path) -> None:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ArchiveError(
            path, f"{folder} holds something already", remedy="name a new folder; nothing is overwritten"
        )


def _restored(path: Path, draft: Path, folder: Path, database: str | None) -> BackupInfo:
    shutil.rmtree(draft, ignore_errors=True)  # of a restore that was killed
    draft.mkdir()
    if os.name == "posix":
        draft.chmod(0o700)
    try:
        archive = zipfile.ZipFile(path)
    except (OSError, zipfile.BadZipFile) as error:
        raise ArchiveError(path, f"it is no archive: {error}") from error
    with archive:
        info = read_info(archive, path)
        settings = _settings(archive, path, info, draft, database)
        _unpack(archive, path, info, settings)
        _fill(archive, path, info, settings, folder)
    return info


def _settings(
    archive: zipfile.ZipFile, path: Path, info: BackupInfo, draft: Path, database: str | None
) -> Settings:
    text = b"".join(_chunks(archive, path, info, SETTINGS_MEMBER)).decode()
    values = tomllib.loads(text)
    if database is not None:
        text = _with_value(text, "database", database)
    data = PurePath(str(values.get("data", "data")))
    if data.is_absolute() or ".." in data.parts:
        text = _with_value(text, "data", "data")  # never into the folder of the registry it was made from
    (draft / SETTINGS_NAME).write_text(text, encoding="utf-8")
    return load_settings(draft)


def _with_value(text: str, key: str, value: str) -> str:
    """The settings with another value of a key at the top."""
    if '"' in value or "\\" in value or not value.isprintable():
        raise StorageError(f"{key} cannot be {value!r}", remedy="write it into registry.toml by hand")
    rest = re.sub(rf"(?m)^{key}\s*=.*\n?", "", text)
    return f'{key} = "{value}"\n{rest}'


def _unpack(archive: zipfile.ZipFile, path: Path, info: BackupInfo, settings: Settings) -> None:
    """Put the wheels into their places, each checked."""
    for name in info.members:
        if not name.startswith("files/"):
            continue
        target = settings.data_dir / name
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("xb") as stream:
            for chunk in _chunks(archive, path, info, name):
                stream.write(chunk)
            stream.flush()
            os.fsync(stream.fileno())
        if name.endswith(".whl") and info.members[name] != target.parent.name:
            raise ArchiveError(path, f"{name} is another file than its name says")


def _chunks(archive: zipfile.ZipFile, path: Path, info: BackupInfo, name: str) -> Iterator[bytes]:
    """A member's bytes; at their end the hash must be the list's."""
    digest = hashlib.sha256()
    try:
        with archive.open(name) as stream:
            while chunk := stream.read(_CHUNK):
                digest.update(chunk)
                yield chunk
    except (zipfile.BadZipFile, EOFError, ValueError, NotImplementedError) as error:
        raise ArchiveError(path, f"{name} is damaged: {error}") from error
    if digest.hexdigest() != info.members.get(name):
        raise ArchiveError(path, f"{name} is damaged: its hash is another than the list says")


def _fill(archive: zipfile.ZipFile, path: Path, info: BackupInfo, settings: Settings, folder: Path) -> None:
    """The database, in one transaction whose last act gives the folder its name."""
    database = db.Database.create(settings)
    try:
        with database.write() as connection:
            _check_database(connection, path, info)
            for table in TABLES:
                _load(archive, path, info, connection, table)
            if not database.is_sqlite:
                _advance(connection)
            _check(connection, path, info, settings)
            pages.rebuild_all(connection, settings)
            if not database.is_sqlite:
                _name(settings.folder, folder)
    except BaseException:
        if not database.is_sqlite and folder.exists() and not settings.folder.exists():
            folder.rename(settings.folder)  # the commit failed: no folder without its database
        raise
    finally:
        database.close()
    if database.is_sqlite:
        _name(settings.folder, folder)


def _name(draft: Path, folder: Path) -> None:
    if folder.exists():
        folder.rmdir()  # it was empty; when it no longer is, this says so
    draft.rename(folder)


def _check_database(connection: sa.Connection, path: Path, info: BackupInfo) -> None:
    schema = MigrationContext.configure(connection).get_current_revision() or ""
    if schema != info.schema:
        raise ArchiveError(
            path,
            f"its database has the schema {info.schema}, this program makes {schema}",
            remedy="restore it with the version of this program that made it, then `rpac-registry migrate`",
        )
    for table in (db.members, db.log):
        if connection.scalar(sa.select(sa.func.count()).select_from(table)):
            raise ArchiveError(
                path,
                "the database holds a registry already",
                remedy="name an empty one with --database, or none for SQLite in the folder",
            )


def _load(
    archive: zipfile.ZipFile, path: Path, info: BackupInfo, connection: sa.Connection, table: sa.Table
) -> None:
    connection.execute(sa.delete(table))  # what the schema's versions put there, such as the first counters
    count = 0
    batch: list[dict[str, Any]] = []
    for line in _lines(_chunks(archive, path, info, table_member(table.name))):
        try:
            batch.append(decoded(line))
        except (ValueError, TypeError, KeyError) as error:
            raise ArchiveError(path, f"a row of {table.name} cannot be read: {error}") from error
        count += 1
        if len(batch) == _ROWS:
            connection.execute(sa.insert(table), batch)
            batch = []
    if batch:
        connection.execute(sa.insert(table), batch)
    if count != info.rows.get(table.name):
        raise ArchiveError(path, f"{table.name} has {count} rows, the list says {info.rows.get(table.name)}")


def _lines(chunks: Iterator[bytes]) -> Iterator[bytes]:
    rest = b""
    for chunk in chunks:
        *whole, rest = (rest + chunk).split(b"\n")
        yield from whole
    if rest:
        yield rest


def _advance(connection: sa.Connection) -> None:
    """Let PostgreSQL's sequences go on behind the numbers that are taken."""
    for table in TABLES:
        column = table.c.get("id")
        if column is not None and isinstance(column.type, sa.Integer):
            highest = connection.scalar(sa.select(sa.func.max(column)))
            if highest:
                connection.execute(
                    sa.text("SELECT setval(pg_get_serial_sequence(:name, 'id'), :highest)"),
                    {"name": table.name, "highest": highest},
                )


def _check(connection: sa.Connection, path: Path, info: BackupInfo, settings: Settings) -> None:
    found = verify_log(connection)
    if found.problems:
        raise ArchiveError(path, f"the log's chain is broken: {found.problems[0]}")
    if (found.count, found.head) != (info.log_count, info.log_head):
        raise ArchiveError(path, "its log is another than the list says")
    store = FolderBlobStore(settings.data_dir / "files")
    for row in connection.execute(sa.select(db.files.c.sha256, db.files.c.filename)):
        wheel = store.path(row.sha256, row.filename)
        if not wheel.is_file() or not wheel.with_name(f"{row.filename}.metadata").is_file():
            raise ArchiveError(path, f"it holds no file for the release of {row.filename}")
