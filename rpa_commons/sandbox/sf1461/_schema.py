"""The envelope's official schema, where there is one.

``Beskedkuvert.xsd`` comes in KOMBIT's package for SF1461, with the schemas that it imports beside it.
"""

from pathlib import Path

from rpa_commons.validators.xml import safe_xml
from rpa_commons.validators.xsd import InvalidSchemaError, XmlSchema

__all__ = ["RECEIPTS_UNVALIDATED", "UNVALIDATED", "envelope_schema", "problems_of"]

UNVALIDATED = "messages are not validated: no usable Beskedkuvert.xsd in the folder of official schemas"
RECEIPTS_UNVALIDATED = "receipts for letters are as public clients show them, and are not validated"
_MAIN = "Beskedkuvert.xsd"


def envelope_schema(schemas: Path | None) -> XmlSchema | None:
    """The schema; ``None`` when it is not there, or without what it imports."""
    found = next(iter(sorted(schemas.rglob(_MAIN))), None) if schemas else None
    if found is None:
        return None
    files = {path.relative_to(found.parent).as_posix(): path for path in found.parent.rglob("*.xsd")}
    try:
        return XmlSchema({name: path.read_bytes() for name, path in files.items()}, _MAIN)
    except InvalidSchemaError:
        return None


def problems_of(schema: XmlSchema, body: bytes) -> list[str]:
    """What is wrong with a message, without its values."""
    return [problem.text for problem in schema.problems(safe_xml(body))]
