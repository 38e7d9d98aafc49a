"""Answers of SSBTEK made by hand: one agency's part in an envelope that is right."""

import base64
import json
from datetime import date
from typing import Any

import pytest

from rpa_commons.capabilities import AgencyAnswer
from rpa_commons.connectors.ssbtek import AGENCIES, Nothing, Question, parse_answer, read_answer

PERSON = "197701292380"  # a published test number
SSBT = "http://schema.forsakringskassan.se/integration/ssbt/10"


class Reader:
    """Reads what an agency says about one person."""

    person = PERSON
    question = Question(
        PERSON, date(2026, 5, 1), date(2026, 11, 1), "2026-1", "c-1", tuple(AGENCIES), frozenset({"FK"})
    )

    @staticmethod
    def envelope(content: str, *, before: str = "") -> bytes:
        """An answer with this in ``svarsdata``."""
        return (
            '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body>'
            f'<s:hamtaBastjanstInformationResponse xmlns:s="{SSBT}">{before}<s:svarsdata>{content}'
            "</s:svarsdata></s:hamtaBastjanstInformationResponse></e:Body></e:Envelope>"
        ).encode()

    def part(self, agency: str, content: str, nothing: Nothing | None = None) -> AgencyAnswer:
        """What is made of one agency's part."""
        name = agency.upper()
        body = self.envelope(f"<s:{name}>{content}</s:{name}>")
        return read_answer(parse_answer(200, body), self.question, nothing=nothing).agency(agency)

    def data(self, agency: str, content: str, nothing: Nothing | None = None) -> AgencyAnswer:
        """The same for what stands in ``data``."""
        return self.part(agency, f"<s:data>{content}</s:data>", nothing)

    def lefi(self, document: dict[str, Any], *, states: bool = True) -> AgencyAnswer:
        """What is made of LEFI's JSON; by default Försäkringskassan is well."""
        well = {"utlamnare": [{"utlamnare": {"kod": "FK"}, "tillstand": {"kod": "OK"}}]} if states else {}
        text = json.dumps({**well, **document}).encode()
        return self.data("fk", f"<s:lefiJsonSvar>{base64.b64encode(text).decode()}</s:lefiJsonSvar>")

    def csn(self, person: str, code: str = "0", version: str = "4.0", attributes: str = "") -> AgencyAnswer:
        """What is made of CSN's document about a person."""
        who = f'personnummer="{PERSON[2:]}" sekel="{PERSON[:2]}" {attributes}'
        document = (
            f'<CSNSvar xmlns="http://schema.csn.se/v{version}/kommunfraga"><GemensamtSvarEkbistand><Resultat>'
            f"<ResultatKod>{code}</ResultatKod><ResultatText>text</ResultatText></Resultat>"
            f"</GemensamtSvarEkbistand><Personer><Person {who}>{person}</Person></Personer></CSNSvar>"
        )
        return self.data("csn", f"<s:svar>{base64.b64encode(document.encode()).decode()}</s:svar>")


@pytest.fixture
def reader() -> Reader:
    """Reads what an agency says."""
    return Reader()
