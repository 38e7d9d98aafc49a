"""Answers made invalid: still well-formed, still HTTP 200, but nothing the contract knows."""

import json
from dataclasses import replace

from lxml import etree

from ._http import Response

__all__ = ["spoil_json", "spoil_xml"]

_SOAP_BODY = "{http://schemas.xmlsoap.org/soap/envelope/}Body"
_FOREIGN = "{urn:rpa-commons:sandbox:spoilt}Answer"


def spoil_xml(answer: Response) -> Response:
    """The root, or what a SOAP body holds, gets a name that no schema knows."""
    try:
        root = etree.fromstring(answer.body)
    except etree.XMLSyntaxError:  # an answer without a body, for instance
        root = etree.Element("nothing")
    body = root.find(_SOAP_BODY)
    target = body[0] if body is not None and len(body) else root
    target.tag = _FOREIGN
    return _with_body(answer, etree.tostring(root, xml_declaration=True, encoding="UTF-8"))


def spoil_json(answer: Response) -> Response:
    """The document lies in a list under a name that nobody asked for."""
    try:
        content = [json.loads(answer.body)]
    except ValueError:  # an answer without a body, for instance
        content = []
    return _with_body(answer, json.dumps({"spoilt": content}).encode())


def _with_body(answer: Response, body: bytes) -> Response:
    """The answer with another body; one that may have none becomes one that may."""
    return replace(answer, body=body, status=200 if answer.status == 204 else answer.status)  # noqa: PLR2004 - HTTP
