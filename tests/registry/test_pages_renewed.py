"""Stored pages that are not as they should be: ``verify`` names them, ``render`` puts them right."""

import json
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from rpa_registry import db, pages
from rpa_registry.accounts import issue_token, operator
from rpa_registry.cli._main import cli
from rpa_registry.context import Registry
from rpa_registry.curation import accept_name, act
from rpa_registry.errors import ConflictError
from rpa_registry.log import entries
from rpa_registry.operations import verify

SHARED = (
    "catalogue/index.json",
    "names.json",
    "advisories.json",
    "feed.atom",
    "index.html",
    "log/1.json",
    "all/simple/index.html",
    "certified/simple/index.json",
    "da/index.html",
    "da/log/index.html",
    "en/advisories/index.html",
    "en/how-to-read/index.html",
    "da/stack/index.html",
)
OWN = (
    "catalogue/welcome-letters.json",
    "all/simple/welcome-letters/index.json",
    "certified/simple/welcome-letters/index.html",
    "da/projects/welcome-letters/index.html",
)


@pytest.fixture
def filled(registry: Registry, admitted: Callable[..., Any], identity: Callable[..., Any]) -> Registry:
    """A registry with a published and a staged release, and a name that nobody accepted yet."""
    admitted()
    admitted("quiet-bot")
    for name in ("welcome-letters", "quiet-bot"):
        accept_name(registry, identity("anna"), name, reason="ours")
    admitted("new-name")
    for name in ("submit", "publish"):
        act(registry, identity("mette"), name, "welcome-letters", "1.0.0")
    return registry


def damage(registry: Registry, path: str, **columns: Any) -> None:
    """Change a stored page behind the registry's back."""
    with registry.database.write() as connection:
        done = connection.execute(sa.update(db.pages).where(db.pages.c.path == path).values(columns))
        assert 1 == done.rowcount, path


def run(registry: Registry, *words: str) -> Any:
    """A command's result."""
    return CliRunner().invoke(cli, ["-C", str(registry.settings.folder), *words], standalone_mode=False)


def problems(registry: Registry) -> list[tuple[str, str]]:
    """What ``verify`` says of pages."""
    return [(one.kind, one.subject) for one in verify(registry).problems]


def renew(registry: Registry) -> pages.Renewal:
    """Render everything, as the operator."""
    with registry.database.write() as connection:
        return pages.renew(connection, registry.settings, operator())


def test_what_the_acts_rendered_is_sound(filled: Registry) -> None:
    """Nothing differs, though each act rendered only what it touched; every stored page was compared."""
    found = verify(filled)
    with filled.database.read() as connection:
        count = connection.scalar(sa.select(sa.func.count()).select_from(db.pages))

    assert found.problems == ()
    assert found.pages == count


@pytest.mark.parametrize("path", [*SHARED, *OWN])
def test_a_damaged_page_is_named_and_rendered_again(filled: Registry, path: str) -> None:
    """Whatever page it is: of a project or of all."""
    damage(filled, path, body=b"<p>changed</p>")
    named = problems(filled)
    renewed = renew(filled)

    assert named == [("page", path)]
    assert renewed.changed == (path,)
    assert problems(filled) == []


def test_a_damaged_list_of_the_log_is_named(filled: Registry) -> None:
    """The page that says how long the log is: when it cannot be read, the log itself says it."""
    damage(filled, "log.json", body=b"[]")
    named = problems(filled)
    renew(filled)

    assert named == [("page", "log.json")]
    assert problems(filled) == []


@pytest.mark.parametrize("columns", [{"etag": "0" * 32}, {"media_type": "text/plain"}])
def test_what_a_page_is_sent_with_is_compared_too(filled: Registry, columns: dict[str, str]) -> None:
    """Another ETag keeps old copies alive; another type is read as something else."""
    damage(filled, "names.json", **columns)
    named = problems(filled)
    renew(filled)

    assert named == [("page", "names.json")]
    assert problems(filled) == []


def test_missing_pages_and_pages_too_many(filled: Registry) -> None:
    """Both are told apart; rendering brings the one back and removes the other."""
    table = db.pages
    with filled.database.write() as connection:
        connection.execute(sa.delete(table).where(table.c.path == "names.json"))
        row = {"path": "all/simple/stranger/index.html", "media_type": "text/html", "body": b"", "etag": "x"}
        connection.execute(sa.insert(table).values(rendered="2026-05-05T10:00:00Z", **row))
    texts = [(one.subject, one.text.split(",")[0]) for one in verify(filled).problems]
    renew(filled)

    assert texts == [
        ("all/simple/stranger/index.html", "it is one too many"),
        ("names.json", "it is missing"),
    ]
    assert problems(filled) == []


def test_what_the_search_holds_is_compared(filled: Registry) -> None:
    """A project that cannot be found any more is a fault as well."""
    table, facets = db.search_entries, db.search_facets
    with filled.database.write() as connection:
        connection.execute(
            sa.update(table).where(table.c.project == "welcome-letters").values(summary_words="x")
        )
        connection.execute(sa.delete(facets).where(facets.c.project == "quiet-bot", facets.c.facet == "tier"))
    named = problems(filled)
    renew(filled)

    assert named == [("page", "search: quiet-bot"), ("page", "search: welcome-letters")]
    assert problems(filled) == []


