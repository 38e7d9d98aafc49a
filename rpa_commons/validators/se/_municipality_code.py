"""Swedish municipality codes (kommunkod): 290, with the changes since 1 January 1999.

Source of the table: Statistics Sweden, regional divisions.
"""

from typing import ClassVar

from rpa_commons.validators._dated_codes import CodeTable, DatedCode, read_table

__all__ = ["MunicipalityCode"]


class MunicipalityCode(DatedCode):
    """A Swedish municipality's four digits, in use on the day asked about."""

    __slots__ = ()

    kind: ClassVar[str] = "Swedish municipality code"
    name: ClassVar[str] = "se_municipality_code"
    examples: ClassVar[tuple[str, ...]] = ("0180", "0331", "2584")

    @staticmethod
    def table() -> CodeTable:
        """The codes since 1999 with the days they were in use."""
        return read_table(__package__, "municipality_codes.csv")
