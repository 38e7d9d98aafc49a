"""Danish municipality codes (kommunekode): 98 since 1 January 2007, with what was before since 1 April 1974.

Rules this module keeps: Christiansø has the code 0411 in CPR and is no municipality (the Ministry of Defence
administers it), so that the code is read only where it was asked for. Sources: the head of the table.

Usage:
    MunicipalityCode.parse("0265")
    MunicipalityCode.parse("0255", on="2006-12-31")  # Gundsø, which became part of Roskilde
    MunicipalityCode.parse(text, accept="christianso")  # a column out of CPR
"""

import re
from collections.abc import Iterable
from datetime import date
from typing import ClassVar, Literal, Self

from rpa_commons.validators._dated_codes import CodeTable, DatedCode, read_table
from rpa_commons.validators._errors import InvalidIdentifierError

__all__ = ["MunicipalityCode", "municipality_code"]

_CHRISTIANSO = "0411"


class MunicipalityCode(DatedCode):
    """A Danish municipality's four digits, in use on the day asked about."""

    __slots__ = ()

    kind = "Danish municipality code"
    name = "dk_municipality_code"
    examples: ClassVar[tuple[str, ...]] = ("0101", "0265")
    full_length = 4

    @staticmethod
    def table() -> CodeTable:
        """The codes since 1974 with the days they were in use."""
        return read_table(__package__, "municipality_codes.csv")

    @classmethod
    def parse(
        cls, text: str, *, on: date | str | None = None, accept: Iterable[Literal["christianso"]] = ()
    ) -> Self:
        """The code, which must be in use on the day ``on`` (today where it is left out).

        Args:
            text: What was given.
            on: The day on which the code must be in use.
            accept: ``"christianso"`` to take 0411 too, which CPR has for the people who live there.

        Raises:
            InvalidIdentifierError: not four ASCII digits, nobody's code, or not in use on that day.
            ValueError: ``accept`` names something else, which is a mistake of the caller.
        """
        taken = frozenset((accept,) if isinstance(accept, str) else accept)
        if not taken <= {"christianso"}:
            raise ValueError("accept can be 'christianso' for a Danish municipality code")
        if cls._text(text) == _CHRISTIANSO:
            if not taken:
                raise cls._refused("it is Christiansø, which CPR has a code for and which is no municipality")
            return cls._made(_CHRISTIANSO)
        return super().parse(text, on=on)


def municipality_code(text: str) -> str:
    """Four digits with leading zeros, ``"0265"``, as a register hands them over: in use or not.

    Raises:
        InvalidIdentifierError: not four ASCII digits.
    """
    if not re.fullmatch(r"[0-9]{4}", text, re.ASCII):
        raise InvalidIdentifierError("municipality code", "it must be four digits, leading zeros kept")
    return text
