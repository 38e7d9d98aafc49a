"""One column of a table, as the author of a bot declares it.

Rules this module keeps: a column that contradicts itself is refused where it is written; whether the values
it names are such values is asked by the table (:mod:`._spec`), which knows how cells are read.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, get_args

from ._errors import BrokenTableError

__all__ = ["EXPECT", "NOTE", "Column", "Kind", "Match"]

Kind = Literal["text", "code", "whole", "decimal", "money", "date", "boolean"]
"""``code``: text of digits or letters in which a leading zero counts."""
Role = Literal["input", "output", "from", "until"]
Match = Literal["equals", "range", "band"]
"""How a cell meets a case: the same value; a range such as ``0..999``; the lowest value of a band that ends
where the next row's begins."""
NOTE = "note"
"""A column that every table may have: free words, read by people only."""

EXPECT = "expect"
"""A column of a file of examples: ``none`` where no row may answer."""

_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")
_ORDERED = ("whole", "decimal", "money", "date")
_RESERVED = ("on", "self", NOTE, EXPECT)
_KINDS: Mapping[str, str] = {
    "text": "text",
    "code": "code",
    "whole": "whole number",
    "decimal": "number",
    "money": "amount",
    "date": "date",
    "boolean": "true or false",
}


@dataclass(frozen=True)
class Column:
    """One column.

    Attributes:
        name: Its heading: small letters, digits and underscores.
        kind: What its cells hold.
        role: ``input`` asks about the case, ``output`` answers; ``from`` and ``until`` are the first and last
            day on which a row is in force.
        description: One sentence for whoever fills in the table.
        unit: Of a number: ``DKK``, ``days``.
        match: Of an input.
        one_of: The values an input or output may have; an input's must all be covered.
        length: Characters of a code.
        lowest: Of an input: cases below do not occur, from here on the table must have no gap; the ends of a
            range lie within, too.
        highest: Of an input: up to here, this value included.
        optional: Whether an output's cell may be empty.
    """

    name: str
    kind: Kind
    role: Role
    description: str = ""
    unit: str = ""
    match: Match = "equals"
    one_of: tuple[str, ...] = ()
    length: int | None = None
    lowest: str | None = None
    highest: str | None = None
    optional: bool = False

    def __post_init__(self) -> None:
        """Refuse what cannot work.

        Raises:
            BrokenTableError: the column contradicts itself.
        """
        for problem in self._problems():
            raise BrokenTableError(f"column {self.name!r}: {problem}")

    @classmethod
    def input(  # noqa: PLR0913 - as many as a column has properties; all but two by name
        cls,
        name: str,
        kind: Kind,
        *,
        description: str,
        unit: str = "",
        match: Match = "equals",
        one_of: Iterable[str | int] = (),
        length: int | None = None,
        lowest: int | str | date | None = None,
        highest: int | str | date | None = None,
    ) -> "Column":
        """A column that asks about the case; amounts as text (``"0.50"``) or whole numbers."""
        options = tuple(map(str, one_of))
        bounds = [None if one is None else str(one) for one in (lowest, highest)]
        return cls(name, kind, "input", description, unit, match, options, length, bounds[0], bounds[1])

    @classmethod
    def output(
        cls,
        name: str,
        kind: Kind,
        *,
        description: str,
        unit: str = "",
        one_of: Iterable[str | int] = (),
        length: int | None = None,
        optional: bool = False,
    ) -> "Column":
        """A column that answers."""
        options = tuple(map(str, one_of))
        return cls(name, kind, "output", description, unit, "equals", options, length, optional=optional)

    @classmethod
    def valid_from(cls, name: str = "from") -> "Column":
        """The first day on which a row is in force; a later one with the same condition takes its place."""
        return cls(name, "date", "from", "First day on which the row is in force.")

    @classmethod
    def valid_until(cls, name: str = "until") -> "Column":
        """The last day on which a row is in force; empty: until another takes its place."""
        return cls(
            name, "date", "until", "Last day on which the row is in force; may be empty.", optional=True
        )

    @property
    def is_ordered(self) -> bool:
        """Whether values come one after the other, rather than being a choice."""
        return self.kind in _ORDERED and not self.one_of

    @property
    def is_discrete(self) -> bool:
        """Whether each value has a next one."""
        return self.kind in {"whole", "date"}

    @property
    def kind_text(self) -> str:
        """What a cell holds, in words."""
        words = f"one of {', '.join(self.one_of)}" if self.one_of else _KINDS[self.kind]
        return f"{words} ({self.unit})" if self.unit else words

    @property
    def headings(self) -> tuple[str, ...]:
        """What may stand for it above a file's cells: a range may be split in two columns."""
        split = (f"{self.name}_from", f"{self.name}_to") if self.match == "range" else ()
        return (self.name, *split)

    def to_json(self) -> dict[str, Any]:
        """The column as JSON values; what says nothing is left out."""
        found = {
            "name": self.name,
            "type": self.kind,
            "role": self.role,
            "description": self.description,
            "unit": self.unit,
            "match": self.match if self.role == "input" else "",
            "one_of": list(self.one_of),
            "length": self.length,
            "lowest": self.lowest,
            "highest": self.highest,
            "optional": self.optional,
        }
        return {key: value for key, value in found.items() if value not in ("", [], None, False)}

    def _problems(self) -> Iterable[str]:
        if not _NAME.fullmatch(self.name) or self.name in _RESERVED:
            yield f"a name has small letters, digits and underscores, and is none of {', '.join(_RESERVED)}"
        if self.kind not in get_args(Kind) or self.role not in get_args(Role):
            yield f"type {self.kind!r} or role {self.role!r} is unknown"
        if self.role in {"input", "output"} and not self.description.strip():
            yield "it has no description"
        if self.kind in {"whole", "decimal", "money"} and not self.unit:
            yield "a number has a unit"
        if self.match != "equals" and not self.is_ordered:
            yield f"only numbers, amounts and dates have a {self.match}"
        if self.one_of and (self.kind in {"boolean", "decimal", "money", "date"} or self.match != "equals"):
            yield "one_of goes with text, codes and whole numbers that must be equal"
        if self.length is not None and (self.kind != "code" or self.length < 1):
            yield "length goes with a code"
        if "*" in self.one_of or len(set(self.one_of)) != len(self.one_of):
            yield "one_of names each value once, and * stands for any"
        yield from self._match_problems()

    def _match_problems(self) -> Iterable[str]:
        if self.match not in get_args(Match):
            yield f"match is one of {', '.join(get_args(Match))}"
        if (self.lowest, self.highest) != (None, None) and (not self.is_ordered or self.one_of):
            yield "lowest and highest go with numbers, amounts and dates without one_of"
