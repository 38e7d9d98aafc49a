"""The search index: one row per project, kept in the transaction that changes the project.

Rules this module keeps: what is indexed is what the public documents say, so nothing staged can be found; the
words are folded here (:mod:`._words`), so both databases compare the same words; the databases' own indexes
(FTS5, tsvector) follow the rows by themselves.

Usage::

    update_search(connection, load_project(connection, "welcome-letters"))
"""

from collections.abc import Iterator, Mapping
from typing import Any

import sqlalchemy as sa

from rpa_registry.db import search_entries, search_facets

from ._documents import canonical, index_entry, project_document
from ._records import Project
from ._words import index_words

__all__ = ["kept_entries", "search_differs", "update_search"]

_LONGEST_README = 60_000  # characters; what is said after them is not what a bot is about


def update_search(connection: sa.Connection, project: Project) -> None:
    """Bring a project's row to what its documents say.

    Args:
        connection: Inside the transaction that changed the project.
        project: With its releases, as they are now.
    """
    for table in (search_entries, search_facets):
        connection.execute(sa.delete(table).where(table.c.project == project.name))
    if not project.is_accepted:
        return
    row, facets = _wanted(project)
    connection.execute(sa.insert(search_entries).values(row))
    connection.execute(
        sa.insert(search_facets),
        [{"project": project.name, "facet": facet, "value": value} for facet, value in facets],
    )


def search_differs(connection: sa.Connection, project: Project) -> bool:
    """Whether a project's row is another than its documents say; one that is not accepted has none."""
    row, facets = _wanted(project)
    wanted = [row] if project.is_accepted else []
    entries, table = search_entries, search_facets
    columns = [entries.c[name] for name in row]
    stored = connection.execute(sa.select(*columns).where(entries.c.project == project.name)).mappings().all()
    query = sa.select(table.c.facet, table.c.value).where(table.c.project == project.name)
    found = sorted(connection.execute(query))
    return [dict(one) for one in stored] != wanted or found != (facets if wanted else [])


def _wanted(project: Project) -> tuple[dict[str, str], list[tuple[str, str]]]:
    """The row of a project, and its facets in order."""
    document = project_document(project)
    entry = index_entry(project)
    row = {
        "project": project.name,
        "entry": canonical(entry).decode(),
        "name_words": index_words(project.name),
        "summary_words": index_words(entry["summary"]),
        "other_words": index_words(
            *(text for key in ("kle", "capabilities", "data_categories") for text in entry[key]),
            entry["owner"]["name"],
            entry["kind"],
            *entry.get("connectors", ()),
        ),
        "readme_words": index_words(document["readme"][:_LONGEST_README]),
    }
    return row, sorted(set(_facets(entry)))


def kept_entries(connection: sa.Connection) -> list[bytes]:
    """Each project's entry in canonical bytes, by name."""
    table = search_entries
    # Sorted here: PostgreSQL's order is its locale's, and equal registries shall give equal bytes.
    found = sorted(connection.execute(sa.select(table.c.project, table.c.entry)).all())
    return [entry.encode() for _, entry in found]


def _facets(entry: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for facet in ("kind", "state", "tier", "country"):
        yield facet, str(entry[facet])[:300]
    for facet, key in (("kle", "kle"), ("capability", "capabilities"), ("data_category", "data_categories")):
        for value in entry[key]:
            yield facet, str(value)[:300]
