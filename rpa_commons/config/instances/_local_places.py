"""Files and folders that settings name, and whether they are there: what no other check looks at.

Rules this module keeps: only settings that a schema marks (``"place"``) are looked at, by whether something
is there, never by what stands in it; what is missing is no finding, since the job that writes it may run
tonight.

Usage::

    [place.text for place in local_places(municipality, sections) if not place.exists]
"""

import glob
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from rpa_commons.config.layers import Section
from rpa_commons.config.municipality import MunicipalityFolder

__all__ = ["LocalPlace", "local_places"]


@dataclass(frozen=True)
class LocalPlace:
    """A file or folder that a setting names.

    Attributes:
        key: The setting.
        given: As the setting says it: a path or a pattern.
        kind: ``file``, ``files`` (a pattern) or ``folder``.
        origin: Who says it: ``stack.toml:7``.
        exists: Whether it is there, or anything that fits the pattern.
    """

    key: str
    given: str
    kind: str
    origin: str
    exists: bool

    def to_json(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "key": self.key,
            "path": self.given,
            "kind": self.kind,
            "origin": self.origin,
            "exists": self.exists,
        }


def local_places(municipality: MunicipalityFolder, sections: Sequence[Section]) -> Iterator[LocalPlace]:
    """What the settings of an instance and its connectors name, hidden values left out."""
    for section in sections:
        for path, candidates in section.merged.leaves.items():
            kind = section.view.note(path, "place")
            given = candidates[-1].effective
            if not isinstance(kind, str) or not isinstance(given, str) or not given:
                continue
            if not section.is_hidden(path):
                origin = str(candidates[-1].origin(path))
                exists = _exists(municipality, kind, given)
                yield LocalPlace(section.name_of(path), given, kind, origin, exists)


def _exists(municipality: MunicipalityFolder, kind: str, given: str) -> bool:
    place = os.path.expanduser(given)  # noqa: PTH111 - pathlib's raises for an unknown user
    if kind == "files":  # an absolute pattern, of a network share say, leaves root_dir aside
        return next(glob.iglob(place, root_dir=municipality.folder, recursive=True), None) is not None  # noqa: PTH207 - Path.glob refuses absolute patterns
    path = municipality.folder / place
    return path.is_dir() if kind == "folder" else path.is_file()
