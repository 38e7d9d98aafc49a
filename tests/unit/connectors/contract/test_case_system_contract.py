"""The contract of CaseSystem notices: each thing done wrong fails the test that speaks of it."""

# ruff: noqa: D102 - each class is named after its one mistake

import secrets
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from rpa_commons.capabilities import (
    BusinessError,
    Case,
    CaseQuery,
    CaseReceipt,
    CaseSystem,
    Document,
    DocumentFile,
    NewCase,
    NewDocument,
    NewNote,
    NewTask,
    Note,
    Party,
    RpaCommonsError,
    TaskChange,
)
from rpa_commons.connectors import Surroundings
from rpa_commons.connectors.case_folder import CaseFolder, CaseFolderSettings
from rpa_commons.connectors.contract import CaseSystemCases, CaseSystemContract
from rpa_commons.sdk import Municipality

TABLES = {"open_case": "cases", "add_document": "documents", "add_task": "tasks", "add_note": "notes"}


def fresh() -> str:
    """A key that was never given."""
    return secrets.token_hex(32)


class IgnoresKeys(CaseFolder):
    def open_case(self, case: NewCase, *, key: str = "") -> CaseReceipt:
        return super().open_case(case, key=fresh())

    def add_document(self, case: str, document: NewDocument, *, key: str = "") -> CaseReceipt:
        return super().add_document(case, document, key=fresh())


class RemembersKeysInMemory(CaseFolder):
    def open_case(self, case: NewCase, *, key: str = "") -> CaseReceipt:
        known: dict[str, CaseReceipt] = vars(self).setdefault("known", {})
        if key not in known:
            known[key] = super().open_case(case, key=fresh())
        return known[key]


class ListsTooMuch(CaseFolder):
    def find_cases(self, query: CaseQuery) -> tuple[Case, ...]:
        return super().find_cases(CaseQuery(party=query.party, number=query.number, title=query.title))


class ReordersCases(CaseFolder):
    def find_cases(self, query: CaseQuery) -> tuple[Case, ...]:
        return super().find_cases(query)[::-1]


class TextDocuments(CaseFolder):
    def document_file(self, case: str, document: str) -> DocumentFile:
        file = super().document_file(case, document)
        return file.model_copy(update={"content": file.content.replace(b"\r\n", b"\n")})


class OverwritesByName(CaseFolder):
    def documents(self, case: str) -> tuple[Document, ...]:
        return tuple({one.file_name: one for one in super().documents(case)}.values())


class JoinsLines(CaseFolder):
    def notes(self, case: str) -> tuple[Note, ...]:
        return tuple(
            note.model_copy(update={"text": note.text.replace("\n", " ")}) for note in super().notes(case)
        )


class ForgetsTheRest(CaseFolder):
    def update_task(self, case: str, task: str, change: TaskChange, *, key: str = "") -> CaseReceipt:
        whole = change if change.deadline else TaskChange(status=change.status, deadline="2026-01-01")
        return super().update_task(case, task, whole, key=key)


class EmptyForUnknown(CaseFolder):
    def documents(self, case: str) -> tuple[Document, ...]:
        try:
            return super().documents(case)
        except BusinessError:
            return ()


class TakesAnySubject(CaseFolder):
    def check_open_case(self, case: NewCase) -> None:
        return


class RefusesPlans(CaseFolder):
    def check_add_note(self, case: str, note: NewNote) -> None:
        self.case(case)


class TakesAnyKey(CaseFolder):
    def add_task(self, case: str, task: NewTask, *, key: str = "") -> CaseReceipt:
        return super().add_task(case, task, key=key if len(key) == 64 and key.islower() else fresh())


class TellsTitles(CaseFolder):
    def check_open_case(self, case: NewCase) -> None:
        try:
            super().check_open_case(case)
        except BusinessError as error:
            raise BusinessError(f"{error.message}: {case.title}", remedy=error.remedy) from None


class NothingWhenSilent(CaseFolder):
    def find_cases(self, query: CaseQuery) -> tuple[Case, ...]:
        try:
            return super().find_cases(query)
        except Exception:  # noqa: BLE001 - that is the mistake
            return ()


