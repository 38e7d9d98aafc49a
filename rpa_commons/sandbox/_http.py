"""HTTP on loopback, with TLS and without: requests in, answers out, and answers that break off.

Rules this module keeps: it listens on 127.0.0.1 only; the TLS handshake happens in the connection's own
thread, so a silent caller holds nobody up; a request must have arrived whole within ``PATIENCE`` seconds, so
one that comes drop by drop holds a thread for no longer; half a body is no request; what is too large is not
read into memory; ``close`` ends every connection and waits for its thread.
"""

import contextlib
import logging
import os
import secrets
import selectors
import socket
import ssl
import struct
import sys
import threading
import time
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Literal
from urllib.parse import parse_qsl, urlsplit

__all__ = ["LINGER_ZERO", "Request", "Response", "Server", "tls_context"]

_LARGEST_BODY = 150 * 1024 * 1024  # bytes; Digital Post takes 99.5 MB, and base64 makes a third more of it
_IDLE = 60.0  # seconds a connection may stay silent
PATIENCE = 120.0  # seconds from the last answer, or from the connection, until a request has arrived whole
_MOST_CONNECTIONS = 1000  # at a time; each has a thread
_LENGTH_DIGITS = 12  # a longer Content-Length is none
_PAUSE = 0.2  # seconds of silence after which nothing more of it is expected
_DRAIN = 5.0  # seconds that what was refused unread may keep coming, so that its sender sees the answer
_JOIN = 10.0  # seconds to wait for a thread at the end
_TICK = 0.25  # seconds between two looks for callers that are too slow
_NO_CONTENT = 204  # RFC 9110, section 15.3.5
LINGER_ZERO = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)
_RESET_AFTER = 0.02  # seconds that the half that was sent has to arrive
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Request:
    """What came in.

    Attributes:
        certificate: The client's in DER, empty without TLS.
        peer: Which connection it came over; never used for a second one.
    """

    method: str
    path: str
    query: Mapping[str, str]
    headers: Message = field(repr=False)
    body: bytes = field(repr=False)
    certificate: bytes = field(default=b"", repr=False)
    peer: str = ""

    def header(self, name: str) -> str:
        """A header's value, stripped; an empty string when it is missing."""
        return str(self.headers.get(name, "")).strip()

    @property
    def media_type(self) -> str:
        """The content type without its parameters, lower case."""
        return self.header("Content-Type").partition(";")[0].strip().lower()


@dataclass(frozen=True)
class Response:
    """What goes out, and whether all of it does.

    Attributes:
        ending: ``whole``; ``half``: more is announced than is sent, then the connection is cut; ``reset``:
            the same, but cut by a TCP reset; ``never``: nothing is sent at all.
        delay: Seconds before the first byte; with ``never``, until the connection is cut (0: when the caller
            gives up).
    """

    status: int
    body: bytes = field(default=b"", repr=False)
    content_type: str = "text/plain; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)
    ending: Literal["whole", "half", "reset", "never"] = "whole"
    delay: float = 0.0


