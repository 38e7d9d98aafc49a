"""Pages and documents in the table: what each state shows, and what a change writes."""

import json
from typing import Any

import pytest
import sqlalchemy as sa

from rpa_registry import db, pages

QUARANTINE = {"quarantined": "2026-06-01T10:00:00Z", "advisory": "DIGIT-2026-0001"}
PUBLIC = {"certified_by", "file", "manifest", "requires_dist", "signatures", "tier"}


def stamps(shelf: Any) -> dict[str, tuple[str, str]]:
    """Path -> ETag and time of every page."""
    table = db.pages
    with shelf.registry.database.read() as connection:
        rows = connection.execute(sa.select(table.c.path, table.c.etag, table.c.rendered))
        return {path: (etag, rendered) for path, etag, rendered in rows}


@pytest.mark.parametrize(
    ("state", "columns", "certified", "everything"),
    [
        ("staged", {}, [], []),
        ("in_review", {}, [], []),
        ("published", {}, [], ["1.0.0"]),
        ("certified", {}, ["1.0.0"], ["1.0.0"]),
        ("certified", {"yanked": "2026-06-01T10:00:00Z"}, ["1.0.0"], ["1.0.0"]),
        ("certified", {"deprecated": "2026-06-01T10:00:00Z"}, ["1.0.0"], ["1.0.0"]),
        ("certified", QUARANTINE, [], []),
        ("withdrawn", {"withdrawn": "2026-06-01T10:00:00Z"}, [], []),
    ],
)
def test_channels_offer_what_their_state_allows(
    shelf: Any, state: str, columns: Any, certified: list[str], everything: list[str]
) -> None:
    """Certified is certified, all is published and certified, and what is withheld is in neither."""
    shelf.put(state=state, **columns)
    listed = [one["name"] for one in shelf.page("all/simple/index.json")["projects"]]

    assert shelf.page("certified/simple/welcome-letters/index.json")["versions"] == certified
    assert shelf.page("all/simple/welcome-letters/index.json")["versions"] == everything
    assert listed == (["welcome-letters"] if everything else [])


def test_versions_stand_oldest_first(shelf: Any) -> None:
    """By version, not by letters: 1.10 is after 1.9, and a pre-release before its release."""
    for version in ("1.10.0", "1.9.0", "2.0.0rc1", "2.0.0"):
        shelf.put(version=version)

    assert shelf.page("all/simple/welcome-letters/index.json")["versions"] == [
        "1.9.0",
        "1.10.0",
        "2.0.0rc1",
        "2.0.0",
    ]


def test_a_quarantined_project_offers_nothing_and_says_so(shelf: Any) -> None:
    """PEP 792: no file of it is offered, and the page has the status and its reason."""
    shelf.put()
    shelf.change_project("welcome-letters", status="quarantined", status_reason="stolen token")
    page = shelf.page("certified/simple/welcome-letters/index.json")

    assert page["files"] == []
    assert page["project-status"] == {"status": "quarantined", "reason": "stolen token"}
    assert shelf.page("certified/simple/index.json")["projects"] == []


def test_the_list_of_all_has_one_line_a_project(shelf: Any) -> None:
    """Each line says what a search shows; the owner, the versions, what it touches."""
    shelf.put("b-bot", "1.0.0")
    shelf.put("a-bot", "1.0.0")
    shelf.put("a-bot", "1.1.0", state="published")
    document = shelf.page("catalogue/index.json")
    first = document["projects"][0]

    assert document["cooperation"] == {"name": "DIGIT", "country": "dk"}
    assert [one["name"] for one in document["projects"]] == ["a-bot", "b-bot"]
    assert (first["latest"], first["certified"], first["state"]) == ("1.1.0", "1.0.0", "published")
    assert first["owner"] == {"code": "0265", "name": "Roskilde"}
    assert first["kle"] == ["23.05.01"]
    assert first["capabilities"] == ["PopulationRegister", "DigitalPost"]
    assert first["updated"] == "2026-05-04T10:00:00Z"


