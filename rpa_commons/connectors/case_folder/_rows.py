"""Rows to models: what was changed by hand is told, never guessed at.

Rules this module keeps: a row that is no longer what the schema means is an error that says which field and
why, never the value; a list is whole or not at all, because a bot that asks "is there a case already?" would
open a second one beside a row that was left out.
"""

import sqlite3
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from rpa_commons.capabilities import Case, Document, DocumentFile, Note, Party, Task

__all__ = ["BrokenRowError", "read_case", "read_document", "read_file", "read_note", "read_task", "read_time"]

_Model = TypeVar("_Model", bound=BaseModel)


class BrokenRowError(Exception):
    """A row cannot be read; the text says which field and why, without the value."""


def read_case(row: sqlite3.Row, parties: Sequence[sqlite3.Row]) -> Case:
    """A row of ``cases`` with those of ``parties``."""
    given = dict(row)
    given["opened_on"] = _date(row, "opened_on")
    given["parties"] = tuple(
        _model(Party, {name: one[name] for name in ("kind", "id", "name", "role")}) for one in parties
    )
    return _model(Case, given)


def read_document(row: sqlite3.Row) -> Document:
    """A row of ``documents``."""
    given: dict[str, Any] = {
        name: row[name]
        for name in ("id", "title", "file_name", "direction", "confidentiality", "size", "description")
    }
    return _model(Document, {**given, "dated": _date(row, "dated"), "final": _flag(row, "final")})


def read_file(row: sqlite3.Row, content: bytes) -> DocumentFile:
    """A row of ``documents`` with its bytes."""
    return _model(DocumentFile, {"id": row["id"], "file_name": row["file_name"], "content": content})


def read_time(row: sqlite3.Row, name: str) -> datetime:
    """A time with its offset from UTC."""
    try:
        time = datetime.fromisoformat(row[name])
    except ValueError:
        raise BrokenRowError(f"{name}: it is no time") from None
    if time.tzinfo is None:
        raise BrokenRowError(f"{name}: it has no offset from UTC")
    return time


def read_task(row: sqlite3.Row) -> Task:
    """A row of ``tasks``."""
    given: dict[str, Any] = {
        name: row[name] for name in ("id", "title", "description", "status", "unit", "person")
    }
    given["deadline"] = _date(row, "deadline") if row["deadline"] is not None else None
    given["created_at"] = read_time(row, "created_at")
    given["done_at"] = read_time(row, "done_at") if row["done_at"] is not None else None
    return _model(Task, given)


def read_note(row: sqlite3.Row) -> Note:
    """A row of ``notes``."""
    given: dict[str, Any] = {name: row[name] for name in ("id", "title", "text")}
    return _model(Note, {**given, "final": _flag(row, "final"), "written_at": read_time(row, "written_at")})


def _model(kind: type[_Model], given: Mapping[str, Any]) -> _Model:
    try:
        return kind.model_validate(given)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        raise BrokenRowError(f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from None


def _date(row: sqlite3.Row, name: str) -> date:
    try:
        return date.fromisoformat(row[name])
    except ValueError:
        raise BrokenRowError(f"{name}: it is no date YYYY-MM-DD") from None


def _flag(row: sqlite3.Row, name: str) -> bool:
    if row[name] not in {0, 1}:
        raise BrokenRowError(f"{name}: it is neither 0 nor 1")
    return bool(row[name])
