"""What is personal lies encrypted: AES-256-GCM for content, HMAC-SHA-256 for what must be compared.

Rules this module keeps:

* every sealed value is bound to the place it belongs to, so a row cannot be moved to another item;
* the first key writes, every key reads, so that a key can be rotated by putting a new one in front;
* digests have a key of their own: rotating the journal key never changes a reference built from a digest;
* a key file is created whole and for its owner only, or not at all.

Usage::

    keys = open_keys(state_dir, secret=None, create=True)
    blob = keys.sealer.seal(b"payload", "items/ref-1")
    assert keys.sealer.unseal(blob, "items/ref-1") == b"payload"
"""

import base64
import binascii
import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ._errors import JournalKeyError

__all__ = ["Digester", "Keys", "Sealer", "ephemeral_keys", "open_keys"]

_KEY_BYTES = 32
_NONCE_BYTES = 12  # NIST SP 800-38D: random 96-bit nonces, far below 2**32 messages per key
_ID_BYTES = 4
_FORMAT = b"\x01"
_SHORTEST_SECRET = 32  # characters
JOURNAL_KEY_FILE = "journal.key"
DIGEST_KEY_FILE = "digest.key"


class Sealer:
    """Encrypts and authenticates values; the first key writes, all of them read."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        self._ciphers = {_key_id(key): AESGCM(key) for key in keys}
        self._first = _key_id(keys[0])

    def seal(self, data: bytes, place: str) -> bytes:
        """Encrypt ``data`` for the one ``place`` (table and row) it may stand in."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        sealed = self._ciphers[self._first].encrypt(nonce, data, place.encode())
        return _FORMAT + self._first + nonce + sealed

    def unseal(self, blob: bytes, place: str) -> bytes:
        """Decrypt what :meth:`seal` made for the same ``place``.

        Raises:
            JournalKeyError: no key fits, or the value was changed or moved.
        """
        key_id, rest = blob[1 : 1 + _ID_BYTES], blob[1 + _ID_BYTES :]
        cipher = self._ciphers.get(key_id)
        if blob[:1] != _FORMAT or cipher is None:
            raise JournalKeyError(
                "the journal was written with another key",
                remedy="restore journal.key in state_dir, or the secret that journal_key names",
            )
        try:
            return cipher.decrypt(rest[:_NONCE_BYTES], rest[_NONCE_BYTES:], place.encode())
        except InvalidTag:
            raise JournalKeyError(
                "a value in the journal was changed or moved", remedy="restore state_dir from a backup"
            ) from None


class Digester:
    """Keyed digests: equal for equal input in this municipality, not guessable elsewhere."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def of_bytes(self, data: bytes) -> str:
        """64 hex digits for arbitrary bytes."""
        return hmac.new(self._key, data, hashlib.sha256).hexdigest()

    def of_parts(self, *parts: str) -> str:
        """32 hex digits for a sequence of words; the encoding keeps ("ab", "c") from ("a", "bc")."""
        return self.of_bytes(b"digest" + json.dumps(parts, ensure_ascii=False).encode())[:32]


@dataclass(frozen=True)
class Keys:
    """What a journal needs: a sealer for content and a digester for comparison."""

    sealer: Sealer
    digester: Digester

    def seal(self, data: bytes, place: str) -> bytes:
        """As :meth:`Sealer.seal`; the keys are the vault that a connector gets."""
        return self.sealer.seal(data, f"connectors/{place}")

    def unseal(self, blob: bytes, place: str) -> bytes:
        """As :meth:`Sealer.unseal`."""
        return self.sealer.unseal(blob, f"connectors/{place}")

    def digest(self, *parts: str) -> str:
        """As :meth:`Digester.of_parts`, apart from those of items."""
        return self.digester.of_parts("connectors", *parts)


def ephemeral_keys() -> Keys:
    """Keys that are forgotten afterwards: for a plan where nothing has been run yet."""
    return Keys(Sealer([secrets.token_bytes(_KEY_BYTES)]), Digester(secrets.token_bytes(_KEY_BYTES)))


def open_keys(state_dir: Path, secret: str | None, *, create: bool) -> Keys:
    """The municipality's keys.

    Args:
        state_dir: Where ``digest.key`` lies, and ``journal.key`` when ``secret`` is ``None``.
        secret: The value of the configured journal key: one or more keys separated by white space, newest
            first, each 32 bytes in base64 or any text of at least 32 characters.
        create: Make missing key files; a reader never does.

    Raises:
        JournalKeyError: a key file is missing and may not be created, or a key is unusable.
    """
    if secret is None:
        secret = _key_file(state_dir / JOURNAL_KEY_FILE, create=create)
    digest_key = _parse(_key_file(state_dir / DIGEST_KEY_FILE, create=create))[0]
    return Keys(Sealer(_parse(secret)), Digester(digest_key))


def _key_id(key: bytes) -> bytes:
    return hashlib.sha256(b"rpac key id" + key).digest()[:_ID_BYTES]


def _parse(text: str) -> list[bytes]:
    keys = [_one_key(word) for word in text.split()]
    if not keys:
        raise JournalKeyError("the journal key is empty", remedy="give 32 random bytes in base64")
    return keys


def _one_key(word: str) -> bytes:
    try:
        raw = base64.b64decode(word, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    if len(raw) == _KEY_BYTES:
        return raw
    if len(word) < _SHORTEST_SECRET:
        raise JournalKeyError(
            f"the journal key is shorter than {_SHORTEST_SECRET} characters",
            remedy='python -c "import secrets; print(secrets.token_urlsafe(48))" makes a good one',
        )
    return hashlib.sha256(b"rpac journal key" + word.encode()).digest()


def _key_file(path: Path, *, create: bool) -> str:
    try:
        return path.read_text("ascii")
    except FileNotFoundError:
        if not create:
            raise JournalKeyError(
                f"{path} does not exist", remedy="the first run of a bot instance creates it"
            ) from None
    _create_once(path, base64.urlsafe_b64encode(secrets.token_bytes(_KEY_BYTES)) + b"\n")
    return path.read_text("ascii")


def _create_once(path: Path, content: bytes) -> None:
    """Put a whole file in place, for its owner only, unless another process was first."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    try:
        if os.name == "posix":
            os.link(draft, path)
        else:  # Windows refuses to rename onto an existing file; untested on Windows
            draft.rename(path)
    except FileExistsError:
        pass
    finally:
        draft.unlink(missing_ok=True)
