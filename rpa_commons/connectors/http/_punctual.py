"""Answers that end in time: every piece is read against one deadline, the head as well as the body.

urllib3's time-out is for each piece by itself: a receiver that sends a byte a minute, or "100 Continue"
without end, would hold a call for ever. All pieces pass where ``http.client`` reads from the connection.
"""

import http.client
import io
import socket
import time
from collections.abc import Callable
from functools import partial
from typing import Any

__all__ = ["make_punctual"]


class _Until(io.RawIOBase):
    """A stream that may be read for so many seconds from its first byte on."""

    def __init__(self, raw: io.RawIOBase, seconds: float) -> None:
        self._raw = raw
        self._seconds = seconds
        self._ends: float | None = None

    @property
    def _sock(self) -> Any:  # noqa: ANN401 - a socket, or none where the stream has none
        """As http.client's own stream has it: NTLM asks it for the server's certificate (channel binding)."""
        return getattr(self._raw, "_sock", None)

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: Any) -> int | None:  # noqa: ANN401 - as in io
        """Read what has come.

        Raises:
            TimeoutError: the time is over, or nothing comes for as long as the socket waits.
        """
        if self._ends is not None and time.monotonic() > self._ends:
            raise TimeoutError
        count = self._raw.readinto(buffer)
        if self._ends is None:
            self._ends = time.monotonic() + self._seconds
        return count

    def close(self) -> None:
        """Close the stream beneath, too."""
        self._raw.close()
        super().close()


class _Answer(http.client.HTTPResponse):
    """An answer whose stream ends in time."""

    def __init__(self, sock: socket.socket, *args: Any, seconds: float, **kwargs: Any) -> None:  # noqa: ANN401 - as in http.client
        super().__init__(sock, *args, **kwargs)
        self.fp = io.BufferedReader(_Until(self.fp.detach(), seconds))


def make_punctual(pool: Any, seconds: float) -> None:  # noqa: ANN401 - urllib3's pools have no common type
    """Let every answer on a new connection of a urllib3 pool end within so many seconds of its first byte."""
    if isinstance(pool.ConnectionCls, type):
        pool.ConnectionCls = partial(_connection, pool.ConnectionCls, seconds)


def _connection(kind: Callable[..., Any], seconds: float, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - as above
    connection = kind(*args, **kwargs)
    connection.response_class = partial(_Answer, seconds=seconds)
    return connection
