"""The catalogue's search against bare SQLite FTS5 over the same 1000 projects.

Ours folds letters, takes stems and synonyms in four languages, asks for beginnings, joins the kept entry of
each project and makes the API's answer, ready to be sent. The bare index answers the words as they are
typed, by beginnings too, with its own ranking, from a prepared statement of the standard library. Before
anything is timed both must find something for each question.
"""

import json
import random
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import sqlalchemy as sa

from rpa_registry import db
from rpa_registry.catalogue import answer_document, load_project, search, update_search
from rpa_registry.context import Registry

from ._measure import Figures, compare

__all__ = ["NOTE", "UNIT", "run"]

UNIT = "questions a second"
NOTE = (
    "1000 projects with READMEs of 300 words, 16 questions in four languages, the best 20 of each; one "
    "process, one connection; limit: bare FTS5 (sqlite3, bm25, beginnings) over the same texts; aim: at "
    "least 0.5 of it"
)

_PROJECTS = 1000
_LIMIT = 20
_TIMES = 25
_DAY = "2026-05-01T10:00:00Z"
_TEXT = (
    "borger kommune brev flytning tilflytter faktura betaling sag skole barn indskrivning parkering "
    "byggesag adresse frist kvittering ansøgning afgørelse høring læge udgift refusion fravær medarbejder "
    "løn indkøb regnskab pension bolig affald skat kørekort vielse register påmindelse klage robotten "
    "finder skriver sender henter regner foreslår venter stopper godkender journaliserer med til fra "
    "efter inden hver alle the bot reads each case and sends a letter when nothing is missing ärende "
    "beslut ansökan invånare søknad "
)
QUESTIONS = (
    "flytning", "faktura betaling", "byggesag", "påmindelse frist", "læge", "skole indskrivning",
    "kvittering", "klage afgørelse", "letter", "case", "søknad", "ärende beslut", "robot7", "refusion",
    "bolig pension", "adresse register",
)  # fmt: skip


def run() -> list[Figures]:
    """Nine rounds."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        registry = Registry.create(folder / "registry", cooperation="DIGIT", country="dk")
        try:
            texts = _fill(registry)
            bare = _bare(folder / "bare.sqlite3", texts)
            with registry.database.read() as connection:
                asked = _ours(connection, registry)
                for question in QUESTIONS:
                    if not asked(question) or not _ask(bare, question):
                        raise RuntimeError(f"nothing was found for {question!r}")
                contestants = {
                    "ours": lambda: _rate(asked),
                    "bare FTS5": lambda: _rate(lambda question: _ask(bare, question)),
                }
                return compare(contestants, rounds=9)
        finally:
            registry.close()


def _rate(ask: Callable[[str], object]) -> float:
    start = time.perf_counter()
    for _ in range(_TIMES):
        for question in QUESTIONS:
            ask(question)
    return _TIMES * len(QUESTIONS) / (time.perf_counter() - start)


def _ours(connection: sa.Connection, registry: Registry) -> Callable[[str], object]:
    def ask(question: str) -> bytes:
        found = search(connection, registry.settings, question, limit=_LIMIT)
        return answer_document(found) if found else b""

    return ask


def _ask(bare: sqlite3.Connection, question: str) -> object:
    words = " ".join(f'"{word}"*' for word in question.split())
    statement = "SELECT name, summary, rank FROM texts WHERE texts MATCH ? ORDER BY rank LIMIT ?"
    return bare.execute(statement, (words, _LIMIT)).fetchall()


def _texts() -> Iterator[tuple[str, str, str]]:
    words = _TEXT.split()
    chance = random.Random(4)  # noqa: S311 - the same texts in every run
    for number in range(_PROJECTS):
        readme = " ".join(chance.choices(words, k=300))
        summary = " ".join(chance.choices(words, k=12)).capitalize() + "."
        yield f"{chance.choice(('brev', 'sag', 'tjek'))}-robot{number}", summary, f"# Robot\n\n{readme}\n"


def _bare(path: Path, texts: list[tuple[str, str, str]]) -> sqlite3.Connection:
    connection = sqlite3.connect(path)
    connection.execute("CREATE VIRTUAL TABLE texts USING fts5(name, summary, readme, prefix='2 3 4')")
    connection.executemany("INSERT INTO texts VALUES (?, ?, ?)", texts)
    connection.commit()
    return connection


def _fill(registry: Registry) -> list[tuple[str, str, str]]:
    """The projects, published; straight into the tables, for neither pages nor files are asked for."""
    texts = list(_texts())
    manifest = json.dumps({"capabilities": [{"name": "DigitalPost"}], "record": {"kle": ["23.05.01"]}})
    with registry.database.write() as connection:
        member = {"code": "0265", "name": "Roskilde", "country": "dk", "joined": _DAY}
        connection.execute(sa.insert(db.members).values(member))
        person = {"login": "mette", "name": "Mette", "member": "0265", "role": "developer", "active": True}
        connection.execute(sa.insert(db.people).values(person | {"added": _DAY}))
        for number, (name, summary, readme) in enumerate(texts, start=1):
            project = {"name": name, "kind": "bot", "owner": "0265", "status": "active", "created": _DAY}
            project |= {"accepted": _DAY, "accepted_by": "mette"}
            connection.execute(sa.insert(db.projects).values(project))
            release = {
                "id": number,
                "project": name,
                "version": "1.0.0",
                "state": "published",
                "report": "{}",
            }
            release |= {"manifest": manifest, "manifest_sha256": "", "requires_dist": "[]", "staged": _DAY}
            release |= {"summary": summary, "readme": readme, "uploaded_by": "mette", "published": _DAY}
            connection.execute(sa.insert(db.releases).values(release))
            file = {"sha256": f"{number:064}", "release": number, "filename": f"{name}.whl", "size": 1}
            file |= {"metadata": b"", "metadata_sha256": "", "uploaded": _DAY}
            connection.execute(sa.insert(db.files).values(file))
            found = load_project(connection, name)
            if found is not None:
                update_search(connection, found)
    return texts
