"""Reading and writing messages by the plan of their models."""

from typing import TypeVar

from lxml import etree
from pydantic import ValidationError

from rpa_commons.connectors._xml import InvalidXmlError, parse_xml

from ._element import NAMESPACES, Element, MemoError, Part, parts_of, qualified
from ._model import Message
from ._types import READERS, WRITERS

__all__ = ["memo_element", "read_memo", "write_memo"]

_E = TypeVar("_E", bound=Element)


def write_memo(message: Message) -> bytes:
    """The message as a UTF-8 document with the ``memo:`` prefix."""
    return etree.tostring(memo_element(message), xml_declaration=True, encoding="UTF-8")


def memo_element(message: Message) -> etree._Element:
    """The message as an element, to be put into a request."""
    root = _write(message)
    etree.cleanup_namespaces(root, top_nsmap={"memo": NAMESPACES["memo"]})
    return root


def read_memo(document: bytes) -> Message:
    """The message in a document.

    Raises:
        MemoError: it is no XML, or not a MeMo 1.2 message by the schema; every problem is named, no value is.
    """
    problems: list[str] = []
    message = None
    try:
        root = parse_xml(document)
    except InvalidXmlError as error:
        problems.append(str(error))
    else:
        if root.tag == qualified(Message.tag):
            message = _read(Message, root, Message.tag, problems)
        else:
            problems.append(f"the root is not {Message.tag}")
    if message is None or problems:
        raise MemoError(tuple(problems))
    return message


def _write(element: Element) -> etree._Element:
    node = etree.Element(qualified(element.tag), nsmap=dict(NAMESPACES))
    for part in parts_of(type(element)):
        value = getattr(element, part.name)
        if value is None:
            continue
        if part.attribute:
            node.set(part.tag, value)
            continue
        for one in value if part.many else (value,):
            if isinstance(one, Element):
                node.append(_write(one))
            else:
                etree.SubElement(node, part.tag).text = WRITERS[part.kind](one)
    return node


def _read(kind: type[_E], node: etree._Element, place: str, problems: list[str]) -> _E | None:
    """The element's model; ``None`` when it cannot be made, with the reasons added to ``problems``."""
    parts = parts_of(kind)
    values: dict[str, object] = {part.name: [] for part in parts if part.many}
    position = 0
    before = len(problems)
    for name, text in node.attrib.items():
        if any(part.attribute and part.tag == name for part in parts):
            values.update((part.name, text) for part in parts if part.tag == name)
        elif not str(name).startswith("{"):  # xsi:schemaLocation and the like say nothing about the message
            problems.append(f"{place}: an attribute that does not belong here")
    for child in node:
        found = next((index for index, part in enumerate(parts) if part.tag == child.tag), None)
        if found is None:
            problems.append(f"{place}: an element that does not belong here (line {child.sourceline})")
            continue
        if found < position:
            problems.append(f"{place}/{_local(child)}: it stands too late")
        position = max(position, found)
        _take(parts[found], child, f"{place}/{_local(child)}", values, problems)
    if len(problems) > before:
        return None
    return _made(
        kind, {name: tuple(v) if isinstance(v, list) else v for name, v in values.items()}, place, problems
    )


def _take(
    part: Part, child: etree._Element, place: str, values: dict[str, object], problems: list[str]
) -> None:
    value: object
    if issubclass(part.kind, Element):
        value = _read(part.kind, child, place, problems)
    else:
        value = _text(part, child, place, problems)
    slot = values.get(part.name)
    if isinstance(slot, list):
        slot.append(value)
    elif part.name in values:
        problems.append(f"{place}: it stands twice")
    else:
        values[part.name] = value


def _text(part: Part, child: etree._Element, place: str, problems: list[str]) -> object:
    if len(child):
        problems.append(f"{place}: it has elements where a text belongs")
        return None
    read, expected = READERS[part.kind]
    try:
        return read(child.text or "")
    except (ValueError, KeyError):
        problems.append(f"{place}: it is not {expected}")
        return None


def _made(kind: type[_E], values: dict[str, object], place: str, problems: list[str]) -> _E | None:
    try:
        return kind.model_validate(values)
    except ValidationError as error:
        for one in error.errors(include_input=False, include_url=False):
            where = "/".join([place, *(str(step) for step in one["loc"])])
            problems.append(f"{where}: {one['msg']}")
    return None


def _local(node: etree._Element) -> str:
    return str(etree.QName(node).localname)
