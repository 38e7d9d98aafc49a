"""TOML values: written as text, changed in a tree, and compared.

Rules this module keeps: what is written reads back as the same value of the same type; whether two trees are
the same is asked with the types, for ``1``, ``1.0`` and ``true`` are three values.

Usage::

    toml_text({"env": "REGISTER_PASSWORD"})  # '{ env = "REGISTER_PASSWORD" }'
"""

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from rpa_commons.capabilities import RpaCommonsError
from rpa_commons.config.findings import format_key

__all__ = ["GONE", "EditRefusedError", "changed_tree", "same_tree", "toml_text"]

_LONGEST_LINE = 100  # characters of a list on one line

GONE = object()
"""In the place of a value: there is none any more."""


class EditRefusedError(RpaCommonsError):
    """A value cannot be written without disturbing what stands around it.

    Attributes:
        key: The key in the file.
        problem: Why not.
    """

    exit_code: int = 1

    def __init__(self, key: str, problem: str, *, remedy: str) -> None:
        super().__init__(f"{key}: {problem}", remedy=remedy)
        self.key = key
        self.problem = problem


def toml_text(value: Any, *, inner: bool = False) -> str:  # noqa: ANN401 - any TOML value
    """A value as TOML; a long list has a line for each item, unless ``inner``.

    Raises:
        EditRefusedError: a text that UTF-8 cannot hold.
    """
    if isinstance(value, Mapping):
        pairs = [f"{format_key((key,))} = {toml_text(one, inner=True)}" for key, one in value.items()]
        return "{ " + ", ".join(pairs) + " }" if pairs else "{}"
    if isinstance(value, list | tuple):
        items = [toml_text(one, inner=True) for one in value]
        line = "[" + ", ".join(items) + "]"
        if inner or len(line) <= _LONGEST_LINE:
            return line
        return "[\n" + "".join(f"    {item},\n" for item in items) + "]"
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return str(value).lower()  # True is true; a number is written the same in small letters


def _quoted(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        problem = "the value has signs that no file can hold"
        raise EditRefusedError("VALUE", problem, remedy="type it again") from None
    key = format_key((f"{text} ",))  # a key with a space is always quoted
    return key[:-2] + '"'


def changed_tree(tree: dict[str, Any], path: tuple[str, ...], value: Any) -> dict[str, Any]:  # noqa: ANN401 - any TOML value
    """The tree, changed in place: the value at a path, or nothing there for :data:`GONE`."""
    node = tree
    for key in path[:-1]:
        node = node.setdefault(key, {})
    if value is GONE:
        node.pop(path[-1], None)
    else:
        node[path[-1]] = value
    return tree


def same_tree(one: Any, other: Any) -> bool:  # noqa: ANN401 - trees of TOML values
    """Whether two trees hold the same values of the same types; empty tables count as nothing."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        keys = {key for tree in (one, other) for key, value in tree.items() if not _is_empty(value)}
        return all(same_tree(one.get(key, GONE), other.get(key, GONE)) for key in keys)
    if isinstance(one, list) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(map(same_tree, one, other))
    is_nan = isinstance(one, float) and isinstance(other, float) and one != one and other != other  # noqa: PLR0124 - nan
    return type(one) is type(other) and (one == other or is_nan)


def _is_empty(value: Any) -> bool:  # noqa: ANN401 - any TOML value
    """Whether nothing but tables without a value stands here."""
    return isinstance(value, Mapping) and all(map(_is_empty, value.values()))
