"""The SQLite file: its schema, and transactions on it.

Rules this module keeps: a connection lives as long as one call, so a share that comes back is used again; a
writer takes the lock at once and holds it until it has committed; a rollback journal and no WAL, because
a WAL needs shared memory, which a share has not; the file is bound to its folder by an id in both, so that an
empty mount point is never taken for a new store.
"""

import contextlib
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from rpa_commons.connectors._durable import make_folder, write_whole
from rpa_commons.connectors._folder import OURS, Sent, refuse_missing

from ._errors import CaseFolderError, database_failure

__all__ = ["VERSION", "Database"]

VERSION = 1
_APPLICATION = 0x52504143  # "RPAC", in the file's header
_OLDEST = (3, 37, 0)  # strict tables: what is changed by hand keeps its type
_MODE = 0o600  # titles, parties and notes are in it
_SCHEMA = """
CREATE TABLE store (id TEXT NOT NULL) STRICT;
CREATE TABLE numbers (year INTEGER PRIMARY KEY, last INTEGER NOT NULL) STRICT;
CREATE TABLE cases (
    id TEXT PRIMARY KEY, number TEXT NOT NULL UNIQUE, title TEXT NOT NULL, status TEXT NOT NULL,
    kle TEXT NOT NULL, facet TEXT NOT NULL, confidentiality TEXT NOT NULL, opened_on TEXT NOT NULL,
    unit TEXT NOT NULL, person TEXT NOT NULL) STRICT;
CREATE INDEX cases_by_title ON cases (title);
CREATE TABLE parties (
    case_id TEXT NOT NULL REFERENCES cases (id), position INTEGER NOT NULL, kind TEXT NOT NULL,
    id TEXT NOT NULL, name TEXT NOT NULL, role TEXT NOT NULL, PRIMARY KEY (case_id, position)) STRICT;
CREATE INDEX parties_by_id ON parties (kind, id);
CREATE TABLE documents (
    id TEXT PRIMARY KEY, case_id TEXT NOT NULL REFERENCES cases (id), position INTEGER NOT NULL,
    file TEXT NOT NULL, title TEXT NOT NULL, file_name TEXT NOT NULL, direction TEXT NOT NULL,
    dated TEXT NOT NULL, confidentiality TEXT NOT NULL, description TEXT NOT NULL, final INTEGER NOT NULL,
    size INTEGER NOT NULL, sha256 TEXT NOT NULL, UNIQUE (case_id, file)) STRICT;
CREATE TABLE tasks (
    id TEXT PRIMARY KEY, case_id TEXT NOT NULL REFERENCES cases (id), title TEXT NOT NULL,
    description TEXT NOT NULL, status TEXT NOT NULL, deadline TEXT, unit TEXT NOT NULL,
    person TEXT NOT NULL, created_at TEXT NOT NULL, done_at TEXT) STRICT;
CREATE INDEX tasks_by_case ON tasks (case_id);
CREATE TABLE notes (
    id TEXT PRIMARY KEY, case_id TEXT NOT NULL REFERENCES cases (id), title TEXT NOT NULL,
    text TEXT NOT NULL, final INTEGER NOT NULL, written_at TEXT NOT NULL) STRICT;
CREATE INDEX notes_by_case ON notes (case_id);
CREATE TABLE effects (
    id TEXT PRIMARY KEY, method TEXT NOT NULL, case_id TEXT NOT NULL REFERENCES cases (id),
    target TEXT NOT NULL, accepted_at TEXT NOT NULL) STRICT;
"""


