"""The check: read, choose, apply, report. Rules are compiled at their first use and kept."""

import threading
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from itertools import islice
from typing import BinaryIO

from lxml import etree

from rpa_commons.validators.xml import InvalidXmlError, XmlLimits
from rpa_commons.validators.xsd import InvalidSchemaError, XmlSchema

from ._choose import applicable, version_for
from ._document import LIMITS, NotAnInvoiceError, read_invoice
from ._model import Finding, Invoice, InvoiceReport, Pack, Place, RuleSet, Unchecked
from ._outputs import MOST_FINDINGS, findings_of
from ._places import place_of
from ._saxon import InvalidRulesError, RulesStoppedError
from ._stylesheets import compiled

__all__ = ["InvoiceChecker"]

_Apply = Callable[[Invoice], Iterable[Finding]]


class InvoiceChecker:
    """Checks many invoices; make one and keep it, for compiling EN 16931 takes about a second.

    Safe to use from several threads: one at a time is inside the engine.
    """

    def __init__(self, rule_sets: Iterable[RuleSet], *, limits: XmlLimits = LIMITS) -> None:
        """Compile nothing yet.

        Args:
            rule_sets: What is known of, in the order to apply; a set without packs is reported as unchecked.
            limits: What a document may be at most.
        """
        self._rule_sets = tuple(rule_sets)
        self._limits = limits
        self._compiled: dict[tuple[str, str, str], _Apply] = {}
        self._lock = threading.Lock()

    def check(self, source: bytes | BinaryIO, *, on: date | None = None) -> InvoiceReport:
        """Check a document by all that it calls for.

        Args:
            source: The document, or a stream it is read from.
            on: The date to choose rules by when the document has none; today when not given.

        Raises:
            InvalidRulesError: a pack does not compile, or is not what it is called.
            MissingEngineError: saxonche is not installed, and rules need it.
        """
        try:
            invoice = read_invoice(source, limits=self._limits)
        except InvalidXmlError as error:
            return _unreadable(error.problem, error.line)
        except NotAnInvoiceError as error:
            return _unreadable(str(error), 1)
        checked: list[str] = []
        findings: list[Finding] = []
        unchecked: list[Unchecked] = []
        notes: list[str] = []
        chosen = applicable(self._rule_sets, invoice)
        for rule_set in chosen:
            version = version_for(rule_set.packs, invoice.issued or on or date.today())  # noqa: DTZ011 - a civil date
            why = "it is not at hand" if version is None else _compiler_missing(rule_set)
            if version is None or why:
                unchecked.append(Unchecked(rule_set.name, why))
                continue
            pack, note = version
            notes += [note] * bool(note)
            try:
                found = [*islice(self._applied(rule_set, pack, invoice), MOST_FINDINGS + 1)]
            except RulesStoppedError as error:
                unchecked.append(Unchecked(rule_set.name, f"it stopped on this document ({error.code})"))
            else:
                checked.append(pack.label)
                findings += found[:MOST_FINDINGS]
                notes += [f"only the first {MOST_FINDINGS} findings of {pack.label}"] * (
                    len(found) > MOST_FINDINGS
                )
        if not any(one.customizations for one in chosen):
            unchecked.append(Unchecked("business rules", _unclaimed(invoice)))
        return InvoiceReport(
            kind=invoice.kind,
            issued=invoice.issued,
            checked=tuple(checked),
            findings=tuple(findings),
            unchecked=tuple(unchecked),
            notes=tuple(notes),
        )

    def apply(
        self, name: str, source: bytes | BinaryIO, *, version: str | None = None
    ) -> tuple[Finding, ...]:
        """Apply one rule set, whatever the document calls for.

        Args:
            name: The rule set, such as ``en16931-ubl``.
            source: The document.
            version: A version of it; the newest when not given.

        Raises:
            InvalidXmlError: the document is not XML that we read.
            NotAnInvoiceError: it is no invoice.
            LookupError: there are no such rules at hand.
            InvalidRulesError: the pack does not compile, or is not what it is called.
            RulesStoppedError: the rules stopped on this document.
            MissingEngineError: saxonche is not installed, and the rules need it.
        """
        invoice = read_invoice(source, limits=self._limits)
        rule_set = next((one for one in self._rule_sets if one.name == name), None)
        packs = [] if rule_set is None else [one for one in rule_set.packs if version in (None, one.version)]
        found = version_for(packs, date.max)
        if rule_set is None or found is None or invoice.kind not in rule_set.entries:
            raise LookupError(
                f"there are no rules {name!r} {version or ''} for this document at hand".strip()
            )
        return tuple(islice(self._applied(rule_set, found[0], invoice), MOST_FINDINGS))

    def _applied(self, rule_set: RuleSet, pack: Pack, invoice: Invoice) -> Iterable[Finding]:
        entry = rule_set.entries[invoice.kind]
        key = (pack.name, pack.version, entry)
        with self._lock:
            apply = self._compiled.get(key)
            if apply is None:
                apply = self._compiled[key] = _compile(rule_set, pack, entry)
        return apply(invoice)


def _compile(rule_set: RuleSet, pack: Pack, entry: str) -> _Apply:
    files = pack.load()
    if rule_set.kind == "xsd":
        try:
            schema = XmlSchema(files, entry)
        except InvalidSchemaError as error:
            raise InvalidRulesError(pack.label, error.problem) from None
        return lambda invoice: _by_schema(schema, invoice, pack.label)
    stylesheet = compiled(rule_set, pack, files[entry])
    return lambda invoice: findings_of(
        stylesheet(etree.tostring(invoice.root, encoding="unicode")), invoice, pack.label
    )


def _by_schema(schema: XmlSchema, invoice: Invoice, label: str) -> Iterator[Finding]:
    for problem in schema.problems(invoice.root):
        place = place_of(invoice.root, problem.path)
        yield Finding(
            rule=f"XSD-{problem.rule}",
            severity="fatal",
            place=Place(path=place.path or problem.path, line=problem.line),
            text=problem.text,
            pack=label,
        )


def _compiler_missing(rule_set: RuleSet) -> str:
    return "its compiler is not at hand" if rule_set.kind == "schematron" and not rule_set.compiler else ""


def _unclaimed(invoice: Invoice) -> str:
    if not invoice.customization and not invoice.profile:
        return "the document names none (no CustomizationID)"
    return "none are known for its CustomizationID"


def _unreadable(problem: str, line: int | None) -> InvoiceReport:
    finding = Finding("XML", "fatal", Place(path="", line=line), problem, "")
    return InvoiceReport(kind="", issued=None, checked=(), findings=(finding,))
