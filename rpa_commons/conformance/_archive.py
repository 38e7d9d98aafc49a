"""The archive that a wheel is, read so strictly that no two programs can see different files in it.

Rules this module keeps:

* every byte belongs to exactly one member, to the directory or to the end record: nothing stands before,
  between or behind them, and no comment hides anything;
* a member's own header says what the directory says: programs that read from the front and programs that
  read from the end see one wheel;
* claims are checked before anything is unpacked, and what is unpacked is never longer than claimed.

Source: APPNOTE.TXT 6.3.10 (.ZIP File Format Specification); PyPA "Binary distribution format".

Usage::

    entries = read_directory(content, Limits(), findings)
    for entry in entries or ():
        unpacked(content, entry)
"""

import struct
import zlib
from collections.abc import Iterator
from typing import NamedTuple

from ._limits import Limits
from ._members import Places, mode_problems, path_problems, portability_problems
from ._report import Findings

__all__ = ["DamagedMemberError", "Entry", "chunks", "read_directory", "unpacked"]

_END = struct.Struct("<4s4H2LH")
_CENTRAL = struct.Struct("<4s2B5H3L5H2L")
_LOCAL = struct.Struct("<4s5H3L2H")
_END_SIGN, _CENTRAL_SIGN, _LOCAL_SIGN = b"PK\x05\x06", b"PK\x01\x02", b"PK\x03\x04"
_DESCRIPTOR_SIGN = b"PK\x07\x08"
_MOST_16, _MOST_32 = 0xFFFF, 0xFFFFFFFF
_STORED, _DEFLATED = 0, 8
_ENCRYPTED, _DESCRIPTOR, _UTF_8 = 0x1, 0x8, 0x800
_KNOWN_FLAGS = 0x1 | 0x6 | 0x8 | 0x800  # encrypted, how hard it was compressed, descriptor, UTF-8
_HARMLESS_EXTRA = frozenset({0x5455, 0x7875, 0x5855, 0x000A, 0xCAFE})  # times, owners, "this is a jar"
_METHODS = {1: "shrink", 6: "implode", 9: "deflate64", 12: "bzip2", 14: "lzma", 93: "zstandard", 95: "xz"}
_NEWEST = 45  # version of the format that a reader needs, times ten: 4.5 brought ZIP64
_CHUNK = 1024 * 1024
_BUILD_AGAIN = "build the wheel again with `rpac build`, and upload exactly the file that it wrote"


class DamagedMemberError(Exception):
    """A member is not what the archive's directory says of it."""


class Entry(NamedTuple):
    """One member, as directory and local header agree on."""

    name: str
    method: int
    crc: int
    packed: int
    size: int
    start: int
    """Where its packed bytes begin."""

    @property
    def is_folder(self) -> bool:
        """Whether it is a folder and no file."""
        return self.name.endswith("/")


class _Central(NamedTuple):
    """What the directory says of a member."""

    name: bytes
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    offset: int
    external: int


def read_directory(content: bytes, limits: Limits, findings: Findings) -> list[Entry] | None:
    """Every member of an archive; ``None`` when it is not safe to look further.

    Args:
        content: The whole file.
        limits: What is too large.
        findings: Takes what is wrong (A101, A104 to A109).
    """
    end = _end_record(content, findings)
    if end is None:
        return None
    start, size, count = end
    if count > limits.members:
        message = f"holds {count} files; a wheel may have {limits.members}"
        findings.add("A109", "", message, "leave out what the bot does not need")
        return None
    centrals = _centrals(content, start, start + size, count, findings)
    if centrals is None:
        return None
    entries = [_entry(content, one, limits, findings) for one in centrals]
    _check_sizes(centrals, limits, findings)
    good = [entry for entry in entries if entry is not None]
    if len(good) == len(centrals):
        _check_layout(content, good, centrals, start, findings)
    if findings.has("A101", "A104", "A107", "A108", "A109") or len(good) != len(centrals):
        return None
    return good


