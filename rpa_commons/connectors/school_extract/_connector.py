"""The connector: an index over the file, read once and again whenever it changes."""

from typing import Annotated, ClassVar

from pydantic import Field

from rpa_commons.capabilities import School, SchoolDistricts
from rpa_commons.connectors._access import Access, Rung
from rpa_commons.connectors._base import ConnectorSettings, Surroundings
from rpa_commons.connectors._extract import ExtractSettings
from rpa_commons.connectors._extract_index import indexed
from rpa_commons.connectors._extract_row import DuplicateRowError

from ._access import ACCESS, VERIFIED

__all__ = ["SchoolColumns", "SchoolExtract", "SchoolExtractSettings"]

Header = Annotated[str, Field(min_length=1)]


class SchoolColumns(ConnectorSettings):
    """Our field -> the header in the file. Case and spacing of headers do not matter."""

    address_id: Header
    """Id of the address, the same one that the file of moves gives."""
    school: Header
    """Name of the school, as a letter may say it."""
    phone: Header | None = None
    """The school's telephone number."""


class SchoolExtractSettings(ExtractSettings):
    """Settings of the extract of school districts."""

    file: str = Field(min_length=1, json_schema_extra={"place": "file"})
    """The CSV file; a relative path starts at the municipality's folder."""
    columns: SchoolColumns
    """Our field -> the header in the file."""


class SchoolExtract:
    """School districts as one CSV file. Safe to use from several threads."""

    name: ClassVar[str] = "school-extract"
    capability: ClassVar[type] = SchoolDistricts
    Settings: ClassVar[type[SchoolExtractSettings]] = SchoolExtractSettings
    access: ClassVar[Access] = ACCESS
    verified: ClassVar[tuple[Rung, ...]] = VERIFIED

    def __init__(self, settings: SchoolExtractSettings, surroundings: Surroundings) -> None:
        self.settings = settings
        columns: dict[str, str] = settings.columns.model_dump(exclude_none=True)
        self._extract = indexed(
            self.name,
            settings.file,
            settings,
            surroundings,
            columns=columns,
            key=lambda row: row.cells.get("address_id", "").lower(),
        )

    def school_at(self, address_id: str) -> School | None:
        """The school of an address; ``None`` where the file does not name the address.

        Raises:
            RowError: the row of the address is broken, or the address is in no readable row and there are
                unreadable ones ("no school" would be a guess); names the file, line and column.
            DuplicateRowError: two rows give the address to different schools.
            ExtractFileError: the file as a whole cannot be used.
        """
        found = self._extract.current()
        lines = found.lines.get(address_id.strip().lower()) or found.unreadable[:1]
        rows = [found.extract.row(line) for line in lines]
        for row in rows:
            row.required("address_id")
        schools = {School(name=row.required("school"), phone=row.text("phone")) for row in rows}
        if len(schools) > 1:
            raise DuplicateRowError([row.place for row in rows], "one address belongs to several schools")
        return schools.pop() if schools else None

    def close(self) -> None:
        """Nothing stays open; what was read serves the other lanes of the run."""
