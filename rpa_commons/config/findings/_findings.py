"""What is wrong with a configuration: found all at once, shown with file, line and remedy.

Usage::

    finding = Finding("E101", "windw_days", "unknown key", file=path, line=7)
    raise ConfigError([finding])
"""

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rpa_commons.capabilities import RpaCommonsError
from rpa_commons.validators import mask_personal_numbers

from ._codes import REFUSALS
from ._keys import printable

__all__ = ["ConfigError", "Finding", "PolicyRefusedError", "SecretsUnresolvedError", "config_error"]


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong.

    Attributes:
        code: One of :data:`rpa_commons.config.CODES`.
        key: The key as ``rpac config explain`` takes it; empty when the whole file is meant.
        message: What is wrong, in one sentence.
        file: Where; ``None`` for a value that stands in no file.
        line: Line from 1, or ``None`` when there is none to show.
        line_text: That line, secrets and personal values already hidden.
        because: Who or what says so; empty when it is plain.
        help: The next thing to do.
        source: Where a value comes from that stands in no file: ``--set``, ``-E``, a default.
    """

    code: str
    key: str
    message: str
    file: Path | None = None
    line: int | None = None
    line_text: str = ""
    because: str = ""
    help: str = ""
    source: str = "--set"

    def __post_init__(self) -> None:
        """Keep out of what becomes text for a screen: personal numbers, and signs a terminal obeys."""
        for name in ("message", "line_text"):
            object.__setattr__(self, name, mask_personal_numbers(printable(getattr(self, name))))

    @property
    def is_warning(self) -> bool:
        """Whether the configuration can be used in spite of it: codes that begin with W."""
        return self.code.startswith("W")

    @property
    def place(self) -> str:
        """``file:line``, relative to the current folder when it lies below it; else the source."""
        if self.file is None:
            return self.source
        name = display_path(self.file)
        return name if self.line is None else f"{name}:{self.line}"

    def render(self) -> str:
        """The finding as lines of text: place, code, key, message; the quoted line; because; help."""
        subject = f"{self.code} {self.key}:" if self.key else f"{self.code}:"
        lines = [f"{self.place}: {subject} {self.message}"]
        if self.line_text.strip():
            lines.append(f"    {self.line_text.strip()}")
        if self.because:
            lines.append(f"    because: {self.because}")
        if self.help:
            lines.append(f"    help: {self.help}")
        return "\n".join(lines)

    def to_json(self) -> dict[str, Any]:
        """The finding as JSON values."""
        return {
            "code": self.code,
            "severity": "warning" if self.is_warning else "error",
            "key": self.key,
            "message": self.message,
            "file": None if self.file is None else display_path(self.file),
            "line": self.line,
            "source": self.source if self.file is None else "",
            "line_text": self.line_text,
            "because": self.because,
            "help": self.help,
        }


class ConfigError(RpaCommonsError):
    """A configuration cannot be used.

    Attributes:
        findings: Everything that is wrong, in the order of files and lines.
    """

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings: tuple[Finding, ...] = in_order(findings)
        count = sum(not one.is_warning for one in self.findings)
        headline = f"the configuration has {count} finding{'' if count == 1 else 's'}"
        super().__init__("\n\n".join([headline, *(finding.render() for finding in self.findings)]))


class SecretsUnresolvedError(ConfigError):
    """Nothing is wrong but that secrets are missing here and now."""

    exit_code: int = 4


class PolicyRefusedError(ConfigError):
    """Nothing is wrong but that the cooperation's policy, or a missing second person, says no."""

    exit_code: int = 5


def config_error(findings: Sequence[Finding]) -> ConfigError:
    """The error for these findings: its exit code says whether only secrets or only policies are the matter.

    Warnings come along and decide nothing.
    """
    codes = {finding.code for finding in findings if not finding.is_warning}
    if codes == {"E402"}:
        return SecretsUnresolvedError(findings)
    return (PolicyRefusedError if codes and codes <= REFUSALS else ConfigError)(findings)


def in_order(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """The findings without doubles, by file and line."""
    return tuple(
        sorted(dict.fromkeys(findings), key=lambda one: (str(one.file or ""), one.line or 0, one.code))
    )


def display_path(path: Path) -> str:
    """The path relative to the current folder when it lies below or beside it, else as it is.

    Forward slashes; a file that was unpacked from a baseline's wheel is shown in the wheel.
    """
    shown = _in_wheel(path)
    with suppress(ValueError, OSError):
        here = Path.cwd()
        if shown.is_relative_to(here):
            return shown.relative_to(here).as_posix()
        return ".." + "/" + shown.relative_to(here.parent).as_posix()
    return shown.as_posix()


_UNPACKED = re.compile(r"[/\\]baselines[/\\][0-9a-f]{64}(?=[/\\]|$)")


def _in_wheel(path: Path) -> Path:
    """A file below ``<state_dir>/baselines/<sha256>`` as a path in the wheel that it came from."""
    text = str(path)
    match = _UNPACKED.search(text)
    if match is None:
        return path
    folder = Path(text[: match.end()])
    with suppress(OSError, ValueError):
        wheel = folder.with_name(f"{folder.name}.wheel").read_text(encoding="utf-8")
        return Path(wheel) / path.relative_to(folder)
    return path
