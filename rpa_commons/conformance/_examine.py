"""A wheel, looked through from the outside in: archive, name, RECORD, METADATA, manifest, files, code.

Rules this module keeps: nothing of the wheel is imported, run or unpacked to the disk; the file is read once
and every member is unpacked once; a step that cannot trust what is before it is left out, so that a finding
is never the echo of another; whatever the bytes are, the answer is a report.

Usage::

    report = examine(Path("welcome_letters-1.0.0-py3-none-any.whl"))
    report.refused, report.findings
"""

import hashlib
import os
import stat
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from pathlib import Path

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from rpa_commons.capabilities import RpaCommonsError
from rpa_commons.manifest import MANIFEST_NAME, Manifest, ManifestError, parse_manifest

from ._archive import DamagedMemberError, Entry, read_directory, unpacked
from ._entry_points import check_entry_points, missing_modules
from ._limits import Limits
from ._look_through import Contents
from ._manifest_rules import check_manifest
from ._metadata import Metadata, check_metadata, check_requirements, read_metadata
from ._packages import Layout, check_packages
from ._record import BrokenRecordError, Record, read_record, unrecorded
from ._report import Findings, WheelReport
from ._wheel_file import check_wheel_file, read_filename

__all__ = ["WheelUnreadableError", "examine"]

_BUILD_AGAIN = "build the wheel again with `rpac build`, and upload exactly the file that it wrote"


class WheelUnreadableError(RpaCommonsError):
    """There is no file to look at, or this user may not read it.

    Attributes:
        path: The file.
    """

    exit_code: int = 2

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path}: cannot be read: {reason}", remedy="name a wheel file (.whl)")
        self.path = path


def examine(
    path: Path,
    *,
    filename: str | None = None,
    limits: Limits | None = None,
    owned: Callable[[str], bool] | None = None,
    reserved: Collection[str] = (),
) -> WheelReport:
    """Look a wheel through.

    Args:
        path: The file.
        filename: The name that it is to be published under; the file's own when not given.
        limits: What is too large.
        owned: Whether somebody answers for a required project of this normalised name; not checked when not
            given (A124).
        reserved: Names that no wheel's connector may have: of those that come with rpa-commons (A145).

    Raises:
        WheelUnreadableError: the file is missing or cannot be read.
    """
    limits = limits or Limits()
    try:
        with open(path, "rb", opener=_without_waiting) as stream:
            told = os.fstat(stream.fileno())
            if not stat.S_ISREG(told.st_mode):
                raise WheelUnreadableError(path, "it is no regular file")
            # Asking for the most there may be would take that much memory for the smallest wheel.
            content = stream.read(min(told.st_size, limits.wheel_bytes) + 1)
    except (OSError, ValueError) as error:  # a null character in a path is a ValueError
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise WheelUnreadableError(path, reason) from None
    return _Examination(
        path.name if filename is None else filename, content, limits, owned, reserved
    ).report()


def _without_waiting(path: str, flags: int) -> int:
    # Opening a named pipe would wait for a writer for ever; Windows has neither the flag nor such files.
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


