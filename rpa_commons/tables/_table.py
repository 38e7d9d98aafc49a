"""A decision table as a value of a bot's settings, and the row it gives for a case.

Usage in a bot::

    row = self.settings.fees.lookup(on=self.today, income=Decimal(1200))
    row.amount("fee"), row.origin  # Decimal("12.50"), "tables/welcome-letters/fees.csv:3"

Rules this module keeps: a table is never changed; a case without a row is an error, never a guess; the
values that are looked up must be of the column's own type, or the bot is wrong.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any, cast

from ._cells import Value, exactly
from ._column import Column
from ._errors import BrokenTableError, NoRowError, NoRowInForceError
from ._rules import Area, Rule, areas, read_rules
from ._spans import Span
from ._spec import TableSpec

__all__ = ["Row", "Table"]


@dataclass(frozen=True)
class Row(Mapping[str, Any]):
    """What a table answers: its outputs by name, also as attributes.

    Attributes:
        outputs: Each output's value; ``None`` where an optional one is empty.
        origin: Where the row stands: ``tables/welcome-letters/fees.csv:3``.
        conditions: When it holds, in words.
        note: What its author noted.
    """

    outputs: Mapping[str, Value | None]
    origin: str
    conditions: str
    note: str = ""

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401 - the column says which type
        return self.outputs[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.outputs)

    def __len__(self) -> int:
        return len(self.outputs)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - the column says which type
        if name.startswith("_") or name == "outputs" or name not in self.outputs:
            raise AttributeError(name)
        return self.outputs[name]

    def __reduce__(self) -> tuple[Any, ...]:
        return Row, (dict(self.outputs), self.origin, self.conditions, self.note)

    def amount(self, name: str) -> Decimal:
        """An amount or a number with decimals.

        Raises:
            TypeError: the output is none.
        """
        return cast("Decimal", self._of(name, Decimal))

    def number(self, name: str) -> int:
        """A whole number.

        Raises:
            TypeError: the output is none.
        """
        return cast("int", self._of(name, int))

    def text(self, name: str) -> str:
        """A text or code.

        Raises:
            TypeError: the output is none.
        """
        return cast("str", self._of(name, str))

    def day(self, name: str) -> date:
        """A date.

        Raises:
            TypeError: the output is none.
        """
        return cast("date", self._of(name, date))

    def flag(self, name: str) -> bool:
        """True or false.

        Raises:
            TypeError: the output is none.
        """
        return cast("bool", self._of(name, bool))

    def _of(self, name: str, kind: type) -> Any:  # noqa: ANN401 - of that kind
        value = self.outputs[name]
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise TypeError(f"the output {name} is no {kind.__name__}")
        return value


class Table:
    """A decision table: rows as JSON, and the description that gives them a meaning."""

    def __init__(
        self, rows: Sequence[Mapping[str, Any]], spec: TableSpec | None = None, name: str = ""
    ) -> None:
        """Made by the settings; ``spec`` and ``name`` come from the field."""
        self._rows = tuple(dict(row) for row in rows)
        self._spec = spec
        self._name = name

    def __repr__(self) -> str:
        return f"Table({self._name or '?'}, {len(self._rows)} rows)"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Table) and (self._rows, self._spec) == (other._rows, other._spec)

    def __hash__(self) -> int:
        return hash((len(self._rows), self._spec))

    def __len__(self) -> int:
        return len(self._rows)

    def __reduce__(self) -> tuple[Any, ...]:
        return Table, (self.to_json(), self._spec, self._name)

    def __deepcopy__(self, memo: object) -> "Table":
        return self  # never changed

    @property
    def name(self) -> str:
        """What the field is called."""
        return self._name

    @property
    def spec(self) -> TableSpec:
        """Its columns.

        Raises:
            BrokenTableError: the field was declared without :func:`rpa_commons.sdk.table`.
        """
        if self._spec is None:
            raise BrokenTableError("its field has no columns: declare it with table(...)")
        return self._spec

    def to_json(self) -> list[dict[str, Any]]:
        """The rows as JSON values."""
        return [dict(row) for row in self._rows]

    def bound(self, spec: TableSpec, name: str) -> "Table":
        """The same rows with a description.

        Raises:
            BrokenTableError: a row is none of that table.
        """
        table = Table(self._rows, spec, name)
        _ = table._rules  # read now, so that a wrong row is no surprise in the middle of a run
        return table

    def lookup(self, *, on: date | None = None, **inputs: Value) -> Row:
        """The row for a case.

        Args:
            on: The day that counts; needed where rows have a first day.
            **inputs: One value for each input: an amount as ``Decimal`` (a whole one as ``int`` too), a code
                as text, a day as ``date``.

        Raises:
            NoRowInForceError: no row is in force on that day.
            NoRowError: none covers the case.
            TypeError: an input is missing, unknown or of another type: the bot is wrong.
        """
        row = self.find(on=on, **inputs)
        if row is not None:
            return row
        if on is not None and not any(area.days.holds(on) for area in self._areas):
            raise NoRowInForceError(self._name, on)
        raise NoRowError(self._name)

    def find(self, *, on: date | None = None, **inputs: Value) -> Row | None:
        """As :meth:`lookup`, but ``None`` where no row covers the case: for a table of exceptions.

        Raises:
            TypeError: as :meth:`lookup`.
        """
        values = self._values(inputs)
        is_dated = self.spec.from_column is not None
        if is_dated and type(on) is not date:
            raise TypeError(f"the rows of {self._name} have a first day: look them up on=DATE")
        for rule, area in zip(self._rules, self._areas, strict=True):
            if (not is_dated or area.days.holds(on)) and area.holds(values):
                return self._row(rule)
        return None

    def in_force(self, on: date) -> tuple[bool, ...]:
        """For each row whether it is in force on a day."""
        return tuple(area.days.holds(on) for area in self._areas)

    def in_order(self) -> list[int]:
        """The positions of the rows by first day and then by case, as people look for them."""

        def key(index: int) -> tuple[Any, ...]:
            area = self._areas[index]
            parts = [part.low if isinstance(part, Span) else (0, part, 0) for part in area.inputs]
            return (area.days.low, *parts)

        return sorted(range(len(self._rows)), key=key)

    def _row(self, rule: Rule) -> Row:
        from ._check import rule_text

        return Row(rule.then, rule.origin, rule_text(self.spec, rule), rule.note)

    @cached_property
    def _rules(self) -> tuple[Rule, ...]:
        return read_rules(self.spec, self._rows, self._name)

    @cached_property
    def _areas(self) -> tuple[Area, ...]:
        return areas(self.spec, self._rules)

    def _values(self, inputs: Mapping[str, Any]) -> list[Any]:
        columns = self.spec.inputs
        names = {column.name for column in columns}
        if set(inputs) != names:
            wanted = ", ".join(sorted(names)) or "none"
            raise TypeError(
                f"the table {self._name} is looked up by {wanted}, not by {', '.join(sorted(inputs))}"
            )
        return [self._value(column, inputs[column.name]) for column in columns]

    def _value(self, column: Column, value: Any) -> Any:  # noqa: ANN401 - what a bot passes
        if not exactly(value, column.kind):
            raise TypeError(
                f"{self._name}: {column.name} takes {column.kind_text}, not {type(value).__name__}"
            )
        if column.is_ordered:
            return value
        return str(value).lower() if column.kind == "boolean" else str(value)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: object, handler: object) -> Any:  # noqa: ANN401 - pydantic's
        """A list of rows as JSON, or a table as it is."""
        from pydantic_core import core_schema

        def read(value: Any) -> Table:  # noqa: ANN401 - JSON
            if isinstance(value, Table):
                return value
            if isinstance(value, list) and all(isinstance(row, dict) for row in value):
                return Table(value)
            raise ValueError("expected a list of rows")

        return core_schema.no_info_plain_validator_function(
            read, serialization=core_schema.plain_serializer_function_ser_schema(cls.to_json)
        )

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: object, handler: object) -> dict[str, Any]:
        """What a host knows of it: a list of tables. The field's ``table`` says the rest."""
        texts = {key: {"type": "string"} for key in ("from", "until", "note", "row")}
        cells = {key: {"type": "object", "additionalProperties": True} for key in ("when", "then")}
        return {"type": "array", "items": {"type": "object", "properties": {**cells, **texts}}}
