"""XML Schema from files in memory: what is wrong with a document, where, without its values.

Rules this module keeps: a schema is built from exactly the bytes it is given, and anything else that it
imports is refused; what is said names elements and rules, never a value of the document.

Usage::

    schema = XmlSchema({"KLE.xsd": path.read_bytes()}, "KLE.xsd")
    for problem in schema.problems(safe_xml(data)):
        print(problem.line, problem.path, problem.text)
"""

import posixpath
import re
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from lxml import etree

__all__ = ["InvalidSchemaError", "SchemaProblem", "XmlSchema"]

_BASE = "pack:///"
_XS = "{http://www.w3.org/2001/XMLSchema}"
_NAMESPACE = re.compile(r"\{[^{}]*\}")
# What libxml2 quotes of a document. A value may hold an apostrophe itself, so each runs to the last place
# where the sentence can go on.
_VALUES = (
    (re.compile(r"(^|: )'.*' is not a valid value of", re.DOTALL), r"\1the value is not a valid value of"),
    (re.compile(r"\b((?i:value)) '.*' (?=(?:is|has|does|not|of)\b)", re.DOTALL), r"\1 "),
    (re.compile(r"key-sequence \[.*\]", re.DOTALL), "key-sequence"),
    (re.compile(r"\bbut (?:the value is|was) '.*'", re.DOTALL), "but it is another"),
)


class InvalidSchemaError(ValueError):
    """Files are no XML Schema that can be built.

    Attributes:
        problem: Why.
    """

    def __init__(self, problem: str) -> None:
        super().__init__(f"not usable as XML Schema: {problem}")
        self.problem = problem


@dataclass(frozen=True)
class SchemaProblem:
    """One way in which a document breaks its schema."""

    rule: str
    """libxml2's name of the rule, such as ``ELEMENT_CONTENT`` or ``CVC_DATATYPE_VALID_1_2_1``."""
    line: int
    path: str
    """XPath of the element by position, namespaces left out where the parser leaves them out."""
    text: str


class XmlSchema:
    """A schema, built once; safe to use from several threads."""

    def __init__(self, files: Mapping[str, bytes], entry: str) -> None:
        """Build it.

        Args:
            files: Path (with ``/``) -> bytes, for the entry and whatever it includes and imports.
            entry: The path of the file to start with.

        Raises:
            InvalidSchemaError: a file is missing or broken.
        """
        if entry not in files:
            raise InvalidSchemaError(f"there is no {entry!r}")
        parser = etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True)
        parser.resolvers.add(_FromMemory(files))
        try:
            document = etree.fromstring(files[entry], parser, base_url=_BASE + entry)
            self._schema = etree.XMLSchema(document)
        except (etree.XMLSyntaxError, etree.XMLSchemaParseError) as error:
            raise InvalidSchemaError(str(error)) from None
        # The errors of a run are kept in the schema object, so two runs must not mix.
        self._lock = threading.Lock()

    def problems(self, root: etree._Element) -> tuple[SchemaProblem, ...]:
        """What is wrong with a document, in its order; empty when it is valid."""
        with self._lock:
            if self._schema.validate(root):
                return ()
            log = [*cast("Iterable[Any]", self._schema.error_log)]
        return tuple(
            SchemaProblem(
                rule=entry.type_name.removeprefix("SCHEMAV_"),
                line=entry.line,
                path=entry.path or "",
                text=_without_values(entry.message),
            )
            for entry in log
        )


class _FromMemory(etree.Resolver):
    """Gives a schema the files that it was built with, and nothing else."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._files = files

    def resolve(self, system_url: str, public_id: str, context: object) -> object:  # type: ignore[override] # noqa: ARG002 - lxml's real signature
        """The file of an include or import; an empty schema would hide that one is missing."""
        path = posixpath.normpath(system_url.removeprefix(_BASE))
        if not system_url.startswith(_BASE) or path not in self._files:
            raise InvalidSchemaError(f"it asks for {system_url.removeprefix(_BASE)!r}")
        return self.resolve_string(self._files[path], context, base_url=_BASE + path)


def _without_values(message: str) -> str:
    for pattern, instead in _VALUES:
        message = pattern.sub(instead, message)
    return _NAMESPACE.sub("", message)
