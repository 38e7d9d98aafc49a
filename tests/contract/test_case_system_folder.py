"""The case folder keeps the contract of CaseSystem, with the database in the folder and beside it."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, nullcontext
from pathlib import Path
from typing import Any

import pytest

from rpa_commons.capabilities import CaseQuery, Party, TaskChange
from rpa_commons.connectors import Surroundings
from rpa_commons.connectors.case_folder import CaseFolder, CaseFolderSettings
from rpa_commons.connectors.contract import (
    CaseSystemCases,
    CaseSystemContract,
    FailureCases,
    contract_case,
    contract_document,
    contract_key,
    contract_note,
    contract_task,
)
from rpa_commons.sdk import Municipality

PARTY = Party(kind="person", id="2211771212", name="Ole Hemmelig")
OTHER = Party(kind="organisation", id="29189404", name="Anden Hemmelig")
COUNTS = {
    "open_case": "SELECT count(*) FROM cases",
    "add_document": "SELECT count(*) FROM documents",
    "add_task": "SELECT count(*) FROM tasks",
    "update_task": "SELECT count(*) FROM effects WHERE method = 'update_task'",
    "add_note": "SELECT count(*) FROM notes",
}
ABSENT = {
    "401": "a folder has no log-in: what it does not permit is a read-only folder, tested on its own",
    "429": "a folder does not ask to be called later; a writer that waits is the time-out",
    "500": "a folder has no server that could fail by itself; a full disk is tested on its own",
}


class Store:
    """A case folder, looked at from beside the connector."""

    def __init__(self, folder: Path, database: str | None) -> None:
        self.folder = folder / "cases"
        self.folder.mkdir()
        self.database = folder / database if database else self.folder / ".rpac" / "cases.sqlite"
        self._settings = CaseFolderSettings(
            folder="cases", database=database, subjects=("27.60", "85"), unit="Borgerservice"
        )
        self._surroundings = Surroundings(
            Municipality("0265", "Roskilde"), "test", folder, lambda _: "", state=folder / "state"
        )

    def connect(self) -> CaseFolder:
        """A new connector, as a restarted worker makes one."""
        return CaseFolder(self._settings, self._surroundings)

    def impatient(self) -> CaseFolder:
        """The same, that soon gives up on another writer."""
        return CaseFolder(self._settings.model_copy(update={"wait": 0.3}), self._surroundings)

    def taken(self, method: str) -> int:
        """How many rows there are; a document also has its file."""
        if not self.database.exists():
            return 0
        with closing(sqlite3.connect(self.database)) as connection:
            try:
                rows = int(connection.execute(COUNTS[method]).fetchone()[0])
            except sqlite3.OperationalError:  # nothing was ever written
                return 0
        files = [path for path in self.folder.glob("2*/*/*") if path.name != "index.html"]
        assert method != "add_document" or len(files) == rows
        return rows

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Another process holds the file."""
        with closing(sqlite3.connect(self.database, isolation_level=None)) as connection:
            connection.execute("BEGIN EXCLUSIVE")
            yield
            connection.execute("ROLLBACK")

    @contextmanager
    def gone(self) -> Iterator[None]:
        """The share is not mounted: its mount point is an empty folder."""
        away = self.folder.rename(self.folder.with_name("share not mounted"))
        self.folder.mkdir()
        yield
        self.folder.rmdir()
        away.rename(self.folder)

    @contextmanager
    def holding(self, content: bytes | None) -> Iterator[None]:
        """The database file is cut short, or something else."""
        before = self.database.read_bytes()
        self.database.write_bytes(before[:1000] if content is None else content)
        yield
        self.database.write_bytes(before)


@pytest.fixture(params=[None, "local.sqlite"], ids=["in the folder", "beside it"])
def store(tmp_path: Path, request: pytest.FixtureRequest) -> Store:
    """An empty folder of cases."""
    return Store(tmp_path, request.param)


class TestCaseFolder(CaseSystemContract):
    @pytest.fixture
    def cases(self, store: Store) -> CaseSystemCases:
        """A folder that is silent when its share is not mounted."""
        return CaseSystemCases(
            connect=store.connect,
            taken=store.taken,
            party=PARTY,
            other_party=OTHER,
            kle="27.60.04",
            other_kle="85.02.01",
            facet="G01",
            refused_kle="27.61.04",
            unknown={"case": "no case", "document": "no document", "task": "no task"},
            silence=lambda: silence(store),
        )

    @pytest.fixture
    def failures(self, store: Store, cases: CaseSystemCases) -> list[FailureCases]:
        """A question, and each effect alone, on a case that is there already."""
        with closing(store.connect()) as folder:
            case = folder.open_case(contract_case(cases), key=contract_key("there")).id
            todo = folder.add_task(case, contract_task(cases), key=contract_key("to do")).id
        fails: dict[str, Callable[[], Any]] = {
            "time-out": store.locked,
            "half-answer": lambda: store.holding(None),
            "invalid-answer": lambda: store.holding(b"no database " * 1000),
            "reset": store.gone,
        }

        def one(method: str | None, call: Callable[[CaseFolder], object]) -> FailureCases:
            if method is None:
                absent = {**ABSENT, "duplicate": "a case is a state: asking for it delivers nothing twice"}
                return FailureCases(store.impatient, call, fails, absent, personal)
            return FailureCases(
                store.impatient,
                call,
                {**fails, "duplicate": nullcontext},
                ABSENT,
                personal,
                taken=lambda: store.taken(method),
            )

        personal = (PARTY.id, "Hemmelig", contract_case(cases).title, contract_note().text, "æøå")
        key = contract_key("the one key")
        done = TaskChange(status="done")
        return [
            one(None, lambda folder: folder.find_cases(CaseQuery(party=PARTY))),
            one("open_case", lambda folder: folder.open_case(contract_case(cases), key=key)),
            one(
                "add_document",
                lambda folder: folder.add_document(case, contract_document(), key=contract_key("d")),
            ),
            one(
                "add_task", lambda folder: folder.add_task(case, contract_task(cases), key=contract_key("t"))
            ),
            one("update_task", lambda folder: folder.update_task(case, todo, done, key=contract_key("u"))),
            one("add_note", lambda folder: folder.add_note(case, contract_note(), key=contract_key("n"))),
        ]


@contextmanager
def silence(store: Store) -> Iterator[None]:
    """The folder itself is away."""
    away = store.folder.rename(store.folder.with_name("share not mounted"))
    yield
    away.rename(store.folder)
