"""The connector: an index over the file, read once and again whenever it changes."""

import threading
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, ClassVar

from pydantic import Field

from rpa_commons.capabilities import School, SchoolDistricts
from rpa_commons.connectors._access import Access, Rung
from rpa_commons.connectors._base import ConnectorSettings, Surroundings
from rpa_commons.connectors._extract import Extract, ExtractSettings, ExtractSource, Line, read_extract
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


@dataclass(frozen=True)
class _Index:
    extract: Extract
    lines: Mapping[str, Sequence[Line]]
    """Id of an address -> its lines."""
    unreadable: Sequence[Line]
    """Lines whose address cannot be read."""


class SchoolExtract:
    """School districts as one CSV file. Safe to use from several threads."""

    name: ClassVar[str] = "school-extract"
    capability: ClassVar[type] = SchoolDistricts
    Settings: ClassVar[type[SchoolExtractSettings]] = SchoolExtractSettings
    access: ClassVar[Access] = ACCESS
    verified: ClassVar[tuple[Rung, ...]] = VERIFIED

    def __init__(self, settings: SchoolExtractSettings, surroundings: Surroundings) -> None:
        self.settings = settings
        self._source = ExtractSource(
            surroundings.folder / settings.file, settings.file, settings, type(self).name
        )
        self._lock = threading.Lock()
        self._index: _Index | None = None

    def school_at(self, address_id: str) -> School | None:
        """The school of an address; ``None`` where the file does not name the address.

        Raises:
            RowError: the row of the address is broken, or the address is in no readable row and there are
                unreadable ones ("no school" would be a guess); names the file, line and column.
            DuplicateRowError: two rows give the address to different schools.
            ExtractFileError: the file as a whole cannot be used.
        """
        index = self._current()
        lines = index.lines.get(address_id.strip().lower()) or index.unreadable[:1]
        rows = [index.extract.row(line) for line in lines]
        for row in rows:
            row.required("address_id")
        found = {School(name=row.required("school"), phone=row.text("phone")) for row in rows}
        if len(found) > 1:
            raise DuplicateRowError([row.place for row in rows], "one address belongs to several schools")
        return found.pop() if found else None

    def close(self) -> None:
        """Forget what was read."""
        self._index = None

    def _current(self) -> _Index:
        with self._lock:
            if self._index is None or self._source.stamp() != self._index.extract.stamp:
                self._index = None  # what stood there before is gone, even if the new file cannot be read
                columns = self.settings.columns.model_dump(exclude_none=True)
                self._index = _index(read_extract(self._source, columns))
            return self._index


def _index(extract: Extract) -> _Index:
    lines: dict[str, list[Line]] = defaultdict(list)
    unreadable: list[Line] = []
    for line in extract.lines:
        address = extract.row(line).cells.get("address_id", "").lower()
        (lines[address] if address else unreadable).append(line)
    return _Index(extract, dict(lines), unreadable)