class Database:
    """The file and its folder; safe for several threads and processes of one machine."""

    def __init__(self, system: str, folder: Path, path: Path, *, wait: float, memory: Path | None) -> None:
        """Touch nothing yet.

        Args:
            system: The connector's name.
            folder: The folder of the cases.
            path: The SQLite file.
            wait: How long to wait for another writer, in seconds.
            memory: Where it is remembered which store belongs to this folder; ``None``: nowhere.
        """
        self._system = system
        self._folder = folder
        self._path = path
        self._wait = wait
        self._memory = memory

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection | None]:
        """One consistent view of the file; ``None`` where no case was ever opened.

        Raises:
            CaseFolderError: it cannot be read now, or belongs to another folder or a newer release.
        """
        with self._translated():
            if not self._there():
                yield None
                return
            with self._connected() as connection:
                connection.execute("BEGIN")
                if self._version(connection):
                    self._refuse_stranger(connection)
                    yield connection
                else:
                    yield None

    @contextmanager
    def writing(self, *, sent: Sent = "no") -> Iterator[sqlite3.Connection]:
        """A transaction that no other writer is beside; committed at the end, undone after an error.

        Args:
            sent: What an error says of the effect that asks for it: ``"maybe"`` once it is committed.

        Raises:
            CaseFolderError: as for :meth:`reading`, or the disk is full or cannot be written.
        """
        with self._translated(sent):
            self._refuse_old_library()
            self._there()
            self._prepare()
            with self._connected() as connection:
                connection.execute("BEGIN IMMEDIATE")
                if not self._version(connection):
                    self._create(connection)
                self._refuse_stranger(connection)
                self._bind(connection)
                try:
                    yield connection
                except BaseException:
                    with contextlib.suppress(sqlite3.Error):  # what failed is the news
                        connection.execute("ROLLBACK")
                    raise
                self._commit(connection)

    @contextmanager
    def _translated(self, sent: Sent = "no") -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            failure = database_failure(self._system, self._path, error, sent=sent)
        except OSError as error:
            failure = CaseFolderError.of(self._system, self._folder, error, sent=sent)
        else:
            return
        raise failure from None  # what SQLite said may hold values; nobody prints it

    def _commit(self, connection: sqlite3.Connection) -> None:
        try:
            connection.execute("COMMIT")
        except sqlite3.Error as error:
            failure = database_failure(self._system, self._path, error, sent="maybe")
            with contextlib.suppress(sqlite3.Error):
                connection.execute("ROLLBACK")
        else:
            return
        raise failure

    def _refuse_old_library(self) -> None:
        if sqlite3.sqlite_version_info < _OLDEST:
            raise CaseFolderError(
                self._system,
                self._path,
                f"this Python has SQLite {sqlite3.sqlite_version}, 3.37 is needed",
                remedy="let uv install the Python that rpac runs in",
            )

    def _there(self) -> bool:
        """Whether the file exists; raises when the folder does not, or is not the one it was."""
        refuse_missing(self._folder)
        there = self._path.exists()
        if not there and self._remembered():
            raise self._stranger("the cases that were here are gone")
        return there

    def _prepare(self) -> None:
        if not self._path.exists():
            make_folder(self._path.parent)  # not what is above it: that would be a share's mount point
            self._path.touch(mode=_MODE)

    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        with closing(
            sqlite3.connect(self._path, timeout=self._wait, isolation_level=None, check_same_thread=False)
        ) as connection:
            connection.row_factory = sqlite3.Row
            connection.execute("PRAGMA synchronous=EXTRA")  # the deletion of the journal is made to last too
            connection.execute("PRAGMA foreign_keys=ON")
            yield connection

    def _version(self, connection: sqlite3.Connection) -> int:
        """The file's schema version; 0 for an empty file."""
        version = int(connection.execute("PRAGMA user_version").fetchone()[0])
        application = int(connection.execute("PRAGMA application_id").fetchone()[0])
        empty = version == 0 and not connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]
        if empty:
            if self._remembered():
                raise self._stranger("the cases that were here are gone")
            return 0
        if application != _APPLICATION:
            raise CaseFolderError(
                self._system, self._path, "it is another program's file", remedy="name another file"
            )
        if version > VERSION:
            raise CaseFolderError(
                self._system,
                self._path,
                f"a newer release wrote it (schema {version}, this one knows {VERSION})",
                remedy="upgrade rpa-commons here to the release that wrote it",
            )
        return version

    def _create(self, connection: sqlite3.Connection) -> None:
        for statement in _SCHEMA.split(";"):
            connection.execute(statement)
        connection.execute("INSERT INTO store VALUES (?)", (secrets.token_hex(16),))
        connection.execute(f"PRAGMA application_id={_APPLICATION}")
        connection.execute(f"PRAGMA user_version={VERSION}")

    def _refuse_stranger(self, connection: sqlite3.Connection) -> None:
        """Refuse a file and a folder that do not belong together."""
        if not _used(connection):
            return
        store = _store(connection)
        if _read(self._mark) != store or self._remembered() not in {"", store}:
            raise self._stranger("the cases in it are not those that the database knows")

    def _bind(self, connection: sqlite3.Connection) -> None:
        """Write the store's id beside the cases and, once there is something to miss, into our memory."""
        store = _store(connection)
        _bind(self._mark, store)
        if self._memory is not None and _used(connection):
            self._memory.parent.mkdir(parents=True, exist_ok=True)
            _bind(self._memory, store)

    @property
    def _mark(self) -> Path:
        return self._folder / OURS / "store"

    def _remembered(self) -> str:
        return "" if self._memory is None else _read(self._memory)

    def _stranger(self, problem: str) -> CaseFolderError:
        remedy = "mount the share it is on, or put folder and database back from one backup"
        if self._remembered():
            remedy += f"; when a new store is meant, remove {self._memory}"
        return CaseFolderError(self._system, self._folder, problem, remedy=remedy)


def _bind(mark: Path, store: str) -> None:
    if _read(mark) != store:
        mark.parent.mkdir(exist_ok=True)
        write_whole(mark, f"{store}\n".encode("ascii"))


def _used(connection: sqlite3.Connection) -> bool:
    return connection.execute("SELECT 1 FROM cases LIMIT 1").fetchone() is not None


def _store(connection: sqlite3.Connection) -> str:
    return str(connection.execute("SELECT id FROM store").fetchone()[0])


def _read(mark: Path) -> str:
    return mark.read_text("ascii", errors="replace").strip() if mark.exists() else ""
