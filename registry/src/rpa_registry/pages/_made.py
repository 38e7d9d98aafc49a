"""What pages there are, and what stands in each: nothing is written here.

Rules this module keeps: everything comes from one connection's view, so pages of one transaction agree; equal
registries give equal bytes; the pages that list all projects are joined from entries that are kept per
project, never from a thousand projects read anew.

Usage::

    for path, media_type, body in own_pages(connection, settings, project, advisories):
        ...
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from rpa_registry import db, web
from rpa_registry.catalogue import (
    CHANNELS,
    Channel,
    Project,
    canonical,
    file_path,
    index_document,
    names_document,
    project_document,
    runs_at,
    served,
)
from rpa_registry.log import log_count, log_documents
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

__all__ = ["Moment", "Rendered", "own_pages", "project_page", "shared_pages"]

_HTML = f"{LEGACY_HTML}; charset=utf-8"
_DOCUMENT = "application/json"

Rendered = tuple[str, str, bytes]
"""Path, media type, body."""


@dataclass(frozen=True)
class Moment:
    """Up to where the shared pages tell, for they say so themselves.

    Attributes:
        generation: How many writes the registry has seen.
        logged: How many entries the log's pages have.
    """

    generation: int
    logged: int

    @classmethod
    def of_this_write(cls, connection: sa.Connection) -> "Moment":
        """As the transaction that is going on will leave it."""
        return cls(_generation(connection) + 1, log_count(connection))

    @classmethod
    def shown(cls, connection: sa.Connection) -> "Moment":
        """As the stored pages say; what no page can say rightly is as the database has it."""
        most, count = _generation(connection), log_count(connection)
        said = _number(connection, "catalogue/index.json", "generation")
        shown = _number(connection, "log.json", "count")
        return cls(said if 0 < said <= most else most, shown if 0 < shown <= count else count)

    @staticmethod
    def entries_shown(connection: sa.Connection) -> int:
        """How many log entries the stored pages show: what came since is to be rendered."""
        return _number(connection, "log.json", "count")


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


def own_pages(
    connection: sa.Connection, settings: Settings, project: Project, advisories: bytes
) -> Iterator[Rendered]:
    """A project's own pages: of both channels, its document, its website; none before its name is accepted.

    Args:
        connection: Sees the project as it is.
        settings: The registry's.
        project: With its releases.
        advisories: The document of all advisories.
    """
    if not project.is_accepted:
        return
    name = project.name
    for channel in CHANNELS:
        page = project_page(project, channel)
        folder = f"{channel}/simple/{name}/"
        yield f"{folder}index.html", _HTML, project_html(page)
        yield f"{folder}index.json", JSON, project_json(page)
    document = canonical(project_document(project, runs_at(connection, name)))
    yield f"catalogue/{name}.json", _DOCUMENT, document
    # The web pages are made from the documents, so the site and the data never differ.
    yield from web.project_pages(settings, document, advisories)


def shared_pages(
    connection: sa.Connection,
    settings: Settings,
    entries: Sequence[bytes],
    advisories: bytes,
    moment: Moment,
    *,
    shown: int = 0,
) -> Iterator[Rendered]:
    """The pages that belong to no project: lists, documents, log, the website's catalogue.

    Args:
        connection: Sees what there is.
        settings: The registry's.
        entries: Every project's entry in canonical bytes, by name.
        advisories: The document of all advisories.
        moment: Up to where they tell.
        shown: Entries that the stored pages of the log show already; pages full by then are left out.
    """
    for channel in CHANNELS:
        names = _offered(connection, channel)
        yield f"{channel}/simple/index.html", _HTML, index_html(names)
        yield f"{channel}/simple/index.json", JSON, index_json(names)
    yield "catalogue/index.json", _DOCUMENT, index_document(settings, moment.generation, entries)
    yield "names.json", _DOCUMENT, names_document(connection)
    yield "advisories.json", _DOCUMENT, advisories
    for path, body in log_documents(connection, shown=shown, count=moment.logged):
        yield path, _DOCUMENT, body
    yield from web.shared_pages(connection, settings, entries, advisories, shown=shown, logged=moment.logged)


def _offered(connection: sa.Connection, channel: Channel) -> list[str]:
    releases = db.releases
    query = sa.select(releases.c.project).join(db.projects).where(served())
    if channel == "certified":
        query = query.where(releases.c.state == "certified")
    return sorted(set(connection.scalars(query).all()))


def _generation(connection: sa.Connection) -> int:
    meta = db.meta
    return int(connection.scalar(sa.select(meta.c.value).where(meta.c.key == "generation")) or 0)


def _number(connection: sa.Connection, path: str, key: str) -> int:
    """A number in a stored document; 0 where there is none to be read."""
    body = connection.scalar(sa.select(db.pages.c.body).where(db.pages.c.path == path))
    try:
        found = json.loads(body or b"{}")[key]
    except (ValueError, LookupError, TypeError):
        return 0
    return found if isinstance(found, int) and found > 0 else 0
