"""The reason phrase of the status line: twine and pip print it, and nothing else of an answer.

Rules this module keeps: ASGI has no word for it, so it is written by whoever holds the connection, in this
one place; what a status line has no letter for is written with those it has; under a server that is built
otherwise the standard phrase stands and the body says why.

Usage::

    await app(scope, receive, with_reason(send))  # a start message may now have a "reason"
"""

from typing import Any

from starlette.types import Message, Send

__all__ = ["as_reason", "with_reason"]

_PLAIN = str.maketrans(
    {
        "\u2026": "...",  # ellipsis
        "\u2013": "-",  # en dash
        "\u2014": "-",  # em dash
        "\u2018": "'",
        "\u2019": "'",
        "\u201c": '"',
        "\u201d": '"',
        "\u2192": "->",  # arrow
    }
)
_LONGEST = 300  # characters; proxies cut or refuse long lines


def as_reason(text: str) -> bytes:
    """A sentence as a status line takes it: one line of Latin-1, nothing that steers."""
    line = " ".join(text.translate(_PLAIN).split())
    line = "".join(letter for letter in line if letter.isprintable())
    short = line if len(line) <= _LONGEST else line[: _LONGEST - 3] + "..."
    return short.encode("latin-1", "replace")


def with_reason(send: Send) -> Send:
    """A ``send`` that understands ``reason`` (bytes) in the start message."""

    async def reasoned(message: Message) -> None:
        reason = message.pop("reason", None) if message["type"] == "http.response.start" else None
        cycle: Any = getattr(send, "__self__", None)
        transport = getattr(cycle, "transport", None)
        if reason is None or transport is None:
            await send(message)
            return
        cycle.transport = _FirstLine(transport, message["status"], reason)
        try:
            await send(message)
        finally:
            cycle.transport = transport

    return reasoned


class _FirstLine:
    """A transport that puts its own status line before the headers."""

    def __init__(self, transport: Any, status: int, reason: bytes) -> None:  # noqa: ANN401 - the server's own
        self._transport = transport
        self._line = b"HTTP/1.1 %d %s" % (status, reason)

    def write(self, data: bytes) -> None:
        """Write headers, the first line replaced."""
        self._transport.write(self._line + data[data.index(b"\r\n") :])

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - the server's own
        return getattr(self._transport, name)
