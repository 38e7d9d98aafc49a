"""The members of a cooperation as folders: municipalities' own ones and published ones, opened alike.

Rules this module keeps: a withheld value counts as given and right, in a published folder only; a folder that
cannot be read is kept with the reason and never passed over; nothing is written and no secret is looked up.

Usage::

    with open_members(Path("members"), baseline=Path("baseline")) as members:
        members.members[0].municipality
"""

import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from rpa_commons.capabilities import RpaCommonsError
from rpa_commons.config.documents import Reader
from rpa_commons.config.findings import ConfigError, Finding, display_path, printable
from rpa_commons.config.municipality import Baseline, BaselineOpening, MunicipalityFolder, open_municipality

from ._member_readers import RebasedReader, WithheldReader
from ._no_such import NoSuchNameError
from ._published import NAME, PublishedInfo, key_names, read_published

__all__ = [
    "ENVIRONMENT",
    "Member",
    "Members",
    "NoMembersError",
    "NoSuchMemberError",
    "find_member",
    "is_member",
    "open_member",
    "open_members",
]

_OWN = "municipality.toml"
ENVIRONMENT = "production"
"""For which members are looked at: what they publish, and what they answer for."""


class NoMembersError(RpaCommonsError):
    """There is no municipality in the folder of members.

    Attributes:
        folder: The folder.
    """

    exit_code: int = 2

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"{display_path(folder)} holds no municipality",
            remedy="name the folder that holds the members' folders, each with a municipality.toml",
        )
        self.folder = folder


class NoSuchMemberError(NoSuchNameError):
    """No municipality is called so."""

    def __init__(self, word: str, known: Sequence[str]) -> None:
        there = f"there is: {', '.join(dict.fromkeys(known))}" if known else "name its folder"
        super().__init__(f"there is no municipality {word!r} here", word, known, there)


@dataclass(frozen=True)
class Member:
    """One member's folder.

    Attributes:
        folder: Where it lies, absolute.
        name: The municipality's; the folder's where it cannot be read.
        code: Its code; empty where it cannot be read.
        municipality: Opened for production; ``None`` when it cannot be read.
        info: What a published folder says of itself; ``None`` for a municipality's own.
        findings: Why it cannot be read.
        notes: What to know about the check of it.
    """

    folder: Path
    name: str
    code: str = ""
    municipality: MunicipalityFolder | None = None
    info: PublishedInfo | None = None
    findings: tuple[Finding, ...] = ()
    notes: tuple[str, ...] = ()

    def withheld(self, file: str) -> set[str]:
        """The keys of a file that were withheld, dotted, as the file has them."""
        if self.info is None or self.municipality is None:
            return set()
        reader = self.municipality.reader
        marked = reader.withheld.get(file, ()) if isinstance(reader, WithheldReader) else ()
        return {*self.info.withheld.get(file, ()), *key_names(marked)}


@dataclass(frozen=True)
class Members:
    """The members found.

    Attributes:
        members: In the order of their folders.
        passed_over: Folders beside them that are no members, with the reason.
        doubles: Codes that several folders have.
    """

    members: tuple[Member, ...]
    passed_over: tuple[tuple[Path, str], ...] = ()
    doubles: Mapping[str, tuple[Path, ...]] = field(default_factory=dict)


@contextmanager
def open_members(parent: Path, *, baseline: Path | None = None) -> Iterator[Members]:
    """Every member below a folder, or the folder itself when it is one.

    Args:
        parent: Holds a folder for each member.
        baseline: The cooperation's baseline, a folder or a wheel, in place of where members say it lies.

    Raises:
        NoMembersError: there is none.
        ConfigError: the baseline cannot be read.
    """
    shared = Reader(is_snapshot=True)
    parent = parent.resolve()
    with tempfile.TemporaryDirectory(prefix="rpac-fleet-") as scratch:
        given = None if baseline is None else _open_baseline(baseline, Path(scratch), shared)
        folders, passed_over = _folders(parent)
        if not folders:
            raise NoMembersError(parent)
        members = tuple(_open(folder, given, shared) for folder in folders)
        by_code: dict[str, list[Path]] = {}
        for one in members:
            by_code.setdefault(one.code, []).append(one.folder)
        doubles = {code: tuple(where) for code, where in by_code.items() if code and len(where) > 1}
        yield Members(members, passed_over, doubles)


def find_member(word: str, beside: Path) -> Path:
    """The folder of a municipality: a path, a folder beside the given one, or the name in it.

    Raises:
        NoSuchMemberError: there is none, or several have that name.
    """
    given = Path(word)
    beside = beside.resolve()
    for path in (given, beside / word, beside.parent / word):
        if is_member(path):
            return path.resolve()
    try:
        siblings = [path for path in sorted(beside.parent.iterdir()) if path.is_dir() and is_member(path)]
    except OSError:
        siblings = []
    called = {path: _name_in(path) for path in siblings}
    found = [path for path, name in called.items() if name.casefold() == word.casefold()]
    if len(found) == 1:
        return found[0]
    folders = [path.name for path in siblings]
    names = [
        name for name in called.values() if name and name.casefold() not in set(map(str.casefold, folders))
    ]
    raise NoSuchMemberError(word, [*folders, *names])


