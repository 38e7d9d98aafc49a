"""Pages: rendered into the database when something changes, read from it to be served or exported.

Usage::

    with database.write() as connection:
        ...  # change rows
        pages.render(connection, settings, "welcome-letters")
"""

from ._render import project_page, rebuild_all, render
from ._store import Page, PageStore, ServedFile, is_internal

__all__ = ["Page", "PageStore", "ServedFile", "is_internal", "project_page", "rebuild_all", "render"]
