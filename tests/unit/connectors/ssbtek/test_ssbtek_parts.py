"""What is made of each agency's part: what it says, what it leaves open, and what it must not say."""

import base64
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from rpa_commons.connectors.ssbtek import Nothing, parse_answer, read_answer

AF = 'xmlns="http://api.arbetsformedlingen.se/arbetssokande/ersattningsstod/v2"'
SO = 'xmlns="http://INT014.UBPService.Schemas"'
SKV = 'xmlns="http://xmls.skatteverket.se/se/skatteverket/zg/instans/standardiseradInformation/1.0"'
TNS = 'xmlns="http://schema.transportstyrelsen.se/ssbtek/hamtauppgifterresponder/1"'
PERSON = "197701292380"
OTHER = "198404022397"
DUE = "<utbetstatus>Utbetald</utbetstatus><totbelopp>1</totbelopp>"


def payment(**changed: Any) -> dict[str, Any]:
    """A payment of Försäkringskassan's."""
    return {
        "formansfamilj": {"id": "SJP", "beskrivning": "Sjukpenning"},
        "datum": "2026-09-25",
        "nettobelopp": {"summa": 700, "valuta": "SEK"},
        **changed,
    }


def paid(*payments: dict[str, Any]) -> dict[str, Any]:
    """LEFI's document with payments."""
    return {"formansinformation": {"utbetalningsuppgift": list(payments)}}


def af(content: str, *, code: str = "0") -> str:
    """Arbetsförmedlingen's ``Svar``."""
    return (
        f"<Svar {AF}><IdentitetsbeteckningFysiskPerson>{PERSON}</IdentitetsbeteckningFysiskPerson>{content}"
        f"<StatusSokandeinformationKod>{code}</StatusSokandeinformationKod>"
        "<StatusSokandeinformationKodText>Tjänsten svarar inte</StatusSokandeinformationKodText></Svar>"
    )


def fund(content: str, status: str = "1") -> str:
    """The a-kassor's part with one fund."""
    return (
        f"<IdentificationNumber {SO}>{PERSON}</IdentificationNumber><ArbetsloshetsersattningLista {SO}>"
        f"<Arbetsloshetsersattning><SvarandeOrganisation>Kassan</SvarandeOrganisation>"
        f"<StatusSvarandeOrganisation>{status}</StatusSvarandeOrganisation>{content}"
        "</Arbetsloshetsersattning></ArbetsloshetsersattningLista>"
    )


def skv(content: str) -> str:
    """Skatteverket's document in a text."""
    return (
        f"<svar><![CDATA[<SvarBeskattningsuppgifterEnligtSFS2008-975 {SKV}><PersonuppgiftLista>"
        f"<Personuppgift><IdentitetsbeteckningFysiskPerson>{PERSON}</IdentitetsbeteckningFysiskPerson>{content}"
        "</Personuppgift></PersonuppgiftLista></SvarBeskattningsuppgifterEnligtSFS2008-975>]]></svar>"
    )


def study(content: str) -> str:
    """CSN's case with one payment."""
    return (
        "<Studiemedel><Arenden><Arende><stodform>GRUND</stodform><klartext>Studiemedel</klartext>"
        f"<UtbetalningsPlan><Utbetalning>{content}</Utbetalning></UtbetalningsPlan></Arende></Arenden></Studiemedel>"
    )


def test_the_services_own_error_is_no_answer_of_the_agency(reader: Any) -> None:
    """Source, code and text of the error; a number in the text is taken out."""
    part = reader.part(
        "so",
        "<s:error><s:kalla>SSBT</s:kalla><s:felkod>17</s:felkod><s:felmeddelande>timeout for "
        f"{PERSON}</s:felmeddelande><s:felmeddelande>try later</s:felmeddelande></s:error>",
    )

    assert ("unavailable", "SSBT 17: timeout for …; try later") == (part.status, part.reason)


