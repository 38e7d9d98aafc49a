"""Client certificates in every form, and whom the client trusts."""

import base64
import ssl
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from rpa_commons.capabilities import RpaCommonsError, TransientError
from rpa_commons.config import SecretMissingError
from rpa_commons.connectors import Surroundings
from rpa_commons.connectors.http import (
    AccessRefusedError,
    CertificateError,
    HttpClient,
    HttpSettings,
    load_certificate,
)

PASSWORD = "correct horse"  # noqa: S105 - of a certificate made for this test
# PKCS#8 (RFC 5958) with the algorithm 1.2.3.4, which nobody has.
UNKNOWN_KEY = (
    b"-----BEGIN PRIVATE KEY-----\n"
    + base64.b64encode(bytes.fromhex("300e020100300506032a03040402abcd"))
    + b"\n-----END PRIVATE KEY-----\n"
)


def secret_file(folder: Path, name: str, content: bytes) -> dict[str, str]:
    """Write a file that only its owner may read, and refer to it."""
    path = folder / name
    path.touch(mode=0o600)
    path.write_bytes(content)
    return {"file": name}


@contextmanager
def client(settings: dict[str, Any], surroundings: Surroundings, url: str) -> Iterator[HttpClient]:
    """A client that is closed again."""
    chosen = HttpSettings(**{"ca_bundle": "ca.pem", "attempts": 1, "read_timeout": 2.0, **settings})
    made = HttpClient("system", chosen, surroundings, addresses=[url])
    yield made
    made.close()


@pytest.fixture(
    params=[
        "pem",
        "pem, encrypted",
        "key first",
        "two files",
        "pkcs12",
        "pkcs12 in a variable",
        "pem in a variable",
    ]
)
def offered(
    request: pytest.FixtureRequest, folder: Path, client_pair: Any, monkeypatch: pytest.MonkeyPatch
) -> dict[str, Any]:
    """Settings that name the client certificate in one of its forms."""
    password = {"certificate_password": secret_file(folder, "password", PASSWORD.encode())}
    bundle = client_pair.pkcs12(PASSWORD.encode())
    if request.param == "pem":
        return {"certificate": {"file": "client.pem"}}
    if request.param == "pem, encrypted":
        content = client_pair.pem() + client_pair.key_pem(PASSWORD.encode())
        return {"certificate": secret_file(folder, "encrypted.pem", content), **password}
    if request.param == "key first":
        return {"certificate": secret_file(folder, "turned.pem", client_pair.key_pem() + client_pair.pem())}
    if request.param == "two files":
        (folder / "public.pem").write_bytes(client_pair.pem())  # a certificate without its key is no secret
        (folder / "public.pem").chmod(0o644)
        key = secret_file(folder, "key.pem", client_pair.key_pem())
        return {"certificate": {"file": "public.pem"}, "certificate_key": key}
    if request.param == "pkcs12":
        return {"certificate": secret_file(folder, "client.p12", bundle), **password}
    text = (
        base64.b64encode(bundle) if "pkcs12" in request.param else client_pair.pem() + client_pair.key_pem()
    )
    monkeypatch.setenv("RPAC_TEST_CERTIFICATE", text.decode())
    return {"certificate": {"env": "RPAC_TEST_CERTIFICATE"}, **password}


def test_every_form_of_a_certificate_opens_the_door(
    strict_stub: Any, offered: dict[str, Any], surroundings: Surroundings
) -> None:
    """PEM and PKCS#12, in one file or two, in a variable or encrypted: the server sees the certificate."""
    strict_stub.then(strict_stub.reply(200, b"in"))

    with client(offered, surroundings, strict_stub.url) as one:
        assert b"in" == one.request("GET", strict_stub.url, kind="query").body


