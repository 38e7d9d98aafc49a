"""The catalogue searched: words, filters, ranking, hostile questions."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from rpa_registry import db, pages
from rpa_registry.catalogue import search
from rpa_registry.cli._main import cli
from rpa_registry.context import Registry
from rpa_registry.errors import RegistryError

_QUERIES = {
    "welcome-letters": "welcome-letters",
    "Welcome Letters": "welcome-letters",
    "flytning": "welcome-letters",
    "flytting": "welcome-letters",
    "flytt": "welcome-letters",
    "move": "welcome-letters",
    "velkomst brev": "welcome-letters",
    "23.05": "welcome-letters",
    "lageudgifter": "laegeudgifter",
    "lægeudgift": "laegeudgifter",
    "laegeudgift": "laegeudgifter",
    "invoice": "faktura-kontering",
    "faktura": "faktura-kontering",
    "school": "skoleindskrivning",
    "skola": "skoleindskrivning",
    "parkering kort": "parkeringskort",
    "sygefravær": "sygedagpenge-refusion",
    "KMD Nova": "kmd-nova",
    "Ringsted": "sygedagpenge-refusion",
}
_FILTERS: list[tuple[dict[str, str], list[str]]] = [
    ({"kind": "connector"}, ["kmd-nova"]),
    ({"kle": "23"}, ["welcome-letters"]),
    ({"kle": "23.05.01"}, ["welcome-letters"]),
    ({"kle": "05.09"}, ["parkeringskort", "parkeringslicens"]),
    ({"tier": "platinum", "kind": "bot"}, ["welcome-letters"]),
    ({"state": "quarantined"}, ["byggesag-kvittering"]),
    ({"capability": "Invoices"}, ["faktura-kontering"]),
    ({"data_category": "forældremyndighed"}, ["skoleindskrivning"]),
    ({"country": "se"}, []),
    ({"kle": "%"}, []),
    ({"kle": "__.05"}, []),
]
_HOSTILE = [
    '"',
    "'",
    "*",
    "^abc",
    "NEAR(a b, 3)",
    "a AND",
    "OR OR OR",
    "name_words:x",
    "{a b}:c",
    "-x",
    "(((((",
    "'; DROP TABLE releases; --",
    "a" * 5000,
    "æ" * 300,
    "\x00",
    "a\x00b",
    "%_\\",
    "🙂",
    "a & b | !c <-> d",
    ":*",
    "١٢٣",
]


def _names(registry: Registry, query: str, **filters: str) -> list[str]:
    with registry.database.read() as connection:
        return [one.entry["name"] for one in search(connection, registry.settings, query, filters)]


@pytest.mark.parametrize(("query", "first"), _QUERIES.items())
def test_people_find_what_they_mean(town: Registry, query: str, first: str) -> None:
    """In any of the four languages, with or without accents, by task, by number, by municipality."""
    assert _names(town, query)[0] == first


@pytest.mark.parametrize(("filters", "expected"), _FILTERS)
def test_filters_narrow(town: Registry, filters: dict[str, str], expected: list[str]) -> None:
    """KLE by its beginning, the others by the whole value; signs of LIKE are letters like any other."""
    assert sorted(_names(town, "", **filters)) == expected


def test_words_and_filters_go_together(town: Registry) -> None:
    """A filter takes away; it never adds."""
    assert "parkeringskort" in _names(town, "parkering")
    assert _names(town, "parkering", state="deprecated") == ["parkeringslicens"]


def test_nothing_asked_gives_everything_by_name(town: Registry) -> None:
    """The empty question is the catalogue."""
    found = _names(town, "")

    assert len(found) == 12
    assert sorted(found) == found


def test_an_unknown_filter_is_an_error_that_names_the_others(town: Registry) -> None:
    """A misspelt filter must not look like an answer."""
    with pytest.raises(RegistryError, match="no filter 'colour'") as refused:
        _names(town, "", colour="red")

    assert "capability" in refused.value.remedy


def test_when_no_project_has_all_words_those_with_some_come(town: Registry) -> None:
    """And the answer says so."""
    with town.database.read() as connection:
        found = search(connection, town.settings, "faktura enhjørning")

    assert [one.entry["name"] for one in found] == ["faktura-kontering"]
    assert all(one.partial for one in found)


def test_the_name_weighs_more_than_the_readme(town: Registry) -> None:
    """Who is called so stands before who mentions it."""
    assert _names(town, "parkeringslicens")[0] == "parkeringslicens"


@pytest.mark.parametrize("query", _HOSTILE)
def test_a_question_is_never_syntax(town: Registry, query: str) -> None:
    """Whatever is typed is words or nothing, in the text and in each filter."""
    _names(town, query)
    for name in ("kle", "capability", "tier"):
        _names(town, "", **{name: query})

    assert len(_names(town, "")) == 12


@hypothesis_settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.text(max_size=60))
def test_no_text_is_an_error(town: Registry, query: str) -> None:
    """Any text at all gives an answer."""
    _names(town, query)


def test_what_is_not_published_cannot_be_found_by_its_contents(town: Registry) -> None:
    """The project's name is public from its first upload, its description is not."""
    assert _names(town, "anmodning") == []
    assert _names(town, "aktindsigt") == ["aktindsigt-kvittering"]


