"""The shape of a MeMo 1.2 message, written down from the public rules.

One line per element: its children in order, each with its kind and how often it may stand there. Elements
from other namespaces (KLE, FORM, addresses ...) are known by name and place; their inside is not checked.
"""

from dataclasses import dataclass

__all__ = ["MEMO", "MESSAGE", "RULES", "Child"]

MEMO = "https://DigitalPost.dk/MeMo-1"
MESSAGE = f"{{{MEMO}}}Message"
_MANY = 1_000_000
_FOREIGN = {
    "grd": "https://data.gov.dk/model/core/",
    "kle": "http://kle-online.dk/",
    "form": "http://www.form-online.dk/",
    "dmv": "https://motorregister.skat.dk/",
    "gln": "https://www.gs1.dk/gs1-standarder/identifikation/gln-global-location-number/",
    "udd": (
        "https://www.dst.dk/da/TilSalg/Forskningsservice/Dokumentation/hoejkvalitetsvariable/elevregister-2/udd#"
    ),
    "sor": "https://services.nsi.dk/en/Services/SOR",
}


@dataclass(frozen=True)
class Child:
    """One permitted child: qualified name, kind of content, least and most occurrences."""

    tag: str
    kind: str
    least: int
    most: int


def _child(word: str) -> Child:
    """Read ``name:kind`` with ``?`` optional, ``*`` any number, ``+`` one or more, ``{n}`` up to n."""
    least, most = 1, 1
    if word.endswith("}"):
        word, _, number = word[:-1].partition("{")
        least, most = 0, int(number)
    elif word[-1] in "?*+":
        least, most = (1 if word[-1] == "+" else 0), (1 if word[-1] == "?" else _MANY)
        word = word[:-1]
    name, _, kind = word.partition(":")
    if "/" in name:
        prefix, _, local = name.partition("/")
        return Child(f"{{{_FOREIGN[prefix]}}}{local}", "foreign", least, most)
    return Child(f"{{{MEMO}}}{name}", kind or "parent", least, most)


_TEXT = {
    "Message": "MessageHeader MessageBody?",
    "MessageHeader": (
        "messageType:type messageUUID:uuid messageID:text? messageCode:text? label:text "
        "notification:notification? additionalNotification:text? reply:bool? replyByDateTime:moment? "
        "doNotDeliverUntilDate:date? mandatory:bool? legalNotification:bool? postType:text? "
        "Sender Recipient ContentData? ForwardData? ReplyData*"
    ),
    "Sender": (
        "senderID:text idType:text idTypeLabel:text? label:text AttentionData? ContactPoint? Representative?"
    ),
    "Recipient": "recipientID:text idType:text idTypeLabel:text? label:text? AttentionData? ContactPoint?",
    "Representative": "representativeID:text? idType:text? idTypeLabel:text? label:text?",
    "AttentionData": (
        "AttentionPerson? grd/ProductionUnit? gln/GlobalLocationNumber? EMail? grd/SEnumber? Telephone? "
        "grd/EID? ContentResponsible? GeneratingSystem? sor/SORdata? grd/Address? grd/UnstructuredAddress?"
    ),
    "AttentionPerson": "personID:text? label:text?",
    "EMail": "emailAddress:text relatedAgent:text?",
    "Telephone": "telephoneNumber:text relatedAgent:text?",
    "ContentResponsible": "contentResponsibleID:text? label:text?",
    "GeneratingSystem": "generatingSystemID:text label:text?",
    "ContactPoint": "contactGroup:text? contactPointID:text label:text? ContactInfo{2}",
    "ContactInfo": "label:text value:text",
    "ContentData": (
        "grd/CPRdata? grd/CVRdata? dmv/MotorVehicle? grd/PropertyNumber? CaseID? kle/KLEdata? form/FORMdata? "
        "grd/ProductionUnit? udd/Education? grd/Address? grd/UnstructuredAddress? AdditionalContentData{10}"
    ),
    "CaseID": "caseID:text caseSystem:text",
    "AdditionalContentData": "contentDataType:text? contentDataName:text contentDataValue:text",
    "ForwardData": (
        "messageUUID:uuid originalMessageDateTime:moment originalSender:text "
        "originalContentResponsible:text? originalRepresentative:text? contactPointID:text? comment:comment?"
    ),
    "ReplyData": (
        "messageID:text? messageUUID:uuid replyUUID:uuid? senderID:text? recipientID:text? caseID:text? "
        "contactPointID:text? generatingSystemID:text? comment:comment? AdditionalReplyData{4}"
    ),
    "AdditionalReplyData": "label:text value:text",
    "MessageBody": "createdDateTime:moment MainDocument AdditionalDocument* TechnicalDocument*",
    "MainDocument": "mainDocumentID:text? label:text? File+ Action*",
    "AdditionalDocument": "additionalDocumentID:text? label:text? File+ Action*",
    "TechnicalDocument": "technicalDocumentID:text? label:text? File+",
    "File": "encodingFormat:text filename:filename language:language content:base64",
    "Action": (
        "label:text actionCode:text startDateTime:moment? endDateTime:moment? Reservation? EntryPoint?"
    ),
    "Reservation": (
        "description:text reservationUUID:uuid abstract:text location:text startDateTime:moment "
        "endDateTime:moment organizerMail:text? organizerName:text?"
    ),
    "EntryPoint": "url:link",
}
RULES = {f"{{{MEMO}}}{name}": tuple(_child(word) for word in words.split()) for name, words in _TEXT.items()}
