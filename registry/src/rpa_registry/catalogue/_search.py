"""Searching the catalogue: any words, in four languages, with filters.

Rules this module keeps: a question is words and never syntax, so no text can be an error; every word must be
met (by itself, a form of it or a synonym); when no project does so, the parts of compounds are asked for
too, and then projects that meet some of the words; the name weighs more than the summary, and that more than
the README; filters narrow, they never rank.

Usage::

    for result in search(connection, settings, "flytning brev", {"tier": "gold"}):
        print(result.entry["name"], result.score)
"""

import functools
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from rpa_registry.errors import RegistryError
from rpa_registry.settings import Settings

from ._words import alternatives, fold, question_words

__all__ = ["FILTERS", "Result", "answer_document", "search"]

FILTERS = ("kle", "capability", "tier", "country", "data_category", "kind", "state")
"""What can narrow a search; ``kle`` by the beginning of the number, the others by the whole value."""

_MOST = 1000
_LONGEST_NAME = 128


@dataclass(frozen=True)
class Result:
    """One project that was found.

    Attributes:
        name: Its name.
        text: Its entry, as in ``catalogue/index.json``: one JSON object in canonical form.
        score: Higher is better; comparable within one answer only. 0 where only filters were given.
        partial: It does not have all the words of the question, and no project has.
    """

    name: str
    text: str
    score: float
    partial: bool = False

    @property
    def entry(self) -> dict[str, Any]:
        """Its entry, read."""
        found: dict[str, Any] = json.loads(self.text)
        return found

    def to_json(self) -> dict[str, Any]:
        """As the API gives it."""
        return {**self.entry, "score": round(self.score, 4)}


def answer_document(results: Sequence[Result]) -> bytes:
    """The API's answer: the stored entries, each with its score, joined and not read."""
    rows = ",".join([f'{one.text[:-1]},"score":{round(one.score, 4)}}}' for one in results])
    partial = "true" if any(one.partial for one in results) else "false"
    return f'{{"partial":{partial},"results":[{rows}]}}\n'.encode()


def search(
    connection: sa.Connection,
    settings: Settings,  # noqa: ARG001 - the seam's shape; a plugin's search may need it
    query: str,
    filters: Mapping[str, str] | None = None,
    *,
    limit: int = 100,
) -> list[Result]:
    """The projects that a question finds, the best first.

    Args:
        connection: A reading one.
        settings: The registry's.
        query: Whatever was typed; empty gives everything that the filters let through, by name.
        filters: Filter (one of :data:`FILTERS`) -> value; empty values do not count.
        limit: At most so many.

    Raises:
        RegistryError: a filter that there is not.
    """
    chosen = {name: value.replace("\0", "") for name, value in (filters or {}).items() if value}
    if unknown := sorted(set(chosen) - set(FILTERS)):
        raise RegistryError(f"there is no filter {unknown[0]!r}", remedy=f"filter by {', '.join(FILTERS)}")
    limit = max(1, min(limit, _MOST))
    words = question_words(query)
    if not words:
        if query.strip():
            return []  # signs alone say nothing that could be found
        return [_result(row, partial=False) for row in _all(connection, chosen, limit)]
    rows: Sequence[Any] = ()
    partial = False
    for parts, every in ((False, True), (True, True), (True, False)):
        groups = [alternatives(word, parts=parts) for word in words]
        rows = _matching(connection, groups, chosen, limit, every=every)
        if rows:
            partial = not every
            break
    return _name_first([_result(row, partial=partial) for row in rows], query)


def _matching(
    connection: sa.Connection,
    groups: Sequence[Sequence[str]],
    chosen: Mapping[str, str],
    limit: int,
    *,
    every: bool,
) -> Sequence[Any]:
    is_sqlite = connection.dialect.name == "sqlite"
    asked = _fts5(groups, every=every) if is_sqlite else _tsquery(groups, every=every)
    head, tail = _SQLITE if is_sqlite else _POSTGRESQL
    narrowed, values = _narrowing(chosen)
    return _rows(connection, f"{head}{narrowed}{tail}", {"asked": asked, "most": limit, **values})


