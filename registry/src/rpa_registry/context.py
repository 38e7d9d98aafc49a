"""One opened registry: its settings, database, files and plugins, handed to everything that acts.

Usage::

    registry = Registry.open(Path("/srv/registry"))
    with registry.database.read() as connection:
        identity = registry.authenticate(connection, "__token__", text)
"""

import contextlib
import logging
import os
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pluggy
import sqlalchemy as sa

from .accounts import Identity, RateLimiter, authenticate, operator
from .blobs import BlobStore, FolderBlobStore
from .db import Database, projects
from .errors import SettingsError
from .hooks import Event, load_plugins
from .log import append
from .settings import SETTINGS_NAME, Settings, load_settings, settings_text

__all__ = ["Registry"]

_logger = logging.getLogger("rpa_registry")


@dataclass(frozen=True)
class Registry:
    """Safe to share between threads; :meth:`close` it.

    Attributes:
        upload_rate: Counts the uploads of each token, in this process.
        act_rate: Counts its other writes.
    """

    settings: Settings
    database: Database
    blobs: BlobStore
    plugins: pluggy.PluginManager
    upload_rate: RateLimiter = field(init=False)
    act_rate: RateLimiter = field(init=False)

    def __post_init__(self) -> None:
        limits = self.settings.limits
        object.__setattr__(self, "upload_rate", RateLimiter(limits.uploads_per_minute, "uploads"))
        object.__setattr__(self, "act_rate", RateLimiter(limits.acts_per_minute, "writes"))

    @classmethod
    def open(cls, folder: Path, *, plugins: pluggy.PluginManager | None = None) -> "Registry":
        """Open the registry of a folder.

        Raises:
            SettingsError: there is none, or its ``registry.toml`` cannot be.
            StorageError: its database cannot be reached or has another schema.
        """
        settings = load_settings(folder)
        return cls._of(settings, Database.open(settings), plugins or load_plugins())

    @classmethod
    def create(
        cls,
        folder: Path,
        *,
        cooperation: str,
        country: str,
        database: str = "",
        plugins: pluggy.PluginManager | None = None,
        found: Callable[[sa.Connection, Settings], None] | None = None,
    ) -> "Registry":
        """Make a new registry: the folder, its ``registry.toml``, an empty database.

        Args:
            folder: Where; it may be there already.
            cooperation: Its name.
            country: ``dk``, ``no`` or ``se``.
            database: SQLAlchemy URL; empty for SQLite in the data folder.
            plugins: Instead of those that are installed.
            found: Makes the first members, people and pages; what it raises leaves nothing behind.

        Raises:
            SettingsError: there is a registry in the folder already, or a value cannot be.
            StorageError: the database cannot be made.
        """
        path = folder / SETTINGS_NAME
        if path.exists():
            raise SettingsError(
                f"{path}: there is a registry here already",
                remedy="`rpac-registry migrate` brings its database to this program's schema",
            )
        text = settings_text(cooperation=cooperation, country=country, database=database)
        settings = load_settings(folder, text=text)
        with _undone_if_refused(settings):
            folder.mkdir(parents=True, exist_ok=True)
            opened = Database.create(settings)
            try:
                if found is not None:
                    with opened.write() as connection:
                        found(connection, settings)
                _write(path, text)  # last: a folder without the file is no registry, and init may be repeated
            except BaseException:
                opened.close()
                raise
        return cls._of(settings, opened, plugins or load_plugins())

    @classmethod
    def migrate(cls, folder: Path) -> tuple[str, str]:
        """Bring the database of a folder's registry to this program's schema.

        Returns:
            The version before (empty: there was no schema) and now.

        Raises:
            SettingsError: there is no registry.
            StorageError: the database cannot be reached or written.
        """
        database = Database.unchecked(load_settings(folder))
        try:
            return database.migrate(_log_migration)
        finally:
            database.close()

    @classmethod
    def _of(cls, settings: Settings, database: Database, plugins: pluggy.PluginManager) -> "Registry":
        blobs: BlobStore | None = plugins.hook.rpa_registry_blob_store(settings=settings)
        return cls(settings, database, blobs or FolderBlobStore(settings.data_dir / "files"), plugins)

    def authenticate(self, connection: sa.Connection, username: str, password: str) -> Identity:
        """Who sent these: a token of this registry, or whom a plugin knows.

        Raises:
            LoginError: nobody, or somebody who may no longer.
        """
        return authenticate(connection, password, username=username, plugins=self.plugins)

    def notify(self, event: Event) -> None:
        """Tell the plugins about an act that was done; one that fails is logged and changes nothing."""
        try:
            self.plugins.hook.rpa_registry_notify(event=event)
        except Exception:
            _logger.exception("a plugin could not tell about %s of %s", event.act, event.subject)

    def close(self) -> None:
        """Give the database's connections back."""
        self.database.close()


def _log_migration(connection: sa.Connection, before: str, after: str) -> None:
    """Say in the log what the schema's versions decided: which names count without anybody's acceptance."""
    if before and before != after:
        query = sa.select(projects.c.name).where(
            projects.c.accepted.is_not(None), projects.c.accepted_by.is_(None)
        )
        details = {"before": before, "accepted_names": sorted(connection.scalars(query))}
        append(connection, operator(), "migrate", f"schema {after}", details)


@contextlib.contextmanager
def _undone_if_refused(settings: Settings) -> Iterator[None]:
    """Remove the database's file and the folders that were made inside, when what is inside fails.

    A schema that was made in PostgreSQL stays; it is empty, and the next ``init`` finds it as it needs it.
    """
    data, folder = settings.data_dir, settings.folder
    made = [one for one in (data, *data.parents) if not one.exists()]
    made += [one for one in (folder, *folder.parents) if not one.exists() and one not in made]
    url = sa.make_url(settings.database_url)
    main = Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None
    files = [main.with_name(main.name + end) for end in ("", "-wal", "-shm")] if main else []
    new = [one for one in files if not one.exists()]
    try:
        yield
    except BaseException:
        for one in new:
            one.unlink(missing_ok=True)
        for one in sorted(made, key=lambda place: len(place.parts), reverse=True):
            with contextlib.suppress(OSError):  # somebody else put something into it meanwhile
                one.rmdir()
        raise


def _write(path: Path, text: str) -> None:
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, delete=False) as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    if os.name == "posix":
        Path(stream.name).chmod(0o644)
    Path(stream.name).replace(path)
