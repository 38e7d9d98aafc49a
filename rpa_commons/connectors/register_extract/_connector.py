"""The connector: an index over the file, a person made when asked for."""

from collections.abc import Sequence
from typing import ClassVar

from rpa_commons.capabilities import BusinessError, Person, PersonNotFoundError, PopulationRegister
from rpa_commons.connectors._access import Access, Rung
from rpa_commons.connectors._base import Surroundings
from rpa_commons.connectors._extract import Line
from rpa_commons.connectors._extract_index import indexed
from rpa_commons.connectors._extract_row import DuplicateRowError, Row, RowError, row_list
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
        columns: dict[str, str] = settings.columns.model_dump(exclude_none=True)
        self._extract = indexed(
            self.name, settings.file, settings, surroundings, columns=columns, key=_number
        )

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
        found = self._extract.current()
        lines = found.lines.get(number, ())
        if not lines:
            if found.unreadable:
                raise UnreadableRowsError([self._place(line) for line in found.unreadable])
            raise PersonNotFoundError(f"{self.name} ({self.settings.file})")
        if len(lines) > 1:
            raise DuplicateRowError(
                [self._place(line) for line in lines], "one person stands in several rows"
            )
        return person_from_row(found.extract.row(lines[0]), self.settings)

    def close(self) -> None:
        """Nothing stays open; what was read serves the other lanes of the run."""

    def _place(self, line: Line) -> str:
        return f"{self.settings.file}:{line.number}"


def _number(row: Row) -> str:
    """The number that a row is found by; one that lost its leading zero stands under the full one."""
    try:
        return row.cpr("cpr")
    except RowError:
        return _with_zero(row.cells.get("cpr", ""))


def _with_zero(value: str) -> str:
    """The number a value would be with the leading zero it lost: to find the row, not to use it."""
    try:
        return dk.Cpr.parse(f"0{value}") if len(value) == 9 else ""  # noqa: PLR2004 - ten digits less one
    except InvalidIdentifierError:
        return ""