@pytest.mark.parametrize("content", ["", "<s:data/><s:error/>"])
def test_a_part_is_data_or_error(reader: Any, content: str) -> None:
    """Neither, or both, is refused."""
    assert ("refused", "AF: neither data nor error, or both") == (
        reader.part("af", content).status,
        reader.part("af", content).reason,
    )


def test_an_agency_that_is_left_out_has_not_answered(reader: Any) -> None:
    """An agency that was asked and is not in the answer is not one that has nothing."""
    part = reader.data("tns", f"<resultat {TNS}>OK</resultat>")

    assert "no_data" == part.status
    answer = read_answer(parse_answer(200, reader.envelope("")), reader.question)
    assert ["unavailable"] * 7 == [one.status for one in answer.agencies]


def test_a_payment(reader: Any) -> None:
    """The net amount counts, the gross stands beside it, a month is from its first to its last day."""
    document = paid(
        payment(
            bruttobelopp={"summa": 1000.5, "valuta": "SEK"},
            period={"fran": "2026-02", "till": "2026-02"},
            foretag={"id": 1003, "beskrivning": "Pensionsmyndigheten"},
        )
    )

    (one,) = reader.lefi(document).known().payments

    assert ("SJP", "Sjukpenning", "Pensionsmyndigheten") == (one.kind, one.text, one.payer)
    assert ("700.00 SEK", "1000.50 SEK") == (str(one.amount), str(one.gross))
    assert (date(2026, 2, 1), date(2026, 2, 28)) == (one.first, one.last)
    assert ("paid", date(2026, 9, 25)) == (one.state, one.paid_on)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"nettobelopp": None}, "utbetalningsuppgift.nettobelopp.summa: missing"),
        ({"nettobelopp": {"summa": 1}}, "utbetalningsuppgift.nettobelopp.valuta: missing"),
        ({"nettobelopp": {"summa": 1, "valuta": "kr"}}, "an amount without a currency of ISO 4217"),
        ({"nettobelopp": {"summa": 1.005, "valuta": "SEK"}}, "an amount with more than two decimals"),
        ({"nettobelopp": {"summa": "1", "valuta": "SEK"}}, "nettobelopp.summa: no number"),
        ({"nettobelopp": {"summa": True, "valuta": "SEK"}}, "nettobelopp.summa: no number"),
        ({"nettobelopp": {"summa": 1e300, "valuta": "SEK"}}, "summa: "),
        ({"formansfamilj": None}, "formansfamilj.id: missing"),
        ({"datum": "25/9 2026"}, "utbetalningsuppgift.datum: no date"),
        ({"period": {"fran": "2026-03-01", "till": "2026-02-01"}}, "the last day lies before the first"),
    ],
)
def test_a_payment_that_cannot_be_read_refuses_the_part(
    reader: Any, changed: dict[str, Any], reason: str
) -> None:
    """A sum that lacks one payment is worse than none, so the good payment beside it is not used either."""
    part = reader.lefi(paid(payment(), payment(**changed)))

    assert "refused" == part.status
    assert reason in part.reason
    assert part.data is None


def test_planned_payments_and_pensions(reader: Any) -> None:
    """Preliminary payments are planned; pensions are in whole kronor and of several benefits at once."""
    row = {"formansgrupp": {"kod": "PM:AP", "beskrivning": "Allmän pension"}}
    more = {"formansgrupp": {"kod": "PM:BTI", "beskrivning": "Bostadstillägg"}}
    pension = {
        "utbetalningsdatum": "2026-12-18",
        "utbetalningsperiod": {"from": "2026-12-01", "tom": "2026-12-31"},
        "nettobelopp": 9000,
        "bruttobelopp": 12000,
        "utbetalningsrader": [row, more, row],
    }
    document = {
        "formansinformation": {"preliminarautbetalningar": [payment()]},
        "preliminaraUtbetalningar": [pension],
    }

    own, other = reader.lefi(document).known().payments

    assert ("planned", "Försäkringskassan") == (own.state, own.payer)
    assert ("planned", "Pensionsmyndigheten", "PM:AP+PM:BTI") == (other.state, other.payer, other.kind)
    assert ("Allmän pension, Bostadstillägg", "9000.00 SEK") == (other.text, str(other.amount))


