"""Signatures and key files: what is signed is what was read, and a key is nobody else's."""

import base64
import os
import stat
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given
from hypothesis import strategies as st

from rpa_commons.conformance import (
    SigningKeyError,
    canonical,
    load_key_file,
    new_key_file,
    public_key_text,
    sign,
    verify,
)

# RFC 8032, 7.1, test 2: secret key, public key, and the signature of the one byte 0x72.
_SECRET = bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")
_PUBLIC = bytes.fromhex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner),
    max_leaves=8,
)


def test_canonical_form_is_sorted_and_tight() -> None:
    """Keys are sorted, blanks left out, letters kept as they are."""
    expected = '{"a":["ø",null],"b":1}'.encode()

    assert expected == canonical({"b": 1, "a": ["ø", None]})


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "\ud800"])
def test_canonical_form_refuses_what_json_cannot_hold(value: Any) -> None:
    """Numbers that are not finite and half characters have no canonical bytes."""
    with pytest.raises(ValueError):  # noqa: PT011 - the message is Python's
        canonical({"value": value})


def test_public_key_is_the_one_of_the_rfc() -> None:
    """The public half of RFC 8032's second test key is the one printed there."""
    key = Ed25519PrivateKey.from_private_bytes(_SECRET)

    assert base64.b64encode(_PUBLIC).decode() == public_key_text(key)


@given(document=_VALUES, other=_VALUES)
def test_signature_holds_for_its_document_alone(document: Any, other: Any) -> None:
    """A signature verifies for the signed document, and for another one only if its bytes are the same."""
    key = Ed25519PrivateKey.from_private_bytes(_SECRET)
    signature = sign(key, document)

    assert verify(public_key_text(key), document, signature)
    assert (canonical(other) == canonical(document)) == verify(public_key_text(key), other, signature)


def test_signature_of_another_key_does_not_hold() -> None:
    """What one person signed is not signed by another."""
    signature = sign(Ed25519PrivateKey.from_private_bytes(_SECRET), {"a": 1})

    assert not verify(public_key_text(Ed25519PrivateKey.generate()), {"a": 1}, signature)


@given(public=st.text(), signature=st.text())
def test_text_that_is_no_signature_is_answered_with_no(public: str, signature: str) -> None:
    """Whatever text arrives as key or signature, the answer is no and never an exception."""
    good = base64.b64encode(_PUBLIC).decode()

    assert not verify(public, {}, signature)
    assert not verify(good, {}, signature)
    assert not verify(public, {}, base64.b64encode(bytes(64)).decode())


def test_signature_has_one_spelling() -> None:
    """A base64 text with other unused bits is another text, and is refused."""
    key = Ed25519PrivateKey.from_private_bytes(_SECRET)
    signature = sign(key, {})
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    twin = signature[:-3] + alphabet[alphabet.index(signature[-3]) ^ 1] + "=="

    assert base64.b64decode(signature) == base64.b64decode(twin)
    assert not verify(public_key_text(key), {}, twin)


def test_document_without_canonical_form_is_not_signed() -> None:
    """A document that has no bytes cannot have a signature either."""
    key = Ed25519PrivateKey.from_private_bytes(_SECRET)

    assert not verify(public_key_text(key), {"a": float("nan")}, sign(key, {}))


def test_key_file_is_read_back_and_private(tmp_path: Path) -> None:
    """The key that was written is the key that is read, and the file is its owner's alone."""
    path = tmp_path / "coordinator.pem"
    key = new_key_file(path)

    assert public_key_text(key) == public_key_text(load_key_file(path))
    assert [path] == list(tmp_path.iterdir())
    assert os.name != "posix" or stat.S_IMODE(path.stat().st_mode) == 0o600


def test_key_file_never_replaces_another(tmp_path: Path) -> None:
    """A second key at the same place is refused, and the first stays whole."""
    path = tmp_path / "coordinator.pem"
    key = new_key_file(path)
    with pytest.raises(SigningKeyError, match="there is a file already") as caught:
        new_key_file(path)

    assert path == caught.value.path
    assert public_key_text(key) == public_key_text(load_key_file(path))
    assert [path] == list(tmp_path.iterdir())


def test_key_file_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    """A folder that is missing is named, with what to do."""
    with pytest.raises(SigningKeyError, match="cannot be written: No such file") as caught:
        new_key_file(tmp_path / "missing" / "coordinator.pem")

    assert 4 == caught.value.exit_code
    assert "must be able to write" in caught.value.remedy


@pytest.mark.skipif(os.name != "posix", reason="the mode says nothing on Windows")
def test_key_file_open_to_others_is_refused(tmp_path: Path) -> None:
    """A key that others may have read signs nothing."""
    path = tmp_path / "coordinator.pem"
    new_key_file(path)
    path.chmod(0o640)
    with pytest.raises(SigningKeyError, match="may be read by others") as caught:
        load_key_file(path)

    assert "chmod 600" in caught.value.remedy


def test_files_that_hold_no_usable_key_are_refused(tmp_path: Path) -> None:
    """Missing, empty, garbage and foreign keys each say what is wrong."""
    rsa = generate_private_key(public_exponent=65537, key_size=2048)
    contents = {
        "empty": (b"", "holds no private key"),
        "garbage": (b"\x00\xff" * 100, "holds no private key"),
        "rsa": (
            rsa.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
            "another kind than Ed25519",
        ),
    }
    for name, (content, problem) in contents.items():
        path = tmp_path / name
        path.touch(mode=0o600)
        path.write_bytes(content)
        with pytest.raises(SigningKeyError, match=problem):
            load_key_file(path)
    with pytest.raises(SigningKeyError, match="cannot be read: No such file"):
        load_key_file(tmp_path / "missing")
