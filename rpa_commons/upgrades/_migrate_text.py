r"""Migrations of a file's text: only what a migration is about changes; every comment stays.

Rules this module keeps: a key that keeps its table keeps its line; one that moves takes the comments above
and behind it along; a key that is gone takes them along too, and nothing else goes; line ends and byte order
mark stay; what comes out is read again and must hold exactly the migrated values, or nothing is written.

Usage::

    migrated = migrate_text('[settings]\nwindow_days = 14 # two weeks\n', manifest)
    migrated.text  # '[settings]\nlook_back_days = 14 # two weeks\n'
"""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from rpa_commons.config.documents import Edit, MarkedText, Pair, TextSection, edited, mark
from rpa_commons.config.findings import KeyPath, format_key, show, walk
from rpa_commons.config.migrations import Migrated, Operation, Path, Step, has, migrate, operations_of, same
from rpa_commons.manifest import Manifest

__all__ = ["MigratedText", "MigrationNotWrittenError", "migrate_text", "migrate_toml"]

_BOM = "\ufeff"


class MigrationNotWrittenError(ValueError):
    """A migration cannot be carried out in this text without harm.

    Attributes:
        troubles: Why, one sentence each; no values.
    """

    def __init__(self, troubles: Sequence[str]) -> None:
        super().__init__("; ".join(troubles))
        self.troubles = tuple(troubles)


@dataclass(frozen=True)
class MigratedText:
    """A text after its migrations.

    Attributes:
        text: The whole text.
        steps: Every step that found something and was carried out.
        left: The steps that a person must make; their keys stand as they were.
    """

    text: str
    steps: tuple[Step, ...]
    left: tuple[Step, ...] = ()


def migrate_text(text: str, manifest: Manifest, prefix: Path = ("settings",)) -> MigratedText:
    """Migrate the ``[settings]`` of an instance's or baseline's file; what a person must do is left out.

    Args:
        text: The whole file; it must be valid TOML.
        manifest: Of the version the file is to fit.
        prefix: Where the settings stand.

    Raises:
        MigrationNotWrittenError: the file is written so that a person must do it; the text is not touched.
        BrokenSchemaError: the manifest's migrations are of no known form.
    """
    operations, left = operations_of(manifest), list[Step]()
    table = _at(tomllib.loads(text.removeprefix(_BOM)), prefix)
    while isinstance(table, dict):
        troubles = [one for one in migrate(table, operations).steps if one.trouble]
        if not troubles:
            break
        left.append(troubles[0])  # one at a time: leaving it out may be what makes the next one possible
        operations = _without(operations, troubles[0])
    return replace(migrate_toml(text, operations, prefix), left=tuple(left))


def _without(operations: Sequence[Operation], trouble: Step) -> tuple[Operation, ...]:
    """The operations that can be carried out while the key of one step stays as it is."""
    one = trouble.operation
    position = operations.index(one)
    earlier = (
        other
        for other in operations[:position]
        if not _touches(other.path, trouble.original) and not (other.to and _touches(other.to, one.path))
    )
    return (*earlier, *(other for other in operations[position + 1 :] if not _touches(other.path, one.path)))


def _touches(path: Path, other: Path) -> bool:
    size = min(len(path), len(other))
    return path[:size] == other[:size]


def migrate_toml(text: str, operations: Sequence[Operation], prefix: Path = ()) -> MigratedText:
    """Carry out every one of some operations on the table at ``prefix``, or none.

    Raises:
        MigrationNotWrittenError: a person must do it; the text is not touched.
    """
    bom, body = (_BOM, text[1:]) if text.startswith(_BOM) else ("", text)
    whole = tomllib.loads(body)
    done = migrate(table, operations) if isinstance(table := _at(whole, prefix), dict) else Migrated({}, ())
    if not done.steps:
        return MigratedText(text, ())
    if troubles := [one.trouble for one in done.steps if one.trouble]:
        raise MigrationNotWrittenError(troubles)
    try:
        for one in operations:
            body = _Rewriting(body, prefix).carry_out(one)
        found = tomllib.loads(body)
    except (ValueError, RecursionError):  # a form of writing for which there is no rule here
        found = {}
    if not same(found, _wanted(whole, done, prefix, found)):
        keys = ", ".join(dict.fromkeys(format_key(one.original) for one in done.steps))
        raise MigrationNotWrittenError([f"{keys}: the file is written so that it must be changed by hand"])
    return MigratedText(bom + body, done.steps)


def _wanted(before: Mapping[str, Any], done: Migrated, prefix: Path, found: Mapping[str, Any]) -> Any:  # noqa: ANN401 - a tree of TOML values
    """What the new text must hold: the migrated values, and the rest as it was."""
    if prefix and not done.values and not has(found, prefix):  # an empty table needs no header
        return {key: value for key, value in before.items() if key != prefix[0]}
    wanted: dict[str, Any] = dict(before)
    node = wanted
    for part in prefix[:-1]:
        node[part] = node = dict(node[part])
    if prefix:
        node[prefix[-1]] = done.values
    else:
        wanted = done.values
    return wanted