def test_decisions(reader: Any) -> None:
    """Extent as a percentage, a refused case is a refusal, pensions by their parts."""
    decision = {
        "forman": {"id": "SJP", "beskrivning": "Sjukpenning"},
        "omfattning": {"taljare": 3, "namnare": 4},
        "periodicitet": {"id": 1, "beskrivning": "Månad"},
        "beslutatBruttobelopp": {"summa": 500, "valuta": "SEK"},
    }
    part = {
        "beslutatBelopp": {"belopp": 8000, "beloppsfrekvens": {"kod": "MANAD", "beskrivning": "Månad"}},
        "period": {"from": "2026-01-01"},
        "ersattningstyp": {"kod": "PM:IP", "beskrivning": "Inkomstpension"},
    }
    group = {"kod": "PM:AP", "beskrivning": "Allmän pension"}
    document = {
        "formansinformation": {
            "sjukpenningarende": [{"avslaget": True, "beslut": [decision]}],
            "omvardnadsbidragsarende": [{"beslut": {"forman": {"id": "OMV"}, "omfattning": [{}]}}],
        },
        "beslut": [
            {"formansgrupp": group, "beslutadErsattning": [part], "beslutsstatus": {"kod": "SLUTLIGT"}},
            {"formansgrupp": group, "beslutsutfall": {"kod": "AVSLAG"}},
        ],
    }

    sick, care, pension, refusal = reader.lefi(document).known().entitlements

    assert (False, Decimal(75), "Månad") == (sick.granted, sick.percent, sick.per)
    assert ("OMV", True, None) == (care.kind, care.granted, care.percent)
    assert ("PM:IP", True, "8000.00 SEK", "Månad") == (
        pension.kind,
        pension.final,
        str(pension.amount),
        pension.per,
    )
    assert ("PM:AP", False) == (refusal.kind, refusal.granted)


@pytest.mark.parametrize(
    "extent", [{"taljare": 5, "namnare": 4}, {"taljare": 1, "namnare": 0}, {"taljare": 1}]
)
def test_an_extent_that_is_none_refuses_the_part(reader: Any, extent: dict[str, int]) -> None:
    """No division by zero, nothing over the whole."""
    decision = {"forman": {"id": "SJP"}, "omfattning": extent}

    assert "refused" == reader.lefi({"formansinformation": {"a": [{"beslut": [decision]}]}}).status


@pytest.mark.parametrize(
    ("states", "status", "said"),
    [
        ({"FK": "OTILLGANGLIG"}, "unavailable", "Namn FK: OTILLGANGLIG"),
        ({"FK": "OK", "PM": "FELANDE"}, "answered", "Namn PM: FELANDE"),
        ({"PM": "OK"}, "refused", "does not say who has answered"),
        ({}, "refused", "does not say who has answered"),
    ],
)
def test_who_has_not_answered_is_said(reader: Any, states: dict[str, str], status: str, said: str) -> None:
    """Försäkringskassan down is no answer; Pensionsmyndigheten down is missing beside the other's answer."""
    listed = [
        {"utlamnare": {"kod": code, "namn": f"Namn {code}"}, "tillstand": {"kod": state}}
        for code, state in states.items()
    ]

    part = reader.lefi({"utlamnare": listed}, states=False)

    assert status == part.status
    assert not part.complete
    assert said in part.reason or any(said in line for line in part.known().missing)


def test_a_case_without_a_decision_is_a_fact(reader: Any) -> None:
    """What was applied for is told, at Försäkringskassan and at CSN, and never read as nothing."""
    case = {"startades": "2026-10-01", "aktivt": True, "beslut": []}
    study = (
        "<Studiehjalp><Arenden><Arende><stodform>SH</stodform><klartext>Studiehjälp</klartext>"
        "<status>INITIERAD</status><UtbetalningsPlan/></Arende></Arenden></Studiehjalp>"
    )

    (fk,) = reader.lefi({"formansinformation": {"sjukpenningarende": [case]}}).known().facts
    (csn,) = reader.csn(study).known().facts

    assert ("sjukpenningarende", date(2026, 10, 1), {"aktivt": "true"}) == (fk.kind, fk.first, fk.details)
    assert ("SH", "Studiehjälp", {"status": "INITIERAD"}) == (csn.kind, csn.text, csn.details)


