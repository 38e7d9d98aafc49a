"""Entities, other encodings, depth and breadth: every reader of XML refuses them with its own error."""

import base64
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from rpa_commons.capabilities import RpaCommonsError
from rpa_commons.connectors.http import Answer
from rpa_commons.connectors.invoice_folder import InvalidInvoiceError, read_document
from rpa_commons.connectors.kombit_access._saml import lifetime_of
from rpa_commons.connectors.memo import MemoError, read_memo
from rpa_commons.connectors.sf1461._errors import MessageError
from rpa_commons.connectors.sf1461._message import besked_id_in, read_envelope
from rpa_commons.connectors.sf1520 import parse_answer as population
from rpa_commons.connectors.sf1601 import PostStatusError, read_post_status
from rpa_commons.connectors.sf1601._answer import taken_by
from rpa_commons.connectors.ssbtek._answer import parse_answer as benefits
from rpa_commons.validators.invoices import InvoiceChecker
from rpa_commons.validators.xml import InvalidXmlError, safe_xml
from tests.support.hostile import DOCUMENTS, MARK

SOAP = 'E:Envelope xmlns:E="http://schemas.xmlsoap.org/soap/envelope/"'
ENVELOPE = 'k:Haendelsesbesked xmlns:k="urn:oio:besked:kuvert:1.0"'
STATUS = 's:PKO_PostStatus xmlns:s="http://serviceplatformen.dk/xml/print/PKO_PostStatus/1/types"'
MEMO = 'm:Message xmlns:m="https://DigitalPost.dk/MeMo-1"'
SAML = 'a:Assertion xmlns:a="urn:oasis:names:tc:SAML:2.0:assertion"'
UBL = 'u:Invoice xmlns:u="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"'


def checked(document: bytes) -> None:
    """What the rules' checker says of a document, as an error."""
    report = InvoiceChecker([]).check(document)
    if "XML" in {one.rule for one in report.findings}:
        raise InvalidXmlError(" ".join(one.text for one in report.findings))


def packed(document: bytes) -> bytes:
    """A receipt's envelope with the document in base64."""
    text = base64.b64encode(document).decode()
    return f'<k><Base64 xmlns="urn:besked:kuvert:1.0">{text}</Base64></k>'.encode()


def event_data(document: bytes) -> str:
    """An element of the data that a message has in base64."""
    uuid = "8c2ea15d-61fb-4ba9-9366-42f8b194c114"
    identifier = f'<i:UUIDIdentifikator xmlns:i="urn:oio:sagdok:3.0.0">{uuid}</i:UUIDIdentifikator>'
    text = base64.b64encode(document).decode()
    return read_envelope(
        f'<k:Haendelsesbesked xmlns:k="urn:oio:besked:kuvert:1.0"><k:BeskedId>{identifier}</k:BeskedId>'
        f"<k:Beskedkuvert><k:Filtreringsdata><k:Beskedtype>{identifier}</k:Beskedtype></k:Filtreringsdata>"
        f'</k:Beskedkuvert><k:Beskeddata><b:Base64 xmlns:b="urn:besked:kuvert:1.0">{text}</b:Base64>'
        "</k:Beskeddata></k:Haendelsesbesked>".encode()
    ).value(MARK)


Reader = tuple[Callable[[bytes], object], str, type[Exception]]
READERS: dict[str, Reader] = {
    "xml": (safe_xml, "a", InvalidXmlError),
    "invoice checker": (checked, UBL, InvalidXmlError),
    "invoice-folder": (read_document, UBL, InvalidInvoiceError),
    "memo": (read_memo, MEMO, MemoError),
    "sf1461": (read_envelope, ENVELOPE, MessageError),
    "sf1461 data in base64": (event_data, "x", MessageError),
    "sf1520": (lambda body: population(200, body), SOAP, RpaCommonsError),
    "sf1601": (
        lambda body: taken_by(Answer("sf1601", 200, {}, body, kind="keyed"), "x"),
        "kombi_response",
        RpaCommonsError,
    ),
    "sf1601 receipt": (read_post_status, STATUS, PostStatusError),
    "sf1601 receipt in base64": (lambda body: read_post_status(packed(body)), STATUS, PostStatusError),
    "ssbtek": (lambda body: benefits(200, body), SOAP, RpaCommonsError),
}


@pytest.mark.parametrize("kind", DOCUMENTS)
@pytest.mark.parametrize("reader", READERS)
def test_a_hostile_document_is_refused_by_every_reader(reader: str, kind: str) -> None:
    """By the reader's own error, which quotes nothing: neither the document nor what an entity points to."""
    read, root, error = READERS[reader]
    document = DOCUMENTS[kind](root)

    with pytest.raises(error) as caught:
        read(document)

    said = f"{caught.value} {getattr(caught.value, 'remedy', '')} {getattr(caught.value, 'problems', '')}"
    assert MARK not in said
    assert "root:" not in said


@pytest.mark.parametrize("kind", DOCUMENTS)
def test_a_hostile_document_says_nothing_to_who_does_not_need_it(kind: str) -> None:
    """Where a document is only looked into, as for its id or its life, it is as if it said nothing."""
    assertion = base64.b64encode(DOCUMENTS[kind](SAML)).decode()

    assert "" == besked_id_in(DOCUMENTS[kind](ENVELOPE))
    assert lifetime_of(assertion, datetime(2026, 11, 22, tzinfo=UTC)) is None