class Server(ThreadingHTTPServer):
    """Serves ``answer`` on 127.0.0.1 until it is closed."""

    daemon_threads = True  # a process that ends does not wait for a caller that hangs
    # On Windows the option lets two servers share one port; on POSIX it only skips the wait after a stop.
    allow_reuse_address = sys.platform != "win32"
    request_queue_size = 128

    def __init__(
        self, port: int, answer: Callable[[Request], Response], tls: ssl.SSLContext | None = None
    ) -> None:
        self.answer = answer
        self.stopping = threading.Event()
        self._tls = tls
        self._lock = threading.Lock()
        self._open: dict[socket.socket, threading.Thread] = {}
        self._expected: dict[socket.socket, float] = {}  # connection -> since when a request is waited for
        self.patience = PATIENCE
        super().__init__(("127.0.0.1", port), _Handler)
        self._woken, self._waking = socket.socketpair()
        self._loop = threading.Thread(target=self._accept, name="sandbox", daemon=True)
        self._loop.start()

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self.server_address[1])

    def close(self) -> None:
        """Stop listening, cut what is open, wait for the threads."""
        self.stopping.set()
        self._waking.close()
        self._loop.join(_JOIN)
        self._woken.close()
        self.server_close()
        with self._lock:
            open_now = dict(self._open)
        for connection in open_now:
            with contextlib.suppress(OSError):  # it may have ended by itself meanwhile
                # Not SSLSocket.shutdown: that would drop the TLS state under the reading thread's feet.
                socket.socket.shutdown(connection, socket.SHUT_RDWR)
        for thread in open_now.values():
            thread.join(_JOIN)

    def _accept(self) -> None:
        """Take connections; in place of ``serve_forever``, which ends at its next poll and not at once."""
        with selectors.DefaultSelector() as selector:
            selector.register(self, selectors.EVENT_READ)
            selector.register(self._woken, selectors.EVENT_READ)
            while not self.stopping.is_set():
                if any(key.fileobj is self for key, _ in selector.select(_TICK)):
                    self._handle_request_noblock()  # type: ignore[attr-defined] # not in socketserver's stub
                self.service_actions()

    def process_request(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - socketserver's own
        """Start the connection's thread and know it before it runs."""
        work = (request, client_address)
        thread = threading.Thread(target=self.process_request_thread, args=work, daemon=True)
        with self._lock:
            if full := len(self._open) >= _MOST_CONNECTIONS:
                _log.warning("more than %s connections: one is turned away", _MOST_CONNECTIONS)
            else:
                self._open[request] = thread
                self._expected[request] = time.monotonic()
        if full:
            self.shutdown_request(request)
        else:
            thread.start()

    def service_actions(self) -> None:
        """Cut whoever has not sent a whole request for too long; called several times a second."""
        late = time.monotonic() - self.patience
        with self._lock:
            slow = [connection for connection, since in self._expected.items() if since < late]
            for connection in slow:
                del self._expected[connection]
        for connection in slow:
            with contextlib.suppress(OSError):  # it may have ended by itself meanwhile
                socket.socket.shutdown(connection, socket.SHUT_RDWR)

    def expects(self, connection: socket.socket, *, request: bool) -> None:
        """Whether a request is waited for on this connection from now on."""
        with self._lock:
            self._expected.pop(connection, None)
            if request:
                self._expected[connection] = time.monotonic()

    def process_request_thread(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - socketserver's own
        """Shake hands, then serve; runs in the connection's thread."""
        connection = request
        try:
            request.settimeout(_IDLE)
            if self._tls:
                connection = self._tls.wrap_socket(request, server_side=True, do_handshake_on_connect=False)
                self._swap(request, connection)
                if self.stopping.is_set():  # ``close`` may have looked before the swap, and cut nothing
                    raise ConnectionAbortedError
                connection.do_handshake()
        except (OSError, ValueError) as error:  # no client certificate, a foreign one, or not TLS at all
            _log.info("handshake refused: %s", type(error).__name__)
            connection.close()
        else:
            super().process_request_thread(connection, client_address)
        finally:
            self._swap(connection, None)

    def _swap(self, old: socket.socket, new: socket.socket | None) -> None:
        with self._lock:
            self._open.pop(old, None)
            since = self._expected.pop(old, time.monotonic())
            if new is not None:
                self._open[new] = threading.current_thread()
                self._expected[new] = since

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401, ARG002 - socketserver's own
        """A caller that went away is no news; the type of anything else is."""
        error = sys.exc_info()[1]
        if not isinstance(error, (OSError, ValueError)):
            _log.error("connection failed: %s", type(error).__name__)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server
    timeout = _IDLE
    disable_nagle_algorithm = True  # head and body are two writes; without it the body waits 40 ms

    def setup(self) -> None:
        """Name the connection; a handler serves one."""
        super().setup()
        self._peer = secrets.token_hex(8)

    def handle_one_request(self) -> None:
        """From here on the clock runs."""
        self.server.expects(self.connection, request=True)
        super().handle_one_request()

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def do_PUT(self) -> None:
        self._serve()

    def do_PATCH(self) -> None:
        self._serve()

    def do_DELETE(self) -> None:
        self._serve()

    def _serve(self) -> None:
        body = self._body()
        if body is None:
            return
        self.server.expects(self.connection, request=False)
        self._send(self._answered(body))

    def _answered(self, body: bytes) -> Response:
        try:
            target = urlsplit(self.path)
            query = dict(parse_qsl(target.query, keep_blank_values=True))
        except ValueError:
            return Response(400, b"no such address can be")
        certificate = b""
        if isinstance(self.connection, ssl.SSLSocket):
            certificate = self.connection.getpeercert(binary_form=True) or b""
        request = Request(self.command, target.path, query, self.headers, body, certificate, self._peer)
        try:
            return self.server.answer(request)
        except OSError as error:
            why = error.strerror or type(error).__name__
            _log.error("the sandbox cannot use its folder: %s (%s)", why, _place_of(error))
            return Response(500, b"the sandbox cannot use its folder; the disk may be full")
        except Exception as error:  # noqa: BLE001 - one broken call must not end the sandbox
            # Type and line only: an address or a text could show somebody's number.
            _log.error("the sandbox failed: %s (%s)", type(error).__name__, _place_of(error))
            return Response(500, b"a bug in the sandbox")

    def _body(self) -> bytes | None:
        """The whole body; ``None`` when there is none to serve, and the caller was told or is gone."""
        length = self.headers.get("Content-Length", "0")
        refused = None
        if "Transfer-Encoding" in self.headers or not _is_length(length):
            refused = Response(411, b"a Content-Length is needed")
        elif int(length) > _LARGEST_BODY:
            refused = Response(413, b"too large")
        if refused:
            self._turn_away(refused)
            return None
        body = self.rfile.read(int(length))
        if len(body) < int(length):  # the caller went away in the middle of it
            self.close_connection = True
            return None
        return body

    def _turn_away(self, response: Response) -> None:
        """Answer, then read on and forget: a close with unread bytes would reset the answer away."""
        self.close_connection = True
        self._send(response)
        self.connection.settimeout(_PAUSE)
        ends = time.monotonic() + _DRAIN
        with contextlib.suppress(OSError):
            while time.monotonic() < ends and self.connection.recv(1 << 16):
                pass

    def _send(self, response: Response) -> None:
        if response.ending == "never":
            self._hang(response.delay)
            return
        if response.delay:
            self.server.stopping.wait(response.delay)
        half = response.ending in {"half", "reset"}
        if half and response.status == _NO_CONTENT:  # no body to break off in: it breaks off in the head
            self.close_connection = True
            self.wfile.write(self.protocol_version.encode() + b" 2")
        else:
            self._send_all(response, half=half)
        if response.ending == "reset":
            self._reset()

    def _send_all(self, response: Response, *, half: bool) -> None:
        """Head and body; ``half``: less of the body than the head says."""
        self.send_response(response.status)
        self.send_header("Content-Type", response.content_type)
        if response.status != _NO_CONTENT:  # RFC 9110, section 8.6: no length where there is no body
            self.send_header("Content-Length", str(len(response.body) + half))
        for name, value in response.headers.items():
            self.send_header(name, value)
        if half or self.close_connection:
            self.close_connection = True
            self.send_header("Connection", "close")
        self.end_headers()
        body = b"" if response.status == _NO_CONTENT else response.body
        self.wfile.write(body[: len(body) // 2] if half else body)

    def _reset(self) -> None:
        """Close so that the peer gets a TCP reset: what it has not read yet is lost to it."""
        self.wfile.flush()
        time.sleep(_RESET_AFTER)
        # A linger time of zero makes the last close send RST; shutdown would send FIN before it.
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_ZERO)
        socket.socket.close(self.connection)

    def _hang(self, seconds: float) -> None:
        """Say nothing until the caller gives up, the time is over, or the sandbox stops."""
        self.close_connection = True
        ends = time.monotonic() + (seconds or _IDLE * 10)
        with selectors.DefaultSelector() as selector:  # ``select`` itself knows the first 1,024 files only
            selector.register(self.connection, selectors.EVENT_READ)
            while time.monotonic() < ends and not self.server.stopping.wait(0.05):
                if selector.select(0):  # readable while we owe an answer: the caller has closed its end
                    return

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002, ANN401 - http.server's own
        """Nothing: the path of PostForespoerg holds a personal number."""


def _is_length(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= _LENGTH_DIGITS


def tls_context(server_pem: str, ca_bundle: str, *, mutual: bool) -> ssl.SSLContext:
    """TLS 1.2 or newer; ``mutual``: the caller must show a certificate of the sandbox's own authority."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(server_pem)
    if mutual:
        context.load_verify_locations(ca_bundle)
        context.verify_mode = ssl.CERT_REQUIRED
    return context


def _place_of(error: BaseException) -> str:
    """Where a simulator went wrong: file and line of the last frame that is not Python's own."""
    library = str(Path(os.__file__).parent)
    places = [
        f"{Path(name).name}:{line}"
        for frame, line in traceback.walk_tb(error.__traceback__)
        if not (name := frame.f_code.co_filename).startswith(library) or "site-packages" in name
    ]
    return places[-1] if places else "nowhere"
