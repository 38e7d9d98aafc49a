"""Tokens in memory: kept while they last, renewed before they end, by a clock that cannot be set.

Rules this module keeps: a token counts as used up five minutes before its end, or at four fifths of its life
where that is the later; its life is counted from before it was asked for, by the monotonic clock; one thread
renews while the others wait, and where it fails they try at once and together, for each failure may take
minutes; a refused token is forgotten, unless another thread has renewed it meanwhile; no token is ever in a
``repr``, a log line or an error.
"""

import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from ._answer import Answer
from ._errors import UnexpectedAnswerError

__all__ = ["Tokens", "token_in"]

_LONGEST_MARGIN = 300.0  # seconds before its end at which a token counts as used up …
_MARGIN_SHARE = 0.2  # … but no more than this share of its life, for short-lived ones
_LONGEST_LIFE = 24 * 3600.0  # seconds; nobody means more, and a renewal a day is cheap
_HEADER_WORD = re.compile(r"[\x21-\x7e]{1,65536}")


@dataclass(frozen=True)
class _Token:
    text: str = field(repr=False)
    renew_at: float
    """On the monotonic clock, seconds."""


class Tokens:
    """Tokens by what they are for; safe for several threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Empty.

        Args:
            clock: Monotonic seconds; the wall clock may be set back under a running process.
        """
        self._clock = clock
        self._lock = threading.Lock()
        self._kept: dict[str, _Token] = {}
        self._renewals: dict[str, threading.Event] = {}

    def get(self, what: str, renew: Callable[[], tuple[str, float]]) -> str:
        """The token for something, from memory while it lasts.

        Args:
            what: What it is for.
            renew: Asks for a new one: its text and for how many seconds it lasts.
        """
        with self._lock:
            if (text := self._lasting(what)) is not None:
                return text
            other = self._renewals.get(what)
            mine = self._renewals.setdefault(what, threading.Event())
        if other is not None:
            other.wait()
            with self._lock:
                text = self._lasting(what)
            return self._renewed(what, renew) if text is None else text
        try:
            return self._renewed(what, renew)
        finally:
            with self._lock:
                del self._renewals[what]
            mine.set()

    def _lasting(self, what: str) -> str | None:
        token = self._kept.get(what)
        return None if token is None or self._clock() >= token.renew_at else token.text

    def _renewed(self, what: str, renew: Callable[[], tuple[str, float]]) -> str:
        started = self._clock()  # before the calls: a token ages while it travels
        text, seconds = renew()
        seconds = min(seconds, _LONGEST_LIFE)
        margin = min(_LONGEST_MARGIN, seconds * _MARGIN_SHARE)
        with self._lock:
            self._kept[what] = _Token(text, started + seconds - margin)
        return text

    def discard(self, what: str, text: str) -> None:
        """Forget a refused token, unless another thread has renewed it meanwhile."""
        with self._lock:
            token = self._kept.get(what)
            if token is not None and token.text == text:
                del self._kept[what]


def token_in(answer: Answer, *, default_life: float | None = None) -> tuple[str, str, float]:
    """Type, token and life in seconds of a token service's answer (RFC 6749 5.1).

    Args:
        answer: The whole answer.
        default_life: Seconds, where the answer does not say; ``None`` refuses such an answer.

    Raises:
        UnexpectedAnswerError: there is no token in it that can stand in a header.
    """
    found = answer.json()
    found = found if isinstance(found, dict) else {}
    kind, token = found.get("token_type"), found.get("access_token")
    seconds = _seconds(found.get("expires_in", default_life))
    if not (_is_word(kind) and _is_word(token)) or seconds is None:
        raise UnexpectedAnswerError(answer.system, "the token service's answer has no token")
    return str(kind), str(token), seconds


def _is_word(value: object) -> bool:
    return isinstance(value, str) and _HEADER_WORD.fullmatch(value) is not None


def _seconds(value: object) -> float | None:
    if isinstance(value, str) and value.isascii() and value.isdecimal():
        value = int(value[:10])
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not value > 0:
        return None
    return float(min(value, _LONGEST_LIFE))
