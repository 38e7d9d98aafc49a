"""Whatever SSBTEK sends, the connector answers agency by agency or raises an error of ours."""

import base64
import json
from datetime import date
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st
from lxml import etree

from rpa_commons.capabilities import BenefitAnswer, RpaCommonsError
from rpa_commons.connectors.ssbtek import AGENCIES, Question, parse_answer, read_answer

PERSON = "197701292380"
NAME = "Alva Hemlig"
SSBT = "http://schema.forsakringskassan.se/integration/ssbt/10"
QUESTION = Question(
    PERSON, date(2026, 5, 1), date(2026, 11, 1), "2026-1", "c-1", tuple(AGENCIES), frozenset({"FK", "PM"})
)
LEFI: dict[str, Any] = {
    "utlamnare": [
        {"utlamnare": {"kod": "FK", "namn": "Försäkringskassan"}, "tillstand": {"kod": "OK"}},
        {"utlamnare": {"kod": "PM", "namn": "Pensionsmyndigheten"}, "tillstand": {"kod": "OK"}},
    ],
    "avvikelser": {"utbetalningar": [{"avvikelse": {"kod": "OBEHORIG"}, "formansgrupp": {"kod": "FK:YL"}}]},
    "formansinformation": {
        "generellPersoninformation": [{"personnummer": PERSON, "namn": NAME, "skyddad": False}],
        "utbetalningsuppgift": [
            {
                "foretag": {"id": 1001, "beskrivning": "Försäkringskassan"},
                "formansfamilj": {"id": "SJP", "beskrivning": "Sjukpenning"},
                "datum": "2026-09-25",
                "period": {"fran": "2026-09-01", "till": "2026-09"},
                "bruttobelopp": {"summa": 1000.5, "valuta": "SEK"},
                "nettobelopp": {"summa": 700, "valuta": "SEK"},
            }
        ],
        "sjukpenningarende": [
            {
                "avslaget": False,
                "beslut": [
                    {
                        "fattades": "2026-08-01",
                        "definitivt": True,
                        "forman": {"id": "SJP", "beskrivning": "Sjukpenning"},
                        "period": {"fran": "2026-08-01", "till": "2026-12-31"},
                        "omfattning": {"taljare": 1, "namnare": 2},
                        "beslutatBruttobelopp": {"summa": 500, "valuta": "SEK"},
                    }
                ],
            }
        ],
    },
    "utbetalningar": [
        {
            "utbetalningsdatum": "2026-09-18",
            "utbetalningsperiod": {"from": "2026-09-01", "tom": "2026-09-30"},
            "nettobelopp": 9000,
            "utbetalningsrader": [{"formansgrupp": {"kod": "PM:AP", "beskrivning": "Allmän pension"}}],
        }
    ],
    "beslut": [{"formansgrupp": {"kod": "PM:AP"}, "beslutsutfall": {"kod": "BIFALL"}}],
}
CSN = f"""<CSNSvar schemaVersion="4.0" xmlns="http://schema.csn.se/v4.0/kommunfraga"><GemensamtSvarEkbistand>
<Resultat><ResultatKod>0</ResultatKod><ResultatText>OK</ResultatText></Resultat></GemensamtSvarEkbistand>
<Personer><Person personnummer="{PERSON[2:]}" sekel="19"><Studiemedel><Arenden><Arende>
<stodform>GRUND</stodform><klartext>{NAME}</klartext><BeviljadeTider><BeviljadTid><starttid>202636</starttid><sluttid>202650</sluttid>
<takt>100</takt><totbelopp>9000</totbelopp></BeviljadTid></BeviljadeTider><UtbetalningsPlan><Utbetalning>
<utbetdatum>20260925</utbetdatum><utbetstatus>Utbetald</utbetstatus><Utbetaldatider><Utbetaldtid>
<startvecka>202636</startvecka><slutvecka>202639</slutvecka></Utbetaldtid></Utbetaldatider>
<totbelopp>3000</totbelopp></Utbetalning></UtbetalningsPlan></Arende></Arenden></Studiemedel></Person>
</Personer></CSNSvar>"""
SKV = f"""<SvarBeskattningsuppgifterEnligtSFS2008-975
xmlns="http://xmls.skatteverket.se/se/skatteverket/zg/instans/standardiseradInformation/1.0">
<PersonuppgiftLista><Personuppgift><IdentitetsbeteckningFysiskPerson>{PERSON}</IdentitetsbeteckningFysiskPerson>
<Fornamn>{NAME}</Fornamn><StatusPersonuppgiftKod>999</StatusPersonuppgiftKod><Kapitaluppgift>
<Taxeringsar>2025</Taxeringsar><OverskottPaKapital>666</OverskottPaKapital></Kapitaluppgift>
</Personuppgift></PersonuppgiftLista></SvarBeskattningsuppgifterEnligtSFS2008-975>"""
PARTS = f"""
<s:AF xmlns:a="http://api.arbetsformedlingen.se/arbetssokande/ersattningsstod/v2"><s:data><a:Svar>
<a:IdentitetsbeteckningFysiskPerson>{PERSON}</a:IdentitetsbeteckningFysiskPerson><a:Fornamn>{NAME}</a:Fornamn>
<a:Sekretessmarkering>false</a:Sekretessmarkering><a:ArbetssokandeInfo><a:Arbetssokande>true</a:Arbetssokande>
<a:ArbetssokandeRegistrerad>2026-01-01+01:00</a:ArbetssokandeRegistrerad></a:ArbetssokandeInfo><a:BeslutInfo>
<a:EkonomiskaBeslut><a:Beslut><a:ErsattningTyp>Aktivitetsstöd</a:ErsattningTyp><a:Omfattning>75</a:Omfattning>
<a:BeslutFrom>2026-01-01</a:BeslutFrom><a:BeslutTom>2026-12-01</a:BeslutTom></a:Beslut></a:EkonomiskaBeslut>
</a:BeslutInfo><a:StatusSokandeinformationKod>0</a:StatusSokandeinformationKod></a:Svar></s:data></s:AF>
<s:CSN><s:data><s:svar>CSN-HERE</s:svar></s:data></s:CSN>
<s:FK><s:data><s:lefiJsonSvar>LEFI-HERE</s:lefiJsonSvar></s:data></s:FK>
<s:SKV><s:data><svar>SKV-HERE</svar></s:data></s:SKV>
<s:SO xmlns:i="http://INT014.UBPService.Schemas"><s:data>
<i:IdentificationNumber>{PERSON}</i:IdentificationNumber><i:ArbetsloshetsersattningLista>
<i:Arbetsloshetsersattning><i:SvarandeOrganisation>Kassan</i:SvarandeOrganisation>
<i:StatusSvarandeOrganisation>1</i:StatusSvarandeOrganisation><i:Utbetalningar>
<i:Utbetalningsdatum>2026-09-25</i:Utbetalningsdatum><i:NettoEfterSkatt>1250.50</i:NettoEfterSkatt>
<i:NettoEfterAvdrag>1200.50</i:NettoEfterAvdrag><i:AvserFrom>2026-09-01</i:AvserFrom>
<i:AvserTom>2026-09-05</i:AvserTom></i:Utbetalningar></i:Arbetsloshetsersattning>
</i:ArbetsloshetsersattningLista></s:data></s:SO>
<s:TNS xmlns:t="http://schema.transportstyrelsen.se/ssbtek/hamtauppgifterresponder/1"><s:data>
<t:resultat>OK</t:resultat><t:fordonsinnehav><f:fordon
xmlns:f="http://schema.transportstyrelsen.se/ssbtek/fordon/1"><f:regnr>PRV001</f:regnr><f:fabrikat>P</f:fabrikat>
<f:fordonsar>2001</f:fordonsar><f:fordonsslag>BIL</f:fordonsslag><f:handelsbeteckning>X</f:handelsbeteckning>
</f:fordon></t:fordonsinnehav></s:data></s:TNS>
<s:MIV><s:data><response><personnummer>{PERSON}</personnummer><efternamn>{NAME}</efternamn><svarCollection><svar>
<beslutsTyp>PUT</beslutsTyp><fromDatum>2026-01-01</fromDatum><tomDatum>2027-01-01</tomDatum></svar>
</svarCollection></response></s:data></s:MIV>"""
WORDS = (
    "0 -1 1e999999999 NaN 99999999 2026-02-30 0000-00-00 9999-12 9999-12-31 202660 true OK FEL SEK < 12.345 "
    "+1 \u0661"
)
VALUES = st.sampled_from(["", " ", PERSON, "9" * 400, "x" * 300, *WORDS.split()]) | st.text(
    st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=8
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | VALUES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(VALUES, inner, max_size=3),
    max_leaves=6,
)


