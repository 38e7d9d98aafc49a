"""Answers of SF1520, written out by hand after the contract."""

from collections.abc import Callable

import pytest

CPR = "0101505555"
ADDRESS = """
<aktuelAdresse><kommunekode>265</kommunekode><vejkode>31</vejkode><husnummer>031A</husnummer>
<etage>02</etage><sidedoer>tv</sidedoer><conavn>Bent Mark</conavn><bynavn>Himmelev</bynavn>
<postnummer>4000</postnummer><postdistrikt>Roskilde</postdistrikt><vejnavn>Algade</vejnavn>
<standardadresse>Algade 31A,2. tv</standardadresse><vejadresseringsnavn>Algade</vejadresseringsnavn>
<tilflytningsdato><dato>2056-11-01T00:00:00.000+01:00</dato></tilflytningsdato></aktuelAdresse>"""


def envelope(content: str) -> bytes:
    """A SOAP envelope around the content of its body."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Header/><soap:Body>'
        f"{content}</soap:Body></soap:Envelope>"
    ).encode()


@pytest.fixture
def answer() -> Callable[..., bytes]:
    """Makes an answer; each part of ``persondata`` and the content of ``adresse`` may be replaced."""

    def make(adresse: str = ADDRESS, **parts: str) -> bytes:
        data = {
            "personnummer": f"<personnummer>{CPR}</personnummer>",
            "gaeldende": "",
            "navn": "<navn><personadresseringsnavn>Anna Sand</personadresseringsnavn></navn>",
            "foedselsdato": "<foedselsdato><dato>2050-01-01+01:00</dato></foedselsdato>",
            "antal": "<antalBoernUnder18>2</antalBoernUnder18>",
            "status": "<status><status>1</status></status>",
            "beskyttelse": "<adressebeskyttelse><beskyttet>false</beskyttet></adressebeskyttelse>",
            **parts,
        }
        return envelope(
            '<PersonLookupResponse xmlns="http://serviceplatformen.dk/xml/wsdl/soap11/CPR/'
            f'PersonBaseDataExtended/4/"><persondata>{"".join(data.values())}</persondata>'
            f"<adresse>{adresse}</adresse></PersonLookupResponse>"
        )

    return make


@pytest.fixture
def fault() -> Callable[..., bytes]:
    """Makes a fault as the platform sends it; without ``errors`` there is no detail."""

    def make(*errors: tuple[str, str], code: str = "soap:Server", text: str = "Failed") -> bytes:
        lines = "".join(
            f"<e:Error><e:ErrorCode>{number}</e:ErrorCode><e:ErrorText>{words}</e:ErrorText></e:Error>"
            for number, words in errors
        )
        detail = (
            '<detail><e:ServiceplatformFault xmlns:e="http://serviceplatformen.dk/xml/schemas/'
            f'ServiceplatformFault/1/"><e:ErrorList>{lines}</e:ErrorList></e:ServiceplatformFault></detail>'
        )
        return envelope(
            f"<soap:Fault><faultcode>{code}</faultcode><faultstring>{text}</faultstring>"
            f"{detail if errors else ''}</soap:Fault>"
        )

    return make
