"""Whatever somebody writes into a row by hand: an answer of the right type, or a person is asked."""

import hashlib
import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rpa_commons.capabilities import BusinessError, CaseQuery, NewCase, NewDocument, NewNote, NewTask, Party
from rpa_commons.connectors import Surroundings
from rpa_commons.connectors.case_folder import CaseFolder, CaseFolderSettings
from rpa_commons.sdk import Municipality

COLUMNS = (
    ("cases", "number"),
    ("cases", "title"),
    ("cases", "status"),
    ("cases", "kle"),
    ("cases", "facet"),
    ("cases", "confidentiality"),
    ("cases", "opened_on"),
    ("cases", "unit"),
    ("cases", "person"),
    ("parties", "kind"),
    ("parties", "id"),
    ("parties", "name"),
    ("parties", "role"),
    ("documents", "file"),
    ("documents", "title"),
    ("documents", "file_name"),
    ("documents", "direction"),
    ("documents", "dated"),
    ("documents", "confidentiality"),
    ("documents", "description"),
    ("documents", "sha256"),
    ("tasks", "title"),
    ("tasks", "description"),
    ("tasks", "status"),
    ("tasks", "deadline"),
    ("tasks", "unit"),
    ("tasks", "person"),
    ("tasks", "created_at"),
    ("tasks", "done_at"),
    ("notes", "title"),
    ("notes", "text"),
    ("notes", "written_at"),
    ("effects", "accepted_at"),
)
WORDS = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        ["../../secret", "2026-02-30", "2026-11-22T10:00:00", "9" * 300, "9" * 5000, "\x00", "0001.pdf/../.."]
    ),
)


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, CaseFolder, str, str]:
    """A case with one of everything: its folder, a connector, the ids of case and document."""
    folder = tmp_path_factory.mktemp("town")
    (folder / "cases").mkdir()
    surroundings = Surroundings(Municipality("0265", "Roskilde"), "test", folder, lambda _: "")
    store = CaseFolder(CaseFolderSettings(folder="cases"), surroundings)
    party = Party(kind="person", id="2211771212")
    case = store.open_case(NewCase(title="Sag", kle="27.60.04", parties=(party,)), key=key("case")).id
    document = NewDocument(title="Bilag", file_name="a.pdf", content=b"%PDF")
    filed = store.add_document(case, document, key=key("document")).id
    store.add_task(case, NewTask(title="Opgave", deadline=date(2026, 12, 1)), key=key("task"))
    store.add_note(case, NewNote(title="Notat", text="Tekst"), key=key("note"))
    return folder, store, case, filed


def key(name: str) -> str:
    """An idempotency key."""
    return hashlib.sha256(name.encode()).hexdigest()


def put(folder: Path, table: str, column: str, value: object, where: str) -> object:
    """Change a column in the one row of a table; what stood there."""
    with closing(sqlite3.connect(folder / "cases" / ".rpac" / "cases.sqlite")) as connection:
        before = connection.execute(f"SELECT {column} FROM {table}{where}").fetchone()[0]  # noqa: S608 - words from above
        connection.execute(f"UPDATE {table} SET {column} = ?{where}", (value,))  # noqa: S608 - words from above
        connection.commit()
    return before


@settings(max_examples=150, deadline=None)
@given(place=st.sampled_from(COLUMNS), value=WORDS)
def test_no_row_breaks_the_connector(
    town: tuple[Path, CaseFolder, str, str], place: tuple[str, str], value: str
) -> None:
    """Every question is answered or refused with a remedy, and a refusal shows nothing of the value."""
    folder, store, case, filed = town
    table, column = place
    questions = (
        lambda: store.find_cases(CaseQuery(party=Party(kind="person", id="2211771212"))),
        lambda: store.case(case),
        lambda: store.documents(case),
        lambda: store.document_file(case, filed),
        lambda: store.tasks(case),
        lambda: store.notes(case),
        lambda: store.add_note(case, NewNote(title="Notat", text="Tekst"), key=key("note")),
    )
    effect = " WHERE method = 'add_note'" if table == "effects" else ""
    before = put(folder, table, column, value, effect)
    try:
        for ask in questions:
            try:
                ask()
            except BusinessError as error:
                said = f"{error.message} {error.remedy}"
                told = len(value) > 8 and value in said and value != "0001.pdf"

                assert (bool(error.remedy), told) == (True, False)  # noqa: PT017 - a refusal is allowed, not asked for
    finally:
        put(folder, table, column, before, effect)
