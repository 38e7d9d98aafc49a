"""SF1520's contract as a schema, from KOMBIT's own files.

Rules this module keeps: the files are read from the folder that the sandbox was given and are in no package;
what they leave out (the types use the namespace of PNR and do not import it) is added in memory, and one
umbrella takes in every namespace.
"""

from pathlib import Path

from lxml import etree

from rpa_commons.validators.xsd import InvalidSchemaError, XmlSchema

__all__ = ["CONTRACT", "contract_schema"]

CONTRACT = Path("serviceplatformen", "resources", "person-base-data-extended-service-contract")
"""Where the contract lies below the folder of official schemas."""
_XS = "{http://www.w3.org/2001/XMLSchema}"
_MESSAGES = "PersonBaseDataExtendedServiceMsg.xsd"
_TYPES = "xsd/PersonBaseDataExtendedServiceTypes.xsd"
_PNR = ("http://serviceplatformen.dk/xml/schemas/cpr/PNR/1/", "../sp/PNR_1.xsd")
_FAULT = "sp/ServiceplatformFault_1.xsd"


def contract_schema(schemas: Path | None) -> tuple[XmlSchema | None, str]:
    """The schema, or ``None`` and a sentence that says why there is none.

    Args:
        schemas: Folder of the official schemas.
    """
    if schemas is None:
        return None, "no folder of official schemas was given"
    home = schemas / CONTRACT
    files = {path.relative_to(home).as_posix(): path.read_bytes() for path in sorted(home.rglob("*.xsd"))}
    if _MESSAGES not in files:
        return None, f"the contract's schemas are not in {CONTRACT.as_posix()} of the folder given"
    try:
        files[_TYPES] = _with_import(files[_TYPES], *_PNR)
        files["umbrella.xsd"] = _umbrella(files)
        return XmlSchema(files, "umbrella.xsd"), ""
    except (InvalidSchemaError, etree.XMLSyntaxError, KeyError):
        return None, f"the contract's schemas in {CONTRACT.as_posix()} are not whole"


def _with_import(schema: bytes, namespace: str, place: str) -> bytes:
    root = etree.fromstring(schema)
    if not any(one.get("namespace") == namespace for one in root.iterfind(f"{_XS}import")):
        root.insert(0, etree.Element(f"{_XS}import", namespace=namespace, schemaLocation=place))
    return etree.tostring(root)


def _umbrella(files: dict[str, bytes]) -> bytes:
    umbrella = etree.Element(f"{_XS}schema")
    for name in (_MESSAGES, _FAULT):
        namespace = etree.fromstring(files[name]).get("targetNamespace", "")
        etree.SubElement(umbrella, f"{_XS}import", namespace=namespace, schemaLocation=name)
    return etree.tostring(umbrella)
