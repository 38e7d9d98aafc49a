"""The space of all cases, cut into exact pieces: every row becomes a box of whole numbers.

Rules this module keeps: an ordered column is cut at every end of every row and at its lowest and highest
value, a column of texts has one piece for each text and one for all others; so a box is a range of pieces in
each dimension, and covering, overlapping and leaving out are questions about whole numbers, never samples.
The work is counted; beyond its limit the question is refused, not answered by halves.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from ._cells import ANY
from ._column import Column
from ._errors import TooMuchWorkError
from ._rules import Area
from ._spans import BOTTOM, TOP, Cut, Span, column_bounds
from ._spec import TableSpec

__all__ = ["Box", "Dimension", "Space"]

Box = tuple[tuple[int, int], ...]
"""In each dimension the first piece and the one after the last."""

MOST_WORK = 6_000_000
"""Steps; a few seconds."""


@dataclass(frozen=True)
class Dimension:
    """One dimension of the space.

    Attributes:
        column: Which input; ``None`` for the days.
        edges: Of an ordered one: the cuts between the pieces, ascending.
        options: Of texts: one for each piece; the last one, for all others, is empty.
        begin: First piece that counts.
        end: The one after the last.
        is_open: Whether only values that some row names must be covered.
    """

    column: Column | None
    edges: tuple[Cut, ...] = ()
    options: tuple[str, ...] = ()
    begin: int = 0
    end: int = 0
    is_open: bool = False


class Space:
    """The dimensions of a table and the box of each of its rows."""

    def __init__(self, spec: TableSpec, areas: Sequence[Area]) -> None:
        self._work = 0
        found = [
            _dimension(column, [area.inputs[position] for area in areas])
            for position, column in enumerate(spec.inputs)
        ]
        parts = [[area.inputs[position] for area in areas] for position in range(len(spec.inputs))]
        if spec.from_column is not None:
            found.append(_day_dimension([area.days for area in areas]))
            parts.append([area.days for area in areas])
        # Open dimensions first: the values that occur together are then known before anything is asked of
        # them. The days next: a day without any row is then one gap, not one for each case.
        order = sorted(
            range(len(found)), key=lambda at: (not found[at].is_open, found[at].column is not None)
        )
        self.dimensions: tuple[Dimension, ...] = tuple(found[index] for index in order)
        ranges = [_ranges(found[index], parts[index]) for index in order]
        self.boxes: tuple[Box, ...] = tuple(
            tuple(column[row] for column in ranges) for row in range(len(areas))
        )

    def clipped(self, row: int) -> Box | None:
        """The part of a row's box that counts; ``None`` when it is empty."""
        return _meet(self.boxes[row], tuple((one.begin, one.end) for one in self.dimensions))

    def overlaps(self) -> Iterator[tuple[int, int, Box]]:
        """Every two rows (the earlier one first) with a case in common, and what they have in common."""
        boxes = [self.clipped(row) for row in range(len(self.boxes))]
        if not self.dimensions:
            yield from ((one, two, ()) for two in range(len(boxes)) for one in range(two))
            return
        by = max(range(len(self.dimensions)), key=lambda index: len({box[index] for box in boxes if box}))
        active: list[int] = []
        for row in sorted((row for row, box in enumerate(boxes) if box), key=lambda row: boxes[row][by]):  # type: ignore[index]
            box = boxes[row]
            assert box is not None  # noqa: S101 - only such rows are sorted
            active = [one for one in active if boxes[one][by][1] > box[by][0]]  # type: ignore[index]
            self._spend(len(active) + 1)
            for other in active:
                common = _meet(box, boxes[other])
                if common is not None:
                    yield min(row, other), max(row, other), common
            active.append(row)

    def is_covered(self, row: int, others: Sequence[int]) -> bool:
        """Whether every case of a row is one of the others'."""
        whole = self.clipped(row)
        if whole is None:
            return True
        found = (_meet(whole, self.boxes[other]) for other in others)
        parts = [common for common in found if common is not None]
        self._spend(len(others) + 1)
        return whole in parts or _Sweep(self._spend, parts, whole).is_covered()

    def gaps(self) -> Iterator[Box]:
        """The boxes that no row covers; together they are all of it."""
        whole = tuple((one.begin, one.end) for one in self.dimensions)
        boxes = [box for row in range(len(self.boxes)) if (box := self.clipped(row))]
        days = next((index for index, one in enumerate(self.dimensions) if one.column is None), None)
        only = frozenset(index for index, one in enumerate(self.dimensions) if one.is_open)
        if not self.dimensions:
            yield from () if self.boxes else ((),)
            return
        yield from _Sweep(self._spend, boxes, whole, only, days).gaps()

    def _spend(self, steps: int) -> None:
        self._work += steps
        if self._work > MOST_WORK:
            raise TooMuchWorkError


def _dimension(column: Column, parts: Sequence[Span | str]) -> Dimension:
    if not column.is_ordered:
        named = [part for part in parts if isinstance(part, str) and part != ANY]
        declared = ("true", "false") if column.kind == "boolean" else column.one_of
        if declared:
            return Dimension(column, options=declared, end=len(declared))
        options = (*dict.fromkeys(named), "")
        return Dimension(column, options=options, end=len(options), is_open=True)
    spans = [part for part in parts if isinstance(part, Span) and not part.is_empty]
    low, high = column_bounds(column)
    edges = sorted({BOTTOM, TOP, low, high, *(end for span in spans for end in (span.low, span.high))})
    if column.match == "equals" and column.lowest is None and column.highest is None:
        return Dimension(column, edges=tuple(edges), end=len(edges) - 1, is_open=True)
    if column.lowest is None:
        low = min((span.low for span in spans), default=BOTTOM)
    if column.highest is None:
        high = max((span.high for span in spans), default=TOP)
    begin = edges.index(low)
    return Dimension(column, edges=tuple(edges), begin=begin, end=max(begin, edges.index(high)))


