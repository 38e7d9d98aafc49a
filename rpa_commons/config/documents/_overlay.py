"""Files as they are going to be, laid over what is on disk.

Rules this module keeps: the texts are read exactly as files are (byte order mark, line ends, limits); what
has no text is read from disk.

Usage::

    as_if = replace(municipality, reader=OverlayReader({folder / "stack.toml": text}))
"""

from collections.abc import Mapping
from pathlib import Path

from ._document import Document, Reader, parse_document

__all__ = ["OverlayReader"]


class OverlayReader(Reader):
    """Reads some files as they are going to be, and all others as they are.

    Args:
        texts: File, absolute -> its text to come.
    """

    def __init__(self, texts: Mapping[Path, str]) -> None:
        super().__init__()
        self._texts = dict(texts)

    def optional(self, path: Path, *, root: Path, name: str) -> Document | None:
        """As the file is going to be, or as it is."""
        return self._to_come(path, name) or super().optional(path, root=root, name=name)

    def document(self, path: Path, *, root: Path, name: str, remedy: str = "") -> Document:
        """As the file is going to be, or as it is."""
        return self._to_come(path, name) or super().document(path, root=root, name=name, remedy=remedy)

    def _to_come(self, path: Path, name: str) -> Document | None:
        text = self._texts.get(path)
        return None if text is None else parse_document(path, name, text.encode())
