"""A broker with dueslag to read from: AMQP 0-9-1 over TLS on 127.0.0.1, no exchange and no publishing.

What it does as a broker does: messages are given in order, at most as many as the prefetch count allows are
out at a time, what is not acknowledged when a connection ends comes again first and is marked redelivered,
heartbeats are sent. Who may read which dueslag is the caller's question. What it lacks: everything that a
reader of queues does not need; the tests with a real RabbitMQ are the judge of the rest.
"""

import contextlib
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable

from rpa_commons.sandbox._http import LINGER_ZERO

from ._dueslag import Dueslag, Message
from ._frames import (
    BODY,
    FRAME_MAX,
    HEADER,
    HEARTBEAT,
    METHOD,
    PROTOCOL_HEADER,
    Frame,
    Reader,
    Split,
    frame,
    long_string,
    method,
    short_string,
    table,
)

__all__ = ["Broker", "Letting"]

_POLL = 0.02  # seconds between two looks for something to deliver
_PATIENCE = 5.0  # seconds for a handshake, and for what is sent to be taken
_HEARTBEAT = 60  # seconds, proposed to the client
_CLOSE_CODES = {
    "401": (403, "ACCESS_REFUSED"),
    "500": (541, "INTERNAL_ERROR"),
    "503": (320, "CONNECTION_FORCED"),
}

_CONSUME, _GET, _REJECT, _NACK = (60, 20), (60, 70), (60, 90), (60, 120)

Letting = Callable[[bytes, bytes, str], bool]
"""Assertion, client certificate (DER; empty for none) and dueslag (empty when one is not asked for yet)."""


class Broker:
    """Listens until it is closed.

    Args:
        context: TLS, with the client certificates that are welcome.
        dueslag: Id -> queue.
        letting: Who may do what.
        fault: Which fault hits the connection that is just opened; ``None`` for none.
        port: 0 takes a free one.
    """

    def __init__(
        self,
        context: ssl.SSLContext,
        dueslag: dict[str, Dueslag],
        letting: Letting,
        fault: Callable[[], str | None],
        *,
        port: int = 0,
    ) -> None:
        self._context = context
        self.dueslag = dueslag
        self.letting = letting
        self.fault = fault
        self.stopping = threading.Event()
        self._threads: list[threading.Thread] = []
        self._listener = socket.create_server(("127.0.0.1", port))
        self._listener.settimeout(0.1)
        self.port: int = self._listener.getsockname()[1]
        self._accepting = threading.Thread(target=self._accept, name="sandbox-amqp", daemon=True)
        self._accepting.start()

    def close(self) -> None:
        """Cut every connection."""
        self.stopping.set()
        self._accepting.join()
        self._listener.close()
        for thread in self._threads:
            thread.join()

    def _accept(self) -> None:
        while not self.stopping.is_set():
            try:
                plain, _ = self._listener.accept()
            except OSError:  # the time-out, to see whether it is time to stop
                continue
            thread = threading.Thread(target=self._serve, args=(plain,), daemon=True)
            self._threads = [one for one in self._threads if one.is_alive()]
            self._threads.append(thread)
            thread.start()

    def _serve(self, plain: socket.socket) -> None:
        with contextlib.closing(plain), contextlib.suppress(OSError, ValueError, struct.error):
            plain.settimeout(_POLL)
            wrapped = self._context.wrap_socket(plain, server_side=True, do_handshake_on_connect=False)
            with wrapped as line:
                if not self._shook_hands(line):
                    return
                with contextlib.closing(_Line(self, line)) as connection:
                    connection.run()

    def _shook_hands(self, line: ssl.SSLSocket) -> bool:
        """Whether the other side did its part, in time and before the end."""
        ends = time.monotonic() + _PATIENCE
        while time.monotonic() < ends and not self.stopping.is_set():
            with contextlib.suppress(TimeoutError):  # of one look; it goes on where it was
                line.do_handshake()
                return True
        return False


