r"""One value in the text of a TOML document: set, changed or taken out, and nothing else touched.

Rules this module keeps: only the characters of the value (or of its line) change, so comments, order, quotes
and line ends stay as they were; the result is read again with ``tomllib`` and must differ from the document
in exactly this value; what cannot be done without disturbing more is refused with the line to edit by hand.

Usage::

    with_value('[settings]\nwindow_days = 14 # two weeks\n', ("settings", "window_days"), 20)
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from typing import Any

from rpa_commons.capabilities import RpaCommonsError

from ._keys import format_key, lookup, show
from ._schema import is_secret_reference
from ._toml_layout import Layout, Path

__all__ = ["EditRefusedError", "toml_text", "with_value", "without_value"]

_LONGEST_LINE = 100  # characters of a list on one line
_BYTE_ORDER_MARK = "\ufeff"


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


def with_value(text: str, path: Path, value: Any) -> str:  # noqa: ANN401 - any TOML value
    """The document with the value at a path, which is made where it is not.

    Args:
        text: A valid TOML document; a byte order mark and line ends stay.
        path: Table keys from the top of the file.
        value: A TOML value; a table given for a ``[table]`` replaces its keys one by one.

    Raises:
        EditRefusedError: it would take more than one value, or UTF-8 cannot hold the text.
    """
    mark, body = _split(text)
    changed = _with_value(body, path, value)
    return mark + _checked(body, changed, path, value)


def without_value(text: str, path: Path) -> str:
    """The document without the value at a path; the line goes, with a comment behind it.

    Raises:
        EditRefusedError: the path names a table that is written as several lines.
        KeyError: there is no such key.
    """
    mark, body = _split(text)
    lookup(tomllib.loads(body), path)
    changed = _without_value(body, path)
    return mark + _checked(body, changed, path, _GONE)


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


_GONE = object()


def _split(text: str) -> tuple[str, str]:
    mark = _BYTE_ORDER_MARK if text.startswith(_BYTE_ORDER_MARK) else ""
    return mark, text.removeprefix(mark)


def _with_value(text: str, path: Path, value: Any) -> str:  # noqa: ANN401 - any TOML value
    layout = Layout(text)
    found = _present(layout.tree, path)
    if len(found) == len(path):
        return _replaced(layout, path, value)
    above = lookup(layout.tree, found)
    if not isinstance(above, dict):
        line = layout.places[found].line
        problem = f"{format_key(found)} is no table in line {line}, so nothing can stand below it"
        raise EditRefusedError(format_key(path), problem, remedy=f"take {format_key(found)} out first")
    if layout.is_inline(found):
        return _in_braces(layout, found, path, value)
    return _added(layout, found, path, value)


def _present(tree: Any, path: Path) -> Path:  # noqa: ANN401 - a tree of TOML values
    for length in range(len(path), 0, -1):
        try:
            lookup(tree, path[:length])
        except KeyError:
            continue
        return path[:length]
    return ()


def _replaced(layout: Layout, path: Path, value: Any) -> str:  # noqa: ANN401 - any TOML value
    place = layout.places[path]
    if place.end > place.start:
        is_within = layout.pair_around(path).path != path  # in braces a list stays on one line
        written = _written(layout, value, inner=is_within)
        return layout.text[: place.start] + written + layout.text[place.end :]
    before = lookup(layout.tree, path)
    if not isinstance(value, Mapping) or not isinstance(before, dict) or not value:
        problem = f"it is written as tables of its own from line {place.line} on"
        raise EditRefusedError(format_key(path), problem, remedy="edit the file, or set its keys one by one")
    text = layout.text
    for key in before:
        text = text if key in value else _without_value(text, (*path, key))
    for key, one in value.items():
        text = _with_value(text, (*path, key), one)
    return text


def _written(layout: Layout, value: Any, *, inner: bool = False) -> str:  # noqa: ANN401 - any TOML value
    return toml_text(value, inner=inner).replace("\n", layout.newline)


def _in_braces(layout: Layout, table: Path, path: Path, value: Any) -> str:  # noqa: ANN401 - any TOML value
    """The document with a new key at the end of an inline table."""
    place = layout.places.get(table)
    if place is None or place.end == place.start or any(isinstance(part, int) for part in table):
        return _inside(layout, path, value)  # a table that dotted keys make within the braces
    inside = layout.text[place.start + 1 : place.end - 1]
    pair = f"{format_key(path[len(table) :])} = {toml_text(value, inner=True)}"
    kept = inside.rstrip()
    written = f"{kept}, {pair}{inside[len(kept) :]}" if kept else f" {pair} "
    return layout.text[: place.start + 1] + written + layout.text[place.end - 1 :]


def _inside(layout: Layout, path: Path, value: Any) -> str:  # noqa: ANN401 - any TOML value
    """The document with an inline table changed; ``_GONE`` takes the key out."""
    line = layout.pair_around(path)
    start, end = layout.value_of(line)
    inner = path[len(line.path) :]
    before = layout.text[start:end]
    after = _by_tomlkit(before, inner, value)
    wanted = _changed(tomllib.loads(f"v = {before}"), ("v", *inner), value)
    if after is None or not _reads_as(after, wanted["v"]):
        after = toml_text(wanted["v"], inner=True)
    return layout.text[:start] + after + layout.text[end:]


def _by_tomlkit(before: str, inner: Path, value: Any) -> str | None:  # noqa: ANN401 - any TOML value
    """The inline table as tomlkit changes it, its spaces kept; ``None`` when it cannot."""
    import tomlkit  # 30 ms that only an inline table needs
    from tomlkit.exceptions import TOMLKitError

    try:
        document = tomlkit.parse(f"v = {before}")
        node: Any = document["v"]
        for at, key in enumerate(inner[:-1]):
            if key not in node:
                value = _nested(inner[at + 1 :], value)
                inner = inner[: at + 1]
                break
            node = node[key]
        if value is _GONE:
            del node[inner[-1]]
        else:
            node[inner[-1]] = tomlkit.parse(f"v = {toml_text(value, inner=True)}")["v"]
        after = tomlkit.dumps(document).removeprefix("v = ").rstrip("\r\n")
        closing = re.search(r"[ \t]*\}$", before)  # tomlkit leaves the spaces of what it takes out
        after = re.sub(r"[ \t]*\}$", closing.group() if closing else "}", after)
        return re.sub(r"^\{[ \t]+", "{ ", after)
    except (TOMLKitError, KeyError, TypeError, ValueError, AttributeError):
        return None


def _reads_as(text: str, value: Any) -> bool:  # noqa: ANN401 - any TOML value
    try:
        return _same(tomllib.loads(f"v = {text}"), {"v": value})
    except ValueError:
        return False


def _nested(path: Path, value: Any) -> Any:  # noqa: ANN401 - any TOML value
    for key in reversed(path):
        value = {key: value}
    return value


def _added(layout: Layout, table: Path, path: Path, value: Any) -> str:  # noqa: ANN401 - any TOML value
    """The document with a new line: in the table's own lines, or below a header made for it."""
    at = _last_line_of(layout, table)
    if at is not None:
        home = layout.home_of(at)
        line = f"{format_key(path[len(home) :])} = {_written(layout, value)}"
        return _inserted(layout, layout.lines[at].end, line, indent=_indent(layout, at))
    if not table and len(path) == 1 and not (isinstance(value, Mapping) and value):
        line = f"{format_key(path)} = {_written(layout, value)}"
        return _at_the_top(layout, line)
    home = table or (path[:-1] if len(path) > 1 else path)
    pairs = _pairs(path[len(home) :], value) if len(path) == 1 else [(path[len(home) :], value)]
    lines = [f"{format_key(key)} = {_written(layout, one)}" for key, one in pairs]
    gap = layout.newline if layout.text.strip() else ""
    body = layout.text if not layout.text or layout.text.endswith("\n") else layout.text + layout.newline
    return body + gap + layout.newline.join([f"[{format_key(home)}]", *lines, ""])


