"""Invoices and credit notes in UBL: XML Schema, EN 16931, PEPPOL BIS 3 and OIOUBL.

The rules are the publishers' own, given as packs; none is in this package, and nothing is read from disk or
network here. :func:`rpa_commons.specs.invoice_checker` makes a checker of what `rpac specs` keeps.

Usage::

    checker = InvoiceChecker(rule_sets)
    report = checker.check(data)
    if report.verdict != "accepted":
        for finding in report.findings:
            print(finding.rule, finding.severity, finding.place.line, finding.text)
"""

from ._checker import InvoiceChecker
from ._document import NotAnInvoiceError
from ._model import Finding, InvoiceReport, Pack, Place, RuleSet, Severity, Unchecked
from ._saxon import ForkedEngineError, InvalidRulesError, MissingEngineError, RulesStoppedError

__all__ = [
    "Finding",
    "ForkedEngineError",
    "InvalidRulesError",
    "InvoiceChecker",
    "InvoiceReport",
    "MissingEngineError",
    "NotAnInvoiceError",
    "Pack",
    "Place",
    "RuleSet",
    "RulesStoppedError",
    "Severity",
    "Unchecked",
]