def _at(tree: Any, path: KeyPath) -> Any:  # noqa: ANN401 - a tree of TOML values
    for part in path:
        tree = tree.get(part) if isinstance(tree, dict) else None
    return tree


class _Rewriting:
    """One operation on one text."""

    def __init__(self, text: str, prefix: Path) -> None:
        self._text = text
        self._prefix = prefix

    def carry_out(self, one: Operation) -> str:
        """The text after the operation; the same text when there is nothing to do."""
        tree = tomllib.loads(self._text)
        old = self._prefix + one.path
        if not has(tree, old):
            return self._text
        marked = mark(self._text)
        if one.kind == "rename":
            text = edited(self._text, _Moving(marked, old, self._prefix + one.to, self._prefix).edits())
        elif one.kind == "remove":
            text = edited(self._text, _removal(marked, old, with_comments=True))
        else:
            return edited(self._text, list(_new_values(marked, one, _at(tree, self._prefix), self._prefix)))
        return _without_empty_tables(text, old, len(self._prefix))


def _new_values(marked: MarkedText, one: Operation, table: Mapping[str, Any], prefix: Path) -> Iterator[Edit]:
    changed = migrate(table, [one]).values
    for path, value in walk(_at(table, one.path)) if _is_tree(_at(table, one.path)) else [((), None)]:
        here = (*one.path, *path)
        before, after = (_value(tree, here) for tree in (table, changed))
        if not _is_tree(value) and not same(before, after):
            yield Edit(*marked.spans[*prefix, *here], _written(after))


def _is_tree(value: object) -> bool:
    return isinstance(value, dict | list)


def _value(tree: Any, path: KeyPath) -> Any:  # noqa: ANN401 - a tree of TOML values
    for part in path:
        tree = tree[part]
    return tree


def _written(value: Any) -> str:  # noqa: ANN401 - a scalar of a manifest
    """A scalar as TOML, never shortened."""
    if isinstance(value, str):
        return format_key((value + " ",))[:-2] + '"'  # the space makes it a quoted one
    return show(value)


def _removal(marked: MarkedText, path: KeyPath, *, with_comments: bool) -> list[Edit]:
    """Take out every key and header of a path.

    Args:
        marked: The text.
        path: What goes.
        with_comments: Also the comments in it, behind it and directly above it: left behind, they would be
            read as the next key's. Otherwise each stays on a line of its own.
    """
    edits: list[Edit] = []
    for section in marked.sections:
        ends = [(section.tokens[0].start, section.end)] if section.tokens else []
        found = ends if section.path[: len(path)] == path else []
        pairs = (pair for pair in section.pairs if pair.path[: len(path)] == path)
        for begin, end in (*found, *((pair.tokens[0].start, pair.end) for pair in pairs)):
            if with_comments:
                edits.append(Edit(marked.block_start(begin), marked.line_end(end), ""))
            else:
                edits.append(_comments_only(marked, marked.line_start(begin), marked.line_end(end)))
    return edits or [_cut(marked, pair) for pair in _outermost(marked, path)]


def _comments_only(marked: MarkedText, start: int, end: int) -> Edit:
    text = marked.text[start:end]
    indent = text[: len(text) - len(text.lstrip(" \t"))]
    lines = [f"{indent}{comment}{marked.newline}" for comment in marked.comments_in(start, end)]
    return Edit(start, end, "".join(lines))


def _outermost(marked: MarkedText, path: KeyPath) -> list[Pair]:
    """The pairs of inline tables that a path means, none inside another."""
    size = len(path)
    return [one for one in marked.all_pairs() if one.path[:size] == path and one.table[:size] != path]


def _cut(marked: MarkedText, pair: Pair) -> Edit:
    """Take a pair out of its inline table, with the one comma that goes with it."""
    begin, end = pair.tokens[0].start, pair.end
    behind = end + len(marked.text[end:]) - len(marked.text[end:].lstrip(" \t"))
    if marked.text.startswith(",", behind):
        rest = marked.text[behind + 1 :]
        return Edit(begin, behind + 1 + len(rest) - len(rest.lstrip(" \t")), "")
    before = marked.text[:begin].rstrip(" \t")
    return Edit(len(before) - 1, end, "") if before.endswith(",") else Edit(begin, end, "")


def _without_empty_tables(text: str, path: KeyPath, least: int) -> str:
    """The text without the tables around a path that nothing is left in."""
    for length in range(len(path) - 1, least, -1):
        tree, table = tomllib.loads(text), path[:length]
        if not has(tree, table) or _at(tree, table) != {}:
            break
        text = edited(text, _removal(mark(text), table, with_comments=False))
    return text


