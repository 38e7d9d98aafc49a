"""The pages as they are rendered: complete, escaped, in each language, made from the documents."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import sqlalchemy as sa

from rpa_registry import db, pages, web
from rpa_registry.accounts import operator
from rpa_registry.context import Registry
from rpa_registry.log import append, log_count
from rpa_registry.web import _catalogue

_LANGUAGES = ("da", "nb", "sv", "en")
_ATOM = "{http://www.w3.org/2005/Atom}"


def _page(registry: Registry, path: str) -> str:
    with registry.database.read() as connection:
        body = connection.scalar(sa.select(db.pages.c.body).where(db.pages.c.path == path))
    assert body is not None, path
    return bytes(body).decode()


def _paths(registry: Registry) -> list[str]:
    with registry.database.read() as connection:
        return list(connection.scalars(sa.select(db.pages.c.path)))


@pytest.fixture
def change(town: Registry) -> Callable[..., None]:
    """Change columns of a release, as an act does: in one transaction with its pages."""

    def do(project: str, **columns: Any) -> None:
        with town.database.write() as connection:
            table = db.releases
            connection.execute(sa.update(table).where(table.c.project == project).values(columns))
            pages.render(connection, town.settings, project)

    return do


@pytest.mark.parametrize("language", _LANGUAGES)
def test_every_language_has_every_page(town: Registry, language: str) -> None:
    """The same addresses below each language."""
    danish = {path.removeprefix("da/") for path in _paths(town) if path.startswith("da/")}

    assert danish == {
        path.removeprefix(f"{language}/") for path in _paths(town) if path.startswith(f"{language}/")
    }
    assert {"index.html", "log/index.html", "stack/index.html", "projects/kmd-nova/index.html"} <= danish


def test_only_the_languages_of_the_settings_are_rendered(registry: Registry) -> None:
    """A cooperation that speaks Danish and English has no Swedish pages."""
    with registry.database.write() as connection:
        pages.rebuild_all(connection, registry.settings)

    assert [] == [path for path in _paths(registry) if path.startswith(("sv/", "nb/"))]
    assert "da/index.html" in _paths(registry)


@pytest.mark.parametrize("language", _LANGUAGES)
def test_a_page_names_its_language_and_the_others(town: Registry, language: str) -> None:
    """``lang``, ``hreflang`` and a link to the same page in each language."""
    html = _page(town, f"{language}/projects/welcome-letters/index.html")

    assert f'<html lang="{language}">' in html
    for other in _LANGUAGES:
        assert f'hreflang="{other}" href="../../../{other}/projects/welcome-letters/"' in html


def test_no_page_has_a_script_a_style_of_its_own_or_anything_from_elsewhere(town: Registry) -> None:
    """So the strict Content-Security-Policy breaks nothing."""
    for path in _paths(town):
        if not path.endswith(".html") or "/simple/" in path:
            continue
        html = _page(town, path)

        assert "<script" not in html
        assert not re.search(r"\sstyle=|\son\w+=|<style|<img|<iframe", html)
        assert [] == [one for one in re.findall(r'(?:src|<link [^>]*href)="([^"]+)"', html) if "//" in one]


def test_every_link_of_every_page_leads_somewhere(town: Registry) -> None:
    """Relative links meet a page, a static file, or what the server answers."""
    known = set(_paths(town)) | {path for path, _, _ in web.static_files()}
    for path in sorted(known):
        if not path.endswith("index.html") or "/simple/" in path:
            continue
        folder = Path("/", path).parent
        for link in re.findall(r'(?:href|action)="([^"#?]+)', _page(town, path)):
            if link.startswith(("http", "mailto")):
                continue
            target = str((folder / link).resolve().relative_to("/"))
            answered = target.endswith("/search")

            assert answered or target in known or f"{target}/index.html" in known, (path, link)


def test_the_catalogue_shows_who_can_be_used_first(town: Registry) -> None:
    """By state, then by how many run them, then by name."""
    html = _page(town, "da/index.html")
    names = re.findall(r'projects/([^/"]+)/"', html)

    assert names[0] == "welcome-letters"
    assert names[-1] == "byggesag-kvittering"
    assert len(names) == 12
    assert "10 robotter, som kommunerne i DIGIT deler" in html


def test_the_filters_offer_what_there_is_with_how_many(town: Registry) -> None:
    """And none where all projects are alike."""
    html = _page(town, "en/index.html")

    assert '<option value="quarantined">Recalled (1)</option>' in html
    assert '<option value="DigitalPost">Send letters by Digital Post (6)</option>' in html
    assert 'name="country"' not in html


def test_the_bot_page_says_what_a_reader_asks(town: Registry) -> None:
    """What it does and never does, permissions, law, settings, versions, provenance, quality, who."""
    html = _page(town, "en/projects/welcome-letters/index.html")

    for text in (
        "What it never does",
        "Den skriver aldrig til et barn",
        "Send letters by Digital Post",
        "changes something; after an interruption the receiver recognises a repetition.",
        "At byde hver ny borger velkommen én gang",
        "GDPR art. 6, stk. 1, litra e",
        "23.05.01, 00.14.00",
        "No trained model takes part.",
        "It decides nothing about a citizen.",
        "<code>window_days</code>",
        "1 to 60 days",
        "Certified 8 June 2026 by Anna Lund, Hvidovre Kommune; Bo Dahl, Lejre Kommune",
        "Version 1.1.0 is recalled",
        "Opgrader til 1.2.0.",
        "welcome_letters-1.2.0-py3-none-any.whl",
        "SHA-256",
        "Uploaded by",
        "Mette Holm, Roskilde Kommune",
        "Its licence is known, so that others may use it.",
        "Køge Kommune (1.2.0)",
        "rpac install welcome-letters",
        "4.5 minutes",
    ):
        assert text in html, text


def test_a_release_in_review_shows_its_state_and_nothing_of_its_contents(town: Registry) -> None:
    """Neither the summary nor the README nor the settings of what was never published."""
    html = _page(town, "en/projects/aktindsigt-kvittering/index.html")

    assert "In review since 16 November 2026" in html
    assert "Nothing is published yet" in html
    assert "Kvitterer for en anmodning" not in html
    assert "CaseSystem" not in html
    assert "rpac install" not in html


def test_a_deprecated_release_names_its_successor(town: Registry) -> None:
    """With the reason and a link."""
    html = _page(town, "da/projects/parkeringslicens/index.html")

    assert "Version 3.0.2 frarådes" in html
    assert 'href="../../../da/projects/parkeringskort/">parkeringskort</a>' in html


def test_what_is_not_certified_says_so_where_it_is_installed(town: Registry) -> None:
    """The command carries the channel and the page the duty to record why."""
    html = _page(town, "en/projects/laegeudgifter/index.html")

    assert "rpac install laegeudgifter --channel all" in html
    assert "your municipality has to record why" in html
    assert "a person has to have made it" in html


@pytest.mark.parametrize("language", _LANGUAGES)
def test_only_commands_that_there_are_are_shown(town: Registry, language: str) -> None:
    """A baseline is named in municipality.toml and installed; a connector is installed, then named."""
    baseline = _page(town, f"{language}/projects/digit-baseline/index.html")
    connector = _page(town, f"{language}/projects/kmd-nova/index.html")
    shown = re.findall(r"<pre[^>]*><code>(.*?)</code></pre>", baseline, re.DOTALL)

    assert shown[-2:] == ['baseline = "registry:digit-baseline"', "rpac install\nrpac upgrade baseline"]
    assert "rpac install kmd-nova" in connector
    assert "stack.toml" in connector


@pytest.mark.parametrize(
    ("language", "words"),
    [("da", "Kun simulator"), ("nb", "Bare simulator"), ("sv", "Bara simulator"), ("en", "Simulator only")],
)
def test_a_connector_that_was_tried_on_a_simulator_only_says_so(
    town: Registry, language: str, words: str
) -> None:
    """On its page and on its card in the catalogue; beside it what it serves and what it takes to get in."""
    page = _page(town, f"{language}/projects/kmd-nova/index.html")

    assert 2 == page.count(words)
    assert "CaseSystem 1.0" in page
    assert "Spørg leverandøren om fejlkoderne." in page
    assert "Novas adresse." in page
    assert words in _page(town, f"{language}/index.html")


def test_the_list_of_projects_says_what_a_connector_serves(town: Registry) -> None:
    """Search by capability finds it, a client knows its connectors by name; a bot's line has no such keys."""
    projects = {one["name"]: one for one in json.loads(_page(town, "catalogue/index.json"))["projects"]}

    assert (["CaseSystem"], ["kmd-nova-cases"], "simulator") == tuple(
        projects["kmd-nova"][key] for key in ("capabilities", "connectors", "verified")
    )
    assert "connectors" not in projects["welcome-letters"]


