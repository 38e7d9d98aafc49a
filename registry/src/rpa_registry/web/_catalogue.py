"""The catalogue's pages: all projects, a search's answer, one template for both.

Rules this module keeps: a page shows at most :data:`PAGE` projects; filters offer only what some project has,
with how many; a chosen filter stays chosen when nothing has it any more, so that the reader sees why the list
is empty.

Usage::

    for site, body in catalogue_pages(settings, entries, runs): ...
"""

import functools
import json
import secrets
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from math import ceil
from types import MappingProxyType
from typing import Any
from urllib.parse import urlencode

from markupsafe import Markup

from rpa_registry.settings import Settings

from . import _terms
from ._languages import Language, Words, words_of
from ._site import Site, fragment

__all__ = ["FILTERS", "PAGE", "Entry", "Query", "answer_page", "catalogue_pages", "page_count"]

PAGE = 24
_MOST_OPTIONS = 200

FILTERS: Mapping[str, str] = {
    "kind": "Kind",
    "state": "State",
    "tier": "Quality",
    "capability": "What it may touch",
    "kle": "KLE number",
    "data_category": "Categories of data",
    "country": "Country",
}
"""Each filter's name in an address, and its label."""

_FIELDS = {"capability": "capabilities", "data_category": "data_categories"}
_HIDDEN_WHEN_SINGLE = frozenset({"kind", "country"})


@dataclass(frozen=True)
class Entry:
    """A project of the list, as it is kept.

    Attributes:
        text: JSON.
    """

    text: bytes

    @property
    def values(self) -> Mapping[str, Any]:
        """What it says; read once, for the lists show all entries again at every act."""
        return _read(self.text)

    @property
    def name(self) -> str:
        """The project's."""
        return str(self.values["name"])


@dataclass(frozen=True)
class Query:
    """What a reader asked for.

    Attributes:
        text: Words.
        chosen: Filter -> value; only those that were set.
        page: From 1.
    """

    text: str = ""
    chosen: Mapping[str, str] = field(default_factory=dict)
    page: int = 1

    def address(self, *, page: int = 1) -> str:
        """As it stands behind ``search``, beginning with ``?``."""
        values = {"q": self.text, **self.chosen, **({"page": str(page)} if page > 1 else {})}
        return "?" + urlencode({name: value for name, value in values.items() if value})


def page_count(projects: int) -> int:
    """How many pages so many projects take; at least one."""
    return max(1, ceil(projects / PAGE))


def catalogue_pages(
    settings: Settings, entries: Sequence[bytes], runs: Mapping[str, int]
) -> Iterator[tuple[Site, bytes]]:
    """All projects, page by page, in every language of the registry, each page with its place.

    Args:
        settings: The registry's.
        entries: All of the list, each as JSON; they are shown by state, then by how many run them, then by
            name.
        runs: How many municipalities run each project.
    """
    listed = [Entry(one) for one in entries]
    ordered = sorted(
        listed,
        key=lambda one: (
            *_order("state", one.values["state"]),
            -runs.get(one.name, 0),
            one.name,
        ),
    )
    counts = _counts([one.values for one in listed])
    for language in settings.languages:
        words = words_of(language)
        values = _values(words, counts, Query(), filters_open=True)
        values |= {"heading": words.gettext("All bots and connectors"), "searched": False, "relaxed": False}
        yield from _listing(settings, language, ordered, values, runs)


def _listing(
    settings: Settings,
    language: Language,
    ordered: Sequence[Entry],
    values: Mapping[str, Any],
    runs: Mapping[str, int],
) -> Iterator[tuple[Site, bytes]]:
    """The pages of one language; those behind the first are one frame with other cards and numbers."""
    pages = page_count(len(ordered))
    first = Site(settings, language, "")
    link = f"{first.root}{language}/"
    yield (
        first,
        first.render(
            "catalogue.html.j2",
            **values,
            cards=_cards(first, ordered[:PAGE], runs),
            page=1,
            pages=pages,
            previous="",
            next=f"{link}page/2/" if pages > 1 else "",
        ),
    )
    frames = {
        is_last: _Frame(settings, language, values, pages, is_last=is_last) for is_last in (False, True)
    }
    for page in range(2, pages + 1):
        site = Site(settings, language, f"page/{page}/")
        part = ordered[(page - 1) * PAGE : page * PAGE]
        cards = (_card_bytes(language, site.root, one.text, runs.get(one.name, 0)) for one in part)
        yield site, frames[page == pages].filled(page, cards)