def test_a_change_is_found_at_once_and_the_old_text_no_longer(town: Registry) -> None:
    """The index follows in the transaction of the change, on insertion and on update."""
    table = db.releases
    with town.database.write() as connection:
        connection.execute(
            sa.update(table)
            .where(table.c.project == "laegeudgifter")
            .values(summary="Enhjørninger", readme="")
        )
        pages.render(connection, town.settings, "laegeudgifter")

    assert _names(town, "enhjørning") == ["laegeudgifter"]
    assert "laegeudgifter" not in _names(town, "sygebehandling")


def test_a_write_that_fails_leaves_the_index_as_it_was(town: Registry) -> None:
    """Rows, pages and index are one transaction."""

    def change(connection: sa.Connection) -> None:
        connection.execute(sa.update(db.releases).values(summary="Enhjørninger"))
        pages.render(connection, town.settings, "laegeudgifter")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), town.database.write() as connection:
        change(connection)

    assert _names(town, "enhjørning") == []


def test_every_page_rendered_anew_finds_the_same(town: Registry) -> None:
    """``rebuild_all`` makes the index anew too."""
    with town.database.write() as connection:
        connection.execute(sa.delete(db.search_facets))
        connection.execute(sa.delete(db.search_entries))
        pages.rebuild_all(connection, town.settings)

    assert _names(town, "flytning") == ["welcome-letters"]
    assert _names(town, "", kind="connector") == ["kmd-nova"]


def test_the_full_text_index_is_whole(town: Registry) -> None:
    """FTS5's own check holds after inserts, updates and deletes by the triggers."""
    with town.database.write() as connection:
        pages.rebuild_all(connection, town.settings)
        connection.exec_driver_sql("INSERT INTO search_text(search_text, rank) VALUES ('integrity-check', 1)")

    assert len(_names(town, "")) == 12


@pytest.fixture
def run(town: Registry) -> Callable[..., Any]:
    """The command in the town's registry."""
    return lambda *words: CliRunner().invoke(
        cli, ["-C", str(town.settings.folder), "search", *words], standalone_mode=False
    )


def test_the_command_prints_a_line_each(run: Callable[..., Any]) -> None:
    """Name, version, state, tier, summary."""
    result = run("flytning")

    assert result.stdout.startswith("welcome-letters  1.2.0       certified    platinum  Byder hver")


def test_the_command_prints_json(run: Callable[..., Any]) -> None:
    """The same entries as the API, with their scores."""
    result = run("faktura", "--tier", "gold", "--json")

    assert [one["name"] for one in json.loads(result.stdout)["results"]] == ["faktura-kontering"]


def test_the_command_says_when_nothing_is_found(run: Callable[..., Any]) -> None:
    """On stderr, with the exit code of findings."""
    result = run("xyzzy")

    assert result.return_value == 1
    assert "nothing was found" in result.stderr


def test_the_command_says_when_words_are_missing(run: Callable[..., Any]) -> None:
    """Some of the words is not all of them."""
    assert "no project has all the words" in run("faktura", "enhjørning").stderr


def test_postgresql_finds_the_same(town: Registry, postgresql: Callable[[], str], tmp_path: Path) -> None:
    """The words are folded before either database sees them; order may differ between equals."""
    other = Registry.create(tmp_path / "other", cooperation="DIGIT", country="dk", database=postgresql())
    sys.modules["web_town"].fill(other)
    for query in (*_QUERIES, *_HOSTILE, "til", "robot", "faktura enhjørning"):
        assert sorted(_names(town, query)) == sorted(_names(other, query)), query
    for query, first in _QUERIES.items():
        assert _names(other, query)[0] == first
    for filters, expected in _FILTERS:
        assert sorted(_names(other, "", **filters)) == expected
    other.close()
