"""The elements of MeMo_core.xsd 1.2, each with its children in the order the schema gives them."""

from datetime import date
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from ._element import Element
from ._imported import (
    Address,
    CprData,
    CvrData,
    Education,
    Eid,
    FormData,
    GlobalLocationNumber,
    KleData,
    MotorVehicle,
    ProductionUnit,
    PropertyNumber,
    SeNumber,
    SorData,
    UnstructuredAddress,
)
from ._types import Comment, Language, Notification, Text, Uri, UtcTime, Uuid

__all__ = [
    "Action",
    "AdditionalDocument",
    "AttentionData",
    "AttentionPerson",
    "ContactInfo",
    "ContactPoint",
    "ContentData",
    "ContentResponsible",
    "EntryPoint",
    "File",
    "ForwardData",
    "MainDocument",
    "Message",
    "MessageBody",
    "MessageHeader",
    "Recipient",
    "ReplyData",
    "Representative",
    "Reservation",
    "Sender",
    "TechnicalDocument",
]

_TwoAtMost = Field(default=(), max_length=2)
_FourAtMost = Field(default=(), max_length=4)
_TenAtMost = Field(default=(), max_length=10)
_OneAtLeast = Field(min_length=1)


# --- who: sender, recipient, and whom to ask for


class AttentionPerson(Element):
    """A named person at the sender or the recipient."""

    tag: ClassVar = "memo:AttentionPerson"
    person_id: Text | None = None
    label: Text | None = None


class Email(Element):
    """An e-mail address, and whose it is."""

    tag: ClassVar = "memo:EMail"
    email_address: Text
    related_agent: Text | None = None


class Telephone(Element):
    """A telephone number, and whose it is."""

    tag: ClassVar = "memo:Telephone"
    telephone_number: Text
    related_agent: Text | None = None


class ContentResponsible(Element):
    """The unit that answers for what the message says."""

    tag: ClassVar = "memo:ContentResponsible"
    content_responsible_id: Text | None = None
    label: Text | None = None


class GeneratingSystem(Element):
    """The system that made the message."""

    tag: ClassVar = "memo:GeneratingSystem"
    generating_system_id: Text
    label: Text | None = None


class AttentionData(Element):
    """Whom at the sender or the recipient a message concerns; every child is optional.

    People, units and systems stand here by whatever number they are known under; it sorts and routes, and
    decides nothing about who receives the message.
    """

    tag: ClassVar = "memo:AttentionData"
    attention_person: AttentionPerson | None = None
    production_unit: ProductionUnit | None = None
    global_location_number: GlobalLocationNumber | None = None
    email: Email | None = None
    se_number: SeNumber | None = None
    telephone: Telephone | None = None
    eid: Eid | None = None
    content_responsible: ContentResponsible | None = None
    generating_system: GeneratingSystem | None = None
    sor_data: SorData | None = None
    address: Address | None = None
    unstructured_address: UnstructuredAddress | None = None


class ContactInfo(Element):
    """One way to reach a contact point: its label and what to dial or write."""

    tag: ClassVar = "memo:ContactInfo"
    label: Text
    value: Text


class ContactPoint(Element):
    """The place in the sender's contact structure where an answer goes, with at most two ways to reach it."""

    tag: ClassVar = "memo:ContactPoint"
    contact_group: Text | None = None
    contact_point_id: Text
    label: Text | None = None
    contact_info: tuple[ContactInfo, ...] = _TwoAtMost


class Representative(Element):
    """Who sends on behalf of the sender, or receives on behalf of the recipient."""

    tag: ClassVar = "memo:Representative"
    representative_id: Text | None = None
    id_type: Text | None = None
    id_type_label: Text | None = None
    label: Text | None = None


class Sender(Element):
    """Who sends: a number (``sender_id``), its kind (``id_type``, e.g. ``CVR``) and the name to show."""

    tag: ClassVar = "memo:Sender"
    sender_id: Text
    id_type: Text
    id_type_label: Text | None = None
    label: Text
    attention_data: AttentionData | None = None
    contact_point: ContactPoint | None = None
    representative: Representative | None = None


class Recipient(Element):
    """Who receives: a number (``recipient_id``) and its kind (``id_type``: ``CPR`` or ``CVR``).

    Personal where the kind is ``CPR``.
    """

    tag: ClassVar = "memo:Recipient"
    recipient_id: Text
    id_type: Text
    id_type_label: Text | None = None
    label: Text | None = None
    attention_data: AttentionData | None = None
    contact_point: ContactPoint | None = None


# --- what about: content, forwarding, reply


class CaseId(Element):
    """A case in the sender's case system."""

    tag: ClassVar = "memo:CaseID"
    case_id: Text
    case_system: Text


class AdditionalContentData(Element):
    """A name and a value that no other child has a place for."""

    tag: ClassVar = "memo:AdditionalContentData"
    content_data_type: Text | None = None
    content_data_name: Text
    content_data_value: Text


class ContentData(Element):
    """What a message is about, in the words of public registers, so that the receiver can sort it by machine.

    Every child is optional; at most ten are :class:`AdditionalContentData`.
    """

    tag: ClassVar = "memo:ContentData"
    cpr_data: CprData | None = None
    cvr_data: CvrData | None = None
    motor_vehicle: MotorVehicle | None = None
    property_number: PropertyNumber | None = None
    case_id: CaseId | None = None
    kle_data: KleData | None = None
    form_data: FormData | None = None
    production_unit: ProductionUnit | None = None
    education: Education | None = None
    address: Address | None = None
    unstructured_address: UnstructuredAddress | None = None
    additional_content_data: tuple[AdditionalContentData, ...] = _TenAtMost


