"""Checks a shipment on paper (``ForsendelseI``) as the remote printer would, and reads it for the journal.

Written down from the published remote print schemas (``urn:oio:fjernprint:1.0.0``): the children of each
element in order, what must stand there, code lists and lengths. Known by name only, their inside unchecked:
the lines of an address. One departure, because a public client does it and is answered: ``ModtagerAdresse``
may hold its country alone, without ``PersonName``.
"""

import base64
import binascii
import re
from dataclasses import dataclass, field

from lxml import etree

from ._numbers import is_cvr, is_synthetic
from ._refusal import Refusal

__all__ = ["SHIPMENTS", "Shipment", "read_shipments"]

_FP = "urn:oio:fjernprint:1.0.0"
SHIPMENTS = f"{{{_FP}}}ForsendelseISamling"
_NO_NUMBER = "0000000000"
_MOST_ATTACHMENTS = 100
_LONGEST_ID = 38
_LONGEST_FORMAT = 10

# Children in order; a mark after a name: ? may be left out.
_SHIPMENT = (
    "AfsendelseIdentifikator ForsendelseTypeIdentifikator? ForsendelseModtager? FilformatNavn "
    "MeddelelseIndholdData TransaktionsParametreI? DokumentParametre KanalUafhaengigeParametreI? "
    "PrintParametre? DigitalPostParametre? PostParametre? BilagSamling?"
)
_ORDER = {
    "ForsendelseI": _SHIPMENT,
    "ForsendelseModtager": "AfsendelseModtager? ModtagerAdresse?",
    "DokumentParametre": "TitelTekst? UUIDIdentifikator? BrevDato? MeddelelsesFormatObjekt?",
    "PrintParametre": "SimplexDuplexKode? FarveSHKode? KuvertTypeKode?",
    "PostParametre": (
        "PostKategoriKode? AllokeringsIdentifikator? ReturposthaandteringHosLeverandoerIndikator? "
        "InformationVedAdresseAendringIndikator? SideKvantitet?"
    ),
    "Bilag": (
        "BilagNavn FilformatNavn BilagSorteringsIndeksIdentifikator BilagIdentifikator? "
        "VedhaeftningIndholdData? VedhaeftningIndholdURLreference? VedhaeftSomIndholdDataIndikator?"
    ),
}
_CODES = {
    "SimplexDuplexKode": {"Simplex", "Duplex"},
    "FarveSHKode": {"SH", "Farve"},
    "KuvertTypeKode": {"C4", "C5", "MA"},
    "KanalKode": {"Digital Post", "Fysisk Post"},
    "KvitteringsTypeKode": {"Alle", "Ingen", "Kun fejl"},
    "PostKategoriKode": {
        "Prioritaire",
        "Economique",
        "Bulk",
        "Rekommanderet",
        "Rekommanderet med modtagerbevis",
        "Forkyndelse",
    },
}


@dataclass(frozen=True)
class Shipment:
    """What the receiver keeps. Personal."""

    identifier: str
    document: bytes = field(repr=False)
    attachments: int
    title: str = field(repr=False)


def read_shipments(parent: "etree._Element") -> Shipment:
    """Check the one shipment of a request and read it.

    Raises:
        Refusal: 400, with the element that breaks a rule, never its content.
    """
    shipments = [child for child in parent if isinstance(child.tag, str)]
    if [child.tag for child in shipments] != [f"{{{_FP}}}ForsendelseI"]:
        raise _refused("ForsendelseISamling holds one ForsendelseI")
    root = shipments[0]
    for element in root.iter("{*}*"):
        _check(element)
    identifier = _text(root, "AfsendelseIdentifikator")
    if not 1 <= len(identifier) <= _LONGEST_ID:
        raise _refused(f"AfsendelseIdentifikator must have 1-{_LONGEST_ID} characters")
    _check_recipient(root)
    attachments = root.findall(".//{*}Bilag")
    if len(attachments) > _MOST_ATTACHMENTS:
        raise _refused(f"BilagSamling holds at most {_MOST_ATTACHMENTS}")
    for one in attachments:
        _decoded(one, "VedhaeftningIndholdData")
    return Shipment(
        identifier=identifier.lower(),
        document=_decoded(root, "MeddelelseIndholdData"),
        attachments=len(attachments),
        title=_text(root, "DokumentParametre/{*}TitelTekst"),
    )


def _check(element: "etree._Element") -> None:
    name = etree.QName(element).localname
    value = (element.text or "").strip()
    if name in _ORDER:
        _check_order(element, name)
    if name in _CODES and value not in _CODES[name]:
        raise _refused(f"{name} must be one of {', '.join(sorted(_CODES[name]))}")
    if name == "FilformatNavn" and not 1 <= len(value) <= _LONGEST_FORMAT:
        raise _refused(f"FilformatNavn must have 1-{_LONGEST_FORMAT} characters")
    if name == "ForsendelseTypeIdentifikator" and not re.fullmatch(r"0*[1-9][0-9]*", value, re.ASCII):
        raise _refused("ForsendelseTypeIdentifikator must be a positive number")


def _check_order(element: "etree._Element", name: str) -> None:
    present = [etree.QName(child).localname for child in element if isinstance(child.tag, str)]
    position = 0
    for word in _ORDER[name].split():
        wanted = word.removesuffix("?")
        if position < len(present) and present[position] == wanted:
            position += 1
        elif not word.endswith("?"):
            raise _refused(f"{name} lacks {wanted}, or it stands in another place")
    if position < len(present):
        raise _refused(f"{present[position]} in {name} is unknown, repeated or out of order")


def _check_recipient(root: "etree._Element") -> None:
    number = _text(root, "ForsendelseModtager/{*}AfsendelseModtager/{*}CPRnummerIdentifikator")
    company = _text(root, "ForsendelseModtager/{*}AfsendelseModtager/{*}CVRnummerIdentifikator")
    if number and number != _NO_NUMBER and not is_synthetic(number):
        # Ours: a sandbox folder must never hold a letter to somebody who may exist.
        raise Refusal(400, "recipient-not-synthetic", "the sandbox takes synthetic and test numbers only")
    if company and not is_cvr(company):
        raise _refused("CVRnummerIdentifikator must be a CVR number of eight digits")
    address = root.find("{*}ForsendelseModtager/{*}ModtagerAdresse")
    if address is not None:
        country = address.find("{*}CountryIdentificationCode")
        if country is None or not (country.text or "").strip() or not country.get("scheme"):
            raise _refused("ModtagerAdresse needs CountryIdentificationCode with its scheme")


def _decoded(element: "etree._Element", name: str) -> bytes:
    try:
        content = base64.b64decode("".join(_text(element, name).split()), validate=True)
    except (binascii.Error, ValueError):
        content = b""
    if not content:
        raise _refused(f"{name} must be base64 and not empty")
    return content


def _text(element: "etree._Element", path: str) -> str:
    return (element.findtext(f"{{*}}{path}") or "").strip()


def _refused(text: str) -> Refusal:
    return Refusal(400, "shipment", text)