def test_hostile_texts_are_shown_and_do_nothing(town: Registry, change: Callable[..., None]) -> None:
    """Summary, README, manifest and reasons are strangers' texts."""
    bad = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
    manifest = json.dumps(
        {
            "capabilities": [{"name": bad, "version": bad, "calls": [{"method": bad, "effect": bad}]}],
            "record": {
                "kle": [bad],
                "purpose": bad,
                "data_categories": [bad],
                "decisions": {"kind": bad, "paragraph": bad},
            },
            "settings_schema": {
                "properties": {bad: {"default": bad, "description": bad, "unit": bad, "enum": [bad]}}
            },
            "benefit": {"minutes_per_case": 1, "method": bad},
            "languages": [bad],
        }
    )
    change(
        "laegeudgifter",
        summary=bad,
        readme=f"{bad}\n\n[x](javascript:alert(1))",
        manifest=manifest,
        licence=bad,
        deprecated="2026-11-01T00:00:00Z",
        deprecated_reason=bad,
        deprecated_use=bad,
        yanked="2026-11-01T00:00:00Z",
        yanked_reason=bad,
    )
    for path in ("en/projects/laegeudgifter/index.html", "en/index.html"):
        html = _page(town, path)

        assert "&lt;script&gt;" in html
        assert "<script" not in html
        assert "<img" not in html
        assert 'href="javascript' not in html


