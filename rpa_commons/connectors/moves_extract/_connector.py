"""The connector: every daily file, each event once."""

import glob
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import ClassVar

from rpa_commons.capabilities import Move, PopulationEvents, RpaCommonsError
from rpa_commons.connectors._access import Access, Rung
from rpa_commons.connectors._base import Surroundings
from rpa_commons.connectors._extract import ExtractFileError, ExtractSource, read_extract
from rpa_commons.connectors._extract_row import DuplicateRowError, Row, RowError

from ._access import ACCESS, VERIFIED
from ._move import move_from_row
from ._settings import MovesExtractSettings

__all__ = ["MovesExtract", "WeakKeyError"]

_SHORTEST_KEY = 32


class WeakKeyError(RpaCommonsError):
    """The secret for derived ids is so short that personal numbers could be found by trying."""

    exit_code: int = 4

    def __init__(self, where: str) -> None:
        super().__init__(
            f"reference_key ({where}) is shorter than {_SHORTEST_KEY} characters",
            remedy="generate one, e.g. with: python -c 'import secrets; print(secrets.token_hex(32))'",
        )


class MovesExtract:
    """Changes of address from daily CSV files; a move delivered in several files is one move.

    Attributes:
        problems: ``file:line: what is wrong`` for every row that the last :meth:`moves_into` could not read
            and that may concern what was asked, and for every pair of rows that give one event id to two
            different moves; neither of these is returned. The others are returned all the same, so
            whoever runs the bot must show these and not call the run a success.
    """

    name: ClassVar[str] = "moves-extract"
    capability: ClassVar[type] = PopulationEvents
    Settings: ClassVar[type[MovesExtractSettings]] = MovesExtractSettings
    access: ClassVar[Access] = ACCESS
    verified: ClassVar[tuple[Rung, ...]] = VERIFIED

    def __init__(self, settings: MovesExtractSettings, surroundings: Surroundings) -> None:
        self.settings = settings
        self.problems: tuple[str, ...] = ()
        self._surroundings = surroundings
        self._columns: dict[str, str] = settings.columns.model_dump(exclude_none=True)

    def moves_into(self, municipality: str, since: date) -> Sequence[Move]:
        """Every change of address into ``municipality`` with ``moved_on >= since``.

        Raises:
            ExtractFileError: no file matches, or none of them can be used. One file among others that
                cannot be used is one of the ``problems``.
            SecretMissingError: the key for derived ids cannot be read.
            WeakKeyError: the key is too short.
        """
        seen: dict[str, tuple[Move, str]] = {}
        problems: list[str] = []
        disputed: set[str] = set()
        key = self._key()
        for row in self._rows(problems):
            try:
                move = move_from_row(row, self.settings, lambda: key)
            except RowError as error:
                if _may_concern(row, municipality, since):
                    problems.append(_as_problem(error))
                continue
            other, place = seen.setdefault(move.id, (move, row.place))
            if other != move and any(_concerns(one, municipality, since) for one in (move, other)):
                # Nobody can say which is right, so neither is acted on; the others' moves do not wait for it.
                disputed.add(move.id)
                what = "one event id stands for two different moves"
                problems.append(_as_problem(DuplicateRowError([place, row.place], what)))
        self.problems = tuple(problems)
        moves = [move for move, _ in seen.values() if _concerns(move, municipality, since)]
        moves = [move for move in moves if move.id not in disputed]
        return sorted(moves, key=lambda move: (move.moved_on, move.id))

    def close(self) -> None:
        """Nothing stays open."""

    def _key(self) -> bytes:
        reference = self.settings.reference_key
        if self.settings.columns.event_id or reference is None:
            return b""
        key = self._surroundings.secret(reference)
        if len(key) < _SHORTEST_KEY:
            raise WeakKeyError(reference.describe())
        return key.encode()

    def _rows(self, problems: list[str]) -> Iterator[Row]:
        usable, failure = 0, None
        for source in self._sources():
            try:
                extract = read_extract(source, self._columns)
            except ExtractFileError as error:
                problems.append(_as_problem(error))
                failure = error
                continue
            usable += 1
            for line in extract.lines:
                yield extract.row(line)
        if failure is not None and not usable:
            raise failure

    def _sources(self) -> Sequence[ExtractSource]:
        pattern, folder = self.settings.files, self._surroundings.folder
        # Absolute patterns (a network share) are allowed: root_dir is ignored for them.
        found = sorted(glob.glob(pattern, root_dir=folder, recursive=True))  # noqa: PTH207 - Path.glob refuses absolute patterns
        if not found:
            raise ExtractFileError(
                self.name,
                pattern,
                "no file matches",
                remedy="check the pattern (it starts at the municipality's folder) and whether the job that "
                "writes the files has run",
            )
        return [ExtractSource(folder / one, Path(one).as_posix(), self.settings, self.name) for one in found]


def _as_problem(error: RpaCommonsError) -> str:
    return f"{error.message} ({error.remedy})"


def _concerns(move: Move, municipality: str, since: date) -> bool:
    return move.to_municipality == municipality and move.moved_on >= since


def _may_concern(row: Row, municipality: str, since: date) -> bool:
    """Whether a broken row could be one that was asked for: so unless what can be read of it says no."""
    try:
        if row.municipality("to_municipality") != municipality:
            return False
    except RowError:
        pass
    try:
        return row.day("moved_on") >= since
    except RowError:
        return True
