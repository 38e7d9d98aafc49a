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
    tag: ClassVar = "memo:AttentionPerson"
    person_id: Text | None = None
    label: Text | None = None


class Email(Element):
    tag: ClassVar = "memo:EMail"
    email_address: Text
    related_agent: Text | None = None


class Telephone(Element):
    tag: ClassVar = "memo:Telephone"
    telephone_number: Text
    related_agent: Text | None = None


class ContentResponsible(Element):
    tag: ClassVar = "memo:ContentResponsible"
    content_responsible_id: Text | None = None
    label: Text | None = None


class GeneratingSystem(Element):
    tag: ClassVar = "memo:GeneratingSystem"
    generating_system_id: Text
    label: Text | None = None


class AttentionData(Element):
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
    tag: ClassVar = "memo:ContactInfo"
    label: Text
    value: Text


class ContactPoint(Element):
    tag: ClassVar = "memo:ContactPoint"
    contact_group: Text | None = None
    contact_point_id: Text
    label: Text | None = None
    contact_info: tuple[ContactInfo, ...] = _TwoAtMost


class Representative(Element):
    tag: ClassVar = "memo:Representative"
    representative_id: Text | None = None
    id_type: Text | None = None
    id_type_label: Text | None = None
    label: Text | None = None


class Sender(Element):
    tag: ClassVar = "memo:Sender"
    sender_id: Text
    id_type: Text
    id_type_label: Text | None = None
    label: Text
    attention_data: AttentionData | None = None
    contact_point: ContactPoint | None = None
    representative: Representative | None = None


class Recipient(Element):
    tag: ClassVar = "memo:Recipient"
    recipient_id: Text
    id_type: Text
    id_type_label: Text | None = None
    label: Text | None = None
    attention_data: AttentionData | None = None
    contact_point: ContactPoint | None = None


# --- what about: content, forwarding, reply


class CaseId(Element):
    tag: ClassVar = "memo:CaseID"
    case_id: Text
    case_system: Text


class AdditionalContentData(Element):
    tag: ClassVar = "memo:AdditionalContentData"
    content_data_type: Text | None = None
    content_data_name: Text
    content_data_value: Text


class ContentData(Element):
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
    tag: ClassVar = "memo:ForwardData"
    message_uuid: Uuid
    original_message_date_time: UtcTime
    original_sender: Text
    original_content_responsible: Text | None = None
    original_representative: Text | None = None
    contact_point_id: Text | None = None
    comment: Comment | None = None


class AdditionalReplyData(Element):
    tag: ClassVar = "memo:AdditionalReplyData"
    label: Text
    value: Text


class ReplyData(Element):
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
    tag: ClassVar = "memo:File"
    encoding_format: Text
    filename: Text
    language: Language
    content: bytes


class Reservation(Element):
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
    tag: ClassVar = "memo:EntryPoint"
    url: Uri


class Action(Element):
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
    tag: ClassVar = "memo:MainDocument"
    main_document_id: Text | None = None
    label: Text | None = None
    file: tuple[File, ...] = _OneAtLeast
    action: tuple[Action, ...] = ()


class AdditionalDocument(Element):
    tag: ClassVar = "memo:AdditionalDocument"
    additional_document_id: Text | None = None
    label: Text | None = None
    file: tuple[File, ...] = _OneAtLeast
    action: tuple[Action, ...] = ()


class TechnicalDocument(Element):
    tag: ClassVar = "memo:TechnicalDocument"
    technical_document_id: Text | None = None
    label: Text | None = None
    file: tuple[File, ...] = _OneAtLeast


# --- the message


class MessageHeader(Element):
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