def _pairs(path: Path, value: Any) -> Iterator[tuple[Path, Any]]:  # noqa: ANN401 - any TOML value
    """A table as dotted keys; a reference to a secret stays one value."""
    if isinstance(value, Mapping) and value and not is_secret_reference(value):
        for key, one in value.items():
            yield from _pairs((*path, key), one)
    else:
        yield path, value


def _last_line_of(layout: Layout, table: Path) -> int | None:
    """The position of the line below which a new key of a table can stand; ``None`` when it has no lines."""
    header = layout.header(table) if table else None
    if header is not None:
        at = header
        while at + 1 < len(layout.lines) and not layout.lines[at + 1].is_header:
            at += 1
        return at
    found = [
        at
        for at, one in enumerate(layout.lines)
        if not one.is_header and (one.path[:-1] == table if not table else one.path[: len(table)] == table)
        if layout.home_of(at) != table or not table
        if "[]" not in layout.home_of(at) and len(layout.home_of(at)) <= len(table)
    ]
    return found[-1] if found else None


def _indent(layout: Layout, at: int) -> str:
    line = layout.lines[at]
    match = re.match(r"[ \t]*", layout.text[line.begin :])
    return match.group() if match and not line.is_header else ""


def _inserted(layout: Layout, position: int, line: str, *, indent: str = "") -> str:
    before, after = layout.text[:position], layout.text[position:]
    gap = "" if not before or before.endswith("\n") else layout.newline
    return before + gap + indent + line + layout.newline + after


