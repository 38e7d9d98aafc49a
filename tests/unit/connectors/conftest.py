"""A tiny HTTPS server whose every byte a test decides, and an authority that certifies it and its callers."""

import contextlib
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal
from urllib.parse import parse_qsl, urlsplit

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID

from rpa_commons.config import resolve_secret
from rpa_commons.connectors import Surroundings
from rpa_commons.sdk import Municipality


@dataclass(frozen=True)
class Pair:
    """A certificate and its key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    def pem(self) -> bytes:
        """The certificate."""
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    def key_pem(self, password: bytes | None = None) -> bytes:
        """The key, encrypted where there is a password."""
        lock = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
        return self.key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, lock)

    def pkcs12(self, password: bytes) -> bytes:
        """Both, as PKCS#12."""
        lock = serialization.BestAvailableEncryption(password)
        return pkcs12.serialize_key_and_certificates(b"client", self.key, self.certificate, None, lock)


class Authority:
    """Issues certificates."""

    def __init__(self, name: str) -> None:
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        self._key = ec.generate_private_key(ec.SECP256R1())
        self.root = Pair(self._made(self._name, self._key, is_ca=True), self._key)

    def issue(
        self, name: str, *, starts: timedelta = timedelta(days=-1), lasts: timedelta = timedelta(days=2)
    ) -> Pair:
        """A certificate for a server or a client; by default valid now."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        return Pair(self._made(subject, key, starts=starts, lasts=lasts), key)

    def _made(
        self,
        subject: x509.Name,
        key: ec.EllipticCurvePrivateKey,
        *,
        is_ca: bool = False,
        starts: timedelta = timedelta(days=-1),
        lasts: timedelta = timedelta(days=2),
    ) -> x509.Certificate:
        begins = datetime.now(UTC) + starts
        loopback = x509.SubjectAlternativeName([x509.DNSName("localhost")])
        builder = (
            x509.CertificateBuilder(subject_name=subject, issuer_name=self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(begins)
            .not_valid_after(begins + lasts)
            .add_extension(x509.BasicConstraints(ca=is_ca, path_length=None), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False
            )
        )
        if is_ca:
            usage = x509.KeyUsage(
                *([False] * 5), key_cert_sign=True, crl_sign=True, encipher_only=False, decipher_only=False
            )
            builder = builder.add_extension(usage, critical=True)
        else:
            builder = builder.add_extension(loopback, critical=False)
        return builder.sign(self._key, hashes.SHA256())


@dataclass(frozen=True)
class Asked:
    """One request as it came in."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes = field(repr=False)


_TLS_HANDSHAKE = 22
Move = bytes | Iterable[bytes] | Literal["silence", "reset"]
Answer = Move | Callable[[Asked], Move]


