"""Norwegian municipality codes (kommunenummer): 357 since 1 January 2024, with what was before since 1977.

Source of the table: Statistics Norway, Standard for municipalities (Klass 131), versions and changes.
"""

from typing import ClassVar

from rpa_commons.validators._dated_codes import CodeTable, DatedCode, read_table

__all__ = ["MunicipalityCode"]


class MunicipalityCode(DatedCode):
    """A Norwegian municipality's four digits, in use on the day asked about."""

    __slots__ = ()

    kind: ClassVar[str] = "Norwegian municipality code"
    name: ClassVar[str] = "no_municipality_code"
    examples: ClassVar[tuple[str, ...]] = ("0301", "3301", "5501")

    @staticmethod
    def table() -> CodeTable:
        """The codes since 1977 with the days they were in use."""
        return read_table(__package__, "municipality_codes.csv")
