"""The catalogue's pages: all projects, a search's answer, one template for both.

Rules this module keeps: a page shows at most :data:`PAGE` projects; filters offer only what some project has,
with how many; a chosen filter stays chosen when nothing has it any more, so that the reader sees why the list
is empty.

Usage::

    for site, body in catalogue_pages(settings, "da", entries, runs): ...
"""

import functools
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil
from typing import Any
from urllib.parse import urlencode

from markupsafe import Markup

from rpa_registry.settings import Settings

from . import _terms
from ._languages import Language, Words, words_of
from ._site import Site, fragment

__all__ = ["FILTERS", "PAGE", "Query", "answer_page", "catalogue_pages", "page_count"]

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
    settings: Settings, language: Language, entries: Sequence[Mapping[str, Any]], runs: Mapping[str, int]
) -> Iterator[tuple[Site, bytes]]:
    """All projects, page by page, each with its place.

    Args:
        settings: The registry's.
        language: Of the pages.
        entries: All of the list; they are shown by state, then by how many run them, then by name.
        runs: How many municipalities run each project.
    """
    pages = page_count(len(entries))
    words = words_of(language)
    ordered = _most_useful_first(entries, runs)
    values = _values(words, entries, Query(), filters_open=True)
    for page in range(1, pages + 1):
        site = Site(settings, language, "" if page == 1 else f"page/{page}/")
        link = f"{site.root}{language}/"
        body = site.render(
            "catalogue.html.j2",
            **values,
            heading=words.gettext("All bots and connectors"),
            cards=_cards(site, ordered[(page - 1) * PAGE : page * PAGE], runs),
            searched=False,
            relaxed=False,
            page=page,
            pages=pages,
            previous=(link + (f"page/{page - 1}/" if page > 2 else "")) if page > 1 else "",  # noqa: PLR2004 - page 1 is the folder itself
            next=f"{link}page/{page + 1}/" if page < pages else "",
        )
        yield site, body


def answer_page(
    site: Site,
    query: Query,
    found: Sequence[Mapping[str, Any]],
    every: Sequence[Mapping[str, Any]],
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
        **_values(words, every, query, filters_open=bool(query.chosen)),
        heading=heading % {"num": words.number(len(found))},
        cards=_cards(site, found[(page - 1) * PAGE : page * PAGE], runs),
        searched=True,
        relaxed=relaxed,
        page=page,
        pages=pages,
        previous=query.address(page=page - 1) if page > 1 else "",
        next=query.address(page=page + 1) if page < pages else "",
    )


def _most_useful_first(
    entries: Sequence[Mapping[str, Any]], runs: Mapping[str, int]
) -> list[Mapping[str, Any]]:
    return sorted(
        entries, key=lambda one: (*_order("state", one["state"]), -runs.get(one["name"], 0), one["name"])
    )


def _values(
    words: Words, every: Sequence[Mapping[str, Any]], query: Query, *, filters_open: bool
) -> dict[str, Any]:
    facets = list(_facets(words, every, query.chosen))
    return {
        "title": words.gettext("Catalogue"),
        "total": len(every),
        "query": query.text,
        "filters": fragment(words.language, "_filters.html.j2", facets=facets),
        "filters_open": filters_open,
    }


def _cards(site: Site, entries: Iterable[Mapping[str, Any]], runs: Mapping[str, int]) -> list[Markup]:
    return [_card(site.language, site.root, json.dumps(one), runs.get(one["name"], 0)) for one in entries]


@functools.lru_cache(maxsize=10_000)
def _card(language: Language, root: str, entry: str, runs: int) -> Markup:
    """One project among many; remembered, for an act changes one and the pages show all."""
    values = json.loads(entry)
    values |= {"runs": runs, "version": values["certified"] or values["latest"]}
    return fragment(language, "_card.html.j2", root=root, entry=values)


def _facets(
    words: Words, every: Sequence[Mapping[str, Any]], chosen: Mapping[str, str]
) -> Iterable[dict[str, Any]]:
    for name, label in FILTERS.items():
        counts: Counter[str] = Counter()
        for entry in every:
            value = entry[_FIELDS.get(name, name)]
            counts.update([value] if isinstance(value, str) else set(value))
        counts.pop("", None)
        picked = chosen.get(name, "")
        if len(counts) <= 1 and name in _HIDDEN_WHEN_SINGLE and not picked:
            continue
        if picked and picked not in counts:
            counts[picked] = 0
        if not counts:
            continue
        options = [
            {"value": value, "label": _label(words, name, value), "count": count}
            for value, count in sorted(counts.items(), key=lambda one: _order(name, one[0]))[:_MOST_OPTIONS]
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