class _Examination:
    """One wheel on the table; each step adds to what is known of it."""

    def __init__(
        self,
        filename: str,
        content: bytes,
        limits: Limits,
        owned: Callable[[str], bool] | None,
        reserved: Collection[str],
    ) -> None:
        self._filename = filename
        self._content = content
        self._limits = limits
        self._owned = owned
        self._reserved = reserved
        self._findings = Findings(limits)
        self._known = WheelReport(filename, hashlib.sha256(content).hexdigest(), len(content))
        self._named = read_filename(filename, self._findings)
        self._kept: dict[str, bytes] = {}  # what the steps after the archive read: the folder of metadata
        self._info = ""

    def report(self) -> WheelReport:
        """Everything that there is to say."""
        if self._named is not None:
            self._known = replace(self._known, name=self._named.name, version=self._named.version)
        entries = self._entries()
        if entries is not None:
            self._inside(entries)
        return replace(
            self._known, findings=self._findings.result(), observations=self._findings.observations()
        )

    def _entries(self) -> list[Entry] | None:
        if len(self._content) > self._limits.wheel_bytes:
            message = f"is larger than the {self._limits.wheel_bytes} bytes that a wheel may have"
            self._findings.add("A109", "", message, "leave out what the bot does not need")
            return None
        return read_directory(self._content, self._limits, self._findings)

    def _inside(self, entries: list[Entry]) -> None:
        files = {entry.name: entry for entry in entries if not entry.is_folder}
        self._info = self._metadata_folder(files)
        if not self._info:
            return
        metadata = self._metadata(files)
        manifest = self._manifest(files)
        kind = manifest.kind if manifest else "bot"
        if metadata is not None:
            self._known = replace(self._known, licence=check_metadata(metadata, kind, self._findings))
            if kind == "baseline" and metadata.requires_dist:
                help_ = "a baseline holds no code that could need anything"
                self._findings.add("A137", "METADATA", "requires other projects", help_)
        record = self._record(files)
        contents = Contents(self._content, self._info, self._limits, self._findings)
        contents.look_through(files, record, self._kept)
        is_pure = self._wheel_file(files)
        rows = record.rows if record else {}
        named = self._named
        layout = Layout(
            name=self._known.name,
            kind=kind,
            info=self._info,
            files={name: rows.get(name, ("", "")) for name in files},
            declared=self._declared(metadata),
            native=frozenset(contents.native),
            is_pure=is_pure,
            is_portable=named is None or named.is_pure,
        )
        check_packages(layout, self._findings)
        self._entries_of(layout, manifest)

    def _metadata_folder(self, files: Mapping[str, Entry]) -> str:
        folders = sorted(
            {name.partition("/")[0] for name in files if name.partition("/")[0].endswith(".dist-info")}
        )
        if len(folders) != 1:
            message = f"has {len(folders)} folders of metadata (.dist-info); a wheel has one"
            self._findings.add("A101", "", message, _BUILD_AGAIN)
            return ""
        name, _, version = folders[0].removesuffix(".dist-info").partition("-")
        self._agree("the folder of metadata", name, version, folders[0])
        return folders[0]

    def _agree(self, who: str, name: str, version: str, place: str) -> None:
        """Compare a name and version with the file name's (A103)."""
        known = self._known
        help_ = "do not rename wheels or edit what is in them: build the wheel again"
        if not known.name:  # the file name says nothing: what comes first counts
            self._known = replace(known, name=str(canonicalize_name(name)), version=version)
            return
        if canonicalize_name(name) != known.name:
            self._findings.add("A103", place, f"{who} says {name!r}, the file name {known.name!r}", help_)
        if not _same_version(version, known.version):
            self._findings.add(
                "A103", place, f"{who} says {version!r}, the file name {known.version!r}", help_
            )

    def _read(self, files: Mapping[str, Entry], name: str, most: int) -> bytes | None:
        """A file of the folder of metadata; ``None`` when it is missing or was found broken."""
        path = f"{self._info}/{name}"
        if path in self._kept:
            return self._kept[path]
        entry = files.get(path)
        if entry is None:
            return None
        if entry.size > most:
            message = f"is larger than the {most} bytes that it may have"
            self._findings.add("A109", path, message, "move data into files of the package")
            return None
        content = self._unpacked(entry)
        if content is not None:
            self._kept[path] = content
        return content

    def _unpacked(self, entry: Entry) -> bytes | None:
        try:
            return unpacked(self._content, entry)
        except DamagedMemberError as error:
            self._findings.add("A101", entry.name, str(error), "transfer the file again, or build it again")
            return None

    def _metadata(self, files: Mapping[str, Entry]) -> Metadata | None:
        content = self._read(files, "METADATA", self._limits.metadata_bytes)
        if content is None:
            self._findings.add("A121", "METADATA", "is not there, or cannot be read", _BUILD_AGAIN)
            return None
        metadata = read_metadata(content, self._limits, self._findings)
        if not metadata.fields:
            return None
        self._agree("METADATA", metadata.one("name"), metadata.one("version"), "METADATA")
        check_requirements(metadata, self._limits, self._owned, self._findings)
        self._known = replace(
            self._known,
            requires_python=metadata.one("requires-python"),
            requires_dist=metadata.requires_dist,
            summary=metadata.one("summary"),
            readme=metadata.description,
            metadata=content,
        )
        return metadata

    def _manifest(self, files: Mapping[str, Entry]) -> Manifest | None:
        content = self._read(files, MANIFEST_NAME, self._limits.metadata_bytes)
        if content is None:
            help_ = "`rpac build` packs it; a plain `uv build` or `pip wheel` does not write it"
            self._findings.add("A141", "rpac.json", "is not there, or cannot be read", help_)
            return None
        try:
            manifest = parse_manifest(content)
        except (ManifestError, RecursionError, ValueError) as error:
            problem = error.problem if isinstance(error, ManifestError) else type(error).__name__
            self._findings.add("A141", "rpac.json", problem, _BUILD_AGAIN)
            return None
        self._agree("the manifest", manifest.name, manifest.version, "rpac.json")
        check_manifest(manifest, self._limits, self._findings, reserved=self._reserved)
        self._known = replace(self._known, manifest=manifest)
        return manifest

    def _record(self, files: Mapping[str, Entry]) -> Record | None:
        content = self._read(files, "RECORD", self._limits.record_bytes)
        if content is None:
            self._findings.add("A111", "RECORD", "is not there, or cannot be read", _BUILD_AGAIN)
            return None
        try:
            record = read_record(content)
        except BrokenRecordError as error:
            self._findings.add("A111", "RECORD", str(error), _BUILD_AGAIN)
            return None
        for problem in record.shape_problems(self._info, files):
            self._findings.add("A112", "RECORD", problem, _BUILD_AGAIN)
        for name in sorted(unrecorded(self._info).intersection(files) - {f"{self._info}/RECORD"}):
            message = "stands outside of RECORD: installers take it unseen, whatever it holds"
            self._findings.add("A112", name, message, _BUILD_AGAIN)
        return record

    def _wheel_file(self, files: Mapping[str, Entry]) -> bool:
        content = self._read(files, "WHEEL", self._limits.header_bytes)
        if content is None:
            self._findings.add("A122", "WHEEL", "is not there, or cannot be read", _BUILD_AGAIN)
            return True
        return check_wheel_file(content, self._named, self._findings) if self._named else True

    def _declared(self, metadata: Metadata | None) -> tuple[str, ...]:
        if metadata is None:
            return ()
        names = [*metadata.fields.get("import-name", ()), *metadata.fields.get("import-namespace", ())]
        return tuple(top for name in names if (top := name.partition(";")[0].strip().partition(".")[0]))

    def _entries_of(self, layout: Layout, manifest: Manifest | None) -> None:
        """What a wheel hooks into, and whether that is in it."""
        points = self._kept.get(f"{self._info}/entry_points.txt")
        modules = check_entry_points(points, layout, self._findings) if points is not None else []
        if manifest is None or manifest.kind == "baseline":
            return
        if not modules:
            help_ = "[project.entry-points.rpa_commons] in pyproject.toml names the module with the hooks"
            self._findings.add("A138", "entry_points.txt", "names no module in the group rpa_commons", help_)
        entries = [manifest.entry, *(one.entry for one in manifest.connectors)]
        named = [entry.partition(":")[0] for entry in dict.fromkeys(entries) if entry]
        for module in missing_modules([*modules, *named], layout.files):
            self._findings.add(
                "A138", module, "is named as entry, and no file of the wheel is it", _BUILD_AGAIN
            )


def _same_version(one: str, other: str) -> bool:
    try:
        return Version(one) == Version(other)
    except InvalidVersion:
        return one == other
