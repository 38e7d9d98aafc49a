"""What each agency answers about a person, as its public schema has it. Pure."""

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import cast

from lxml import etree

from ._lefi import LefiError, lefi_answer
from ._town import FUND, NOTHING_HERE, OTHER_FUND, Paid, Resident

__all__ = ["AGENCIES", "SSBT", "Asked", "agency_part"]

SSBT = "http://schema.forsakringskassan.se/integration/ssbt/10"
_AF = "http://api.arbetsformedlingen.se/arbetssokande/ersattningsstod/v2"
_SO = "http://INT014.UBPService.Schemas"
_TNS = "http://schema.transportstyrelsen.se/ssbtek/hamtauppgifterresponder/1"
_VEHICLES = "http://schema.transportstyrelsen.se/ssbtek/fordon/1"
_CSN = "http://schema.csn.se/v4.0/"
_SKV = "http://xmls.skatteverket.se/se/skatteverket/zg/"
AGENCIES = ("AF", "CSN", "FK", "SKV", "SO", "TNS", "MIV")
_AIDS = ("Studiemedel", "Studiehjalp", "HemutrustningsLan", "Studiestartsstod", "Omstallningsstudiestod")


@dataclass(frozen=True)
class Asked:
    """What of the question the agencies see."""

    organisation: str
    name: str
    officer: str
    number: str
    case: str
    first: date
    last: date
    purpose: str
    law: str
    correlation: str
    lefi: bytes = b""
    actor: str = ""

    def within(self, payments: tuple[Paid, ...]) -> tuple[Paid, ...]:
        """Those that were paid in the period asked about, both ends included."""
        return tuple(one for one in payments if self.first <= one.on <= self.last)


def agency_part(agency: str, asked: Asked, person: Resident | None) -> etree._Element:
    """``AF``, ``CSN`` … with its data, or with the error that SSBTEK reports of it."""
    part = etree.Element(f"{{{SSBT}}}{agency}", nsmap={"ssbt": SSBT})
    if person is not None and person.away.get(agency.lower()) == "error":
        return _error(part, "SSBT", "SANDBOX-1", "the agency did not answer in time")
    data = etree.SubElement(part, f"{{{SSBT}}}data")
    if agency == "FK":
        try:
            answer = lefi_answer(asked.lefi, asked.actor, asked.number, person)
        except LefiError as error:
            part.remove(data)
            return _error(part, "BT", str(error.status), error.text)
        _add(data, SSBT, "lefiJsonSvar", base64.b64encode(answer).decode())
    else:
        _PARTS[agency](data, asked, person)
    return part


def _error(part: etree._Element, source: str, code: str, text: str) -> etree._Element:
    error = etree.SubElement(part, f"{{{SSBT}}}error")
    _add(error, SSBT, "kalla", source)
    _add(error, SSBT, "felkod", code)
    _add(error, SSBT, "felmeddelande", text)
    return part


def _add(parent: etree._Element, namespace: str, name: str, text: str | None = None) -> etree._Element:
    element = etree.SubElement(parent, f"{{{namespace}}}{name}" if namespace else name)
    element.text = text
    return element


def _add_all(parent: etree._Element, namespace: str, texts: Mapping[str, str]) -> None:
    for name, text in texts.items():
        _add(parent, namespace, name, text)


def _af(data: etree._Element, asked: Asked, person: Resident | None) -> None:
    _add_all(
        _add(data, _AF, "Fraga"),
        _AF,
        {
            "OrganisationsnummerForIngivare": asked.organisation,
            "NamnPaIngivare": asked.name,
            "KontonamnForHandlaggare": asked.officer,
            "Referensnummer": asked.case,
            "From": asked.first.isoformat(),
            "Tom": asked.last.isoformat(),
            "SyfteMedFraga": asked.purpose,
            "LagParagraf": asked.law,
            "IdentitetsbeteckningFysiskPerson": asked.number,
        },
    )
    answer = _add(data, _AF, "Svar")
    words = {"Schemaversion": "4.0", "Referensnummer": asked.case, "LagParagraf": asked.law}
    _add_all(answer, _AF, words | {"IdentitetsbeteckningFysiskPerson": asked.number})
    if person is not None:
        _af_person(answer, person)
    said = {"StatusSokandeinformationKod": "0", "StatusSokandeinformationKodText": "Frågan är behandlad."}
    _add_all(answer, _AF, said)


