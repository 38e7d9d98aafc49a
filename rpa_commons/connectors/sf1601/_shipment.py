"""A letter on paper as SF1601 takes it: ``ForsendelseI`` of the remote print format.

Rules this module keeps: the elements stand in the schema's order and within its lengths; the recipient's
personal number is not in it (the field description wants ten zeros there); what a letter says nothing of is
left to the agreement with the printer.

Sources: ForsendelseI.xsd and what it includes (``urn:oio:fjernprint:1.0.0``), as published with KOMBIT's
SF1600 and reprinted in https://github.com/itk-dev/serviceplatformen; the ten zeros: "SF1601 Postkomponent -
KombiPostAfsend - Feltbeskrivelse", as public clients quote it.
"""

import base64
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from lxml import etree

from rpa_commons.capabilities import Address, Letter, Postage, PrintOptions

__all__ = ["LONGEST_NAME", "MOST_LINES", "SHIPMENTS", "address_lines", "shipment_element"]

_PRINT = "urn:oio:fjernprint:1.0.0"
_DKAL = "urn:oio:dkal:1.0.0"
_SAGDOK = "urn:oio:sagdok:3.0.0"
_DAGPENGE = "urn:oio:adir:dagpenge:2009.07.01"
_ITST = "http://rep.oio.dk/itst.dk/xml/schemas/2006/01/17/"
_DKCC_2003 = "http://rep.oio.dk/ebxml/xml/schemas/dkcc/2003/02/13/"
_DKCC_2005 = "http://rep.oio.dk/ebxml/xml/schemas/dkcc/2005/03/15/"
_LINES = "http://rep.oio.dk/ebxml/xml/schemas/dkcc/2005/05/19/"
SHIPMENTS = f"{{{_PRINT}}}ForsendelseISamling"
"""The element that holds the one shipment of a request."""

_NO_NUMBER = "0000000000"
_LONGEST_LINE = 34  # characters; PostalAddress...LineText
LONGEST_NAME = 130
"""Characters of ``PersonName``."""
_ORDINALS = ("First", "Second", "Third", "Fourth", "Fifth", "Sixth")
MOST_LINES = len(_ORDINALS)
"""Lines of an address."""
_POSTAGE: Mapping[Postage, str] = MappingProxyType(
    {
        "priority": "Prioritaire",
        "economy": "Economique",
        "bulk": "Bulk",
        "registered": "Rekommanderet",
        "registered-with-proof": "Rekommanderet med modtagerbevis",
        "service-of-process": "Forkyndelse",
    }
)


def shipment_element(letter: Letter, *, shipment_id: str, shipment_type: int) -> etree._Element:
    """``ForsendelseISamling`` with one letter, its attachments and its print options.

    Args:
        letter: On paper; its attachments are PDF.
        shipment_id: ``AfsendelseIdentifikator``, at most 38 characters: the business key.
        shipment_type: ``ForsendelseTypeIdentifikator``, which the printer has handed out.
    """
    root = etree.Element(SHIPMENTS, nsmap={"fp": _PRINT, "dkal": _DKAL})
    shipment = _add(root, _PRINT, "ForsendelseI")
    _add(shipment, _PRINT, "AfsendelseIdentifikator", shipment_id)
    _add(shipment, _PRINT, "ForsendelseTypeIdentifikator", str(shipment_type))
    recipient = _add(shipment, _PRINT, "ForsendelseModtager")
    _add(_add(recipient, _DKAL, "AfsendelseModtager"), _DAGPENGE, "CPRnummerIdentifikator", _NO_NUMBER)
    if letter.address is not None:
        _add_address(recipient, letter)
    _add(shipment, _DKAL, "FilformatNavn", "pdf")
    _add(shipment, _DKAL, "MeddelelseIndholdData", _base64(letter.pdf))
    _add(shipment, _PRINT, "TransaktionsParametreI")
    _add(_add(shipment, _PRINT, "DokumentParametre"), _SAGDOK, "TitelTekst", letter.title)
    if letter.printing is not None:
        _add_printing(shipment, letter.printing)
    _add_attachments(shipment, letter)
    return root


def _add_address(recipient: etree._Element, letter: Letter) -> None:
    address = letter.address
    if address is None:
        return
    node = _add(recipient, _PRINT, "ModtagerAdresse")
    _add(node, _ITST, "PersonName", letter.addressee)
    for ordinal, line in zip(_ORDINALS, address_lines(address), strict=False):
        _add(node, _LINES, f"PostalAddress{ordinal}LineText", line)
    if address.postal_code:
        _add(node, _DKCC_2005, "PostCodeIdentifier", address.postal_code)
    _add(node, _DKCC_2003, "CountryIdentificationCode", "DK").set("scheme", "iso3166-alpha2")


def address_lines(address: Address) -> list[str]:
    """The address in lines of at most 34 characters; more than :data:`MOST_LINES` cannot be sent."""
    care_of = f"c/o {address.co_name}" if address.co_name else ""
    town = f"{address.postal_code} {address.city}".strip()
    return list(_within(line for line in (care_of, address.street_line, address.locality, town) if line))


def _within(lines: Iterable[str]) -> Iterable[str]:
    """Lines of at most 34 characters; a longer one goes on in the next."""
    for line in lines:
        for start in range(0, len(line), _LONGEST_LINE):
            yield line[start : start + _LONGEST_LINE]


def _add_printing(shipment: etree._Element, options: PrintOptions) -> None:
    codes = {
        "SimplexDuplexKode": _chosen(options.two_sided, "Duplex", "Simplex"),
        "FarveSHKode": _chosen(options.colour, "Farve", "SH"),
        "KuvertTypeKode": options.envelope,
    }
    given = {name: code for name, code in codes.items() if code}
    if given:
        node = _add(shipment, _PRINT, "PrintParametre")
        for name, code in given.items():
            _add(node, _PRINT, name, code)
    if options.postage is not None:
        node = _add(shipment, _PRINT, "PostParametre")
        _add(node, _PRINT, "PostKategoriKode", _POSTAGE[options.postage])


def _chosen(choice: bool | None, yes: str, no: str) -> str | None:  # noqa: FBT001 - an answer, not a flag
    return None if choice is None else (yes if choice else no)


def _add_attachments(shipment: etree._Element, letter: Letter) -> None:
    if not letter.attachments:
        return
    many = _add(shipment, _PRINT, "BilagSamling")
    for number, attachment in enumerate(letter.attachments, 1):
        one = _add(many, _PRINT, "Bilag")
        _add(one, _PRINT, "BilagNavn", attachment.name)
        _add(one, _DKAL, "FilformatNavn", "pdf")
        _add(one, _PRINT, "BilagSorteringsIndeksIdentifikator", str(number))
        _add(one, _DKAL, "VedhaeftningIndholdData", _base64(attachment.content))


def _add(parent: etree._Element, namespace: str, name: str, text: str | None = None) -> etree._Element:
    node = etree.SubElement(parent, f"{{{namespace}}}{name}")
    node.text = text
    return node


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode()
