"""A bot's templates as its manifest lists them: each with its blocks and a digest of each block's source.

The digests tell a municipality, after an upgrade, which block that it overrides changed underneath.
"""

import hashlib
from importlib.resources.abc import Traversable

from rpa_commons.manifest import TemplateEntry

from ._store import SUFFIX, TemplateStore

__all__ = ["block_digest", "block_text", "describe_templates"]


def describe_templates(folder: Traversable) -> tuple[TemplateEntry, ...]:
    """Every template directly in a bot's folder, by name, with the blocks that an override may replace.

    A template that extends another lists the inherited blocks too, each with the digest of the source that
    counts: its own, and its parent's where it calls ``super()``.

    Raises:
        TemplateError: a template is not of the language of letters, or says a name that nobody gives.
        TemplateMissingError: a template extends one that is not in the folder.
    """
    store = TemplateStore(folder)
    return tuple(
        TemplateEntry(name=name, blocks=_blocks(store, f"bot:{name}{SUFFIX}")) for name in store.names()
    )


def block_digest(source: str, block: str) -> str:
    """SHA-256 (hex) of what stands between ``{% block NAME %}`` and its ``{% endblock %}``.

    Raises:
        KeyError: the source has no such block.
    """
    return _digest(_block_sources(source)[block])


def block_text(folder: Traversable, template: str, block: str) -> str:
    """The source of a block of a bot's template; of the one that it extends where it has none of its own.

    Raises:
        KeyError: neither has such a block.
        TemplateError: the template cannot be read, or is not of the language of letters.
        TemplateMissingError: there is no such template.
    """
    from ._chain import chain

    store = TemplateStore(folder)
    for sheet in chain(store, store.resolve(f"bot:{template}{SUFFIX}")):
        found = _block_sources(store.read(sheet.template))
        if block in found:
            return found[block]
    raise KeyError(block)


def _blocks(store: TemplateStore, canonical: str) -> dict[str, str]:
    from ._chain import chain, check_names  # brings Jinja2, which whoever reads a letterhead does without
    from ._invented import declared_values, known_names

    digests: dict[str, str] = {}
    sheets = chain(store, canonical)
    check_names(sheets, known_names(declared_values(store), sheets))
    for sheet in reversed(sheets):
        for block, text in _block_sources(store.read(sheet.template)).items():
            below = f"\n{digests[block]}" if block in sheet.supers and block in digests else ""
            digests[block] = _digest(text + below)
    return dict(sorted(digests.items()))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _block_sources(source: str) -> dict[str, str]:
    """Block name -> source, nested blocks included in the outer one's."""
    from jinja2 import Environment

    found: dict[str, str] = {}
    opened: list[tuple[str, list[str]]] = []
    tag: list[str] = []
    words: list[str] = []
    for _, kind, text in Environment(autoescape=True).lex(source):
        tag.append(text)
        if kind == "name":
            words.append(text)
        if kind in {"data", "raw_begin", "raw_end", "comment", "variable_end"} or kind == "block_end":
            written, tag = "".join(tag), []
            if kind == "block_end" and words[:1] == ["endblock"]:
                name, parts = opened.pop()
                found[name] = "".join(parts)
            for _, parts in opened:
                parts.append(written)
            if kind == "block_end" and words[:1] == ["block"]:
                opened.append((words[1], []))
            words = []
    return found
