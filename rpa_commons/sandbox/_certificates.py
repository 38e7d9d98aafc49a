"""The sandbox's own certificate authority, its server certificate and one client certificate each.

Rules this module keeps: keys are written once with mode 0600 and survive a restart; a certificate close to
its end is made again under the same authority; the authority is trusted by nobody but who is given its file.
It stands in for OCES3, which cannot be emulated: nothing here proves who somebody is.

A client certificate names its municipality the way an OCES3 organisation certificate does, by
``organizationIdentifier = NTRDK-<cvr>``.
"""

import hashlib
import ipaddress
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from ._files import write_private
from ._hosts import HOST_NAMES

__all__ = ["Authority", "ClientFiles", "cvr_of", "fingerprint"]

_CA_LIFE = timedelta(days=3650)
_LEAF_LIFE = timedelta(days=700)
_RENEW_BEFORE = timedelta(days=30)
_ROUNDS = 2000  # more would hide nothing: the password lies beside the file, and nobody trusts the key
_IDENTIFIER_PREFIX = "NTRDK-"


@dataclass(frozen=True)
class ClientFiles:
    """Where one municipality's client certificate lies, in the two forms that are used."""

    pem: Path
    pkcs12: Path
    password_file: Path


class Authority:
    """Makes and keeps the certificates below one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.bundle = folder / "ca.pem"
        self._key, self._certificate = self._load_or_make()

    def server(self) -> Path:
        """PEM with certificate and key for 127.0.0.1, localhost and :data:`HOST_NAMES`."""
        hosts = ("localhost", *HOST_NAMES)
        names = x509.SubjectAlternativeName(
            [x509.IPAddress(ipaddress.ip_address("127.0.0.1")), *map(x509.DNSName, hosts)],
        )
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
        path = self._folder / "server.pem"
        if not _still_good(path, hosts):
            self._write_leaf(path, subject, ExtendedKeyUsageOID.SERVER_AUTH, names)
        return path

    def client(self, code: str, cvr: str) -> ClientFiles:
        """The client certificate of one municipality, as PEM and as PKCS#12 with its password file."""
        stem = f"client-{code}-{cvr}"
        files = ClientFiles(
            self._folder / f"{stem}.pem", self._folder / f"{stem}.p12", self._folder / f"{stem}.password"
        )
        if _still_good(files.pem) and files.pkcs12.exists() and files.password_file.exists():
            return files
        subject = x509.Name(
            [
                x509.NameAttribute(NameOID.COUNTRY_NAME, "DK"),
                x509.NameAttribute(NameOID.ORGANIZATION_NAME, f"Sandbox municipality {code}"),
                x509.NameAttribute(NameOID.ORGANIZATION_IDENTIFIER, f"{_IDENTIFIER_PREFIX}{cvr}"),
                x509.NameAttribute(NameOID.COMMON_NAME, f"rpa-commons sandbox {code}"),
            ]
        )
        files.pkcs12.unlink(missing_ok=True)  # a crash on the way leaves none, so that all are made again
        key, certificate = self._write_leaf(files.pem, subject, ExtendedKeyUsageOID.CLIENT_AUTH, None)
        password = secrets.token_urlsafe(18)
        write_private(files.password_file, password.encode())
        packed = pkcs12.serialize_key_and_certificates(
            stem.encode(),
            key,
            certificate,
            [self._certificate],
            serialization.PrivateFormat.PKCS12.encryption_builder()
            .kdf_rounds(_ROUNDS)
            .key_cert_algorithm(pkcs12.PBES.PBESv2SHA256AndAES256CBC)
            .hmac_hash(hashes.SHA256())
            .build(password.encode()),
        )
        write_private(files.pkcs12, packed)
        return files

    def _load_or_make(self) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
        key_file = self._folder / "ca.key"
        if self.bundle.exists() and key_file.exists():
            key = serialization.load_pem_private_key(key_file.read_bytes(), None)
            if isinstance(key, ec.EllipticCurvePrivateKey):
                return key, x509.load_pem_x509_certificate(self.bundle.read_bytes())
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "rpa-commons sandbox CA (trust nothing)")])
        builder = _builder(name, name, key.public_key(), _CA_LIFE)
        builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        builder = builder.add_extension(_usage(authority=True), critical=True)
        identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
        certificate = builder.add_extension(identifier, critical=False).sign(key, hashes.SHA256())
        for stale in self._folder.glob("*.pem"):  # whatever an earlier authority signed is worth nothing now
            stale.unlink()
        write_private(key_file, _private_pem(key))
        write_private(self.bundle, certificate.public_bytes(serialization.Encoding.PEM))
        return key, certificate

    def _write_leaf(
        self,
        path: Path,
        subject: x509.Name,
        purpose: x509.ObjectIdentifier,
        names: x509.SubjectAlternativeName | None,
    ) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
        key = ec.generate_private_key(ec.SECP256R1())
        builder = _builder(subject, self._certificate.subject, key.public_key(), _LEAF_LIFE)
        builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        builder = builder.add_extension(_usage(authority=False), critical=True)
        builder = builder.add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
        # Python 3.13 verifies strictly and wants both key identifiers.
        own = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
        issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key())
        builder = builder.add_extension(own, critical=False).add_extension(issuer, critical=False)
        if names:
            builder = builder.add_extension(names, critical=False)
        certificate = builder.sign(self._key, hashes.SHA256())
        write_private(path, certificate.public_bytes(serialization.Encoding.PEM) + _private_pem(key))
        return key, certificate


def cvr_of(der: bytes) -> str:
    """The CVR number a client certificate was issued to, or an empty string when it names none."""
    subject = x509.load_der_x509_certificate(der).subject
    for attribute in subject.get_attributes_for_oid(NameOID.ORGANIZATION_IDENTIFIER):
        value = str(attribute.value)
        if value.startswith(_IDENTIFIER_PREFIX):
            return value.removeprefix(_IDENTIFIER_PREFIX)
    return ""


def fingerprint(der: bytes) -> str:
    """SHA-256 of the certificate, hex."""
    return hashlib.sha256(der).hexdigest()


def _still_good(path: Path, hosts: Sequence[str] = ()) -> bool:
    try:
        certificate = x509.load_pem_x509_certificate(path.read_bytes())
    except (FileNotFoundError, ValueError):
        return False
    if hosts:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        if set(hosts) - set(names.get_values_for_type(x509.DNSName)):
            return False
    return certificate.not_valid_after_utc - _RENEW_BEFORE > datetime.now(UTC)


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, life: timedelta
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key)
    builder = builder.serial_number(x509.random_serial_number())
    return builder.not_valid_before(now - timedelta(days=1)).not_valid_after(now + life)


def _usage(*, authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=not authority,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )


def _private_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