def test_a_bare_manifest_makes_a_page(town: Registry, change: Callable[..., None]) -> None:
    """Nothing is guessed where a field is missing, and nothing fails."""
    change("laegeudgifter", manifest="{}", readme="", summary="")
    html = _page(town, "en/projects/laegeudgifter/index.html")

    assert "It asks for nothing of the municipality" in html
    assert "It has no settings of its own." in html
    assert "Legal facts" not in html


def test_an_archived_project_says_so(town: Registry) -> None:
    """The life of the project (PEP 792) stands above its versions."""
    with town.database.write() as connection:
        where = db.projects.c.name == "kmd-nova"
        connection.execute(
            sa.update(db.projects).where(where).values(status="archived", status_reason="Nova er lukket.")
        )
        pages.render(connection, town.settings, "kmd-nova")
    html = _page(town, "da/projects/kmd-nova/index.html")

    assert "Projektet er arkiveret" in html
    assert "Nova er lukket." in html


def test_the_log_tells_acts_as_sentences(town: Registry) -> None:
    """Who, for which municipality, what; the reason only where it is meant for everybody; the hash."""
    html = _page(town, "da/log/index.html")

    assert "Karen Friis (Køge Kommune) kaldte byggesag-kvittering 1.0.0 tilbage." in html
    assert "Kvitteringen nævner ikke klagefristen." in html
    with town.database.read() as connection:
        newest = connection.scalar(sa.select(db.log.c.hash).order_by(db.log.c.seq.desc()).limit(1))
    assert newest is not None
    assert newest in html


def test_the_log_is_in_pages_that_link_to_each_other(town: Registry) -> None:
    """Seventy-two acts are a full page and a newest one; each entry stands on one of them."""
    newest, older = _page(town, "en/log/index.html"), _page(town, "en/log/1/index.html")
    numbers = [int(one) for html in (newest, older) for one in re.findall(r'id="entry-(\d+)"', html)]

    assert sorted(numbers) == list(range(1, len(numbers) + 1))
    assert numbers == sorted(numbers, reverse=True)
    assert 'href="../../en/log/1/"' in newest
    assert 'href="../../../en/log/"' in older


def test_rebuilding_keeps_every_page_of_the_log(town: Registry) -> None:
    """Also those that the newest entry does not touch."""
    with town.database.write() as connection:
        pages.rebuild_all(connection, town.settings)

    assert "sv/log/1/index.html" in _paths(town)


def test_the_recalls_are_listed_newest_first(town: Registry) -> None:
    """With what to do, and who said so."""
    html = _page(town, "en/advisories/index.html")

    assert html.index("DIGIT-2026-0002") < html.index("DIGIT-2026-0001")
    assert "Medium risk" in html
    assert "Issued 18 November 2026 by Karen Friis, Køge Kommune." in html


def test_the_feed_is_what_rfc_4287_asks_for(town: Registry) -> None:
    """Ids, titles, times and authors everywhere, unique ids, newest first."""
    root = ET.fromstring(_page(town, "feed.atom").encode())  # noqa: S314 - our own feed
    entries = root.findall(f"{_ATOM}entry")
    ids = [one.findtext(f"{_ATOM}id") for one in entries]

    for element in (root, *entries):
        for name in ("id", "title", "updated"):
            assert len(element.findall(f"{_ATOM}{name}")) == 1
            assert element.findtext(f"{_ATOM}{name}")
    assert len(ids) == len(set(ids)) == len(entries) > 20
    assert all(one.find(f"{_ATOM}author/{_ATOM}name") is not None for one in entries)
    times = [one.findtext(f"{_ATOM}updated") or "" for one in entries]
    assert times == sorted(times, reverse=True)
    assert root.findtext(f"{_ATOM}updated") == times[0]
    assert [one.get("rel") for one in root.findall(f"{_ATOM}link")] == ["self", "alternate"]


