"""The case folder when its process is killed with no chance to tidy up, and when several write at once."""

import os
import random
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest

from rpa_commons.capabilities import Case, CaseQuery, NewCase, NewDocument, NewNote, NewTask, Party
from rpa_commons.connectors import Surroundings
from rpa_commons.connectors.case_folder import CaseFolder, CaseFolderSettings
from rpa_commons.sdk import Municipality

PARTY = Party(kind="person", id="2211771212", name="Ole Hemmelig")
CASE = NewCase(title="Ansøgning", kle="27.60.04", parties=(PARTY,))
DOCUMENT = NewDocument(title="Bilag", file_name="bilag.pdf", content=b"%PDF-1.7 " + b"x" * 300_000)

CHILD = """
import hashlib, os, signal, sys
from pathlib import Path
from rpa_commons.capabilities import NewCase, NewDocument, NewNote, NewTask, Party
from rpa_commons.connectors import Surroundings
from rpa_commons.connectors.case_folder import CaseFolder, CaseFolderSettings
from rpa_commons.sdk import Municipality

folder, method, point, case, key = sys.argv[1:]


def die(reached):
    if reached == point:
        os.kill(os.getpid(), signal.SIGKILL)


def key_of(name):
    return hashlib.sha256(name.encode()).hexdigest()


if point == "half-written":
    os.fsync = lambda _: die(point)
if point == "not-renamed":
    Path.rename = lambda *_: die(point)
surroundings = Surroundings(Municipality("0265", "Roskilde"), "test", Path(folder), lambda _: "")
store = CaseFolder(CaseFolderSettings(folder="cases"), surroundings, reach=die)
party = Party(kind="person", id="2211771212", name="Ole Hemmelig")
document = NewDocument(title="Bilag", file_name="bilag.pdf", content=b"%PDF-1.7 " + b"x" * 300_000)
if method == "open_case":
    store.open_case(NewCase(title="Ansøgning", kle="27.60.04", parties=(party,)), key=key)
elif method == "add_document":
    store.add_document(case, document, key=key)
elif method == "add_task":
    store.add_task(case, NewTask(title="Opgave"), key=key)
elif method == "add_note":
    store.add_note(case, NewNote(title="Notat", text="Tekst"), key=key)
else:
    for number in range(int(point)):
        opened = store.open_case(NewCase(title="Ansøgning", kle="27.60.04"), key=key_of(f"case {number}"))
        store.add_document(opened.id, document, key=key_of(f"own {number}"))
        store.add_document(case, document, key=key_of(f"shared {number}"))
"""

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A municipality's folder with an empty folder of cases."""
    (tmp_path / "cases").mkdir()
    return tmp_path


def connect(folder: Path) -> CaseFolder:
    """A connector in this process, as the worker that comes after the killed one has it."""
    surroundings = Surroundings(Municipality("0265", "Roskilde"), "test", folder, lambda _: "")
    return CaseFolder(CaseFolderSettings(folder="cases"), surroundings)


def child(
    folder: Path, method: str, point: str, case: str = "", key: str = "b" * 64
) -> subprocess.Popen[bytes]:
    """A worker in a process of its own."""
    words = [sys.executable, "-c", CHILD, str(folder), method, point, case, key]
    return subprocess.Popen(words, stderr=subprocess.PIPE)


def killed(folder: Path, method: str, point: str, case: str = "") -> None:
    """Let a worker die at a point, and see that it did."""
    process = child(folder, method, point, case)
    _, said = process.communicate(timeout=60)

    assert (-signal.SIGKILL, b"") == (process.returncode, said)


def only_case(store: CaseFolder) -> Case:
    """The one case there is."""
    (case,) = store.find_cases(CaseQuery(party=PARTY))
    return case


@pytest.mark.parametrize("point", ["numbered", "before-commit", "after-commit", "before-index"])
def test_a_case_is_opened_once_wherever_the_worker_was_killed(folder: Path, point: str) -> None:
    """Before the commit there is no case; the repeat makes it one, with the first number and an index."""
    killed(folder, "open_case", point)
    store = connect(folder)
    committed = point in {"after-commit", "before-index"}
    before = len(store.find_cases(CaseQuery(party=PARTY)))

    receipt = store.open_case(CASE, key="b" * 64)

    assert int(committed) == before
    assert committed == receipt.repeated
    assert (receipt.id, receipt.number) == (only_case(store).id, only_case(store).number)
    assert receipt.number.endswith("-000001")
    assert ["index.html"] == names(folder, receipt.number)
    assert () == store.documents(receipt.id)
    assert () == store.problems


