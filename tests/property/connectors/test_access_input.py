"""Whatever a certificate or the answer of a token service holds, it is read, or an error of ours says no."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from hypothesis import example, given, settings
from hypothesis import strategies as st

from rpa_commons.capabilities import RpaCommonsError
from rpa_commons.connectors.http import Answer, CertificateError
from rpa_commons.connectors.http._certificate import ClientCertificate, _from_pem, _from_pkcs12
from rpa_commons.connectors.http._tokens import Tokens
from rpa_commons.connectors.kombit_access import KombitAccess
from rpa_commons.connectors.sf1601 import Sf1601

MARK = "Hemmelig"
CPR = "2211771212"
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8)
    | st.sampled_from([MARK, "\u00e6", "AAAA", "SAML", "e30="]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(
            ["RequestedSecurityToken", "Assertion", "access_token", "token_type", "expires_in", "result"]
        ),
        inner, max_size=4,
    ),
    max_leaves=8,
)  # fmt: skip


def issued(assertion: object) -> dict[str, object]:
    """What the security token service answers."""
    return {"RequestedSecurityToken": {"Assertion": assertion}}


def asked(call: Callable[[], object]) -> object:
    """What comes of it, or ``None`` where an error of ours is raised; any other is the test's failure."""
    try:
        return call()
    except RpaCommonsError as error:
        said = f"{error}{error!r}{error.remedy}"
    assert MARK not in said
    return None


def answering(*bodies: object) -> Any:
    """A client that is answered so, one after the other."""
    left = [Answer("x", 200, {}, json.dumps(body).encode()) for body in bodies]
    return SimpleNamespace(
        system="x",
        certificate=SimpleNamespace(der_base64=lambda: "AA=="),
        tokens=lambda *_, clock: Tokens(clock),
        request=lambda *_, **__: left.pop(0),
    )


SETTINGS: Any = SimpleNamespace(url="https://a", sts_url="https://b", sts_path="/c", token_path="/d")  # noqa: S106 - a path


@settings(max_examples=40)
@given(JSON | JSON.map(issued))
@example(issued("\u00e6"))
@example(issued("AAA"))
def test_any_answer_of_the_security_token_service(body: object) -> None:
    """An assertion as bytes, or our error."""
    found = asked(lambda: KombitAccess(answering(body), SETTINGS, cvr="29189404").assertion("entity"))

    assert found is None or isinstance(found, bytes)


@settings(max_examples=40)
@given(JSON)
@example({"token_type": "SAML", "access_token": "x", "expires_in": 1e308})
def test_any_answer_of_the_token_service(body: object) -> None:
    """A header that can be sent, or our error."""
    client = answering(issued("AAAA"), body)
    found = asked(lambda: KombitAccess(client, SETTINGS, cvr="29189404").token("entity"))

    assert found is None or (isinstance(found, str) and found.isprintable())


@settings(max_examples=40)
@given(JSON)
@example({"result": 1})
@example({"result": "true"})
@example({"result": None})
@example([True])
def test_any_answer_of_post_forespoerg(body: object) -> None:
    """Yes and no are what JSON calls so; everything else is no answer, and never yes."""
    given_settings = SimpleNamespace(url="https://a")
    access = SimpleNamespace(to=lambda _: None)
    post: Any = SimpleNamespace(
        name="sf1601", _settings=given_settings, _access=access, _client=answering(body), _ask=None
    )
    said = isinstance(body, dict) and isinstance(body.get("result"), bool)

    assert (body["result"] if said else None) is asked(lambda: Sf1601._ask(post, "/digitalpost", CPR))  # type: ignore[index]


@pytest.fixture(scope="module")
def pem() -> bytes:
    """A certificate and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "client")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(7).not_valid_before(now).not_valid_after(now + timedelta(days=2))
    ).sign(key, hashes.SHA256())  # fmt: skip
    return made.public_bytes(serialization.Encoding.PEM) + key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


@given(at=st.integers(0, 700), lost=st.integers(0, 40), put=st.binary(max_size=12))
def test_a_damaged_certificate(pem: bytes, at: int, lost: int, put: bytes) -> None:
    """A piece cut out and another put in: a certificate with its key, or our error without either."""
    data = pem[:at] + put + pem[at + lost :]
    secret = pem.decode().partition("PRIVATE KEY-----\n")[2][:20]
    try:
        found = _from_pem("client.pem", data, data, None)
    except CertificateError as error:
        found, said = None, error.message
    else:
        said = ""

    assert found is None or isinstance(found, ClientCertificate)
    assert secret not in said


@given(st.binary(max_size=120))
def test_bytes_that_are_no_pkcs12(data: bytes) -> None:
    """They cannot be opened, and nothing else happens."""
    with pytest.raises(CertificateError, match="cannot be opened"):
        _from_pkcs12("client.p12", data, b"password")