def test_the_feed_tells_releases_certifications_and_recalls(town: Registry) -> None:
    """In the cooperation's first language; the second signature is the news."""
    text = _page(town, "feed.atom")

    assert "byggesag-kvittering 1.0.0 er kaldt tilbage" in text
    assert "parkeringskort 1.0.0 er udgivet" in text
    assert "kmd-nova 1.3.0 er certificeret" in text
    assert "kmd-nova 1.3.0: endnu en underskrift" in text


def test_an_empty_registry_has_pages_too(registry: Registry) -> None:
    """Nothing published, nothing done, nothing recalled."""
    with registry.database.write() as connection:
        pages.rebuild_all(connection, registry.settings)

    assert "Nothing is published yet." in _page(registry, "en/index.html")
    assert "There are no advisories." in _page(registry, "en/advisories/index.html")
    assert "<entry" not in _page(registry, "feed.atom")


def test_many_projects_are_shown_in_pages(town: Registry) -> None:
    """Twenty-four to a page, each project once, linked in both directions."""
    document = json.loads(_page(town, "catalogue/index.json"))
    many = [{**document["projects"][number % 12], "name": f"bot-{number:03}"} for number in range(60)]
    entries = [json.dumps(one).encode() for one in many]
    with town.database.read() as connection:
        rendered = web.shared_pages(connection, town.settings, entries, b'{"advisories": []}')
        found = {path: text.decode() for path, _, text in rendered}
    listed = [
        name
        for page in ("", "page/2/", "page/3/")
        for name in re.findall(r"projects/([^/]+)/", found[f"da/{page}index.html"])
    ]

    assert sorted(listed) == [one["name"] for one in many]
    assert 'rel="next" href="../../../da/page/3/"' in found["da/page/2/index.html"]
    assert 'rel="prev" href="../../../da/"' in found["da/page/2/index.html"]
    assert "Side 2 af 3" in found["da/page/2/index.html"]
    assert "Side 3 af 3" in found["da/page/3/index.html"]
    assert "da/page/4/" not in found["da/page/3/index.html"]


def test_a_page_of_the_list_is_what_its_template_gives(town: Registry) -> None:
    """Pages that are filled into one frame are byte for byte those that would be rendered one by one."""
    document = json.loads(_page(town, "catalogue/index.json"))
    many = [{**document["projects"][number % 12], "name": f"bot-{number:03}"} for number in range(90)]
    entries = [web.Entry(json.dumps(one).encode()) for one in many]
    settings = town.settings
    values = {"title": "T", "total": 90, "query": "", "filters": "F", "filters_open": True}
    values |= {"heading": "H", "searched": False, "relaxed": False}
    filled = {site.place: body for site, body in _catalogue._listing(settings, "da", entries, values, {})}
    plain = {}
    for page in (1, 2, 3, 4):
        site = web.Site(settings, "da", "" if page == 1 else f"page/{page}/")
        plain[site.place] = site.render(
            "catalogue.html.j2",
            **values,
            cards=_catalogue._cards(site, entries[(page - 1) * 24 : page * 24], {}),
            page=page,
            pages=4,
            previous=("", "../../../da/", "../../../da/page/2/", "../../../da/page/3/")[page - 1],
            next=("../da/page/2/", "../../../da/page/3/", "../../../da/page/4/", "")[page - 1],
        )

    assert filled == plain


def test_a_log_that_grew_by_many_pages_has_them_all(town: Registry) -> None:
    """People and tokens render nothing; the next act renders every page of the log that grew meanwhile."""
    with town.database.write() as connection:
        for number in range(180):
            append(connection, operator(), "issue token", f"token {number} of mette", {})
    with town.database.write() as connection:
        pages.render(connection, town.settings, "kmd-nova")
        count = log_count(connection)
    blocks = -(-count // 50)
    shown = [_page(town, f"da/log/{block}/index.html") for block in range(1, blocks)]
    numbers = re.findall(r'id="entry-(\d+)"', "".join([*shown, _page(town, "da/log/index.html")]))

    assert blocks > 3
    assert sorted(map(int, numbers)) == list(range(1, count + 1))