def test_the_generation_counts_writes(shelf: Any) -> None:
    """The list of all names the number of the write that made it."""
    shelf.put()

    assert shelf.page("catalogue/index.json")["generation"] == shelf.registry.database.generation()


@pytest.mark.parametrize("state", ["staged", "in_review"])
def test_what_is_not_published_shows_no_contents(shelf: Any, state: str) -> None:
    """Anyone may see that a version is on its way, and nothing of what is in it."""
    shelf.put(state=state, readme="# Secret plans\n")
    document = shelf.page("catalogue/welcome-letters.json")
    [release] = document["releases"]

    assert set(release) == {"version", "state", "base_state", "since"}
    assert (release["version"], release["state"]) == ("1.0.0", state)
    assert (document["readme"], document["summary"], document["kle"]) == ("", "", [])
    assert "Secret" not in json.dumps(document)


def test_a_published_release_is_described(shelf: Any) -> None:
    """Its file with its path, its manifest, its requirements and who uploaded it."""
    wheel = shelf.put(requires=("letter-parts>=2",))
    [release] = shelf.page("catalogue/welcome-letters.json")["releases"]

    assert set(release) >= PUBLIC
    assert release["file"] == {
        "filename": wheel.name,
        "sha256": wheel.parent.name,
        "size": wheel.stat().st_size,
        "path": f"files/{wheel.parent.name[:2]}/{wheel.parent.name}/{wheel.name}",
    }
    assert release["requires_dist"] == ["letter-parts>=2"]
    assert release["manifest"]["name"] == "welcome-letters"
    assert release["uploaded_by"]["login"] == "mette"
    assert release["uploaded_by"]["member"] == {"code": "0265", "name": "Roskilde"}


def test_a_quarantined_release_keeps_its_description_and_loses_its_file(shelf: Any) -> None:
    """Who has it installed must still read what it was; nobody may fetch it."""
    shelf.put(**QUARANTINE)
    [release] = shelf.page("catalogue/welcome-letters.json")["releases"]

    assert (release["state"], release["base_state"]) == ("quarantined", "certified")
    assert release["file"] is None
    assert release["quarantined"] == {"advisory": "DIGIT-2026-0001"}
    assert release["manifest"]["name"] == "welcome-letters"


def test_a_withdrawn_release_is_not_listed(shelf: Any) -> None:
    """What its owner took back before anyone could have it leaves no line."""
    shelf.put(version="1.0.0")
    shelf.put(version="1.1.0", state="withdrawn")
    document = shelf.page("catalogue/welcome-letters.json")

    assert [one["version"] for one in document["releases"]] == ["1.0.0"]


def test_signatures_and_reports_are_shown_as_whose_they_are(shelf: Any) -> None:
    """Who certified and who tested stand with their name and their municipality on that day."""
    wheel = shelf.put(state="published")
    at = "2026-05-05T10:00:00Z"
    with shelf.registry.database.write() as connection:
        row = {"release": 1, "person": "anna", "member": "0167", "at": at}
        connection.execute(sa.insert(db.signatures).values(act="certify", **row))
        connection.execute(sa.insert(db.signatures).values(act="certify", superseded=at, **row))
        signed = json.dumps({"result": "passed"})
        report = {"sha256": wheel.parent.name, "kind": "sandbox", "signed": signed, "person": "bo", "at": at}
        connection.execute(sa.insert(db.reports).values(signature="", key="", **report))
        pages.render(connection, shelf.registry.settings, "welcome-letters")
    [release] = shelf.page("catalogue/welcome-letters.json")["releases"]
    anna = {"login": "anna", "person": "Anna", "member": {"code": "0167", "name": "Hvidovre"}}

    assert release["certified_by"] == [anna]
    assert [one["person"] for one in release["signatures"]] == ["Anna"]
    assert [(one["kind"], one["result"], one["login"]) for one in release["reports"]] == [
        ("sandbox", "passed", "bo")
    ]


