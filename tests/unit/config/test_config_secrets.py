import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12
from cryptography.x509.oid import NameOID
from pydantic import ValidationError

from rpa_commons.config import SecretMissingError, SecretRef, resolve_secret, resolve_secret_bytes

posix_only = pytest.mark.skipif(
    os.name != "posix", reason="Windows keeps rights in access lists, not in a mode"
)


def _file(folder: Path, content: bytes, mode: int = 0o600) -> SecretRef:
    path = folder / "secret"
    path.write_bytes(content)
    path.chmod(mode)
    return SecretRef(file="secret")


def test_a_variable_is_read_late(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The value at the moment of use counts."""
    ref = SecretRef(env="A_SECRET")
    monkeypatch.setenv("A_SECRET", "one")
    first = resolve_secret(ref, tmp_path)
    monkeypatch.setenv("A_SECRET", "two")

    assert (first, resolve_secret(ref, tmp_path)) == ("one", "two")


@pytest.mark.parametrize(("value", "problem"), [(None, "is not set"), ("", "is empty")])
def test_a_missing_variable_names_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: str | None, problem: str
) -> None:
    """The error names the reference and the remedy, and ends with exit code 4."""
    monkeypatch.delenv("A_SECRET", raising=False)
    if value is not None:
        monkeypatch.setenv("A_SECRET", value)
    with pytest.raises(SecretMissingError) as caught:
        resolve_secret(SecretRef(env="A_SECRET"), tmp_path)

    assert caught.value.message == f"secret missing: environment variable A_SECRET {problem}"
    assert "set A_SECRET" in caught.value.remedy
    assert caught.value.exit_code == 4


@pytest.mark.parametrize(
    ("content", "value"),
    [(b"pw", "pw"), (b"pw\n", "pw"), (b"pw\r\n", "pw"), (b"pw\n\n", "pw\n"), ("pæ 1\n".encode(), "pæ 1")],
)
def test_one_line_end_is_stripped_from_a_file(tmp_path: Path, content: bytes, value: str) -> None:
    """Editors add a line feed; anything more belongs to the secret."""
    assert resolve_secret(_file(tmp_path, content), tmp_path) == value


@posix_only
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o620])
def test_a_file_open_to_others_is_refused(tmp_path: Path, mode: int) -> None:
    """A secret that others may read is refused, with the command that closes it."""
    with pytest.raises(SecretMissingError) as caught:
        resolve_secret(_file(tmp_path, b"hunter2", mode), tmp_path)

    assert f"(mode {mode:04o})" in caught.value.message
    assert caught.value.remedy.startswith("chmod 600 ")
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("content", [b"", b"\n", b"\xff\xfe"])
def test_an_empty_or_binary_file_is_refused(tmp_path: Path, content: bytes) -> None:
    """An empty secret, or one that is no text, is a missing secret."""
    with pytest.raises(SecretMissingError):
        resolve_secret(_file(tmp_path, content), tmp_path)


@pytest.mark.parametrize("name", ["absent", ".", "a\0b", "~nobody-of-this-name/x"])
def test_a_path_without_secret_is_refused(tmp_path: Path, name: str) -> None:
    """An absent file, a folder and an impossible path are missing secrets."""
    with pytest.raises(SecretMissingError):
        resolve_secret(SecretRef(file=name), tmp_path)


def test_an_absent_key_store_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the package keyring the error says so."""
    monkeypatch.setitem(sys.modules, "keyring", None)
    with pytest.raises(SecretMissingError, match="keyring is not installed"):
        resolve_secret(SecretRef(keyring="rpac/register"), tmp_path)


class _KeyStore(ModuleType):
    """Stands in for the package keyring."""

    def get_password(self, service: str, name: str) -> str | None:
        """One entry; another service is locked."""
        if service == "locked":
            raise RuntimeError("hunter2")
        return "pw" if (service, name) == ("rpac/roskilde", "register") else None


def test_a_key_store_is_asked_by_service_and_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The last part is the name; an absent entry and a store that fails are missing secrets."""
    monkeypatch.setitem(sys.modules, "keyring", _KeyStore("keyring"))

    assert resolve_secret(SecretRef(keyring="rpac/roskilde/register"), tmp_path) == "pw"
    with pytest.raises(SecretMissingError, match="does not exist"):
        resolve_secret(SecretRef(keyring="rpac/other"), tmp_path)
    with pytest.raises(SecretMissingError, match="failed with RuntimeError") as caught:
        resolve_secret(SecretRef(keyring="locked/x"), tmp_path)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"env": "A", "file": "b"},
        {"env": "hunter2!"},
        {"env": 7},
        {"file": ""},
        {"keyring": "x"},
        {"value": "hunter2"},
    ],
)
def test_a_reference_names_exactly_one_place(fields: dict[str, object]) -> None:
    """Anything else is refused, and the refusal repeats no value."""
    with pytest.raises(ValidationError) as caught:
        SecretRef.model_validate(fields)

    assert "hunter2" not in str(caught.value)


def test_a_reference_is_described_in_words() -> None:
    """Each kind says where the secret stands."""
    refs = [SecretRef(env="A"), SecretRef(file="b"), SecretRef(keyring="c/d")]

    assert [str(ref) for ref in refs] == ["environment variable A", "file b", "keyring entry c/d"]


def _pkcs12() -> bytes:
    """A real PKCS#12 file, with what text never has: null bytes, line feeds anywhere, no UTF-8."""
    key, certificate = _certificate()
    seal = BestAvailableEncryption(b"pw")
    return pkcs12.serialize_key_and_certificates(b"test", key, certificate, None, seal)


def _certificate() -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
    """A self-signed certificate and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    begin = datetime(2026, 1, 1, tzinfo=UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, begin, begin + timedelta(days=9000))
    return key, builder.sign(key, hashes.SHA256())


def test_a_pkcs12_file_is_read_byte_by_byte(tmp_path: Path) -> None:
    """resolve_secret_bytes changes nothing of a binary file, which then opens with its password."""
    content = _pkcs12()
    data = resolve_secret_bytes(_file(tmp_path, content), tmp_path)

    assert data == content
    assert pkcs12.load_pkcs12(data, b"pw").cert is not None
    with pytest.raises(SecretMissingError, match=r"is no UTF-8 text|may be read"):
        resolve_secret(_file(tmp_path, b"\xff" + content), tmp_path)


@pytest.mark.parametrize("content", [b"\n pw \r\n", b"pw\n\n", b"\x00\xff\n"])
def test_the_bytes_of_a_file_keep_their_line_ends(tmp_path: Path, content: bytes) -> None:
    """Only a text secret loses the line end of its editor."""
    assert resolve_secret_bytes(_file(tmp_path, content), tmp_path) == content


def test_bytes_come_from_variables_and_key_stores_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Text is encoded as UTF-8, and nothing is stripped from it."""
    monkeypatch.setenv("A_SECRET", "pæ\n")
    monkeypatch.setitem(sys.modules, "keyring", _KeyStore("keyring"))

    assert resolve_secret_bytes(SecretRef(env="A_SECRET"), tmp_path) == "pæ\n".encode()
    assert resolve_secret(SecretRef(env="A_SECRET"), tmp_path) == "pæ\n"
    assert resolve_secret_bytes(SecretRef(keyring="rpac/roskilde/register"), tmp_path) == b"pw"


@posix_only
def test_a_variable_that_is_no_text_gives_its_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable with bytes beyond UTF-8 is given as it is, and is no text."""
    monkeypatch.setitem(os.environb, b"A_SECRET", b"\xff\x01")

    assert resolve_secret_bytes(SecretRef(env="A_SECRET"), tmp_path) == b"\xff\x01"
    with pytest.raises(SecretMissingError, match=r"is no UTF-8 text"):
        resolve_secret(SecretRef(env="A_SECRET"), tmp_path)


def test_a_huge_file_is_no_secret(tmp_path: Path) -> None:
    """A wrong path to a dump is refused before it is read."""
    with pytest.raises(SecretMissingError, match="is 1048577 bytes"):
        resolve_secret_bytes(_file(tmp_path, b"x" * (1024 * 1024 + 1)), tmp_path)

    assert len(resolve_secret_bytes(_file(tmp_path, b"x" * 1024 * 1024), tmp_path)) == 1024 * 1024


@posix_only
def test_a_pipe_is_no_secret(tmp_path: Path) -> None:
    """Reading a pipe would wait for ever."""
    os.mkfifo(tmp_path / "secret", 0o600)
    with pytest.raises(SecretMissingError, match="is no regular file"):
        resolve_secret(SecretRef(file="secret"), tmp_path)


def test_an_absolute_path_and_a_home_are_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file need not stand below the municipality's folder: secrets better do not."""
    _file(tmp_path, b"pw\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))

    assert resolve_secret(SecretRef(file=str(tmp_path / "secret")), Path("elsewhere")) == "pw"
    assert resolve_secret(SecretRef(file="~/secret"), Path("elsewhere")) == "pw"


@pytest.mark.parametrize("content", [b"\n", b" \r\n"])
def test_a_file_of_blanks_says_that_it_is_empty(tmp_path: Path, content: bytes) -> None:
    """Blanks alone are what an editor leaves, never a secret."""
    with pytest.raises(SecretMissingError, match="is empty"):
        resolve_secret_bytes(_file(tmp_path, content), tmp_path)


def test_the_error_keeps_reference_and_problem(tmp_path: Path) -> None:
    """Whoever catches it can tell which secret, and why."""
    with pytest.raises(SecretMissingError) as caught:
        resolve_secret(SecretRef(file="absent"), tmp_path)

    assert (caught.value.ref, caught.value.problem) == (SecretRef(file="absent"), "does not exist")
    assert str(tmp_path / "absent") in caught.value.remedy
