"""Rows of a stronger layer laid on those of the layers below, and what rows say wherever they stand.

Rules this module keeps: rows are added; a row with the same conditions and the same first day takes the
place of the weaker one; the stronger layer's rows stand first; saying the same again changes nothing; where
only one row may hold for a case, their order says nothing.
"""

import json
from collections.abc import Sequence
from typing import Any

from ._column import NOTE
from ._rules import ORIGIN, condition_key

__all__ = ["combine_rows", "rows_without_places"]

_ASIDE = (ORIGIN, NOTE)  # read by people only


def combine_rows(below: Any, value: Any, *, ordered: bool = True) -> Any:  # noqa: ANN401 - JSON, also of a wrong shape
    """The rows that hold when a layer says ``value`` above ``below``; what is no list replaces.

    Args:
        below: The rows of the weaker layers.
        value: The rows of the stronger one.
        ordered: Whether the first row that a case meets counts.
    """
    if not isinstance(below, list) or not isinstance(value, list) or not below:
        return value
    said = {key for row in value if (key := condition_key(row)) is not None}
    rows = [*value, *(row for row in below if condition_key(row) not in said)]
    same = rows_without_places(rows, ordered=ordered) == rows_without_places(below, ordered=ordered)
    return below if same else rows


def rows_without_places(rows: Sequence[Any], *, ordered: bool) -> list[Any]:
    """What rows say, without where they stand and without notes: equal for tables that answer the same.

    Args:
        rows: As JSON; what is no row stays as it is.
        ordered: Whether the first row that a case meets counts; else they come sorted.
    """
    found = [
        {key: value for key, value in row.items() if key not in _ASIDE} if isinstance(row, dict) else row
        for row in rows
    ]
    return found if ordered else sorted(found, key=_text)


def _text(row: Any) -> str:  # noqa: ANN401 - JSON
    return json.dumps(row, sort_keys=True, default=str)
