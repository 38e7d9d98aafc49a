"""The CSV files that a small municipality's systems would write: moves, and a register of persons.

The layout is ours, in the manner of such files: semicolons, a header, ISO dates, UTF-8. It is written out
here so that a municipality's ``stack.toml`` can declare it column by column.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

from ._files import write_private
from ._model import Move, Person, Population, Residence

__all__ = ["MOVE_COLUMNS", "REGISTER_COLUMNS", "csv_text", "moves_csv", "register_csv", "save"]

MOVE_COLUMNS = ("haendelse", "cpr", "flyttedato", "fra_kommune", "til_kommune", "adresse_id")
"""``fra_kommune`` holds a code, ``udland`` (from abroad) or ``ingen`` (no earlier address)."""

REGISTER_COLUMNS = (
    "cpr",
    "navn",
    "foedselsdato",
    "status",
    "beskyttet",
    "boern_under_18",
    "conavn",
    "adresse",
    "lokalitet",
    "postnr",
    "by",
    "kommune",
    "tidligere_kommune",
    "tidligere_fra",
    "tidligere_til",
)
"""``status`` holds the register's code (1, 60, 70, 80, 90), ``beskyttet`` ``ja`` or ``nej``."""

_ORIGINS = {"abroad": "udland", "none": "ingen"}


def moves_csv(moves: Iterable[Move]) -> bytes:
    """A moves extract."""
    rows = [
        (
            move.id,
            move.cpr,
            move.moved_on.isoformat(),
            move.from_municipality or _ORIGINS[move.origin],
            move.to_municipality,
            move.address_id,
        )
        for move in moves
    ]
    return csv_text(MOVE_COLUMNS, rows).encode()


def register_csv(population: Population) -> bytes:
    """A register extract: one row for each person."""
    rows = [_register_row(person, population) for person in population]
    return csv_text(REGISTER_COLUMNS, rows).encode()


def _register_row(person: Person, population: Population) -> tuple[str, ...]:
    at = person.address
    before = person.history[0] if person.history else None
    return (
        person.cpr,
        person.name,
        person.birth_date.isoformat(),
        str(int(person.status)),
        "ja" if person.protected_since and person.protected_since <= population.today else "nej",
        str(population.children_under_18(person)),
        *_address_cells(at),
        before.municipality if before else "",
        _day(before.moved_in if before else None),
        _day(before.moved_out if before else None),
    )


def _address_cells(at: Residence | None) -> tuple[str, ...]:
    if at is None:
        return ("",) * 6
    return (at.co_name, at.line, at.locality, at.postal_code, at.city, at.municipality)


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def csv_text(columns: Sequence[str], rows: Iterable[Sequence[str]], delimiter: str = ";") -> str:
    """A header and one line a row, quotes where needed."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return text.getvalue()


def save(path: Path, content: bytes) -> Path:
    """Write an extract, readable by its owner only, as a real one should be."""
    write_private(path, content)
    return path