@contextmanager
def open_member(
    folder: Path, *, environment: str | None = None, baseline: Path | None = None
) -> Iterator[Member]:
    """One member: a municipality's own folder, or a published one on top of the given baseline.

    Args:
        folder: The member's.
        environment: For a municipality's own folder; what is published is production.
        baseline: A folder or a wheel, for a published folder that lies on top of one.

    Raises:
        ConfigError: it cannot be read.
    """
    folder = folder.resolve()
    if read_published(folder, Reader()) is None:
        own = open_municipality(folder, environment=environment)
        yield Member(folder, printable(own.name), own.code, own)
        return
    with tempfile.TemporaryDirectory(prefix="rpac-member-") as scratch:
        shared = Reader(is_snapshot=True)
        given = None if baseline is None else _open_baseline(baseline, Path(scratch), shared)
        member = _open(folder, given, shared)
        if member.municipality is None:
            raise ConfigError(member.findings)
        yield member


def _name_in(folder: Path) -> str:
    try:
        document = Reader().optional(folder / _OWN, root=folder, name=_OWN)
    except ConfigError:
        return ""
    name = document.values.get("name") if document else None
    return name if isinstance(name, str) else ""


def _folders(parent: Path) -> tuple[list[Path], tuple[tuple[Path, str], ...]]:
    if is_member(parent):
        return [parent], ()
    found: list[Path] = []
    passed_over: list[tuple[Path, str]] = []
    try:
        entries = sorted(parent.iterdir())
    except OSError as error:
        message = f"cannot be read: {error.strerror}"
        raise ConfigError([Finding("E103", "", message, parent, help="name the members' folder")]) from None
    for path in entries:
        if path.name.startswith(".") or not path.is_dir():
            continue
        if is_member(path):
            found.append(path)
        else:
            kind = "a baseline" if (path / "baseline.toml").is_file() else f"it has no {_OWN}"
            passed_over.append((path, kind))
    return found, tuple(passed_over)


def is_member(folder: Path) -> bool:
    """Whether a folder is a municipality's own or a published one, readable or not."""
    try:
        return any((folder / name).exists() or (folder / name).is_symlink() for name in (_OWN, NAME))
    except OSError:
        return True  # and opening it says why it cannot be read


def _open_baseline(place: Path, scratch: Path, reader: Reader) -> Baseline:
    def refuse(message: str, advice: str) -> Finding:
        return Finding("E103", "baseline", message, help=advice, source="--baseline")

    opening = BaselineOpening(str(place), place.resolve(), scratch, reader, refuse)
    findings = list(opening.findings())
    if findings or opening.baseline is None:
        raise ConfigError(findings)
    return opening.baseline


def _open(folder: Path, baseline: Baseline | None, shared: Reader) -> Member:
    try:
        info = read_published(folder, Reader())
    except ConfigError as error:
        return Member(folder, folder.name, findings=error.findings)
    given = None if baseline is None else _from(folder, baseline.folder)
    notes = _notes(info, baseline)
    if info is not None and info.baseline and baseline is None:
        return Member(folder, info.name, info.code, info=info, findings=(_no_baseline(folder, info),))
    wanted = given if info is None or info.baseline else None
    reader = (WithheldReader if info else RebasedReader)(folder, shared, wanted)
    try:
        municipality = open_municipality(folder, environment=ENVIRONMENT, reader=reader)
    except ConfigError as error:
        return Member(folder, info.name if info else folder.name, info=info, findings=error.findings)
    return Member(folder, printable(municipality.name), municipality.code, municipality, info, notes=notes)


def _from(folder: Path, baseline: Path) -> str:
    """Where the baseline lies, as the municipality would write it."""
    with suppress(ValueError):  # another drive
        return Path(os.path.relpath(baseline, folder)).as_posix()
    return str(baseline)


def _notes(info: PublishedInfo | None, baseline: Baseline | None) -> tuple[str, ...]:
    if info is None or baseline is None or not info.baseline:
        return ()
    if (info.baseline, info.baseline_version) == (baseline.name, baseline.version):
        return ()
    theirs, ours = f"{info.baseline} {info.baseline_version}", f"{baseline.name} {baseline.version}"
    return (f"published on top of {theirs}, checked on top of {ours}",)


def _no_baseline(folder: Path, info: PublishedInfo) -> Finding:
    file = folder / NAME
    document = Reader().optional(file, root=folder, name=NAME)
    line = document.line_of(("baseline", "name")) if document else None
    message = f"it lies on top of {info.baseline} {info.baseline_version}, and where that is nobody said"
    return Finding("E103", "baseline", message, file, line, help="name it: --baseline DIR_OR_WHEEL")
