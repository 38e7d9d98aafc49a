"""What Python code may do, as far as it can be read off it: nothing is imported or run.

Rules this module keeps: this is for the eyes of a reviewer and refuses nothing but what cannot be read; a
module is parsed into a tree only when it uses a name that matters, and otherwise only checked to be Python;
hostile nesting ends in a finding, not in a crash. It is no sandbox: code can always hide what it does.

Usage::

    look_at_module("bot/_bot.py", content, Limits(), findings)
"""

import ast
import dis
import re
import threading
import warnings
from bisect import bisect_left
from collections.abc import Iterator
from types import CodeType

from ._code_words import ATTRIBUTES, CALLS, METHODS, MODULES, RENAMABLE, WORDS, WORDS_OF_SYSTEM
from ._limits import Limits
from ._report import Findings, ObservationKind

__all__ = ["look_at_module"]

_ONE_AT_A_TIME = threading.Lock()  # what is done with warnings is the whole process's
_COOKIE = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-_.a-zA-Z0-9]+)")
_UTF_8 = frozenset({b"utf-8", b"utf8", b"u8", b"utf", b"utf-8-sig", b"ascii", b"us-ascii"})
_BOM = b"\xef\xbb\xbf"
_MODES = frozenset("rwaxbt+U")
_LONGEST_MODE = 4  # "rb+t"
_LONGEST = 80
_CORRECT = "correct it: what cannot be parsed cannot be reviewed, and would not run"


def look_at_module(place: str, content: bytes, limits: Limits, findings: Findings) -> None:
    """Note what a module may do; A136 when it cannot be read."""
    if len(content) > limits.module_bytes:
        message = f"is larger than the {limits.module_bytes} bytes that a module may have"
        findings.add("A136", place, message, "data belongs into files that are no code")
        return
    text = _decoded(content)
    if text is None:
        findings.add("A136", place, "is not UTF-8, or declares another encoding", "save it as UTF-8")
        return
    try:
        for kind, line, shown in _look(text):
            findings.observe(kind, f"{place}:{line}", shown)
    except (SyntaxError, ValueError) as error:
        at = getattr(error, "lineno", None)
        findings.add("A136", f"{place}:{at}" if at else place, "is no Python that can be parsed", _CORRECT)
    except (RecursionError, MemoryError, OverflowError):
        findings.add("A136", place, "is nested too deeply to be parsed", "write it in several steps")


def _decoded(content: bytes) -> str | None:
    """The source; ``None`` when it is not UTF-8, or says so."""
    for line in content.removeprefix(_BOM).split(b"\n", 2)[:2]:
        match = _COOKIE.match(line)
        if match and match[1].lower().replace(b"_", b"-") not in _UTF_8:
            return None
        if match or (line.strip() and not line.lstrip().startswith(b"#")):
            break
    try:
        return content.removeprefix(_BOM).decode()
    except UnicodeDecodeError:
        return None


def _look(text: str) -> list[tuple[ObservationKind, int, str]]:
    """What a module may do, by line.

    Raises:
        SyntaxError: it is no Python; other errors of :func:`compile` for hostile nesting.
    """
    with _ONE_AT_A_TIME, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # nobody here can do anything of a wheel's escape sequences
        lines = sorted(_lines(compile(text, "<module>", "exec", dont_inherit=True, optimize=0)))
        if not lines:
            return []
        waiting: list[ast.AST] = [ast.parse(text)]
    found = set()
    while waiting:
        node = waiting.pop()
        first = getattr(node, "lineno", 0)
        if first:
            if decorators := getattr(node, "decorator_list", None):
                first = decorators[0].lineno
            at = bisect_left(lines, first)
            if at == len(lines) or lines[at] > node.end_lineno:  # type: ignore[attr-defined] # it has both or none
                continue
            found |= {(kind, node.lineno, shown[:_LONGEST]) for kind, shown in _seen_in(node)}  # type: ignore[attr-defined] # as above
        for part in vars(node).values():
            if isinstance(part, list):
                waiting += [one for one in part if isinstance(one, ast.AST)]
            elif isinstance(part, ast.AST):
                waiting.append(part)
    return sorted(found, key=lambda one: (one[1], one[0], one[2]))


