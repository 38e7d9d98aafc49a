"""What a table looks like: its columns, as the author of a bot declares them.

Rules this module keeps: a description that cannot work is refused where it is written; it turns into plain
JSON and back, because the host knows it from the manifest alone.

Usage::

    spec = TableSpec((
        Column.valid_from(),
        Column.input("income", "money", unit="DKK", match="band", lowest=0, description="Yearly income."),
        Column.output("fee", "money", unit="DKK", description="Fee a month."),
    ))
    spec == TableSpec.from_json(spec.to_json())
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from ._cells import CellError, read_value, typed
from ._column import Column
from ._errors import BrokenTableError

__all__ = ["TableSpec"]

HitPolicy = Literal["unique", "first"]
"""DMN's words. ``unique``: no case meets two rows. ``first``: the first row that a case meets counts."""


@dataclass(frozen=True)
class TableSpec:
    """A whole table.

    Attributes:
        columns: In the order in which people see them.
        hit_policy: What happens when a case meets two rows.
        complete: Whether every case must meet a row; ``False`` for a table of exceptions.
    """

    columns: tuple[Column, ...]
    hit_policy: HitPolicy = "unique"
    complete: bool = True

    def __post_init__(self) -> None:
        """Refuse what cannot work.

        Raises:
            BrokenTableError: the columns do not make a table.
        """
        headings = [heading for column in self.columns for heading in column.headings]
        if len(set(headings)) != len(headings):
            raise BrokenTableError(f"two columns have one heading: {', '.join(headings)}")
        if not self.outputs:
            raise BrokenTableError("a table needs a column that answers: Column.output(...)")
        for role in ("from", "until"):
            if sum(column.role == role for column in self.columns) > 1:
                raise BrokenTableError(f"a table has one {role} column at most")
        if self.until_column and not self.from_column:
            raise BrokenTableError("a table with a last day has a first day: Column.valid_from()")
        for column in self.columns:
            _check_values(column)
        if self.hit_policy not in get_args(HitPolicy):
            raise BrokenTableError(f"hit_policy is one of {', '.join(get_args(HitPolicy))}")

    @property
    def inputs(self) -> tuple[Column, ...]:
        """The columns that ask."""
        return tuple(column for column in self.columns if column.role == "input")

    @property
    def outputs(self) -> tuple[Column, ...]:
        """The columns that answer."""
        return tuple(column for column in self.columns if column.role == "output")

    @property
    def from_column(self) -> Column | None:
        """The column with the first day."""
        return next((column for column in self.columns if column.role == "from"), None)

    @property
    def until_column(self) -> Column | None:
        """The column with the last day."""
        return next((column for column in self.columns if column.role == "until"), None)

    def column(self, name: str) -> Column:
        """The column of this name.

        Raises:
            KeyError: there is none.
        """
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)

    def to_json(self) -> dict[str, Any]:
        """The table as JSON values, as they stand in the settings schema under ``table``."""
        return {
            "columns": [column.to_json() for column in self.columns],
            "hit_policy": self.hit_policy,
            "complete": self.complete,
        }

    @classmethod
    def from_json(cls, value: Any) -> "TableSpec":  # noqa: ANN401 - whatever a manifest holds
        """The table that a manifest describes.

        Raises:
            BrokenTableError: it is not of this shape.
        """
        try:
            columns = tuple(_column(one) for one in value["columns"])
            return cls(columns, value.get("hit_policy", "unique"), bool(value.get("complete", True)))
        except (KeyError, TypeError, AttributeError) as error:
            raise BrokenTableError(f"its JSON has not the declared shape ({type(error).__name__})") from None


def _column(given: Mapping[str, Any]) -> Column:
    fields = {("kind" if key == "type" else key): value for key, value in given.items()}
    fields["one_of"] = tuple(fields.get("one_of", ()))
    if not all(isinstance(one, str) for one in fields["one_of"]):
        raise TypeError("one_of")
    return Column(**fields)


def _check_values(column: Column) -> None:
    """Whether what a column names are values of its kind.

    Raises:
        BrokenTableError: one is none, or the lowest lies above the highest.
    """
    bounds: list[Any] = []
    for text in (*column.one_of, column.lowest, column.highest):
        if text is None:
            continue
        try:
            bounds.append(typed(column.kind, read_value(column, text, comma=None, closed=False)))
        except CellError as error:
            raise BrokenTableError(f"column {column.name!r}: {text!r}: {error.message}") from None
    if column.lowest is not None and column.highest is not None and bounds[0] > bounds[1]:
        raise BrokenTableError(f"column {column.name!r}: lowest is above highest")
