"""From the XPath that a rule engine reports to the element it means, its line and a path people read.

Each writes it in its way: ``/*:Invoice[namespace-uri()='urn'][1]`` (ISO Schematron), ``/Q{urn}Invoice[1]``
(SchXslt), ``/Invoice[1]/cac:InvoiceLine[2]`` (OIOUBL), ``/*/*[3]`` (libxml2). Only steps down by name and
position are understood; anything else ends at the last element that was.
"""

import re
from collections.abc import Iterator
from itertools import islice
from typing import cast

from lxml import etree

from ._model import Place

__all__ = ["place_of", "resolve"]

_STEP = re.compile(
    r"/(?P<attribute>@)?"
    r"(?:\*:(?P<any>[\w.-]+)\[namespace-uri\(\)='(?P<any_ns>[^']*)'\]"
    r"|Q\{(?P<q_ns>[^{}]*)\}(?P<q>[\w.-]+)"
    r"|(?:(?P<prefix>[\w.-]+):)?(?P<name>[\w.-]+)"
    r"|(?P<star>\*)(?!:|\[local)"
    r"|\*\[local-name\(\)='(?P<local>[\w.-]+)'(?: and namespace-uri\(\)='(?P<local_ns>[^']*)')?\])"
    r"(?:\[(?P<position>[0-9]{1,9})\])?"
)
_DEEPEST = 300


def place_of(root: etree._Element, xpath: str) -> Place:
    """Path and line of what an engine's XPath means; the path alone as it was said, if it means nothing."""
    element, attribute = resolve(root, xpath)
    if element is None:
        return Place(path="", line=None)
    return Place(path=_path(element) + attribute, line=cast("int | None", element.sourceline))


def resolve(root: etree._Element, xpath: str) -> tuple[etree._Element | None, str]:
    """The element, and ``/@name`` when an attribute of it is meant."""
    element: etree._Element | None = None
    at = 0
    for _ in range(_DEEPEST):
        step = _STEP.match(xpath, at)
        if step is None:
            break
        at = step.end()
        if step["attribute"]:
            return element, f"/@{step['any'] or step['q'] or step['name'] or step['local']}"
        found = _step(root, element, step)
        if found is None:
            break
        element = found
    return element, ""


def _step(root: etree._Element, parent: etree._Element | None, step: re.Match[str]) -> etree._Element | None:
    """One step down; children are sought by the parser, for a hostile document has very many."""
    matching: Iterator[etree._Element]
    if step["star"]:
        matching = _children(root, parent, "*")
    elif step["name"]:
        matching = (
            one for one in _children(root, parent, f"{{*}}{step['name']}") if one.prefix == step["prefix"]
        )
    else:
        name = step["any"] or step["q"] or step["local"]
        space = step["any_ns"] if step["any"] else step["q_ns"] if step["q"] else step["local_ns"]
        matching = _children(root, parent, f"{{{space or ''}}}{name}")
    return next(islice(matching, int(step["position"] or 1) - 1, None), None)


def _children(root: etree._Element, parent: etree._Element | None, tag: str) -> Iterator[etree._Element]:
    if parent is not None:
        return parent.iterchildren(tag)
    space, _, name = tag.rpartition("}")
    fits = tag == "*" or (space == "{*" and name == _local(root)) or tag.removeprefix("{}") == root.tag
    return iter([root] if fits else [])


def _local(element: etree._Element) -> str:
    return etree.QName(element).localname


def _path(element: etree._Element) -> str:
    steps = []
    node: etree._Element | None = element
    while node is not None:
        name = f"{node.prefix}:{_local(node)}" if node.prefix else _local(node)
        before = sum(1 for _ in node.itersiblings(node.tag, preceding=True))
        alike = before or next(node.itersiblings(node.tag), None) is not None
        steps.append(f"{name}[{before + 1}]" if alike else name)
        node = node.getparent()
    return "/" + "/".join(reversed(steps))