def test_no_key_stays_on_the_disk(
    folder: Path, offered: dict[str, Any], surroundings: Surroundings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The key lies in a private file, encrypted, for the moment of loading only."""
    scratch = folder / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    seen: list[tuple[int, int, bytes]] = []

    class Watching(ssl.SSLContext):
        def load_cert_chain(self, certfile: Any, keyfile: Any = None, password: Any = None) -> None:
            path = Path(certfile)
            seen.append((path.parent.stat().st_mode & 0o777, path.stat().st_mode & 0o777, path.read_bytes()))
            super().load_cert_chain(certfile, keyfile, password)

    certificate = load_certificate(HttpSettings(**offered), surroundings)
    assert certificate is not None
    certificate.offer_in(Watching(ssl.PROTOCOL_TLS_CLIENT))

    assert [(0o700, 0o600)] == [modes for *modes_list, _ in seen for modes in [tuple(modes_list)]]
    assert b"BEGIN ENCRYPTED PRIVATE KEY" in seen[0][2]
    assert [] == list(scratch.iterdir())


def make_problem(name: str, folder: Path, authority: Any, client_pair: Any) -> dict[str, Any]:
    """Settings whose certificate cannot be used."""
    lock = PASSWORD.encode()
    expired = authority.issue("old", starts=timedelta(days=-9), lasts=timedelta(days=8))
    early = authority.issue("early", starts=timedelta(days=1))
    other = authority.issue("other")
    contents = {
        "expired": expired.pem() + expired.key_pem(),
        "early": early.pem() + early.key_pem(),
        "foreign key": client_pair.pem() + other.key_pem(),
        "no key": client_pair.pem(),
        "no certificate": client_pair.key_pem(),
        "wrong password": client_pair.pkcs12(b"another"),
        "no password": client_pair.pkcs12(lock),
        "locked key": client_pair.pem() + client_pair.key_pem(b"another"),
        "unknown key": client_pair.pem() + UNKNOWN_KEY,
        "garbage": b"\x00\x01garbage",
        "too large": b"-" * (2 * 1024 * 1024),
    }
    settings: dict[str, Any] = {"certificate": secret_file(folder, "client", contents[name])}
    if name != "no password":
        settings["certificate_password"] = secret_file(folder, "password", lock)
    return settings


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("expired", "it expired on"),
        ("early", "it is valid from"),
        ("foreign key", "do not belong together"),
        ("no key", "no private key in it"),
        ("no certificate", "no certificate in it"),
        ("wrong password", "it cannot be opened"),
        ("no password", "needs its password"),
        ("locked key", "the private key cannot be opened"),
        ("unknown key", "the private key cannot be opened"),
        ("garbage", "it cannot be opened"),
        ("too large", "too large"),
    ],
)
def test_a_certificate_that_cannot_be_used_says_why(
    name: str, words: str, folder: Path, authority: Any, client_pair: Any, surroundings: Surroundings
) -> None:
    """The error names the reference and the remedy, and never holds the password or the key."""
    settings = make_problem(name, folder, authority, client_pair)

    with pytest.raises(CertificateError) as caught:
        load_certificate(HttpSettings(**settings), surroundings)

    assert words in caught.value.message
    assert caught.value.message.startswith("client certificate (file client)")
    assert caught.value.remedy
    assert 4 == caught.value.exit_code
    assert PASSWORD not in caught.value.message


def test_a_certificate_that_is_not_there_is_told(surroundings: Surroundings) -> None:
    """The path is in the remedy."""
    settings = HttpSettings(certificate={"file": "gone.p12"})  # type: ignore[arg-type]

    with pytest.raises(CertificateError) as caught:
        load_certificate(settings, surroundings)

    assert "gone.p12" in caught.value.remedy


def test_a_key_that_others_may_read_is_refused(folder: Path, surroundings: Surroundings) -> None:
    """A PEM file with a key is a secret file."""
    (folder / "client.pem").chmod(0o644)
    settings = HttpSettings(certificate={"file": "client.pem"})  # type: ignore[arg-type]

    with pytest.raises(SecretMissingError, match="may be read by others"):
        load_certificate(settings, surroundings)


def test_a_variable_that_is_no_certificate_is_told(
    surroundings: Surroundings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Text that is neither PEM nor base64 is refused without being shown."""
    monkeypatch.setenv("RPAC_TEST_CERTIFICATE", "not a certificate!")
    settings = HttpSettings(certificate={"env": "RPAC_TEST_CERTIFICATE"})  # type: ignore[arg-type]

    with pytest.raises(CertificateError, match="neither PEM nor base64") as caught:
        load_certificate(settings, surroundings)

    assert "not a certificate!" not in caught.value.message


def failure(one: HttpClient, url: str) -> RpaCommonsError:
    """What a call fails with."""
    with pytest.raises(RpaCommonsError) as caught:
        one.request("POST", url, kind="unsafe", body=b"x")
    return caught.value


def test_a_server_of_another_authority_is_not_trusted(
    stub: Any, folder: Path, other_authority: Any, surroundings: Surroundings
) -> None:
    """With a CA bundle only that authority counts; nothing was sent, and the remedy names the setting."""
    (folder / "other.pem").write_bytes(other_authority.root.pem())

    with client({"ca_bundle": "other.pem"}, surroundings, stub.url) as one:
        error = failure(one, stub.url)

    assert isinstance(error, AccessRefusedError)
    assert "no" == error.sent
    assert "ca_bundle" in error.remedy
    assert [] == stub.asked


def test_the_systems_store_is_the_default(
    stub: Any, surroundings: Surroundings, monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    """Without a bundle the system decides, and no bundle of requests' own or of the environment is added."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(folder / "ca.pem"))
    monkeypatch.setenv("CURL_CA_BUNDLE", str(folder / "ca.pem"))

    with client({"ca_bundle": ""}, surroundings, stub.url) as one:
        error = failure(one, stub.url)

    assert isinstance(error, AccessRefusedError)
    assert [] == stub.asked


def test_a_bundle_replaces_every_other_authority(
    surroundings: Surroundings, stub: Any, authority: Any
) -> None:
    """After a call the context still holds the one authority that was named."""
    stub.then(stub.reply(200))

    with client({}, surroundings, stub.url) as one:
        one.request("GET", stub.url, kind="query")
        context = one._session._session.get_adapter(stub.url)._context  # type: ignore[attr-defined]

    assert [ssl.PEM_cert_to_DER_cert(authority.root.pem().decode())] == context.get_ca_certs(binary_form=True)


@pytest.mark.parametrize("content", [None, b"no certificate"])
def test_a_bundle_that_cannot_be_read_is_told(
    content: bytes | None, folder: Path, surroundings: Surroundings
) -> None:
    """A missing or empty bundle is found when the connector is made."""
    if content is not None:
        (folder / "bundle.pem").write_bytes(content)
    settings = HttpSettings(ca_bundle="bundle.pem")

    with pytest.raises(CertificateError, match="no CA bundle there"):
        HttpClient("system", settings, surroundings, addresses=["https://localhost"])


@pytest.mark.parametrize("who", ["nobody", "a stranger"])
def test_a_server_that_refuses_our_certificate_is_told(
    who: str, strict_stub: Any, folder: Path, other_authority: Any, surroundings: Surroundings
) -> None:
    """Without a certificate, or with one of an authority the server does not know, no request gets through.

    Under TLS 1.3 the server's word comes after we have written; where it is lost in a cut connection, the
    failure says maybe, and its remedy names the certificate.
    """
    stranger = other_authority.issue("stranger")
    settings: dict[str, Any] = {}
    if who == "a stranger":
        settings = {"certificate": secret_file(folder, "stranger.pem", stranger.pem() + stranger.key_pem())}

    with client(settings, surroundings, strict_stub.url) as one:
        error = failure(one, strict_stub.url)

    assert isinstance(error, TransientError)
    assert isinstance(error, AccessRefusedError) == (error.sent == "no")
    assert [] == strict_stub.asked


def test_a_server_without_tls_is_told(plain_stub: Any, surroundings: Surroundings) -> None:
    """An https address of a plain server is no TLS session, and nothing was sent."""
    url = plain_stub.url.replace("http:", "https:")
    plain_stub.then(plain_stub.reply(400))

    with client({}, surroundings, url) as one:
        error = failure(one, url)

    assert isinstance(error, TransientError)