def unpacked(content: bytes, entry: Entry) -> bytes:
    """A member's bytes, whole.

    Raises:
        DamagedMemberError: they do not unpack to what was claimed.
    """
    packed = memoryview(content)[entry.start : entry.start + entry.packed]
    if entry.method == _STORED:
        plain = bytes(packed)
    else:
        machine = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            plain = machine.decompress(packed, entry.size + 1)
        except zlib.error as error:
            raise DamagedMemberError("cannot be unpacked") from error
        if not machine.eof or machine.unused_data:
            raise DamagedMemberError("does not unpack to the size that the archive claims")
    if len(plain) != entry.size:
        raise DamagedMemberError("does not unpack to the size that the archive claims")
    if zlib.crc32(plain) != entry.crc:
        raise DamagedMemberError("does not have the checksum that the archive claims")
    return plain


def chunks(content: bytes, entry: Entry) -> Iterator[bytes]:
    """A large member's bytes, piece by piece.

    Raises:
        DamagedMemberError: as for :func:`unpacked`, when the last piece was given.
    """
    packed = memoryview(content)[entry.start : entry.start + entry.packed]
    crc = size = 0
    for piece in _pieces(packed, entry):
        crc, size = zlib.crc32(piece, crc), size + len(piece)
        if size > entry.size:
            raise DamagedMemberError("does not unpack to the size that the archive claims")
        yield piece
    if size != entry.size:
        raise DamagedMemberError("does not unpack to the size that the archive claims")
    if crc != entry.crc:
        raise DamagedMemberError("does not have the checksum that the archive claims")


def _pieces(packed: memoryview, entry: Entry) -> Iterator[bytes]:
    if entry.method == _STORED:
        for begin in range(0, len(packed), _CHUNK):
            yield bytes(packed[begin : begin + _CHUNK])
        return
    machine = zlib.decompressobj(-zlib.MAX_WBITS)
    waiting: bytes | memoryview = packed
    try:
        while not machine.eof:
            piece = machine.decompress(waiting, _CHUNK)
            waiting = machine.unconsumed_tail
            if not piece and not waiting:
                break
            yield piece
    except zlib.error as error:
        raise DamagedMemberError("cannot be unpacked") from error
    if not machine.eof or machine.unused_data:
        raise DamagedMemberError("does not unpack to the size that the archive claims")


def _end_record(content: bytes, findings: Findings) -> tuple[int, int, int] | None:
    """Where the directory begins, its size and its number of members."""
    at = len(content) - _END.size
    if at < 0 or not content.startswith(_END_SIGN, at):
        _no_end_record(content, findings)
        return None
    _, disk, first_disk, here, count, size, start, comment = _END.unpack_from(content, at)
    if comment:
        findings.add("A104", "", "its end record announces a comment that is not there", _BUILD_AGAIN)
    elif _MOST_16 in {here, count} or _MOST_32 in {size, start}:
        findings.add("A104", "", "is a ZIP64 archive, which not every program reads alike", _BUILD_AGAIN)
    elif disk or first_disk or here != count:
        findings.add("A104", "", "is a part of an archive in several files", _BUILD_AGAIN)
    elif start + size < at:
        message = f"{at - start - size} bytes stand before the archive or behind its directory"
        findings.add("A104", "", message, _BUILD_AGAIN)
    elif start + size > at:
        findings.add("A104", "", "its directory reaches into its end record", _BUILD_AGAIN)
    else:
        return start, size, count
    return None


def _no_end_record(content: bytes, findings: Findings) -> None:
    at = content.rfind(_END_SIGN)
    if at < 0 or at + _END.size > len(content):
        what = "is empty" if not content else "is no ZIP archive, or was cut"
        findings.add("A101", "", what, "transfer the file again, or build it again")
        return
    comment = _END.unpack_from(content, at)[-1]
    behind = len(content) - at - _END.size
    if comment == behind:
        findings.add("A104", "", f"has an archive comment of {comment} bytes", _BUILD_AGAIN)
    else:
        findings.add("A104", "", f"{behind} bytes stand behind the archive's end record", _BUILD_AGAIN)


