"""Every page of the site that one change touches, in every language of the registry.

Rules this module keeps: pages are made from the documents of the same transaction, so the site and the data
never differ; what depends on the settings alone is rendered once in a process; nothing is written here, the
caller stores what comes out.

Usage::

    for path, media_type, body in project_pages(settings, document, advisories): ...
    for path, media_type, body in shared_pages(connection, settings, entries, advisories): ...
"""

import functools
import json
from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa

from rpa_registry import db
from rpa_registry.log import log_count, newest
from rpa_registry.settings import Settings

from . import _terms
from ._advisories import advisories_page
from ._catalogue import catalogue_pages
from ._feed import ATOM, MOST, NEWS, feed
from ._languages import LANGUAGES, Language
from ._log import BLOCK, log_page, read_block, read_names
from ._project import project_page
from ._site import HTML, Site
from ._stack import stack_page

__all__ = ["not_found_page", "project_pages", "read_document", "runs_by_project", "shared_pages"]

Rendered = tuple[str, str, bytes]


def project_pages(settings: Settings, document: bytes, advisories: bytes) -> Iterator[Rendered]:
    """A project's own pages.

    Args:
        settings: The registry's; ``languages`` says which.
        document: ``catalogue/<name>.json``.
        advisories: ``advisories.json``.

    Yields:
        Path from the registry's root, media type, contents.
    """
    project = json.loads(document)
    signed = {one["signed"]["id"]: one["signed"] for one in json.loads(advisories)["advisories"]}
    for language in settings.languages:
        site = Site(settings, language, f"projects/{project['name']}/")
        yield site.path, HTML, project_page(site, project, signed)


def shared_pages(
    connection: sa.Connection,
    settings: Settings,
    entries: Sequence[bytes],
    advisories: bytes,
    *,
    shown: int = 0,
    logged: int | None = None,
) -> Iterator[Rendered]:
    """The catalogue, the pages of the log that grew, the recalls, the feed, what stands still.

    Args:
        connection: Inside the transaction of the change.
        settings: The registry's.
        entries: Each project's entry in canonical bytes, by name.
        advisories: ``advisories.json``.
        shown: Log entries that the stored pages have already.
        logged: Log entries that the pages shall have; all when not given.
    """
    count = log_count(connection) if logged is None else logged
    names = read_names(connection)
    signed = json.loads(advisories)["advisories"]
    yield "index.html", HTML, _start(settings)
    yield "feed.atom", ATOM, feed(settings, newest(connection, NEWS, limit=MOST, until=count), names)
    for site, body in catalogue_pages(settings, entries, runs_by_project(connection)):
        yield site.path, HTML, body
    blocks = max(1, -(-count // BLOCK))
    # The page that was the newest is written once more: it may have become full, and older.
    for block in range(max(1, -(-min(shown, count) // BLOCK)), blocks + 1):
        part = read_block(connection, block, count)
        for language in settings.languages:
            site = Site(settings, language, "log/" if block == blocks else f"log/{block}/")
            yield site.path, HTML, log_page(site, part, names, block=block, blocks=blocks)
    for language in settings.languages:
        site = Site(settings, language, "advisories/")
        yield site.path, HTML, advisories_page(site, signed, names)
        yield from _still(settings, language)


@functools.lru_cache(maxsize=32)
def _still(settings: Settings, language: Language) -> tuple[Rendered, ...]:
    """What only another program or other settings change."""
    stack, nothing = Site(settings, language, "stack/"), Site(settings, language, "not-found/")
    found = [
        (stack.path, HTML, stack_page(stack, (), None)),
        (nothing.path, HTML, not_found_page(nothing)),
    ]
    for place, template, title in (
        ("how-to-read/", "how_to_read.html.j2", "How to read this"),
        ("accessibility/", "accessibility.html.j2", "Accessibility statement"),
    ):
        site = Site(settings, language, place)
        body = site.render(
            template,
            title=site.words.gettext(title),
            states=_terms.STATES,
            tiers=_terms.TIERS,
        )
        found.append((site.path, HTML, body))
    return tuple(found)


def not_found_page(site: Site) -> bytes:
    """What is answered where there is nothing; its links to other languages would lead nowhere either."""
    title = site.words.gettext("There is no such page")
    return site.render("not_found.html.j2", title=title, alternates=[])


def _start(settings: Settings) -> bytes:
    """The root for who reads the files without our server: it knows no language and offers all."""
    site = Site(settings, settings.languages[0], "")
    return site.render("start.html.j2", choices=[(one, LANGUAGES[one]) for one in settings.languages])


def read_document(connection: sa.Connection, path: str) -> dict[str, Any]:
    """A JSON document among the pages; empty when it is not there."""
    body = connection.scalar(sa.select(db.pages.c.body).where(db.pages.c.path == path))
    found: dict[str, Any] = json.loads(body) if body else {}
    return found


def runs_by_project(connection: sa.Connection) -> dict[str, int]:
    """How many municipalities said that they run each project."""
    usage = db.usage
    query = sa.select(usage.c.project, sa.func.count()).group_by(usage.c.project)
    return {row[0]: int(row[1]) for row in connection.execute(query)}
