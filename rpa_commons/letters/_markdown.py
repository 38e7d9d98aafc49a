"""Markdown, restricted, to a tree of plain data; values join the tree after the Markdown was parsed.

Rules this module keeps: a value is never read as Markdown. The renderer writes a marker (two private-use
characters around a number) where a value stands; the marker is a letter like any other to the parser, and
only the text of the finished tree gets the value. So no value can become structure, whatever it holds.

There are headings, paragraphs, emphasis, strong, lists, line breaks, and links to https and mailto. HTML,
images, code and tables are not read: they stand in the letter as they were typed.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any
from urllib.parse import quote

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from ._errors import TemplateError, TemplateProblem

__all__ = ["Block", "Inline", "fill", "marker", "parse", "plain_text"]

Block = dict[str, Any]
"""``{"kind": "heading", "level", "content"}``, ``{"kind": "paragraph", "content"}`` or
``{"kind": "list", "ordered", "start", "items": [[Block, ...], ...]}``."""
Inline = dict[str, Any]
"""``{"kind": "text", "text"}``, ``{"kind": "break"}``, ``{"kind": "strong" | "emphasis", "content"}`` or
``{"kind": "link", "url", "content"}``."""

_MARKER = re.compile("\ue000([0-9]+)\ue001")
_SITE = re.compile("(?i:https://)\ue000([0-9]+)\ue001")  # a value that is the whole of a web address
_RULES = ("heading", "list", "newline", "escape", "emphasis", "link", "entity")
_LOWEST_HEADING = 4  # the letter's title is 1; four levels are more than a letter needs
_DEEPEST_LIST = 20


def marker(index: int) -> str:
    """What stands for value number ``index`` on its way through Markdown."""
    return f"\ue000{index}\ue001"


def fill(text: str, values: Sequence[str], encode: Callable[[str], str] = str) -> str:
    """The text with its markers replaced by the values; one that stands for no value becomes U+FFFD."""

    def value_of(match: re.Match[str]) -> str:
        index = int(match[1])
        return encode(values[index]) if index < len(values) else "\ufffd"

    return _MARKER.sub(value_of, text)


def parse(markdown: str, values: Sequence[str], template: str) -> list[Block]:
    """The tree of a letter's body.

    Args:
        markdown: Markdown with markers.
        values: What the markers stand for, already cleaned.
        template: Canonical name, for errors.

    Raises:
        TemplateError: a link leads to something else than https or mailto.
    """
    parser = _Parser("zero", {"maxNesting": _DEEPEST_LIST}).enable(list(_RULES))
    blocks = _Tree(values, template).blocks(SyntaxTreeNode(parser.parse(markdown)).children)
    return _levelled(blocks)


def plain_text(blocks: Sequence[Block], indent: str = "") -> str:
    """The tree as plain text: paragraphs apart, list items with ``-`` or a number, links with address."""
    parts = []
    for block in blocks:
        if block["kind"] == "list":
            parts.append(_plain_list(block, indent))
        else:
            parts.append(indent + _plain_inline(block["content"]).replace("\n", f"\n{indent}"))
    return "\n\n".join(parts)


class _Parser(MarkdownIt):
    """Leaves addresses as they are typed: we check and encode them, after the values have joined."""

    def normalizeLink(self, url: str) -> str:  # noqa: N802 - markdown-it's name
        return url

    def validateLink(self, url: str) -> bool:  # noqa: N802, ARG002 - markdown-it's name; a bad link is an error, not text
        return True


class _Tree:
    def __init__(self, values: Sequence[str], template: str) -> None:
        self._values = values
        self._template = template

    def blocks(self, nodes: Sequence[SyntaxTreeNode]) -> list[Block]:
        found = (self._block(node) for node in nodes)
        return [block for block in found if block is not None]

    def _block(self, node: SyntaxTreeNode) -> Block | None:
        match node.type:
            case "heading":
                level = int(node.tag[1])
                content = self._inline(node.children[0].children)
                return {"kind": "heading", "level": level, "content": content} if content else None
            case "bullet_list" | "ordered_list":
                items = [self.blocks(item.children) for item in node.children]
                start = int(node.attrs.get("start", 1))
                ordered = node.type == "ordered_list"
                return {"kind": "list", "ordered": ordered, "start": start, "items": items}
            case _:
                content = self._inline(node.children[0].children)
                return {"kind": "paragraph", "content": content} if content else None

    def _inline(self, nodes: Sequence[SyntaxTreeNode]) -> list[Inline]:
        found: list[Inline] = []
        for node in nodes:
            one = self._one_inline(node)
            if one["kind"] == "text" and found and found[-1]["kind"] == "text":
                found[-1]["text"] += one["text"]
            elif one.get("text") != "":
                found.append(one)
        return found

    def _one_inline(self, node: SyntaxTreeNode) -> Inline:
        match node.type:
            case "strong":
                return {"kind": "strong", "content": self._inline(node.children)}
            case "em":
                return {"kind": "emphasis", "content": self._inline(node.children)}
            case "link":
                url = self._url(str(node.attrs["href"]))
                return {"kind": "link", "url": url, "content": self._inline(node.children)}
            case "hardbreak":
                return {"kind": "break"}
            case "softbreak":
                return {"kind": "text", "text": " "}
            case _:
                return {"kind": "text", "text": fill(node.content, self._values)}

    def _url(self, href: str) -> str:
        scheme = href.partition(":")[0].lower()
        if not href.lower().startswith(("https://", "mailto:")):
            problem = "a link in the letter leads to something else than https:// or mailto:"
            remedy = "begin the address with https:// or mailto:"
            raise TemplateError([TemplateProblem(self._template, 0, problem, remedy)])
        kept = "@+" if scheme == "mailto" else ""
        site = _SITE.match(href)
        known = "https://" + fill(site[0][8:], self._values, _site) if site else ""
        rest = fill(href[site.end() if site else 0 :], self._values, lambda value: quote(value, safe=kept))
        filled = known + rest
        return quote(filled, safe="%/:?#[]@!$&'()*+,;=~-._")


def _site(web: str) -> str:
    """A web address as it is printed, without its scheme: ``www.example.dk/flyt`` keeps its path."""
    return quote(web, safe="/")


def _levelled(blocks: list[Block]) -> list[Block]:
    """Heading levels from 2, below the title, equal marks at equal level; PDF/UA allows no skipped level."""
    marks = sorted({heading["level"] for heading in _headings(blocks)})
    level = 1
    for heading in _headings(blocks):
        wanted = marks.index(heading["level"]) + 2
        level = heading["level"] = min(wanted, level + 1, _LOWEST_HEADING)
    return blocks


def _headings(blocks: Sequence[Block]) -> Iterator[Block]:
    for block in blocks:
        if block["kind"] == "heading":
            yield block
        elif block["kind"] == "list":
            for item in block["items"]:
                yield from _headings(item)


def _plain_list(block: Block, indent: str) -> str:
    lines = []
    for number, item in enumerate(block["items"], block["start"]):
        mark = f"{number}. " if block["ordered"] else "- "
        text = plain_text(item, indent + " " * len(mark))
        lines.append(f"{indent}{mark}{text.lstrip()}")
    return "\n".join(lines)


def _plain_inline(content: Sequence[Inline]) -> str:
    parts = []
    for one in content:
        match one["kind"]:
            case "text":
                parts.append(one["text"])
            case "break":
                parts.append("\n")
            case "link":
                text = _plain_inline(one["content"])
                address = one["url"].removeprefix("mailto:")
                address = address if text != address.removeprefix("https://") else text
                parts.append(text if text == address else f"{text} ({address})")
            case _:
                parts.append(_plain_inline(one["content"]))
    return "".join(parts)