def _rows(connection: sa.Connection, statement: str, values: Mapping[str, Any]) -> Sequence[Any]:
    if connection.dialect.name == "sqlite":
        # The driver knows :names itself; what SQLAlchemy would do besides takes as long as the index does.
        return connection.exec_driver_sql(statement, values).all()
    return connection.execute(sa.text(statement), values).all()


def _all(connection: sa.Connection, chosen: Mapping[str, str], limit: int) -> Sequence[Any]:
    narrowed, values = _narrowing(chosen)
    statement = f"{_EVERY}{narrowed} ORDER BY s.project LIMIT :most"
    return _rows(connection, statement, {"most": limit, **values})


# Statements in two halves; the conditions of the filters come between. Values are bound, never written in.
# The weights are those of name, summary, other words, README; PostgreSQL wants them the other way round.
_SQLITE_HEAD = (
    "SELECT s.project, s.entry, -f.rank AS score "
    "FROM search_text AS f JOIN search_entries AS s ON s.id = f.rowid "
    "WHERE f.search_text MATCH :asked AND f.rank MATCH 'bm25(12.0, 5.0, 3.0, 1.0)'"
)
_POSTGRESQL_HEAD = (
    "SELECT s.project, s.entry, "
    "ts_rank('{0.08, 0.25, 0.42, 1.0}', s.search_document, to_tsquery('simple', :asked)) AS score "
    "FROM search_entries AS s WHERE s.search_document @@ to_tsquery('simple', :asked)"
)
_SQLITE = (_SQLITE_HEAD, " ORDER BY f.rank LIMIT :most")
_POSTGRESQL = (_POSTGRESQL_HEAD, " ORDER BY score DESC, s.id LIMIT :most")
_EVERY = "SELECT s.project, s.entry, 0.0 AS score FROM search_entries AS s WHERE 1 = 1"
_FACET = " AND s.project IN (SELECT project FROM search_facets WHERE facet = :n_{0} AND value {1} :f_{0}{2})"


def _fts5(groups: Iterable[Sequence[str]], *, every: bool) -> str:
    """FTS5's syntax: words in quotes are words whatever they hold; a star asks for beginnings."""
    quoted = [
        [f'"{word.rstrip("*")}"{"*" if word.endswith("*") else ""}' for word in group] for group in groups
    ]
    parts = [f"({' OR '.join(group)})" for group in quoted]
    return (" AND " if every else " OR ").join(parts)


def _tsquery(groups: Iterable[Sequence[str]], *, every: bool) -> str:
    """PostgreSQL's syntax for the same; the words hold letters and digits only."""
    parts = [f"({' | '.join(word.replace('*', ':*') for word in group)})" for group in groups]
    return (" & " if every else " | ").join(parts)


def _narrowing(chosen: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    """Conditions on the projects, and their values; the names are our own words."""
    text = ""
    values: dict[str, str] = {}
    for name, value in sorted(chosen.items()):
        is_beginning = name == "kle"
        text += _FACET.format(name, *(("LIKE", " ESCAPE '\\'") if is_beginning else ("=", "")))
        values |= {f"n_{name}": name, f"f_{name}": _beginning(value) if is_beginning else value}
    return text, values


def _beginning(value: str) -> str:
    escaped = value.strip().replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")
    return f"{escaped}%"


def _result(row: Any, *, partial: bool) -> Result:  # noqa: ANN401 - a row
    return Result(row[0], row[1], row[2], partial)


def _name_first(results: list[Result], query: str) -> list[Result]:
    """Whoever types a project's name wants that project, whatever else is full of its words."""
    typed = fold(query.strip()[:_LONGEST_NAME]).replace(" ", "-").replace("_", "-")
    return sorted(results, key=lambda one: _folded(one.name) != typed)


@functools.lru_cache(maxsize=4096)
def _folded(name: str) -> str:
    return fold(name)
