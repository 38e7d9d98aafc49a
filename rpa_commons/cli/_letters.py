"""A municipality's letters, checked by the host, which reads the bot's templates inside its wheel.

Rules this module keeps: a finding quotes lines of the municipality's or its cooperation's own templates and
nothing else; whatever hinders a look (a bot that is not installed) is said by the check of the configuration.

Usage::

    for finding in letter_findings(municipality):
        print(finding.render())
"""

import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from rpa_commons.capabilities import RpaCommonsError
from rpa_commons.config import Finding, letter_folders_of
from rpa_commons.letters import LetterSource, TemplateProblem, check_letters

if TYPE_CHECKING:
    from rpa_commons.config import Checked, MunicipalityFolder

__all__ = ["letter_findings", "letter_source", "with_letters"]

_LETTERS = "letters"


def letter_findings(municipality: "MunicipalityFolder", names: Sequence[str] = ()) -> tuple[Finding, ...]:
    """What is wrong with the letters of the given bot instances, or of all and with what belongs to none.

    Instances whose files cannot be read and bots that are not installed are passed over.
    """
    findings: list[Finding] = []
    bots = _bots(municipality)
    for name, bot in bots.items():
        if name in (names or bots):
            findings += _of_instance(municipality, name, bot)
    if not names:
        findings += _unused(municipality, bots)
    return tuple(dict.fromkeys(findings))


def with_letters(
    checked: "Checked", municipality: "MunicipalityFolder", names: Sequence[str] = ()
) -> "Checked":
    """What a check of the configuration found, and after it :func:`letter_findings`."""
    return replace(checked, findings=(*checked.findings, *letter_findings(municipality, names)))


def letter_source(
    municipality: "MunicipalityFolder", wheel: zipfile.ZipFile, *, name: str, bot: str, package: str
) -> LetterSource:
    """Where an instance's letters are, the bot's own inside its wheel; open as long as the wheel is.

    Args:
        municipality: Whose letters.
        wheel: The wheel that the bot is locked to.
        name: The instance.
        bot: Its bot.
        package: The bot's top package, the first part of the manifest's ``entry``.
    """
    return LetterSource(
        templates=zipfile.Path(wheel, f"{package}/{_LETTERS}/"),
        letterhead=municipality.letterhead,
        date=datetime.now(UTC).date(),
        overrides=letter_folders_of(municipality, name, bot),
        bot=bot,
    )


def _bots(municipality: "MunicipalityFolder") -> dict[str, str]:
    """Instance -> bot; an empty text where the file does not say it."""
    from rpa_commons.environments import InstanceFileError, instance_head

    bots = {}
    for name in municipality.instances():
        try:
            bots[name] = instance_head(municipality, name).bot
        except InstanceFileError:
            bots[name] = ""
    return bots


def _changed_below(municipality: "MunicipalityFolder", name: str) -> Iterator[Finding]:
    """Blocks whose text in the bot changed since somebody looked at it."""
    from rpa_commons.environments import changed_blocks

    for one in changed_blocks(municipality, name):
        text_now = f"{one.bot} {one.version} has another text in the block {one.now.block}"
        message = f"{text_now} than when this one was written"
        advice = (
            f"`rpac config accept {name} --dry-run` shows what changed; "
            "without --dry-run it records that this block still fits"
        )
        text = _line(one.file, one.line)
        yield Finding("W501", "", message, one.file, one.line, text, help=advice)


def _of_instance(municipality: "MunicipalityFolder", name: str, bot: str) -> Iterator[Finding]:
    from rpa_commons.environments import locked

    if not bot or not letter_folders_of(municipality, name, bot):
        return  # the bot's own templates were checked when its wheel was built
    try:
        found = locked(municipality, bot)
    except RpaCommonsError:
        return
    with zipfile.ZipFile(found.wheel) as wheel:
        package = found.manifest.entry.partition(":")[0].partition(".")[0]
        source = letter_source(municipality, wheel, name=name, bot=bot, package=package)
        for problem in check_letters(source):
            yield _finding(problem, source.file_of(problem.template))
    yield from _changed_below(municipality, name)


def _finding(problem: TemplateProblem, file: Path | None) -> Finding:
    if file is None:  # a mistake in the bot's own templates
        return Finding(
            "E701", "", f"{problem.template}: {problem.problem}", help=problem.help, source="the bot's wheel"
        )
    if not problem.line:
        return Finding("E702" if problem.unused else "E701", "", problem.problem, file, help=problem.help)
    text = _line(file, problem.line)
    return Finding("E701", "", problem.problem, file, problem.line, text, help=problem.help)


def _line(file: Path, line: int) -> str:
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, ValueError):
        return ""
    return lines[line - 1] if line <= len(lines) else ""


def _unused(municipality: "MunicipalityFolder", bots: dict[str, str]) -> Iterator[Finding]:
    """Folders that are called neither as an instance nor as a bot, and templates beside the folders."""
    known = sorted({*bots, *bots.values()} - {""})
    if "" in bots.values():
        return  # whose folder it is cannot be told
    yield from _strays(municipality.folder / _LETTERS, known, also_unknown=True)
    if municipality.baseline is not None:  # the cooperation may have letters of bots that others use
        yield from _strays(municipality.baseline / _LETTERS, sorted(set(bots.values())), also_unknown=False)


def _strays(folder: Path, known: Sequence[str], *, also_unknown: bool) -> Iterator[Finding]:
    import difflib

    entries = sorted(folder.iterdir()) if folder.is_dir() else []
    for path in entries:
        if path.name in known or path.name.startswith("."):
            continue
        guess = next(iter(difflib.get_close_matches(path.name.lower(), known, n=1)), "")
        if path.is_dir() and (guess or also_unknown):
            message = "nothing reads this folder: no bot instance and no bot here is called so"
            help_ = f"did you mean {guess}?" if guess else f"there are: {', '.join(known) or 'none'}"
            yield Finding("E702", "", message, path, help=help_)
        elif path.name.endswith(".j2"):
            message = "nothing reads this file: letters lie in a folder called as their bot"
            help_ = f"move it into {_LETTERS}/{known[0] if len(known) == 1 else 'BOT'}/"
            yield Finding("E702", "", message, path, help=help_)
