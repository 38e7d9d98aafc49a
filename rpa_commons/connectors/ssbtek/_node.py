"""Values in an agency's answer: read strictly, refused with their place and never with themselves. Pure."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation

from lxml import etree

from rpa_commons.capabilities import Money

__all__ = ["Node", "UnreadableError", "amount_of", "day_of", "month_or_day"]

_DAY = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(Z|[+-][0-9]{2}:[0-9]{2})?", re.ASCII)
_SHORT_DAY = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})", re.ASCII)
_WEEK = re.compile(r"([0-9]{4})([0-9]{2})", re.ASCII)
_MONTH = re.compile(r"([0-9]{4})-([0-9]{2})", re.ASCII)
_DECIMAL = re.compile(r"[+-]?[0-9]{1,15}(\.[0-9]{1,10})?", re.ASCII)
_CENT = Decimal("0.01")
_NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
_SUNDAY = 7
_DECEMBER = 12


class UnreadableError(ValueError):
    """A part of an answer is not what its contract says.

    Attributes:
        place: Names of elements or members; never a value.
        problem: What was expected.
    """

    def __init__(self, place: str, problem: str) -> None:
        super().__init__(f"{place}: {problem}")
        self.place = place
        self.problem = problem


def day_of(text: str, place: str) -> date | None:
    """An ``xs:date``, ``None`` where it is blank; a zone says nothing about the day and is left out."""
    if not text:
        return None
    found = _DAY.fullmatch(text)
    return _made(found.group(1) if found else "", place)


def month_or_day(text: str, place: str, *, last: bool = False) -> date | None:
    """A day, or a month (``2022-09``) as its first or its last day."""
    found = _MONTH.fullmatch(text)
    if not found:
        return day_of(text, place)
    first = _made(f"{text}-01", place)
    if not last:
        return first
    year, month = first.year, first.month
    following = (year + 1, 1) if month == _DECEMBER else (year, month + 1)
    return date(*following, 1) - timedelta(days=1) if following[0] <= date.max.year else date.max


def amount_of(number: str | Decimal | int, currency: str, place: str) -> Money:
    """An amount with two decimals at most; more are not rounded away, they are refused."""
    if isinstance(number, str) and not _DECIMAL.fullmatch(number):
        raise UnreadableError(place, "no amount")
    try:
        exact = Decimal(number)
        rounded = exact.quantize(_CENT)
    except InvalidOperation:
        raise UnreadableError(place, "no amount") from None
    if exact != rounded:
        raise UnreadableError(place, "an amount with more than two decimals")
    if not re.fullmatch(r"[A-Z]{3}", currency, re.ASCII):
        raise UnreadableError(place, "an amount without a currency of ISO 4217")
    if abs(rounded) >= 10**15:
        raise UnreadableError(place, "an amount of over fifteen digits")
    return Money(amount=rounded, currency=currency)


def _made(text: str, place: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UnreadableError(place, "no date") from None


class Node:
    """An element, or an absent one: then every value is blank.

    Args:
        element: The element.
        namespace: That its children are found by; ``"*"`` finds those of any.
    """

    def __init__(self, element: etree._Element | None, namespace: str) -> None:
        self._element = element
        self._namespace = namespace

    def __bool__(self) -> bool:
        return self._element is not None and self._element.get(_NIL) not in ("true", "1")

    @property
    def name(self) -> str:
        """The element's name without its namespace."""
        return "" if self._element is None else etree.QName(self._element).localname

    def within(self, namespace: str) -> "Node":
        """The same element, whose children are of another namespace."""
        return Node(self._element, namespace)

    def child(self, name: str) -> "Node":
        """The one child of this name.

        Raises:
            UnreadableError: there are several.
        """
        found = list(self.children(name))
        if len(found) > 1:
            raise UnreadableError(f"{self.name}/{name}", "more than one")
        return found[0] if found else Node(None, self._namespace)

    def needed(self, name: str) -> "Node":
        """The one child of this name.

        Raises:
            UnreadableError: there is none, or several.
        """
        found = self.child(name)
        if not found:
            raise UnreadableError(f"{self.name}/{name}", "missing")
        return found

    def children(self, name: str) -> Iterator["Node"]:
        """Every child of this name."""
        path = name if not self._namespace else f"{{{self._namespace}}}{name}"
        found = [] if self._element is None else self._element.findall(path)
        return (Node(one, self._namespace) for one in found)

    def all_children(self) -> Iterator["Node"]:
        """Every child of any name."""
        return (Node(one, self._namespace) for one in (() if self._element is None else self._element))

    @property
    def leaf(self) -> bool:
        """Whether it has no children."""
        return self._element is None or not len(self._element)

    def attribute(self, name: str) -> str:
        """An attribute, stripped."""
        return "" if self._element is None else (self._element.get(name) or "").strip()

    def text(self, name: str = "") -> str:
        """Its own text, or that of its one child ``name``, in one line."""
        if name:
            return self.child(name).text()
        return " ".join((self._element.text or "").split()) if self and self._element is not None else ""

    def needed_text(self, name: str) -> str:
        """As :meth:`text`.

        Raises:
            UnreadableError: it is missing or blank.
        """
        found = self.text(name)
        if not found:
            raise UnreadableError(f"{self.name}/{name}", "missing")
        return found

    def day(self, name: str) -> date | None:
        """An ``xs:date``."""
        return day_of(self.text(name), f"{self.name}/{name}")

    def short_day(self, name: str) -> date | None:
        """``YYYYMMDD``; ``0`` or blank is none."""
        text = self.text(name)
        if text.strip("0") == "":
            return None
        found = _SHORT_DAY.fullmatch(text)
        return _made("-".join(found.groups()) if found else "", f"{self.name}/{name}")

    def week(self, name: str, *, last: bool = False) -> date | None:
        """The Monday, or the Sunday, of an ISO week ``YYYYWW``; ``0`` or blank is none."""
        text = self.text(name)
        if text.strip("0") == "":
            return None
        found = _WEEK.fullmatch(text)
        try:
            if found:
                return date.fromisocalendar(int(found[1]), int(found[2]), _SUNDAY if last else 1)
        except ValueError:
            pass  # week 60
        raise UnreadableError(f"{self.name}/{name}", "no week")

    def truth(self, name: str) -> bool:
        """An ``xs:boolean``; blank is false."""
        text = self.text(name)
        if text not in ("", "true", "false", "1", "0"):
            raise UnreadableError(f"{self.name}/{name}", "neither true nor false")
        return text in ("true", "1")

    def amount(self, name: str, currency: str = "SEK") -> Money:
        """An amount.

        Raises:
            UnreadableError: it is missing or none.
        """
        return amount_of(self.needed_text(name), currency, f"{self.name}/{name}")

    def count(self, name: str) -> int | None:
        """A whole number from 0."""
        text = self.text(name)
        if not text:
            return None
        if not (text.isascii() and text.isdecimal() and len(text) <= 9):  # noqa: PLR2004 - far above any count
            raise UnreadableError(f"{self.name}/{name}", "no whole number from 0")
        return int(text)
