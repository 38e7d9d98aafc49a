"""A case folder in a test: opened, filed in, changed by hand, and what it refuses."""

import hashlib
import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from rpa_commons.capabilities import (
    BusinessError,
    CaseReceipt,
    NewCase,
    NewDocument,
    Party,
    RpaCommonsError,
    TransientError,
)
from rpa_commons.connectors import Surroundings
from rpa_commons.connectors.case_folder import CaseFolder, CaseFolderSettings
from rpa_commons.sdk import Municipality

PARTY = Party(kind="person", id="2211771212", name="Ole Hemmelig <b>")
OTHER = Party(kind="organisation", id="29189404", name="Firma & Co", role="secondary")


def connect(folder: Path, **changes: object) -> CaseFolder:
    """A connector to the folder ``cases``, made when it is not there."""
    (folder / "cases").mkdir(exist_ok=True)
    surroundings = Surroundings(Municipality("0265", "Roskilde"), "test", folder, lambda _: "")
    given = json.dumps({"folder": "cases", **changes})
    return CaseFolder(CaseFolderSettings.model_validate_json(given), surroundings)


def key(name: str) -> str:
    """An idempotency key."""
    return hashlib.sha256(name.encode()).hexdigest()


def opened(store: CaseFolder, name: str = "case", **changes: object) -> CaseReceipt:
    """A case about two parties."""
    given = {"title": "Ansøgning <script>", "kle": "27.60.04", "facet": "G01", "parties": (OTHER, PARTY)}
    return store.open_case(NewCase.model_validate({**given, **changes}), key=key(name))


def filed(store: CaseFolder, case: str, name: str = "bilag.pdf", content: bytes = b"%PDF") -> CaseReceipt:
    """A document in a case."""
    document = NewDocument(title="Bilag <i>", file_name=name, content=content, description="Fra <en> borger")
    return store.add_document(case, document, key=key(f"{name} {content!r}"))


def of_case(folder: Path, number: str) -> Path:
    """The folder of a case."""
    return folder / "cases" / number[:4] / number


def by_hand(folder: Path, words: str) -> None:
    """Somebody with a database browser."""
    with closing(sqlite3.connect(folder / "cases" / ".rpac" / "cases.sqlite")) as connection:
        connection.execute("PRAGMA foreign_keys=OFF")
        connection.executescript(words)
        connection.commit()


def refused(call: Callable[[], object]) -> RpaCommonsError:
    """The error a call ends in, which says what to do and shows nothing personal."""
    with pytest.raises((BusinessError, TransientError)) as caught:
        call()
    assert caught.value.remedy
    for personal in ("2211771212", "Hemmelig", "Ansøgning", "Bilag"):
        assert personal not in f"{caught.value} {caught.value!r} {caught.value.remedy}"
    return caught.value
