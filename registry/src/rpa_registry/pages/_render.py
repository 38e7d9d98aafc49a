"""Rendering: everything that one project touches, inside the transaction that changed it.

Rules this module keeps: the caller's transaction holds the change and its pages, so nothing half is ever
served; a page whose bytes did not change is not written, so its ETag and date stay; a project's own
page exists in both channels from the acceptance of its name, empty if need be, so that an installer with
several indexes finds the name here and looks nowhere else; before, the name means nothing to anybody.

Usage::

    with database.write() as connection:
        pages.render(connection, settings, "welcome-letters")
"""

import hashlib
from collections.abc import Iterable

import sqlalchemy as sa

from rpa_registry import db
from rpa_registry.catalogue import advisories_document, kept_entries, load_project, update_search
from rpa_registry.settings import Settings

from ._basis import remember
from ._made import Moment, Rendered, own_pages, shared_pages

__all__ = ["page_tag", "rebuild_all", "render"]

_MOST_VALUES = 500  # of one statement


def render(connection: sa.Connection, settings: Settings, project: str, *, whole_log: bool = False) -> None:
    """Write all pages that a project touches: its own, the lists of both channels, the catalogue's.

    Args:
        connection: Inside the transaction that changed the project.
        settings: The registry's.
        project: Normalised name.
        whole_log: Also pages of the log that were full before: a project that now has pages is linked there.
    """
    advisories = advisories_document(connection)
    found = load_project(connection, project)
    if found is not None:
        update_search(connection, found)
        _upsert(connection, own_pages(connection, settings, found, advisories), project=project)
    shown = 0 if whole_log else Moment.entries_shown(connection)
    moment = Moment.of_this_write(connection)
    shared = shared_pages(connection, settings, kept_entries(connection), advisories, moment, shown=shown)
    _upsert(connection, shared, project="")
    _count(connection)


def rebuild_all(connection: sa.Connection, settings: Settings) -> int:
    """Render every page anew and remove what is none; return how many there are.

    For a program whose pages look different, another choice of languages, and pages that were damaged.
    """
    names = connection.scalars(sa.select(db.projects.c.name).order_by(db.projects.c.name)).all()
    advisories = advisories_document(connection)
    written: set[str] = set()
    for name in names:
        found = load_project(connection, name)
        if found is not None:
            update_search(connection, found)
            own = own_pages(connection, settings, found, advisories)
            written |= _upsert(connection, own, project=name, trusting=False)
    moment = Moment.of_this_write(connection)
    shared = shared_pages(connection, settings, kept_entries(connection), advisories, moment)
    written |= _upsert(connection, shared, project="", trusting=False)
    _remove(connection, sorted(set(connection.scalars(sa.select(db.pages.c.path))) - written))
    _count(connection)
    remember(connection, settings)
    return len(written)


def page_tag(media_type: str, body: bytes) -> str:
    """The ETag of a page, without quotes."""
    return hashlib.sha256(media_type.encode() + b"\0" + body).hexdigest()[:32]


def _upsert(
    connection: sa.Connection, rendered: Iterable[Rendered], *, project: str, trusting: bool = True
) -> set[str]:
    """Write those that changed; return the paths of all.

    Args:
        connection: Inside the transaction.
        rendered: What they are now.
        project: Whose they are.
        trusting: That a stored page is what its ETag says; else its bytes are looked at.
    """
    at = db.now()
    rows = {
        path: {
            "path": path,
            "media_type": media_type,
            "body": body,
            "etag": page_tag(media_type, body),
            "project": project,
            "rendered": at,
        }
        for path, media_type, body in rendered
    }
    known = _tags(connection, list(rows), trusting=trusting)
    changed = [row for path, row in rows.items() if known.get(path) != row["etag"]]
    if changed:
        _remove(connection, [str(row["path"]) for row in changed if row["path"] in known])
        connection.execute(sa.insert(db.pages), changed)
    return set(rows)


def _tags(connection: sa.Connection, paths: list[str], *, trusting: bool) -> dict[str, str]:
    """The ETag of each stored page; empty for one whose bytes are others than it says."""
    table = db.pages
    columns = [table.c.path, table.c.etag, *(() if trusting else (table.c.media_type, table.c.body))]
    found: dict[str, str] = {}
    for start in range(0, len(paths), _MOST_VALUES):
        part = table.c.path.in_(paths[start : start + _MOST_VALUES])
        for path, tag, *page in connection.execute(sa.select(*columns).where(part)).all():
            found[path] = tag if trusting or page_tag(page[0], bytes(page[1])) == tag else ""
    return found


def _remove(connection: sa.Connection, paths: list[str]) -> None:
    table = db.pages
    for start in range(0, len(paths), _MOST_VALUES):
        connection.execute(sa.delete(table).where(table.c.path.in_(paths[start : start + _MOST_VALUES])))


def _count(connection: sa.Connection) -> None:
    """Say that pages changed: servers drop what they remember when this number is another one."""
    meta = db.meta
    value = connection.scalar(sa.select(meta.c.value).where(meta.c.key == "pages"))
    if value is None:
        connection.execute(sa.insert(meta).values(key="pages", value="1"))
    else:
        connection.execute(sa.update(meta).where(meta.c.key == "pages").values(value=str(int(value) + 1)))