class _Frame:
    """A page of the list without its cards and its number: rendered once, filled many times.

    A thousand projects are forty pages in each language, and an act renders all of them. The places to fill
    are marked by a word that nobody can have written into a summary.
    """

    def __init__(
        self, settings: Settings, language: Language, values: Mapping[str, Any], pages: int, *, is_last: bool
    ) -> None:
        word = secrets.token_hex(16)
        page, previous, following = f"{word}-page", f"{word}-previous", f"{word}-next"
        site = Site(settings, language, f"page/{page}/")
        link = f"{site.root}{language}/"
        body = site.render(
            "catalogue.html.j2",
            **values,
            cards=[f"{word}-cards"],
            page=page,
            pages=pages,
            previous=link + previous,
            next="" if is_last else f"{link}page/{following}/",
        )
        self._head, _, self._tail = body.partition(f"{word}-cards".encode())
        self._page, self._previous, self._next = page.encode(), previous.encode(), following.encode()

    def filled(self, page: int, cards: Iterable[bytes]) -> bytes:
        """The page of a number, from 2, with its cards."""
        return b"".join((self._put(self._head, page), *cards, self._put(self._tail, page)))

    def _put(self, body: bytes, page: int) -> bytes:
        before = b"page/%d/" % (page - 1) if page > 2 else b""  # noqa: PLR2004 - page 1 is the folder itself
        body = body.replace(self._page, b"%d" % page).replace(self._previous, before)
        return body.replace(self._next, b"%d" % (page + 1))


def answer_page(
    site: Site,
    query: Query,
    found: Sequence[Entry],
    every: Sequence[Entry],
    runs: Mapping[str, int],
    *,
    relaxed: bool,
) -> bytes:
    """The answer to a search.

    Args:
        site: Its place, ``search``.
        query: What was asked.
        found: Entries, the best first.
        every: All entries, for what the filters offer.
        runs: How many municipalities run each project.
        relaxed: No entry had all the words.
    """
    pages = page_count(len(found))
    page = min(max(query.page, 1), pages)
    words = site.words
    heading = words.ngettext("%(num)s result", "%(num)s results", len(found))
    return site.render(
        "catalogue.html.j2",
        **_values(words, _counts([one.values for one in every]), query, filters_open=bool(query.chosen)),
        heading=heading % {"num": words.number(len(found))},
        cards=_cards(site, found[(page - 1) * PAGE : page * PAGE], runs),
        searched=True,
        relaxed=relaxed,
        page=page,
        pages=pages,
        previous=query.address(page=page - 1) if page > 1 else "",
        next=query.address(page=page + 1) if page < pages else "",
    )


def _values(
    words: Words, counts: Mapping[str, Mapping[str, int]], query: Query, *, filters_open: bool
) -> dict[str, Any]:
    facets = list(_facets(words, counts, query.chosen))
    return {
        "title": words.gettext("Catalogue"),
        "total": counts["kind"].get("bot", 0),
        "query": query.text,
        "filters": fragment(words.language, "_filters.html.j2", facets=facets),
        "filters_open": filters_open,
    }


def _cards(site: Site, entries: Iterable[Entry], runs: Mapping[str, int]) -> list[Markup]:
    return [_card(site.language, site.root, one.text, runs.get(one.name, 0)) for one in entries]


@functools.lru_cache(maxsize=20_000)
def _card_bytes(language: Language, root: str, entry: bytes, runs: int) -> bytes:
    """One project among many; remembered, for an act changes one and the pages show all."""
    return _card(language, root, entry, runs).encode()


def _card(language: Language, root: str, entry: bytes, runs: int) -> Markup:
    values = {"connectors": (), "verified": "", **_read(entry), "runs": runs}
    values["version"] = values["certified"] or values["latest"]
    return fragment(language, "_card.html.j2", root=root, entry=values)


@functools.lru_cache(maxsize=10_000)
def _read(entry: bytes) -> Mapping[str, Any]:
    return MappingProxyType(json.loads(entry))


def _counts(every: Iterable[Mapping[str, Any]]) -> dict[str, Counter[str]]:
    """How many projects have each value of each filter."""
    found: dict[str, Counter[str]] = {}
    for name in FILTERS:
        values = [entry[_FIELDS.get(name, name)] for entry in every]
        lists = (set(one) for one in values if not isinstance(one, str))
        found[name] = Counter(one for one in values if isinstance(one, str))
        found[name].update(chain.from_iterable(lists))
        found[name].pop("", None)
    return found


def _facets(
    words: Words, every: Mapping[str, Mapping[str, int]], chosen: Mapping[str, str]
) -> Iterable[dict[str, Any]]:
    for name, label in FILTERS.items():
        counts = dict(every[name])
        picked = chosen.get(name, "")
        if len(counts) <= 1 and name in _HIDDEN_WHEN_SINGLE and not picked:
            continue
        if picked and picked not in counts:
            counts[picked] = 0
        if not counts:
            continue
        options = [
            {"value": value, "label": _label(words, name, value), "count": count}
            for value, count in sorted(counts.items(), key=lambda one: (*_order(name, one[0]), one[0]))[
                :_MOST_OPTIONS
            ]
        ]
        yield {"name": name, "label": words.gettext(label), "options": options, "chosen": picked}


def _label(words: Words, name: str, value: str) -> str:
    tables: dict[str, Mapping[str, str]] = {
        "kind": _terms.KIND_WORDS,
        "state": _terms.STATE_WORDS,
        "tier": _terms.TIER_WORDS,
        "capability": _terms.CAPABILITY_WORDS,
        "country": _terms.COUNTRY_WORDS,
    }
    return words.gettext(tables.get(name, {}).get(value, value))


def _order(name: str, value: str) -> tuple[int, str]:
    known = {"state": _terms.STATES, "tier": _terms.TIERS}.get(name, ())
    return (known.index(value) if value in known else len(known), value.casefold())
