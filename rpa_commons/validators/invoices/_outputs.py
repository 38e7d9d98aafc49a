"""What the rule stylesheets answer: SVRL (ISO Schematron, SchXslt) or OIOUBL's own ``Schematron``."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from rpa_commons.validators.xml import InvalidXmlError, XmlLimits, safe_xml

from ._model import Finding, Invoice, Severity
from ._places import place_of
from ._saxon import InvalidRulesError, RulesStoppedError
from ._stylesheets import STOPPED

__all__ = ["MOST_FINDINGS", "findings_of"]

MOST_FINDINGS = 500
"""Findings of one pack in a report: nobody reads more, and a hostile invoice makes very many."""

_SVRL = "{http://purl.oclc.org/dsdl/svrl}"
_FAILURES = (f"{_SVRL}failed-assert", f"{_SVRL}successful-report")
_SPACES = re.compile(r"\s+")
_RULE = re.compile(r"^\[(?P<rule>[^\]\s]{1,60})\]\s*-?\s*")
_CODE = re.compile(r"[A-Z]{4}[0-9]{4}")
_WARNINGS = ("warning", "warn", "information", "info")
# An answer names each failure with path and text, so it is larger than the invoice; it is our own engine's.
_ANSWER = XmlLimits(size=500 * 1024 * 1024, long_texts=True, markup=10_000_000)


@dataclass(frozen=True)
class _Failure:
    """A broken rule as an answer names it; its place is sought only where it is shown."""

    rule: str
    severity: Severity
    xpath: str
    text: str


def findings_of(answer: str, invoice: Invoice, pack: str) -> Iterator[Finding]:
    """Every broken rule of an answer, in its order; of more than `MOST_FINDINGS`, the fatal ones first.

    Raises:
        InvalidRulesError: the answer is of another form.
        RulesStoppedError: there is none.
    """
    failures = _failures(answer, pack)
    if len(failures) > MOST_FINDINGS:
        # What comes behind is cut from the report, which must not cut a fatal one from the verdict.
        failures.sort(key=lambda failure: failure.severity != "fatal")
    for one in failures:
        yield Finding(one.rule, one.severity, place_of(invoice.root, one.xpath), one.text, pack)


def _failures(answer: str, pack: str) -> list[_Failure]:
    try:
        root = safe_xml(answer.encode(), limits=_ANSWER)
    except InvalidXmlError as error:
        if error.problem.startswith("more than"):
            raise RulesStoppedError(pack, "its answer is too large") from None
        raise InvalidRulesError(pack, f"its answer is {error}") from None
    if root.tag == f"{_SVRL}schematron-output":
        return [_from_svrl(failure) for failure in root.iter(*_FAILURES)]
    if root.tag == "Schematron":
        return [_from_oioubl(failure) for failure in root.iter("Error", "Warning")]
    if root.tag == STOPPED:
        raise RulesStoppedError(pack, _code(root.text or ""))
    raise InvalidRulesError(pack, "it answers in a form that is not known; are these its rules?")


def _from_svrl(failure: etree._Element) -> _Failure:
    # The text stands in an element of its own, or, with diagnostics, in the first of several.
    text = _spaced(str(failure.xpath("string(*[local-name() = 'text'])")))
    named = _RULE.match(text)
    return _Failure(
        rule=failure.get("id") or (named["rule"] if named else "unnamed"),
        severity=_severity(failure.get("flag") or failure.get("role") or "fatal"),
        xpath=failure.get("location", ""),
        text=text[named.end() :] if named else text,
    )


def _from_oioubl(failure: etree._Element) -> _Failure:
    text = _spaced(failure.findtext("Description") or "")
    named = _RULE.match(text)
    rule = named["rule"] if named else "unnamed"
    return _Failure(
        rule=rule,
        severity="warning" if failure.tag == "Warning" or rule.startswith("W-") else "fatal",
        xpath=_spaced(failure.findtext("Xpath") or "").replace(" ", ""),
        text=text[named.end() :] if named else text,
    )


def _severity(flag: str) -> Severity:
    # What is not known to be mild is fatal: a new word must not let an invoice through.
    return "warning" if flag.lower() in _WARNINGS else "fatal"


def _code(text: str) -> str:
    # A code of the rules' own could be made of the document.
    return text if _CODE.fullmatch(text) else "an error of its own"


def _spaced(text: str) -> str:
    return _SPACES.sub(" ", text).strip()