class _Moving:
    """A key or table that is called otherwise, or stands elsewhere."""

    def __init__(self, marked: MarkedText, old: Path, new: Path, prefix: Path) -> None:
        self._marked = marked
        self._old, self._new, self._prefix = old, new, prefix
        self._home = self._find_home()
        self._moved: list[str] = []
        self._lifted: list[str] = []

    def edits(self) -> list[Edit]:
        size, edits = len(self._old), []
        for section in self._marked.sections:
            if section.path[:size] == self._old:
                edits.append(self._renamed(section.tokens, 0))
                continue
            own = (pair for pair in section.pairs if pair.path[:size] == self._old)
            edits += (self._of_line(section, pair) for pair in own)
        if not edits:
            edits = [edit for pair in _outermost(self._marked, self._old) for edit in self._of_inline(pair)]
        return edits + self._insertions()

    def _renamed(self, tokens: Sequence[Any], above: int) -> Edit:
        """Another name for the key whose tokens begin below ``above`` parts of the path."""
        last = tokens[len(self._old) - above - 1]
        if self._old[:-1] == self._new[:-1]:
            return Edit(last.start, last.end, format_key(self._new[-1:]))
        return Edit(tokens[0].start, last.end, format_key(self._new[above:]))

    def _of_line(self, section: TextSection, pair: Pair) -> Edit:
        if self._home is section:
            return self._renamed(pair.tokens, len(section.path))
        marked = self._marked
        begin = pair.tokens[0].start
        start, end = marked.block_start(begin), marked.line_end(pair.end)
        above = marked.text[start : marked.line_start(begin)]
        if isinstance(self._home, Pair):
            around = ((start, pair.start), (pair.end, end))  # those inside move with the value
            self._lifted += [one for place in around for one in marked.comments_in(*place)]
            self._moved.append(self._pair_text(pair))
        else:
            behind = marked.text[pair.end : end].rstrip("\r\n")
            self._moved.append(f"{above}{self._pair_text(pair)}{behind}{marked.newline}")
        return Edit(start, end, "")

    def _of_inline(self, pair: Pair) -> list[Edit]:
        if isinstance(self._home, Pair) and self._home.path == pair.table:
            return [self._renamed(pair.tokens, len(pair.table))]
        is_line = not isinstance(self._home, Pair)
        self._moved.append(self._pair_text(pair) + (self._marked.newline if is_line else ""))
        return [_cut(self._marked, pair)]

    def _pair_text(self, pair: Pair) -> str:
        """The pair as it is written in its new home."""
        path = (*self._new, *pair.path[len(self._old) :])
        above = 0 if self._home is None else len(self._home.path)
        key = format_key(path[above:] if self._home is not None else path[len(self._prefix) :])
        return f"{key} = {self._marked.text[pair.start : pair.end]}"

    def _find_home(self) -> TextSection | Pair | None:
        """The innermost table there is around the new key; ``None`` when ``prefix`` has no header yet."""
        for length in range(len(self._new) - 1, -1, -1):
            table = self._new[:length]
            for pair in self._marked.all_pairs():
                if pair.path == table and pair.is_table:
                    return pair
            for section in self._marked.sections:
                if section.path == table and (section.tokens or self._is_written_at_top()):
                    return section
        return None

    def _is_written_at_top(self) -> bool:
        size = len(self._prefix)
        return any(pair.path[:size] == self._prefix for pair in self._marked.sections[0].pairs)

    def _insertions(self) -> list[Edit]:
        if not self._moved:
            return []
        if isinstance(self._home, Pair):
            return self._into_inline(self._home)
        lines = "".join(self._moved)
        if self._home is None:
            return [self._with_header(lines)]
        last = self._home.pairs[-1].end if self._home.pairs else self._home.end
        place = self._marked.line_end(last)
        if self._home.pairs or self._home.tokens:
            needs_line = place == len(self._marked.text) and not self._marked.text.endswith("\n")
            return [Edit(place, place, (self._marked.newline if needs_line else "") + lines)]
        return [Edit(0, 0, lines)]

    def _with_header(self, lines: str) -> Edit:
        newline, size = self._marked.newline, len(self._prefix)
        header = f"[{format_key(self._prefix)}]{newline}"
        for section in self._marked.sections[1:]:
            if section.path[:size] == self._prefix:
                place = self._marked.block_start(section.tokens[0].start)
                return Edit(place, place, header + lines + newline)
        return Edit(len(self._marked.text), len(self._marked.text), newline + header + lines)

    def _into_inline(self, home: Pair) -> list[Edit]:
        marked, moved = self._marked, ", ".join(self._moved)
        close = home.end - 1
        inner = marked.text[home.start + 1 : close].rstrip(" \t")
        place = home.start + 1 + len(inner)
        written = f", {moved}" if home.inline else f" {moved} "
        edits = [Edit(place, place, written)]
        if self._lifted:
            start = marked.line_start(self._line_of(home))
            edits.append(Edit(start, start, "".join(f"{one}{marked.newline}" for one in self._lifted)))
        return edits

    def _line_of(self, home: Pair) -> int:
        """Where the statement begins that an inline table stands in."""
        pairs = (pair for section in self._marked.sections for pair in section.pairs)
        return next(one.tokens[0].start for one in pairs if one.start <= home.start < one.end)
