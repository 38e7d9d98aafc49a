"""The connector: an index over the file, a person made when asked for."""

import threading
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from rpa_commons.capabilities import BusinessError, Person, PersonNotFoundError, PopulationRegister
from rpa_commons.connectors._access import Access, Rung
from rpa_commons.connectors._base import Surroundings
from rpa_commons.connectors._extract import Extract, ExtractSource, Line, read_extract
from rpa_commons.connectors._extract_row import DuplicateRowError, RowError, row_list
from rpa_commons.validators import InvalidIdentifierError, dk

from ._access import ACCESS, VERIFIED
from ._person import person_from_row
from ._settings import RegisterExtractSettings

__all__ = ["RegisterExtract", "UnreadableRowsError"]


class UnreadableRowsError(BusinessError):
    """The person is not among the readable rows, and some rows cannot be told apart.

    "Nobody by this number" would be a guess, so it is not said.

    Attributes:
        places: ``file:line`` of every row whose personal number cannot be read.
    """

    def __init__(self, places: Sequence[str]) -> None:
        super().__init__(
            f"the person may stand in a row whose personal number cannot be read: {row_list(places)}",
            remedy="correct these rows, or the job that writes the file",
        )
        self.places = tuple(places)


@dataclass(frozen=True)
class _Index:
    extract: Extract
    lines: Mapping[str, Sequence[Line]]
    """Personal number -> its lines; a number that lost its leading zero stands under the full one."""
    unreadable: Sequence[Line]
    """Lines whose personal number cannot be read."""


class RegisterExtract:
    """The population register as one CSV file, read once and again whenever it changes.

    Safe to use from several threads.
    """

    name: ClassVar[str] = "register-extract"
    capability: ClassVar[type] = PopulationRegister
    Settings: ClassVar[type[RegisterExtractSettings]] = RegisterExtractSettings
    access: ClassVar[Access] = ACCESS
    verified: ClassVar[tuple[Rung, ...]] = VERIFIED

    def __init__(self, settings: RegisterExtractSettings, surroundings: Surroundings) -> None:
        self.settings = settings
        self._source = ExtractSource(
            surroundings.folder / settings.file, settings.file, settings, type(self).name
        )
        self._lock = threading.Lock()
        self._index: _Index | None = None

    def person(self, cpr: str) -> Person:
        """The person with this number.

        Raises:
            RowError: the person's row is broken; names the file, line and column.
            DuplicateRowError: the person stands in more than one row.
            UnreadableRowsError: the person is in no readable row, and there are unreadable ones.
            ExtractFileError: the file as a whole cannot be used.
        """
        try:
            number = dk.Cpr.parse(cpr)
        except InvalidIdentifierError as error:
            raise BusinessError(
                f"{self.name} was asked for something that is {error}",
                remedy="check the number in the source of the work item",
            ) from None
        index = self._current()
        lines = index.lines.get(number, ())
        if not lines:
            if index.unreadable:
                raise UnreadableRowsError([self._place(line) for line in index.unreadable])
            raise PersonNotFoundError(f"{self.name} ({self.settings.file})")
        if len(lines) > 1:
            raise DuplicateRowError(
                [self._place(line) for line in lines], "one person stands in several rows"
            )
        return person_from_row(index.extract.row(lines[0]), self.settings)

    def close(self) -> None:
        """Forget what was read."""
        self._index = None

    def _place(self, line: Line) -> str:
        return f"{self.settings.file}:{line.number}"

    def _current(self) -> _Index:
        with self._lock:
            if self._index is None or self._source.stamp() != self._index.extract.stamp:
                self._index = None  # what stood there before is gone, even if the new file cannot be read
                self._index = _index(read_extract(self._source, _declared(self.settings)))
            return self._index


def _declared(settings: RegisterExtractSettings) -> dict[str, str]:
    columns: dict[str, str] = settings.columns.model_dump(exclude_none=True)
    return columns


def _index(extract: Extract) -> _Index:
    lines: dict[str, list[Line]] = defaultdict(list)
    unreadable = []
    for line in extract.lines:
        row = extract.row(line)
        try:
            number = row.cpr("cpr")
        except RowError:
            number = _with_zero(row.cells.get("cpr", ""))
        if number:
            lines[number].append(line)
        else:
            unreadable.append(line)
    return _Index(extract, dict(lines), unreadable)


def _with_zero(value: str) -> str:
    """The number a value would be with the leading zero it lost: to find the row, not to use it."""
    try:
        return dk.Cpr.parse(f"0{value}") if len(value) == 9 else ""  # noqa: PLR2004 - ten digits less one
    except InvalidIdentifierError:
        return ""
