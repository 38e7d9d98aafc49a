"""The few words of a letter that are ours, and how dates and numbers are written, per language.

Month names come from small tables of our own: the process's locale is nobody's business in a letter, and
equal input must give equal bytes on every machine.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Literal

__all__ = ["WORDS", "Language", "Words", "long_date", "number", "short_date"]

Language = Literal["da", "nb", "sv", "en"]


@dataclass(frozen=True)
class Words:
    """Fixed words of one language.

    Attributes:
        months: January to December as they stand in a date.
        long_date: Pattern with ``{day}``, ``{month}`` and ``{year}``.
        short_date: ``strftime`` pattern of digits only.
        decimal_mark: Between whole and fraction.
        closing: The line above the sender.
        phone: Label of the telephone number.
        page: Pattern with ``{page}`` and ``{pages}``.
    """

    months: tuple[str, ...]
    long_date: str
    short_date: str
    decimal_mark: str
    closing: str
    phone: str
    page: str


_DANISH = "januar februar marts april maj juni juli august september oktober november december"
_NORWEGIAN = "januar februar mars april mai juni juli august september oktober november desember"
_SWEDISH = "januari februari mars april maj juni juli augusti september oktober november december"
_ENGLISH = "January February March April May June July August September October November December"

WORDS: Mapping[Language, Words] = MappingProxyType(
    {
        "da": Words(
            months=tuple(_DANISH.split()),
            long_date="{day}. {month} {year}",
            short_date="%d.%m.%Y",
            decimal_mark=",",
            closing="Med venlig hilsen",
            phone="Telefon",
            page="Side {page} af {pages}",
        ),
        "nb": Words(
            months=tuple(_NORWEGIAN.split()),
            long_date="{day}. {month} {year}",
            short_date="%d.%m.%Y",
            decimal_mark=",",
            closing="Med vennlig hilsen",
            phone="Telefon",
            page="Side {page} av {pages}",
        ),
        "sv": Words(
            months=tuple(_SWEDISH.split()),
            long_date="{day} {month} {year}",
            short_date="%Y-%m-%d",
            decimal_mark=",",
            closing="Med vänlig hälsning",
            phone="Telefon",
            page="Sida {page} av {pages}",
        ),
        "en": Words(
            months=tuple(_ENGLISH.split()),
            long_date="{day} {month} {year}",
            short_date="%d/%m/%Y",
            decimal_mark=".",
            closing="Yours sincerely",
            phone="Phone",
            page="Page {page} of {pages}",
        ),
    }
)


def long_date(day: dt.date, language: Language) -> str:
    """The date in words: ``12. november 2026`` in Danish."""
    words = WORDS[language]
    return words.long_date.format(day=day.day, month=words.months[day.month - 1], year=day.year)


def short_date(day: dt.date, language: Language) -> str:
    """The date in digits: ``12.11.2026`` in Danish, ``2026-11-12`` in Swedish."""
    return day.strftime(WORDS[language].short_date)


def number(value: int | Decimal, language: Language) -> str:
    """A number with the language's decimal mark and without grouping: ``1250,50`` in Danish."""
    text = f"{value:f}" if isinstance(value, Decimal) else str(value)
    return text.replace(".", WORDS[language].decimal_mark)
