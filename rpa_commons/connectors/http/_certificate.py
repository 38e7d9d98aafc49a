"""Client certificates from PEM or PKCS#12, named by a secret reference.

Rules this module keeps: the private key lives in memory; Python's ``ssl`` can load a key from a file only,
so for the moment of loading it lies in a directory of our own (0700) in a file of our own (0600), encrypted
under a password that exists in memory only, and both are gone before the first call.
"""

import base64
import binascii
import secrets
import ssl
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import pkcs12

from rpa_commons.capabilities import RpaCommonsError
from rpa_commons.config import SecretRef
from rpa_commons.connectors._base import Surroundings

from ._settings import HttpSettings

__all__ = ["CertificateError", "ClientCertificate", "load_certificate"]

_LARGEST_FILE = 1024 * 1024  # bytes; a chain is a few kilobytes
_PEM = b"-----BEGIN "


class CertificateError(RpaCommonsError):
    """A client certificate cannot be used.

    Attributes:
        place: The secret reference in words.
        problem: Why; never key material.
    """

    exit_code: int = 4

    def __init__(self, place: str, problem: str, *, remedy: str) -> None:
        super().__init__(f"client certificate ({place}): {problem}", remedy=remedy)
        self.place = place
        self.problem = problem


@dataclass(frozen=True, repr=False)
class ClientCertificate:
    """A certificate, the chain above it, and its private key."""

    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...]
    key: PrivateKeyTypes

    def der_base64(self) -> str:
        """The certificate without its key: DER in one line of base64, as a token service wants it."""
        return base64.b64encode(self.certificate.public_bytes(serialization.Encoding.DER)).decode()

    def offer_in(self, context: ssl.SSLContext) -> None:
        """Let a TLS context present this certificate.

        Raises:
            ssl.SSLError: certificate and key do not belong together.
        """
        password = secrets.token_bytes(32).hex()
        pem = self.key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(password.encode()),
        )
        for one in (self.certificate, *self.chain):
            pem += one.public_bytes(serialization.Encoding.PEM)
        # The folder is made with mode 0700; on Windows (untested there) the user's own temp folder guards.
        with tempfile.TemporaryDirectory(prefix="rpac-") as folder:
            file = Path(folder) / "client.pem"
            file.touch(mode=0o600)
            file.write_bytes(pem)
            context.load_cert_chain(file, password=password)


def load_certificate(settings: HttpSettings, surroundings: Surroundings) -> ClientCertificate | None:
    """The client certificate that the settings name; ``None`` when they name none.

    Raises:
        CertificateError: it is absent, unreadable, expired, without its key, or the password is wrong.
        RpaCommonsError: a secret it needs is missing.
    """
    if settings.certificate is None:
        return None
    place = settings.certificate.describe()
    password = _password(settings.certificate_password, surroundings)
    data = _read(settings.certificate, surroundings, has_key=settings.certificate_key is None)
    if _PEM in data:
        key = None if settings.certificate_key is None else surroundings.secret(settings.certificate_key)
        found = _from_pem(place, data, data if key is None else key.encode(), password)
    else:
        found = _from_pkcs12(place, data, password)
    _check(place, found)
    return found


def _password(ref: SecretRef | None, surroundings: Surroundings) -> bytes | None:
    return None if ref is None else surroundings.secret(ref).encode()


def _read(ref: SecretRef, surroundings: Surroundings, *, has_key: bool) -> bytes:
    if ref.file is None:
        text = surroundings.secret(ref).encode()
        if _PEM in text:
            return text
        try:
            return base64.b64decode(b"".join(text.split()), validate=True)
        except binascii.Error:
            remedy = "give a PEM text or a PKCS#12 file in base64"
            raise CertificateError(ref.describe(), "it is neither PEM nor base64", remedy=remedy) from None
    path = surroundings.folder / Path(ref.file).expanduser()
    try:
        with path.open("rb") as file:
            data = file.read(_LARGEST_FILE + 1)
    except OSError as error:
        problem = error.strerror or "it cannot be read"
        raise CertificateError(ref.describe(), problem, remedy=f"put the certificate at {path}") from None
    if len(data) > _LARGEST_FILE:
        raise CertificateError(ref.describe(), "it is too large for a certificate", remedy="check the path")
    if has_key and _PEM in data:
        # A PEM file with a key is a secret file: read again as one, so that its permissions are checked.
        return surroundings.secret(ref).encode()
    return data


def _from_pem(place: str, data: bytes, key_data: bytes, password: bytes | None) -> ClientCertificate:
    try:
        certificates = x509.load_pem_x509_certificates(data)
    except ValueError:
        raise CertificateError(place, "no certificate in it", remedy="add the certificate's PEM") from None
    start = key_data.find(_PEM)
    while start >= 0 and b"PRIVATE KEY" not in key_data[start : key_data.find(b"\n", start)]:
        start = key_data.find(_PEM, start + 1)
    if start < 0:
        remedy = "add the key's PEM to the file or name it in certificate_key"
        raise CertificateError(place, "no private key in it", remedy=remedy)
    encrypted = b"ENCRYPTED" in key_data[start:]
    try:
        key = serialization.load_pem_private_key(key_data[start:], password if encrypted else None)
    except (TypeError, ValueError, UnsupportedAlgorithm):
        remedy = "check certificate_password"
        raise CertificateError(place, "the private key cannot be opened", remedy=remedy) from None
    return _matched(place, key, certificates)


def _from_pkcs12(place: str, data: bytes, password: bytes | None) -> ClientCertificate:
    if not password:
        remedy = "set certificate_password; a PKCS#12 file without a password is a key without a lock"
        raise CertificateError(place, "a PKCS#12 file needs its password", remedy=remedy)
    try:
        key, certificate, chain = pkcs12.load_key_and_certificates(data, password)
    except (ValueError, UnsupportedAlgorithm):
        remedy = "check certificate_password, and that the file is PEM or PKCS#12"
        raise CertificateError(place, "it cannot be opened", remedy=remedy) from None
    if key is None or certificate is None:
        remedy = "export the certificate together with its key"
        raise CertificateError(place, "certificate or private key is absent", remedy=remedy)
    return ClientCertificate(certificate, tuple(chain), key)


def _matched(place: str, key: PrivateKeyTypes, certificates: list[x509.Certificate]) -> ClientCertificate:
    """The certificate that belongs to the key, wherever it stands in the file; the others are its chain."""
    public = _public_bytes(key.public_key())
    for one in certificates:
        if _public_bytes(one.public_key()) == public:
            return ClientCertificate(one, tuple(other for other in certificates if other is not one), key)
    remedy = "export certificate and key together again"
    raise CertificateError(place, "certificate and private key do not belong together", remedy=remedy)


def _public_bytes(key: object) -> bytes:
    return cast(
        "bytes",
        key.public_bytes(  # type: ignore[attr-defined]
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        ),
    )


def _check(place: str, found: ClientCertificate) -> None:
    now = datetime.now(UTC)
    if now >= found.certificate.not_valid_after_utc:
        raise CertificateError(
            place,
            f"it expired on {found.certificate.not_valid_after_utc:%Y-%m-%d}",
            remedy="order a new one, register it with the receiver, and put it in the same place",
        )
    if now < found.certificate.not_valid_before_utc:
        raise CertificateError(
            place,
            f"it is valid from {found.certificate.not_valid_before_utc:%Y-%m-%d %H:%M} UTC",
            remedy="check this machine's clock",
        )
