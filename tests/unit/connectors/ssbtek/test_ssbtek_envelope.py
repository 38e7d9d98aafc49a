"""The envelope around the parts: the question, faults, and what refuses a whole answer."""

import base64
import json
from datetime import date
from typing import Any

import pytest
from lxml import etree

from rpa_commons.capabilities import BusinessError, TransientError
from rpa_commons.connectors.http import UnexpectedAnswerError
from rpa_commons.connectors.ssbtek import (
    Asker,
    FaultError,
    Lefi,
    Question,
    SsbtekSettings,
    build_question,
    parse_answer,
    question_for,
    read_answer,
)

PERSON = "197701292380"
SSBT = "http://schema.forsakringskassan.se/integration/ssbt/10"
SETTINGS = {
    "url": "https://localhost/ssbtek",
    "organisation": "162120002411",
    "organisation_name": "Provorts kommun",
    "officer": "rpa",
    "purpose": "syfte",
    "law": "lag",
}


def fault(code: str, text: str, detail: str = "") -> bytes:
    """A SOAP fault."""
    return (
        '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><e:Fault>'
        f"<faultcode>{code}</faultcode><faultstring>{text}</faultstring>{detail}</e:Fault></e:Body></e:Envelope>"
    ).encode()


def test_the_question() -> None:
    """Who asks, about whom, why, and which agencies; Försäkringskassan gets its own question in JSON."""
    question = Question(PERSON, date(2026, 1, 1), date(2026, 2, 1), "å <&> 1", "c-1", ("fk", "so"))
    asker = Asker("162120002411", "Provorts kommun", "rpa", "syfte", "lag")

    root = etree.fromstring(
        build_question(question, asker, Lefi("a-1", "v9", ["FK:SJP", "PM:AP"], ["FK:GEPI"]))
    )

    asked = {
        str(one.tag).rpartition("}")[2]: one.get("inkludera") for one in root.iter() if one.get("inkludera")
    }
    lefi = json.loads(base64.b64decode(root.findtext(f".//{{{SSBT}}}lefiJsonFraga", "")))
    assert {"FK", "SO"} == {name for name, included in asked.items() if included == "true"}
    assert ["AF", "CSN", "FK", "SKV", "SO", "TNS", "MIV"] == list(asked)
    assert (PERSON, "å <&> 1") == (
        root.findtext(f".//{{{SSBT}}}personidentitet"),
        root.findtext(f".//{{{SSBT}}}arendeidentitet"),
    )
    assert {
        "personnummer": PERSON,
        "period": {"from": "2026-01-01", "tom": "2026-02-01"},
        "formansinformation": ["FK:SJP"],
        "beslut": ["PM:AP"],
        "preliminaraUtbetalningar": ["FK:SJP", "PM:AP"],
        "utbetalningar": ["FK:SJP", "PM:AP"],
        "ovrigInformation": ["FK:GEPI"],
    } == lefi


def test_who_processes_the_question_is_named() -> None:
    """Each processor stands in the question with its number and name, in the order of the settings."""
    processors = [("165560000000", "Drift AB"), ("165561111111", "Moln AB")]
    asker = Asker("162120002411", "Provorts kommun", "rpa", "syfte", "lag", processors)
    question = Question(PERSON, date(2026, 1, 1), date(2026, 2, 1), "1", "c-1", ("so",))

    root = etree.fromstring(build_question(question, asker, Lefi("", "v9", [])))

    told = root.findall(f".//{{{SSBT}}}personuppgiftsbitrade")
    assert [("1", *processors[0]), ("2", *processors[1])] == [
        tuple(part.text for part in one) for one in told
    ]


def test_a_fault_of_the_contract_is_told_without_the_number() -> None:
    """Code and texts of the detail; a run of digits that could be a number is taken out."""
    detail = (
        f'<detail><s:hamtaBastjanstInformationFault xmlns:s="{SSBT}"><s:felkod>E1</s:felkod>'
        f"<s:felmeddelande>fel om {PERSON}</s:felmeddelande><s:felmeddelande>mer</s:felmeddelande>"
        "</s:hamtaBastjanstInformationFault></detail>"
    )

    with pytest.raises(FaultError) as caught:
        parse_answer(500, fault("soap:Client", "x", detail))

    assert ("E1", "fel om …; mer") == (caught.value.code, caught.value.text)
    assert caught.value.remedy


