"""Centrala studiestödsnämnden's part: an XML document in base64. Pure.

What the schemas leave open is decided here, and each decision has a test:

* read are versions 3.0 and 4.0: SSBTEK 10 has the schemas of 4.0, the published example is 3.0. The one file
  that imports all the others cannot be built (it asks for a schema that is not published with it), so an
  answer is checked by this reader alone, and we say so;
* a ``utbetdatum`` of 0 is a payment without a day yet; weeks are ISO 8601 weeks;
* a ``ResultatKod`` other than 0 beside data is ``missing``, without data the part is ``unavailable``: the
  list of codes is not public.
"""

import base64
import binascii
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Literal

from lxml import etree

from rpa_commons.capabilities import AgencyData, AgencyFact, BenefitPayment, Entitlement
from rpa_commons.validators.xml import InvalidXmlError, safe_xml

from ._lefi import NotAvailableError
from ._node import Node, UnreadableError
from ._words import AGENCIES, clean

__all__ = ["decoded", "read_csn"]

_ROOT = re.compile(r"\{http://schema\.csn\.se/v(3|4)\.0/kommunfraga\}CSNSvar")
_AIDS = ("Studiemedel", "Studiehjalp", "HemutrustningsLan", "Studiestartsstod", "Omstallningsstudiestod")
_STATES: dict[str, Literal["paid", "planned"]] = {
    "Utbetald": "paid",
    "UTBETALAD": "paid",
    "Planerad": "planned",
}
_NO_HIT = "Ej träff"


def decoded(text: str, place: str) -> bytes:
    """What stands in base64.

    Raises:
        UnreadableError: it is none.
    """
    try:
        return base64.b64decode(text.replace(" ", ""), validate=True)
    except (binascii.Error, ValueError):
        raise UnreadableError(place, "no base64") from None


def read_csn(data: bytes, person: str) -> AgencyData:
    """What CSN said.

    Args:
        data: The document.
        person: Twelve digits; an answer about anybody else is refused.

    Raises:
        UnreadableError: it is not what CSN's schema says.
        NotAvailableError: CSN says that it could not answer.
    """
    root = Node(_document(data), "*")
    result = root.needed("GemensamtSvarEkbistand").needed("Resultat")
    code, text = result.needed_text("ResultatKod"), clean(result.text("ResultatText"))
    payments: list[BenefitPayment] = []
    entitlements: list[Entitlement] = []
    facts: list[AgencyFact] = []
    protected = False
    for one in root.needed("Personer").children("Person"):
        _same_person(one, person)
        protected = protected or bool(one.attribute("sekretess"))
        for case in () if one.attribute("Status") == _NO_HIT else _cases(one):
            paid, granted = list(_payments(case)), list(_granted(case))
            payments += paid
            entitlements += granted
            facts += [] if paid or granted else [_applied(case)]
    said = f"ResultatKod {clean(code)}: {text}"
    if code != "0" and not payments and not entitlements and not facts:
        raise NotAvailableError(said)
    return AgencyData(
        payments=tuple(payments),
        entitlements=tuple(entitlements),
        facts=tuple(facts),
        protected=protected,
        missing=() if code == "0" else (said,),
    )


def _document(data: bytes) -> etree._Element:
    try:
        document = safe_xml(data)
    except InvalidXmlError as error:
        raise UnreadableError("CSN/data/svar", str(error)) from None
    if not _ROOT.fullmatch(str(document.tag)):
        raise UnreadableError("CSN/data/svar", "no CSNSvar of version 3.0 or 4.0")
    return document


def _same_person(one: Node, person: str) -> None:
    number, century = one.attribute("personnummer"), one.attribute("sekel")
    if f"{century or person[:2]}{number}" != person:
        raise UnreadableError("Person@personnummer", "is another person than was asked for")


def _cases(person: Node) -> Iterator[Node]:
    for aid in _AIDS:
        yield from person.child(aid).child("Arenden").children("Arende")


def _payments(case: Node) -> Iterator[BenefitPayment]:
    for one in case.needed("UtbetalningsPlan").children("Utbetalning"):
        times = list(one.child("Utbetaldatider").children("Utbetaldtid"))
        starts = [day for time in times if (day := time.week("startvecka"))]
        ends = [day for time in times if (day := time.week("slutvecka", last=True))]
        state = _STATES.get(one.text("utbetstatus"))
        if state is None:
            raise UnreadableError("Utbetalning/utbetstatus", "none of the schema's words")
        yield BenefitPayment(
            kind=case.needed_text("stodform"),
            text=case.text("klartext"),
            payer=AGENCIES["csn"],
            amount=one.amount("totbelopp"),
            state=state,
            paid_on=one.short_day("utbetdatum"),
            first=min(starts, default=None),
            last=max(ends, default=None),
        )


def _granted(case: Node) -> Iterator[Entitlement]:
    for one in case.child("BeviljadeTider").children("BeviljadTid"):
        pace = one.count("takt")
        pace = one.count("gr_takt") if pace is None else pace
        if pace is not None and pace > 100:  # noqa: PLR2004 - percent
            raise UnreadableError("BeviljadTid/takt", "over 100 percent")
        yield Entitlement(
            kind=case.needed_text("stodform"),
            text=case.text("klartext"),
            granted=True,
            amount=one.amount("totbelopp"),
            percent=None if pace is None else Decimal(pace),
            first=one.week("starttid"),
            last=one.week("sluttid", last=True),
        )


def _applied(case: Node) -> AgencyFact:
    """A case of which nothing is granted or paid: applied for, or ended."""
    return AgencyFact(
        kind=case.needed_text("stodform"),
        text=case.text("klartext"),
        details={"status": case.text("status")},
    )
