"""What became of a letter, told the way KOMBIT's Beskedfordeler tells it: PKO_PostStatus in an envelope.

Rules this module keeps: nothing is told by itself. A letter that was accepted stays so until somebody
orders its end (:meth:`PostStatuses.tell`); ordering nothing is the letter of which nobody ever hears again.
Each message is one file in a folder, whole or not there, as a receiver of the Beskedfordeler's queue or push
would leave it.

The envelope and its content have the shape of the two examples that a public client publishes
(resources/messages/sf1601 in https://github.com/itk-dev/beskedfordeler-drupal); the words and ids of the
states are those that public clients quote from KOMBIT's description of PKO_PostStatus. Error codes beyond the
published ``memo.invalid`` were not found; ``recipient.not.registered`` is ours.
"""

import base64
import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

from lxml import etree

from ._files import write_private
from ._journal import ACCEPTED, LETTERS, Journal

__all__ = ["ENDS", "End", "PostStatuses"]

End = Literal["received", "delivered", "failed"]
ENDS: tuple[End, ...] = ("received", "delivered", "failed")

_STATUS = "http://serviceplatformen.dk/xml/print/PKO_PostStatus/1/types"
_KUVERT = "urn:oio:besked:kuvert:1.0"
_BESKED = "urn:besked:kuvert:1.0"
_SAGDOK = "urn:oio:sagdok:3.0.0"
_TYPE = "d2bed63c-4853-4008-b6e0-a74c15b15fbf"  # the message type PKO_PostStatus
_ACTORS = MappingProxyType(
    {
        "digital": "96514e13-afdd-44d6-95a8-adc2ca19b127",  # Digital Post
        "physical": "afd21f3d-11c7-4f51-b2a6-f31d6480a9fb",  # a printer
    }
)
_WORDS: Mapping[tuple[str, End], tuple[str, str]] = MappingProxyType(
    {
        ("digital", "received"): ("Modtaget Digital Post", "eb866ca2-b871-4387-b501-12cde577bd58"),
        ("digital", "delivered"): ("Afleveret Digital Post", "f7161a89-5068-4023-bc80-d7f4daad2a2e"),
        ("digital", "failed"): ("Fejlet", "e225a75c-4b63-46c4-9423-77f5c8762445"),
        ("physical", "received"): ("Modtaget Fjern-print", "dd98e71c-41ac-4305-a47b-8f86b00e639b"),
        ("physical", "delivered"): ("Modtaget Post Danmark", "e94a0a8b-60a0-42ad-8b83-52c9e15d0fb3"),
        ("physical", "failed"): ("Fejlet", "e225a75c-4b63-46c4-9423-77f5c8762445"),
    }
)
_CHANNELS = MappingProxyType({"digital": "Digital Post", "sms": "NemSMS", "physical": "Fysisk Post"})


