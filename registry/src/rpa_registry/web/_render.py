"""Every page of the site that one change touches, in every language of the registry.

Rules this module keeps: pages are made from the documents that the same transaction has just written, so
the site and the data never differ; what did not change is not rendered: a staged upload leaves the list of
all projects alone; nothing is written here, the caller stores what comes out.

Usage::

    for path, media_type, body in render_pages(connection, settings, "welcome-letters"): ...
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from rpa_registry import db
from rpa_registry.log import entries as log_entries
from rpa_registry.settings import Settings

from . import _terms
from ._advisories import advisories_page
from ._catalogue import catalogue_pages
from ._feed import ATOM, MOST, NEWS, feed
from ._languages import LANGUAGES, Language
from ._log import log_block_count, log_page, read_block, read_names
from ._project import project_page
from ._site import HTML, Site
from ._stack import stack_page

__all__ = [
    "not_found_page",
    "project_pages",
    "read_document",
    "render_pages",
    "runs_by_project",
    "shared_pages",
]

Rendered = tuple[str, str, bytes]


def render_pages(connection: sa.Connection, settings: Settings, project: str) -> Iterator[Rendered]:
    """The project's pages, and those that list it.

    Args:
        connection: Inside the transaction that changed the project; its documents are written already.
        settings: The registry's; ``languages`` says which.
        project: Normalised name.

    Yields:
        Path from the registry's root, media type, contents.
    """
    yield from project_pages(connection, settings, project)
    yield from shared_pages(connection, settings)


def project_pages(connection: sa.Connection, settings: Settings, project: str) -> Iterator[Rendered]:
    """The project's own pages."""
    document = read_document(connection, f"catalogue/{project}.json")
    if not document:
        return
    advisories = _advisories(connection)
    signed = {one["signed"]["id"]: one["signed"] for one in advisories}
    for language in settings.languages:
        site = Site(settings, language, f"projects/{project}/")
        yield site.path, HTML, project_page(site, document, signed)


def shared_pages(
    connection: sa.Connection, settings: Settings, *, whole_log: bool = False
) -> Iterator[Rendered]:
    """The catalogue, the newest page of the log (or each), the recalls, the feed, what stands still."""
    listed: Sequence[Mapping[str, Any]] = read_document(connection, "catalogue/index.json").get(
        "projects", []
    )
    runs = runs_by_project(connection)
    advisories = _advisories(connection)
    names = read_names(connection)
    blocks = log_block_count(connection)
    first = 1 if whole_log else max(1, blocks - 1)
    # The page before the newest is written once more: it may just have become full.
    found = {block: read_block(connection, block) for block in range(first, blocks + 1)}
    yield "index.html", HTML, _start(settings)
    yield "feed.atom", ATOM, feed(settings, _news(connection), names)
    for language in settings.languages:
        for site, body in catalogue_pages(settings, language, listed, runs):
            yield site.path, HTML, body
        for block, part in found.items():
            site = Site(settings, language, "log/" if block == blocks else f"log/{block}/")
            yield site.path, HTML, log_page(site, part, names, block=block, blocks=blocks)
        site = Site(settings, language, "advisories/")
        yield site.path, HTML, advisories_page(site, advisories, names)
        site = Site(settings, language, "stack/")
        yield site.path, HTML, stack_page(site, (), None)
        site = Site(settings, language, "not-found/")
        yield site.path, HTML, not_found_page(site)
        yield from _still(settings, language)


def _still(settings: Settings, language: Language) -> Iterator[Rendered]:
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
        yield site.path, HTML, body


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


def _advisories(connection: sa.Connection) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = read_document(connection, "advisories.json").get("advisories", [])
    return found


def _news(connection: sa.Connection) -> list[Any]:
    numbers = connection.scalars(
        sa.select(db.log.c.seq).where(db.log.c.act.in_(NEWS)).order_by(db.log.c.seq.desc()).limit(MOST)
    )
    return [entry for seq in numbers for entry in log_entries(connection, after=seq - 1, limit=1)]
