"""Secrets out of everything a worker says or keeps: logs, events, errors, reasons, records, its output.

Rules this module keeps: a value is known here from the moment it was read; it is found as it is and as the
usual ways of writing it down (percent-encoded, as JSON, XML or ``repr``, in Base64 at any alignment); values
under four characters are left alone, they stand in every other word.

Usage::

    redact = Redactor()
    redact.learn(password)
    redact(f"401 for user rpac, password {password}")  # "401 for user rpac, password …"
"""

import base64
import html
import io
import json
import re
import threading
from collections.abc import Iterator, Mapping
from typing import Any, TextIO
from urllib.parse import quote, quote_plus

from rpa_commons.validators import mask_personal_numbers

__all__ = ["RedactedStream", "Redactor"]

HIDDEN = "…"
_SHORTEST = 4
_SHORTEST_CODED = 8
"""Of a Base64 text, and of one line of a secret of several: less would be found where nothing is."""
_OURS = frozenset(
    {
        "event", "kind", "state", "reason", "remedy", "rules", "facts", "paragraph", "result", "receipt",
        "note", "decision", "reasons", "error", "place", "text", "effect", "effects", "instead", "then",
        "findings", "stopped", "message", "call", "shown", "reference",
    }
)  # fmt: skip
_CODE_WORDS = frozenset({"event", "kind", "state"})


class Redactor:
    """Replaces every secret that was learnt by ``…``; safe in every thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._forms: frozenset[str] = frozenset()
        self._pattern: re.Pattern[str] | None = None

    def learn(self, value: str) -> None:
        """Take note of a secret; from now on it is replaced."""
        forms = {form for form in _forms(value) if len(form) >= _SHORTEST}
        with self._lock:
            if forms <= self._forms:
                return
            self._forms |= forms
            longest_first = sorted(self._forms, key=lambda form: (-len(form), form))
            self._pattern = re.compile("|".join(map(re.escape, longest_first)))

    def __call__(self, text: str) -> str:
        """The text without any of them."""
        pattern = self._pattern
        return text if pattern is None else pattern.sub(HIDDEN, text)

    def masked(self, text: str) -> str:
        """The text without any of them and without personal numbers."""
        return mask_personal_numbers(self(text))

    def tree(self, value: Any, *, name: str = "") -> Any:  # noqa: ANN401 - JSON
        """JSON values without any of them; the words that our own records and events use stay.

        Args:
            value: Texts, numbers, lists, mappings.
            name: The key it stands under.
        """
        if self._pattern is None or name in _CODE_WORDS:
            return value
        if isinstance(value, str):
            return self(value)
        if isinstance(value, Mapping):
            return {self._key(key): self.tree(inner, name=str(key)) for key, inner in value.items()}
        if isinstance(value, list | tuple):
            return [self.tree(inner) for inner in value]
        return value

    def _key(self, key: object) -> object:
        return self(key) if isinstance(key, str) and key not in _OURS else key


class RedactedStream(io.TextIOBase):
    """A text stream that writes whole lines, redacted; what is printed in pieces is put together first.

    Args:
        stream: Where the lines go.
        redact: Takes out what must not be seen.
    """

    def __init__(self, stream: TextIO, redact: Redactor) -> None:
        super().__init__()
        self._stream = stream
        self._redact = redact
        self._lock = threading.RLock()
        self._held = ""
        self.buffer = _Bytes(self)

    @property
    def encoding(self) -> str:  # type: ignore[override]  # a stream's encoding is read only
        """The encoding of what is written."""
        return self._stream.encoding

    def write(self, text: str, /) -> int:
        """Take a text; whole lines are written at once."""
        with self._lock:
            whole, line_end, self._held = (self._held + text).rpartition("\n")
            if line_end:
                self._stream.write(self._redact(whole + line_end))
                self._stream.flush()
        return len(text)

    def flush(self) -> None:
        """Write what is held back of a line that has not ended."""
        with self._lock:
            held, self._held = self._held, ""
            if held:
                self._stream.write(self._redact(held))
            self._stream.flush()

    def fileno(self) -> int:
        """The file below; what a program of its own writes there is not seen here."""
        return self._stream.fileno()

    def isatty(self) -> bool:
        """Whether a person reads it."""
        return self._stream.isatty()

    def writable(self) -> bool:
        """Always."""
        return True


class _Bytes(io.RawIOBase):
    """The bytes' side of a redacted stream, for whoever writes to ``sys.stdout.buffer``."""

    def __init__(self, text: RedactedStream) -> None:
        super().__init__()
        self._text = text

    def write(self, data: object, /) -> int:
        given = bytes(data)  # type: ignore[call-overload]  # any bytes-like object
        self._text.write(given.decode("utf-8", "replace"))
        return len(given)

    def flush(self) -> None:
        self._text.flush()

    def writable(self) -> bool:
        return True


def _forms(value: str) -> Iterator[str]:
    """The ways in which a secret may come to stand in a text."""
    for one in {value, value.strip()}:
        yield one
        yield from (quote(one, safe=""), quote(one), quote_plus(one))
        yield from (json.dumps(one)[1:-1], json.dumps(one, ensure_ascii=False)[1:-1], repr(one)[1:-1])
        yield from (html.escape(one), html.escape(one, quote=False))
        yield from _coded(one.encode("utf-8", "surrogateescape"))
    lines = value.splitlines()
    if len(lines) > 1:  # a key in PEM is printed line by line
        yield from (line.strip() for line in lines if len(line.strip()) >= _SHORTEST_CODED)


def _coded(value: bytes) -> Iterator[str]:
    """Base64 of the secret within whatever stands before and after it, as in ``user:password``."""
    for before in range(3):
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            text = encode(b"\0" * before + value).decode().rstrip("=")
            core = text[(before * 8 + 5) // 6 : (before + len(value)) * 8 // 6]  # digits of its bits alone
            if len(core) >= _SHORTEST_CODED:
                yield core
