"""Pages: rendered into the database when something changes, read from it to be served or exported.

Usage::

    with database.write() as connection:
        ...  # change rows
        pages.render(connection, settings, "welcome-letters")
"""

from ._basis import changed_since
from ._compare import Comparison, Difference, compare
from ._made import project_page
from ._render import rebuild_all, render
from ._renew import Renewal, renew, renew_changed
from ._store import Page, PageStore, ServedFile

__all__ = [
    "Comparison",
    "Difference",
    "Page",
    "PageStore",
    "Renewal",
    "ServedFile",
    "changed_since",
    "compare",
    "project_page",
    "rebuild_all",
    "render",
    "renew",
    "renew_changed",
]
