"""SF1520's simulator with the contract's schema at hand: calls that break it are refused, answers keep it.

The official files are found through the environment variable ``RPAC_SPECS`` and never lie in the project.
"""

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from email.message import Message
from pathlib import Path

import pytest
import requests
from lxml import etree

from rpa_commons.sandbox import Population, Request, Sandbox
from rpa_commons.sandbox._cpr import PersonLookup
from rpa_commons.sandbox._cpr_schema import contract_schema

pytestmark = [
    pytest.mark.specs,
    pytest.mark.skipif("RPAC_SPECS" not in os.environ, reason="RPAC_SPECS does not name the official files"),
]

TNS = "http://serviceplatformen.dk/xml/wsdl/soap11/CPR/PersonBaseDataExtended/4/"
BASE = "http://serviceplatformen.dk/xml/schemas"
FAULT = f"{{{BASE}}}/ServiceplatformFault/1/"
CALL_CONTEXT = f'<c:CallContext xmlns:c="{BASE}/CallContext/1/">{{inside}}</c:CallContext>'


def specs() -> Path:
    """Where the official files lie."""
    return Path(os.environ["RPAC_SPECS"]).resolve()


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """A sandbox that was given the official schemas."""
    folder = tmp_path_factory.mktemp("box")
    with Sandbox(folder, only=("sf1520",), schemas=specs(), people=200, today=date(2026, 11, 20)) as running:
        yield running


@pytest.fixture(scope="module")
def session(box: Sandbox) -> Iterator[requests.Session]:
    """A caller with a client certificate."""
    with requests.Session() as calling:
        calling.trust_env = False
        calling.verify, calling.cert = str(box.ca_bundle), str(box.client_certificate)
        yield calling


def call(box: Sandbox, number: str, before: str = "", after: str = "") -> bytes:
    """An envelope with one PersonLookupRequest, and something before and after its InvocationContext."""
    agreement = box.agreement()
    return (
        '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
        f'<PersonLookupRequest xmlns="{TNS}">{before}<InvocationContext xmlns="{BASE}/InvocationContext/1/">'
        f"<ServiceAgreementUUID>{agreement.service_agreement}</ServiceAgreementUUID>"
        f"<UserSystemUUID>{agreement.user_system}</UserSystemUUID><UserUUID>{agreement.user}</UserUUID>"
        f"<ServiceUUID>{agreement.service}</ServiceUUID></InvocationContext>{after}"
        f'<PNR xmlns="{BASE}/cpr/PNR/1/">{number}</PNR></PersonLookupRequest></s:Body></s:Envelope>'
    ).encode()


def ask(box: Sandbox, session: requests.Session, body: bytes) -> requests.Response:
    """Call SF1520."""
    headers = {"Content-Type": "text/xml", "SOAPAction": f'"{TNS}PersonLookup"'}
    url = box.url_of("sf1520") + "/service/CPR/PersonBaseDataExtended/4"
    return session.post(url, data=body, headers=headers, timeout=10)


def code_of(answer: requests.Response) -> str:
    """The error code of a ServiceplatformFault, or an empty string."""
    found = etree.fromstring(answer.content).xpath("//*[local-name()='ErrorCode']/text()")
    return str(found[0]) if isinstance(found, list) and found else ""


def test_it_says_that_it_validates(box: Sandbox) -> None:
    """Nothing is left to say against it."""
    assert "" == box.services["sf1520"].unvalidated


def test_every_kind_of_answer_keeps_the_contract(box: Sandbox, session: requests.Session) -> None:
    """Each situation in the town is answered; an answer that broke the schema would be a failure of ours."""
    by_case = {person.case: person for person in box.people}
    answers = {case: ask(box, session, call(box, person.cpr)).status_code for case, person in by_case.items()}

    assert len(answers) > 20
    assert {200} == set(answers.values())


@pytest.mark.parametrize("number", ["0101017000", "1234", "2211771212 ", "x"])
def test_every_kind_of_refusal_keeps_the_contract(
    box: Sandbox, session: requests.Session, number: str
) -> None:
    """An unknown person and a malformed number get a ServiceplatformFault, validated before it is sent."""
    answer = ask(box, session, call(box, number))

    assert 500 == answer.status_code
    assert code_of(answer) in {"unknown-pnr", "malformed-pnr", "schema"}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (CALL_CONTEXT.format(inside="<c:Nonsense/>"), ""),
        (CALL_CONTEXT.format(inside="") * 2, ""),
        ("", CALL_CONTEXT.format(inside="")),
        (f'<AuthorityContext xmlns="{BASE}/AuthorityContext/1/"><Cvr>29189404</Cvr></AuthorityContext>', ""),
    ],
    ids=["unknown element", "twice", "wrong place", "foreign authority"],
)
def test_a_call_that_the_schema_refuses_is_refused(
    box: Sandbox, session: requests.Session, before: str, after: str
) -> None:
    """The sandbox refuses with the schema's reason, and the number stands nowhere in it."""
    answer = ask(box, session, call(box, "2211771212", before, after))

    assert (500, "schema") == (answer.status_code, code_of(answer))
    assert "2211771212" not in answer.text


def test_a_call_that_the_schema_lets_pass_passes(box: Sandbox, session: requests.Session) -> None:
    """An optional CallContext in its place is no reason to refuse."""
    context = CALL_CONTEXT.format(inside="<c:CallersServiceCallIdentifier>1</c:CallersServiceCallIdentifier>")

    assert 200 == ask(box, session, call(box, "2211771212", context)).status_code


def test_an_answer_of_its_own_that_breaks_the_schema_does_not_go_out(box: Sandbox) -> None:
    """The check can fail: a person with an impossible sex is a bug of the sandbox, and said so."""
    schema, why = contract_schema(specs())
    person = box.people.get("2211771212")
    assert person is not None
    wrong = Population(today=box.people.today, by_cpr={person.cpr: replace(person, sex="X", children=())})  # type: ignore[arg-type]
    agreements = {cvr: box.agreement(code) for code, cvr in box.municipalities.items()}
    lookup = PersonLookup(wrong, box.municipalities, agreements, lambda: datetime.now(UTC), schema)
    headers = Message()
    headers["Content-Type"], headers["SOAPAction"] = "text/xml", f"{TNS}PersonLookup"
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding

    der = x509.load_pem_x509_certificate(box.client_certificate.read_bytes()).public_bytes(Encoding.DER)
    request = Request("POST", "/", {}, headers, call(box, person.cpr), der)

    assert "" == why
    with pytest.raises(AssertionError, match="own answer breaks the contract"):
        lookup.look_up(request)


@pytest.mark.parametrize("given", [None, "empty", "half"])
def test_without_the_whole_contract_it_says_why_it_does_not_validate(
    tmp_path: Path, given: str | None
) -> None:
    """No folder, a folder without the contract, and one with a part of it: three sentences, no failure."""
    if given == "half":
        home = tmp_path / "serviceplatformen/resources/person-base-data-extended-service-contract"
        home.mkdir(parents=True)
        (home / "PersonBaseDataExtendedServiceMsg.xsd").write_bytes(
            (specs() / home.relative_to(tmp_path) / "PersonBaseDataExtendedServiceMsg.xsd").read_bytes()
        )
    schema, why = contract_schema(tmp_path if given else None)

    assert schema is None
    assert {None: "no folder", "empty": "are not in", "half": "are not whole"}[given] in why
