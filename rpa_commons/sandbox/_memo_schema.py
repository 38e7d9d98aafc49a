"""MeMo_core.xsd as a check beside our own rules, when the official schemas are at hand.

The core imports schemas of other registers. One that does not lie beside it is stood in for: its elements may
then hold anything, its data types are plain texts; :attr:`MemoSchema.missing` names them, and the sandbox
says so.
"""

import re
import threading
from pathlib import Path
from typing import Any

from lxml import etree

from ._refusal import Refusal

__all__ = ["MemoSchema"]

_XSD = "{http://www.w3.org/2001/XMLSchema}"
_ELEMENT = re.compile(r"Element '(?:\{[^}]*\})?([^']+)'")
_PLACE = ("memo", "xsd", "Version1.2", "MeMo_core.xsd")


class MemoSchema:
    """The compiled schema; safe for several threads.

    Attributes:
        missing: Names of imported schemas that are stood in for.
    """

    def __init__(self, schemas: Path) -> None:
        """Compile it.

        Raises:
            FileNotFoundError: it is not in the folder.
        """
        core = schemas.joinpath(*_PLACE)
        if not core.is_file():
            raise FileNotFoundError(core)
        self.missing: tuple[str, ...] = ()
        parser = etree.XMLParser(no_network=True, resolve_entities=False)
        root = etree.parse(core, parser).getroot()
        stand_ins = {}
        for one in root.iterfind(f"{_XSD}import"):
            place = one.get("schemaLocation", "")
            if not (core.parent / place).is_file():
                stand_ins[place.rpartition("/")[2]] = _stand_in(root, one.get("namespace", ""))
        self.missing = tuple(sorted(stand_ins))
        parser = etree.XMLParser(no_network=True, resolve_entities=False)
        parser.resolvers.add(_StandIns(stand_ins))
        self._lock = threading.Lock()
        self._schema = etree.XMLSchema(etree.parse(core, parser))

    def check(self, message: "etree._Element") -> None:
        """Refuse a message that the schema refuses.

        Raises:
            Refusal: 400, with the elements and never their content.
        """
        log = self._problems(message)
        if log:
            raise Refusal(400, "memo-schema", f"MeMo_core.xsd refuses {', '.join(log)}")

    def _problems(self, message: "etree._Element") -> list[str]:
        with self._lock:
            if self._schema.validate(message):
                return []
            texts = str(self._schema.error_log).splitlines()
        return sorted({match[1] for text in texts if (match := _ELEMENT.search(text))}) or ["the message"]


class _StandIns(etree.Resolver):
    def __init__(self, schemas: dict[str, bytes]) -> None:
        super().__init__()
        self._schemas = schemas

    def resolve(self, system_url: str, public_id: str, context: Any) -> Any:  # type: ignore[override] # noqa: ANN401, ARG002 - lxml's own, which its stubs lack
        schema = self._schemas.get(system_url.rpartition("/")[2])
        return None if schema is None else self.resolve_string(schema, context)  # type: ignore[call-arg] # as above


def _stand_in(core: "etree._Element", namespace: str) -> bytes:
    """A schema with every element and type of the namespace that the core refers to; all pass."""
    prefixes = {prefix for prefix, uri in core.nsmap.items() if uri == namespace}
    elements, types = set[str](), set[str]()
    for one in core.iter("{*}*"):
        for attribute, found in (("ref", elements), ("type", types), ("base", types)):
            prefix, _, local = (one.get(attribute) or "").rpartition(":")
            if prefix in prefixes and local:
                found.add(local)
    parts = [f'<xsd:element name="{name}"/>' for name in sorted(elements)]
    parts += [
        f'<xsd:simpleType name="{name}"><xsd:restriction base="xsd:string"/></xsd:simpleType>'
        for name in sorted(types)
    ]
    head = f'<xsd:schema xmlns:xsd="{_XSD[1:-1]}" targetNamespace="{namespace}">'
    return f"{head}{''.join(parts)}</xsd:schema>".encode()
