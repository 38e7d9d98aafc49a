"""AMQP 0-9-1 on the wire, as far as a queue that is read from needs it.

Source: the AMQP 0-9-1 specification (amqp.org), sections 2.3 (framing) and 4.2; method and class numbers are
those of its ``amqp0-9-1.xml``. Written here and not taken from a client library, so that a client is not
tested against itself.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

__all__ = [
    "BODY",
    "FRAME_MAX",
    "HEADER",
    "HEARTBEAT",
    "METHOD",
    "PROTOCOL_HEADER",
    "Frame",
    "Reader",
    "Split",
    "frame",
    "long_string",
    "method",
    "short_string",
    "table",
]

PROTOCOL_HEADER = b"AMQP\x00\x00\x09\x01"
METHOD, HEADER, BODY, HEARTBEAT = 1, 2, 3, 8
FRAME_MAX = 131_072  # bytes
_END = 0xCE
_OVERHEAD = 8  # bytes of a frame around its payload
_LARGEST_FRAME = 2 * FRAME_MAX  # bytes; what claims to be larger is no frame


@dataclass(frozen=True)
class Frame:
    """One frame."""

    kind: int
    channel: int
    payload: bytes


class Split:
    """Cuts a byte stream into frames."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> Iterator[Frame]:
        """The frames that are complete now.

        Raises:
            ValueError: this is no AMQP.
        """
        self._rest += data
        while len(self._rest) >= _OVERHEAD:
            kind, channel, size = struct.unpack_from(">BHI", self._rest)
            if size > _LARGEST_FRAME:
                raise ValueError("no AMQP frame")
            if len(self._rest) < size + _OVERHEAD:
                return
            payload, end = self._rest[7 : 7 + size], self._rest[7 + size]
            self._rest = self._rest[size + _OVERHEAD :]
            if end != _END:
                raise ValueError("a frame does not end")
            yield Frame(kind, channel, payload)


class Reader:
    """Reads a method's arguments in order; class and method number first."""

    def __init__(self, payload: bytes) -> None:
        self._payload = payload
        self._at = 0
        self.method: tuple[int, int] = (self.short(), self.short())

    def short(self) -> int:
        """16 bits."""
        return int(self._number(">H"))

    def octet(self) -> int:
        """8 bits."""
        return int(self._number(">B"))

    def long_long(self) -> int:
        """64 bits."""
        return int(self._number(">Q"))

    def skip_long(self) -> None:
        """32 bits that nobody wants to know."""
        self._number(">I")

    def short_string(self) -> str:
        """Up to 255 bytes of UTF-8."""
        return self._bytes(self.octet()).decode("utf-8", "replace")

    def long_string(self) -> bytes:
        """Any bytes; a table, too, comes like this."""
        return self._bytes(int(self._number(">I")))

    def _number(self, form: str) -> int:
        (value,) = struct.unpack_from(form, self._payload, self._at)
        self._at += struct.calcsize(form)
        return int(value)

    def _bytes(self, count: int) -> bytes:
        if self._at + count > len(self._payload):
            raise ValueError("a method ends too early")
        self._at += count
        return self._payload[self._at - count : self._at]


def frame(kind: int, channel: int, payload: bytes) -> bytes:
    """A frame on the wire."""
    return struct.pack(">BHI", kind, channel, len(payload)) + payload + bytes([_END])


def method(channel: int, numbers: tuple[int, int], arguments: bytes = b"") -> bytes:
    """A method frame on the wire."""
    return frame(METHOD, channel, struct.pack(">HH", *numbers) + arguments)


def short_string(text: str) -> bytes:
    """Length and text."""
    return bytes([len(text.encode())]) + text.encode()


def long_string(data: bytes) -> bytes:
    """Length and bytes."""
    return struct.pack(">I", len(data)) + data


def table(flags: dict[str, bool]) -> bytes:
    """A table of booleans."""
    return long_string(b"".join(short_string(name) + b"t" + bytes([on]) for name, on in flags.items()))
