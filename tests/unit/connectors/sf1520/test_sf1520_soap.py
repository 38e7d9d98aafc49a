"""SF1520's messages without the network: request, answer, fault, hostile input."""

from collections.abc import Callable

import pytest
from lxml import etree

from rpa_commons.capabilities import PersonNotFoundError, TransientError
from rpa_commons.connectors.http import UnexpectedAnswerError
from rpa_commons.connectors.sf1520 import (
    CallContext,
    FaultError,
    InvocationContext,
    build_request,
    parse_answer,
)

CPR = "0101505555"
IDS = [f"00000000-0000-4000-8000-00000000000{number}" for number in range(1, 5)]
WHO = InvocationContext(*IDS)
Fault = Callable[..., bytes]


def names(element: etree._Element) -> list[str]:
    """Local names of an element's children."""
    return [etree.QName(child).localname for child in element]


def test_the_request_of_the_context_variant() -> None:
    """The four ids and the number stand where the contract wants them; no CallContext unless asked for."""
    (body,) = etree.fromstring(build_request(CPR, WHO))
    (request,) = body

    assert ["InvocationContext", "PNR"] == names(request)
    assert ["ServiceAgreementUUID", "UserSystemUUID", "UserUUID", "ServiceUUID"] == names(request[0])
    assert [*IDS, CPR] == [*(child.text for child in request[0]), request[1].text]


def test_a_call_context_holds_what_is_given() -> None:
    """Only the texts that are set are sent, escaped."""
    call = CallContext(on_behalf_of="a & <b>", accounting_info="x")
    (body,) = etree.fromstring(build_request(CPR, WHO, call))

    assert ["CallContext", "InvocationContext", "PNR"] == names(body[0])
    assert ["OnBehalfOfUser", "AccountingInfo"] == names(body[0][0])
    assert "a & <b>" == body[0][0][0].text


def test_the_answer_is_found(answer: Callable[..., bytes]) -> None:
    """The element below the body is returned, whatever the prefix or a comment before it."""
    body = answer().replace(b"soap:", b"S:").replace(b"xmlns:soap", b"xmlns:S")
    body = body.replace(b"<S:Body>", b"<S:Body><!-- x --><?y z?>")

    assert "PersonLookupResponse" == etree.QName(parse_answer(200, body)).localname


@pytest.mark.parametrize(
    "text", ["PNR not found", "pnr NOT found", "Error: PNR not found: 0101505555", "PNR not found."]
)
def test_an_unknown_number_is_recognised(fault: Fault, text: str) -> None:
    """The words a public client goes by mean that nobody has the number; it is not repeated."""
    with pytest.raises(PersonNotFoundError) as caught:
        parse_answer(500, fault(("1", text)))

    assert CPR not in str(caught.value)


def test_an_unknown_number_in_the_fault_string(fault: Fault) -> None:
    """Without a detail the fault's own text is looked at."""
    with pytest.raises(PersonNotFoundError):
        parse_answer(500, fault(text="PNR not found"))


def test_other_faults_are_for_a_person(fault: Fault) -> None:
    """Code and text of every error are shown, in one line."""
    with pytest.raises(FaultError) as caught:
        parse_answer(500, fault(("SP-1", "No\n agreement"), ("SP-2", "Wrong user")))

    assert ("SP-1, SP-2", "No agreement; Wrong user") == (caught.value.code, caught.value.text)
    assert caught.value.remedy


@pytest.mark.parametrize("number", [CPR, "010150-5555", "010150 5555", "01 01 50 55 55"])
def test_a_fault_that_repeats_the_number_does_not_show_it(fault: Fault, number: str) -> None:
    """A run of digits that could be personal is taken out of code and text."""
    with pytest.raises(FaultError) as caught:
        parse_answer(500, fault((f"E{number}", f"bad PNR {number} given"), text=number))

    assert number not in f"{caught.value!r} {caught.value}"
    assert "bad PNR … given" == caught.value.text


def test_a_long_fault_is_cut(fault: Fault) -> None:
    """A message stays a message."""
    with pytest.raises(FaultError) as caught:
        parse_answer(500, fault(("1", "x" * 10_000)))

    assert 200 == len(caught.value.text)


