"""The request of KombiPostAfsend, made from a letter."""

from datetime import datetime

from lxml import etree

from rpa_commons.capabilities import Letter
from rpa_commons.connectors.memo import (
    File,
    MainDocument,
    Message,
    MessageBody,
    MessageHeader,
    Recipient,
    Sender,
    check_outgoing,
    memo_element,
    safe_file_name,
)

__all__ = ["kombi_request", "letter_message"]


def letter_message(
    letter: Letter, *, message_id: str, cpr: str, cvr: str, sender_label: str, created: datetime
) -> Message:
    """A letter as a MeMo message with one PDF.

    Raises:
        MemoError: the receiver would refuse it.
    """
    file = File(
        encoding_format="application/pdf",
        filename=safe_file_name(letter.title, ".pdf"),
        language=letter.language,
        content=letter.pdf,
    )
    message = Message(
        message_header=MessageHeader(
            message_type="DIGITALPOST",
            message_uuid=message_id,
            label=letter.title,
            sender=Sender(sender_id=cvr, id_type="CVR", label=sender_label),
            recipient=Recipient(recipient_id=cpr, id_type="CPR"),
        ),
        message_body=MessageBody(created_date_time=created, main_document=MainDocument(file=(file,))),
    )
    check_outgoing(message)
    return message


def kombi_request(message: Message) -> bytes:
    """The body of a call: the choice "Digital Post" and the message, UTF-8."""
    root = etree.Element("kombi_request")
    etree.SubElement(root, "KombiValgKode").text = "Digital Post"
    root.append(memo_element(message))
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")
