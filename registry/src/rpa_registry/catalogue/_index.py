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

__all__ = ["update_search"]

_LONGEST_README = 60_000  # characters; what is said after them is not what a bot is about


def update_search(connection: sa.Connection, project: Project) -> None:
    """Bring a project's row to what its documents say.

    Args:
        connection: Inside the transaction that changed the project.
        project: With its releases, as they are now.
    """
    entry, name = index_entry(project), project.name
    readme = project_document(project)["readme"]
    row = {
        "project": name,
        "entry": canonical(entry).decode(),
        "name_words": index_words(name),
        "summary_words": index_words(entry["summary"]),
        "other_words": index_words(
            *(text for key in ("kle", "capabilities", "data_categories") for text in entry[key]),
            entry["owner"]["name"],
            entry["kind"],
        ),
        "readme_words": index_words(readme[:_LONGEST_README]),
    }
    for table in (search_entries, search_facets):
        connection.execute(sa.delete(table).where(table.c.project == name))
    connection.execute(sa.insert(search_entries).values(row))
    facets = [{"project": name, "facet": facet, "value": value} for facet, value in set(_facets(entry))]
    connection.execute(sa.insert(search_facets), facets)


def _facets(entry: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for facet in ("kind", "state", "tier", "country"):
        yield facet, str(entry[facet])[:300]
    for facet, key in (("kle", "kle"), ("capability", "capabilities"), ("data_category", "data_categories")):
        for value in entry[key]:
            yield facet, str(value)[:300]
