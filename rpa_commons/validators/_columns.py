"""A column of an extract looked through: how many are right, which rows are not, and why.

Rules this module keeps: a report holds row numbers and reasons, never a value; every count is exact, the
lists of rows are bounded; what a spreadsheet has done (leading zeros dropped, scientific notation, a decimal
point) is recognised and said, and nothing is repaired; a blank is neither right nor wrong and counted apart;
memory does not grow with the column.

A type that can tell right ones in bulk does (``Identifier._unsure``); every value it is unsure of goes
through ``parse``, so that a column and a single value are never judged by two rules.

Usage:
    report = validate_column(extract["cpr"], dk.Cpr, accept="replacement")
    for finding in report.findings:
        print(finding.count, finding.reason, finding.rows)
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from numbers import Integral, Real
from typing import Any

from ._errors import InvalidIdentifierError
from ._identifier import Identifier

__all__ = ["ColumnCheck", "ColumnFinding", "ColumnReport", "lost_zeros", "validate_column"]

_CHUNK = 8192
_ROWS_KEPT = 100
_MOST_REASONS = 200
_MOST_REMEMBERED = 4096
_LARGE = 300  # bits; no identifier is a number of so many, and Python writes none of thousands of digits
_SCIENTIFIC = re.compile(r"[0-9](?:[.,][0-9]*)?[eE]\+?[0-9]+", re.ASCII)
_PARTS = re.compile(r"[0-9]+(?:[- ][0-9]+)*", re.ASCII)
_DECIMAL = re.compile(r"[0-9]+[.,]0+", re.ASCII)
_BLANK = "blank"  # the answer of `_judge`; no reason reads so


@dataclass(frozen=True)
class ColumnFinding:
    """One reason and the rows it was found in.

    Attributes:
        reason: Why the values are refused; holds none of them.
        count: In how many rows.
        rows: The first of them by number.
    """

    reason: str
    count: int
    rows: tuple[int, ...]


@dataclass(frozen=True)
class ColumnReport:
    """What a column holds.

    Attributes:
        kind: What every value should be.
        total: Rows looked at: valid, blank and refused together.
        valid: Rows with a right value.
        blank: Rows without a value.
        findings: By reason, in the order they were first met.
    """

    kind: str
    total: int
    valid: int
    blank: int
    findings: tuple[ColumnFinding, ...]

    @property
    def refused(self) -> int:
        """Rows with a wrong value."""
        return self.total - self.valid - self.blank

    def to_json(self) -> dict[str, Any]:
        """As plain data; ``rows_left_off`` says how many rows a finding has beyond those it lists."""
        return {
            "kind": self.kind,
            "total": self.total,
            "valid": self.valid,
            "blank": self.blank,
            "refused": self.refused,
            "findings": [
                {
                    "reason": one.reason,
                    "count": one.count,
                    "rows": list(one.rows),
                    "rows_left_off": one.count - len(one.rows),
                }
                for one in self.findings
            ],
        }


def validate_column(
    values: Iterable[Any],
    type_: type[Identifier],
    *,
    first_row: int = 1,
    rows_kept: int = _ROWS_KEPT,
    **options: Any,  # noqa: ANN401 - as the type's parse names them
) -> ColumnReport:
    """Look a whole column through.

    Args:
        values: Text, numbers, ``None``; any iterable, or an array of numpy, pandas, polars or Arrow.
        type_: What each should be.
        first_row: The number of the first value; 2 where a header stands above.
        rows_kept: How many row numbers each finding lists.
        options: As ``type_.parse`` takes them.

    Raises:
        TypeError: one text instead of many, an array of more than one dimension, or an unknown option.
    """
    check = ColumnCheck(type_, first_row=first_row, rows_kept=rows_kept, **options)
    for chunk in _chunks(values):
        check.add(chunk)
    return check.report()


class ColumnCheck:
    """A column that comes in pieces: ``add`` each, then ask for the ``report``."""

    def __init__(
        self,
        type_: type[Identifier],
        *,
        first_row: int = 1,
        rows_kept: int = _ROWS_KEPT,
        **options: Any,  # noqa: ANN401 - as the type's parse names them
    ) -> None:
        self._judge = _Judge(type_, options)
        self._type = type_
        self._next, self._rows_kept = first_row, rows_kept
        self._total = self._valid = self._blank = 0
        self._found: dict[str, _Found] = {}

    def add(self, values: Sequence[Any], rows: Sequence[int] | None = None) -> None:
        """Look at the next values; their row numbers go on from the last unless ``rows`` names them."""
        first = self._next
        unsure = 0
        if self._judge.knows_all(values):
            self._valid += len(values)
            self._total += len(values)
            self._next += len(values)
            return
        for at in self._type._unsure(values):  # noqa: SLF001 - the types and the columns are one house
            unsure += 1
            answer = self._judge(values[at])
            if answer is None:
                self._valid += 1
            elif answer is _BLANK:
                self._blank += 1
            else:
                self._keep(answer, rows[at] if rows is not None else first + at)
        self._valid += len(values) - unsure
        self._total += len(values)
        self._next += len(values)

    def report(self) -> ColumnReport:
        """What was found until now."""
        findings = (ColumnFinding(reason, one.count, tuple(one.rows)) for reason, one in self._found.items())
        return ColumnReport(self._type.kind, self._total, self._valid, self._blank, tuple(findings))

    def _keep(self, reason: str, row: int) -> None:
        if reason not in self._found and len(self._found) >= _MOST_REASONS:
            reason = "it is refused for another reason than those listed"
        found = self._found.setdefault(reason, _Found())
        found.count += 1
        if len(found.rows) < self._rows_kept:
            found.rows.append(row)


@dataclass
class _Found:
    count: int = 0
    rows: list[int] = field(default_factory=list)


class _Judge:
    """Why a value is refused; ``None`` where it is right, ``_BLANK`` where there is none."""

    def __init__(self, type_: type[Identifier], options: dict[str, Any]) -> None:
        parse: Callable[..., Identifier] = type_.parse
        self._type, self._parse, self._options = type_, parse, options
        # Codes repeat: each is read once. A person's number is not kept, not even for the length of a call.
        self._known: dict[str, str | None] | None = None if type_.personal else {}
        self._refusal("0")  # an unknown option shows at once, not in the first row that needs it

    def __call__(self, value: object) -> str | None:
        if isinstance(value, str):
            return self._text(value)
        if _is_missing(value):
            return _BLANK
        if isinstance(value, bytes):
            return self._text(value.decode("ascii", errors="replace"))
        if isinstance(value, Integral) and not isinstance(value, bool):
            number = int(value)  # numpy's own are no int
            return self._text(str(number) if number.bit_length() < _LARGE else "9" * _LARGE)
        if isinstance(value, Real) and not isinstance(value, bool):
            return "it is a number with a decimal point, not text: its zeros are lost"
        return "it is neither text nor a number"

    def knows_all(self, values: Sequence[Any]) -> bool:
        """Whether each of the values was read before and is right: quick for a column of few codes."""
        if not self._known:
            return False
        try:
            distinct = set(values)
        except TypeError:
            return False
        return all(isinstance(one, str) and self._known.get(one, _BLANK) is None for one in distinct)

    def _text(self, text: str) -> str | None:
        if not text or text.isspace():
            return _BLANK
        if self._known is None:
            return self._reason(text)
        if text in self._known:
            return self._known[text]
        reason = self._reason(text)
        if len(self._known) < _MOST_REMEMBERED:
            self._known[text] = reason
        return reason

    def _reason(self, text: str) -> str | None:
        reason = self._refusal(text)
        return reason and (self._spreadsheet(text.strip()) or reason)

    def _spreadsheet(self, text: str) -> str | None:
        """What a spreadsheet did to it, where that shows."""
        if _SCIENTIFIC.fullmatch(text):
            return "it is in a spreadsheet's scientific notation: digits are lost"
        if _DECIMAL.fullmatch(text):
            return "it is written with a decimal point: a spreadsheet has made it a number"
        if lost := lost_zeros(text, self._type, **self._options):
            zeros = "zero" if lost == 1 else "zeros"
            digits = self._type.full_length - lost
            return f"it has {digits} digits: a spreadsheet has dropped the leading {zeros}"
        return None

    def _refusal(self, text: str) -> str | None:
        try:
            self._parse(text, **self._options)
        except InvalidIdentifierError as error:
            return error.reason
        return None


def lost_zeros(text: str, type_: type[Identifier], **options: Any) -> int:  # noqa: ANN401 - parse's own
    """How many leading zeros make a number right that is refused without them; 0 where none do.

    Args:
        text: As written; a hyphen or spaces between its parts do not count.
        type_: What it should be.
        options: For the type's ``parse``.
    """
    digits, full = re.sub("[- ]", "", text), type_.full_length
    if len(digits) >= full or not _PARTS.fullmatch(text.strip()):
        return 0
    parse: Callable[..., Identifier] = type_.parse
    try:
        parse(digits.zfill(full), **options)
    except InvalidIdentifierError:
        return 0
    return full - len(digits)


def _is_missing(value: object) -> bool:
    """``None``, not-a-number, and what pandas has for a missing value."""
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        return True
    try:
        return bool(value != value)  # noqa: PLR0124 - not-a-number alone is not itself
    except (ArithmeticError, TypeError, ValueError):  # an array in a cell has no one answer
        return False


def _chunks(values: Iterable[Any]) -> Iterator[Sequence[Any]]:
    """The values in pieces of plain Python objects."""
    if isinstance(values, str | bytes):
        raise TypeError("a column is many values, not one text")
    if isinstance(values, list | tuple):
        for start in range(0, len(values), _CHUNK):
            yield values[start : start + _CHUNK]
        return
    array: Any = values
    if hasattr(array, "iloc"):  # pandas, which slices by its index
        array = array.to_numpy()
    as_list = next((name for name in ("tolist", "to_pylist", "to_list") if hasattr(array, name)), None)
    if as_list is None:
        rest = iter(values)
        while chunk := list(islice(rest, _CHUNK)):
            yield chunk
        return
    if getattr(array, "ndim", 1) != 1:
        raise TypeError("a column is an array of one dimension")
    for start in range(0, len(array), _CHUNK):
        yield getattr(array[start : start + _CHUNK], as_list)()
