"""Stored pages against what they should be: each rendered anew, nothing written, no writer kept waiting.

Rules this module keeps: everything is read in one view of the database, so an act that comes in between
confuses nothing; pages that tell how far they go (the catalogue's number of writes, the log's of entries) are
compared at that point, for a token that was issued since is no damage; what the search holds is compared too.

Usage::

    with database.read() as connection:
        compare(connection, settings).differences
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import sqlalchemy as sa

from rpa_registry import db
from rpa_registry.catalogue import (
    advisories_document,
    canonical,
    index_entry,
    load_project,
    search_differs,
)
from rpa_registry.settings import Settings

from ._made import Moment, Rendered, own_pages, shared_pages
from ._render import page_tag

__all__ = ["Comparison", "Difference", "compare"]


@dataclass(frozen=True)
class Difference:
    """One page that is not as it should be.

    Attributes:
        path: Its path; ``search: NAME`` for what the search holds of a project.
        text: ``differs``, ``is missing`` or ``is one too many``.
    """

    path: str
    text: str


@dataclass(frozen=True)
class Comparison:
    """What was found.

    Attributes:
        pages: How many pages were rendered and compared.
        differences: By path.
    """

    pages: int
    differences: tuple[Difference, ...]


def compare(connection: sa.Connection, settings: Settings) -> Comparison:
    """Render every page anew and compare it with the stored one.

    Args:
        connection: One that reads one state, from before to after.
        settings: The registry's; the pages of another choice of languages all differ.
    """
    expected: set[str] = set()
    found: list[Difference] = []
    entries: list[bytes] = []
    advisories = advisories_document(connection)
    # Sorted here, as the lists are: PostgreSQL's order is its locale's.
    for name in sorted(connection.scalars(sa.select(db.projects.c.name)).all()):
        project = load_project(connection, name)
        if project is None:
            continue
        if project.is_accepted:
            entries.append(canonical(index_entry(project)))
        own = list(own_pages(connection, settings, project, advisories))
        expected |= {path for path, _, _ in own}
        found += _differences(connection, own)
        if search_differs(connection, project):
            found.append(Difference(f"search: {name}", "differs"))
    shared = list(shared_pages(connection, settings, entries, advisories, Moment.shown(connection)))
    expected |= {path for path, _, _ in shared}
    found += _differences(connection, shared)
    stored = set(connection.scalars(sa.select(db.pages.c.path)).all())
    found += [Difference(path, "is one too many") for path in stored - expected]
    return Comparison(len(expected), tuple(sorted(found, key=lambda one: one.path)))


def _differences(connection: sa.Connection, rendered: Iterable[Rendered]) -> Iterator[Difference]:
    table = db.pages
    query = sa.select(table.c.media_type, table.c.body, table.c.etag)
    for path, media_type, body in rendered:
        row = connection.execute(query.where(table.c.path == path)).one_or_none()
        if row is None:
            yield Difference(path, "is missing")
        elif (row.media_type, bytes(row.body), row.etag) != (media_type, body, page_tag(media_type, body)):
            yield Difference(path, "differs")
