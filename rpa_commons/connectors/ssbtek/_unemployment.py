"""Arbetsförmedlingen's part (is somebody seeking work, which support is decided) and the a-kassor's. Pure.

What the schemas leave open is decided here, and each decision has a test:

* Arbetsförmedlingen: ``StatusSokandeinformationKod`` 0 is the one code that a published answer explains
  ("handled normally"); any other is ``unavailable``, with its text;
* the a-kassor: each fund answers for itself, and the codes of ``StatusSvarandeOrganisation`` are not public.
  A fund that tells of a payment, a suspension or an application has answered. Of one that tells nothing we do
  not know whether it has nothing or could not look: that is ``missing``, unless its status is one that the
  municipality has set as "nothing here".
"""

from collections.abc import Collection, Iterator
from decimal import Decimal

from rpa_commons.capabilities import AgencyData, AgencyFact, BenefitPayment, Entitlement

from ._lefi import NotAvailableError
from ._node import Node, UnreadableError
from ._words import AF, SO, clean

__all__ = ["read_af", "read_so"]

_HUNDRED = 100


def read_af(data: Node, person: str) -> AgencyData:
    """What Arbetsförmedlingen said, in ``AF/data``.

    Raises:
        UnreadableError: it is not what the schema says.
        NotAvailableError: it says that it could not answer.
    """
    answer = data.within(AF).needed("Svar")
    if answer.needed_text("IdentitetsbeteckningFysiskPerson") != person:
        raise UnreadableError("Svar", "is about another person than was asked for")
    code, text = answer.needed_text("StatusSokandeinformationKod"), "StatusSokandeinformationKod"
    if code != "0":
        raise NotAvailableError(f"{text} {clean(code)}: {clean(answer.text(f'{text}Text'))}")
    decisions = answer.child("BeslutInfo").child("EkonomiskaBeslut").children("Beslut")
    return AgencyData(
        entitlements=tuple(_decision(one) for one in decisions),
        facts=tuple(_seeking(answer)),
        protected=answer.truth("Sekretessmarkering"),
    )


def _decision(one: Node) -> Entitlement:
    extent = one.count("Omfattning")
    if extent is None or extent > _HUNDRED:
        raise UnreadableError("Beslut/Omfattning", "no percentage")
    kind = one.needed_text("ErsattningTyp")
    return Entitlement(
        kind=kind,
        text=kind,
        granted=True,
        percent=Decimal(extent),
        first=one.day("BeslutFrom"),
        last=one.day("BeslutTom"),
    )


def _seeking(answer: Node) -> Iterator[AgencyFact]:
    """Whether somebody is registered as seeking work; the name is not passed on, nobody asked for it."""
    info = answer.child("ArbetssokandeInfo")
    if info:
        names = ("Arbetssokande", "ArbetssokandeSKAT", "ArbetssokandeOmfattning")
        details = {name: text for name in names if (text := info.text(name))}
        report = info.child("AktivetetsRapportDatum")
        for name in ("AktivitetsRapportMeddelande", "SenasteAktivitetsRapportDatum"):
            if text := report.text(name):
                details[name] = text
        yield AgencyFact(
            kind="ArbetssokandeInfo",
            text=info.text("ArbetssokandeSKAT"),
            details=details,
            first=info.day("ArbetssokandeRegistrerad"),
            last=info.day("ArbetssokandeAvaktualiserad"),
        )
    if fund := answer.text("Akassetillhorighet"):
        yield AgencyFact(kind="Akassetillhorighet", text=fund)


def read_so(data: Node, person: str, nothing: Collection[str]) -> AgencyData:
    """What the a-kassor said, in ``SO/data``.

    Args:
        data: The part.
        person: Twelve digits.
        nothing: Words of ``StatusSvarandeOrganisation`` by which a fund says that it has nothing.

    Raises:
        UnreadableError: it is not what the schema says.
    """
    answer = data.within(SO)
    if answer.needed_text("IdentificationNumber") != person:
        raise UnreadableError("SO/data/IdentificationNumber", "is another person than was asked for")
    payments: list[BenefitPayment] = []
    facts: list[AgencyFact] = []
    missing: list[str] = []
    for fund in answer.needed("ArbetsloshetsersattningLista").children("Arbetsloshetsersattning"):
        name, status = (
            fund.needed_text("SvarandeOrganisation"),
            fund.needed_text("StatusSvarandeOrganisation"),
        )
        paid, told = list(_paid(fund, name)), list(_told(fund, name))
        payments += paid
        facts += told
        if not paid and not told and status not in nothing:
            missing.append(
                f"{clean(name)}: no benefit is told, and its status ({clean(status)}) does not say why"
            )
    return AgencyData(payments=tuple(payments), facts=tuple(facts), missing=tuple(missing))


def _paid(fund: Node, name: str) -> Iterator[BenefitPayment]:
    for one in fund.children("Utbetalningar"):
        yield BenefitPayment(
            kind="Arbetsloshetsersattning",
            text="Arbetslöshetsersättning",
            payer=name,
            amount=one.amount("NettoEfterAvdrag"),
            after_tax=one.amount("NettoEfterSkatt"),
            state="paid",
            paid_on=one.day("Utbetalningsdatum"),
            first=one.day("AvserFrom"),
            last=one.day("AvserTom"),
        )


def _told(fund: Node, name: str) -> Iterator[AgencyFact]:
    for one in fund.children("Avstangningar"):
        yield AgencyFact(
            kind="Avstangning",
            text=name,
            first=one.day("AvstangdFrom"),
            last=one.day("AvstangdTom"),
        )
    applied = fund.child("AnsoktOmErsattning")
    if applied:
        names = ("BeslutOmRattTillErsattning", "AnsokanOmUtbetalningInlamnad")
        details = {word: text for word in names if (text := applied.text(word))}
        yield AgencyFact(kind="AnsoktOmErsattning", text=name, details=details)