def _af_person(answer: etree._Element, person: Resident) -> None:
    if person.protected:
        _add(answer, _AF, "Sekretessmarkering", "true")
    if person.seeking:
        info = _add(answer, _AF, "ArbetssokandeInfo")
        words = {"Arbetssokande": "true", "ArbetssokandeSKAT": "Öppet arbetslös"}
        since = {"ArbetssokandeRegistrerad": person.seeking.isoformat(), "ArbetssokandeOmfattning": "100"}
        _add_all(info, _AF, words | since)
        report = _add(info, _AF, "AktivetetsRapportDatum")
        _add(report, _AF, "AktivitetsRapportMeddelande", "Aktivitetsrapport finns")
    if person.support:
        decisions = _add(_add(answer, _AF, "BeslutInfo"), _AF, "EkonomiskaBeslut")
        words = {"ErsattningTyp": "Aktivitetsstöd", "Omfattning": "75"}
        dates = {"BeslutFrom": person.support[0].isoformat(), "BeslutTom": person.support[1].isoformat()}
        _add_all(_add(decisions, _AF, "Beslut"), _AF, words | dates)
    if person.unemployment:
        _add(answer, _AF, "Akassetillhorighet", FUND)


def _csn(data: etree._Element, asked: Asked, person: Resident | None) -> None:
    spaces = {None: f"{_CSN}kommunfraga", "p": f"{_CSN}person", "t": f"{_CSN}csntyper"}
    root = etree.Element(
        f"{{{_CSN}kommunfraga}}CSNSvar", nsmap=cast("dict[str, str]", spaces), schemaVersion="4.0"
    )
    outer, types = f"{_CSN}kommunfraga", f"{_CSN}csntyper"
    result = _add(_add(root, outer, "GemensamtSvarEkbistand"), outer, "Resultat")
    _add_all(result, outer, {"ResultatKod": "0", "ResultatText": "Allt OK"})
    _add(root, outer, "GemensamtFragaEkbistand")
    one = _add(_add(root, outer, "Personer"), outer, "Person")
    one.set("personnummer", asked.number[2:])
    one.set("sekel", asked.number[:2])
    studies = asked.within(person.studies) if person else ()
    one.set("Status", "          " if person and person.studies else "Ej träff")
    one.set("sekretess", "SP" if person and person.protected else "  ")
    listed = _add(one, f"{_CSN}person", "Studiestodstypforteckning")
    counts = dict.fromkeys(
        ("studiemedel", "studiehjalp", "hemutrustningslan", "studiestartsstod", "omstallningsstudiestod"), "0"
    )
    _add_all(listed, types, counts | {"studiemedel": "1" if studies else "0"})
    for aid in _AIDS:
        element = _add(one, f"{_CSN}person", aid)
        if aid == "Studiemedel" and studies:
            _study_case(_add(element, f"{_CSN}person", "Arenden"), studies)
    text = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    _add(data, SSBT, "svar", base64.b64encode(text).decode())


def _study_case(cases: etree._Element, studies: tuple[Paid, ...]) -> None:
    own, types = f"{_CSN}studiemedel", f"{_CSN}csntyper"
    case = _add(cases, f"{_CSN}person", "Arende")
    case.set("lopnummer", "1")
    _add_all(case, own, {"stodform": "GRUND", "klartext": "Studiemedel för studier i Sverige"})
    _add_all(case, own, {"status": "BESLUTAD", "soktaTider": ""})
    granted = _add(_add(case, own, "BeviljadeTider"), own, "BeviljadTid")
    start, end = _week(studies[0].first), _week(studies[-1].last)
    _add_all(granted, types, {"starttid": start, "sluttid": end, "takt": "100"})
    _amounts(granted, types, sum(one.net for one in studies))
    plan = _add(case, own, "UtbetalningsPlan")
    for one in studies:
        payment = _add(plan, own, "Utbetalning")
        state = "Utbetald" if one.done else "Planerad"
        _add_all(payment, types, {"utbetdatum": f"{one.on:%Y%m%d}", "utbetstatus": state})
        time = _add(_add(payment, types, "Utbetaldatider"), types, "Utbetaldtid")
        _add_all(time, types, {"startvecka": _week(one.first), "slutvecka": _week(one.last)})
        _amounts(time, types, one.net)
        _add(payment, types, "totbelopp", str(one.net))


def _amounts(parent: etree._Element, types: str, total: int) -> None:
    amount = _add(_add(parent, types, "Beloppen"), types, "Belopp")
    _add_all(amount, types, {"beloppstyp": "GRUNDB", "klartext": "Bidrag"})
    _add_all(amount, types, {"belopp": str(total), "totbelopp": str(total)})
    _add(parent, types, "totbelopp", str(total))


def _week(day: date) -> str:
    year, week, _ = day.isocalendar()
    return f"{year:04}{week:02}"


