"""MD4 (RFC 1320), which NTLM still needs and OpenSSL no longer offers. For nothing else."""

import struct

__all__ = ["md4"]

_MASK = 0xFFFFFFFF
_START = (0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476)
_ROUNDS = (
    # order of the words, shifts, constant to add
    (tuple(range(16)), (3, 7, 11, 19), 0),
    ((0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15), (3, 5, 9, 13), 0x5A827999),
    ((0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15), (3, 9, 11, 15), 0x6ED9EBA1),
)
_BLOCK = 64  # bytes
_LENGTH_AT = 56  # where a block's last eight bytes begin


def md4(message: bytes) -> bytes:
    """The 16 bytes of the message's digest."""
    padding = b"\x80" + b"\0" * ((_LENGTH_AT - 1 - len(message)) % _BLOCK)
    padded = message + padding + struct.pack("<Q", len(message) * 8)
    state = _START
    for start in range(0, len(padded), _BLOCK):
        words = struct.unpack("<16I", padded[start : start + _BLOCK])
        mixed = _mixed(state, words)
        a, b, c, d = ((old + new) & _MASK for old, new in zip(state, mixed, strict=True))
        state = (a, b, c, d)
    return struct.pack("<4I", *state)


def _mixed(state: tuple[int, int, int, int], words: tuple[int, ...]) -> tuple[int, int, int, int]:
    a, b, c, d = state
    for number, (order, shifts, constant) in enumerate(_ROUNDS):
        for step, word in enumerate(order):
            total = (a + _function(number, b, c, d) + words[word] + constant) & _MASK
            shift = shifts[step % 4]
            a, b, c, d = d, ((total << shift) | (total >> (32 - shift))) & _MASK, b, c
    return a, b, c, d


def _function(number: int, x: int, y: int, z: int) -> int:
    if number == 0:
        return (x & y) | (~x & z)
    if number == 1:
        return (x & y) | (x & z) | (y & z)
    return x ^ y ^ z
