"""The database: opened, brought to its newest schema, read and written.

Rules this module keeps: a write is one transaction that has the database for itself from its first statement
(``BEGIN IMMEDIATE`` on SQLite, an advisory lock on PostgreSQL), so two coordinators who act at once come one
after the other and the second sees what the first did; a reader never waits for a writer (WAL); a full disk
or a lost connection is one error that says nothing was changed; a text that the database cannot keep (NUL, on
PostgreSQL) is the sender's error, not ours.

Usage::

    database = Database.open(settings)
    with database.write() as connection:
        connection.execute(sa.insert(members).values(...))
"""

import contextlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from rpa_registry.errors import RegistryError, StorageError
from rpa_registry.settings import Settings

from ._tables import meta

__all__ = ["Database", "now"]

_WAIT = 30  # seconds that a writer waits for another one
_ADVISORY_LOCK = 7_276_101_031  # any number, the same in every process of this program


def now() -> str:
    """The time as the tables keep it: UTC, whole seconds, ``2026-11-22T04:33:41Z``."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class Database:
    """One registry's database; safe to share between threads.

    Attributes:
        engine: For what is not written here.
    """

    def __init__(self, engine: sa.Engine) -> None:
        self.engine = engine

    @classmethod
    def open(cls, settings: Settings) -> "Database":
        """Connect; the schema must be there already (:meth:`create` or ``rpac-registry migrate``).

        Raises:
            StorageError: it cannot be reached, or its schema is of another version.
        """
        from ._migrate import check_version

        database = cls(_engine(settings))
        with database.read() as connection:
            check_version(connection)
        return database

    @classmethod
    def unchecked(cls, settings: Settings) -> "Database":
        """Connect to a database of whatever schema, to bring it to this program's."""
        return cls(_engine(settings))

    @classmethod
    def create(cls, settings: Settings) -> "Database":
        """Make the database or bring an older one to this version's schema.

        Raises:
            StorageError: it cannot be reached or written.
        """
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        database = cls(_engine(settings))
        database.migrate()
        return database

    def migrate(
        self, then: Callable[[sa.Connection, str, str], None] = lambda _connection, _before, _after: None
    ) -> tuple[str, str]:
        """Bring the schema to this program's version; the version before and now.

        Args:
            then: Called inside the transaction, with both versions.

        Raises:
            StorageError: it cannot be reached or written.
        """
        from ._migrate import migrate

        with _as_ours(), self.engine.connect() as connection:
            return migrate(connection, lambda before, after: then(connection, before, after))

    @property
    def is_sqlite(self) -> bool:
        """Whether it is a file."""
        return self.engine.dialect.name == "sqlite"

    @contextlib.contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """A connection that sees one state of things.

        Raises:
            StorageError: the database cannot be reached.
        """
        with _as_ours(), self.engine.connect() as connection:
            if self.is_sqlite:
                connection.exec_driver_sql("BEGIN")
            else:
                connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield connection

    @contextlib.contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """A transaction that has the database for itself; whatever is raised inside undoes it.

        Raises:
            StorageError: the database cannot be reached or written.
        """
        with _as_ours(), self.engine.connect() as connection:
            if self.is_sqlite:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            else:
                connection.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADVISORY_LOCK})
            try:
                yield connection
                _count(connection)
                connection.commit()
            except BaseException:
                connection.rollback()
                raise

    def generation(self) -> int:
        """How many writes there were: a server that remembers another number reads its pages anew."""
        with self.read() as connection:
            return int(connection.scalar(sa.select(meta.c.value).where(meta.c.key == "generation")) or 0)

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()


def _count(connection: sa.Connection) -> None:
    value = connection.scalar(sa.select(meta.c.value).where(meta.c.key == "generation"))
    connection.execute(
        sa.update(meta).where(meta.c.key == "generation").values(value=str(int(value or 0) + 1))
    )


def _engine(settings: Settings) -> sa.Engine:
    url = sa.make_url(settings.database_url)
    if url.get_backend_name() != "sqlite":
        return sa.create_engine(url, pool_pre_ping=True)
    Path(url.database or "").parent.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(url, connect_args={"timeout": _WAIT, "check_same_thread": False})

    @sa.event.listens_for(engine, "connect")
    def _set_up(connection: Any, _record: Any) -> None:  # noqa: ANN401 - the driver's own connection
        connection.isolation_level = None  # BEGIN is ours, or SELECTs would not stand in the transaction
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA synchronous = FULL")  # what was answered with 200 survives a power cut
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.close()

    return engine


@contextlib.contextmanager
def _as_ours() -> Iterator[None]:
    try:
        yield
    except (sa.exc.OperationalError, sa.exc.InterfaceError) as error:
        reason = str(error.orig)
        remedy = "make room and check that the database's folder can be written, then do it again"
        raise StorageError(f"the database: {reason}; nothing was changed", remedy=remedy) from error
    except sa.exc.DataError as error:
        raise RegistryError(
            "a text or number that was sent cannot be kept; nothing was changed",
            remedy="leave out control characters and numbers without end",
        ) from error
