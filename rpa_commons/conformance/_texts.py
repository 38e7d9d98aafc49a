"""Many files looked through at once: searched as one text, told by file and line.

Rules this module keeps: what is searched for is found in any encoding that holds ASCII as it is, and in
UTF-16 and UTF-32; a search costs one pass over the bytes, whatever the number of files.

Usage::

    batch = Batch()
    batch.add("bot/_settings.py", content)
    for at in positions(batch.text, b"://"):
        batch.place(at)  # "bot/_settings.py:12"
"""

import codecs
from bisect import bisect_right
from collections.abc import Iterator

__all__ = ["Batch", "positions"]

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_GAP = b"\0\n"  # no text goes on in the next file


class Batch:
    """Files one behind the other."""

    def __init__(self) -> None:
        self._names: list[str] = []
        self._starts: list[int] = []
        self._parts: list[bytes] = []
        self._text: bytes | None = None
        self.size = 0
        """Bytes so far."""

    def add(self, name: str, content: bytes) -> None:
        """Append a file."""
        plain = as_ascii_based(content)
        self._names.append(name)
        self._starts.append(self.size)
        self._parts += (plain, _GAP)
        self.size += len(plain) + len(_GAP)
        self._text = None

    @property
    def text(self) -> bytes:
        """Everything, each file ended by a null and a line's end."""
        if self._text is None:
            self._text = b"".join(self._parts)
        return self._text

    def name(self, at: int) -> str:
        """The file that a byte of the text belongs to."""
        return self._names[bisect_right(self._starts, at) - 1]

    def place(self, at: int) -> str:
        """File and line of a byte of the text."""
        index = bisect_right(self._starts, at) - 1
        line = self.text.count(b"\n", self._starts[index], at) + 1
        return f"{self._names[index]}:{line}"


def positions(text: bytes, needle: bytes) -> Iterator[int]:
    """Where a text holds a sequence of bytes, from the front."""
    at = text.find(needle)
    while at >= 0:
        yield at
        at = text.find(needle, at + 1)


def as_ascii_based(content: bytes) -> bytes:
    """The same text with ASCII letters in one byte each; anything that is no text as it is."""
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return content.decode(encoding, "replace").encode("utf-8", "replace")
    head = content[:200]
    nulls = head.count(0)
    if nulls * 3 < len(head) or not nulls:
        return content
    # UTF-16 without a mark: every other byte of a Latin text is null.
    return content.decode(
        "utf-16-le" if head[1::2].count(0) >= head[::2].count(0) else "utf-16-be", "replace"
    ).encode("utf-8", "replace")
