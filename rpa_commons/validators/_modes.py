"""Test numbers and production numbers: which of the two are read here and now.

Rules this module keeps: production is the default everywhere, also in a new thread; the mode is a context
variable, so that two requests or two tests at once never see each other's; a type that has no numbers made
for tests (the Danish ones: no rule marks a test number) does not ask.

Usage:
    with numbers("test"):
        no.Fodselsnummer.parse(text)  # a synthetic number is read, which production refuses
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Literal

__all__ = ["NumberMode", "number_mode", "numbers"]

NumberMode = Literal["production", "test"]

_MODE: ContextVar[NumberMode] = ContextVar("rpa_commons_number_mode", default="production")


def number_mode() -> NumberMode:
    """The mode that holds here: ``"production"`` unless a ``numbers("test")`` block is open."""
    return _MODE.get()


@contextmanager
def numbers(mode: NumberMode) -> Iterator[None]:
    """Read numbers in this mode inside the block: ``"test"`` takes those made for tests too.

    Raises:
        ValueError: a mode of another name.
    """
    if mode not in ("production", "test"):
        raise ValueError(f"numbers are read as 'production' or 'test', not as {mode!r}")
    token = _MODE.set(mode)
    try:
        yield
    finally:
        _MODE.reset(token)
