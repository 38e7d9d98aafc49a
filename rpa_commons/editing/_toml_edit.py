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
from types import MappingProxyType
from typing import Any

from rpa_commons.config.documents import GONE, EditRefusedError, changed_tree, same_tree, toml_text
from rpa_commons.config.findings import KeyPath, format_key, lookup, show
from rpa_commons.config.schema import is_secret_reference

from ._toml_layout import Layout, Path

__all__ = ["HINTS", "MUST_BE_FILLED_IN", "OF_ANOTHER", "TAKEN_OVER", "with_value", "without_value"]

MUST_BE_FILLED_IN = "# must be filled in"
"""Behind a commented key of a file that ``rpac config init`` has written: the value takes its place."""
HINTS = MappingProxyType(
    {
        "owner": "# who answers for this bot instance",
        "deputy": "# who answers when the owner is away",
        "start_from": "# cut-over: what happened before that day is left to people",
        "cooperation": "# the cooperation it belongs to",
        "baseline": "# what the cooperation gives its members: a folder or a wheel",
        "languages": "# of letters, the first one preferred",
        "address": "# street and number, then postal code and town",
        "phone": "# as it is to be printed",
        "web": "# as it is to be printed",
    }
)
"""Behind the commented keys that such a file offers: key -> what it is for."""
TAKEN_OVER = "as {} has it"
OF_ANOTHER = "what {} says of itself"
"""Notes behind a line of such a file; neither is true any more once another value stands there."""
_STALE = re.compile(r"[ \t]*# (?:must be filled in: )?(?:as .+ has it|what .+ says of itself)(?=\r?\n|$)")

_BYTE_ORDER_MARK = "\ufeff"


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
    return mark + _checked(body, changed, path, GONE)


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
        line = layout.number_of(found)
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
    span = layout.span(path)
    if span is not None:
        is_within = layout.pair_around(path).path != path  # in braces a list stays on one line
        written, rest = _written(layout, value, inner=is_within), layout.text[span[1] :]
        is_another = not same_tree({"v": lookup(layout.tree, path)}, {"v": value})
        stale = _STALE.match(rest) if is_another else None
        return layout.text[: span[0]] + written + rest[stale.end() if stale else 0 :]
    before = lookup(layout.tree, path)
    if not isinstance(value, Mapping) or not isinstance(before, dict) or not value:
        problem = f"it is written as tables of its own from line {layout.number_of(path)} on"
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
    span = layout.span(table)
    if span is None:
        return _inside(layout, path, value)  # a table that dotted keys make within the braces
    start, end = span[0] + 1, span[1] - 1
    inside = layout.text[start:end]
    pair = f"{format_key(path[len(table) :])} = {toml_text(value, inner=True)}"
    kept = inside.rstrip()
    written = f"{kept}, {pair}{inside[len(kept) :]}" if kept else f" {pair} "
    return layout.text[:start] + written + layout.text[end:]


def _inside(layout: Layout, path: Path, value: Any) -> str:  # noqa: ANN401 - any TOML value
    """The document with an inline table changed; ``GONE`` takes the key out."""
    line = layout.pair_around(path)
    start, end = layout.span(line.path) or (line.begin, line.end)
    inner = path[len(line.path) :]
    before = layout.text[start:end]
    after = _by_tomlkit(before, inner, value)
    wanted = changed_tree(tomllib.loads(f"v = {before}"), ("v", *inner), value)
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
        if value is GONE:
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
        return same_tree(tomllib.loads(f"v = {text}"), {"v": value})
    except ValueError:
        return False


def _nested(path: Path, value: Any) -> Any:  # noqa: ANN401 - any TOML value
    for key in reversed(path):
        value = {key: value}
    return value


def _added(layout: Layout, table: Path, path: Path, value: Any) -> str:  # noqa: ANN401 - any TOML value
    """The document with a new line: where it was to be filled in, in the table's lines, or below a header."""
    asked = _asked_for(layout, path) or _offered(layout, path)
    if asked is not None:
        home, start, end, note = asked
        line = f"{format_key(path[len(home) :])} = {_written(layout, value)}{note}"
        return layout.text[:start] + line + layout.text[end:]
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


def _asked_for(layout: Layout, path: Path) -> tuple[KeyPath, int, int, str] | None:
    """The comment that says a key must be filled in: its table, its span, and the note that stays."""
    for home, start, end in layout.comments():
        if path[: len(home)] != home or len(home) == len(path):
            continue
        comment = layout.text[start:end]
        if not comment.startswith(f"# {format_key(path[len(home) :])} = "):
            continue
        _, marker, note = comment.partition(MUST_BE_FILLED_IN)
        note = note.removeprefix(":").strip()
        stale = _STALE.search(comment)
        if stale is not None and stale.end() == len(comment):
            return home, start, end, ""
        if marker:
            return home, start, end, f" # {note}" if note else ""
    return None


def _offered(layout: Layout, path: Path) -> tuple[KeyPath, int, int, str] | None:
    """The commented key that ``rpac config init`` offers, below its description or with its hint behind it.

    Whatever else people have put in comments stays as it is.
    """
    comments = list(layout.comments())
    for at, (home, start, end) in enumerate(comments):
        key = format_key(path[len(home) :])
        if path[: len(home)] != home or len(home) == len(path):
            continue
        comment = layout.text[start:end]
        if not comment.startswith(f"# {key} = "):
            continue
        hint = HINTS.get(key, "")
        if hint and comment.endswith(hint):
            return home, start, end, f" {hint}"
        _, above, ended = comments[at - 1] if at else (home, start, start)
        if not layout.text[above:ended].startswith("#   ") or layout.text[ended:start].strip():
            continue
        for _, _, last in comments[at:]:  # a list or text of several lines goes on in the next comments
            lines = [line.strip().removeprefix("# ") for line in layout.text[start:last].splitlines()]
            if _reads_as_pair("\n".join(lines), path[len(home) :]):
                return home, start, last, ""
    return None


def _reads_as_pair(text: str, path: Path) -> bool:
    """Whether a text is one key with its value."""
    try:
        tree = tomllib.loads(text)
        lookup(tree, path)
    except (ValueError, KeyError):
        return False
    return len(list(Layout(text).lines)) == 1


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
        if len(layout.home_of(at)) <= len(table) and all(isinstance(one, str) for one in layout.home_of(at))
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
    if layout.span(path) is None:
        problem = f"it is a table of its own from line {layout.number_of(path)} on"
        keys = ", ".join(map(str, lookup(layout.tree, path))) or "none"
        advice = f"take its keys out one by one: {keys}" if keys != "none" else "take the line out by hand"
        raise EditRefusedError(format_key(path), problem, remedy=advice)
    line = layout.pair_around(path)
    if line.path != path:
        return _inside(layout, path, GONE)
    return text[: line.begin] + text[line.end :]


def _checked(before: str, after: str, path: Path, value: Any) -> str:  # noqa: ANN401 - any TOML value
    """The changed text, once more read and compared: exactly the one value may differ."""
    wanted = changed_tree(tomllib.loads(before), path, value)
    try:
        is_right = same_tree(tomllib.loads(after), wanted)
    except ValueError:
        is_right = False
    if not is_right:
        problem = f"{show(format_key(path))} cannot be changed here without disturbing other lines"
        raise EditRefusedError(format_key(path), problem, remedy="edit the file by hand")
    return after
