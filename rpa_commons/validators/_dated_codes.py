"""Codes that come into use and go out of use: an expired one is refused for today and accepted for then.

Rules this module keeps: which codes there are on a day is read from a table with first and last days, never
guessed; a day before the table begins is refused with that reason; a refusal names the codes that took over
where the table knows them.

Usage:
    class MunicipalityCode(DatedCode):
        kind, name = "Norwegian municipality code", "no_municipality_code"

        @staticmethod
        def table() -> CodeTable:
            return read_table(__package__, "municipality_codes.csv")
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from types import MappingProxyType
from typing import ClassVar, Self

from ._days import day_of
from ._identifier import Identifier, ParseOptions

__all__ = ["CodePeriod", "CodeTable", "DatedCode", "read_table", "valid_on"]


@dataclass(frozen=True, slots=True)
class CodePeriod:
    """One stretch of days in which a code stood for one municipality."""

    code: str
    name: str
    first: date
    last: date | None
    """``None`` while it is in use."""
    successors: tuple[str, ...]
    """The codes that took over its area or parts of it; empty while it is in use."""

    def holds(self, day: date) -> bool:
        """Whether it is in use on that day."""
        return self.first <= day and (self.last is None or day <= self.last)


class CodeTable:
    """All codes of a country with the days they were in use."""

    def __init__(self, periods: tuple[CodePeriod, ...]) -> None:
        self.begins = min(period.first for period in periods)
        grouped: dict[str, list[CodePeriod]] = {}
        for period in periods:
            grouped.setdefault(period.code, []).append(period)
        self._periods = MappingProxyType({code: tuple(found) for code, found in grouped.items()})

    def periods(self, code: str) -> tuple[CodePeriod, ...]:
        """Every period of a code, oldest first; empty for one that nobody ever had."""
        return self._periods.get(code, ())

    def on(self, day: date) -> tuple[CodePeriod, ...]:
        """The codes in use on a day, in order of code."""
        held = (period for found in self._periods.values() for period in found if period.holds(day))
        return tuple(sorted(held, key=lambda period: period.code))

    def heirs(self, expired: CodePeriod, day: date) -> tuple[CodePeriod, ...]:
        """What has the area of an expired period on a later day, over as many changes as there were."""
        found: dict[str, CodePeriod] = {}
        left = [*expired.successors]
        while left:
            code = left.pop()
            for period in self.periods(code):
                if period.holds(day):
                    found[code] = period
                elif period.first <= day:
                    left += period.successors
        return tuple(found[code] for code in sorted(found))


class DatedCode(Identifier):
    """A four-digit code of a municipality, valid on the day asked about (today where none is named)."""

    __slots__ = ()

    pattern: ClassVar[str] = "^[0-9]{4}$"
    full_length: ClassVar[int] = 4

    @staticmethod
    def table() -> CodeTable:
        """The country's codes with the days they were in use."""
        raise NotImplementedError("table")  # pragma: no cover - every country has its own

    @classmethod
    def parse(cls, text: str, *, on: date | str | None = None) -> Self:
        """The code, which must be in use on the day ``on`` (today where it is left out).

        Raises:
            InvalidIdentifierError: not four ASCII digits, nobody's code, or not in use on that day.
        """
        code = cls._text(text)
        if not (len(code) == 4 and code.isascii() and code.isdigit()):  # noqa: PLR2004 - the length of a code
            raise cls._refused("it must be four digits, leading zeros kept")
        day, table = day_of(on), cls.table()
        periods = table.periods(code)
        if not periods:
            raise cls._refused("no municipality has it")
        if day < table.begins:
            raise cls._refused(f"which codes were in use before {table.begins} is not known here")
        if not any(period.holds(day) for period in periods):
            raise cls._refused(_not_in_use(table, periods, day))
        return cls._made(code)

    @property
    def periods(self) -> tuple[CodePeriod, ...]:
        """When it was in use, for which municipality, and what took over."""
        return type(self).table().periods(str(self))

    def municipality(self, on: date | str | None = None) -> str | None:
        """The name of the municipality that had it on that day (today); ``None`` when nobody had."""
        day = day_of(on)
        return next((period.name for period in self.periods if period.holds(day)), None)


def valid_on(day: date | str) -> ParseOptions:
    """The day on which a code must be in use, beside the type in an annotation."""
    return ParseOptions.of(on=day_of(day))


@cache
def read_table(package: str, name: str) -> CodeTable:
    """The table of a data file beside the package's modules: ``code;name;first;last;successors``."""
    from importlib.resources import files  # heavy, and only a table asks for it

    text = files(package).joinpath(name).read_text(encoding="utf-8")
    return CodeTable(tuple(_period(line) for line in text.splitlines() if not line.startswith("#")))


def _period(line: str) -> CodePeriod:
    code, name, first, last, successors = line.split(";")
    return CodePeriod(
        code=code,
        name=name,
        first=date.fromisoformat(first),
        last=date.fromisoformat(last) if last else None,
        successors=tuple(successors.split()),
    )


def _not_in_use(table: CodeTable, periods: tuple[CodePeriod, ...], day: date) -> str:
    """Why the code does not hold on that day: it expired, or it comes later."""
    before = [period for period in periods if period.first <= day]
    if not before:
        return f"it is in use from {periods[0].first} on"
    expired = before[-1]
    named = ", ".join(f"{heir.code} {heir.name}" for heir in table.heirs(expired, day))
    after = f"; after it: {named}" if named else ""
    return f"it expired on {expired.last}{after}"
