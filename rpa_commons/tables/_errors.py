"""What a table says when it cannot give a row.

Rules this module keeps: the values that were looked up are about a person's case, so no message and no
attribute repeats them.
"""

from datetime import date

from rpa_commons.capabilities import BusinessError, RpaCommonsError

__all__ = ["BrokenTableError", "NoRowError", "NoRowInForceError", "TooMuchWorkError"]


class NoRowError(BusinessError):
    """No row of a table covers the case: a person takes it.

    Attributes:
        table: The table's name.
    """

    def __init__(self, table: str) -> None:
        super().__init__(
            f"no row of the table {table} covers this case",
            remedy="add a row for it, and check the table with `rpac config check`",
        )
        self.table = table


class NoRowInForceError(NoRowError):
    """No row of a table is in force on the day: a person takes the case.

    Attributes:
        table: The table's name.
        on: The day.
    """

    def __init__(self, table: str, on: date) -> None:
        super().__init__(table)
        self.message = f"no row of the table {table} is in force on {on}"
        self.args = (self.message,)
        self.remedy = f"add the rows that are in force on {on}"
        self.on = on


class BrokenTableError(RpaCommonsError):
    """A table's description or its rows cannot be used.

    Attributes:
        problem: What is wrong.
    """

    def __init__(self, problem: str) -> None:
        super().__init__(
            f"a decision table is described wrongly: {problem}", remedy="report it to the author of the bot"
        )
        self.problem = problem


class TooMuchWorkError(BrokenTableError):
    """A table is too large for an exact answer."""

    def __init__(self) -> None:
        super().__init__("it has too many rows for its inputs to be worked out exactly")
