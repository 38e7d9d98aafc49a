"""Signatures of people: Ed25519 over the canonical JSON of a document.

Rules this module keeps:

* equal documents have equal bytes (sorted keys, no blanks, UTF-8), so whoever reads a document can check it;
* a question about a signature has an answer: text that is no key and no signature is answered with ``False``;
* a private key lies in a PEM file for its owner only, is created whole or not at all, and never overwrites.

Source: RFC 8032 (Ed25519), RFC 8410 (its PKCS #8 form).

Usage::

    key = new_key_file(Path("coordinator.pem"))
    signature = sign(key, {"id": "DIGIT-2026-0001"})
    assert verify(public_key_text(key), {"id": "DIGIT-2026-0001"}, signature)
"""

import base64
import binascii
import json
import os
import secrets
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rpa_commons.capabilities import RpaCommonsError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

__all__ = [
    "SigningKeyError",
    "canonical",
    "load_key_file",
    "new_key_file",
    "public_key_text",
    "sign",
    "verify",
]

_KEY_BYTES = 32
_SIGNATURE_BYTES = 64
_LARGEST_KEY_FILE = 64 * 1024
_READABLE_BY_OTHERS = 0o077


class SigningKeyError(RpaCommonsError):
    """A file cannot serve as signing key.

    Attributes:
        path: The file.
        problem: What is wrong, to follow the file's name.
    """

    exit_code: int = 4

    def __init__(self, path: Path, problem: str, *, remedy: str) -> None:
        super().__init__(f"signing key {path}: {problem}", remedy=remedy)
        self.path = path
        self.problem = problem


def canonical(document: Any) -> bytes:  # noqa: ANN401 - any JSON value
    """The bytes of a JSON value that are signed and hashed.

    Raises:
        ValueError: a number is not finite, or a text cannot be written as UTF-8.
        TypeError: it holds something that JSON has no word for.
    """
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text.encode()


def sign(private_key: "Ed25519PrivateKey", document: Any) -> str:  # noqa: ANN401 - any JSON value
    """The signature of a document, in base64.

    Raises:
        ValueError: as for :func:`canonical`; so does ``TypeError``.
    """
    return base64.b64encode(private_key.sign(canonical(document))).decode()


def verify(public_key: str, document: Any, signature: str) -> bool:  # noqa: ANN401 - any JSON value
    """Whether the owner of the key signed exactly this document.

    Args:
        public_key: 32 bytes in base64, as :func:`public_key_text` gives them.
        document: A JSON value.
        signature: 64 bytes in base64.
    """
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        key, signed = _decoded(public_key, _KEY_BYTES), _decoded(signature, _SIGNATURE_BYTES)
        Ed25519PublicKey.from_public_bytes(key).verify(signed, canonical(document))
    except (InvalidSignature, UnsupportedAlgorithm, ValueError, TypeError, RecursionError):
        return False
    return True


def public_key_text(private_key: "Ed25519PrivateKey") -> str:
    """The public half of a key, 32 bytes in base64: what others register and check with."""
    return base64.b64encode(private_key.public_key().public_bytes_raw()).decode()


def new_key_file(path: Path) -> "Ed25519PrivateKey":
    """Make a key and put it into a new PEM file that its owner alone may read.

    Raises:
        SigningKeyError: there is a file already, or it cannot be written.
    """
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    key = Ed25519PrivateKey.generate()
    try:
        _create_once(path, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    except FileExistsError:
        remedy = "name a new file; a key that is overwritten can sign nothing any more"
        raise SigningKeyError(path, "there is a file already", remedy=remedy) from None
    except OSError as error:
        remedy = f"this user must be able to write {path.parent}"
        raise SigningKeyError(path, f"cannot be written: {_reason(error)}", remedy=remedy) from None
    return key


def load_key_file(path: Path) -> "Ed25519PrivateKey":
    """Read the key from a file that :func:`new_key_file` wrote.

    Raises:
        SigningKeyError: it is missing, may be read by others, or holds no Ed25519 key without password.
    """
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    make_one = "`openssl genpkey -algorithm ed25519` makes such a file"
    try:
        key = load_pem_private_key(_private_content(path), password=None)
    except OSError as error:
        remedy = f"name the file of your own key, or make one: {make_one}"
        raise SigningKeyError(path, f"cannot be read: {_reason(error)}", remedy=remedy) from None
    except (ValueError, TypeError, UnsupportedAlgorithm):  # TypeError: it has a password
        raise SigningKeyError(path, "holds no private key without password", remedy=make_one) from None
    if not isinstance(key, Ed25519PrivateKey):
        raise SigningKeyError(path, "holds a key of another kind than Ed25519", remedy=make_one)
    return key


def _decoded(text: str, length: int) -> bytes:
    try:
        raw = base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError("no base64") from error
    if len(raw) != length or base64.b64encode(raw).decode() != text:  # one spelling for each signature
        raise ValueError("wrong length or spelling")
    return raw


def _private_content(path: Path) -> bytes:
    with path.open("rb") as stream:
        status = os.fstat(stream.fileno())
        # On Windows the mode says nothing about who may read: access lists are left to the administrator.
        # That branch is untested on Windows.
        if os.name == "posix" and status.st_mode & _READABLE_BY_OTHERS:
            problem = f"may be read by others (mode {stat.S_IMODE(status.st_mode):04o})"
            raise SigningKeyError(
                path, problem, remedy=f"chmod 600 {path}; if others did read it, make a new key"
            )
        return stream.read(_LARGEST_KEY_FILE)


def _create_once(path: Path, content: bytes) -> None:
    """Put a whole file in place, for its owner only, unless there is one."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        if os.name == "posix":
            os.link(draft, path)
        else:  # Windows refuses to rename onto an existing file; untested on Windows
            draft.rename(path)
    finally:
        draft.unlink(missing_ok=True)


def _reason(error: OSError) -> str:
    return error.strerror or type(error).__name__
