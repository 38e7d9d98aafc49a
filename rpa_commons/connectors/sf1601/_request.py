"""The requests of KombiPostAfsend, made from letters and text messages."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Literal

from lxml import etree

from rpa_commons.capabilities import Attachment, Channel, Letter, TextMessage
from rpa_commons.connectors.memo import (
    Action,
    AdditionalDocument,
    EntryPoint,
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

from ._shipment import shipment_element

__all__ = ["Envelope", "letter_request", "text_request"]

Choice = Literal["Digital Post", "NemSMS", "Fysisk Post", "Automatisk Valg"]
"""``KombiValgKode``: by which way the service is to send."""
_CHOICES: Mapping[Channel, Choice] = MappingProxyType(
    {
        "digital": "Digital Post",
        "physical": "Fysisk Post",
        "automatic": "Automatisk Valg",
        "sms": "NemSMS",
    }
)


@dataclass(frozen=True)
class Envelope:
    """From whom, to whom, under which id. Personal.

    Attributes:
        message_id: The business key, a UUID of version-4 shape.
        cpr: The recipient, ten digits.
        cvr: The sender, eight digits.
        sender_label: The sender's name as the citizen sees it.
    """

    message_id: str
    cpr: str
    cvr: str
    sender_label: str


def letter_request(letter: Letter, channel: Channel, envelope: Envelope, *, shipment_type: int) -> bytes:
    """The body of a call that sends a letter: as a message, as a shipment on paper, or as both.

    Raises:
        MemoError: the receiver would refuse it.
    """
    message = shipments = None
    if channel != "physical":
        message = _letter_message(letter, envelope, datetime.now(UTC).replace(microsecond=0))
    if channel != "digital":
        shipments = shipment_element(letter, shipment_id=envelope.message_id, shipment_type=shipment_type)
    return _kombi_request(_CHOICES[channel], message, shipments)


def text_request(message: TextMessage, envelope: Envelope) -> bytes:
    """The body of a call that sends a text message: its text is the notification, there is no body.

    Raises:
        MemoError: the receiver would refuse it.
    """
    header = MessageHeader(
        message_type="NEMSMS",
        message_uuid=envelope.message_id,
        label=message.title,
        notification=message.text,
        sender=Sender(sender_id=envelope.cvr, id_type="CVR", label=envelope.sender_label),
        recipient=Recipient(recipient_id=envelope.cpr, id_type="CPR"),
    )
    memo = Message(message_header=header)
    check_outgoing(memo)
    return _kombi_request(_CHOICES["sms"], memo, None)


def _letter_message(letter: Letter, envelope: Envelope, created: datetime) -> Message:
    file = File(
        encoding_format="application/pdf",
        filename=safe_file_name(letter.title, ".pdf"),
        language=letter.language,
        content=letter.pdf,
    )
    actions = tuple(
        Action(label=link.label, action_code=link.kind, entry_point=EntryPoint(url=link.url))
        for link in letter.links
    )
    body = MessageBody(
        created_date_time=created,
        main_document=MainDocument(file=(file,), action=actions),
        additional_document=tuple(_document(one, letter.language) for one in letter.attachments),
    )
    message = Message(
        message_header=MessageHeader(
            message_type="DIGITALPOST",
            message_uuid=envelope.message_id,
            label=letter.title,
            notification=letter.notification or None,
            sender=Sender(sender_id=envelope.cvr, id_type="CVR", label=envelope.sender_label),
            recipient=Recipient(recipient_id=envelope.cpr, id_type="CPR"),
        ),
        message_body=body,
    )
    check_outgoing(message)
    return message


def _kombi_request(choice: Choice, message: Message | None, shipments: etree._Element | None) -> bytes:
    root = etree.Element("kombi_request")
    etree.SubElement(root, "KombiValgKode").text = choice
    if message is not None:
        root.append(memo_element(message))
    if shipments is not None:
        root.append(shipments)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _document(attachment: Attachment, language: str) -> AdditionalDocument:
    file = File(
        encoding_format=attachment.media_type,
        filename=attachment.name,
        language=language,
        content=attachment.content,
    )
    return AdditionalDocument(label=attachment.name, file=(file,))
