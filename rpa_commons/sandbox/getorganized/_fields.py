"""``<z:row xmlns:z="#RowsetSchema" ows_Title="..."/>``: how GetOrganized takes and gives metadata."""

from collections.abc import Mapping
from xml.sax.saxutils import quoteattr

from rpa_commons.sandbox._refusal import Refusal
from rpa_commons.sandbox._xml import parse_xml

__all__ = ["read_row", "row"]

_ROW = "{#RowsetSchema}row"


def read_row(text: str) -> dict[str, str]:
    """Field -> value.

    Raises:
        Refusal: 400 where it is no such element.
    """
    root = parse_xml(text.encode())
    if root.tag != _ROW or len(root):
        raise Refusal(400, "metadata", 'metadata must be one <z:row xmlns:z="#RowsetSchema" .../>')
    return {str(name): str(value) for name, value in root.attrib.items()}


def row(fields: Mapping[str, str]) -> str:
    """The element that holds these fields, in their order."""
    attributes = "".join(f" {name}={quoteattr(value)}" for name, value in fields.items())
    return f'<z:row xmlns:z="#RowsetSchema"{attributes} />'
