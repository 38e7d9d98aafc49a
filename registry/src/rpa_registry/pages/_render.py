"""Rendering: everything that one project touches, inside the transaction that changed it.

Rules this module keeps: the caller's transaction holds the change and its pages, so nothing half is ever
served; a page whose bytes did not change is not written, so its ETag and date stay; the pages that list all
projects are joined from parts kept per project, never from a thousand projects read anew; a project's own
page exists in both channels from its first upload, empty if need be, so that an installer with several
indexes finds the name here and looks nowhere else.

Usage::

    with database.write() as connection:
        pages.render(connection, settings, "welcome-letters")
"""

import hashlib
from collections.abc import Iterable, Iterator

import sqlalchemy as sa

from rpa_registry import db, web
from rpa_registry.catalogue import (
    CHANNELS,
    Channel,
    Project,
    advisories_document,
    canonical,
    file_path,
    index_document,
    index_entry,
    load_project,
    names_document,
    project_document,
    runs_at,
    update_search,
)
from rpa_registry.log import log_documents
from rpa_registry.settings import Settings
from rpa_registry.simple import (
    JSON,
    LEGACY_HTML,
    File,
    ProjectPage,
    index_html,
    index_json,
    project_html,
    project_json,
)

__all__ = ["Rendered", "project_page", "rebuild_all", "render"]

_ENTRIES = "_entries/"  # parts of pages: neither served nor exported
_HTML = f"{LEGACY_HTML}; charset=utf-8"
_DOCUMENT = "application/json"

Rendered = tuple[str, str, bytes]
"""Path, media type, body."""


def render(connection: sa.Connection, settings: Settings, project: str) -> None:
    """Write all pages that a project touches: its own, the lists of both channels, the catalogue's.

    Args:
        connection: Inside the transaction that changed the project.
        settings: The registry's.
        project: Normalised name.
    """
    written = _upsert(connection, _own(connection, project), project=project)
    _index(connection, project)
    _upsert(connection, _shared(connection, settings), project="")
    # The web pages are made from the documents above, so they come after them.
    written |= _upsert(connection, web.project_pages(connection, settings, project), project=project)
    _upsert(connection, web.shared_pages(connection, settings), project="")
    _remove(connection, sorted(_paths(connection, project) - written))
    _count(connection)


def rebuild_all(connection: sa.Connection, settings: Settings) -> int:
    """Render every page anew, for a program whose pages look different; return how many there are."""
    names = list(connection.scalars(sa.select(db.projects.c.name).order_by(db.projects.c.name)))
    written: set[str] = set()
    for name in names:
        written |= _upsert(connection, _own(connection, name), project=name)
        _index(connection, name)
    written |= _upsert(connection, _shared(connection, settings, whole_log=True), project="")
    for name in names:
        written |= _upsert(connection, web.project_pages(connection, settings, name), project=name)
    shared = web.shared_pages(connection, settings, whole_log=True)
    written |= _upsert(connection, shared, project="")
    _remove(connection, sorted(set(connection.scalars(sa.select(db.pages.c.path))) - written))
    _count(connection)
    return len(written)


def project_page(
    project: Project, channel: Channel, *, root: str = "../../../", also: str = ""
) -> ProjectPage:
    """A project as a channel offers it.

    Args:
        project: With its releases.
        channel: Which releases.
        root: From the page to the registry's root.
        also: A version that is offered besides, for who reviews it.
    """
    files = []
    for release in project.releases:
        if not (release.is_in(channel) or (release.version == also and release.state != "quarantined")):
            continue
        file = release.file
        files.append(
            File(
                filename=file["filename"],
                version=release.version,
                url=root + file_path(file["sha256"], file["filename"]),
                sha256=file["sha256"],
                size=file["size"],
                uploaded=file["uploaded"],
                metadata_sha256=file["metadata_sha256"],
                requires_python=release.row["requires_python"],
                yanked=release.yanked,
            )
        )
    status = project.row["status"]
    return ProjectPage(
        name=project.name,
        files=() if status == "quarantined" else tuple(reversed(files)),
        status=status,
        status_reason=project.row["status_reason"],
    )


