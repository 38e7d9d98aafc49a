"""A decision table as a field of a bot's settings.

Usage::

    class Settings(BotSettings):
        fees: Table = table(
            Column.valid_from(),
            Column.input("income", "money", unit="DKK", match="band", lowest=0, description="Yearly income."),
            Column.output("fee", "money", unit="DKK", description="Fee a month."),
            description="Fee by income.",
            sensitive=True,
        )

    row = self.look_up("fees", income=case.income)  # in the bot: the rows in force today
"""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import pydantic
from pydantic import GetCoreSchemaHandler, ValidationInfo
from pydantic_core import core_schema

from rpa_commons.tables import BrokenTableError, Column, Table, TableSpec, read_tables

__all__ = ["table"]


def table(
    *columns: Column,
    description: str,
    hit_policy: Literal["unique", "first"] = "unique",
    complete: bool = True,
    sensitive: bool = False,
    rows: Sequence[Mapping[str, Any]] = (),
) -> Any:  # noqa: ANN401 - as pydantic's Field
    """A settings field that holds a decision table.

    Args:
        *columns: What it looks like.
        description: One sentence for whoever fills it in.
        hit_policy: ``unique``: no case may meet two rows. ``first``: the first row that a case meets counts.
        complete: Whether every case must meet a row; ``False`` for a table of exceptions.
        sensitive: Money or law stands behind it.
        rows: The bot's own, one value for each column, written as in a TOML file.

    Raises:
        BrokenTableError: the columns make no table, or a row is wrong.
    """
    spec = TableSpec(columns, hit_policy, complete)
    read = read_tables(((number, dict(row)) for number, row in enumerate(rows, 1)), spec)
    if read.problems:
        raise BrokenTableError(f"row {read.problems[0].line}: {read.problems[0].message}")
    default = [
        {**row, "row": f"bot default, row {number}"}
        for row, number in zip(read.rows, read.lines, strict=True)
    ]
    extra: dict[str, Any] = {"table": spec.to_json()}
    if sensitive:
        extra["sensitive"] = True
    field: Any = pydantic.Field(
        Table(default, spec), description=description, json_schema_extra=extra, validate_default=True
    )
    field.metadata.append(_Described(spec))
    return field


class _Described:
    """Gives the rows of a settings file the description and name of their field."""

    def __init__(self, spec: TableSpec) -> None:
        self._spec = spec

    def __get_pydantic_core_schema__(
        self,
        source: object,
        handler: GetCoreSchemaHandler,
    ) -> core_schema.CoreSchema:
        return core_schema.with_info_after_validator_function(self._bind, handler(source))

    def _bind(self, value: Table, info: ValidationInfo) -> Table:
        try:
            return value.bound(self._spec, info.field_name or "")
        except BrokenTableError as error:
            raise ValueError(error.problem) from None