class ForwardData(Element):
    """Where a forwarded message comes from: its UUID, its time in UTC, its sender, and a comment."""

    tag: ClassVar = "memo:ForwardData"
    message_uuid: Uuid
    original_message_date_time: UtcTime
    original_sender: Text
    original_content_responsible: Text | None = None
    original_representative: Text | None = None
    contact_point_id: Text | None = None
    comment: Comment | None = None


class AdditionalReplyData(Element):
    """A label and a value that an answer carries back."""

    tag: ClassVar = "memo:AdditionalReplyData"
    label: Text
    value: Text


class ReplyData(Element):
    """An earlier message of the thread that this one answers: its UUID, and what both sides call it.

    At most four are :class:`AdditionalReplyData`.
    """

    tag: ClassVar = "memo:ReplyData"
    message_id: Text | None = None
    message_uuid: Uuid
    reply_uuid: Uuid | None = None
    sender_id: Text | None = None
    recipient_id: Text | None = None
    case_id: Text | None = None
    contact_point_id: Text | None = None
    generating_system_id: Text | None = None
    comment: Comment | None = None
    additional_reply_data: tuple[AdditionalReplyData, ...] = _FourAtMost


# --- the documents


class File(Element):
    """One rendition of a document: MIME type, file name, language (ISO 639-1) and the bytes.

    In XML the bytes are base64.
    """

    tag: ClassVar = "memo:File"
    encoding_format: Text
    filename: Text
    language: Language
    content: bytes


class Reservation(Element):
    """An appointment that the recipient can put into a calendar: what, where, from when until when (UTC)."""

    tag: ClassVar = "memo:Reservation"
    description: Text
    reservation_uuid: Uuid
    abstract: Text
    location: Text
    start_date_time: UtcTime
    end_date_time: UtcTime
    organizer_mail: Text | None = None
    organizer_name: Text | None = None


class EntryPoint(Element):
    """A web address where the recipient goes on."""

    tag: ClassVar = "memo:EntryPoint"
    url: Uri


class Action(Element):
    """Something the recipient is asked to do, by a code, e.g. to pay, or to keep an appointment.

    It leads to a :class:`Reservation` or an :class:`EntryPoint`, never to both; the times (UTC) say from when
    until when it can be done.

    Raises:
        ValidationError: it has both.
    """

    tag: ClassVar = "memo:Action"
    label: Text
    action_code: Text
    start_date_time: UtcTime | None = None
    end_date_time: UtcTime | None = None
    reservation: Reservation | None = None
    entry_point: EntryPoint | None = None

    @model_validator(mode="after")
    def _one_target(self) -> Self:
        if self.reservation is not None and self.entry_point is not None:
            raise ValueError("an action is a reservation or an entry point, not both")
        return self


class MainDocument(Element):
    """The letter itself: the same text in one or more files, and what the recipient is asked to do."""

    tag: ClassVar = "memo:MainDocument"
    main_document_id: Text | None = None
    label: Text | None = None
    file: tuple[File, ...] = _OneAtLeast
    action: tuple[Action, ...] = ()


class AdditionalDocument(Element):
    """A document that goes with the letter: the same text in one or more files, and its actions."""

    tag: ClassVar = "memo:AdditionalDocument"
    additional_document_id: Text | None = None
    label: Text | None = None
    file: tuple[File, ...] = _OneAtLeast
    action: tuple[Action, ...] = ()


class TechnicalDocument(Element):
    """A document for machines, in one or more files."""

    tag: ClassVar = "memo:TechnicalDocument"
    technical_document_id: Text | None = None
    label: Text | None = None
    file: tuple[File, ...] = _OneAtLeast


# --- the message


class MessageHeader(Element):
    """What is known of a message without opening it: who, to whom, about what, when and what it answers.

    Times are in UTC; ``reply_by_date_time`` is the last moment for an answer, and before
    ``do_not_deliver_until_date`` nothing is handed over. ``notification`` is the text of an SMS or e-mail
    (at most 160 characters); ``mandatory`` marks post that cannot be declined, ``legal_notification`` a
    service of process (*forkyndelse*).
    """

    tag: ClassVar = "memo:MessageHeader"
    message_type: Literal["DIGITALPOST", "NEMSMS"]
    message_uuid: Uuid
    message_id: Text | None = None
    message_code: Text | None = None
    label: Text
    notification: Notification | None = None
    additional_notification: Text | None = None
    reply: bool | None = None
    reply_by_date_time: UtcTime | None = None
    do_not_deliver_until_date: date | None = None
    mandatory: bool | None = None
    legal_notification: bool | None = None
    post_type: Text | None = None
    sender: Sender
    recipient: Recipient
    content_data: ContentData | None = None
    forward_data: ForwardData | None = None
    reply_data: tuple[ReplyData, ...] = ()


class MessageBody(Element):
    """The documents of a message: exactly one letter, and what goes with it; made at a time in UTC."""

    tag: ClassVar = "memo:MessageBody"
    created_date_time: UtcTime
    main_document: MainDocument
    additional_document: tuple[AdditionalDocument, ...] = ()
    technical_document: tuple[TechnicalDocument, ...] = ()


class Message(Element):
    """One message; ``message_uuid`` in its header is the business key."""

    tag: ClassVar = "memo:Message"
    memo_version: Annotated[Literal["1.2"], "attribute"] = "1.2"
    message_header: MessageHeader
    message_body: MessageBody | None = None
