"""One message of the Beskedfordeler: the envelope, and what is in it. Pure.

The envelope is KOMBIT's ``Beskedkuvert.xsd`` (``urn:oio:besked:kuvert:1.0``, integration SF1461). An
identifier in it is a ``UnikId``: a UUID or a URN (``urn:oio:sagdok:3.0.0``). The person is in
``ObjektRegistrering/ObjektId`` as ``urn:oio:cpr-nr:`` and ten digits, as in KOMBIT's own test messages.
"""

import base64
import re
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from lxml import etree

from rpa_commons.connectors._xml import InvalidXmlError, parse_xml
from rpa_commons.validators import InvalidIdentifierError, dk

from ._errors import MessageError

__all__ = ["LARGEST", "Envelope", "besked_id_in", "danish_day", "read_envelope"]

LARGEST = 5 * 1024 * 1024
"""Bytes; larger messages are kept aside unread."""
_KUVERT = "{urn:oio:besked:kuvert:1.0}"
_SAGDOK = "{urn:oio:sagdok:3.0.0}"
_BASE64 = "{urn:besked:kuvert:1.0}Base64"
_CPR = "urn:oio:cpr-nr:"
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DENMARK = ZoneInfo("Europe/Copenhagen")
_UNDER_WAY = f"{_KUVERT}Leveranceinformation"
"""What distribution itself may change from one delivery to the next (attempts, times)."""


@dataclass(frozen=True, repr=False)
class Envelope:
    """What a message says about itself.

    Attributes:
        besked_id: Its id, lower case.
        message_type: ``Beskedtype``.
        identifiers: Every identifier that the dueslag can filter by.
        content: The message without what changes under way: equal for two deliveries of one message.
    """

    besked_id: str
    message_type: str
    identifiers: frozenset[str]
    content: bytes
    _root: etree._Element = field(compare=False)

    def cpr(self) -> str:
        """The person the event is about.

        Raises:
            MessageError: none, several, or a number that can be none.
        """
        found = {
            text.removeprefix(_CPR)
            for text in _identifiers(self._root, f"{_KUVERT}ObjektRegistrering/{_KUVERT}ObjektId")
            if text.startswith(_CPR)
        }
        if len(found) != 1:
            much = "several persons" if found else "no person"
            raise MessageError(f"ObjektRegistrering names {much} (urn:oio:cpr-nr)")
        try:
            return dk.Cpr.parse(found.pop())
        except InvalidIdentifierError:
            raise MessageError("the personal number in ObjektRegistrering can be none") from None

    def valid_from(self) -> date | None:
        """The day in ``GyldighedFra``, in Denmark; ``None`` when the envelope has none.

        Raises:
            MessageError: it is no time.
        """
        path = f"{_KUVERT}Beskedkuvert/{_KUVERT}GyldighedFra/{_SAGDOK}TidsstempelDatoTid"
        text = (self._root.findtext(path) or "").strip()
        return danish_day(text, "GyldighedFra") if text else None

    def value(self, name: str) -> str:
        """The text of the element called so in ``Beskeddata``; empty when there is none.

        Raises:
            MessageError: it has several values, or the data are in base64 that is none.
        """
        texts = {
            " ".join((element.text or "").split())
            for data in self._data()
            for element in data.iter(f"{{*}}{name}")
        }
        if len(texts) > 1:
            raise MessageError(f"element {name} of Beskeddata has several values")
        return texts.pop() if texts else ""

    def _data(self) -> list[etree._Element]:
        """``Beskeddata``, and what lies in it in base64 (so do the messages about Digital Post)."""
        found = self._root.findall(f"{_KUVERT}Beskeddata")
        for packed in [one for data in found for one in data.iter(_BASE64)]:
            try:
                found.append(parse_xml(base64.b64decode(packed.text or "", validate=False), largest=LARGEST))
            except ValueError:  # base64's, also of letters beyond ASCII; InvalidXmlError is one, too
                raise MessageError("Beskeddata holds base64 that is no XML document") from None
        return found


def read_envelope(body: bytes) -> Envelope:
    """The envelope of a message.

    Raises:
        MessageError: it is none.
    """
    try:
        root = parse_xml(body, largest=LARGEST)
    except InvalidXmlError as error:
        raise MessageError(f"it is {error}") from None
    if root.tag == "{urn:oio:sts:1.0.0}ModtagBeskedInput":  # how the same envelope comes by REST push
        root = next(iter(root.findall(f"{_KUVERT}Haendelsesbesked")), root)
    if root.tag != f"{_KUVERT}Haendelsesbesked":
        raise MessageError("it is no Haendelsesbesked of urn:oio:besked:kuvert:1.0")
    besked_id = _one(root, "BeskedId").lower()
    if not _UUID.fullmatch(besked_id):
        raise MessageError("BeskedId is missing or no UUID")
    message_type = _one(root, "Beskedkuvert/Filtreringsdata/Beskedtype").lower()
    if not message_type:
        raise MessageError("Beskedtype is missing")
    filtering = root.find(f"{_KUVERT}Beskedkuvert/{_KUVERT}Filtreringsdata")
    every = frozenset() if filtering is None else frozenset(_texts(filtering))
    return Envelope(besked_id, message_type, every, _without_delivery(root), root)


def besked_id_in(body: bytes) -> str:
    """The ``BeskedId`` of a message that may be broken otherwise; empty when there is none to be had."""
    try:
        found = _one(parse_xml(body, largest=LARGEST), "BeskedId").lower()
    except InvalidXmlError:
        return ""
    return found if _UUID.fullmatch(found) else ""


def danish_day(text: str, what: str) -> date:
    """The day in Denmark of an ``xs:date`` or ``xs:dateTime``; one without a zone is Danish time.

    Raises:
        MessageError: it is neither.
    """
    try:
        if _DAY.fullmatch(text[:10]) and text[10:11] in ("", "T", "Z", "+", "-"):
            if text[10:11] != "T":
                return date.fromisoformat(text[:10])
            moment = datetime.fromisoformat(text)
            return moment.date() if moment.tzinfo is None else moment.astimezone(_DENMARK).date()
    except (ValueError, OverflowError):
        pass  # the 30th of February, or the very end of the calendar
    raise MessageError(f"{what} is no date")


def _one(root: etree._Element, path: str) -> str:
    """The one identifier at a path of envelope elements; empty when there is none."""
    found = _identifiers(root, "/".join(f"{_KUVERT}{name}" for name in path.split("/")), below=False)
    return found[0] if len(found) == 1 else ""


def _identifiers(root: etree._Element, path: str, *, below: bool = True) -> list[str]:
    return [text for node in root.findall(f".//{path}" if below else path) for text in _texts(node)]


def _texts(node: etree._Element) -> list[str]:
    found = [
        (element.text or "").strip()
        for element in node.iter(f"{_SAGDOK}UUIDIdentifikator", f"{_SAGDOK}URNIdentifikator")
    ]
    return [text for text in found if text]


def _without_delivery(root: etree._Element) -> bytes:
    """The message without what changes under way, whatever prefixes and white space it is written with."""
    lines: list[str] = []
    skipped = 0
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if element.tag == _UNDER_WAY:
            skipped += 1 if event == "start" else -1
        elif not skipped:
            attributes = sorted(element.attrib.items()) if event == "start" else ()
            text = (element.text or "").strip() if event == "start" else ""
            lines.append(repr((event, element.tag, attributes, text, (element.tail or "").strip())))
    return "\n".join(lines).encode()