def _lines(code: CodeType) -> set[int]:
    """The lines of compiled code that name anything worth a closer look; it is not run."""
    waiting, parts, words = [code], [], WORDS
    while waiting:
        one = waiting.pop()
        parts.append(one)
        waiting += [constant for constant in one.co_consts if isinstance(constant, CodeType)]
        if not RENAMABLE.isdisjoint(name.partition(".")[0] for name in one.co_names):
            words = WORDS_OF_SYSTEM  # os, sys ...: what is taken from them counts as well
    found: set[int] = set()
    for one in parts:
        if words.isdisjoint(one.co_names) and not any(_module_kind(name) for name in one.co_names):
            continue
        for step in dis.get_instructions(one):
            name = step.argval
            if not isinstance(name, str) or step.positions is None or step.positions.lineno is None:
                continue
            is_import = step.opname == "IMPORT_NAME"
            if name in words or (is_import and (_module_kind(name) or name in RENAMABLE)):
                found.add(step.positions.lineno)
    return found


def _seen_in(node: ast.AST) -> Iterator[tuple[ObservationKind, str]]:
    if isinstance(node, ast.Call):
        yield from _call(node)
    elif isinstance(node, ast.Attribute):
        dotted = _dotted(node)
        if kind := ATTRIBUTES.get(dotted):
            yield kind, dotted
    elif isinstance(node, ast.Name):
        if node.id in {"__builtins__", "__loader__"}:
            yield "dynamic-import", node.id
    elif isinstance(node, ast.Import):
        yield from _import(node)
    elif isinstance(node, ast.ImportFrom):
        yield from _from_import(node)


def _import(node: ast.Import) -> Iterator[tuple[ObservationKind, str]]:
    for alias in node.names:
        if kind := _module_kind(alias.name):
            yield kind, f"import {alias.name}"
        elif alias.asname and alias.name in RENAMABLE:
            yield "dynamic-import", f"import {alias.name} as {alias.asname}: another name for it"


def _from_import(node: ast.ImportFrom) -> Iterator[tuple[ObservationKind, str]]:
    if node.level or not node.module:
        return
    for alias in node.names:
        whole = f"{node.module}.{alias.name}"
        kind = (
            ATTRIBUTES.get(whole)
            or _module_kind(whole)
            or (ATTRIBUTES.get(f"{node.module}.*") if alias.name == "*" else None)
        )
        if kind:
            yield kind, f"from {node.module} import {alias.name}"


def _module_kind(name: str) -> ObservationKind | None:
    """The kind of a module or of the nearest package above it."""
    while name:
        if kind := MODULES.get(name):
            return kind
        name = name.rpartition(".")[0]
    return None


def _call(node: ast.Call) -> Iterator[tuple[ObservationKind, str]]:
    function = node.func
    if isinstance(function, ast.Name):
        if function.id == "open":
            if _writes(node, 1):
                yield "file-write", "open(..., to write)"
        elif function.id == "getattr" and len(node.args) > 1 and not isinstance(node.args[1], ast.Constant):
            yield "dynamic-import", "getattr(..., a name that is computed)"
        elif kind := CALLS.get(function.id):
            yield kind, f"{function.id}(...)"
    elif isinstance(function, ast.Attribute):
        if function.attr == "open":
            if _writes(node, 0) or _writes(node, 1):
                yield "file-write", ".open(..., to write)"
        elif kind := METHODS.get(function.attr):
            yield kind, f".{function.attr}(...)"


def _writes(node: ast.Call, position: int) -> bool:
    """Whether a call of ``open`` may write; a mode that is computed may."""
    mode: ast.expr | None = node.args[position] if len(node.args) > position else None
    mode = next((one.value for one in node.keywords if one.arg == "mode"), mode)
    if mode is None:
        return False
    if not isinstance(mode, ast.Constant):
        return position == 1 or any(one.arg == "mode" for one in node.keywords)
    text = mode.value
    if not isinstance(text, str) or len(text) > _LONGEST_MODE or not set(text) <= _MODES:
        return False
    return not _MODES.isdisjoint(text) and not set(text) <= set("rbtU")


def _dotted(node: ast.Attribute) -> str:
    """``os.environ`` for two names joined by a point; longer chains by their last two."""
    value = node.value
    if isinstance(value, ast.Name):
        return f"{value.id}.{node.attr}"
    if isinstance(value, ast.Attribute):
        return f"{value.attr}.{node.attr}"
    return f".{node.attr}"