class PostStatuses:
    """Tells of the letters in a sandbox's journal, whether the sandbox runs or not."""

    def __init__(self, sandbox: Path, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        """Touch nothing yet.

        Args:
            sandbox: The sandbox's folder, which the journal lies in.
            clock: What time it is, aware.
        """
        self._journal = sandbox / "effects.jsonl"
        self.folder = sandbox / "receipts"
        self._clock = clock

    def tell(self, message_uuid: str, end: End) -> Path:
        """Leave the message that a letter was received by the next in line, delivered, or failed.

        Raises:
            KeyError: no letter was accepted under this id.
        """
        return self._leave(self._letters()[message_uuid], end)

    def tell_all(self, letters: Sequence[str], end: End) -> list[str]:
        """The same of several letters; without any, of all of which nothing has been told yet, oldest first.

        Returns:
            Their ids.

        Raises:
            KeyError: no letter was accepted under one of the ids; nothing was told of any.
        """
        known = self._letters()
        told = {path.name.partition("-")[2].rpartition("-")[0] for path in self.folder.glob("*.xml")}
        chosen = list(letters) or [one for one in known if one not in told]
        for entry in [known[one] for one in chosen]:
            self._leave(entry, end)
        return chosen

    def _letters(self) -> dict[str, dict[str, Any]]:
        """Id -> entry by which the letter was accepted, the first where there are two."""
        found: dict[str, dict[str, Any]] = {}
        for entry in Journal.read(self._journal):
            if entry["outcome"] == ACCEPTED and entry.get("service") == LETTERS:
                found.setdefault(entry["message_uuid"], entry)
        return found

    def _leave(self, entry: Mapping[str, Any], end: End) -> Path:
        now = self._clock().astimezone(UTC)
        path = self.folder / f"{now:%Y%m%dT%H%M%S%f}-{entry['message_uuid']}-{end}.xml"
        write_private(path, _envelope(entry, end, now))
        return path


def _envelope(entry: Mapping[str, Any], end: End, now: datetime) -> bytes:
    channel = "digital" if entry["channel"] in {"undeliverable", "digital", "sms"} else "physical"
    word, action = _WORDS[channel, end]
    root = etree.Element(f"{{{_KUVERT}}}Haendelsesbesked", nsmap={"sd": _SAGDOK, "ns2": _KUVERT})
    _identified(_add(root, "BeskedId"), str(uuid.uuid4()))
    _add(root, "BeskedVersion").text = "1.0"
    cover = _add(root, "Beskedkuvert")
    filters = _add(cover, "Filtreringsdata")
    _identified(_add(filters, "Beskedtype"), _TYPE)
    _identified(_add(filters, "BeskedAnsvarligAktoer"), _ACTORS[channel])
    _cvr(_add(filters, "TilladtModtager"), entry["cvr"])
    registration = _add(filters, "ObjektRegistrering")
    _identified(_add(registration, "ObjektRegistreringId"), entry["receipt"])
    _moment(_add(registration, "Registreringstidspunkt"), now)
    _cvr(_add(registration, "ObjektAnsvarligMyndighed"), entry["cvr"])
    _identified(_add(registration, "ObjektId"), entry["message_uuid"])
    _identified(_add(registration, "ObjektHandling"), action)
    information = _add(cover, "Leveranceinformation")
    _moment(_add(information, "Dannelsestidspunkt"), now)
    _identified(_add(information, "TransaktionsId"), str(uuid.uuid4()))
    content = etree.SubElement(
        _add(root, "Beskeddata"), f"{{{_BESKED}}}Base64", {"content-type": "application/xml"}
    )
    content.text = base64.b64encode(_post_status(entry, word, now)).decode()
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _post_status(entry: Mapping[str, Any], word: str, now: datetime) -> bytes:
    root = etree.Element(f"{{{_STATUS}}}PKO_PostStatus", nsmap={"pko": _STATUS})
    way = {"undeliverable": "digital"}.get(entry["channel"], entry["channel"])
    values = {
        "TransmissionId": entry["receipt"],
        "MessageUUID": "" if entry["choice"] == "Fysisk Post" else entry["message_uuid"],
        "AfsendelseIdentifikator": entry["message_uuid"] if way == "physical" else "",
        "KanalKode": _CHANNELS[way],
        "TransaktionsDatoTid": _text(now),
        "TransaktionsStatusKode": word,
        "CorrelationId": entry["receipt"],
    }
    for name, value in values.items():
        if value:
            etree.SubElement(root, f"{{{_STATUS}}}{name}").text = value
    details = etree.SubElement(root, f"{{{_STATUS}}}FejlDetaljer")
    if word == "Fejlet":
        etree.SubElement(details, f"{{{_STATUS}}}FejlKode").text = "recipient.not.registered"
        etree.SubElement(details, f"{{{_STATUS}}}FejlTekst").text = "the sandbox was told so"
    return etree.tostring(root)


def _add(parent: "etree._Element", name: str) -> "etree._Element":
    return etree.SubElement(parent, f"{{{_KUVERT}}}{name}")


def _identified(parent: "etree._Element", value: str) -> None:
    etree.SubElement(parent, f"{{{_SAGDOK}}}UUIDIdentifikator").text = value


def _cvr(parent: "etree._Element", value: str) -> None:
    etree.SubElement(parent, f"{{{_SAGDOK}}}URNIdentifikator").text = f"urn:oio:cvr:{value}"


def _moment(parent: "etree._Element", when: datetime) -> None:
    etree.SubElement(parent, f"{{{_SAGDOK}}}TidsstempelDatoTid").text = _text(when)


def _text(when: datetime) -> str:
    return f"{when:%Y-%m-%dT%H:%M:%S.%f}"[:-3] + "Z"
