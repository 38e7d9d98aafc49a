"""SSBTEK's question: SOAP 1.1, document/literal, elements in the contract's order. Pure."""

import base64
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from lxml import etree

from rpa_commons.connectors._soap import SOAP

from ._words import AGENCIES, SSBT

__all__ = ["Asker", "Lefi", "Question", "build_question"]


@dataclass(frozen=True)
class Asker:
    """Who asks and why, as the agencies log it.

    Attributes:
        organisation: The municipality's organisation number in twelve digits (``16`` before it).
        name: Its name.
        officer: Name or user id of the caseworker.
        purpose: ``syfte``.
        law: ``lagtext``: the rule by which the agencies may tell.
        processors: Organisation number (twelve digits) and name of each processor that handles the question.
    """

    organisation: str
    name: str
    officer: str
    purpose: str
    law: str
    processors: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True)
class Lefi:
    """What Försäkringskassan is asked (LEFI Online, version 9).

    Attributes:
        actor: ``aktorsid``: the municipality's or committee's id there.
        version: Of LEFI, ``v9``.
        groups: Codes of benefits, ``FK:...`` and ``PM:...``.
        other: Codes of other information, such as ``FK:GEPI``.
    """

    actor: str
    version: str
    groups: Sequence[str]
    other: Sequence[str] = ()


@dataclass(frozen=True)
class Question:
    """One look at one person.

    Attributes:
        person: Twelve digits.
        first: First day.
        last: Last day.
        case: The case's id in the municipality's system.
        correlation: Joins question and answer.
        agencies: Codes of those to ask.
        through_fk: Whose benefits are asked for through ``fk``: ``FK``, ``PM`` or both.
    """

    person: str
    first: date
    last: date
    case: str
    correlation: str
    agencies: Collection[str]
    through_fk: Collection[str] = ()


def build_question(question: Question, asker: Asker, lefi: Lefi) -> bytes:
    """The envelope with one ``hamtaBastjanstInformation``."""
    envelope = etree.Element(f"{{{SOAP}}}Envelope", nsmap={"soap": SOAP})
    body = etree.SubElement(envelope, f"{{{SOAP}}}Body")
    root = etree.SubElement(body, f"{{{SSBT}}}hamtaBastjanstInformation", nsmap={"ssbt": SSBT})
    _general(_add(root, "generellaFrageparametrar"), question, asker)
    specific = _add(root, "specifikaFrageparametrar")
    for agency in AGENCIES:
        asked = agency in question.agencies
        element = _add(specific, agency.upper())
        element.set("inkludera", "true" if asked else "false")
        if asked and agency == "fk":
            _lefi(_add(element, "fraga"), question, lefi)
    return etree.tostring(envelope, xml_declaration=True, encoding="UTF-8")


def _general(parent: etree._Element, question: Question, asker: Asker) -> None:
    _add(parent, "korrelationsid", question.correlation)
    _add(parent, "fraganSkallInkluderasISvaret", "false")
    who = _add(parent, "ingivare")
    _add(who, "organisationsnummer", asker.organisation)
    _add(who, "namn", asker.name)
    _add(who, "handlaggare", asker.officer)
    _add(parent, "personidentitet", question.person)
    _add(parent, "arendeidentitet", question.case)
    period = _add(parent, "tidsperiod")
    _add(period, "fromDatum", question.first.isoformat())
    _add(period, "tomDatum", question.last.isoformat())
    for number, (organisation, name) in enumerate(asker.processors, start=1):
        processor = _add(parent, "personuppgiftsbitrade")
        _add(processor, "ordningsnummer", str(number))
        _add(processor, "organisationsnummer", organisation)
        _add(processor, "namn", name)
    _add(parent, "syfte", asker.purpose)
    _add(parent, "lagtext", asker.law)


def _lefi(parent: etree._Element, question: Question, lefi: Lefi) -> None:
    pensions = [code for code in lefi.groups if code.startswith("PM:")]
    asked = {
        "personnummer": question.person,
        "period": {"from": question.first.isoformat(), "tom": question.last.isoformat()},
        "formansinformation": [code for code in lefi.groups if code.startswith("FK:")],
        "beslut": pensions,
        "preliminaraUtbetalningar": list(lefi.groups),
        "utbetalningar": list(lefi.groups),
        "ovrigInformation": list(lefi.other),
    }
    text = json.dumps({name: part for name, part in asked.items() if part}, ensure_ascii=False)
    _add(parent, "version", lefi.version)
    _add(parent, "aktorsid", lefi.actor)
    _add(parent, "lefiJsonFraga", base64.b64encode(text.encode()).decode())


def _add(parent: etree._Element, name: str, text: str | None = None) -> etree._Element:
    element = etree.SubElement(parent, f"{{{SSBT}}}{name}")
    element.text = text
    return element