@pytest.mark.parametrize(
    "point",
    ["half-written", "not-renamed", "staged", "placed", "before-commit", "after-commit", "before-index"],
)
def test_a_document_is_filed_once_wherever_the_worker_was_killed(folder: Path, point: str) -> None:
    """No row is without its whole file; a file without a row is told, and taken over by the repeat."""
    store = connect(folder)
    case = store.open_case(CASE, key="a" * 64)
    killed(folder, "add_document", point, case.id)
    listed, problems = store.documents(case.id), store.problems
    rowless = point in {"placed", "before-commit"}

    receipt = store.add_document(case.id, DOCUMENT, key="b" * 64)

    assert int(point in {"after-commit", "before-index"}) == len(listed)
    assert int(rowless) == len(problems)
    assert ["0001.pdf", "index.html"] == names(folder, case.number)
    assert [receipt.id] == [one.id for one in store.documents(case.id)]
    assert () == store.problems
    assert DOCUMENT.content == store.document_file(case.id, receipt.id).content
    assert [] == list((folder / "cases" / ".rpac" / "staging").iterdir())
    assert 'href="0001.pdf"' in index(folder, case.number)


@pytest.mark.parametrize(
    ("method", "point"),
    [("add_task", "before-commit"), ("add_task", "after-commit"), ("add_note", "before-index")],
)
def test_a_task_and_a_note_are_made_once(folder: Path, method: str, point: str) -> None:
    """A killed worker leaves one or none; after the repeat there is one, and the index has it."""
    store = connect(folder)
    case = store.open_case(CASE, key="a" * 64)
    killed(folder, method, point, case.id)

    if method == "add_task":
        store.add_task(case.id, NewTask(title="Opgave"), key="b" * 64)
    else:
        store.add_note(case.id, NewNote(title="Notat", text="Tekst"), key="b" * 64)

    assert 1 == len(store.tasks(case.id)) + len(store.notes(case.id))
    assert ("Opgave" if method == "add_task" else "Notat") in index(folder, case.number)


def test_two_processes_with_the_same_keys_do_it_once(folder: Path) -> None:
    """Two workers that open the same cases and file the same documents leave each once, numbers in a row."""
    store = connect(folder)
    shared = store.open_case(CASE, key="a" * 64)
    workers = [child(folder, "both", "12", shared.id) for _ in range(2)]
    ended = [(worker.communicate(timeout=120)[1], worker.returncode) for worker in workers]
    with closing(sqlite3.connect(folder / "cases" / ".rpac" / "cases.sqlite")) as connection:
        numbers = [row[0] for row in connection.execute("SELECT number FROM cases ORDER BY number")]
        per_case = Counter(row[0] for row in connection.execute("SELECT case_id FROM documents"))

    assert [(b"", 0)] * 2 == ended
    assert [f"{number:06d}" for number in range(1, 14)] == [number[-6:] for number in numbers]
    assert [12] + [1] * 12 == sorted(per_case.values(), reverse=True)
    assert [f"{number:04d}.pdf" for number in range(1, 13)] == names(folder, shared.number)[:-1]
    assert 12 == len(re.findall("href=", index(folder, shared.number)))
    store.documents(shared.id)
    assert not store.problems


@pytest.mark.storm
def test_two_processes_killed_at_random_end_where_one_would(folder: Path) -> None:
    """Twenty-eight kills in the midst of work: in the end each key once, every file whole, none left."""
    store = connect(folder)
    shared = store.open_case(CASE, key="a" * 64)
    dice = random.Random(20261122)  # noqa: S311 - moments, no secrets
    for done in range(8, 120, 8):  # effects, of 121: each pair of workers dies in the midst of its work
        workers = [child(folder, "both", "40", shared.id) for _ in range(2)]
        while effects_of(folder) < done and any(worker.poll() is None for worker in workers):
            time.sleep(0.002)
        for worker in workers:
            time.sleep(dice.uniform(0, 0.02))
            worker.kill()
            worker.communicate(timeout=60)
    unfinished = effects_of(folder)
    last = child(folder, "both", "40", shared.id)

    assert (b"", 0) == (last.communicate(timeout=120)[1], last.returncode)
    with closing(sqlite3.connect(folder / "cases" / ".rpac" / "cases.sqlite")) as connection:
        sound = connection.execute("PRAGMA integrity_check").fetchone()[0]
        cases = connection.execute("SELECT id, number FROM cases ORDER BY number").fetchall()
    assert "ok" == sound
    assert [f"{number:06d}" for number in range(1, 42)] == [number[-6:] for _, number in cases]
    assert (True, 121) == (unfinished < 121, effects_of(folder))
    for case, number in cases:
        filed = store.documents(case)
        assert () == store.problems
        assert (40 if case == shared.id else 1) == len(filed) == len(names(folder, number)) - 1
        assert {DOCUMENT.content} == {store.document_file(case, one.id).content for one in filed}
    assert [] == list((folder / "cases" / ".rpac" / "staging").iterdir())


def effects_of(folder: Path) -> int:
    """How many effects the store has taken."""
    with closing(sqlite3.connect(folder / "cases" / ".rpac" / "cases.sqlite", timeout=30)) as connection:
        return int(connection.execute("SELECT count(*) FROM effects").fetchone()[0])


def names(folder: Path, number: str) -> list[str]:
    """What lies in a case's folder."""
    return sorted(path.name for path in (folder / "cases" / number[:4] / number).iterdir())


def index(folder: Path, number: str) -> str:
    """The index of a case."""
    return (folder / "cases" / number[:4] / number / "index.html").read_text("utf-8")