def test_who_runs_it_and_all_names_and_advisories(shelf: Any) -> None:
    """The smaller documents: what members said they run, every name owned here, every signed advisory."""
    shelf.put()
    shelf.put("quiet-bot", "0.1.0", state="staged")
    at = "2026-05-05T10:00:00Z"
    with shelf.registry.database.write() as connection:
        usage = {"member": "0167", "project": "welcome-letters", "version": "1.0.0", "at": at}
        connection.execute(sa.insert(db.usage).values(usage))
        advisory = {"id": "DIGIT-2026-0001", "project": "welcome-letters", "signed": '{"id": "x"}', "at": at}
        connection.execute(
            sa.insert(db.advisories).values(signature="sig", key="key", person="anna", **advisory)
        )
        pages.render(connection, shelf.registry.settings, "welcome-letters")

    assert shelf.page("names.json") == {"names": ["quiet-bot", "welcome-letters"]}
    assert shelf.page("catalogue/welcome-letters.json")["runs_at"] == [
        {"member": {"code": "0167", "name": "Hvidovre"}, "version": "1.0.0"}
    ]
    assert shelf.page("advisories.json")["advisories"] == [
        {"signed": {"id": "x"}, "person": "anna", "member": "0167", "key": "key", "signature": "sig"}
    ]


def test_a_change_writes_its_own_pages_only(shelf: Any) -> None:
    """Another project's pages keep their ETag and their time, and so do lists that did not change."""
    shelf.put("a-bot", "1.0.0")
    shelf.put("b-bot", "1.0.0")
    before = stamps(shelf)
    shelf.change("b-bot", "1.0.0", yanked="2026-06-01T10:00:00Z", yanked_reason="wrong")
    after = stamps(shelf)
    changed = {path for path in after if after[path] != before.get(path)}

    assert changed == {
        "all/simple/b-bot/index.html",
        "all/simple/b-bot/index.json",
        "catalogue/b-bot.json",
        "catalogue/index.json",
        "certified/simple/b-bot/index.html",
        "certified/simple/b-bot/index.json",
    }


def test_rebuilding_gives_what_the_changes_gave(shelf: Any) -> None:
    """Every page rendered anew is what stood there; what no project has is removed."""
    shelf.put("a-bot", "1.0.0")
    shelf.put("b-bot", "1.0.0", state="published")
    with shelf.registry.database.write() as connection:
        row = {"path": "all/simple/gone/index.html", "media_type": "text/html", "body": b"", "etag": "x"}
        connection.execute(sa.insert(db.pages).values(rendered="2026-05-05T10:00:00Z", **row))
    before = stamps(shelf)
    with shelf.registry.database.write() as connection:
        count = pages.rebuild_all(connection, shelf.registry.settings)
    after = stamps(shelf)

    assert count == len(after)
    assert set(before) - set(after) == {"all/simple/gone/index.html"}
    assert {path for path in after if after[path] != before[path]} == {"catalogue/index.json"}


def test_a_store_forgets_only_when_pages_changed(shelf: Any) -> None:
    """A write that renders nothing (a token's last use) drops nothing from memory."""
    shelf.is_served = True
    shelf.put()
    store = pages.PageStore(shelf.registry.database)
    store.refresh()
    page = store.get("names.json")
    with shelf.registry.database.write() as connection:
        connection.execute(sa.update(db.people).values(contact="office"))
    store.refresh()
    kept = store.get("names.json")
    shelf.put("b-bot", "1.0.0")
    store.refresh()
    renewed = store.get("names.json")
    store.close()

    assert kept is page
    assert renewed is not None
    assert json.loads(renewed.body) == {"names": ["b-bot", "welcome-letters"]}
