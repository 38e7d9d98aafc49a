"""Progress on standard error while a worker works: one moving line on a terminal, plain lines elsewhere."""

import sys
import time
from collections import Counter
from typing import Any

import click

__all__ = ["Progress"]

_WORDS = {
    "done": "done",
    "skipped": "skipped",
    "handed_over": "handed over",
    "proposed": "proposed",
    "waiting": "waiting",
    "in_doubt": "in doubt",
    "failed": "failed",
    "new": "put back",
    "unknown": "unknown",
}
_PLAIN_EVERY = 5.0  # seconds between plain lines


class Progress:
    """Shows a worker's events as they come."""

    def __init__(self, label: str) -> None:
        self._label = label
        self._counts: Counter[str] = Counter()
        self._moving = sys.stderr.isatty()
        self._shown = time.monotonic()

    def show(self, event: dict[str, Any]) -> None:
        """Show one event."""
        kind = event.get("event")
        if kind == "started":
            self._line("looking for cases")
        elif kind == "recovered":
            self._line(f"going on with {event['items']} cases of a run that broke off")
        elif kind == "found":
            self._line(f"found {event['found']}, new {event['new']}")
        elif kind == "finding":
            self._line(f"finding: {event['message']}")
        elif kind in {"item", "planned"}:
            self._count(event)

    def end(self) -> None:
        """Leave the terminal's line."""
        if self._moving and self._counts:
            click.echo(err=True)

    def _count(self, event: dict[str, Any]) -> None:
        self._counts[event["state"]] += 1
        if event["state"] in {"failed", "in_doubt"}:
            self._line(f"{event['reference']}: {_WORDS[event['state']]}: {event['reason']}")
        text = ", ".join(f"{count} {_WORDS.get(state, state)}" for state, count in self._counts.items())
        if self._moving:
            click.echo(f"\r{self._label}: {text}\x1b[K", nl=False, err=True)
        elif time.monotonic() - self._shown > _PLAIN_EVERY:
            self._line(text)

    def _line(self, text: str) -> None:
        self._shown = time.monotonic()
        click.echo(("\r\x1b[K" if self._moving else "") + f"{self._label}: {text}", err=True)