class EscapesTwice(CaseFolder):
    def case(self, case: str) -> Case:
        found = super().case(case)
        return found.model_copy(update={"title": found.title.replace("<", "&lt;")})


class Planned(CaseFolder):
    def open_case(self, case: NewCase, *, key: str = "") -> CaseReceipt:
        return super().open_case(case, key=key).model_copy(update={"planned": True})


def cases_of(kind: type[CaseFolder], folder: Path) -> CaseSystemCases:
    """A folder that only this kind of connector looks at."""
    (folder / "cases").mkdir(exist_ok=True)
    settings = CaseFolderSettings(folder="cases", subjects=("27.60", "85"))
    surroundings = Surroundings(Municipality("0265", "Roskilde"), "test", folder, lambda _: "")

    def connect() -> CaseSystem:
        return kind(settings, surroundings)

    def taken(method: str) -> int:
        database = folder / "cases" / ".rpac" / "cases.sqlite"
        if not database.exists() or not database.stat().st_size:
            return 0
        with closing(sqlite3.connect(database)) as connection:
            if method in TABLES:
                words = f"SELECT count(*) FROM {TABLES[method]}"  # noqa: S608 - fixed names
            else:
                words = "SELECT count(*) FROM effects WHERE method = 'update_task'"
            return int(connection.execute(words).fetchone()[0])

    @contextmanager
    def silence() -> Iterator[None]:
        away = (folder / "cases").rename(folder / "away")
        yield
        away.rename(folder / "cases")

    return CaseSystemCases(
        connect=connect,
        taken=taken,
        party=Party(kind="person", id="2211771212", name="Ole Hemmelig"),
        other_party=Party(kind="organisation", id="29189404", name="Anden Hemmelig"),
        kle="27.60.04",
        other_kle="85.02.01",
        facet="G01",
        refused_kle="27.61.04",
        silence=silence,
        unknown={"case": "no case", "document": "no document", "task": "no task"},
    )


def fails(kind: type[CaseFolder], test: str, folder: Path) -> bool:
    """Whether a test of the contract fails for a kind of connector."""
    run: Callable[[CaseSystemCases], Any] = getattr(CaseSystemContract(), f"test_{test}")
    try:
        run(cases_of(kind, folder))
    except (AssertionError, RpaCommonsError):
        return True
    return False


@pytest.mark.parametrize(
    ("kind", "test"),
    [
        (IgnoresKeys, "a_case_is_opened_once_however_often_its_key_is"),
        (IgnoresKeys, "eight_threads_with_one_key_open_one_case"),
        (IgnoresKeys, "each_effect_is_once_per_key"),
        (RemembersKeysInMemory, "a_case_is_opened_once_however_often_its_key_is"),
        (ListsTooMuch, "cases_are_found"),
        (ReordersCases, "an_answer_is_in_order_and_changes_nothing"),
        (TextDocuments, "a_document_comes_back_byte_for_byte"),
        (OverwritesByName, "two_documents_of_one_name_are_two"),
        (JoinsLines, "a_note_comes_back_line_by_line"),
        (ForgetsTheRest, "a_task_is_listed_and_done"),
        (EmptyForUnknown, "what_is_not_there_is_said"),
        (TakesAnySubject, "a_subject_that_the_system_lacks_is_refused"),
        (RefusesPlans, "a_plan_refuses_no_good_case"),
        (TakesAnyKey, "nothing_is_done_without_a_key"),
        (TellsTitles, "nothing_personal_is_shown"),
        (NothingWhenSilent, "a_silent_system_keeps_the_case_waiting"),
        (EscapesTwice, "hostile_titles_are_only_titles"),
        (Planned, "a_case_is_opened_once_however_often_its_key_is"),
    ],
)
def test_a_mistake_fails_its_test_and_the_right_connector_passes_it(
    tmp_path: Path, kind: type[CaseFolder], test: str
) -> None:
    """The same test fails for the mistaken connector and passes for the case folder."""
    (tmp_path / "right").mkdir()
    (tmp_path / "wrong").mkdir()

    assert not fails(CaseFolder, test, tmp_path / "right")
    assert fails(kind, test, tmp_path / "wrong")
