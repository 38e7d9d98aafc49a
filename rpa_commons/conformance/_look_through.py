"""Every file of a wheel, unpacked once: compared with RECORD, searched, its code read.

Rules this module keeps: what is searched for is found wherever it stands, in a file of any size, in a file's
name and in the text of a word processor's document; what cannot be looked into is refused, for nobody could
review it; a large file is never in memory whole.

Usage::

    contents = Contents(wheel, info, limits, findings)
    contents.look_through(files, record, kept)
    contents.native  # programs and libraries that say what they are by their first bytes alone
"""

import hashlib
from collections.abc import Mapping, MutableMapping

from rpa_commons.validators import contains_personal_number, mask_personal_numbers

from ._archive import DamagedMemberError, Entry, chunks, unpacked
from ._code import look_at_module
from ._documents import is_archive, is_document, look_into_document
from ._limits import Limits
from ._personal import find_personal_numbers
from ._record import Record, unrecorded
from ._report import Findings
from ._secrets import check_secret_file, find_secrets
from ._texts import Batch

__all__ = ["Contents"]

_BATCH = 1024 * 1024
_OVERLAP = 4096  # bytes of a large file that are searched twice, so that nothing is cut in two
_PROGRAMS = (
    b"\x7fELF",
    b"\xfe\xed\xfa\xce",
    b"\xfe\xed\xfa\xcf",
    b"\xce\xfa\xed\xfe",
    b"\xcf\xfa\xed\xfe",
    b"\xca\xfe\xba\xbe",
    b"\0asm",
)
_DOS_HEADER = 64  # bytes: "MZ" may begin a text, but no text has nulls so early
_AGAIN = "transfer the file again, or build it again"
_BUILD_AGAIN = "build the wheel again with `rpac build`, and upload exactly the file that it wrote"


class Contents:
    """The files of one wheel."""

    def __init__(self, wheel: bytes, info: str, limits: Limits, findings: Findings) -> None:
        """Look at nothing yet.

        Args:
            wheel: The archive.
            info: Its folder of metadata.
            limits: What is too large.
            findings: Where to say what was found.
        """
        self._wheel = wheel
        self._info = info
        self._limits = limits
        self._findings = findings
        self._batch = Batch()
        self._code_bytes = 0
        self._documents = 0
        self.native: set[str] = set()
        """Paths of compiled programs and libraries, whatever they are called."""

    def look_through(
        self, files: Mapping[str, Entry], record: Record | None, kept: MutableMapping[str, bytes]
    ) -> None:
        """Unpack every file once and look at it.

        Args:
            files: By path.
            record: What RECORD says; ``None`` when it cannot be read.
            kept: What was unpacked already; the entry points are added.
        """
        for name, entry in files.items():
            self._look_at_name(name)
            if entry.size > self._limits.kept_bytes:
                self._look_at_large(entry, record)
                continue
            content = kept.get(name)
            if content is None:
                content = self._unpacked(entry)
            if content is None:
                continue
            if name == f"{self._info}/entry_points.txt":
                kept[name] = content
            self._look_at(name, content, record)
            self._search(name, content)
        self._search_batch()
        if self._documents > self._limits.archives:
            message = f"holds {self._documents} documents; a wheel may hold {self._limits.archives}"
            self._findings.add("A109", "", message, "pack texts, not documents of a word processor")

    def _unpacked(self, entry: Entry) -> bytes | None:
        try:
            return unpacked(self._wheel, entry)
        except DamagedMemberError as error:
            self._findings.add("A101", entry.name, str(error), _AGAIN)
            return None

    def _look_at_name(self, name: str) -> None:
        check_secret_file(name, self._findings)
        if contains_personal_number(name):
            shown = mask_personal_numbers(name)
            self._findings.add("A152", shown, "has a personal number in its name", "give it another name")

    def _look_at(self, name: str, content: bytes, record: Record | None) -> None:
        if record is not None and name in record.rows and name not in unrecorded(self._info):
            digest = hashlib.new(record.algorithm(name), content).digest()
            self._compare(record, name, digest, len(content))
        self._look_at_kind(name, content[:_BATCH])
        if is_document(name, content):
            self._documents += 1
            if self._documents <= self._limits.archives:
                for part, text in look_into_document(name, content, self._limits, self._findings):
                    self._search(part, text)
        elif is_archive(content):
            self._refuse_archive(name)
        if name.endswith((".py", ".pyw")):
            self._look_at_code(name, content)

    def _look_at_kind(self, name: str, head: bytes) -> None:
        is_dos = head.startswith(b"MZ") and b"\0" in head[:_DOS_HEADER]
        if head.startswith(_PROGRAMS) or is_dos:
            self.native.add(name)
        elif head.startswith(b"#!") and not name.endswith((".py", ".pyw")):
            self._findings.observe("subprocess", name, "a script that names its own interpreter")

    def _refuse_archive(self, name: str) -> None:
        message = "is an archive, and what is in it cannot be reviewed"
        self._findings.add("A139", name, message, "pack the files themselves")

    def _look_at_code(self, name: str, content: bytes) -> None:
        before = self._code_bytes
        self._code_bytes += len(content)
        if self._code_bytes <= self._limits.code_bytes:
            look_at_module(name, content, self._limits, self._findings)
        elif before <= self._limits.code_bytes:
            message = f"holds more than the {self._limits.code_bytes} bytes of Python that a wheel may have"
            self._findings.add("A109", "", message, "require libraries instead of packing them")

    def _look_at_large(self, entry: Entry, record: Record | None) -> None:
        """Hash and search a file piece by piece; what must be read whole is refused or said."""
        name = entry.name
        digest = hashlib.new(record.algorithm(name) if record else "sha256")
        tail = b""
        at = 0
        try:
            for piece in chunks(self._wheel, entry):
                digest.update(piece)
                if not at:
                    self._look_at_large_head(name, piece)
                self._search(f"{name} (from byte {at - len(tail)})" if at else name, tail + piece)
                at += len(piece)
                tail = piece[-_OVERLAP:]
        except DamagedMemberError as error:
            self._findings.add("A101", name, str(error), _AGAIN)
            return
        if record is not None and name in record.rows and name not in unrecorded(self._info):
            self._compare(record, name, digest.digest(), entry.size)

    def _look_at_large_head(self, name: str, head: bytes) -> None:
        self._look_at_kind(name, head)
        most = self._limits.kept_bytes
        if is_document(name, head):
            message = f"is a document larger than {most} bytes: its text was not looked through"
            self._findings.add("A186", name, message, "a reviewer should look at it")
        elif is_archive(head):
            self._refuse_archive(name)
        if name.endswith((".py", ".pyw")):
            message = f"is larger than the {self._limits.module_bytes} bytes that a module may have"
            self._findings.add("A136", name, message, "data belongs into files that are no code")

    def _compare(self, record: Record, name: str, digest: bytes, size: int) -> None:
        if not record.agrees(name, digest, size):
            message = "is not the file that RECORD has the hash of"
            self._findings.add("A112", name, message, _BUILD_AGAIN)

    def _search(self, name: str, content: bytes) -> None:
        self._batch.add(name, content)
        if self._batch.size > _BATCH:
            self._search_batch()

    def _search_batch(self) -> None:
        find_secrets(self._batch, self._findings)
        find_personal_numbers(self._batch, self._findings)
        self._batch = Batch()
