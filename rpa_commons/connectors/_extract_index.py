"""The lines of an extract file by what is asked for, read once and again whenever the file changes.

A run makes its connectors anew for each lane and chunk of cases: they share what one of them has read
(``Surroundings.memory``), for a register has hundreds of thousands of rows.

Usage::

    extract = indexed(name, settings.file, settings, surroundings, columns={"cpr": "PNR"}, key=number_of)
    found = extract.current()
    rows = [found.extract.row(line) for line in found.lines.get("0101405000", ())]
"""

import threading
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from ._base import Surroundings
from ._extract import Extract, ExtractSettings, ExtractSource, Line, read_extract
from ._extract_row import Row

__all__ = ["IndexedExtract", "IndexedLines", "indexed"]


@dataclass(frozen=True)
class IndexedLines:
    """A file as read.

    Attributes:
        extract: The file.
        lines: Key -> its lines.
        unreadable: Lines whose key cannot be read.
    """

    extract: Extract
    lines: Mapping[str, Sequence[Line]]
    unreadable: Sequence[Line]


class IndexedExtract:
    """One extract file and its index; safe for several threads."""

    def __init__(self, source: ExtractSource, columns: Mapping[str, str], key: Callable[[Row], str]) -> None:
        """Read nothing yet; the arguments are those of :func:`indexed`."""
        self._source = source
        self._columns = columns
        self._key = key
        self._lock = threading.Lock()
        self._found: IndexedLines | None = None

    def current(self) -> IndexedLines:
        """The lines of the file as it is now.

        Raises:
            ExtractFileError: the file as a whole cannot be used.
        """
        with self._lock:
            if self._found is None or self._source.stamp() != self._found.extract.stamp:
                self._found = None  # what stood there before is gone, even if the new file cannot be read
                self._found = self._indexed(read_extract(self._source, self._columns))
            return self._found

    def _indexed(self, extract: Extract) -> IndexedLines:
        lines: dict[str, list[Line]] = defaultdict(list)
        unreadable: list[Line] = []
        for line in extract.lines:
            key = self._key(extract.row(line))
            (lines[key] if key else unreadable).append(line)
        return IndexedLines(extract, dict(lines), unreadable)


def indexed(
    connector: str,
    file: str,
    settings: ExtractSettings,
    surroundings: Surroundings,
    *,
    columns: Mapping[str, str],
    key: Callable[[Row], str],
) -> IndexedExtract:
    """A connector's extract file, the same one for all its instances in a run.

    Args:
        connector: The connector's name, for messages.
        file: The file as the settings name it.
        settings: Its layout.
        surroundings: Where the connector runs.
        columns: Our column name -> the header declared for it.
        key: What a row is found by; empty where that cannot be read.
    """
    source = ExtractSource(surroundings.folder / file, file, settings, connector)
    return surroundings.memory.kept(
        (IndexedExtract, source.path, settings.model_dump_json()),
        lambda: IndexedExtract(source, columns, key),
    )