def _day_dimension(days: Sequence[Span]) -> Dimension:
    spans = [span for span in days if not span.is_empty]
    edges = sorted({TOP, *(end for span in spans for end in (span.low, span.high))})
    return Dimension(None, edges=tuple(edges), end=len(edges) - 1)


def _ranges(dimension: Dimension, parts: Sequence[Span | str]) -> list[tuple[int, int]]:
    places: dict[object, int] = {edge: index for index, edge in enumerate(dimension.edges)}
    places |= {option: index for index, option in enumerate(dimension.options)}
    found = []
    for part in parts:
        if isinstance(part, Span):
            found.append((0, 0) if part.is_empty else (places[part.low], places[part.high]))
        elif part == ANY:
            found.append((0, len(dimension.options)))
        else:
            found.append((places[part], places[part] + 1) if part in places else (0, 0))
    return found


def _meet(one: Box, two: Box | None) -> Box | None:
    if two is None:
        return None
    common = []
    for (a, b), (c, d) in zip(one, two, strict=True):
        low, high = max(a, c), min(b, d)
        if low >= high:
            return None
        common.append((low, high))
    return tuple(common)


class _Sweep:
    """Boxes in a whole, swept one dimension after the other.

    Which boxes are left at a point is a set of bits; the same set at the same depth has the same gaps, which
    are worked out once and have one number, however often they come.
    """

    def __init__(
        self,
        spend: Callable[[int], None],
        boxes: Sequence[Box],
        whole: Box,
        only: frozenset[int] = frozenset(),
        days: int | None = None,
    ) -> None:
        """In the dimensions ``only`` a stretch without boxes is no gap; ``days`` is the one of days."""
        self._spend = spend
        self._boxes = boxes
        self._whole = whole
        self._only = only
        self._days = days
        self._everything = (1 << len(boxes)) - 1
        self._rest = [self._covering(depth) for depth in range(len(whole))]
        self._memo: dict[tuple[int, int], int] = {}
        self._lists: list[_Gaps] = [(), ((0, 0, 0),)]  # nothing is missing; all of it is
        self._numbers: dict[_Gaps, int] = {(): _NOTHING}

    def is_covered(self) -> bool:
        """Whether no point of the whole is left out."""
        return self._number(0, self._everything) == _NOTHING

    def gaps(self) -> Iterator[Box]:
        """What is left out."""
        return self._listed(0, self._number(0, self._everything))

    def _listed(self, depth: int, number: int) -> Iterator[Box]:
        if number == _ALL:
            yield self._whole[depth:]
            return
        for begin, end, below in self._lists[number]:
            self._spend(1)
            for box in self._listed(depth + 1, below):
                yield ((begin, end), *box)

    def _number(self, depth: int, rows: int) -> int:
        if not rows:
            return _ALL
        if depth == len(self._whole) or rows & self._rest[depth]:
            return _NOTHING
        found = self._memo.get((depth, rows))
        if found is None:
            gaps = self._gaps(depth, rows)
            found = self._memo[depth, rows] = self._numbers.setdefault(gaps, len(self._lists))
            if found == len(self._lists):
                self._lists.append(gaps)
        return found

    def _gaps(self, depth: int, rows: int) -> "_Gaps":
        """Sweep one dimension; neighbouring stretches that lack the same become one."""
        found: list[tuple[int, int, int]] = []
        for begin, end, present in self._stretches(depth, rows):
            if not present and depth in self._only:
                continue
            below = self._number(depth + 1, present)
            if below == _NOTHING:
                continue
            if found and found[-1][1:] == (begin, below):
                found[-1] = (found[-1][0], end, below)
            else:
                found.append((begin, end, below))
        return tuple(found)

    def _stretches(self, depth: int, rows: int) -> Iterator[tuple[int, int, int]]:
        """The stretches of one dimension over which the same boxes are there."""
        begin, end = self._whole[depth]
        changes: dict[int, int] = {}
        left = rows
        while left:
            bit = left & -left
            left ^= bit
            low, high = self._boxes[bit.bit_length() - 1][depth]
            changes[low] = changes.get(low, 0) ^ bit
            changes[high] = changes.get(high, 0) ^ bit
        self._spend(2 * rows.bit_count() + len(changes))
        if depth == self._days:
            begin = min(changes)  # each begins when it begins
        changes.setdefault(end, 0)
        present, here = 0, begin
        for mark in sorted(changes):
            if here < mark:
                yield here, mark, present
            present ^= changes[mark]
            here = mark

    def _covering(self, depth: int) -> int:
        """The boxes that take everything from one dimension on."""
        found = 0
        for index, box in enumerate(self._boxes):
            if box[depth:] == self._whole[depth:]:
                found |= 1 << index
        return found


_Gaps = tuple[tuple[int, int, int], ...]
"""Stretches of one dimension, each with the number of what is left out in the ones below."""
_NOTHING, _ALL = 0, 1
