"""What an invoice check is asked with and answers: documents, rule sets, packs, findings, reports."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from lxml import etree

__all__ = ["Finding", "Invoice", "InvoiceReport", "Pack", "Place", "RuleSet", "Severity", "Unchecked"]

Severity = Literal["fatal", "warning"]
Verdict = Literal["accepted", "refused", "unchecked"]


@dataclass(frozen=True)
class Place:
    """Where in a document."""

    path: str
    """``/Invoice/cac:InvoiceLine[2]/cbc:ID``, prefixes as in the document; empty when there is none."""
    line: int | None
    """Line of the document, from 1."""


@dataclass(frozen=True)
class Finding:
    """One rule that a document breaks."""

    rule: str
    """The rule's own identifier, such as ``BR-16`` or ``F-INV340``; ``XSD-...`` and ``XML`` are ours."""
    severity: Severity
    place: Place
    text: str
    """In the words of the rule's publisher."""
    pack: str
    """Name and version of the pack it is from, such as ``en16931-ubl 1.3.16``; empty for unreadable XML."""


@dataclass(frozen=True)
class Pack:
    """One version of a rule set, its files not yet read."""

    name: str
    version: str
    load: Callable[[], Mapping[str, bytes]] = field(repr=False, compare=False)
    """Gives path -> bytes, verified by whoever keeps the pack; called once."""
    valid_from: date | None = None
    """First invoice date that it is for."""

    @property
    def label(self) -> str:
        """Name and version, as in a finding."""
        return f"{self.name} {self.version}"


@dataclass(frozen=True)
class RuleSet:
    """Rules by one name over the years, and which documents they are for."""

    name: str
    kind: Literal["xsd", "xslt", "schematron"]
    entries: Mapping[str, str]
    """Kind of document (``Invoice``, ``CreditNote``) -> the file of a pack to start with."""
    customizations: tuple[str, ...] = ()
    """Beginnings of the CustomizationID that claim these rules; none: every document."""
    profiles: tuple[str, ...] = ()
    """Beginnings of the ProfileID that claim them where a document has no CustomizationID."""
    packs: tuple[Pack, ...] = ()
    """The versions at hand; none: what needed them is reported as unchecked."""
    compiler: Pack | None = None
    """For ``schematron``: the pack with the stylesheet that turns it into one."""


@dataclass(frozen=True)
class Invoice:
    """A document as read: what the choice of rules needs."""

    root: etree._Element = field(repr=False)
    kind: str
    customization: str
    profile: str
    issued: date | None


@dataclass(frozen=True)
class Unchecked:
    """Rules that a document calls for and that were not applied."""

    rules: str
    why: str


@dataclass(frozen=True)
class InvoiceReport:
    """What was checked, by which rules, and what was found."""

    kind: str
    """``Invoice``, ``CreditNote``, or empty for what is neither."""
    issued: date | None
    checked: tuple[str, ...]
    """Packs that were applied, such as ``ubl-2.1-xsd 2.1``."""
    findings: tuple[Finding, ...]
    unchecked: tuple[Unchecked, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """Refused by a fatal finding; accepted only when everything that it calls for was applied."""
        if any(finding.severity == "fatal" for finding in self.findings):
            return "refused"
        return "unchecked" if self.unchecked else "accepted"

    def to_json(self) -> dict[str, Any]:
        """As plain values, for JSON."""
        return {
            "verdict": self.verdict,
            "kind": self.kind,
            "issued": self.issued.isoformat() if self.issued else None,
            "checked": list(self.checked),
            "findings": [
                {
                    "rule": one.rule,
                    "severity": one.severity,
                    "path": one.place.path,
                    "line": one.place.line,
                    "text": one.text,
                    "pack": one.pack,
                }
                for one in self.findings
            ],
            "unchecked": [vars(one) for one in self.unchecked],
            "notes": list(self.notes),
        }