class _Line:
    """One connection: one channel, one queue at a time."""

    def __init__(self, broker: Broker, line: ssl.SSLSocket) -> None:
        self._broker = broker
        self._line = line
        self._fault = broker.fault()
        self._split = Split()
        self._queue: Dueslag | None = None
        self._consumer = ""
        self._channel = 0
        self._prefetch = 0
        self._tag = 0
        self._out: dict[int, Message] = {}
        self._assertion = b""
        self._beat = 0.0
        self._last_sent = time.monotonic()
        self._open = True

    def run(self) -> None:
        """Until either side is done."""
        if self._fault == "time-out":
            self._until_gone()
            return
        if self._fault == "invalid-answer":
            self._received(len(PROTOCOL_HEADER))
            self._send(method(0, (10, 10))[:-1] + b"\x00")  # a frame that does not end as frames do
            self._until_gone()
            return
        if self._fault == "slow":
            time.sleep(0.2)
        if self._received(len(PROTOCOL_HEADER)) != PROTOCOL_HEADER:
            self._send(PROTOCOL_HEADER)
            return
        capabilities = short_string("capabilities") + b"F" + table({"basic.nack": True})
        start = b"\x00\x09" + long_string(capabilities) + long_string(b"EXTERNAL") + long_string(b"en_US")
        self._send(method(0, (10, 10), start))
        while self._open and not self._broker.stopping.is_set():
            data = self._received(65536)
            if data is None:
                return
            for one in self._split.feed(data):
                if one.kind == METHOD:
                    self._answer(one)
            self._deliver()
            if self._beat and time.monotonic() - self._last_sent > self._beat / 2:
                self._send(frame(HEARTBEAT, 0, b""))

    def close(self) -> None:
        """What is out goes back."""
        if self._queue is not None:
            self._queue.give_back(self._out.values())
        self._out = {}

    def _until_gone(self) -> None:
        while not self._broker.stopping.is_set() and self._received(65536) is not None:
            pass

    def _received(self, size: int) -> bytes | None:
        """What there is, perhaps nothing; ``None`` when the other side has gone."""
        try:
            return self._line.recv(size) or None
        except TimeoutError:
            return b""

    def _send(self, data: bytes) -> None:
        self._line.settimeout(_PATIENCE)
        self._line.sendall(data)
        self._line.settimeout(_POLL)
        self._last_sent = time.monotonic()

    def _answer(self, asked: Frame) -> None:
        read = Reader(asked.payload)
        self._channel = asked.channel or self._channel
        if read.method[0] == 10:  # noqa: PLR2004 - class connection
            self._of_connection(read)
        elif read.method[0] == 20:  # noqa: PLR2004 - class channel
            if read.method in {(20, 10), (20, 40)}:  # open, close; not the other side's close-ok
                self._send(method(asked.channel, (20, read.method[1] + 1), self._opened(read)))
        else:
            self._of_queue(read)

    def _opened(self, read: Reader) -> bytes:
        return long_string(b"") if read.method == (20, 10) else b""

    def _of_connection(self, read: Reader) -> None:
        if read.method == (10, 11):  # start-ok
            read.long_string()
            mechanism, self._assertion = read.short_string(), read.long_string()
            welcome = mechanism == "EXTERNAL" and self._let("")
            if self._fault == "401" or not welcome:
                self._shut(*_CLOSE_CODES["401"])
                return
            self._send(method(0, (10, 30), struct.pack(">HIH", 1, FRAME_MAX, _HEARTBEAT)))
        elif read.method == (10, 31):  # tune-ok
            read.short()
            read.skip_long()
            self._beat = float(read.short())
        elif read.method == (10, 40):  # open
            if self._fault in _CLOSE_CODES:
                self._shut(*_CLOSE_CODES[self._fault])
            elif read.short_string() != "BF":
                self._shut(530, "NOT_ALLOWED")
            else:
                self._send(method(0, (10, 41), short_string("")))
        elif read.method == (10, 50):  # close
            self._send(method(0, (10, 51)))
            self._open = False
        elif read.method == (10, 51):  # close-ok
            self._open = False

    def _shut(self, code: int, text: str) -> None:
        self._send(method(0, (10, 50), struct.pack(">H", code) + short_string(text) + b"\x00" * 4))

    def _let(self, dueslag: str) -> bool:
        return self._broker.letting(self._assertion, self._line.getpeercert(binary_form=True) or b"", dueslag)

    def _of_queue(self, read: Reader) -> None:
        if read.method == (60, 10):  # qos
            read.skip_long()
            self._prefetch = read.short()
            self._send(method(self._channel, (60, 11)))
        elif read.method in {_CONSUME, _GET}:
            self._read_from(read)
        elif read.method == (60, 30):  # cancel
            self._send(method(self._channel, (60, 31), short_string(read.short_string())))
            self._consumer = ""
        elif read.method == (60, 80):  # ack
            self._acknowledge(read.long_long(), multiple=bool(read.octet() & 1))
        elif read.method in {_REJECT, _NACK}:  # always back into the queue
            self._refused(read.long_long(), multiple=read.method == _NACK and bool(read.octet() & 1))

    def _read_from(self, read: Reader) -> None:
        read.short()
        name = read.short_string()
        queue = self._broker.dueslag.get(name)
        if queue is None or not self._let(name):
            self._shut_channel(404 if queue is None else 403, "refused")
            return
        if queue is not self._queue and (self._out or self._consumer):
            self._shut_channel(540, "NOT_IMPLEMENTED: the sandbox gives one dueslag at a time")
            return
        self._queue = queue
        if read.method == _GET:
            self._get()
            return
        self._consumer = read.short_string() or "sandbox"
        self._send(method(self._channel, (60, 21), short_string(self._consumer)))

    def _shut_channel(self, code: int, text: str) -> None:
        """End the channel: what is out on it goes back."""
        self._consumer = ""
        self.close()
        arguments = struct.pack(">H", code) + short_string(text) + b"\x00" * 4
        self._send(method(self._channel, (20, 40), arguments))

    def _acknowledge(self, tag: int, *, multiple: bool) -> None:
        messages = self._taken_back(tag, multiple=multiple)
        if self._queue is not None and messages:
            self._queue.acknowledged(messages)

    def _refused(self, tag: int, *, multiple: bool) -> None:
        messages = self._taken_back(tag, multiple=multiple)
        if self._queue is not None:
            self._queue.give_back(messages)

    def _taken_back(self, tag: int, *, multiple: bool) -> list[Message]:
        """The messages that are out under a tag, or up to it; a tag that is not out ends the channel."""
        tags = [one for one in self._out if (not tag or one <= tag if multiple else one == tag)]
        if not tags and not (multiple and not tag):  # tag 0, multiple: all there are, perhaps none
            self._shut_channel(406, f"PRECONDITION_FAILED - unknown delivery tag {tag}")
        return [self._out.pop(one) for one in tags]

    def _get(self) -> None:
        message = self._queue.next() if self._queue is not None else None
        if message is None:
            self._send(method(self._channel, (60, 72), short_string("")))
            return
        self._give(message, (60, 71), b"", struct.pack(">I", 0))

    def _deliver(self) -> None:
        while self._consumer and self._queue is not None and self._open:
            if self._prefetch and len(self._out) >= self._prefetch:
                return
            message = self._queue.next()
            if message is None:
                return
            self._give(message, (60, 60), short_string(self._consumer), b"")

    def _give(self, message: Message, numbers: tuple[int, int], before: bytes, after: bytes) -> None:
        self._tag += 1
        self._out[self._tag] = message
        again = bytes([message.redelivered])
        named = struct.pack(">Q", self._tag) + again + short_string("") + short_string("dueslag")
        head = struct.pack(">HHQHB", 60, 0, len(message.body), 0x1000, 2)  # persistent
        size = FRAME_MAX - 8
        parts = [message.body[at : at + size] for at in range(0, len(message.body), size)]
        content = frame(HEADER, self._channel, head)
        content += b"".join(frame(BODY, self._channel, part) for part in parts)
        whole = method(self._channel, numbers, before + named + after) + content
        if self._fault in {"half-answer", "reset"}:
            self._send(whole[: len(whole) - len(message.body) // 2 - 1])
            self._open = False
            if self._fault == "reset":  # RST instead of FIN
                self._line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_ZERO)
            return
        self._send(whole)
