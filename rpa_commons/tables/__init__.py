r"""Decision tables: rules in rows that a domain specialist edits in a spreadsheet; pure, without files.

A table answers questions about a case with the row that covers it. Its author declares the columns; the
specialist fills in rows as CSV or TOML; :func:`check_rules` finds gaps, overlaps and rows that are never
reached, exactly. The words are those of DMN (Decision Model and Notation, hit policies *unique* and *first*).

Usage::

    spec = TableSpec((Column.valid_from(), Column.output("rate", "decimal", unit="percent", description="…")))
    read = read_csv("from;rate\n2026-01-01;12,5\n", spec)
    Table(read.rows, spec, "rates").lookup(on=date(2026, 11, 22)).amount("rate")  # Decimal("12.5")
"""

from ._cells import ANY, CellError, Value, read_day
from ._check import MOST_ROWS, TableProblem, check_rules, rule_text
from ._column import NOTE, Column, Kind, Match
from ._combine import combine_rows, rows_without_places
from ._errors import BrokenTableError, NoRowError, NoRowInForceError
from ._examples import Example, ReadExamples, cases_text, read_examples, run_example
from ._read import ReadRows, read_csv, read_tables, template
from ._rules import Rule, condition_key, read_rule, read_rules
from ._sheet import read_sheet, sheet_problems
from ._spec import TableSpec
from ._table import Row, Table

__all__ = [
    "ANY",
    "MOST_ROWS",
    "NOTE",
    "BrokenTableError",
    "CellError",
    "Column",
    "Example",
    "Kind",
    "Match",
    "NoRowError",
    "NoRowInForceError",
    "ReadExamples",
    "ReadRows",
    "Row",
    "Rule",
    "Table",
    "TableProblem",
    "TableSpec",
    "Value",
    "cases_text",
    "check_rules",
    "combine_rows",
    "condition_key",
    "read_csv",
    "read_day",
    "read_examples",
    "read_rule",
    "read_rules",
    "read_sheet",
    "read_tables",
    "rows_without_places",
    "rule_text",
    "run_example",
    "sheet_problems",
    "template",
]
