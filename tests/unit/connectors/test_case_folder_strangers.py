"""The case folder where somebody else was at it: in its rows, in its folders, or with another program."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from rpa_commons.capabilities import (
    BusinessError,
    CaseQuery,
    NewNote,
    NewTask,
    TransientError,
)
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


@pytest.mark.parametrize(
    ("words", "field", "ask"),
    [
        ("UPDATE cases SET status = 'done'", "status", "case"),
        ("UPDATE cases SET kle = '27-60'", "kle", "case"),
        ("UPDATE cases SET opened_on = 'yesterday'", "opened_on", "case"),
        ("UPDATE cases SET number = '../../etc'", "number", "case"),
        ("UPDATE parties SET kind = 'Hemmelig'", "kind", "case"),
        ("UPDATE documents SET file = '../../../secret'", "file", "documents"),
        ("UPDATE documents SET dated = '2026-13-45'", "dated", "documents"),
        ("UPDATE documents SET size = -1", "size", "documents"),
        ("UPDATE documents SET final = 7", "final", "documents"),
        ("UPDATE tasks SET status = 'Hemmelig'", "status", "tasks"),
        ("UPDATE tasks SET created_at = '2026-11-22T10:00:00'", "created_at", "tasks"),
        ("UPDATE notes SET written_at = 'x'", "written_at", "notes"),
    ],
)
def test_a_row_changed_by_hand_is_told_and_never_left_out(
    tmp_path: Path, words: str, field: str, ask: str
) -> None:
    """What no longer fits the schema stops the answer: table and field are named, the value is not."""
    store = connect(tmp_path)
    case = opened(store)
    filed(store, case.id)
    store.add_task(case.id, NewTask(title="Vurdér"), key=key("task"))
    store.add_note(case.id, NewNote(title="Notat", text="Tekst"), key=key("note"))
    by_hand(tmp_path, words)

    error = refused(lambda: getattr(store, ask)(case.id))

    assert isinstance(error, BusinessError)
    assert f"{field}:" in error.message
    assert "secret" not in error.message
    if ask == "case" and "parties" not in words:
        assert isinstance(refused(lambda: store.find_cases(CaseQuery(party=OTHER))), BusinessError)


def test_an_effect_beside_a_broken_row_is_done_all_the_same(tmp_path: Path) -> None:
    """A broken note does not make a task undone: the receipt comes, the row is told to who asks for it."""
    store = connect(tmp_path)
    case = opened(store)
    store.add_note(case.id, NewNote(title="Notat", text="Tekst"), key=key("note"))
    by_hand(tmp_path, "UPDATE notes SET written_at = 'x'")

    receipt = store.add_task(case.id, NewTask(title="Vurdér"), key=key("task"))

    assert [receipt.id] == [task.id for task in store.tasks(case.id)]
    refused(lambda: store.notes(case.id))


def test_a_document_that_was_changed_or_lost_is_told(tmp_path: Path) -> None:
    """A missing file and one with other bytes are business for a person; the list says which is missing."""
    store = connect(tmp_path)
    case = opened(store)
    lost, longer, other = (filed(store, case.id, content=content) for content in (b"1111", b"2222", b"3333"))
    folder = of_case(tmp_path, case.number)
    (folder / "0001.pdf").unlink()
    (folder / "0002.pdf").write_bytes(b"22222")
    (folder / "0003.pdf").write_bytes(b"4444")

    errors = [refused(lambda one=one: store.document_file(case.id, one.id)) for one in (lost, longer, other)]  # type: ignore[misc]
    listed = store.documents(case.id)

    assert all(isinstance(error, BusinessError) for error in errors)
    assert "0001.pdf is gone" in errors[0].message
    assert ["filed" in error.message for error in errors] == [False, True, True]
    assert 3 == len(listed)
    assert [True] == [f"{case.number}/0001.pdf" in line for line in store.problems]


def test_a_strangers_file_is_told_and_never_overwritten(tmp_path: Path) -> None:
    """What a caseworker put into the folder stays; a document takes the next number after it."""
    store = connect(tmp_path)
    case = opened(store)
    folder = of_case(tmp_path, case.number)
    (folder / "0001.pdf").write_bytes(b"scanned by hand")
    (folder / "Ole Hemmelig.pdf").write_bytes(b"scanned too")
    filed(store, case.id)
    listed = store.documents(case.id)
    page = (folder / "index.html").read_text("utf-8")

    assert b"scanned by hand" == (folder / "0001.pdf").read_bytes()
    assert b"%PDF" == (folder / "0002.pdf").read_bytes()
    assert 1 == len(listed)
    assert 1 == len(store.problems)
    assert "no document of the case: 2" in store.problems[0]
    assert "Hemmelig" not in store.problems[0]
    assert "ikke hører til et dokument i sagen: 2" in page


def test_a_strangers_number_is_in_no_name_of_ours(tmp_path: Path) -> None:
    """Files called by a day of birth or a personal number do not decide what a document is called."""
    store = connect(tmp_path)
    case = opened(store)
    folder = of_case(tmp_path, case.number)
    for name in ("221177.pdf", "2211771212 ansøgning.pdf", "99999999999.pdf"):
        (folder / name).write_bytes(b"scanned by hand")
    filed(store, case.id)
    filed(store, case.id, "another.pdf", b"%PDF-2")

    assert {"0001.pdf", "0002.pdf"} < {path.name for path in folder.iterdir()}
    assert 2 == len(store.documents(case.id))


def test_the_same_bytes_under_a_strangers_name_are_filed_beside_it(tmp_path: Path) -> None:
    """A caseworker saved the application by hand: its name does not become that of our document."""
    store = connect(tmp_path)
    case = opened(store)
    folder = of_case(tmp_path, case.number)
    for name in ("Ole Hemmelig.pdf", "221177.pdf"):
        (folder / name).write_bytes(b"%PDF")
    document = filed(store, case.id)

    assert b"%PDF" == store.document_file(case.id, document.id).content
    assert {"0001.pdf", "Ole Hemmelig.pdf", "221177.pdf"} < {path.name for path in folder.iterdir()}


def test_a_cases_folder_that_was_removed_is_made_again(tmp_path: Path) -> None:
    """Nothing of the case waits for it; what was filed in it is told as lost."""
    store = connect(tmp_path)
    case = opened(store)
    filed(store, case.id)
    shutil.rmtree(of_case(tmp_path, case.number))

    store.add_note(case.id, NewNote(title="Notat", text="Tekst"), key=key("note"))
    shutil.rmtree(of_case(tmp_path, case.number))
    filed(store, case.id, "another.pdf", b"%PDF-2")
    listed = store.documents(case.id)

    assert 2 == len(listed)
    assert [True] == [f"{case.number}/0001.pdf" in line for line in store.problems]
    assert b"%PDF-2" == (of_case(tmp_path, case.number) / "0002.pdf").read_bytes()


def test_a_database_older_than_its_folders_gives_no_number_twice(tmp_path: Path) -> None:
    """Put back from a backup, the database skips the numbers whose folders hold something."""
    store = connect(tmp_path)
    first = opened(store, "first")
    database = tmp_path / "cases" / ".rpac" / "cases.sqlite"
    backup = database.read_bytes()
    lost = opened(store, "lost")
    filed(store, lost.id)
    database.write_bytes(backup)

    third = opened(store, "third")

    assert ["000001", "000002", "000003"] == [one.number[-6:] for one in (first, lost, third)]
    assert b"%PDF" == (of_case(tmp_path, lost.number) / "0001.pdf").read_bytes()


def test_a_newer_schema_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    """A file that a newer release wrote keeps the cases waiting, and keeps its bytes."""
    store = connect(tmp_path)
    opened(store)
    by_hand(tmp_path, "PRAGMA user_version = 2")
    database = tmp_path / "cases" / ".rpac" / "cases.sqlite"
    before = database.read_bytes()

    errors = [
        refused(lambda: opened(store, "another")),
        refused(lambda: store.find_cases(CaseQuery(party=PARTY))),
    ]

    assert all(isinstance(error, TransientError) for error in errors)
    assert all("upgrade" in error.remedy for error in errors)
    assert before == database.read_bytes()


def test_another_programs_file_is_refused(tmp_path: Path) -> None:
    """A SQLite file with other tables is never written into."""
    store = connect(tmp_path, database="theirs.sqlite")
    with closing(sqlite3.connect(tmp_path / "theirs.sqlite")) as connection:
        connection.execute("CREATE TABLE theirs (x)")
        connection.commit()
    before = (tmp_path / "theirs.sqlite").read_bytes()

    assert "another program" in refused(lambda: opened(store)).message
    assert before == (tmp_path / "theirs.sqlite").read_bytes()
