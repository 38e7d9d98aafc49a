"""``rpac-registry export DIR``: every page and every served wheel as plain files.

Rules this module keeps: what is exported is one state of the database; a new file is written beside its place
and renamed, never changed in place, and one that did not change is not touched; wheels come before the pages
that name them and go after them, so an index never names a file that is not there, whenever the program is
killed; a folder that holds something else is refused; two exports into one folder come one after the other.

Usage::

    export(registry, Path("/srv/www/registry"))
"""

import contextlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import filelock
import sqlalchemy as sa

from rpa_registry import db, web
from rpa_registry.catalogue import served
from rpa_registry.context import Registry
from rpa_registry.errors import ConflictError, StorageError

from ._folder import TargetFolder

__all__ = ["Exported", "export"]

_LOCK = "export.lock"


@dataclass(frozen=True)
class Exported:
    """What an export did.

    Attributes:
        folder: Where.
        pages: Pages that are there now.
        files: Wheels that are there now; each has its METADATA beside it.
        written: Files that are new or have new contents.
        unchanged: Files that were not touched.
        removed: Files that are no longer there.
    """

    folder: str
    pages: int
    files: int
    written: int
    unchanged: int
    removed: int

    def to_json(self) -> dict[str, Any]:
        """As JSON values."""
        return asdict(self)


@dataclass(frozen=True)
class _Wheel:
    sha256: str
    filename: str
    size: int
    metadata_size: int

    @property
    def path(self) -> str:
        return f"files/{self.sha256[:2]}/{self.sha256}/{self.filename}"


def export(
    registry: Registry,
    folder: Path,
    *,
    copy: bool = False,
    wait: float = 0,
    progress: Callable[[str], None] = lambda _sentence: None,
) -> Exported:
    """Bring a folder to what the registry serves now.

    Args:
        registry: An opened one.
        folder: An earlier export, or an empty folder, or none.
        copy: Copy wheels even where a hard link would do.
        wait: Seconds to wait for another export into the folder.
        progress: Told what is done now.

    Raises:
        ConflictError: the folder holds something else, or another export is at work in it.
        StorageError: it cannot be written, or a wheel in the registry's store is damaged.
    """
    target = TargetFolder(folder)
    with _as_storage_error(folder), _alone(target, wait), registry.database.read() as connection:
        wheels = list(_wheels(connection))
        pages = _ordered(_etags(connection))
        static = {path: body for path, _, body in web.static_files()}
        wanted = {**pages, **dict.fromkeys(static, "")}
        for wheel in wheels:
            wanted[wheel.path] = wanted[f"{wheel.path}.metadata"] = wheel.sha256
        target.begin(wanted)
        progress(f"{len(wheels)} wheels")
        for wheel in wheels:
            _put_wheel(registry, target, wheel, copy=copy)
        for path, body in static.items():
            target.write(path, body)
        progress(f"{len(pages)} pages")
        for path, etag in pages.items():
            if not target.has(path, etag):
                target.write(path, _body(connection, path), stamp=etag)
        progress("removing what is no longer served")
        removed = target.remove_others(set(wanted))
        target.finish()
    return Exported(str(folder), len(pages), len(wheels), target.written, target.unchanged, removed)


def _put_wheel(registry: Registry, target: TargetFolder, wheel: _Wheel, *, copy: bool) -> None:
    source = registry.blobs.path(wheel.sha256, wheel.filename)
    # METADATA first: a wheel that is there has it.
    for ending, expected in ((".metadata", wheel.metadata_size), ("", wheel.size)):
        path, lies = f"{wheel.path}{ending}", source.with_name(f"{source.name}{ending}")
        if target.has(path, wheel.sha256):
            continue
        if not lies.is_file() or lies.stat().st_size != expected:
            raise StorageError(
                f"{lies.name} is damaged in the registry's store; the export stopped before its pages",
                remedy="run `rpac-registry verify`, restore the file from a backup, export again",
            )
        target.link(path, lies, stamp=wheel.sha256, copy=copy)


def _wheels(connection: sa.Connection) -> Iterator[_Wheel]:
    files, releases = db.files, db.releases
    query = (
        sa.select(
            files.c.sha256, files.c.filename, files.c.size, sa.func.length(files.c.metadata).label("head")
        )
        .select_from(files.join(releases).join(db.projects))
        .where(served())
        .order_by(files.c.sha256)
    )
    for row in connection.execute(query):
        yield _Wheel(row.sha256, row.filename, row.size, row.head)


def _etags(connection: sa.Connection) -> dict[str, str]:
    query = sa.select(db.pages.c.path, db.pages.c.etag).order_by(db.pages.c.path)
    return dict(connection.execute(query).all())


def _ordered(pages: Mapping[str, str]) -> dict[str, str]:
    """Recalls first, then what is about one project, then the lists that name projects."""

    def place(path: str) -> tuple[int, str]:
        if path == "advisories.json":
            return 0, path
        lists = path in {"catalogue/index.json", "names.json"} or path.endswith(
            ("/simple/index.html", "/simple/index.json")
        )
        return (2 if lists else 1), path

    return {path: pages[path] for path in sorted(pages, key=place)}


def _body(connection: sa.Connection, path: str) -> bytes:
    body = connection.scalar(sa.select(db.pages.c.body).where(db.pages.c.path == path))
    return bytes(body or b"")


@contextlib.contextmanager
def _alone(target: TargetFolder, wait: float) -> Iterator[None]:
    target.prepare()
    lock = filelock.FileLock(target.private / _LOCK, timeout=wait)
    try:
        with lock:
            yield
    except filelock.Timeout:
        raise ConflictError(
            f"{target.folder}: another export is at work here", remedy="let it end, then export again"
        ) from None


@contextlib.contextmanager
def _as_storage_error(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StorageError(
            f"{folder}: {error.strerror or error}; what was exported before is still whole",
            remedy="make room and check who may write there, then export again",
        ) from error
