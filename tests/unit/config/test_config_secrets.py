import os
import sys
from pathlib import Path
from types import ModuleType

import pytest
from pydantic import ValidationError

from rpa_commons.config import SecretMissingError, SecretRef, resolve_secret

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
