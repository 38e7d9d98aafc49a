"""Pages in memory, as fresh as the database.

Rules this module keeps: nothing is read twice while nothing changed; a change of another process is seen by
the next request on SQLite (``PRAGMA data_version``) and within a quarter of a second on PostgreSQL; memory is
bounded. Threads may share it: what one of them loads while another one forgets goes into what was dropped,
so a page that is older than the look is never kept.

Usage::

    store = PageStore(database)
    store.refresh()
    page = store.get("certified/simple/welcome-letters/index.json")
"""

import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

import sqlalchemy as sa

from rpa_registry import db
from rpa_registry.catalogue import PUBLIC, is_served
from rpa_registry.db import Database

__all__ = ["Page", "PageStore", "ServedFile"]

_POLL = 0.25  # seconds between looks at a database that cannot say cheaply whether it changed
_MOST_BYTES = 256 * 1024 * 1024  # of bodies in memory; a cooperation's pages are a tenth of it
_OVERHEAD = 500  # bytes a remembered path costs besides; also one that is not there


@dataclass(frozen=True)
class Page:
    """One rendered page."""

    path: str
    media_type: str
    body: bytes
    etag: str
    modified: str
    """As ``Last-Modified`` says it."""


@dataclass(frozen=True)
class ServedFile:
    """What the registry knows of one wheel's address."""

    sha256: str
    filename: str
    size: int
    metadata_size: int
    withheld: str | None
    """Why it is withheld; ``None`` when it is not."""
    public: bool
    """Whether it was published."""


class PageStore:
    """Reads pages and the addresses of files; remembers them until something changed.

    Attributes:
        generation: Another number each time what is remembered was dropped.
    """

    def __init__(self, database: Database) -> None:
        self.generation = 0
        self._database = database
        self._pages: dict[str, Page | None] = {}
        self._files: dict[str, ServedFile | None] = {}
        self._bytes = 0
        self._version: object = None
        self._stamp = ""
        self._next_look = 0.0
        self._looking = threading.Lock()
        self._raw: Any = None  # SQLite's own connection: SQLAlchemy's would cost ten times the question

    @property
    def is_cheap(self) -> bool:
        """Whether a look takes microseconds, so that a server may do it in its event loop."""
        return self._database.is_sqlite

    @property
    def is_fresh(self) -> bool:
        """Whether :meth:`refresh` would not even look."""
        return time.monotonic() < self._next_look

    def refresh(self) -> None:
        """Forget what is remembered when something changed since.

        Raises:
            StorageError: the database cannot be reached.
        """
        if self._database.is_sqlite:
            version = self._open().execute("PRAGMA data_version").fetchone()[0]
            if version == self._version:
                return
            self._version = version
        else:
            if self.is_fresh:
                return
            self._next_look = time.monotonic() + _POLL
        self._look()

    def get(self, path: str) -> Page | None:
        """The page at a path of the table, or ``None``.

        Raises:
            StorageError: the database cannot be reached.
        """
        pages = self._pages  # before the database is asked: see the module's rules
        try:
            return pages[path]
        except KeyError:
            pass
        pages[path] = page = self._load(path)
        self._bytes += (len(page.body) if page else 0) + len(path) + _OVERHEAD
        if self._bytes > _MOST_BYTES:
            self._forget()
        return page

    def file(self, sha256: str) -> ServedFile | None:
        """The wheel of a digest, or ``None``.

        Raises:
            StorageError: the database cannot be reached.
        """
        files = self._files  # as above
        try:
            return files[sha256]
        except KeyError:
            pass
        if len(files) > 100_000:  # noqa: PLR2004 - addresses that were guessed, for the most part
            files.clear()
        files[sha256] = found = self._load_file(sha256)
        return found

    def close(self) -> None:
        """Give the connection back."""
        if self._raw is not None:
            self._raw.close()
            self._raw = None

    def _open(self) -> Any:  # noqa: ANN401 - the driver's own connection
        if self._raw is None:
            self._raw = self._database.engine.raw_connection()
        return self._raw.driver_connection

    def _look(self) -> None:
        query = sa.select(db.meta.c.value).where(db.meta.c.key == "pages")
        with self._looking, self._database.read() as connection:
            stamp = str(connection.scalar(query) or "")
            if stamp != self._stamp:
                self._stamp = stamp
                self._forget()

    def _forget(self) -> None:
        self._pages = {}
        self._files = {}
        self._bytes = 0
        self.generation += 1

    def _load(self, path: str) -> Page | None:
        table = db.pages
        query = sa.select(table.c.media_type, table.c.body, table.c.etag, table.c.rendered)
        with self._database.read() as connection:
            row = connection.execute(query.where(table.c.path == path)).one_or_none()
        if row is None:
            return None
        rendered = datetime.strptime(row.rendered, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
        modified = format_datetime(rendered, usegmt=True)
        return Page(path, row.media_type, bytes(row.body), row.etag, modified)

    def _load_file(self, sha256: str) -> ServedFile | None:
        files, releases = db.files, db.releases
        query = (
            sa.select(
                files.c.filename,
                files.c.size,
                sa.func.length(files.c.metadata).label("metadata_size"),
                releases.c.state,
                releases.c.quarantined,
                releases.c.advisory,
                db.projects.c.status,
                db.projects.c.status_reason,
            )
            .select_from(files)
            .join(releases)
            .join(db.projects)
            .where(files.c.sha256 == sha256)
        )
        with self._database.read() as connection:
            row = connection.execute(query).one_or_none()
        if row is None:
            return None
        return ServedFile(
            sha256, row.filename, row.size, row.metadata_size, _withheld(row), row.state in PUBLIC
        )


def _withheld(row: Any) -> str | None:  # noqa: ANN401 - a row of SQLAlchemy
    """Why nobody gets a wheel: its own advisory, else its project's quarantine."""
    if row.quarantined:
        return f"advisory {row.advisory or 'to follow'}"
    if is_served(PUBLIC[0], row.quarantined, row.status):
        return None
    return f"its project is, because: {row.status_reason}"
