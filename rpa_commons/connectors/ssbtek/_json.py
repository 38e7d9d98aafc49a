"""Members of a JSON document: read strictly, refused with their place and never with their value. Pure."""

import json
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn

from ._node import UnreadableError

__all__ = ["Members", "read_json"]

_DEEPEST = 60
_LONGEST_NUMBER = 40  # characters; int() of a million digits takes its time


class Members:
    """The members of a JSON object, or of an absent one: then every value is blank.

    Args:
        value: What stands there.
        place: Names of members down to it, never a value.
    """

    def __init__(self, value: object, place: str) -> None:
        if not isinstance(value, dict | None):
            raise UnreadableError(place, "no JSON object")
        self._members: dict[str, Any] = value or {}
        self.place = place

    def __bool__(self) -> bool:
        return bool(self._members)

    def names(self) -> Iterator[str]:
        """The names of all members."""
        return iter(self._members)

    def raw(self, name: str) -> Any:  # noqa: ANN401 - JSON
        """The value as it stands; ``None`` where it is missing."""
        return self._members.get(name)

    def at(self, name: str) -> str:
        """Where a member is."""
        return f"{self.place}.{name}"

    def child(self, name: str) -> "Members":
        """The object under a name."""
        return Members(self._members.get(name), self.at(name))

    def each(self, name: str) -> Iterator["Members"]:
        """The objects in a list under a name; one object is a list of one."""
        value = self._members.get(name)
        listed = value if isinstance(value, list) else [] if value is None else [value]
        return (Members(one, self.at(name)) for one in listed)

    def text(self, name: str) -> str:
        """A text or a whole number as text, in one line."""
        value = self._members.get(name)
        if value is None:
            return ""
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise UnreadableError(self.at(name), "no text")
        return " ".join(str(value).split())

    def needed_text(self, name: str) -> str:
        """As :meth:`text`.

        Raises:
            UnreadableError: it is missing or blank.
        """
        found = self.text(name)
        if not found:
            raise UnreadableError(self.at(name), "missing")
        return found

    def number(self, name: str) -> Decimal | int:
        """A number.

        Raises:
            UnreadableError: it is missing or none.
        """
        value = self._members.get(name)
        if value is None:
            raise UnreadableError(self.at(name), "missing")
        if isinstance(value, bool) or not isinstance(value, Decimal | int):
            raise UnreadableError(self.at(name), "no number")
        return value

    def truth(self, name: str) -> bool | None:
        """True or false; ``None`` where it is missing."""
        value = self._members.get(name)
        if not isinstance(value, bool | None):
            raise UnreadableError(self.at(name), "neither true nor false")
        return value


def read_json(data: bytes, place: str) -> Members:
    """The members of a document in UTF-8.

    Raises:
        UnreadableError: it is no JSON object, nested too deeply, or says a name twice.
    """
    try:
        value = json.loads(
            data.decode("utf-8-sig"),
            parse_float=_decimal,
            parse_int=_whole,
            parse_constant=_refuse,
            object_pairs_hook=_once,
        )
    except (ValueError, RecursionError):
        # Also _Doubled and what _refuse raises; the parser's own words quote the document.
        raise UnreadableError(place, "no JSON that we read") from None
    if _too_deep(value):
        raise UnreadableError(place, f"over {_DEEPEST} values in one another")
    return Members(value, place)


def _decimal(text: str) -> Decimal:
    try:
        if len(text) <= _LONGEST_NUMBER:
            return Decimal(text)
    except InvalidOperation:
        pass  # an exponent of twenty digits
    raise ValueError("a number out of range")


def _whole(text: str) -> int:
    if len(text) > _LONGEST_NUMBER:
        raise ValueError("a number out of range")
    return int(text)


def _refuse(_: str) -> NoReturn:
    raise ValueError("no number of JSON")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a name twice")
    return members


def _too_deep(value: object) -> bool:
    level = [value]
    for _ in range(_DEEPEST):
        level = [
            inner
            for one in level
            if isinstance(one, dict | list)
            for inner in (one.values() if isinstance(one, dict) else one)
        ]
        if not level:
            return False
    return True