def test_what_is_not_read_is_missing_by_its_name(reader: Any) -> None:
    """No part of an answer is dropped unseen."""
    document = {
        "formansinformation": {"programjobdagar": [{"antalForbrukade": 3}, {"antalForbrukade": 4}]},
        "ovrigInformation": [{"informationstyp": {"kod": "PM:PU"}}],
        "ansprak": [],
    }

    part = reader.lefi(document)

    assert ("programjobdagar was not read", "ovrigInformation was not read") == part.known().missing


def test_an_authority_that_was_asked_and_is_not_named_is_missing(reader: Any) -> None:
    """Pensionsmyndigheten was asked, and nobody says whether it has answered."""
    reader.question = replace(reader.question, through_fk=frozenset({"FK", "PM"}))

    part = reader.lefi({})

    assert ("Pensionsmyndigheten: it is not said whether it has answered",) == part.known().missing


def test_what_stands_twice_is_refused(reader: Any) -> None:
    """An element that the schema has once, a name in JSON: none of the two is chosen."""
    twice = '{"utlamnare": [], "beslut": [], "beslut": []}'
    json_part = reader.data(
        "fk", f"<s:lefiJsonSvar>{base64.b64encode(twice.encode()).decode()}</s:lefiJsonSvar>"
    )
    double = f"{DUE}<totbelopp>2</totbelopp>"

    assert "lefiJsonSvar: no JSON that we read" == json_part.reason
    assert "Utbetalning/totbelopp: more than one" == reader.csn(study(double)).reason
    assert "refused" == reader.part("tns", "<s:data/><s:data/>").status


def test_deviations_are_missing(reader: Any) -> None:
    """A benefit that may not be seen; the list that the description's own example has is no deviation."""
    why = {"kod": "INTERNT_FEL", "beskrivning": "x"}
    found = {"ovrigInformation": [{"avvikelse": why, "ovrigInformationstyp": {"kod": "FK:SGI"}}]}

    part = reader.lefi({"avvikelser": found})

    assert ("ovrigInformation of FK:SGI: INTERNT_FEL",) == part.known().missing
    assert "no_data" == reader.lefi({"avvikelser": []}).status


def test_protection_is_passed_on(reader: Any) -> None:
    """Each agency that knows of a protection says so, also where it says nothing else."""
    fk = reader.lefi({"formansinformation": {"generellPersoninformation": [{"skyddad": True}]}})
    csn = reader.csn("", attributes='sekretess="SP"')
    seeker = reader.data("af", af("<Sekretessmarkering>true</Sekretessmarkering>"))

    assert [True, True, True] == [part.known().protected for part in (fk, csn, seeker)]


