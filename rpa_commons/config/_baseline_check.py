"""A baseline's folder before it is given away: which files belong to it, and what is wrong with them.

Rules this module keeps: a file that nobody would ever read is refused, since it is most likely misspelt;
what every folder collects (hidden files, editors' backups, a README) is left out without a word of blame;
bots and their settings are not known here, so their keys are checked by each municipality.

Usage::

    checked = check_baseline(Path("baseline"), connectors=catalogue())
    checked.files, checked.findings
"""

import os
import re
import stat
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ._baseline import Baseline, BaselineOpening
from ._connector_entry import ConnectorEntry
from ._document import Document, Reader
from ._findings import ConfigError, Finding, in_order
from ._keys import KeyPath, format_key, guess, walk
from ._layers import Layer
from ._municipality import MunicipalityFolder
from ._profiles import KEY as PROFILES
from ._profiles import stray_profiles
from ._schema import SchemaView
from ._section import Section
from ._shapes import binding_schema
from ._validate import Problem
from ._waivers import waivers_of

__all__ = ["CheckedBaseline", "check_baseline", "meant_name", "sorted_files"]

_BOT = r"[a-z0-9]+(-[a-z0-9]+)*"
_TABLES = rf"tables/{_BOT}/[A-Za-z0-9_-][A-Za-z0-9_.-]*\.(csv|toml)"
_KNOWN = re.compile(
    r"(baseline|policies|waivers)\.toml"
    rf"|letters/{_BOT}/[a-z0-9][a-z0-9_-]{{0,63}}\.md\.j2"
    rf"|(profiles/[^/]+/)?(stack\.toml|bots/{_BOT}\.toml|{_TABLES})"
)
_TOP = ("baseline.toml", "stack.toml", "policies.toml", "waivers.toml")
_FOLDERS = ("bots", "letters", "tables", "profiles")
_LEFT_OUT = re.compile(
    r"\..*|~\$.*|.*~|#.*#|.*\.(bak|orig|rej|swp|swo|tmp)|Thumbs\.db|desktop\.ini|__pycache__", re.IGNORECASE
)
_LEFT_OUT_AT_TOP = re.compile(r"dist|(readme|licen[cs]e|changelog|codeowners)(\..*)?", re.IGNORECASE)
_SECRET = re.compile(
    r"(^|[_-])(password|passwd|passphrase|secret|token|api[_-]?key|private[_-]?key|adgangskode)$",
    re.IGNORECASE,
)
_MOST_FILES = 5_000
_IN_CLEAR = (
    'refer to it: {env = "NAME"}, {file = "path"} or {keyring = "service/name"}; then change the secret'
)


@dataclass(frozen=True)
class CheckedBaseline:
    """What a folder holds.

    Attributes:
        baseline: Its name and version; ``None`` when these cannot be read.
        files: What belongs to it, relative, forward slashes, sorted.
        left_out: What lies there besides and does no harm.
        findings: Everything that is wrong.
    """

    baseline: Baseline | None
    files: tuple[str, ...]
    left_out: tuple[str, ...]
    findings: tuple[Finding, ...]


def check_baseline(folder: Path, *, connectors: Mapping[str, ConnectorEntry]) -> CheckedBaseline:
    """Look at every file of a baseline's folder.

    Args:
        folder: The one with ``baseline.toml``.
        connectors: Those that are known here; the settings of others are not checked.
    """
    folder = folder.resolve()
    reader = Reader()
    opening = BaselineOpening(
        folder.name,
        folder,
        folder,
        reader,
        lambda message, advice: Finding("E103", "", message, folder, help=advice),
    )
    findings = list(opening.findings())
    files, left_out, strange = sorted_files(folder)
    findings += strange
    for name in files:
        if name.endswith(".toml") and name != "baseline.toml":
            findings += _file_findings(folder, name, reader, connectors)
    if opening.baseline is not None:
        try:
            waivers_of(_any_member(opening.baseline, reader))
        except ConfigError as error:  # about the policies too
            findings += error.findings
    return CheckedBaseline(opening.baseline, tuple(files), tuple(left_out), in_order(findings))


def sorted_files(folder: Path) -> tuple[list[str], list[str], list[Finding]]:
    """The files of a folder: those that belong there, those that do no harm, and a finding for each other."""
    files: list[str] = []
    left_out: list[str] = []
    findings: list[Finding] = []
    for path, is_folder in _entries(folder, folder):
        name = path.relative_to(folder).as_posix()
        if _is_left_out(name):
            left_out.append(name)
        elif path.is_symlink() or not (is_folder or stat.S_ISREG(path.lstat().st_mode)):
            message = "is a link or no regular file, which a wheel cannot hold"
            findings.append(Finding("E103", "", message, path, help="put the file itself there"))
        elif not is_folder and _KNOWN.fullmatch(name):
            files.append(name)
        elif not is_folder or (path.parent == folder and path.name not in _FOLDERS):
            findings.append(_unknown(name, path))
        if len(files) + len(left_out) + len(findings) > _MOST_FILES:
            message = f"holds more than {_MOST_FILES} files"
            return (
                files,
                left_out,
                [*findings, Finding("E103", "", message, folder, help="is this the right one?")],
            )
    return sorted(files), sorted(left_out), findings


