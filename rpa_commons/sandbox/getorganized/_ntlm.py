"""NTLM over HTTP, the server's side: challenge, and check of an NTLMv2 response ([MS-NLMP], [MS-NTHT]).

Rules this module keeps: it is the connection that is let in, not the request, so a caller that opens another
one shakes hands again; a challenge is used once; only NTLMv2 is taken. What it does not check: the message
integrity code (its challenge asks for none) and channel bindings.
"""

import base64
import binascii
import hashlib
import hmac
import secrets
import struct
import threading
from collections import OrderedDict

from rpa_commons.sandbox._http import Request
from rpa_commons.sandbox._refusal import Refusal

from ._md4 import md4

__all__ = ["DOMAIN", "PASSWORD", "USER", "Ntlm"]

DOMAIN, USER = "SANDBOX", "robot"
PASSWORD = "sandbox"  # noqa: S105 - opens nothing but the sandbox
_SIGNATURE = b"NTLMSSP\0"
_MOST_CONNECTIONS = 10_000
_UNICODE, _NTLM, _EXTENDED, _TARGET_INFO, _TARGET_IS_DOMAIN = 0x1, 0x200, 0x80000, 0x800000, 0x10000
_ALWAYS_SIGN, _STRONG, _56 = 0x8000, 0x20000000, 0x80000000
_FLAGS = _UNICODE | 0x4 | _NTLM | _ALWAYS_SIGN | _TARGET_IS_DOMAIN | _EXTENDED | _TARGET_INFO | _STRONG | _56
_PROOF = 16  # bytes before the blob of an NTLMv2 response
_V1_RESPONSE = 24  # bytes; an NTLMv2 response is longer


class Ntlm:
    """Which connections are let in."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._challenges: OrderedDict[str, bytes] = OrderedDict()
        self._inside: OrderedDict[str, None] = OrderedDict()

    def check(self, request: Request) -> None:
        """Let a request in that comes over a connection which has shaken hands, or ends its handshake.

        Raises:
            Refusal: 401; :attr:`Refusal.text` is what belongs after ``NTLM`` in ``WWW-Authenticate``.
        """
        kind, _, encoded = request.header("Authorization").partition(" ")
        if not encoded:
            if not self._is_inside(request.peer):
                raise Refusal(401, "ntlm", "")
            return
        message = _decoded(encoded) if kind == "NTLM" else b""
        number = _number(message)
        if number == 1:
            raise Refusal(401, "ntlm", base64.b64encode(self._challenge(request.peer)).decode())
        if number == 3 and self._proves(request.peer, message):  # noqa: PLR2004 - AUTHENTICATE_MESSAGE
            self._let_in(request.peer)
            return
        raise Refusal(401, "ntlm", "")

    def _challenge(self, peer: str) -> bytes:
        challenge = secrets.token_bytes(8)
        with self._lock:
            self._inside.pop(peer, None)
            self._challenges[peer] = challenge
            while len(self._challenges) > _MOST_CONNECTIONS:
                self._challenges.popitem(last=False)
        return _challenge_message(challenge)

    def _proves(self, peer: str, message: bytes) -> bool:
        with self._lock:
            challenge = self._challenges.pop(peer, b"")
        return bool(challenge) and _knows_password(message, challenge)

    def _let_in(self, peer: str) -> None:
        with self._lock:
            self._inside[peer] = None
            while len(self._inside) > _MOST_CONNECTIONS:
                self._inside.popitem(last=False)

    def _is_inside(self, peer: str) -> bool:
        with self._lock:
            return peer in self._inside


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""


def _number(message: bytes) -> int:
    """Which of the three messages it is; 0 for none."""
    if not message.startswith(_SIGNATURE) or len(message) < len(_SIGNATURE) + 4:
        return 0
    return int(struct.unpack_from("<I", message, 8)[0])


def _challenge_message(challenge: bytes) -> bytes:
    """CHALLENGE_MESSAGE, [MS-NLMP] 2.2.1.2."""
    name = DOMAIN.encode("utf-16-le")
    pairs = b"".join(struct.pack("<HH", number, len(name)) + name for number in (2, 1)) + b"\0\0\0\0"
    head = 48
    return (
        _SIGNATURE
        + struct.pack("<IHHI", 2, len(name), len(name), head)
        + struct.pack("<I", _FLAGS)
        + challenge
        + b"\0" * 8
        + struct.pack("<HHI", len(pairs), len(pairs), head + len(name))
        + name
        + pairs
    )


def _knows_password(message: bytes, challenge: bytes) -> bool:
    """Whether an AUTHENTICATE_MESSAGE ([MS-NLMP] 2.2.1.3) proves user and password (3.3.2)."""
    try:
        response = _field(message, 20)
        domain = _field(message, 28).decode("utf-16-le")
        user = _field(message, 36).decode("utf-16-le")
    except (struct.error, UnicodeDecodeError):
        return False
    if user.upper() != USER.upper() or domain.upper() not in {DOMAIN, ""} or len(response) <= _V1_RESPONSE:
        return False
    owner = (user.upper() + domain).encode("utf-16-le")
    key = _hmac_md5(md4(PASSWORD.encode("utf-16-le")), owner)
    proof, blob = response[:_PROOF], response[_PROOF:]
    return hmac.compare_digest(proof, _hmac_md5(key, challenge + blob))


def _field(message: bytes, at: int) -> bytes:
    length, _, offset = struct.unpack_from("<HHI", message, at)
    return message[offset : offset + length]


def _hmac_md5(key: bytes, content: bytes) -> bytes:
    return hmac.new(key, content, hashlib.md5).digest()