@pytest.mark.parametrize("version", ["3.0", "4.0"])
def test_study_aid(reader: Any, version: str) -> None:
    """Both versions; a payment without a day yet; weeks are from Monday to Sunday."""
    weeks = "<startvecka>202635</startvecka><slutvecka>202639</slutvecka>"
    time = f"<Utbetaldatider><Utbetaldtid>{weeks}</Utbetaldtid></Utbetaldatider>"
    content = (
        f"<utbetdatum>0</utbetdatum><utbetstatus>Planerad</utbetstatus>{time}<totbelopp>-16990</totbelopp>"
    )

    (one,) = reader.csn(study(content), version=version).known().payments

    assert ("planned", None, "-16990.00 SEK") == (one.state, one.paid_on, str(one.amount))
    assert (date(2026, 8, 24), date(2026, 9, 27)) == (one.first, one.last)
    assert ("GRUND", "Studiemedel", "Centrala studiestödsnämnden") == (one.kind, one.text, one.payer)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("<utbetstatus>Kanske</utbetstatus><totbelopp>1</totbelopp>", "none of the schema's words"),
        ("<utbetstatus>Utbetald</utbetstatus>", "Utbetalning/totbelopp: missing"),
        (
            "<utbetdatum>20260230</utbetdatum><utbetstatus>Utbetald</utbetstatus><totbelopp>1</totbelopp>",
            "Utbetalning/utbetdatum: no date",
        ),
        (
            f"{DUE}<Utbetaldatider><Utbetaldtid><startvecka>202660</startvecka></Utbetaldtid></Utbetaldatider>",
            "Utbetaldtid/startvecka: no week",
        ),
    ],
)
def test_study_aid_that_cannot_be_read_is_refused(reader: Any, content: str, reason: str) -> None:
    """With the place, and without the value."""
    part = reader.csn(study(content))

    assert "refused" == part.status
    assert reason in part.reason


def test_csns_result_codes(reader: Any) -> None:
    """The list is not public: with data another code than 0 is missing, without it nothing was answered."""
    content = "<utbetstatus>Utbetald</utbetstatus><totbelopp>1</totbelopp>"

    assert ("unavailable", "ResultatKod 7: text") == (
        reader.csn("", code="7").status,
        reader.csn("", code="7").reason,
    )
    assert ("ResultatKod 7: text",) == reader.csn(study(content), code="7").known().missing
    assert "no_data" == reader.csn("", attributes='Status="Ej träff"').status


@pytest.mark.parametrize("version", ["2.0", "5.0"])
def test_another_version_of_csn_is_refused(reader: Any, version: str) -> None:
    """A version that nobody has looked at is not guessed at."""
    assert "no CSNSvar of version 3.0 or 4.0" in reader.csn("", version=version).reason


def test_who_seeks_work(reader: Any) -> None:
    """Registered from a day on, with a decided support; the name is not passed on."""
    part = reader.data(
        "af",
        af(
            "<Fornamn>Hemlig</Fornamn><ArbetssokandeInfo><Arbetssokande>true</Arbetssokande>"
            "<ArbetssokandeRegistrerad>2016-11-18+01:00</ArbetssokandeRegistrerad></ArbetssokandeInfo>"
            "<BeslutInfo><EkonomiskaBeslut><Beslut><ErsattningTyp>Aktivitetsstöd</ErsattningTyp>"
            "<Omfattning>75</Omfattning><BeslutFrom>2026-01-01</BeslutFrom><BeslutTom>2026-03-01</BeslutTom>"
            "</Beslut></EkonomiskaBeslut></BeslutInfo>"
        ),
    )

    assert date(2016, 11, 18) == part.known().facts[0].first
    assert Decimal(75) == part.known().entitlements[0].percent
    assert "Hemlig" not in part.model_dump_json()


def test_arbetsformedlingens_codes(reader: Any) -> None:
    """Any code but the one that is explained in public is no answer."""
    part = reader.data("af", af("", code="3"))

    assert ("unavailable", "StatusSokandeinformationKod 3: Tjänsten svarar inte") == (
        part.status,
        part.reason,
    )


def test_a_fund_that_tells_nothing(reader: Any) -> None:
    """Not known, unless the municipality has set its word; a suspension or an application is an answer."""
    silent = reader.data("so", fund(""))
    known = reader.data("so", fund(""), Nothing(so=("1",)))
    suspended = reader.data(
        "so", fund("<Avstangningar><AvstangdFrom>2026-01-01</AvstangdFrom></Avstangningar>")
    )

    assert ("Kassan: no benefit is told, and its status (1) does not say why",) == silent.known().missing
    assert ("no_data", True) == (known.status, known.complete)
    assert "Avstangning" == suspended.known().facts[0].kind


