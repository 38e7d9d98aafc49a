"""UBL is read as it stands, PEPPOL and OIOUBL alike, and never guessed."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rpa_commons.capabilities import InvoiceDocument
from rpa_commons.connectors.contract import contract_invoice
from rpa_commons.connectors.invoice_folder import InvalidInvoiceError, read_document

SPECS = Path(os.environ.get("RPAC_SPECS", ""))
specs = pytest.mark.skipif(not os.environ.get("RPAC_SPECS"), reason="RPAC_SPECS is not set")


def whole(data: bytes) -> InvoiceDocument:
    """The document, as the capability gives it."""
    document = read_document(data)
    return InvoiceDocument.model_validate(
        {
            "id": "0" * 32,
            "received_at": "2026-11-22T00:00:00Z",
            "verdict": "unchecked",
            **document.summary,
            **document.details,
        }
    )


@given(st.data())
def test_a_damaged_document_is_read_or_refused_by_our_error(data: st.DataObject) -> None:
    """Bytes taken out, put in and exchanged give a document or our own error, which shows no value."""
    document = bytearray(contract_invoice())
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(document) - 1))
        length = data.draw(st.integers(0, 40))
        document[at : at + length] = data.draw(st.binary(max_size=40))
    said = ""
    try:
        whole(bytes(document))
    except InvalidInvoiceError as error:
        said = str(error)

    assert "Hemmelig" not in said
    assert "8412" not in said


def test_amounts_and_days_are_read_as_the_schema_spells_them() -> None:
    """A decimal may begin with its point, a day end with its zone; two currencies are not mixed."""
    data = contract_invoice()
    spelt = data.replace(b'"DKK">8412.37', b'"DKK">.50').replace(b"2026-11-02", b"2026-11-02+01:00", 1)
    mixed = data.replace(b'TaxInclusiveAmount currencyID="DKK"', b'TaxInclusiveAmount currencyID="EUR"')

    assert mixed != data
    assert ("0.50", 2) == (str(whole(spelt).payable.amount), whole(spelt).issued.day)
    with pytest.raises(InvalidInvoiceError, match="another currency"):
        whole(mixed)


@given(st.binary(max_size=300))
def test_no_bytes_break_the_reader(data: bytes) -> None:
    """Whatever a file holds, it is refused by our own error."""
    with pytest.raises(InvalidInvoiceError):
        whole(data)


@pytest.mark.specs
@specs
def test_every_published_oioubl_example_is_read() -> None:
    """All published OIOUBL examples are read, and those by payment slip have card type, id and creditor."""
    files = sorted((SPECS / "oioubl" / "examples_gobl").rglob("*.xml"))
    read = {path.name: whole(path.read_bytes()) for path in files}

    assert len(files) > 20
    assert {"invoice", "credit_note"} == {one.kind for one in read.values()}
    slips = [way for one in read.values() for way in one.payments if way.code == "93"]
    assert [("75", "123412124135125", "12345678")] == sorted(
        {(way.card_type, way.reference, way.account) for way in slips if way.card_type == "75"}
    )


@pytest.mark.specs
@specs
def test_the_net_amount_of_oioubl_is_not_its_tax() -> None:
    """``TaxExclusiveAmount`` of an OIOUBL document is the tax: net and tax sum to the whole all the same."""
    found = whole((SPECS / "oioubl/examples_gobl/examples/out/credit-note.xml").read_bytes())

    assert ("5050.00", "1262.50", "6312.50") == (
        str(found.net.amount),
        str(found.tax.amount),
        str(found.payable.amount),
    )
    assert ("A00095678",) == found.credits


@pytest.mark.specs
@specs
def test_every_published_example_of_en_16931_is_read() -> None:
    """The examples of EN 16931 are read, attachments included."""
    files = [
        path
        for path in sorted((SPECS / "en16931" / "ubl" / "examples").iterdir())
        if path.suffix.lower() == ".xml"
    ]
    read = [whole(path.read_bytes()) for path in files]

    assert len(read) > 10
    assert any(attachment.size for one in read for attachment in one.attachments)
