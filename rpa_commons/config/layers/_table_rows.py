"""The rows of a decision table as a value among others: laid on each other, and compared.

Rules this module keeps: where a row stands and what its author noted are no part of what it says, so moving
a line changes no digest and no comparison; nor does the order of rows of which only one may hold for a case.

Usage::

    value_without_places(section.view, path, lookup(section.values, path))
"""

from typing import Any

from rpa_commons.config.findings import KeyPath
from rpa_commons.config.schema import SchemaView
from rpa_commons.tables import combine_rows, rows_without_places

__all__ = ["is_table", "laid_rows", "value_without_places"]


def is_table(view: SchemaView, path: KeyPath) -> bool:
    """Whether a key is a decision table."""
    return view.note(path, "table") is not None


def laid_rows(view: SchemaView, path: KeyPath, below: Any, value: Any) -> Any:  # noqa: ANN401 - any TOML value
    """What holds where a layer says ``value`` of a table above ``below``, see :data:`._layers.Combine`."""
    return combine_rows(below, value, ordered=_is_ordered(view, path))


def value_without_places(view: SchemaView, path: KeyPath, value: Any) -> Any:  # noqa: ANN401 - any JSON value
    """The value of a leaf as it is compared: rows of a table without places and notes."""
    if not isinstance(value, list) or not is_table(view, path):
        return value
    return rows_without_places(value, ordered=_is_ordered(view, path))


def _is_ordered(view: SchemaView, path: KeyPath) -> bool:
    """Whether the order of rows says something; where it is not told, it does."""
    described = view.note(path, "table")
    return not isinstance(described, dict) or described.get("hit_policy", "unique") != "unique"
