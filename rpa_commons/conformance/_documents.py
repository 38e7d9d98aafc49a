"""Archives inside a wheel: documents of word processors are looked into, anything else is refused.

Rules this module keeps: the text of a document is found though its formatting cuts a word in two; a document
with a program in it (macros, another archive) is refused; a bomb costs no more than its claim.

Source: ISO/IEC 29500-2 (Office Open XML) and ISO/IEC 26300 (OpenDocument): both are ZIP archives of XML.

Usage::

    for part, text in look_into_document("bot/letter.docx", content, limits, findings):
        batch.add(part, text)
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from ._archive import DamagedMemberError, Entry, read_directory, unpacked
from ._limits import Limits
from ._members import suffix_of
from ._report import Findings

__all__ = ["is_archive", "is_document", "look_into_document"]

_MIB = 1024 * 1024
_ZIP = b"PK\x03\x04"
_ARCHIVES = (
    _ZIP,
    b"PK\x05\x06",
    b"\x1f\x8b\x08",
    b"BZh",
    b"\xfd7zXZ\x00",
    b"7z\xbc\xaf\x27\x1c",
    b"Rar!\x1a\x07",
    b"\x28\xb5\x2f\xfd",
)
_TAR_AT, _TAR = 257, b"ustar"
_DOCUMENTS = frozenset(
    {".docx", ".dotx", ".xlsx", ".xltx", ".pptx", ".potx", ".odt", ".ott", ".ods", ".ots", ".odp", ".otp"}
)
_MACROS = ("vbaproject.bin", "basic/", "scripts/")
_UNREADABLE = ("A101", "A106", "A107", "A108", "A109")
_TAG = re.compile(rb"<[^<>]*>")
_HELP = "save it again without macros and embedded files, or pack its text"


def is_archive(content: bytes) -> bool:
    """Whether a file is an archive by its first bytes."""
    return content.startswith(_ARCHIVES) or content.startswith(_TAR, _TAR_AT)


def is_document(name: str, content: bytes) -> bool:
    """Whether a file is an archive that a word processor, a spreadsheet or a presentation wrote."""
    return suffix_of(name.lower()) in _DOCUMENTS and content.startswith(_ZIP)


def look_into_document(
    name: str, content: bytes, limits: Limits, findings: Findings
) -> Iterator[tuple[str, bytes]]:
    """The parts of a document: where each stands, and what it holds; XML once more without its tags.

    Args:
        name: Path of the document in the wheel.
        content: The document.
        limits: Of the wheel; a document has a smaller share.
        findings: Gets A139 when the document cannot be looked into.
    """
    own = Findings(limits)
    smaller = replace(limits, members=2_000, unpacked_bytes=64 * _MIB, ratio_from_bytes=4 * _MIB)
    entries = read_directory(content, smaller, own)
    if entries is None or own.has(*_UNREADABLE):
        findings.add("A139", name, "is a document that cannot be looked into", _HELP)
        return
    findings.observe("archive", name, "a document; its text was searched")
    for entry in entries:
        if not entry.is_folder:
            yield from _part(name, content, entry, limits, findings)


def _part(
    name: str, content: bytes, entry: Entry, limits: Limits, findings: Findings
) -> Iterator[tuple[str, bytes]]:
    place = f"{name}!{entry.name}"
    if any(one in entry.name.lower() for one in _MACROS):
        findings.add("A139", place, "is a program in a document", _HELP)
        return
    if entry.size > limits.kept_bytes:
        findings.add("A139", place, f"is larger than the {limits.kept_bytes} bytes it may have", _HELP)
        return
    try:
        part = unpacked(content, entry)
    except DamagedMemberError:
        findings.add("A139", place, "cannot be unpacked", _HELP)
        return
    if is_archive(part):
        findings.add("A139", place, "is an archive in a document", _HELP)
        return
    yield place, part
    if part.lstrip().startswith((b"<", b"\xef\xbb\xbf<")):
        yield place, _TAG.sub(b"", part)