def test_an_entry_that_was_changed_shows_in_the_lists(filled: Registry) -> None:
    """The lists are made from the kept entries; they are compared with what the projects say."""
    table = db.search_entries
    with filled.database.write() as connection:
        found = connection.scalar(sa.select(table.c.entry).where(table.c.project == "welcome-letters"))
        changed = str(found).replace('"tier":"', '"tier":"super')
        connection.execute(sa.update(table).where(table.c.project == "welcome-letters").values(entry=changed))
        pages.render(connection, filled.settings, "quiet-bot")
    named = problems(filled)
    renew(filled)

    assert ("page", "search: welcome-letters") in named
    assert ("page", "catalogue/index.json") in named
    assert problems(filled) == []


def test_what_renders_nothing_is_no_damage(filled: Registry) -> None:
    """A token that was issued since stands in the log and not yet in its pages; the write was counted."""
    with filled.database.write() as connection:
        issue_token(connection, operator(), "mette", label="new", scopes=("upload",), projects=None, days=9)

    assert verify(filled).problems == ()


def test_other_languages_are_rendered(filled: Registry) -> None:
    """After a change of the setting the pages of the new choice are there, and the old ones are not."""
    path = filled.settings.folder / "registry.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('# languages = ["da", "en"]', 'languages = ["da", "sv"]'), encoding="utf-8")
    again = Registry.open(filled.settings.folder)
    before = {subject.split("/")[0] for _, subject in problems(again)}
    renew(again)
    with again.database.read() as connection:
        folders = {path.split("/")[0] for path in connection.scalars(sa.select(db.pages.c.path))}
    after = problems(again)
    again.close()

    assert {"en", "sv"} <= before
    assert ("sv" in folders, "en" in folders) == (True, False)
    assert after == []


def test_no_page_is_rendered_from_a_log_that_was_changed(filled: Registry) -> None:
    """The stored pages may be the last that show it as it was: they stay, and ``verify`` says so."""
    with filled.database.write() as connection:
        connection.execute(sa.update(db.log).where(db.log.c.seq == 2).values(actor="nobody"))
    remedies = {one.remedy for one in verify(filled).problems if one.kind == "page"}
    with pytest.raises(ConflictError, match="the log does not hold"):
        renew(filled)
    with filled.database.read() as connection:
        body = connection.scalar(sa.select(db.pages.c.body).where(db.pages.c.path == "log/1.json"))

    assert remedies == {"keep it: the log does not hold, and its pages may show it as it was"}
    assert b'"actor":"nobody"' not in bytes(body or b"")


def test_the_commands(filled: Registry) -> None:
    """``verify`` ends with 1 and names the page and the command; ``render`` tells what was wrong and logs."""
    damage(filled, "catalogue/index.json", body=b"{}")
    wrong = run(filled, "verify")
    rendered = json.loads(run(filled, "render", "--json").stdout)
    sound = run(filled, "verify")
    nothing = run(filled, "render")
    with filled.database.read() as connection:
        last = entries(connection, limit=1000)[-2]

    assert (wrong.return_value, sound.return_value) == (1, 0)
    assert "catalogue/index.json" in wrong.stdout
    assert "rpac-registry render" in wrong.stdout
    assert rendered["changed"] == ["catalogue/index.json"]
    assert rendered["pages"] == verify(filled).pages
    assert nothing.stdout == f"{rendered['pages']} pages rendered, 0 were not as they should be\n"
    assert (last.act, last.details) == ("render", {"changed": 1, "via": "command line"})


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, ()),
        ({"page_max_age": 7, "baseline": "elsewhere"}, ()),
        ({"languages": ("nb", "en")}, ("languages",)),
        ({"cooperation": "Other", "contact": "it@example.org"}, ("cooperation", "contact")),
    ],
)
def test_only_settings_that_pages_show_make_them_old(
    registry: Registry, change: dict[str, Any], expected: tuple[str, ...]
) -> None:
    """They are named; rendered once, they are remembered."""
    with registry.database.write() as connection:
        pages.rebuild_all(connection, registry.settings)
    settings = registry.settings.model_copy(update=change)
    with registry.database.write() as connection:
        found = pages.renew_changed(connection, settings, operator())
    with registry.database.write() as connection:
        again = pages.renew_changed(connection, settings, operator())

    assert expected == (found[0] if found else ())
    assert again is None


def test_pages_of_another_program_are_old(filled: Registry) -> None:
    """So are those of a registry that does not know yet who made them; the log says that it was done."""
    with filled.database.read() as connection:
        unknown = pages.changed_since(connection, filled.settings)
    renew(filled)
    with filled.database.write() as connection:
        key = db.meta.c.key == "pages_made_with"
        kept = json.loads(str(connection.scalar(sa.select(db.meta.c.value).where(key))))
        value = json.dumps({**kept, "program": "older"})
        connection.execute(sa.update(db.meta).where(key).values(value=value))
        found = pages.renew_changed(connection, filled.settings, operator())
    with filled.database.read() as connection:
        last = entries(connection, limit=1000)[-1]

    assert "program" in unknown
    assert found is not None
    assert ("program",) == found[0]
    assert ("render", ["program"]) == (last.act, last.details["because"])
    assert [] == problems(filled)


def test_old_pages_stay_where_the_log_does_not_hold(filled: Registry) -> None:
    """They may be the last that show it as it was."""
    with filled.database.write() as connection:
        connection.execute(sa.update(db.log).where(db.log.c.seq == 2).values(subject="other"))
    settings = filled.settings.model_copy(update={"languages": ("nb",)})
    with pytest.raises(ConflictError, match="does not hold"), filled.database.write() as connection:
        pages.renew_changed(connection, settings, operator())