def whole(lefi: bytes, csn: bytes, skv: str) -> etree._Element:
    """The answer of seven agencies."""
    parts = PARTS.replace("LEFI-HERE", base64.b64encode(lefi).decode())
    parts = parts.replace("CSN-HERE", base64.b64encode(csn).decode())
    root = etree.fromstring(
        '<E:Envelope xmlns:E="http://schemas.xmlsoap.org/soap/envelope/"><E:Body>'
        f'<s:hamtaBastjanstInformationResponse xmlns:s="{SSBT}"><s:korrelationsid>c-1</s:korrelationsid>'
        f"<s:svarsdata>{parts}</s:svarsdata></s:hamtaBastjanstInformationResponse></E:Body></E:Envelope>"
    )
    holder = root.find(".//svar")
    assert holder is not None
    holder.text = skv
    return root


def read(body: bytes) -> BenefitAnswer | None:
    """The answer, or ``None`` where all of it is refused; either way nothing personal is said."""
    answer: BenefitAnswer | None
    try:
        answer = read_answer(parse_answer(200, body), QUESTION)
    except RpaCommonsError as error:
        said = f"{error} {error.remedy}"
        answer = None
    else:
        said = repr(answer) + " ".join(answer.gaps())
        assert answer == BenefitAnswer.model_validate_json(answer.model_dump_json())
    assert PERSON not in said
    assert PERSON[2:] not in said
    assert NAME not in said
    return answer