def _skv(data: etree._Element, asked: Asked, person: Resident | None) -> None:
    own, tax, register = (
        f"{_SKV}instans/standardiseradInformation/1.0",
        f"{_SKV}komponent/infoForBeskattning/1.0",
        f"{_SKV}komponent/infoForFolkbokforing/1.0",
    )
    spaces = {None: own, "besko": tax, "folko": register}
    root = etree.Element(
        f"{{{own}}}SvarBeskattningsuppgifterEnligtSFS2008-975", nsmap=cast("dict[str, str]", spaces)
    )
    listed = _add(root, own, "PersonuppgiftLista")
    if person is not None and person.capital:
        one = _add(listed, own, "Personuppgift")
        _add(one, register, "IdentitetsbeteckningFysiskPerson", asked.number)
        _add(one, own, "StatusPersonuppgiftKod", "999")
        capital = _add(one, own, "Kapitaluppgift")
        words = {"Taxeringsar": str(asked.first.year), "SummaIntakterPaKapital": str(person.capital)}
        _add_all(capital, tax, words | {"OverskottPaKapital": str(person.capital)})
    _add(data, "", "svar", etree.tostring(root, xml_declaration=True, encoding="UTF-8").decode())


def _so(data: etree._Element, asked: Asked, person: Resident | None) -> None:
    _add_all(
        data,
        _SO,
        {
            "OrganisationsnummerIngivare": asked.organisation,
            "NamnIngivare": asked.name,
            "KontonamnHandlaggare": asked.officer,
            "Referensnummer": asked.case,
            "From": asked.first.isoformat(),
            "Tom": asked.last.isoformat(),
            "Syfte": asked.purpose,
            "Paragraf": asked.law,
            "IdentificationNumber": asked.number,
        },
    )
    listed = _add(data, _SO, "ArbetsloshetsersattningLista")
    if person is None:
        return
    if person.unemployment:
        _fund(listed, FUND, "OK (sandbox)", asked.within(person.unemployment))
    if person.silent_fund:
        _fund(listed, OTHER_FUND, "kunde inte sökas (sandbox)", ())
    if person.seeking is None and not person.unemployment:
        _fund(listed, FUND, NOTHING_HERE, ())


def _fund(listed: etree._Element, name: str, status: str, payments: tuple[Paid, ...]) -> None:
    fund = _add(listed, _SO, "Arbetsloshetsersattning")
    _add_all(fund, _SO, {"SvarandeOrganisation": name, "StatusSvarandeOrganisation": status})
    for one in payments:
        words = {
            "Utbetalningsdatum": one.on.isoformat(),
            "NettoEfterSkatt": f"{one.net + 100}.00",
            "NettoEfterAvdrag": f"{one.net}.00",
            "Ersattningsdagar": "21.5",
            "AvserFrom": one.first.isoformat(),
            "AvserTom": one.last.isoformat(),
        }
        _add_all(_add(fund, _SO, "Utbetalningar"), _SO, words)


def _tns(data: etree._Element, asked: Asked, person: Resident | None) -> None:  # noqa: ARG001 - as the others
    _add(data, _TNS, "resultat", "OK")
    owned = _add(data, _TNS, "fordonsinnehav")
    for plate, make, year, kind, model in person.vehicles if person else ():
        vehicle = _add(owned, _VEHICLES, "fordon")
        words = {"regnr": plate, "fabrikat": make, "fordonsar": year, "fordonsslag": kind}
        _add_all(vehicle, _VEHICLES, words | {"handelsbeteckning": model})


def _miv(data: etree._Element, asked: Asked, person: Resident | None) -> None:
    answer = _add(data, "", "response")
    _add_all(answer, "", {"korrelationsid": asked.correlation, "correlationid": asked.correlation})
    _add(answer, "", "personnummer", asked.number)
    listed = _add(answer, "", "svarCollection")
    if person is not None and person.permit:
        permit = person.permit
        words = {
            "arendeTyp": "UAT",
            "arendeTypNamn": "UPPEHÅLLS- OCH ARBETSTILLSTÅND",
            "beslutsKod": "BEV",
            "beslutsKodNamn": "ANSÖKAN BEVILJAS",
            "beslutsTyp": permit.kind,
            "beslutsTypNamn": permit.text,
            "beslutsdatum": permit.first.isoformat(),
            "fromDatum": permit.first.isoformat(),
            "giltighetstid": "TIDBEGRANSAT" if permit.last else "PERMANENT",
        }
        ends = {"tomDatum": permit.last.isoformat()} if permit.last else {}
        _add_all(_add(listed, "", "svar"), "", words | ends)


_PARTS: Mapping[str, Callable[[etree._Element, Asked, Resident | None], None]] = {
    "AF": _af,
    "CSN": _csn,
    "SKV": _skv,
    "SO": _so,
    "TNS": _tns,
    "MIV": _miv,
}