def _centrals(content: bytes, at: int, end: int, count: int, findings: Findings) -> list[_Central] | None:
    found = []
    for _ in range(count):
        if at + _CENTRAL.size > end or not content.startswith(_CENTRAL_SIGN, at):
            findings.add("A101", "", "its directory is broken", _BUILD_AGAIN)
            return None
        (
            _,
            _,
            _,
            needed,
            flags,
            method,
            _,
            _,
            crc,
            packed,
            size,
            name_size,
            extra_size,
            comment,
            disk,
            _,
            external,
            offset,
        ) = _CENTRAL.unpack_from(content, at)
        at += _CENTRAL.size
        name = content[at : at + name_size]
        _check_extra(content[at + name_size : at + name_size + extra_size], name, findings)
        at += name_size + extra_size + comment
        if comment:
            findings.add("A104", _shown(name), "has a comment in the archive's directory", _BUILD_AGAIN)
        if needed > _NEWEST:
            message = f"asks for version {needed / 10} of the format, which programs may not read"
            findings.add("A104", _shown(name), message, _BUILD_AGAIN)
        if disk or _MOST_32 in {packed, size, offset}:
            findings.add("A104", _shown(name), "is a ZIP64 member, or lies in another file", _BUILD_AGAIN)
        found.append(_Central(name, flags, method, crc, packed, size, offset, external))
    if at != end:
        message = f"its directory holds {end - at} bytes that belong to no member"
        findings.add("A104" if at < end else "A101", "", message, _BUILD_AGAIN)
        return None
    return found


def _check_extra(extra: bytes, name: bytes, findings: Findings) -> None:
    at = 0
    while at < len(extra):
        if at + 4 > len(extra):
            findings.add("A104", _shown(name), "has an additional field that is broken", _BUILD_AGAIN)
            return
        kind, size = struct.unpack_from("<2H", extra, at)
        at += 4 + size
        if kind not in _HARMLESS_EXTRA or at > len(extra):
            message = f"has an additional field (0x{kind:04x}) that may give it another name or size"
            findings.add("A104", _shown(name), message, _BUILD_AGAIN)
            return


def _entry(content: bytes, one: _Central, limits: Limits, findings: Findings) -> Entry | None:
    """A member, its local header compared; ``None`` when one of the two is not to be believed."""
    place = _shown(one.name)
    name = _name(one, place, findings)
    _check_kind(one, place, findings)
    if len(one.name) > limits.name_bytes or one.name.count(b"/") > limits.depth:
        findings.add("A105", place, "has a path longer or deeper than every system can hold")
    if one.offset + _LOCAL.size > len(content) or not content.startswith(_LOCAL_SIGN, one.offset):
        findings.add("A104", place, "has no header where the archive's directory says", _BUILD_AGAIN)
        return None
    _, _, flags, method, _, _, crc, packed, size, name_size, extra_size = _LOCAL.unpack_from(
        content, one.offset
    )
    begin = one.offset + _LOCAL.size
    start = begin + name_size + extra_size
    sizes = (crc, packed, size)
    claimed = (one.crc, one.packed, one.size)
    if content[begin : begin + name_size] != one.name:
        findings.add("A104", place, "has another name in its own header", _BUILD_AGAIN)
    elif (flags, method) != (one.flags, one.method):
        findings.add("A104", place, "has other flags in its own header", _BUILD_AGAIN)
    elif sizes != claimed and not (flags & _DESCRIPTOR and not any(sizes)):
        findings.add("A104", place, "has another size or checksum in its own header", _BUILD_AGAIN)
    elif flags & _DESCRIPTOR and one.method == _STORED:
        findings.add(
            "A104", place, "is stored with its size behind it: where it ends is a guess", _BUILD_AGAIN
        )
    _check_extra(content[start - extra_size : start], one.name, findings)
    if start + one.packed > len(content):
        findings.add("A101", place, "reaches beyond the end of the file", _BUILD_AGAIN)
        return None
    return Entry(name, one.method, one.crc, one.packed, one.size, start)