def test_a_fault_of_the_server_is_asked_again() -> None:
    """SOAP's ``Server`` is about the server; ``Client`` without a detail is a refusal."""
    with pytest.raises(TransientError, match="failed: boom") as caught:
        parse_answer(500, fault("e:Server", "boom"))
    with pytest.raises(FaultError, match="refused with e:Client: no"):
        parse_answer(500, fault("e:Client", "no"))

    assert not isinstance(caught.value, FaultError)


@pytest.mark.parametrize("body", [b"", b"<html/>", b"{}", b"<a><b></a>", b"\xff\xfe<\x00a\x00/\x00>\x00"])
def test_what_is_no_soap(body: bytes) -> None:
    """With status 200 the address is another system's; with 503 the server has failed."""
    with pytest.raises(UnexpectedAnswerError):
        parse_answer(200, body)
    with pytest.raises(TransientError, match="status 503"):
        parse_answer(503, body)


def test_an_answer_of_another_version_is_refused(reader: Any) -> None:
    """Version 9's elements are of another namespace."""
    with pytest.raises(UnexpectedAnswerError, match="of version 10"):
        parse_answer(200, reader.envelope("").replace(b"ssbt/10", b"ssbt/9"))


@pytest.mark.parametrize(
    ("content", "before", "problem"),
    [
        ("", "<s:korrelationsid>c-2</s:korrelationsid>", "another question"),
        ("<s:XX/>", "", "no agency of the contract"),
        ("", "<s:svarsdata/>", "more than one"),
    ],
)
def test_what_stands_around_the_parts(reader: Any, content: str, before: str, problem: str) -> None:
    """An answer to another question, or with more than the agencies, is not used at all."""
    body = reader.envelope(content, before=before)

    with pytest.raises(UnexpectedAnswerError, match=problem):
        read_answer(parse_answer(200, body), reader.question)


def test_a_number_is_read_in_any_of_its_forms() -> None:
    """With a sign and in ten digits, a coordination number too: asked is with twelve digits."""
    day = date(2026, 1, 1)
    for written, asked in (("770129-2380", PERSON), ("19701063-2391", "197010632391")):
        question = question_for(written, day, day, case="1", agencies=["fk"], correlation="c")

        assert asked == question.person


def test_a_number_that_is_none_is_not_repeated() -> None:
    """A wrong check digit is said, the number is not."""
    day = date(2026, 1, 1)

    with pytest.raises(BusinessError, match="check digit is wrong") as caught:
        question_for("199001011234", day, day, case="1", agencies=["fk"], correlation="c")

    assert "199001011234" not in str(caught.value)


def test_settings_that_can_ask_fk() -> None:
    """Asking Försäkringskassan takes an actor and benefits; the law has no default."""
    whole = {**SETTINGS, "fk_actor": "a", "fk_benefits": ["FK:SJP"]}

    assert ("FK:SJP",) == SsbtekSettings.model_validate(whole).fk_benefits
    assert ("csn",) == SsbtekSettings.model_validate({**SETTINGS, "agencies": ["csn"]}).agencies
    processors = ["165560000000 Drift & Co"]
    assert 1 == len(SsbtekSettings.model_validate({**whole, "processors": processors}).processors)
    for wrong in (
        SETTINGS,
        {**whole, "processors": ["Drift & Co"]},
        {**whole, "organisation": "2120002411"},
        {**whole, "fk_benefits": ["SJP"]},
    ):
        with pytest.raises(ValueError, match="validation error"):
            SsbtekSettings.model_validate(wrong)
    with pytest.raises(ValueError, match="law"):
        SsbtekSettings.model_validate({name: text for name, text in whole.items() if name != "law"})
