"""A shipment on paper by KOMBIT's own remote print schemas, when they are at hand.

Rules this module keeps: the files are read from the folder that the sandbox was given and are in no package;
each of the official files declares one element and imports its neighbours one by one, which a parser that
reads a namespace's first import only does not understand, so in memory an umbrella for each namespace
includes all its files, and every import asks for the umbrella.
"""

from collections.abc import Mapping
from pathlib import Path

from lxml import etree

from rpa_commons.validators.xsd import InvalidSchemaError, XmlSchema

from ._refusal import Refusal

__all__ = ["PLACE", "check_shipment", "shipment_schema"]

PLACE = Path("serviceplatformen", "resources", "sf1600", "SF1600_EP_SP1-2", "xsd", "oio")
"""Where the schemas lie below the folder of official schemas."""
_XS = "{http://www.w3.org/2001/XMLSchema}"
_PRINT = "urn:oio:fjernprint:1.0.0"


def shipment_schema(schemas: Path | None) -> tuple[XmlSchema | None, str]:
    """The schema, or ``None`` and words that say why there is none.

    Args:
        schemas: Folder of the official schemas.
    """
    if schemas is None:
        return None, "no folder of official schemas was given"
    files = {path.name: path.read_bytes() for path in sorted((schemas / PLACE).glob("*.xsd"))}
    if "ForsendelseI.xsd" not in files:
        return None, f"ForsendelseI.xsd is not in {PLACE.as_posix()} of the folder given"
    try:
        whole, umbrellas = _under_umbrellas(files)
        return XmlSchema(whole, umbrellas[_PRINT]), ""
    except (InvalidSchemaError, etree.XMLSyntaxError, KeyError):
        return None, f"the schemas in {PLACE.as_posix()} are not whole"


def check_shipment(schema: XmlSchema, shipment: "etree._Element") -> None:
    """Refuse what the schema refuses.

    Raises:
        Refusal: 400, with the schema's rule and never a value.
    """
    problems = schema.problems(etree.fromstring(etree.tostring(shipment)))
    if problems:
        raise Refusal(400, "shipment-schema", f"ForsendelseI.xsd refuses it: {problems[0].text}")


def _under_umbrellas(files: Mapping[str, bytes]) -> tuple[dict[str, bytes], dict[str, str]]:
    """The files with their imports led to the umbrellas, and the umbrella of each namespace."""
    roots = {name: etree.fromstring(content) for name, content in files.items()}
    spaces = {root.get("targetNamespace", "") for root in roots.values()}
    umbrellas = {space: f"umbrella-{number}.xsd" for number, space in enumerate(sorted(spaces))}
    whole = {}
    for space, umbrella in umbrellas.items():
        root = etree.Element(f"{_XS}schema", targetNamespace=space)
        for name, one in roots.items():
            if one.get("targetNamespace", "") == space:
                etree.SubElement(root, f"{_XS}include", schemaLocation=name)
        whole[umbrella] = etree.tostring(root)
    for name, root in roots.items():
        for one in [*root.iterfind(f"{_XS}include"), *root.iterfind(f"{_XS}import")]:
            root.remove(one)
        for space in sorted(spaces - {root.get("targetNamespace", "")}, reverse=True):
            root.insert(0, etree.Element(f"{_XS}import", namespace=space, schemaLocation=umbrellas[space]))
        whole[name] = etree.tostring(root)
    return whole, umbrellas
