"""What a template may say: a small documented set of names, each checked before it is used.

=================== ==================================================================
``person``          ``name``, ``address`` (list of lines), ``children_under_18`` (a number)
``municipality``    ``name``, ``address`` (list), ``phone``, ``email``, ``web`` (without ``https://``)
``letter``          ``date`` (written in the letter's language), ``language``
``sender``          the setting of that name
``contact``         the setting of that name (list of lines)
=================== ==================================================================

A bot may add texts, numbers, dates, yes/no and lists of these. Never here: the personal number, the date of
birth.
"""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from ._errors import ValueRefusedError
from ._words import Language, long_date, number

if TYPE_CHECKING:
    from rpa_commons.capabilities import Person

    from ._letterhead import Letterhead, Recipient

__all__ = ["IMPERSONAL_NAMES", "LetterValue", "Part", "clean", "letter_values", "names_of", "show"]

Scalar = str | int | Decimal | dt.date | bool | None
LetterValue = Scalar | Sequence[Scalar]
"""What a bot may hand to a template."""

IMPERSONAL_NAMES = frozenset({"municipality", "letter", "sender", "contact"})
"""What a title may say: the title stands in inboxes and notifications, outside the letter."""

_RESERVED = frozenset({"person", "loop", "super", "self", *IMPERSONAL_NAMES})
# Control and format characters that could break a line, hide text or turn its direction; surrogates, which
# no encoding carries; the private-use characters that mark values on their way through Markdown.
_LINE_ENDS = re.compile("[\t\n\v\f\r\x85\u2028\u2029]")
_REFUSED = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ue000-\ue003]")


class Part:
    """A named group of values, ``person.name``; holds nothing else."""

    def __init__(self, **values: LetterValue) -> None:
        self.__dict__.update(values)


def clean(text: str) -> str:
    """The text as it is printed: line ends and tabs become spaces, other control characters U+FFFD."""
    plain = "".join(text)  # a str and no subclass of it: none can claim to be markup
    return _REFUSED.sub("\ufffd", _LINE_ENDS.sub(" ", plain))


def show(value: object, language: Language) -> str | None:
    """A value in words of the language, or ``None`` when it is of a kind that is not printed."""
    match value:
        case bool():
            return None
        case str():
            return clean(value)
        case int() | Decimal():
            return number(value, language)
        case dt.datetime():
            return None
        case dt.date():
            return long_date(value, language)
        case _:
            return None


def letter_values(
    *,
    person: "Person",
    recipient: "Recipient",
    letterhead: "Letterhead",
    sender: str,
    contact: tuple[str, ...],
    date: dt.date,
    language: Language,
    extra: Mapping[str, LetterValue],
) -> dict[str, object]:
    """The values of one letter by name.

    Raises:
        ValueRefusedError: a name of the bot's is taken, or a value is of another kind than letters show.
    """
    values: dict[str, object] = {
        "person": Part(
            name=recipient.name, address=recipient.lines, children_under_18=person.children_under_18
        ),
        "municipality": Part(
            name=letterhead.name,
            address=letterhead.address,
            phone=letterhead.phone,
            email=letterhead.email,
            web=_without_scheme(letterhead.web),
        ),
        "letter": Part(date=date, language=language),
        "sender": sender,
        "contact": contact,
    }
    for name, value in extra.items():
        values[name] = _checked(name, value)
    return values


def _without_scheme(web: str) -> str:
    """A web address as the tail of a link: templates write ``https://{{ municipality.web }}``."""
    return re.sub("^https?://", "", web.strip(), flags=re.IGNORECASE).rstrip("/")


def names_of(values: Mapping[str, object]) -> dict[str, tuple[str, ...]]:
    """Name -> names of its parts (none for a plain value): what a template may say."""
    return {
        name: tuple(sorted(vars(value))) if isinstance(value, Part) else () for name, value in values.items()
    }


def _checked(name: str, value: object) -> LetterValue:
    if name in _RESERVED or name.startswith("_"):
        raise ValueRefusedError(name, type(value).__name__, "choose another name; this one is taken")
    if isinstance(value, list | tuple):
        return tuple(_scalar(name, one) for one in value)
    return _scalar(name, value)


def _scalar(name: str, value: object) -> Scalar:
    if isinstance(value, Decimal) and not value.is_finite():
        raise ValueRefusedError(name, "not a finite number", "give a finite number")
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str | int | Decimal) or type(value) is dt.date:
        return value
    raise ValueRefusedError(
        name, type(value).__name__, "give a text, number, date (without time), yes/no, or a list of these"
    )
