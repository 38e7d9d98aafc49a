"""The registry's database: tables, transactions, schema versions.

Usage::

    database = Database.open(settings)
    with database.read() as connection:
        connection.execute(sa.select(projects))
"""

from ._database import Database, now
from ._tables import (
    advisories,
    exemptions,
    files,
    log,
    members,
    meta,
    metadata,
    outbox,
    pages,
    people,
    project_signatures,
    projects,
    public_packages,
    releases,
    reports,
    search_entries,
    search_facets,
    signatures,
    stand_ins,
    tokens,
    usage,
)

__all__ = [
    "Database",
    "advisories",
    "exemptions",
    "files",
    "log",
    "members",
    "meta",
    "metadata",
    "now",
    "outbox",
    "pages",
    "people",
    "project_signatures",
    "projects",
    "public_packages",
    "releases",
    "reports",
    "search_entries",
    "search_facets",
    "signatures",
    "stand_ins",
    "tokens",
    "usage",
]