def test_a_server_that_failed_without_a_word_is_asked_again(fault: Fault) -> None:
    """A fault of the server without an error list says nothing about the case."""
    with pytest.raises(TransientError, match="sf1520: failed: Failed"):
        parse_answer(500, fault())


def test_a_client_fault_is_for_a_person(fault: Fault) -> None:
    """A fault that blames the request is not repeated."""
    with pytest.raises(FaultError, match="refused with soap:Client: bad request"):
        parse_answer(500, fault(code="soap:Client", text="bad request"))


def test_a_fault_with_status_200_is_a_fault(fault: Fault) -> None:
    """Some gateways send every body with 200."""
    with pytest.raises(FaultError):
        parse_answer(200, fault(("1", "x")))


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (500, b"<html>Internal Server Error</html>", TransientError),
        (500, b"", TransientError),
        (500, b"<soap:Envelope", TransientError),
        (200, b"", UnexpectedAnswerError),
        (200, b"<html/>", UnexpectedAnswerError),
        (200, b"\0\0\0", UnexpectedAnswerError),
        (200, b'<E:Envelope xmlns:E="http://schemas.xmlsoap.org/soap/envelope/"/>', UnexpectedAnswerError),
        (
            200,
            b'<E:Envelope xmlns:E="http://schemas.xmlsoap.org/soap/envelope/"><E:Body/></E:Envelope>',
            UnexpectedAnswerError,
        ),
        (
            200,
            b'<E:Envelope xmlns:E="http://schemas.xmlsoap.org/soap/envelope/"><E:Body><a/><b/></E:Body></E:Envelope>',
            UnexpectedAnswerError,
        ),
        (
            200,  # SOAP 1.2 is another protocol
            b'<E:Envelope xmlns:E="http://www.w3.org/2003/05/soap-envelope"><E:Body><a/></E:Body></E:Envelope>',
            UnexpectedAnswerError,
        ),
    ],
)
def test_what_is_no_answer(status: int, body: bytes, error: type[Exception]) -> None:
    """Half XML, HTML, nothing: the server's failure with 500, a breach of the contract else."""
    with pytest.raises(error):
        parse_answer(status, body)


def test_an_answer_of_another_version_is_refused(answer: Callable[..., bytes]) -> None:
    """Version 5's elements are not read as version 4's."""
    with pytest.raises(UnexpectedAnswerError, match="of version 4"):
        parse_answer(200, answer().replace(b"PersonBaseDataExtended/4/", b"PersonBaseDataExtended/5/"))


def test_an_answer_with_status_500_is_not_believed(answer: Callable[..., bytes]) -> None:
    """A server that says it failed has not answered."""
    with pytest.raises(UnexpectedAnswerError):
        parse_answer(500, answer())


@pytest.mark.parametrize("cut", [0.1, 0.5, 0.9, 0.99])
def test_half_an_answer_is_none(answer: Callable[..., bytes], cut: float) -> None:
    """A body that ends early is never half a person."""
    body = answer()

    with pytest.raises(UnexpectedAnswerError):
        parse_answer(200, body[: int(len(body) * cut)])


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
DOCTYPES = [
    f'<!DOCTYPE x [<!ENTITY l0 "ha">{LAUGHS}]>',
    '<!DOCTYPE x [<!ENTITY l9 SYSTEM "file:///etc/passwd">]>',
    '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd" [<!ENTITY l9 "x">]>',
    "<!DOCTYPE x>",
]


@pytest.mark.parametrize("doctype", DOCTYPES)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_document_type_is_refused(answer: Callable[..., bytes], doctype: str, encoding: str) -> None:
    """Entities, bombs and foreign files come through a document type; SOAP has none."""
    text = answer().decode().partition("?>")[2].replace("Anna Sand", "&l9;" if "l9" in doctype else "Anna")
    body = f'<?xml version="1.0" encoding="{encoding}"?>{doctype}{text}'.encode(encoding)

    with pytest.raises(UnexpectedAnswerError):
        parse_answer(200, body)


def test_a_deep_or_large_answer_is_refused(answer: Callable[..., bytes]) -> None:
    """Neither depth nor size of an answer eats the memory."""
    deep = answer().replace(b"<adresse>", b"<a>" * 100_000)
    large = answer().replace(b"Anna Sand", b"A" * 5_000_000)

    for body in (deep, large):
        with pytest.raises(UnexpectedAnswerError):
            parse_answer(200, body)