def _entries(folder: Path, root: Path) -> Iterator[tuple[Path, bool]]:
    """Everything below a folder, with whether it is one; what is left out or unknown is not entered."""
    for entry in sorted(os.scandir(folder), key=lambda one: one.name):
        path, is_folder = Path(entry.path), entry.is_dir(follow_symlinks=False)
        yield path, is_folder
        name = path.relative_to(root).as_posix()
        if is_folder and not _is_left_out(name) and name.split("/", 1)[0] in _FOLDERS:
            yield from _entries(path, root)


def _is_left_out(name: str) -> bool:
    first, *rest = name.split("/")
    last = rest[-1] if rest else first
    return bool(_LEFT_OUT.fullmatch(last) or (not rest and _LEFT_OUT_AT_TOP.fullmatch(first)))


def _unknown(name: str, path: Path) -> Finding:
    if "/" not in name:
        meant = meant_name(name, (*_TOP, *_FOLDERS))
        known = f"a baseline has {', '.join(_TOP)} and the folders {', '.join(_FOLDERS)}"
        advice = (
            f"did you mean {meant}? rename it" if meant else f"{known}; move anything else out of the folder"
        )
    else:
        advice = {
            "bots": "a bot's file is bots/BOT.toml, called as its wheel: small letters, digits, hyphens",
            "letters": "a letter is letters/BOT/NAME.md.j2, in small letters",
            "tables": "decision tables are tables/BOT/FIELD.csv or .toml, examples FIELD.examples.csv",
        }.get(
            name.split("/", 1)[0],
            "a profile is profiles/NAME/ with stack.toml, bots/BOT.toml and tables/BOT/",
        )
    return Finding("E101", "", "nothing ever reads this in a baseline", path, help=advice)


def meant_name(name: str, known: Iterable[str]) -> str | None:
    """The known file or folder that a name is most like; what follows the dot makes no two alike."""
    by_stem = {one.split(".", 1)[0]: one for one in known}
    meant = guess(name.split(".", 1)[0], by_stem)
    return None if meant is None else by_stem[meant]


def _any_member(baseline: Baseline, reader: Reader) -> MunicipalityFolder:
    """A municipality with this baseline and nothing of its own: what binds it is what binds everybody."""
    from rpa_commons.letters import Letterhead

    return MunicipalityFolder(
        folder=baseline.folder,
        name="",
        code="",
        cvr="",
        cooperation="",
        environment="production",
        languages=("da",),
        state_dir=baseline.folder,
        letterhead=Letterhead(name="-"),
        baseline_info=baseline,
        reader=reader,
    )


def _file_findings(
    folder: Path, name: str, reader: Reader, connectors: Mapping[str, ConnectorEntry]
) -> Iterator[Finding]:
    try:
        document = reader.optional(folder / name, root=folder, name=name)
    except ConfigError as error:
        yield from error.findings
        return
    if document is None:
        return
    if name.endswith("stack.toml"):
        yield from _stack_findings(document, connectors)
    elif "bots" in Path(name).parts[:-1]:
        yield from _bot_findings(document)


def _bot_findings(document: Document) -> Iterator[Finding]:
    for key, value in document.values.items():
        if key != "settings":
            advice = "a baseline gives settings only: write them below [settings]"
            yield _finding(document, Problem("E101", (key,), "the baseline cannot say this", advice))
        elif not isinstance(value, Mapping):
            yield _finding(document, Problem("E201", (key,), "expected a table", "write [settings]"))
    yield from _secrets(document, ())


def _stack_findings(document: Document, connectors: Mapping[str, ConnectorEntry]) -> Iterator[Finding]:
    if PROFILES in document.values:
        yield stray_profiles(document, "baseline")
    for capability, table in document.values.items():
        if capability == PROFILES:
            continue
        if not isinstance(table, Mapping):
            advice = f'write [{format_key((capability,))}] and below it connector = "NAME"'
            yield _finding(
                document, Problem("E201", (capability,), "expected a table that names a connector", advice)
            )
            continue
        name = table.get("connector")
        if isinstance(name, str) and name in connectors:
            yield from _binding_findings(document, capability, table, connectors[name])
        else:
            yield from _secrets(document, (capability,))


def _binding_findings(
    document: Document, capability: str, table: Mapping[str, Any], known: ConnectorEntry
) -> Iterator[Finding]:
    layer = Layer("baseline", table, document, prefix=(capability,))
    view = SchemaView(binding_schema(known.settings_schema))
    section = Section(view, (layer,), lambda path: format_key(("stack", capability, *path)))
    yield from (one for one in section.findings() if one.code != "E102")  # a member may say the rest


def _secrets(document: Document, below: KeyPath) -> Iterator[Finding]:
    """Texts under names that only secrets have, where no schema is known."""
    for path, value in walk(document.get(below), below):
        if isinstance(value, str) and value and isinstance(path[-1], str) and _SECRET.search(path[-1]):
            yield _finding(document, Problem("E401", path, "a secret stands here in clear text", _IN_CLEAR))


def _finding(document: Document, problem: Problem) -> Finding:
    """A finding at a key; its line is not quoted where it may hold a secret."""
    line = document.line_of(problem.path)
    path: KeyPath = problem.path
    return Finding(problem.code, format_key(path), problem.message, document.path, line, help=problem.help)
