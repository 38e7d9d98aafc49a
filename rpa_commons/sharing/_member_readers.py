"""Readers of a member's folder: without what was withheld, and with the baseline where it really lies.

Rules this module keeps: only a published folder may withhold; what stands in for a withheld value is valid
and says nothing; the files of the baseline are read through one reader for all members.
"""

import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rpa_commons.config.documents import Document, Reader
from rpa_commons.config.findings import KeyPath

from ._published_text import is_withheld

__all__ = ["RebasedReader", "WithheldReader"]

_OWN = "municipality.toml"
# In place of what no member publishes and no check depends on; valid, so that opening passes.
_STAND_INS: Mapping[str, Any] = {"cvr": "29189404", "letterhead": {"name": "withheld"}}


class RebasedReader(Reader):
    """Reads a municipality's own folder once, the baseline from where the coordinator says it lies.

    A look at many members is a look at one moment, and the files of the baseline are the same for all.
    """

    def __init__(self, folder: Path, shared: Reader, baseline: str | None) -> None:
        super().__init__(is_snapshot=True)
        self._folder = str(folder)  # as text, since a path is slow to compare
        self._shared = shared
        self._baseline = baseline
        self._opened: dict[tuple[str, str], Document] = {}

    def optional(self, path: Path, *, root: Path, name: str) -> Document | None:
        """As :meth:`Reader.optional`."""
        if str(root) != self._folder:
            return self._shared.optional(path, root=root, name=name)
        document = super().optional(path, root=root, name=name)
        return None if document is None else self._once(document)

    def document(self, path: Path, *, root: Path, name: str, remedy: str = "") -> Document:
        """As :meth:`Reader.document`."""
        if str(root) != self._folder:
            return self._shared.document(path, root=root, name=name, remedy=remedy)
        return self._once(super().document(path, root=root, name=name, remedy=remedy))

    def _once(self, document: Document) -> Document:
        """What is given out for a document that was read, always the same."""
        key = (str(document.path), document.name)
        known = self._opened.get(key)
        if known is None:
            known = self._opened[key] = self.opened(document)
        return known

    def opened(self, document: Document) -> Document:
        """With the baseline's place."""
        if document.name != _OWN or self._baseline is None or "baseline" not in document.values:
            return document
        values = {**document.values, "baseline": self._baseline}
        return Document(document.path, document.name, document.text, values)


class WithheldReader(RebasedReader):
    """Reads a published folder: what was withheld is not among the values, and is remembered.

    Attributes:
        withheld: File -> the paths that were withheld, without those that only ``published.toml`` names.
    """

    def __init__(self, folder: Path, shared: Reader, baseline: str | None) -> None:
        super().__init__(folder, shared, baseline)
        self.withheld: dict[str, set[KeyPath]] = {}

    def opened(self, document: Document) -> Document:
        """Without what was withheld."""
        found = self.withheld.setdefault(document.name, set())
        values = _stripped(document.values, (), found)
        if document.name == _OWN:
            values = {**_STAND_INS, **values}
            values.pop("baseline", None)
            if self._baseline is not None:
                values["baseline"] = self._baseline
        elif document.name.startswith("bots/") and ("id",) in found:
            values["id"] = str(uuid.uuid5(uuid.NAMESPACE_URL, document.name))
        return Document(document.path, document.name, document.text, values)


def _stripped(value: Any, path: KeyPath, found: set[KeyPath]) -> Any:  # noqa: ANN401 - a tree of TOML values
    if isinstance(value, dict):
        kept = {}
        for key, one in value.items():
            if is_withheld(one):
                found.add((*path, key))
            else:
                kept[key] = _stripped(one, (*path, key), found)
        return kept
    if isinstance(value, list):
        return [_stripped(one, (*path, index), found) for index, one in enumerate(value)]
    return value
