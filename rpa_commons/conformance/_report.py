"""What is known of a wheel after it was looked at: its description, findings and observations.

Rules this module keeps: a code has one severity; a finding never repeats a secret or a personal number; of a
hostile wheel with a million faults the first of each code are kept and the rest is counted.

Usage::

    findings = Findings(Limits())
    findings.add("A105", "../evil.py", "leads out of the folder", "build the wheel again")
    findings.result()
"""

from collections import Counter
from dataclasses import asdict, dataclass
from typing import Any, Literal

from rpa_commons.manifest import Manifest

from ._codes import is_warning
from ._limits import Limits

__all__ = ["Findings", "Observation", "ObservationKind", "Severity", "WheelFinding", "WheelReport"]

Severity = Literal["error", "warning"]
ObservationKind = Literal[
    "network",
    "subprocess",
    "dynamic-import",
    "screen-control",
    "native-code",
    "file-write",
    "environment",
    "archive",
]
_LONGEST_PLACE = 200
_LONGEST_TEXT = 500


@dataclass(frozen=True)
class WheelFinding:
    """One thing that is wrong with a wheel.

    Attributes:
        code: ``A1xx``; ``rpac explain`` prints its page.
        severity: ``error`` refuses the wheel, ``warning`` does not.
        place: A file of the wheel, with ``:line`` where there is one; or a field of its description.
        message: What is wrong.
        help: What to do.
    """

    code: str
    severity: Severity
    place: str
    message: str
    help: str = ""


@dataclass(frozen=True)
class Observation:
    """What the code may do as far as can be read off it, for whoever reviews it.

    Attributes:
        kind: What sort of thing.
        place: ``module.py:12``.
        text: What stands there.
    """

    kind: ObservationKind
    place: str
    text: str


@dataclass(frozen=True)
class WheelReport:
    """A wheel's description, what is wrong with it, and what a reviewer should know.

    Attributes:
        filename: The wheel's name, as it is to be published.
        sha256: Of the file, hexadecimal; empty when it cannot be read.
        size: Bytes of the file.
        name: Normalised name of the project; empty when nothing says it.
        version: Normalised version; empty when nothing says it.
        requires_python: As METADATA has it.
        requires_dist: As METADATA has it, one requirement each.
        summary: As METADATA has it.
        readme: The description in METADATA, Markdown as a rule.
        licence: SPDX expression; empty when there is none that is known.
        manifest: What the wheel says of itself, where that can be read.
        metadata: The bytes of METADATA; empty when there are none.
        findings: Errors first.
        observations: By file and line.
    """

    filename: str
    sha256: str = ""
    size: int = 0
    name: str = ""
    version: str = ""
    requires_python: str = ""
    requires_dist: tuple[str, ...] = ()
    summary: str = ""
    readme: str = ""
    licence: str = ""
    manifest: Manifest | None = None
    metadata: bytes = b""
    findings: tuple[WheelFinding, ...] = ()
    observations: tuple[Observation, ...] = ()

    @property
    def refused(self) -> bool:
        """Whether anything is wrong that no registry takes."""
        return any(finding.severity == "error" for finding in self.findings)

    def to_json(self) -> dict[str, Any]:
        """The report as JSON values, without the long texts (description, METADATA)."""
        return {
            "filename": self.filename,
            "sha256": self.sha256,
            "size": self.size,
            "name": self.name,
            "version": self.version,
            "requires_python": self.requires_python,
            "requires_dist": list(self.requires_dist),
            "summary": self.summary,
            "licence": self.licence,
            "kind": self.manifest.kind if self.manifest else None,
            "manifest_sha256": self.manifest.digest if self.manifest else None,
            "refused": self.refused,
            "findings": [asdict(finding) for finding in self.findings],
            "observations": [asdict(observation) for observation in self.observations],
        }


class Findings:
    """Gathers findings and observations while a wheel is looked at."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._found: list[WheelFinding] = []
        self._count: Counter[str] = Counter()
        self._observed: list[Observation] = []
        self._unobserved = 0

    def add(self, code: str, place: str, message: str, help_: str = "") -> None:
        """Note what is wrong; never more of one code than the limits allow."""
        self._count[code] += 1
        if self._count[code] > self._limits.findings:
            return
        severity: Severity = "warning" if is_warning(code) else "error"
        where = printable(place, _LONGEST_PLACE)
        self._found.append(WheelFinding(code, severity, where, printable(message, _LONGEST_TEXT), help_))

    def observe(self, kind: ObservationKind, place: str, text: str) -> None:
        """Note what a reviewer should know."""
        if len(self._observed) >= self._limits.observations:
            self._unobserved += 1
            return
        where = printable(place, _LONGEST_PLACE)
        self._observed.append(Observation(kind, where, printable(text, _LONGEST_TEXT)))

    def has(self, *codes: str) -> bool:
        """Whether one of the codes was found."""
        return any(self._count[code] for code in codes)

    def result(self) -> tuple[WheelFinding, ...]:
        """Everything found, errors first, then as it was found."""
        rest = [
            WheelFinding(
                code, "warning" if is_warning(code) else "error", "", f"and {count - most} more like these"
            )
            for code, count in self._count.items()
            if count > (most := self._limits.findings)
        ]
        found = [*self._found, *rest]
        return tuple(sorted(found, key=lambda one: (one.severity != "error", one.code)))

    def observations(self) -> tuple[Observation, ...]:
        """What was observed, by file and line; the last one says what was left out."""
        if not self._unobserved:
            return tuple(self._observed)
        more = Observation("dynamic-import", "", f"and {self._unobserved} more observations")
        return (*self._observed, more)


def printable(text: str, longest: int) -> str:
    """A text from a wheel that a terminal and a log can show: control characters escaped, cut when long."""
    if not text.isprintable():
        text = "".join(one if one.isprintable() else ascii(one)[1:-1] for one in text[: longest + 1])
    return text if len(text) <= longest else f"{text[: longest - 1]}…"
