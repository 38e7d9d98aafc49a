"""Keys as paths and as text, values as text, and guesses at what was meant.

A path is a tuple of table keys (``str``) and list positions (``int``). Its text is a TOML dotted key, with
list positions in brackets: ``("hosts", 0, "url")`` is ``hosts[0].url``.
"""

import difflib
import functools
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, time
from types import MappingProxyType
from typing import Any

__all__ = ["HIDDEN", "KeyPath", "format_key", "guess", "lookup", "parse_key", "printable", "show", "walk"]

KeyPath = tuple[str | int, ...]

HIDDEN = "…"
"""Stands for a value that is not shown."""

_WORDS = MappingProxyType({None: "not set", True: "true", False: "false"})
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_LAST_SHORT = 0xFFFF  # the last character that \\u can write
_LONGEST_SHOWN = 72  # characters of a value in a message


@functools.lru_cache(maxsize=4096)  # keys, never values; the same ones come again and again
def format_key(path: KeyPath) -> str:
    """The path as text: dotted, quoted where TOML asks for it, positions in brackets."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            name = part if _BARE.fullmatch(part) else _quoted(part)
            text += f".{name}" if text else name
    return text


def parse_key(text: str) -> tuple[str, ...]:
    """The path that a TOML dotted key spells.

    Raises:
        ValueError: the text is no dotted key.
    """
    if "\n" in text or "\r" in text:
        raise ValueError("a key stands on one line")
    tree: Any = tomllib.loads(f"{text} = 0")
    path: list[str] = []
    while isinstance(tree, dict):
        [(part, tree)] = tree.items()
        path.append(part)
    if tree != 0 or isinstance(tree, bool):
        raise ValueError("it holds more than a key")
    return tuple(path)


def lookup(tree: Any, path: KeyPath) -> Any:  # noqa: ANN401 - a tree of TOML values
    """The value at a path.

    Raises:
        KeyError: there is none.
    """
    for part in path:
        try:
            tree = tree[part]
        except (IndexError, TypeError):
            raise KeyError(part) from None
    return tree


def walk(tree: Any, path: KeyPath = ()) -> Iterator[tuple[KeyPath, Any]]:  # noqa: ANN401 - a tree of TOML values
    """Every node of a tree, tables and lists too, each with its path; the root itself not."""
    pairs: Iterable[tuple[str | int, Any]] = ()
    if isinstance(tree, Mapping):
        pairs = tree.items()
    elif isinstance(tree, list):
        pairs = enumerate(tree)
    for part, value in pairs:
        yield (*path, part), value
        yield from walk(value, (*path, part))


def guess(word: str, known: Iterable[str]) -> str | None:
    """The known word that is most like the given one, or ``None``."""
    words = list(known)
    folded = {candidate.casefold().replace("-", "_"): candidate for candidate in words}
    exact = folded.get(word.casefold().replace("-", "_"))
    close = difflib.get_close_matches(word, words, n=1, cutoff=0.6)
    begun = [candidate for candidate in words if len(word) > 2 and candidate.startswith(word)]  # noqa: PLR2004 - prod, not p
    return exact or next(iter(close), None) or (begun[0] if len(begun) == 1 else None)


def show(value: Any) -> str:  # noqa: ANN401 - any TOML or JSON value
    """A value as it would stand in a TOML file, shortened when long."""
    text = _toml(value)
    return text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 1] + "…"


def printable(text: str) -> str:
    """The text with every sign that a terminal could obey or hide as an escape; tabs stay."""
    return "".join(sign if sign.isprintable() or sign == "\t" else _escape(sign) for sign in text)


def _quoted(text: str) -> str:
    """The text as a basic TOML string."""
    inner = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return f'"{printable(inner)}"'


def _escape(sign: str) -> str:
    return f"\\u{ord(sign):04x}" if ord(sign) <= _LAST_SHORT else f"\\U{ord(sign):08x}"


def _toml(value: Any) -> str:  # noqa: ANN401 - any TOML or JSON value
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{format_key((key,))} = {_toml(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_toml, value)) + "]"
    if isinstance(value, str):
        return HIDDEN if value == HIDDEN else _quoted(value)
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if value is None or isinstance(value, bool):
        return _WORDS[value]
    return str(value)
