"""Which rows of a layer change a decision table that is locked.

Rules this module keeps: a row that the cooperation's table has too changes nothing, wherever it stands and
whatever is noted beside it; cells are never shown, only where rows stand.

Usage::

    changed = changed_rows(section, path, layer, below)
    changed.first, changed.text  # 0, "tables/fee-letters/fees.csv:3"
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from rpa_commons.config.findings import KeyPath, lookup
from rpa_commons.config.layers import Layer, Section, value_without_places

__all__ = ["ChangedRows", "changed_rows"]

_MOST_NAMED = 5


class ChangedRows(NamedTuple):
    """Rows that say something else.

    Attributes:
        first: Position of the first one in its layer.
        text: Where they stand, in words.
    """

    first: int
    text: str


def changed_rows(section: Section, path: KeyPath, layer: Layer, below: object) -> ChangedRows | None:
    """The rows of a layer that the table below does not have; ``None`` when no single row is to blame."""
    own = lookup(layer.values, path)
    if not isinstance(own, list):
        return None
    kept = _bare(section, path, below) if isinstance(below, list) else []
    changed = [index for index, row in enumerate(_each_bare(section, path, own)) if row not in kept]
    if not changed:
        return None
    places = list(dict.fromkeys(str(layer.origin((*path, index))) for index in changed))
    more = f" and {len(places) - _MOST_NAMED} more" if len(places) > _MOST_NAMED else ""
    return ChangedRows(changed[0], ", ".join(places[:_MOST_NAMED]) + more)


def _bare(section: Section, path: KeyPath, rows: Sequence[Any]) -> list[Any]:
    """Rows without places and notes."""
    bare: list[Any] = value_without_places(section.view, path, list(rows))
    return bare


def _each_bare(section: Section, path: KeyPath, rows: Sequence[Any]) -> list[Any]:
    """The same, each row still at its own position."""
    return [_bare(section, path, [row])[0] for row in rows]
