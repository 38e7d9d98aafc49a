"""HTTP on loopback, with TLS and without: requests in, answers out, and answers that break off.

Rules this module keeps: it listens on 127.0.0.1 only; the TLS handshake happens in the connection's own
thread, so a silent caller holds nobody up; ``close`` ends every connection and waits for its thread.
"""

import contextlib
import logging
import select
import socket
import ssl
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal
from urllib.parse import parse_qsl, urlsplit

__all__ = ["Request", "Response", "Server", "tls_context"]

_LARGEST_BODY = 150 * 1024 * 1024  # bytes; Digital Post takes 99.5 MB, and base64 makes a third more of it
_IDLE = 60.0  # seconds a connection may stay silent
_JOIN = 10.0  # seconds to wait for a connection's thread at the end
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Request:
    """What came in. ``certificate`` is the client's in DER, empty without TLS."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Message = field(repr=False)
    body: bytes = field(repr=False)
    certificate: bytes = field(default=b"", repr=False)

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
        ending: ``whole``; ``half``: more is announced than is sent, then the connection is cut; ``never``:
            nothing is sent at all.
        delay: Seconds before the first byte; with ``never``, until the connection is cut (0: when the caller
            gives up).
    """

    status: int
    body: bytes = field(default=b"", repr=False)
    content_type: str = "text/plain; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)
    ending: Literal["whole", "half", "never"] = "whole"
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
        super().__init__(("127.0.0.1", port), _Handler)
        self._loop = threading.Thread(target=self.serve_forever, args=(0.05,), name="sandbox", daemon=True)
        self._loop.start()

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self.server_address[1])

    def close(self) -> None:
        """Stop listening, cut what is open, wait for the threads."""
        self.stopping.set()
        self.shutdown()
        self.server_close()
        self._loop.join(_JOIN)
        with self._lock:
            open_now = dict(self._open)
        for connection in open_now:
            with contextlib.suppress(OSError):  # it may have ended by itself meanwhile
                # Not SSLSocket.shutdown: that would drop the TLS state under the reading thread's feet.
                socket.socket.shutdown(connection, socket.SHUT_RDWR)
        for thread in open_now.values():
            thread.join(_JOIN)

    def process_request(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - socketserver's own
        """Start the connection's thread and know it before it runs."""
        work = (request, client_address)
        thread = threading.Thread(target=self.process_request_thread, args=work, daemon=True)
        with self._lock:
            self._open[request] = thread
        thread.start()

    def process_request_thread(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - socketserver's own
        """Shake hands, then serve; runs in the connection's thread."""
        connection = request
        try:
            request.settimeout(_IDLE)
            if self._tls:
                connection = self._tls.wrap_socket(request, server_side=True, do_handshake_on_connect=False)
                self._swap(request, connection)
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
            if new is not None:
                self._open[new] = threading.current_thread()

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

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def _serve(self) -> None:
        body = self._body()
        if body is None:
            return
        target = urlsplit(self.path)
        certificate = b""
        if isinstance(self.connection, ssl.SSLSocket):
            certificate = self.connection.getpeercert(binary_form=True) or b""
        query = dict(parse_qsl(target.query, keep_blank_values=True))
        request = Request(self.command, target.path, query, self.headers, body, certificate)
        try:
            response = self.server.answer(request)
        except Exception as error:  # noqa: BLE001 - one broken call must not end the sandbox
            # The type only: a traceback could show a letter.
            _log.error("the sandbox failed on %s: %s", target.path, type(error).__name__)
            response = Response(500, b"a bug in the sandbox")
        self._send(response)

    def _body(self) -> bytes | None:
        length = self.headers.get("Content-Length", "0")
        if "Transfer-Encoding" in self.headers or not length.isascii() or not length.isdigit():
            self.close_connection = True
            self._send(Response(411, b"a Content-Length is needed"))
            return None
        if int(length) > _LARGEST_BODY:
            self.close_connection = True
            self._send(Response(413, b"too large"))
            return None
        return self.rfile.read(int(length))

    def _send(self, response: Response) -> None:
        if response.ending == "never":
            self._hang(response.delay)
            return
        if response.delay:
            self.server.stopping.wait(response.delay)
        self.send_response(response.status)
        self.send_header("Content-Type", response.content_type)
        half = response.ending == "half"
        self.send_header("Content-Length", str(len(response.body) + half))
        for name, value in response.headers.items():
            self.send_header(name, value)
        if half or self.close_connection:
            self.close_connection = True
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(response.body[: len(response.body) // 2] if half else response.body)

    def _hang(self, seconds: float) -> None:
        """Say nothing until the caller gives up, the time is over, or the sandbox stops."""
        self.close_connection = True
        ends = time.monotonic() + (seconds or _IDLE * 10)
        while time.monotonic() < ends and not self.server.stopping.wait(0.05):
            # Readable while we owe an answer: the caller has closed its end.
            if select.select([self.connection], [], [], 0)[0]:
                return

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002, ANN401 - http.server's own
        """Nothing: the path of PostForespoerg holds a personal number."""


def tls_context(server_pem: str, ca_bundle: str) -> ssl.SSLContext:
    """TLS 1.2 or newer; the caller must show a certificate of the sandbox's own authority."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(server_pem)
    context.load_verify_locations(ca_bundle)
    context.verify_mode = ssl.CERT_REQUIRED
    return context
