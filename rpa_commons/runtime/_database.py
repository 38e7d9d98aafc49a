"""Opening the SQLite files that hold a municipality's state, for writing by a worker.

Rules this module keeps: a file is created in WAL mode with synchronous FULL on a local disk; writers take the
lock at once (BEGIN IMMEDIATE) and wait for each other; a file of another schema version is refused before
anything is written to it.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from ._crypto import Sealer
from ._disks import refuse_network_disk
from ._errors import JournalFailure, StateVersionError
from ._tables import INSTANCE, MUNICIPALITY, SCHEMA_VERSION

__all__ = ["guarded", "instance_folder", "open_instance", "open_municipality_state", "url_of"]

_BUSY_MILLISECONDS = 30_000
_CHECK = "key_check"
_CHECK_TEXT = b"the journal key fits"


def instance_folder(state_dir: Path, instance_id: str) -> Path:
    """Where the state of one bot instance lies."""
    return state_dir / "instances" / instance_id


def url_of(path: Path) -> str:
    """The SQLAlchemy URL of a SQLite file."""
    return f"sqlite:///{path}"


def open_instance(state_dir: Path, instance_id: str, sealer: Sealer, *, threads: int = 1) -> sa.Engine:
    """The engine of an instance's ``state.sqlite``, created when it is not there yet.

    Raises:
        RunRefusedError: ``state_dir`` lies on a network file system.
        StateVersionError: another release wrote the file.
        JournalKeyError: it was written with another key.
        JournalFailure: it cannot be opened or written.
    """
    refuse_network_disk(state_dir)
    path = instance_folder(state_dir, instance_id) / "state.sqlite"
    engine = _open(path, INSTANCE, pool_size=threads + 8)  # besides the lanes: DBOS's own threads
    with _disposed_on_error(engine), guarded():
        _check_key(engine, sealer)
    return engine


def open_municipality_state(state_dir: Path) -> sa.Engine:
    """The engine of ``municipality.sqlite``, created when it is not there yet; raises as above."""
    refuse_network_disk(state_dir)
    return _open(state_dir / "municipality.sqlite", MUNICIPALITY, pool_size=4)


@contextmanager
def guarded() -> Iterator[None]:
    """Turn a database error into the signal that stops the run and is never a case's outcome."""
    try:
        yield
    except (sa.exc.SQLAlchemyError, sqlite3.Error) as error:
        reason = getattr(error, "orig", None) or error
        raise JournalFailure(
            f"the state could not be read or written ({type(reason).__name__}: {reason})"
            if isinstance(reason, sqlite3.Error)
            else f"the state could not be read or written ({type(reason).__name__})"
        ) from error


def _open(path: Path, tables: sa.MetaData, *, pool_size: int) -> sa.Engine:
    path.parent.mkdir(parents=True, exist_ok=True)
    if os.name == "posix":
        path.touch(mode=0o600)
    engine = sa.create_engine(url_of(path), pool_size=pool_size, max_overflow=pool_size)
    sa.event.listen(engine, "connect", _prepare)
    with _disposed_on_error(engine), guarded(), engine.begin() as connection:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        _create_or_check(connection, tables, path)
    return engine


@contextmanager
def _disposed_on_error(engine: sa.Engine) -> Iterator[None]:
    """Close what an engine has opened when it cannot be used after all."""
    try:
        yield
    except BaseException:
        engine.dispose()
        raise


def _prepare(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = "IMMEDIATE"
    connection.execute(f"PRAGMA busy_timeout={_BUSY_MILLISECONDS}")
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")


def _create_or_check(connection: sa.Connection, tables: sa.MetaData, path: Path) -> None:
    meta = tables.tables["rpac_meta"]
    if not sa.inspect(connection).has_table("rpac_meta"):
        tables.create_all(connection)
        connection.execute(meta.insert().values(name="schema_version", value=SCHEMA_VERSION))
        return
    found = connection.execute(sa.select(meta.c.value).where(meta.c.name == "schema_version")).scalar()
    if found != SCHEMA_VERSION:
        raise StateVersionError(path, str(found), SCHEMA_VERSION)
    tables.create_all(connection)  # a table that was added without changing the others


def _check_key(engine: sa.Engine, sealer: Sealer) -> None:
    meta = INSTANCE.tables["rpac_meta"]
    with engine.begin() as connection:
        stored = connection.execute(sa.select(meta.c.value).where(meta.c.name == _CHECK)).scalar()
        if stored is None:
            sealed = sealer.seal(_CHECK_TEXT, _CHECK).hex()
            connection.execute(meta.insert().values(name=_CHECK, value=sealed))
        else:
            sealer.unseal(bytes.fromhex(stored), _CHECK)