def test_unemployment_benefit(reader: Any) -> None:
    """Paid out is what is left after deductions; after tax stands beside it."""
    content = (
        "<Utbetalningar><Utbetalningsdatum>2026-09-25</Utbetalningsdatum><NettoEfterSkatt>1250.50</NettoEfterSkatt>"
        "<NettoEfterAvdrag>1200.5</NettoEfterAvdrag></Utbetalningar>"
    )

    (one,) = reader.data("so", fund(content)).known().payments

    assert ("1200.50 SEK", "1250.50 SEK", "Kassan") == (str(one.amount), str(one.after_tax), one.payer)


def test_skatteverkets_document(reader: Any) -> None:
    """Capital is an amount, another group is a fact by its names, a deeper one is missing."""
    part = reader.data(
        "skv",
        skv(
            "<Kapitaluppgift><Taxeringsar>2025</Taxeringsar><OverskottPaKapital>666</OverskottPaKapital>"
            "<Ord>ja</Ord></Kapitaluppgift><Annanuppgift><Sort>X</Sort></Annanuppgift>"
            "<Djupuppgift><A><B>1</B></A></Djupuppgift>"
        ),
    )

    capital, other = part.known().facts
    assert ("666.00 SEK", {"Taxeringsar": "2025", "Ord": "ja"}) == (str(capital.amount), capital.details)
    assert ("Annanuppgift", {"Sort": "X"}) == (other.kind, other.details)
    assert ("Djupuppgift was not read: it is deeper than is known",) == part.known().missing


def test_skatteverkets_codes(reader: Any) -> None:
    """A person without any data: whether there is none is known only where its code is set."""
    empty = skv("<StatusPersonuppgiftKod>5</StatusPersonuppgiftKod>")

    assert not reader.data("skv", empty).complete
    assert "no_data" == reader.data("skv", empty, Nothing(skv=("5",))).status


def test_transportstyrelsen_could_not_look(reader: Any) -> None:
    """``FEL`` with its codes is no answer of no vehicles."""
    part = reader.data(
        "tns",
        f"<resultat {TNS}>FEL</resultat><felresultat {TNS}><felkod>9</felkod><feltext>fel</feltext>"
        "</felresultat>",
    )

    assert ("unavailable", "9 fel") == (part.status, part.reason)


def test_no_case_at_migrationsverket(reader: Any) -> None:
    """No response, or an empty list, or a nil: nothing there."""
    nil = '<svar xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:nil="true"/>'
    for content in ("", "<response/>", f"<response><svarCollection>{nil}</svarCollection></response>"):
        assert "no_data" == reader.data("miv", content).status


@pytest.mark.parametrize("agency", ["af", "so", "skv", "miv", "csn"])
def test_an_answer_about_somebody_else_is_refused(reader: Any, agency: str) -> None:
    """Each part that names a person must name the one asked for, and neither number is in the reason."""
    reader.question = replace(reader.question, person=OTHER)
    parts = {
        "af": lambda: reader.data("af", af("")),
        "so": lambda: reader.data("so", fund("")),
        "skv": lambda: reader.data("skv", skv("")),
        "miv": lambda: reader.data("miv", f"<response><personnummer>{PERSON}</personnummer></response>"),
        "csn": lambda: reader.csn(""),
    }

    part = parts[agency]()

    assert "refused" == part.status
    assert "person than was asked for" in part.reason
    assert OTHER not in part.reason
    assert PERSON not in part.reason


@pytest.mark.parametrize("agency", ["fk", "csn"])
def test_what_is_no_base64_is_refused(reader: Any, agency: str) -> None:
    """Without the text."""
    name = {"fk": "lefiJsonSvar", "csn": "svar"}[agency]

    part = reader.data(agency, f"<s:{name}>not base64!</s:{name}>")

    assert ("refused", f"{agency.upper()}/data/{name}: no base64") == (part.status, part.reason)


def test_an_entity_inside_a_text_is_not_expanded(reader: Any) -> None:
    """Skatteverket's document is XML from outside, too."""
    bomb = "<svar><![CDATA[<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>]]></svar>"

    assert "document type" in reader.data("skv", bomb).reason
