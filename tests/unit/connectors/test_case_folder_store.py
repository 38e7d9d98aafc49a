"""The case folder day by day: what a caseworker sees, what is refused, and what an admin does."""

import json
import re
import shutil
import tomllib
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from rpa_commons.capabilities import (
    Case,
    CaseQuery,
    NewCase,
    NewDocument,
    NewNote,
    NewTask,
    Party,
    TaskChange,
)
from rpa_commons.connectors import catalogue
from rpa_commons.connectors.case_folder import CaseFolderSettings
from rpa_commons.connectors.case_folder._database import Database
from rpa_commons.connectors.case_folder._store import CaseStore
from tests.support.case_folders import (
    OTHER,
    PARTY,
    by_hand,
    connect,
    filed,
    key,
    of_case,
    opened,
    refused,
)

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "connectors" / "case-folder.md"


def test_a_caseworker_finds_an_index_and_numbered_files(tmp_path: Path) -> None:
    """The index has everything, escaped, with links that stay in the folder; names say nothing of anybody."""
    store = connect(tmp_path)
    case = opened(store)
    filed(store, case.id, "Ole Hemmelig 2211771212.docx")
    filed(store, case.id, "run me.exe", b"MZ")
    task = store.add_task(case.id, NewTask(title="Vurdér", deadline=date(2026, 12, 1)), key=key("task"))
    store.update_task(case.id, task.id, TaskChange(status="started"), key=key("begun"))
    store.add_note(case.id, NewNote(title="Notat", text="linje 1\nlinje 2 & mere"), key=key("note"))
    page = (of_case(tmp_path, case.number) / "index.html").read_text("utf-8")
    paths = [str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*")]

    assert ["0001.docx", "0002.bin", "index.html"] == sorted(
        path.name for path in of_case(tmp_path, case.number).iterdir()
    )
    assert [] == [path for path in paths if "Hemmelig" in path or "2211771212" in path]
    for text in ("Ansøgning &lt;script&gt;", "Ole Hemmelig &lt;b&gt;", "Firma &amp; Co", "27.60.04 G01"):
        assert text in page
    for text in (
        'href="0001.docx"',
        'href="0002.bin"',
        "2026-12-01",
        "i gang",
        "linje 2 &amp; mere",
        "Fra &lt;en&gt; borger",
    ):
        assert text in page
    assert "<script>" not in page
    assert "Content-Security-Policy" in page


@pytest.mark.parametrize(
    ("language", "words"),
    [("da", "Sagsbehandler"), ("nb", "Saksbehandler"), ("sv", "Handläggare"), ("en", "Caseworker")],
)
def test_the_index_is_in_the_municipalitys_language(tmp_path: Path, language: str, words: str) -> None:
    """Four languages, chosen by a setting."""
    store = connect(tmp_path, language=language)
    case = opened(store, person="AZ1234")
    page = (of_case(tmp_path, case.number) / "index.html").read_text("utf-8")

    assert words in page
    assert f'lang="{language}"' in page


def test_the_primary_party_comes_first(tmp_path: Path) -> None:
    """Parties are answered with the primary one first, whatever order they were given in."""
    store = connect(tmp_path, unit="Borgerservice")
    case = store.case(opened(store).id)

    assert (PARTY, OTHER) == case.parties
    assert ("Borgerservice", "confidential") == (case.unit, case.confidentiality)


def test_a_repeat_writes_the_index_again(tmp_path: Path) -> None:
    """An index that was lost between the commit and its writing is there after the repeat."""
    store = connect(tmp_path)
    case = opened(store)
    path = of_case(tmp_path, case.number) / "index.html"
    before = path.read_bytes()
    path.unlink()

    again = opened(store)

    assert again.repeated
    assert case.accepted_at == again.accepted_at
    assert before == path.read_bytes()


def test_what_a_killed_process_left_half_is_removed(tmp_path: Path) -> None:
    """Half an index and a staged file that nobody will ever ask for are gone with the next effect."""
    store = connect(tmp_path)
    case = opened(store)
    filed(store, case.id, content=b"1")
    half = of_case(tmp_path, case.number) / ".index.html.0123abcd"
    staged = tmp_path / "cases" / ".rpac" / "staging" / "somebodys.0123abcd"
    for path in (half, staged):
        path.write_bytes(b"Ole Hemmelig")

    filed(store, case.id, content=b"2")

    assert not half.exists()
    assert not staged.exists()


def test_one_key_is_one_kind_of_effect(tmp_path: Path) -> None:
    """A key that opened a case cannot write a note: somebody has mixed keys up."""
    store = connect(tmp_path)
    case = opened(store)

    with pytest.raises(ValueError, match="open_case"):
        store.add_note(case.id, NewNote(title="Notat", text="Tekst"), key=key("case"))

    assert () == store.notes(case.id)


def test_a_large_document_is_refused_in_a_plan_too(tmp_path: Path) -> None:
    """The setting bounds a document; the check says so without a folder."""
    store = connect(tmp_path, largest_document=1)
    case = opened(store)
    large = NewDocument(title="Bilag", file_name="a.pdf", content=b"x" * 1_000_001)
    just = NewDocument(title="Bilag", file_name="a.pdf", content=b"x" * 1_000_000)

    store.check_add_document("planned", just)

    assert "1 MB" in refused(lambda: store.check_add_document("planned", large)).message
    assert "1 MB" in refused(lambda: store.add_document(case.id, large, key=key("large"))).message
    assert () == store.documents(case.id)


def test_a_closed_case_takes_nothing_more(tmp_path: Path) -> None:
    """A case whose status somebody has set to closed is found as such, and is for a person."""
    store = connect(tmp_path)
    case = opened(store)
    by_hand(tmp_path, "UPDATE cases SET status = 'closed'")

    assert "is closed" in refused(lambda: filed(store, case.id)).message
    assert [case.id] == [one.id for one in store.find_cases(CaseQuery(party=PARTY, status="closed"))]
    assert () == store.find_cases(CaseQuery(party=PARTY, status="open"))


def test_a_search_is_whole_or_refused(tmp_path: Path) -> None:
    """More cases than the setting allows are refused rather than cut."""
    store = connect(tmp_path, most_found=2)
    for name in ("one", "two"):
        opened(store, name)
    found = store.find_cases(CaseQuery(party=PARTY))
    opened(store, "three")

    assert 2 == len(found)
    assert "more than 2" in refused(lambda: store.find_cases(CaseQuery(party=PARTY))).message


def test_a_task_that_is_not_done_any_more_has_no_time_of_it(tmp_path: Path) -> None:
    """Done sets the time, begun again takes it away."""
    store = connect(tmp_path)
    case = opened(store)
    task = store.add_task(case.id, NewTask(title="Vurdér"), key=key("task"))
    store.update_task(case.id, task.id, TaskChange(status="done"), key=key("done"))
    (done,) = store.tasks(case.id)
    store.update_task(case.id, task.id, TaskChange(status="started", unit="Visitation"), key=key("again"))
    (again,) = store.tasks(case.id)

    assert done.done_at is not None
    assert ("started", None, "Visitation") == (again.status, again.done_at, again.unit)


def test_an_old_sqlite_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A Python with a library that lacks strict tables keeps the cases waiting, and says why."""
    store = connect(tmp_path)
    monkeypatch.setattr("sqlite3.sqlite_version_info", (3, 34, 1))

    assert "3.37" in refused(lambda: opened(store)).message
    assert [] == list((tmp_path / "cases").iterdir())


def test_what_the_page_tells_an_admin_works(tmp_path: Path) -> None:
    """Its TOML is accepted as it stands; its SQL closes a case and deletes one, and nothing else breaks."""
    page = PAGE.read_text("utf-8")
    (toml,) = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    close, delete = re.findall(r"```sql\n(.*?)```", page, re.DOTALL)
    CaseFolderSettings.model_validate_json(json.dumps(tomllib.loads(toml)["CaseSystem"]["settings"]))
    store = connect(tmp_path)
    first, other = opened(store, "first"), opened(store, "other")
    for case in (first, other):
        filed(store, case.id, content=case.id.encode())

    by_hand(tmp_path, close.replace("2026-000017", first.number))
    closed = store.case(first.id).status
    by_hand(tmp_path, delete.replace("2026-000017", first.number))
    shutil.rmtree(of_case(tmp_path, first.number))
    third = opened(store, "third")

    assert "closed" == closed
    assert {other.id, third.id} == {case.id for case in store.find_cases(CaseQuery(party=PARTY))}
    assert third.number > other.number
    assert 1 == len(store.documents(other.id))
    assert () == store.problems
    refused(lambda: store.case(first.id))
    refused(lambda: opened(store, "first"))
    database = tmp_path / "cases" / ".rpac" / "cases.sqlite"
    assert 2 == database.read_bytes().count(b"Ole Hemmelig")  # of the cases that are left


def test_the_catalogue_knows_it() -> None:
    """It is built in, for CaseSystem 1.0."""
    entry = catalogue()["case-folder"]

    assert ("CaseSystem", "1.0") == (entry.capability, entry.version)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    title=st.text(min_size=1, max_size=255),
    name=st.text(max_size=300),
    content=st.binary(min_size=1, max_size=200),
    party=st.text(min_size=1, max_size=20),
    text=st.text(min_size=1, max_size=300),
)
def test_whatever_strangers_write_comes_back(
    tmp_path: Path, title: str, name: str, content: bytes, party: str, text: str
) -> None:
    """Any title, name, number and note is kept as its model has it, and leads nowhere."""
    try:
        new = NewCase(title=title, kle="27.60.04", parties=(Party(kind="other", id=party),))
        document = NewDocument(title=title, file_name=name, content=content)
        note = NewNote(title=title, text=text)
    except ValidationError:  # a title or number without a character that can be seen
        assume(condition=False)
    store = connect(tmp_path)
    case = store.open_case(new, key=key(f"{title}|{party}"))
    filed_id = store.add_document(case.id, document, key=key(f"{title}|{name}|{content!r}|{case.id}")).id
    store.add_note(case.id, note, key=key(f"{title}|{text}|{case.id}"))
    read: Case = store.case(case.id)

    assert (new.title, new.parties) == (read.title, read.parties)
    assert content == store.document_file(case.id, filed_id).content
    assert note.text in {one.text for one in store.notes(case.id)}
    assert case.id in {one.id for one in store.find_cases(CaseQuery(party=new.parties[0]))}
    assert {"cases"} == {path.name for path in tmp_path.iterdir()}


def test_the_day_of_a_case_is_the_municipalitys(tmp_path: Path) -> None:
    """A server whose clock shows UTC opens the first case of the year on the first of January."""
    folder = tmp_path / "cases"
    folder.mkdir()
    database = Database("case-folder", folder, tmp_path / "cases.sqlite", wait=1, memory=None)
    new_year = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
    store = CaseStore("case-folder", database, folder, language="da", now=lambda: new_year)
    opened = store.open_case(NewCase(title="Ansøgning", kle="27.60.04"), str(UUID(int=1)), unit="")

    assert "2027-000001" == opened.number
    assert date(2027, 1, 1) == store.case(opened.id).opened_on