def _own(connection: sa.Connection, name: str) -> Iterator[Rendered]:
    project = load_project(connection, name)
    if project is None:
        return
    for channel in CHANNELS:
        page = project_page(project, channel)
        folder = f"{channel}/simple/{name}/"
        yield f"{folder}index.html", _HTML, project_html(page)
        yield f"{folder}index.json", JSON, project_json(page)
    document = project_document(project, runs_at(connection, name))
    yield f"catalogue/{name}.json", _DOCUMENT, canonical(document)
    yield f"{_ENTRIES}{name}", _DOCUMENT, canonical(index_entry(project))


def _index(connection: sa.Connection, name: str) -> None:
    """What the search finds changes with what is shown."""
    project = load_project(connection, name)
    if project is not None:
        update_search(connection, project)


def _shared(connection: sa.Connection, settings: Settings, *, whole_log: bool = False) -> Iterator[Rendered]:
    for channel in CHANNELS:
        names = _offered(connection, channel)
        yield f"{channel}/simple/index.html", _HTML, index_html(names)
        yield f"{channel}/simple/index.json", JSON, index_json(names)
    table = db.pages
    parts = connection.execute(
        sa.select(table.c.path, table.c.body).where(table.c.path.startswith(_ENTRIES, autoescape=True))
    )
    # Sorted here: PostgreSQL's order is its locale's, and equal registries shall give equal bytes.
    entries = [bytes(body) for _, body in sorted((path, body) for path, body in parts)]
    meta = db.meta
    writes = connection.scalar(sa.select(meta.c.value).where(meta.c.key == "generation"))
    generation = int(writes or 0) + 1  # the number this write will have
    yield "catalogue/index.json", _DOCUMENT, index_document(settings, generation, entries)
    yield "names.json", _DOCUMENT, names_document(connection)
    yield "advisories.json", _DOCUMENT, advisories_document(connection)
    for path, body in log_documents(connection, whole=whole_log):
        yield path, _DOCUMENT, body


def _offered(connection: sa.Connection, channel: Channel) -> list[str]:
    releases = db.releases
    states = ("certified",) if channel == "certified" else ("published", "certified")
    query = (
        sa.select(releases.c.project)
        .join(db.projects)
        .where(releases.c.state.in_(states), releases.c.quarantined.is_(None))
        .where(db.projects.c.status != "quarantined")
    )
    return sorted(set(connection.scalars(query)))


def _upsert(connection: sa.Connection, rendered: Iterable[Rendered], *, project: str) -> set[str]:
    """Write those that changed; return the paths of all."""
    table = db.pages
    query = sa.select(table.c.path, table.c.etag).where(table.c.project == project)
    known = {row.path: row.etag for row in connection.execute(query)}
    at = db.now()
    paths: set[str] = set()
    rows = []
    for path, media_type, body in rendered:
        paths.add(path)
        etag = hashlib.sha256(media_type.encode() + b"\0" + body).hexdigest()[:32]
        if known.get(path) != etag:
            row = {"path": path, "media_type": media_type, "body": body, "etag": etag}
            rows.append(row | {"project": project, "rendered": at})
    if rows:
        _remove(connection, [str(row["path"]) for row in rows])
        connection.execute(sa.insert(table), rows)
    return paths


def _paths(connection: sa.Connection, project: str) -> set[str]:
    return set(connection.scalars(sa.select(db.pages.c.path).where(db.pages.c.project == project)))


def _remove(connection: sa.Connection, paths: list[str]) -> None:
    table = db.pages
    for start in range(0, len(paths), 500):  # a statement takes a bounded number of values
        connection.execute(sa.delete(table).where(table.c.path.in_(paths[start : start + 500])))


def _count(connection: sa.Connection) -> None:
    """Say that pages changed: servers drop what they remember when this number is another one."""
    meta = db.meta
    value = connection.scalar(sa.select(meta.c.value).where(meta.c.key == "pages"))
    if value is None:
        connection.execute(sa.insert(meta).values(key="pages", value="1"))
    else:
        connection.execute(sa.update(meta).where(meta.c.key == "pages").values(value=str(int(value) + 1)))
