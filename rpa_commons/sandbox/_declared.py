"""Extracts in a municipality's own layout: what its ``stack.toml`` declares is what the sandbox writes.

Rules this module keeps: header names, encoding, delimiter, date format and the words for statuses, yes and
no, and origins are the declared ones, so a mistake in the declaration shows against invented people; a
column that is not declared is not written; a meaning for which no word is declared is written as the sandbox
itself would, and the connector then says that the word is unknown.

It knows the settings of ``moves-extract`` and ``register-extract`` from the reference, not from their code.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from ._extracts import csv_text
from ._model import Move, Person, Population, Residence, Status

__all__ = ["declared_moves", "declared_register"]

_STATUSES = {
    Status.ACTIVE: "active",
    Status.NUMBER_CHANGED: "inactive",
    Status.DISAPPEARED: "disappeared",
    Status.EMIGRATED: "emigrated",
    Status.DEAD: "dead",
}
_ORIGINS = {"abroad": "udland", "none": "ingen"}
_Cells = Mapping[str, str]


def declared_moves(settings: Mapping[str, Any], moves: Iterable[Move]) -> bytes:
    """A moves extract as ``[PopulationEvents.settings]`` declares it."""
    return _written(settings, (_move_cells(settings, move) for move in moves))


def declared_register(settings: Mapping[str, Any], population: Population) -> bytes:
    """A register extract of everybody, as ``[PopulationRegister.settings]`` declares it."""
    return _written(settings, (_person_cells(settings, person, population) for person in population))


def _written(settings: Mapping[str, Any], rows: Iterable[_Cells]) -> bytes:
    columns = {field: header for field, header in _table(settings, "columns").items() if header}
    lines = [[cells.get(field, "") for field in columns] for cells in rows]
    text = csv_text(list(columns.values()), lines, str(settings.get("delimiter", ";")))
    return text.encode(str(settings.get("encoding", "utf-8")), "replace")


def _move_cells(settings: Mapping[str, Any], move: Move) -> _Cells:
    origin = _word(settings, "origins", move.origin, _ORIGINS.get(move.origin, move.origin))
    own_column = bool(_table(settings, "columns").get("origin"))
    return {
        "event_id": move.id,
        "cpr": move.cpr,
        "moved_on": _days(settings)(move.moved_on),
        "from_municipality": move.from_municipality or ("" if own_column else origin),
        "to_municipality": move.to_municipality,
        "origin": origin,
        "address_id": move.address_id,
    }


def _person_cells(settings: Mapping[str, Any], person: Person, population: Population) -> _Cells:
    day = _days(settings)
    protected = person.protected_since is not None and person.protected_since <= population.today
    before = person.history[0] if person.history else None
    return {
        "cpr": person.cpr,
        "name": person.name,
        "birth_date": day(person.birth_date),
        "status": _status(settings, person.status),
        "protected": _word(settings, "booleans", protected, "ja" if protected else "nej"),
        "children_under_18": str(population.children_under_18(person)),
        **_address_cells(person.address),
        "previous_municipality": before.municipality if before else "",
        "previous_moved_in": day(before.moved_in if before else None),
        "previous_moved_out": day(before.moved_out if before else None),
    }


def _address_cells(at: Residence | None) -> _Cells:
    if at is None:
        return {}
    return {
        "co_name": at.co_name,
        "street_line": at.line,
        "locality": at.locality,
        "postal_code": at.postal_code,
        "city": at.city,
        "municipality": at.municipality,
    }


def _status(settings: Mapping[str, Any], status: Status) -> str:
    """The register's code where the declared statuses know it, else a word declared for the same thing."""
    code, meaning = str(int(status)), _STATUSES[status]
    declared = _table(settings, "statuses")
    return code if declared.get(code) == meaning else _word(settings, "statuses", meaning, code)


def _word(settings: Mapping[str, Any], table: str, meaning: object, otherwise: str) -> str:
    """The first word that a table declares for a meaning."""
    words = (word for word, meant in _table(settings, table).items() if meant == meaning)
    return next(words, otherwise)


def _days(settings: Mapping[str, Any]) -> Callable[[date | None], str]:
    form = str(settings.get("date_format", "%Y-%m-%d"))
    return lambda day: day.strftime(form) if day else ""


def _table(settings: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    table = settings.get(name)
    return table if isinstance(table, Mapping) else {}