class Stub:
    """Answers each request with the next of ``answers``, the last one again and again."""

    def __init__(self, context: ssl.SSLContext | None) -> None:
        self.asked: list[Asked] = []
        self.answers: list[Answer] = []
        self.connections = 0
        self._context = context
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._socket.settimeout(0.05)
        self._loop = threading.Thread(target=self._accept)
        self._loop.start()

    @property
    def url(self) -> str:
        """The stub's address."""
        scheme = "https" if self._context else "http"
        return f"{scheme}://localhost:{self._socket.getsockname()[1]}"

    @staticmethod
    def reply(status: int, body: bytes = b"", **headers: str) -> bytes:
        """A whole answer; a header ``Retry_After`` is written ``Retry-After``."""
        head = {"Content-Length": str(len(body)), "Connection": "close"}
        head |= {name.replace("_", "-"): text for name, text in headers.items()}
        lines = [f"HTTP/1.1 {status} x", *(f"{name}: {text}" for name, text in head.items()), "", ""]
        return "\r\n".join(lines).encode() + body

    def then(self, *answers: Answer) -> None:
        """What to answer next."""
        self.answers += answers

    def close(self) -> None:
        """Stop, and wait for every thread."""
        self._stopping.set()
        self._loop.join()
        for thread in self._threads:
            thread.join()
        self._socket.close()

    def _accept(self) -> None:
        while not self._stopping.is_set():
            with contextlib.suppress(TimeoutError):
                connection, _ = self._socket.accept()
                self.connections += 1
                thread = threading.Thread(target=self._serve, args=(connection,))
                self._threads.append(thread)
                thread.start()

    def _serve(self, plain: socket.socket) -> None:
        plain.settimeout(2)
        with plain, contextlib.suppress(OSError):
            if self._context is None:
                self._answer(plain)
                return
            with self._context.wrap_socket(plain, server_side=True) as connection:
                self._answer(connection)

    def _answer(self, connection: socket.socket) -> None:
        received = b""
        while b"\r\n\r\n" not in received:
            piece = connection.recv(65536)
            if not piece:
                return
            received += piece
            if received[0] == _TLS_HANDSHAKE:  # to a server without TLS: no line will end
                return
        head, _, body = received.partition(b"\r\n\r\n")
        first, *lines = head.decode().split("\r\n")
        headers = {name.lower(): text.strip() for name, _, text in (line.partition(":") for line in lines)}
        while len(body) < int(headers.get("content-length", "0")):
            body += connection.recv(65536)
        method, target, _ = first.split(" ")
        parts = urlsplit(target)
        asked = Asked(method, parts.path, dict(parse_qsl(parts.query)), headers, body)
        self.asked.append(asked)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        move = answer(asked) if callable(answer) else answer
        if move == "silence":
            self._stopping.wait(5)
        elif move == "reset":
            linger = struct.pack("ii", 1, 0)  # close sends RST instead of FIN
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        else:
            for piece in [move] if isinstance(move, bytes) else move:
                connection.sendall(piece)


@pytest.fixture(scope="session")
def authority() -> Authority:
    """The authority the stub trusts and is certified by."""
    return Authority("test authority")


@pytest.fixture(scope="session")
def other_authority() -> Authority:
    """An authority nobody trusts."""
    return Authority("another authority")


@pytest.fixture(scope="session")
def client_pair(authority: Authority) -> Pair:
    """A client's certificate and key."""
    return authority.issue("Roskilde Kommune")


@pytest.fixture
def folder(tmp_path: Path, authority: Authority, client_pair: Pair) -> Path:
    """A municipality's folder with ``ca.pem`` and ``client.pem``."""
    (tmp_path / "ca.pem").write_bytes(authority.root.pem())
    client = tmp_path / "client.pem"
    client.touch(mode=0o600)
    client.write_bytes(client_pair.pem() + client_pair.key_pem())
    return tmp_path


@pytest.fixture
def surroundings(folder: Path) -> Surroundings:
    """Roskilde, whose secrets are where the references say."""
    municipality = Municipality("0265", "Roskilde", "29189404")
    return Surroundings(municipality, "test", folder, lambda ref: resolve_secret(ref, folder))


def _server_context(folder: Path, authority: Authority, *, ask: bool) -> ssl.SSLContext:
    pair = authority.issue("localhost")
    file = folder / "server.pem"
    file.write_bytes(pair.pem() + pair.key_pem())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    if ask:
        context.load_verify_locations(cadata=authority.root.pem().decode())
        context.verify_mode = ssl.CERT_REQUIRED
    return context


@pytest.fixture
def stub(folder: Path, authority: Authority) -> Iterator[Stub]:
    """A server that asks for no client certificate."""
    server = Stub(_server_context(folder, authority, ask=False))
    yield server
    server.close()


@pytest.fixture
def strict_stub(folder: Path, authority: Authority) -> Iterator[Stub]:
    """A server that lets in who has a certificate of the authority."""
    server = Stub(_server_context(folder, authority, ask=True))
    yield server
    server.close()


@pytest.fixture
def plain_stub() -> Iterator[Stub]:
    """A server without TLS."""
    server = Stub(None)
    yield server
    server.close()
