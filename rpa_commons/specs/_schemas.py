"""Documents other than invoices against a kept XML Schema: KLE, SSBTEK.

Usage::

    checker = SchemaChecker(store, "kle-emneplan")
    problems = checker.check(data)
"""

from typing import BinaryIO, cast

from lxml import etree

from rpa_commons.validators.xml import XmlLimits, safe_xml
from rpa_commons.validators.xsd import InvalidSchemaError, SchemaProblem, XmlSchema

from ._errors import DamagedSpecError, MissingSpecError, SpecsError
from ._known import families, family
from ._store import SpecsStore

__all__ = ["SchemaChecker"]

_LIMITS = XmlLimits(size=100 * 1024 * 1024, long_texts=True, markup=10_000_000)
"""A whole subject plan has some 20 MB."""
_SOAP = (
    "{http://schemas.xmlsoap.org/soap/envelope/}",
    "{http://www.w3.org/2003/05/soap-envelope}",
)


class SchemaChecker:
    """Checks documents by one family of schemas; built once, at the first document."""

    def __init__(self, store: SpecsStore, name: str) -> None:
        """Read and verify the newest kept version.

        Raises:
            SpecsError: there is no such family of schemas, none of it is kept, or a file is damaged.
        """
        known = family(name)
        if known is None or not known.for_documents:
            names = ", ".join(one.name for one in families() if one.for_documents)
            raise SpecsError(f"there is no schema {name!r}", remedy=f"one of {names}")
        newest = store.newest(name)
        if newest is None:
            raise MissingSpecError(name, known.versions[-1].source)
        self._entries = known.entries
        self._files = store.load(name, newest.version)
        self._schemas: dict[str, XmlSchema] = {}
        self.label = newest.label

    def check(self, source: bytes | BinaryIO) -> tuple[SchemaProblem, ...]:
        """What is wrong with a document; of a SOAP message, with what its body holds.

        Raises:
            InvalidXmlError: it is not XML that we read.
            DamagedSpecError: the files are no schema.
        """
        root = _content(safe_xml(source, limits=_LIMITS))
        name = etree.QName(root).localname
        if name not in self._entries:
            known = " or ".join(self._entries)
            return (
                SchemaProblem(
                    "ROOT", cast("int", root.sourceline), f"/{name}", f"the root is {name}, not {known}"
                ),
            )
        entry = self._entries[name]
        if entry not in self._schemas:
            self._schemas[entry] = self._built(entry)
        return self._schemas[entry].problems(root)

    def _built(self, entry: str) -> XmlSchema:
        try:
            return XmlSchema(self._files, entry)
        except InvalidSchemaError as error:
            raise DamagedSpecError(self.label, [error.problem]) from None


def _content(root: etree._Element) -> etree._Element:
    for space in _SOAP:
        if root.tag == f"{space}Envelope":
            body = root.find(f"{space}Body")
            if body is not None and len(body):
                return body[0]
    return root
