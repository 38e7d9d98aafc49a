"""Texts that people write and that others read for good: in the log, on pages, in lists.

Rules this module keeps: whatever a person types goes through here before it is kept; a text is trimmed,
short, printable (no control characters, no half characters that no encoding has) and holds no personal
number. What looks like markup is text: whoever shows it escapes it.

Usage::

    said = checked_text(reason, "the reason to yank", is_required=True)
"""

from collections.abc import Iterable

from rpa_commons.validators import contains_personal_number

from .errors import RefusedError

__all__ = ["LONGEST_LINE", "LONGEST_TEXT", "checked_line", "checked_text", "unspeakable"]

LONGEST_TEXT = 2000
"""Characters of a reason, a note, a remedy."""

LONGEST_LINE = 200
"""Characters of a name, a label, a contact."""


def checked_text(text: str, what: str, *, is_required: bool = False, longest: int = LONGEST_TEXT) -> str:
    """A text that people will read for good: trimmed, bounded, without personal numbers.

    Raises:
        RefusedError: it is missing, too long, or holds what must not stand in a log.
    """
    found = text.strip()
    if is_required and not found:
        raise RefusedError(f"{what} is missing", remedy="say it; others read it for good")
    if len(found) > longest:
        raise RefusedError(
            f"{what} has {len(found)} characters, the most is {longest}", remedy="say it shorter"
        )
    if not found.replace("\n", "").replace("\t", "").isprintable():
        raise RefusedError(f"{what} holds control characters", remedy="send plain text")
    if contains_personal_number(found):
        raise RefusedError(
            f"{what} holds what looks like a personal number; the log keeps it for good and anyone reads it",
            remedy="say it without the number",
        )
    return found


def checked_line(text: str, what: str, *, is_required: bool = False) -> str:
    """As :func:`checked_text`, of one short line: a name, a label, a contact.

    Raises:
        RefusedError: as there, or it has several lines.
    """
    found = checked_text(text, what, is_required=is_required, longest=LONGEST_LINE)
    if "\n" in found or "\t" in found:
        raise RefusedError(f"{what} has several lines", remedy="say it in one")
    return found


def unspeakable(texts: Iterable[str]) -> str:
    """What no database keeps, in the first text that has it: ``NUL`` or ``half a character``; or empty."""
    for text in texts:
        if "\0" in text:
            return "the character NUL"
        if any("\ud800" <= letter <= "\udfff" for letter in text):
            return "half of a surrogate pair"
    return ""
