r"""Checks a MeMo message as a receiver would, and reads out of it what the journal wants.

Rules this module keeps: the first fault found refuses the message; its text names the element, never its
content. The rules stand in ``_memo_rules``; what the shape cannot say is here: lengths, times in UTC with Z,
UUIDs of version 4, file names without ``< > : " / \ | ? *``, https links, 99.5 MB of files in all,
notifications of at most 150 characters (the guidance; the schema would let 160 pass).
"""

import base64
import binascii
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime

from lxml import etree

from ._memo_rules import MEMO, RULES
from ._refusal import Refusal

__all__ = ["Memo", "read_memo"]

_UUID4 = re.compile(
    r"[a-fA-F0-9]{8}-[a-fA-F0-9]{4}-4[a-fA-F0-9]{3}-[aAbB89][a-fA-F0-9]{3}-[a-fA-F0-9]{12}", re.ASCII
)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", re.ASCII)
_FORBIDDEN_IN_FILE_NAMES = re.compile(r'[<>:"/\\|?*\x00-\x1f]')
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_NAMES = {"m": MEMO}
_MOST_BYTES = 99_500_000  # of all files, decoded; requirements in force since 10 September 2025


@dataclass(frozen=True)
class Memo:
    """What the receiver keeps of a message. Personal but for the ids."""

    message_uuid: str
    message_type: str
    sender_id: str
    sender_type: str
    recipient_id: str = field(repr=False)
    recipient_type: str
    label: str = field(repr=False)
    file_name: str
    encoding_format: str
    document: bytes = field(repr=False)
    notification: str = field(default="", repr=False)
    attachments: int = 0


def read_memo(message: "etree._Element") -> Memo:
    """Check the message and read it.

    Raises:
        Refusal: 400, with the element that breaks a rule.
    """
    if message.get("memoVersion") != "1.2":
        raise Refusal(400, "memo-version", "memoVersion must be 1.2")
    if list(message.attrib) != ["memoVersion"]:
        raise Refusal(400, "memo-structure", "Message has an attribute that MeMo does not know")
    _check(message)
    if message.findtext(".//m:Action/m:Reservation/..//m:EntryPoint/m:url", None, _NAMES) is not None:
        raise Refusal(400, "memo-structure", "an Action has a Reservation or an EntryPoint, not both")
    if sum(_size(one.text or "") for one in message.iter(f"{{{MEMO}}}content")) > _MOST_BYTES:
        raise Refusal(400, "memo-size", f"the files have more than {_MOST_BYTES} bytes in all")
    text = _reader(message)
    content = text("m:MessageBody/m:MainDocument/m:File/m:content")
    return Memo(
        message_uuid=text("m:MessageHeader/m:messageUUID").lower(),
        message_type=text("m:MessageHeader/m:messageType"),
        sender_id=text("m:MessageHeader/m:Sender/m:senderID"),
        sender_type=text("m:MessageHeader/m:Sender/m:idType"),
        recipient_id=text("m:MessageHeader/m:Recipient/m:recipientID"),
        recipient_type=text("m:MessageHeader/m:Recipient/m:idType"),
        label=text("m:MessageHeader/m:label"),
        file_name=text("m:MessageBody/m:MainDocument/m:File/m:filename"),
        encoding_format=text("m:MessageBody/m:MainDocument/m:File/m:encodingFormat"),
        document=base64.b64decode("".join(content.split())),
        notification=text("m:MessageHeader/m:notification"),
        attachments=len(message.findall("m:MessageBody/m:AdditionalDocument", _NAMES)),
    )


def _reader(message: "etree._Element") -> Callable[[str], str]:
    return lambda path: (message.findtext(path, "", _NAMES) or "").strip()


def _check(parent: "etree._Element") -> None:
    """Children in the order of the rules, as often as they may, and each with good content."""
    children = [child for child in parent if isinstance(child.tag, str)]  # comments have no name
    position = 0
    for rule in RULES[parent.tag]:
        count = 0
        while position < len(children) and children[position].tag == rule.tag and count < rule.most:
            _check_child(children[position], rule.kind)
            position += 1
            count += 1
        if count < rule.least:
            raise Refusal(400, "memo-structure", f"{_name(parent.tag)} lacks {_name(rule.tag)}")
    if position < len(children):
        where = f"{_name(children[position].tag)} in {_name(parent.tag)}"
        raise Refusal(400, "memo-structure", f"{where} is unknown, repeated or out of order")
    if "".join((parent.text or "", *(child.tail or "" for child in parent))).strip():
        raise Refusal(400, "memo-structure", f"{_name(parent.tag)} holds loose text")


def _check_child(element: "etree._Element", kind: str) -> None:
    if kind == "foreign":
        return
    if element.attrib:
        raise Refusal(400, "memo-structure", f"{_name(element.tag)} has an attribute that MeMo does not know")
    if kind == "parent":
        _check(element)
        return
    if len(element):
        raise Refusal(400, "memo-structure", f"{_name(element.tag)} holds text only")
    problem = _KINDS[kind](element.text or "")
    if problem:
        raise Refusal(400, f"memo-{kind}", f"{_name(element.tag)} {problem}")


def _name(tag: str) -> str:
    """The local name: what a developer looks for."""
    return etree.QName(tag).localname


def _text(value: str, most: int = 256) -> str:
    if not value.strip():
        return "must not be empty"
    return f"is longer than {most} characters" if len(value) > most else ""


def _uuid(value: str) -> str:
    return "" if _UUID4.fullmatch(value) else "must be a UUID of version 4"


def _moment(value: str) -> str:
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return "must be a date and time"
    return "" if _MOMENT.fullmatch(value) else "must be in UTC and end in Z"


def _date(value: str) -> str:
    try:
        date.fromisoformat(value)
    except ValueError:
        return "must be a date"
    return "" if _DATE.fullmatch(value) else "must be a date, written as 2026-11-20"


def _filename(value: str) -> str:
    if _FORBIDDEN_IN_FILE_NAMES.search(value):
        return 'holds one of the characters < > : " / \\ | ? *'
    return _text(value)


def _base64(value: str) -> str:
    try:
        content = base64.b64decode("".join(value.split()), validate=True)
    except (binascii.Error, ValueError):
        return "must be base64"
    return "" if content else "must not be empty"


def _size(encoded: str) -> int:
    """Bytes that good base64 stands for."""
    signs = "".join(encoded.split())
    return len(signs) * 3 // 4 - signs[-2:].count("=")


def _link(value: str) -> str:
    if not value.startswith("https://"):
        return "must be an https link"
    return _text(value)


_KINDS: dict[str, Callable[[str], str]] = {
    "type": lambda value: "" if value in {"DIGITALPOST", "NEMSMS"} else "must be DIGITALPOST or NEMSMS",
    "text": _text,
    "notification": lambda value: _text(value, 150),
    "comment": lambda value: _text(value, 512),
    "language": lambda value: "" if re.fullmatch(r"[a-zA-Z]{1,2}", value) else "must be a language code",
    "bool": lambda value: "" if value in {"true", "false", "0", "1"} else "must be true or false",
    "uuid": _uuid,
    "moment": _moment,
    "date": _date,
    "filename": _filename,
    "base64": _base64,
    "link": _link,
}
