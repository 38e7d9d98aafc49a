"""Whatever stands in a message or an invoice, it is read or refused by the reader's own error."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from rpa_commons.capabilities import InvoiceDocument
from rpa_commons.connectors.contract import contract_invoice
from rpa_commons.connectors.invoice_folder import InvalidInvoiceError, read_document
from rpa_commons.connectors.memo import (
    File,
    MainDocument,
    MemoError,
    Message,
    MessageBody,
    MessageHeader,
    Recipient,
    Sender,
    read_memo,
    write_memo,
)
from tests.support.hostile import MARK, damaged

CPR = "2211771212"
AT = datetime(2026, 11, 22, tzinfo=UTC)
LETTER = write_memo(
    Message(
        message_header=MessageHeader(
            message_type="DIGITALPOST",
            message_uuid="8c2ea15d-61fb-4ba9-9366-42f8b194c114",
            label=MARK,
            reply=True,
            reply_by_date_time=AT,
            do_not_deliver_until_date=date(2026, 12, 1),
            sender=Sender(sender_id="29189404", id_type="CVR", label="Roskilde Kommune"),
            recipient=Recipient(recipient_id=CPR, id_type="CPR", label=MARK),
        ),
        message_body=MessageBody(
            created_date_time=AT,
            main_document=MainDocument(
                file=(
                    File(
                        encoding_format="application/pdf",
                        filename=f"{MARK}.pdf",
                        language="da",
                        content=b"%PDF",
                    ),
                )
            ),
        ),
    )
)


def letter(document: bytes) -> tuple[Message | None, str]:
    """The message, or what is said of it."""
    try:
        return read_memo(document), ""
    except MemoError as error:
        assert error.__context__ is None  # noqa: PT017 - a message is right, too
        return None, f"{error!r} {error} {error.remedy} {error.problems}"


def invoice(document: bytes) -> tuple[InvoiceDocument | None, str]:
    """The document as the capability gives it, with its attachments; or what is said of it."""
    try:
        found = read_document(document)
        whole = InvoiceDocument.model_validate(
            {"id": "0" * 32, "received_at": AT, "verdict": "unchecked", **found.summary, **found.details}
        )
        for one in whole.attachments:
            if not one.external:
                found.attachment(one.id)
    except InvalidInvoiceError as error:
        return None, f"{error!r} {error} {error.remedy}"
    return whole, ""


@given(st.data())
@settings(deadline=None, max_examples=300)
def test_a_damaged_letter(data: st.DataObject) -> None:
    """An element lost, doubled, moved or with another text: a message that can be written, or our error."""
    message, said = letter(damaged(data, LETTER, ("memoVersion", "id", MARK)))

    assert MARK not in said
    assert CPR not in said
    assert message is None or message == read_memo(write_memo(message))


@given(st.binary(max_size=300))
@example(b"")
@settings(deadline=None)
def test_bytes_that_are_no_letter(document: bytes) -> None:
    """Whatever comes, only our error does."""
    with pytest.raises(MemoError):
        read_memo(document)


@given(st.data(), st.sampled_from(["Invoice", "CreditNote"]))
@settings(deadline=None, max_examples=300)
def test_a_damaged_invoice(data: st.DataObject, kind: str) -> None:
    """The same: read whole, or refused with a place and no value, so that one file holds up no other."""
    document = damaged(data, contract_invoice(kind=kind), ("schemeID", "currencyID", "filename", "mimeCode"))

    whole, said = invoice(document)

    assert MARK not in said
    assert "88888888" not in said
    assert whole is None or whole == InvoiceDocument.model_validate_json(whole.model_dump_json())


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("8412.37", "9999999999999999.99"),
        ("1682.47", "-9999999999999999.99"),
        ("6729.90", "NaN"),
        ("6729.90", "1e9"),
        ("2.5", "\u0662"),
        ("2026-11-02", "2026-02-30"),
        ("2026-11-20", "\u0662026-11-20"),
    ],
)
def test_amounts_and_dates_at_the_ends(old: str, new: str) -> None:
    """The largest amounts, what is no number, a day that does not exist: read, or refused where it stands."""
    _, said = invoice(contract_invoice().replace(old.encode(), new.encode()))

    assert new not in said


def test_the_documents_are_whole_to_begin_with() -> None:
    """What is damaged above is read undamaged."""
    assert letter(LETTER)[0] is not None
    assert invoice(contract_invoice())[0] is not None