def _at_the_top(layout: Layout, line: str) -> str:
    """The document with a first key above all headers; the comment that begins the file stays first."""
    if not layout.lines:
        return _inserted(layout, len(layout.text), line)
    begin = layout.lines[0].begin
    above = layout.comment_above(begin)
    position = begin if above == 0 else above
    return _inserted(layout, position, line + layout.newline)


def _without_value(text: str, path: Path) -> str:
    layout = Layout(text)
    place = layout.places[path]
    if place.end == place.start:
        problem = f"it is a table of its own from line {place.line} on"
        keys = ", ".join(map(str, lookup(layout.tree, path))) or "none"
        advice = f"take its keys out one by one: {keys}" if keys != "none" else "take the line out by hand"
        raise EditRefusedError(format_key(path), problem, remedy=advice)
    line = layout.pair_around(path)
    if line.path != path:
        return _inside(layout, path, _GONE)
    return text[: line.begin] + text[line.end :]


def _checked(before: str, after: str, path: Path, value: Any) -> str:  # noqa: ANN401 - any TOML value
    """The changed text, once more read and compared: exactly the one value may differ."""
    wanted = _changed(tomllib.loads(before), path, value)
    try:
        is_right = _same(tomllib.loads(after), wanted)
    except ValueError:
        is_right = False
    if not is_right:
        problem = f"{show(format_key(path))} cannot be changed here without disturbing other lines"
        raise EditRefusedError(format_key(path), problem, remedy="edit the file by hand")
    return after


def _changed(tree: dict[str, Any], path: Path, value: Any) -> dict[str, Any]:  # noqa: ANN401 - any TOML value
    node = tree
    for key in path[:-1]:
        node = node.setdefault(key, {})
    if value is _GONE:
        node.pop(path[-1], None)
    else:
        node[path[-1]] = value
    return tree


def _same(one: Any, other: Any) -> bool:  # noqa: ANN401 - trees of TOML values
    """Whether two trees hold the same values of the same types; empty tables count as nothing."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        keys = {key for tree in (one, other) for key, value in tree.items() if not _is_empty(value)}
        return all(_same(one.get(key, _GONE), other.get(key, _GONE)) for key in keys)
    if isinstance(one, list) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(map(_same, one, other))
    is_nan = isinstance(one, float) and isinstance(other, float) and one != one and other != other  # noqa: PLR0124 - nan
    return type(one) is type(other) and (one == other or is_nan)


def _is_empty(value: Any) -> bool:  # noqa: ANN401 - any TOML value
    """Whether nothing but tables without a value stands here."""
    return isinstance(value, Mapping) and all(map(_is_empty, value.values()))
