"""A baseline's folder before it is given away: what is wrong with its files.

Rules this module keeps: bots and their settings are not known here, so keys, columns and the names in letters
are checked by each municipality; what can be seen without a bot is found here, once, before anybody gets it:
each file alone, policies against each other and against the baseline's own values, names of bots.

Usage::

    checked = check_baseline(Path("baseline"), connectors=catalogue())
    checked.files, checked.findings
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rpa_commons.config.documents import Document, Reader, read_optional_text
from rpa_commons.config.findings import (
    ConfigError,
    Finding,
    KeyPath,
    config_error,
    format_key,
    in_order,
    printable,
    walk,
)
from rpa_commons.config.layers import ConnectorEntry, Layer, Section, Waiver, binding_schema
from rpa_commons.config.municipality import KEY as PROFILES
from rpa_commons.config.municipality import (
    Baseline,
    BaselineOpening,
    MunicipalityFolder,
    sorted_files,
    stray_profiles,
)
from rpa_commons.config.policies import granted
from rpa_commons.config.schema import Problem, SchemaView

from ._baseline_policies import contradictions, given_in
from ._baseline_words import misspelt_here, uses_in

__all__ = ["CheckedBaseline", "check_baseline", "is_baseline_folder", "waivers_of_baseline"]

_SECRET = re.compile(
    r"(^|[_-])(password|passwd|passphrase|secret|token|api[_-]?key|private[_-]?key|adgangskode)$",
    re.IGNORECASE,
)
_IN_CLEAR = (
    'refer to it: {env = "NAME"}, {file = "path"} or {keyring = "service/name"}; then change the secret'
)
_EACH_ROW = "begin each row with [[row]]"


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
    opening = _opening(folder, reader)
    findings = list(opening.findings())
    files, left_out, strange = sorted_files(folder)
    findings += strange
    for name in files:
        if name != "baseline.toml":
            findings += _file_findings(folder, name, reader, connectors)
    if opening.baseline is not None:
        findings += _as_a_whole(opening.baseline, files, reader)
    return CheckedBaseline(opening.baseline, tuple(files), tuple(left_out), in_order(findings))


def waivers_of_baseline(folder: Path) -> tuple[Waiver, ...]:
    """Every waiver in a baseline's folder, in the order of the file.

    Raises:
        ConfigError: the folder is no baseline, or a policy or waiver in it is wrong.
    """
    folder = folder.resolve()
    reader = Reader()
    opening = _opening(folder, reader)
    findings = list(opening.findings())
    if opening.baseline is not None:
        _, waivers, wrong = granted(_any_member(opening.baseline, reader))
        if not wrong:
            return waivers
        findings += wrong
    raise config_error(findings)


def is_baseline_folder(folder: Path) -> bool:
    """Whether a folder is a cooperation's baseline and no municipality's."""
    return (folder / "baseline.toml").is_file() and not (folder / "municipality.toml").exists()


def _opening(folder: Path, reader: Reader) -> BaselineOpening:
    """A folder as a baseline; what is wrong with it as such stands at the folder itself."""
    return BaselineOpening(
        folder.name,
        folder,
        folder,
        reader,
        lambda message, advice: Finding("E103", "", message, folder, help=advice),
    )


def _as_a_whole(baseline: Baseline, files: list[str], reader: Reader) -> Iterator[Finding]:
    """What is wrong with policies and waivers, and between them and the other files."""
    policies, waivers, findings = granted(_any_member(baseline, reader))
    yield from findings
    folder = baseline.folder
    given = []
    for name in files:
        if name.endswith("stack.toml") or (name.endswith(".toml") and "bots" in Path(name).parts[:-1]):
            with suppress(ConfigError):  # said where each file is looked at
                document = reader.optional(folder / name, root=folder, name=name)
                given += [] if document is None else list(given_in(name, document))
    yield from contradictions(policies, given)
    yield from misspelt_here(uses_in(folder, files, policies, waivers))


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
        if not name.endswith(".toml"):
            text = read_optional_text(folder / name, root=folder)
            if text is not None:
                yield from (_sheet if name.endswith(".csv") else _letter)(folder / name, text)
            return
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
    elif "tables" in Path(name).parts[:-1]:
        yield from _table_findings(document)


def _letter(path: Path, text: str) -> Iterator[Finding]:
    """What is no letter for any bot."""
    from rpa_commons.letters import check_template

    for one in check_template(text, path.name):
        yield Finding("E701", "", one.problem, path, one.line or None, help=one.help)


def _sheet(path: Path, text: str) -> Iterator[Finding]:
    """What is no decision table for any bot; examples have the same form."""
    from rpa_commons.tables import sheet_problems

    for one in sheet_problems(text.replace("\r", "\n")):
        yield Finding("E801", "", one.message, path, one.line or None, help=one.help)


def _table_findings(document: Document) -> Iterator[Finding]:
    for key, value in document.values.items():
        if key != "row":
            problem = Problem("E801", (key,), f"unknown key {printable(key)}", "each row begins with [[row]]")
            yield _finding(document, problem)
        elif not isinstance(value, list) or not all(isinstance(one, Mapping) for one in value):
            yield _finding(document, Problem("E801", (key,), "row is no list of tables", _EACH_ROW))


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