def _name(one: _Central, place: str, findings: Findings) -> str:
    if one.name.isascii():
        return one.name.decode("ascii")
    try:
        if one.flags & _UTF_8:
            return one.name.decode()
    except UnicodeDecodeError:
        pass
    findings.add("A105", place, "has a name that is not UTF-8")
    return one.name.decode("utf-8", "backslashreplace")


def _check_kind(one: _Central, place: str, findings: Findings) -> None:
    for problem in mode_problems(one.external):
        findings.add("A107", place, problem, "pack the file itself")
    if one.flags & _ENCRYPTED:
        findings.add("A107", place, "is encrypted", "what is published is open to whoever reviews it")
    elif one.flags & ~_KNOWN_FLAGS:
        findings.add("A104", place, f"has flags (0x{one.flags:04x}) that wheels do not have", _BUILD_AGAIN)
    if one.method not in {_STORED, _DEFLATED}:
        method = _METHODS.get(one.method, f"method {one.method}")
        help_ = "wheels are stored or deflated; every other way some installers cannot read"
        findings.add("A108", place, f"is packed with {method}", help_)
    if one.name.endswith(b"/") and (one.size or one.packed > 2):  # noqa: PLR2004 - nothing, deflated
        findings.add("A105", place, "is a folder with content")
    if one.method == _STORED and one.packed != one.size:
        findings.add("A104", place, "is stored and has two sizes", _BUILD_AGAIN)


def _check_sizes(centrals: list[_Central], limits: Limits, findings: Findings) -> None:
    total = sum(one.size for one in centrals)
    packed = sum(one.packed for one in centrals)
    help_ = "leave out what the bot does not need; large models and data are published elsewhere"
    if total > limits.unpacked_bytes:
        message = f"unpacks to {total} bytes; a wheel may have {limits.unpacked_bytes}"
        findings.add("A109", "", message, help_)
    if total > limits.ratio_from_bytes and total > packed * limits.ratio:
        message = f"unpacks to {total} bytes from {packed}, more than {limits.ratio} times as much"
        findings.add("A109", "", message, help_)
    for one in centrals:
        if one.size > limits.ratio_from_bytes and one.size > one.packed * limits.ratio:
            message = f"unpacks to {one.size} bytes from {one.packed}, more than {limits.ratio} times as much"
            findings.add("A109", _shown(one.name), message, help_)


def _check_layout(
    content: bytes, entries: list[Entry], centrals: list[_Central], directory: int, findings: Findings
) -> None:
    """Every byte before the directory belongs to one member; paths are safe and each is there once."""
    places = Places()
    for entry in entries:
        for problem in (*path_problems(entry.name), *portability_problems(entry.name)):
            findings.add("A105", entry.name, problem, "name it by a plain path below the wheel's top")
        for problem in places.problems(entry.name):
            findings.add("A106", entry.name, problem, "on some system one would overwrite the other")
    at = 0
    for entry, central in sorted(zip(entries, centrals, strict=True), key=lambda pair: pair[0].start):
        if central.offset != at:
            what = "overlaps another member" if central.offset < at else "has bytes of no member before it"
            findings.add("A104", entry.name, what, _BUILD_AGAIN)
            return
        at = entry.start + entry.packed
        if central.flags & _DESCRIPTOR:
            behind = _descriptor(content, at, central)
            if not behind:
                findings.add("A104", entry.name, "has another size behind it than before it", _BUILD_AGAIN)
                return
            at += behind
    if at != directory:
        findings.add("A104", "", "has bytes of no member before its directory", _BUILD_AGAIN)


def _descriptor(content: bytes, at: int, one: _Central) -> int:
    """Bytes of the descriptor behind a member; 0 when there is none that agrees."""
    plain = struct.pack("<3L", one.crc, one.packed, one.size)
    for descriptor in (_DESCRIPTOR_SIGN + plain, plain):
        if content.startswith(descriptor, at):
            return len(descriptor)
    return 0


def _shown(name: bytes) -> str:
    return name.decode("utf-8", "backslashreplace")
