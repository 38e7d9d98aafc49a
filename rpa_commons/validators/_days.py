"""Days: what today is, and which days exist.

Rules this module keeps: today is asked for when a number is read, never at import; a day that does not exist
is an answer, not an exception.

Usage:
    day = day_of(on)  # on: date, "2010-01-01" or None for today
"""

from datetime import UTC, date, datetime

__all__ = ["day_of", "real_day"]


def day_of(on: date | str | None) -> date:
    """The day meant: today by the machine's clock where none is named.

    Raises:
        ValueError: text that is no ISO day, which is a mistake of the caller.
    """
    if on is None:
        return datetime.now(tz=UTC).astimezone().date()
    if isinstance(on, datetime):
        return on.date()
    return date.fromisoformat(on) if isinstance(on, str) else on


def real_day(year: int, month: int, day: int) -> date | None:
    """The day, or ``None`` where the calendar has none such."""
    try:
        return date(year, month, day)
    except ValueError:
        return None
