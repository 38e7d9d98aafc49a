"""Pages: rendered into the database when something changes, read from it to be served or exported.

Usage::

    with database.write() as connection:
        ...  # change rows
        pages.render(connection, settings, "welcome-letters")
"""

from ._compare import Comparison, Difference, compare
from ._made import project_page
from ._render import rebuild_all, render
from ._renew import Renewal, renew
from ._store import Page, PageStore, ServedFile

__all__ = [
    "Comparison",
    "Difference",
    "Page",
    "PageStore",
    "Renewal",
    "ServedFile",
    "compare",
    "project_page",
    "rebuild_all",
    "render",
    "renew",
]
