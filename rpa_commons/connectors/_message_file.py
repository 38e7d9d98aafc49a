"""A connector's own SQLite file, for messages that may be acknowledged once they are on the disk.

Rules this module keeps: what a transaction wrote is on the disk when it ends (rollback journal,
``synchronous = EXTRA``); the file is the owner's alone (0600 in a folder 0700; on Windows the folder's
permissions guard, untested there); its schema has a version, an older one is migrated and a newer one
refused; an error quotes SQLite's words, which may name a statement but never a value.

The rollback journal and not the write-ahead log, because a plan reads the file and must leave nothing there.

Usage::

    file = MessageFile.open("sf1461", path, MIGRATIONS)
    with file.transaction():
        file.run("INSERT INTO messages (key) VALUES (?)", (key,))
"""

import contextlib
import os
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Self

from rpa_commons.capabilities import RpaCommonsError, TransientError

__all__ = ["MessageFile", "StoreError", "StoreTooNewError"]

_WAIT = 30.0  # seconds for another process's transaction


class StoreError(TransientError):
    """The store cannot be used now; no message is acknowledged that is not in it.

    Attributes:
        path: The file.
    """

    def __init__(self, system: str, path: Path, problem: str) -> None:
        super().__init__(
            system,
            f"the store {path} cannot be used: {problem}",
            sent="maybe",
            remedy="the store must lie on a local disk with free space, and be readable for this user",
        )
        self.path = path


class StoreTooNewError(RpaCommonsError):
    """The store was written by a newer release.

    Attributes:
        path: The file.
        version: Of its schema.
    """

    def __init__(self, system: str, path: Path, version: int, known: int) -> None:
        super().__init__(
            f"{system}: the store {path} has version {version}; this release reads up to {known}",
            remedy="upgrade rpa-commons in every bot instance of the municipality; nothing was changed",
        )
        self.path = path
        self.version = version


class MessageFile:
    """One open file. One thread at a time; any number of processes."""

    def __init__(
        self, system: str, path: Path, database: sqlite3.Connection, migrations: Sequence[str]
    ) -> None:
        self._system, self._path = system, path
        self._database, self._migrations = database, migrations
        try:
            self._migrate()
        except BaseException:
            database.close()
            raise

    @classmethod
    def open(cls, system: str, path: Path, migrations: Sequence[str]) -> Self:
        """Open or create the file.

        Args:
            system: The connector's name; begins every error text.
            path: The file.
            migrations: Statements that lead from each version of the schema to the next, from nothing on.

        Raises:
            StoreTooNewError: a newer release wrote it.
            StoreError: it cannot be used.
        """
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with contextlib.suppress(FileExistsError):
                os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
        except OSError as error:
            raise StoreError(system, path, error.strerror or "it cannot be made") from None
        with _ours(system, path):
            database = sqlite3.connect(path, timeout=_WAIT, isolation_level=None)
        return cls(system, path, database, migrations)

    @classmethod
    def copy_of(cls, system: str, path: Path, migrations: Sequence[str]) -> Self:
        """A copy in memory, for a plan: it may be written to and is forgotten; the file stays untouched.

        A file that is not there is an empty copy.

        Raises:
            StoreTooNewError, StoreError: as :meth:`open`.
        """
        with _ours(system, path), contextlib.ExitStack() as stack:
            database = sqlite3.connect(":memory:", isolation_level=None)
            stack.callback(database.close)
            if path.exists():
                source = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", timeout=_WAIT, uri=True)
                with contextlib.closing(source):
                    source.backup(database)
            stack.pop_all()
        return cls(system, path, database, migrations)

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """All that is run inside is kept, and on the disk at the end, or nothing is.

        Raises:
            StoreError: nothing is kept.
        """
        with _ours(self._system, self._path):
            self._database.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._database.execute("COMMIT")
            except BaseException:
                if self._database.in_transaction:
                    self._database.execute("ROLLBACK")
                raise

    def run(self, statement: str, values: Sequence[str | bytes | None] = ()) -> None:
        """Run one statement inside a transaction."""
        self._database.execute(statement, values)

    def all(self, statement: str, values: Sequence[str] = ()) -> list[Any]:
        """The rows that a query gives.

        Raises:
            StoreError: the file cannot be read.
        """
        with _ours(self._system, self._path):
            return self._database.execute(statement, values).fetchall()

    def _migrate(self) -> None:
        newest = len(self._migrations)
        if self._version() > newest:
            raise StoreTooNewError(self._system, self._path, self._version(), newest)
        with _ours(self._system, self._path):
            self._database.execute("PRAGMA synchronous = EXTRA")
            self._database.execute("PRAGMA secure_delete = ON")
        if self._version() == newest:
            return
        with self.transaction():
            for number in range(self._version(), newest):  # asked again, now under the lock
                for statement in filter(str.strip, self._migrations[number].split(";")):
                    self.run(statement)
                self.run(f"PRAGMA user_version = {number + 1}")

    def _version(self) -> int:
        (row,) = self.all("PRAGMA user_version")
        return int(row[0])


@contextlib.contextmanager
def _ours(system: str, path: Path) -> Iterator[None]:
    """SQLite's errors as ours."""
    try:
        yield
    except sqlite3.Error as error:
        raise StoreError(system, path, f"SQLite says {error}") from None
