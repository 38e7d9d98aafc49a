"""The town's moves as messages of the Beskedfordeler.

The envelope is KOMBIT's ``Beskedkuvert.xsd`` (SF1461), filled in as KOMBIT's published test messages are:
the person as ``urn:oio:cpr-nr:``, the business object "person", the classification "confidential". What is
ours, because KOMBIT has published neither: which event a move is (:data:`MOVED`), and ``Beskeddata``, whose
elements are called as the population register calls such facts.
"""

import uuid
from collections.abc import Iterable, Iterator

from lxml import etree

from rpa_commons.sandbox._model import Move

__all__ = ["CPR_EVENT", "FIELDS", "MOVED", "ORIGINS", "OTHER_EVENT", "message", "messages_of", "stable_id"]

CPR_EVENT = "248ce14c-a863-4fb5-9e6f-7df9ea850809"
"""``Beskedtype`` of CPR events, as public municipal code has it."""
MOVED = "urn:oio:cpr:personhaendelse:900"
"""The sandbox's event "moved"; the number is ours."""
OTHER_EVENT = "urn:oio:cpr:personhaendelse:901"
"""The sandbox's event "married", which is no move; the number is ours."""
FIELDS = {
    "moved_on": "tilflytningsdato",
    "to_municipality": "kommunekode",
    "from_municipality": "fraflytningskommunekode",
    "address_id": "adresseId",
}
"""Our word -> element of ``Beskeddata``; all four are ours, the first two after KOMBIT's test messages."""
ORIGINS = {"udland": "abroad", "ingen": "none"}
"""What stands in ``fraflytningskommunekode`` for who comes from no municipality."""

_KUVERT = "urn:oio:besked:kuvert:1.0"
_SAGDOK = "urn:oio:sagdok:3.0.0"
_DATA = "urn:rpa-commons:sandbox:flytning"
_PERSON = "ce7fcf97-a8a2-447a-8690-d38aa0f6e23c"
_CONFIDENTIAL = "44f4108b-26d4-46de-a90f-35e35b55b8d8"
_EVERY = 7  # after so many moves comes an event that is none


def stable_id(*words: str) -> str:
    """A UUID (RFC 9562, version 5) that the same words always give."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, "/".join(("https://sandbox.invalid", *words))))


def messages_of(moves: Iterable[Move], cvr: str) -> Iterator[bytes]:
    """A message for each move, and now and then one about something else."""
    for number, move in enumerate(moves, 1):
        yield message(move, cvr)
        if number % _EVERY == 0:
            yield message(move, cvr, event=OTHER_EVENT)


def message(move: Move, cvr: str, *, event: str = MOVED, besked_id: str = "") -> bytes:
    """One message about a move, or about another event of the same person."""
    besked_id = besked_id or stable_id("sf1461", event, move.id)
    root = etree.Element(f"{{{_KUVERT}}}Haendelsesbesked", nsmap={"sd": _SAGDOK, "ns2": _KUVERT})
    _uuid(_add(root, "BeskedId"), besked_id)
    _add(root, "BeskedVersion").text = "1.0"
    envelope = _add(root, "Beskedkuvert")
    _filtering(_add(envelope, "Filtreringsdata"), move, cvr, event)
    delivery = _add(envelope, "Leveranceinformation")
    _time(_add(delivery, "Dannelsestidspunkt"), f"{move.moved_on}T08:00:00")
    _uuid(_add(delivery, "Sikkerhedsklassificering"), _CONFIDENTIAL)
    _time(_add(envelope, "GyldighedFra"), f"{move.moved_on}T00:00:00")
    data = _add(root, "Beskeddata")
    if event == MOVED:
        _payload(data, move)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _filtering(node: "etree._Element", move: Move, cvr: str, event: str) -> None:
    _uuid(_add(node, "Beskedtype"), CPR_EVENT)
    _urn(_add(node, "TilladtModtager"), f"urn:oio:cvr-nr:{cvr}")
    registered = _add(node, "ObjektRegistrering")
    _uuid(_add(registered, "ObjektRegistreringId"), stable_id("sf1461-registration", event, move.id))
    _time(_add(registered, "Registreringstidspunkt"), f"{move.moved_on}T07:59:00")
    _urn(_add(registered, "ObjektAnsvarligMyndighed"), f"urn:oio:cvr-nr:{cvr}")
    _urn(_add(registered, "ObjektId"), f"urn:oio:cpr-nr:{move.cpr}")
    _uuid(_add(registered, "ObjektType"), _PERSON)
    _urn(_add(registered, "ObjektHandling"), event)


def _payload(node: "etree._Element", move: Move) -> None:
    payload = etree.SubElement(node, f"{{{_DATA}}}flytning", nsmap={"s": _DATA})
    came_from = {"abroad": "udland", "none": "ingen"}.get(move.origin, move.from_municipality or "")
    values = (move.moved_on.isoformat(), str(int(move.to_municipality)), came_from, move.address_id)
    for name, text in zip(FIELDS.values(), values, strict=True):
        etree.SubElement(payload, f"{{{_DATA}}}{name}").text = text


def _add(parent: "etree._Element", name: str) -> "etree._Element":
    return etree.SubElement(parent, f"{{{_KUVERT}}}{name}")


def _uuid(node: "etree._Element", text: str) -> None:
    etree.SubElement(node, f"{{{_SAGDOK}}}UUIDIdentifikator").text = text


def _urn(node: "etree._Element", text: str) -> None:
    etree.SubElement(node, f"{{{_SAGDOK}}}URNIdentifikator").text = text


def _time(node: "etree._Element", text: str) -> None:
    etree.SubElement(node, f"{{{_SAGDOK}}}TidsstempelDatoTid").text = text
