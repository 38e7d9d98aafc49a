"""Time as the runtime keeps it: aware, UTC, as text that sorts."""

from datetime import UTC, datetime

__all__ = ["now", "parse", "text"]


def now() -> datetime:
    """The present, aware and in UTC."""
    return datetime.now(UTC)


def text(moment: datetime) -> str:
    """ISO 8601 in UTC with microseconds: text order is time order."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def parse(moment: str) -> datetime:
    """The aware time that :func:`text` wrote."""
    return datetime.fromisoformat(moment)
