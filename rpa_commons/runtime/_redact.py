"""Secrets out of everything a worker says or keeps: logs, events, errors, reasons, records, its output.

Rules this module keeps: a value is known here from the start of the worker, or from the moment it was read;
it is found as it is and as the usual ways of writing it down (percent-encoded, as JSON, XML or ``repr``, in
Base64 at any alignment), also when it is printed in pieces; values under four characters are left alone, they
stand in every other word. Personal values of the settings go out of what is said, and stay in what is kept
encrypted, for a record of a case must be whole.

Usage::

    redact = Redactor()
    redact.learn(password)
    redact(f"401 for user rpac, password {password}")  # "401 for user rpac, password …"
"""

import base64
import codecs
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
_LONGEST_HELD = 64 * 1024  # characters of a line that does not end
_BEGINNING = 8  # characters by which the beginning of a secret is looked for
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
_COUNTED = frozenset(
    {
        "found", "new", "done", "skipped", "handed_over", "proposed", "waiting", "in_doubt", "failed",
        "postponed", "before_start", "elsewhere", "queued", "due", "planned", "known", "known_states",
        "states", "effects", "open", "count", "problems", "adopted", "named", "undated", "run", "minutes",
        "line", "path", "items", "exit_code",
    }
)  # fmt: skip
"""Where our own numbers stand; a number elsewhere is a bot's, and may be a secret of digits."""
_FROM_BOT = frozenset({"facts", "shown"})


class Redactor:
    """Replaces every secret that was learnt by ``…``; safe in every thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._secret = _Known(frozenset())
        self._known = _Known(frozenset())

    def learn(self, value: str) -> None:
        """Take note of a secret; from now on it is replaced."""
        forms = _long_enough(value)
        with self._lock:
            if not forms <= self._secret.forms:
                self._secret = _Known(self._secret.forms | forms)
            if not forms <= self._known.forms:
                self._known = _Known(self._known.forms | forms)

    def learn_personal(self, value: str) -> None:
        """Take note of a personal value: from now on it is replaced in everything but what is kept."""
        forms = _long_enough(value)
        with self._lock:
            if not forms <= self._known.forms:
                self._known = _Known(self._known.forms | forms)

    def __call__(self, text: str) -> str:
        """The text without any of them."""
        return self._known.hidden_in(text)

    def masked(self, text: str) -> str:
        """The text without any of them and without personal numbers."""
        return mask_personal_numbers(self(text))

    def settled(self, text: str) -> int:
        """How much of a text can be looked through now: what follows may begin something to be hidden."""
        return self._known.settled(text)

    def tree(self, value: Any) -> Any:  # noqa: ANN401 - JSON
        """JSON values without any of them, to be said; the words that our own events use stay.

        Args:
            value: Texts, numbers, lists, mappings.
        """
        return _tree(self._known, value)

    def kept(self, value: Any) -> Any:  # noqa: ANN401 - JSON
        """JSON values to be kept encrypted: without secrets, personal values stay."""
        return _tree(self._secret, value)


class _Known:
    """Values that are hidden, in every form; never changes."""

    def __init__(self, forms: frozenset[str]) -> None:
        self.forms = forms
        longest_first = sorted(forms, key=lambda form: (-len(form), form))
        self._pattern = re.compile("|".join(map(re.escape, longest_first))) if forms else None

    def hidden_in(self, text: str) -> str:
        return text if self._pattern is None else self._pattern.sub(HIDDEN, text)

    def settled(self, text: str) -> int:
        if self._pattern is None:
            return len(text)
        at = min(_begins_at(form, text) for form in self.forms)
        for found in self._pattern.finditer(text):
            if found.start() < at < found.end():
                return found.end()  # its end begins another one: hidden with this one, whatever comes
        return at


def _begins_at(form: str, text: str) -> int:
    """Where the longest end of a text starts that is the beginning of a form; its length where none is."""
    at = max(len(text) - len(form) + 1, 0)
    beginning = form[:_BEGINNING]
    while (at := text.find(beginning, at)) >= 0:
        if form.startswith(text[at:]):
            return at
        at += 1
    for at in range(max(len(text) - min(len(form), _BEGINNING) + 1, 0), len(text)):
        if form.startswith(text[at:]):
            return at
    return len(text)


def _tree(known: _Known, value: Any, name: str = "", whose: str = "") -> Any:  # noqa: ANN401 - JSON
    """The value without what is known; ``whose`` says of numbers: ``counted``, the ``bot``'s, or neither."""
    if not known.forms or (name in _CODE_WORDS and whose != "bot"):
        return value
    if name in _FROM_BOT:
        whose = "bot"
    elif name in _COUNTED:
        whose = whose or "counted"
    if isinstance(value, str):
        return known.hidden_in(value)
    if isinstance(value, Mapping):
        return {_key(known, key): _tree(known, inner, str(key), whose) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_tree(known, inner, whose=whose) for inner in value]
    if isinstance(value, int | float) and not isinstance(value, bool) and whose != "counted":
        written = json.dumps(value)
        shown = known.hidden_in(written)
        return value if shown == written else shown
    return value


def _key(known: _Known, key: object) -> object:
    return known.hidden_in(key) if isinstance(key, str) and key not in _OURS else key


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
            self._held += text
            whole = self._held.rfind("\n") + 1
            if whole:
                self._let_out(whole)
                self._stream.flush()
            if len(self._held) > _LONGEST_HELD:
                self.flush()
        return len(text)

    def flush(self) -> None:
        """Write what is held back of a line that has not ended, but for what may begin a secret."""
        with self._lock:
            self._let_out(self._redact.settled(self._held))
            self._stream.flush()

    def finish(self) -> None:
        """Write everything that is held back: nothing follows."""
        with self._lock:
            self.buffer.finish()
            self._let_out(len(self._held))
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

    def _let_out(self, length: int) -> None:
        text, self._held = self._held[:length], self._held[length:]
        if text:
            self._stream.write(self._redact(text))


class _Bytes(io.RawIOBase):
    """The bytes' side of a redacted stream, for whoever writes to ``sys.stdout.buffer``."""

    def __init__(self, text: RedactedStream) -> None:
        super().__init__()
        self._text = text
        self._lock = threading.Lock()
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def write(self, data: object, /) -> int:
        given = bytes(data)  # type: ignore[call-overload]  # any bytes-like object
        with self._lock:  # a character may come in two pieces
            self._text.write(self._decoder.decode(given))
        return len(given)

    def flush(self) -> None:
        self._text.flush()

    def finish(self) -> None:
        with self._lock:
            self._text.write(self._decoder.decode(b"", final=True))

    def writable(self) -> bool:
        return True


def _long_enough(value: str) -> frozenset[str]:
    return frozenset(form for form in _forms(value) if len(form) >= _SHORTEST)


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
