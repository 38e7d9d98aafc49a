"""The space of all cases, cut into exact pieces: every row becomes a box of whole numbers.

Rules this module keeps: an ordered column is cut at every end of every row and at its lowest and highest
value, a column of texts has one piece for each text and one for all others; so a box is a range of pieces in
each dimension, and covering, overlapping and leaving out are questions about whole numbers, never samples.
The work is counted; beyond its limit the question is refused, not answered by halves.
"""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ._cells import ANY
from ._errors import TooMuchWorkError
from ._rules import Area
from ._spans import BOTTOM, TOP, Cut, Span, cut
from ._spec import Column, TableSpec

__all__ = ["Box", "Dimension", "Space"]

Box = tuple[tuple[int, int], ...]
"""In each dimension the first piece and the one after the last."""

MOST_WORK = 1_500_000
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

    def remainder(self, row: int, others: Sequence[int]) -> list[Box]:
        """What is left of a row when the cases of others are taken away."""
        whole = self.clipped(row)
        left = [whole] if whole is not None else []
        for other in others:
            cutting = self.boxes[other]
            self._spend(len(left) + 1)
            left = [piece for box in left for piece in _without(box, cutting)]
        return left

    def gaps(self) -> tuple[Box, ...]:
        """The boxes that no row covers; together they are all of it."""
        self._memo: dict[tuple[int, tuple[int, ...]], tuple[Box, ...]] = {}
        rows = tuple(row for row in range(len(self.boxes)) if self.clipped(row) is not None)
        return self._gaps(0, rows)

    def _gaps(self, depth: int, rows: tuple[int, ...]) -> tuple[Box, ...]:
        if depth == len(self.dimensions):
            return () if rows else ((),)
        if not rows:
            return (tuple((one.begin, one.end) for one in self.dimensions[depth:]),)
        if (depth, rows) not in self._memo:
            self._memo[depth, rows] = self._gaps_of(depth, rows)
        return self._memo[depth, rows]

    def _gaps_of(self, depth: int, rows: tuple[int, ...]) -> tuple[Box, ...]:
        """Sweep one dimension; neighbouring pieces that lack the same become one."""
        dimension = self.dimensions[depth]
        found: list[tuple[int, int, tuple[Box, ...]]] = []
        for begin, end, present in self._pieces(depth, rows):
            if dimension.is_open and not present:
                continue
            below = self._gaps(depth + 1, present)
            if not below:
                continue
            if found and found[-1][1] == begin and found[-1][2] == below:
                found[-1] = (found[-1][0], end, below)
            else:
                found.append((begin, end, below))
        return tuple(((begin, end), *box) for begin, end, below in found for box in below)

    def _pieces(self, depth: int, rows: tuple[int, ...]) -> Iterator[tuple[int, int, tuple[int, ...]]]:
        """The stretches of one dimension over which the same rows are there."""
        dimension = self.dimensions[depth]
        begin, end = dimension.begin, dimension.end
        if dimension.column is None and rows:
            begin = max(begin, min(self.boxes[row][depth][0] for row in rows))  # each begins when it begins
        marks = {begin, end}
        starts: dict[int, list[int]] = {}
        stops: dict[int, list[int]] = {}
        for row in rows:
            low, high = self.boxes[row][depth]
            low, high = max(low, begin), min(high, end)
            if low < high:
                starts.setdefault(low, []).append(row)
                stops.setdefault(high, []).append(row)
                marks |= {low, high}
        present: set[int] = set()
        ordered = sorted(marks)
        for here, after in itertools.pairwise(ordered):
            present.difference_update(stops.get(here, ()))
            present.update(starts.get(here, ()))
            self._spend(len(present) + 1)
            yield here, after, tuple(sorted(present))

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


def column_bounds(column: Column) -> tuple[Cut, Cut]:
    """Where the values of an ordered column begin and end."""
    from ._cells import typed

    low = BOTTOM if column.lowest is None else cut(column, typed(column.kind, column.lowest), after=False)
    high = TOP if column.highest is None else cut(column, typed(column.kind, column.highest), after=True)
    return low, high


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


def _without(box: Box, cutting: Box) -> Iterator[Box]:
    """The box without what the other covers, in at most two pieces for each dimension."""
    if _meet(box, cutting) is None:
        yield box
        return
    for index, ((low, high), (first, last)) in enumerate(zip(box, cutting, strict=True)):
        if low < first:
            yield (*box[:index], (low, first), *box[index + 1 :])
        if last < high:
            yield (*box[:index], (last, high), *box[index + 1 :])
        box = (*box[:index], (max(low, first), min(high, last)), *box[index + 1 :])
