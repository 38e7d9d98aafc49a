"""Which wheels anyone may fetch: said once, for the server, the export and every document.

Rules this module keeps: it was published; neither its release nor its project is quarantined.

Usage::

    connection.execute(sa.select(db.files).join(db.releases).join(db.projects).where(served()))
"""

from typing import Any

import sqlalchemy as sa

from rpa_registry import db

__all__ = ["PUBLIC", "is_served", "served"]

PUBLIC = ("published", "certified")
"""Base states in which a release was published."""

_WITHHELD = "quarantined"


def is_served(state: str, quarantined: Any, status: str) -> bool:  # noqa: ANN401 - a time, or nothing
    """Whether anyone may fetch the wheel of a release.

    Args:
        state: The release's base state.
        quarantined: When the release was quarantined, or nothing.
        status: Its project's (PEP 792).
    """
    return state in PUBLIC and not quarantined and status != _WITHHELD


def served() -> sa.ColumnElement[bool]:
    """The same for a query over releases and projects."""
    return sa.and_(
        db.releases.c.state.in_(PUBLIC),
        db.releases.c.quarantined.is_(None),
        db.projects.c.status != _WITHHELD,
    )