def damaged(data: st.DataObject, root: etree._Element) -> None:
    """One element lost, doubled, moved, or with another text or attribute."""
    elements = list(root.iter())
    one = data.draw(st.sampled_from(elements))
    what = data.draw(st.sampled_from(["lose", "double", "text", "attribute", "empty"]))
    parent = one.getparent()
    if what == "lose" and parent is not None:
        parent.remove(one)
    elif what == "double" and parent is not None:
        parent.append(etree.fromstring(etree.tostring(one)))
    elif what == "attribute":
        one.set(
            data.draw(st.sampled_from(["personnummer", "sekel", "Status", "sekretess"])), data.draw(VALUES)
        )
    elif what == "empty":
        for child in list(one):
            one.remove(child)
    else:
        one.text = data.draw(VALUES)


def test_the_whole_answer_is_read() -> None:
    """What is damaged below is whole to begin with: every agency has answered."""
    answer = read(etree.tostring(whole(json.dumps(LEFI).encode(), CSN.encode(), SKV)))

    assert answer is not None
    assert ["answered"] * 7 == [part.status for part in answer.agencies]
    assert ("fk: utbetalningar of FK:YL: OBEHORIG",) == answer.gaps()


@given(st.data())
@settings(deadline=None)
def test_a_damaged_envelope(data: st.DataObject) -> None:
    """Elements that are lost, doubled or hold something else are refused where they stand."""
    root = whole(json.dumps(LEFI).encode(), CSN.encode(), SKV)
    for _ in range(data.draw(st.integers(1, 3))):
        damaged(data, root)

    read(etree.tostring(root))


@given(st.data())
@settings(deadline=None)
def test_damaged_documents_inside(data: st.DataObject) -> None:
    """The same in CSN's and Skatteverket's documents: the other five answers stand."""
    csn, skv = etree.fromstring(CSN), etree.fromstring(SKV)
    damaged(data, csn)
    damaged(data, skv)

    answer = read(
        etree.tostring(whole(json.dumps(LEFI).encode(), etree.tostring(csn), etree.tostring(skv).decode()))
    )

    assert answer is not None
    others = [part.status for part in answer.agencies if part.agency not in ("csn", "skv")]
    assert ["answered"] * 5 == others


@given(st.data())
@settings(deadline=None)
def test_damaged_json(data: st.DataObject) -> None:
    """LEFI's JSON with anything in any place: read, or refused, and the other six stand."""
    document = json.loads(json.dumps(LEFI))
    place: Any = document
    while True:
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        key = data.draw(st.sampled_from(keys))
        inner = place[key]
        if not isinstance(inner, dict | list) or not inner or data.draw(st.booleans()):
            place[key] = data.draw(JSON)
            break
        place = inner

    answer = read(etree.tostring(whole(json.dumps(document).encode(), CSN.encode(), SKV)))

    assert answer is not None
    assert ["answered"] * 6 == [part.status for part in answer.agencies if part.agency != "fk"]


@given(st.binary(max_size=300))
@example(b"[" * 100_000)
@example(b'{"utlamnare": 1e99999999999999999999}')
@example(b'{"a": 1, "a": 2}')
@example(b"9" * 100_000)
@settings(deadline=None)
def test_any_bytes_for_json(content: bytes) -> None:
    """What is no JSON of LEFI refuses Försäkringskassan's part."""
    answer = read(etree.tostring(whole(content, CSN.encode(), SKV)))

    assert answer is not None
    assert "refused" == answer.agency("fk").status


@given(st.binary(max_size=300), st.sampled_from([200, 500, 503]))
@example(b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", 200)
@settings(deadline=None)
def test_any_bytes_for_an_answer(body: bytes, status: int) -> None:
    """Bytes that are no SOAP are an error of ours."""
    try:
        parse_answer(status, body)
    except RpaCommonsError as error:
        assert error.message  # noqa: PT017 - it always raises, see below
    else:
        raise AssertionError
