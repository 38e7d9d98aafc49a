"""What KombiPostAfsend answers.

The shape (``kombi_response``, no namespace: ``Result``, ``TransmissionID``, ``HovedoplysningerSvarREST`` >
``SvarReaktion`` > ``Advis``) is that of classes that public clients generated from KOMBIT's own answers; a
taken message is answered with ``AdvisTekst`` "Received", and public clients report that one on paper comes
without ``TransmissionID``. Which words a refusal has was not found: ``Fejl`` with ``FejlId`` and
``FejlTekst``, and their contents, are ours, as is what the answer to a repeated message says.
"""

from typing import Any

from lxml import etree

from ._http import Response
from ._refusal import Refusal

__all__ = ["already_here", "duplicate", "receipt", "refusal_xml"]

_XML = "application/xml; charset=utf-8"


def receipt(entry: dict[str, Any]) -> Response:
    """That a message was taken."""
    values = [("AdvisId", "0"), ("AdvisTekst", "Received")]
    return _answer(200, "true", "" if entry["choice"] == "Fysisk Post" else entry["receipt"], "Advis", values)


def duplicate(entry: dict[str, Any]) -> Response:
    """That a message is there already, as a conflict; ours."""
    text = f"duplicate: {entry['message_uuid']}"
    return _answer(409, "false", entry["receipt"], "Fejl", [("FejlId", "duplicate"), ("FejlTekst", text)])


def already_here(entry: dict[str, Any]) -> Response:
    """That a message is there already, as a plain refusal; ours."""
    text = f"message {entry['message_uuid']} has already been received"
    return _answer(400, "false", "", "Fejl", [("FejlId", "message-received"), ("FejlTekst", text)])


def refusal_xml(refusal: Refusal) -> Response:
    """A refusal; its words are ours."""
    headers = {"WWW-Authenticate": "Holder-of-key"} if refusal.status == 401 else {}  # noqa: PLR2004 - HTTP
    values = [("FejlId", refusal.code), ("FejlTekst", refusal.text)]
    return _answer(refusal.status, "false", "", "Fejl", values, headers)


def _answer(
    status: int,
    result: str,
    transmission: str,
    kind: str,
    values: list[tuple[str, str]],
    headers: dict[str, str] | None = None,
) -> Response:
    root = etree.Element("kombi_response")
    etree.SubElement(root, "Result").text = result
    if transmission:
        etree.SubElement(root, "TransmissionID").text = transmission
    parent = etree.SubElement(etree.SubElement(root, "HovedoplysningerSvarREST"), "SvarReaktion")
    parent = etree.SubElement(parent, kind)
    for name, value in values:
        etree.SubElement(parent, name).text = value
    body = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return Response(status, body, _XML, headers or {})
