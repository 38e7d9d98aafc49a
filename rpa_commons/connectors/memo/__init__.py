"""MeMo 1.2, the message format of Danish Digital Post: models, reader, writer, rules for what we send.

Rules this package keeps: the models say what the official schema says (order, occurrence, length), one class
per element, and reader and writer follow the models, so there is no third place to forget; what is read is
taken as the schema allows, what is sent also follows the guidance (:func:`check_outgoing`); a message is
personal throughout, so no error and no ``repr`` shows a value.

Usage::

    message = read_memo(Path("message.xml").read_bytes())
    write_memo(message) == write_memo(read_memo(write_memo(message)))

Sources: MeMo_core.xsd 1.2 and the schemas it imports, Digitaliseringsstyrelsen,
https://digitaliser.dk/digital-post/vejledninger/memo.
"""

from ._codec import memo_element, read_memo, write_memo
from ._element import MemoError
from ._model import (
    Action,
    AdditionalDocument,
    AttentionData,
    AttentionPerson,
    ContactInfo,
    ContactPoint,
    ContentData,
    ContentResponsible,
    EntryPoint,
    File,
    ForwardData,
    MainDocument,
    Message,
    MessageBody,
    MessageHeader,
    Recipient,
    ReplyData,
    Representative,
    Reservation,
    Sender,
    TechnicalDocument,
)
from ._rules import check_outgoing, safe_file_name

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
    "MemoError",
    "Message",
    "MessageBody",
    "MessageHeader",
    "Recipient",
    "ReplyData",
    "Representative",
    "Reservation",
    "Sender",
    "TechnicalDocument",
    "check_outgoing",
    "memo_element",
    "read_memo",
    "safe_file_name",
    "write_memo",
]
