"""The functions of a hook file, read without running it.

Rules this module keeps: nothing is imported or called; what cannot be told from the text is said as unclear.

Usage::

    for one in functions_in(ast.parse(source)):
        one.name, one.line, one.parameters  # ("rpac_step_compose", 9, ("step",))
"""

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

__all__ = ["HookFunction", "functions_in"]

_PREFIX = "rpac_"
_OPTIONS = ("wrapper", "tryfirst", "trylast", "optionalhook", "specname", "hookwrapper")


@dataclass(frozen=True)
class HookFunction:
    """One function of a hook file that is, or looks like, an implementation of a hook.

    Attributes:
        name: E.g. ``"rpac_step_compose"``.
        line: Where it is defined.
        options: What its ``@hookimpl(...)`` says in so many words, e.g. ``{"wrapper": True}``.
        is_marked: Whether it has ``@hookimpl`` at all.
        unclear: What cannot be told without running the file; empty when all is plain.
        parameters: What it must be given, by name.
        yields: Whether a ``yield`` makes a generator of it.
    """

    name: str
    line: int
    options: Mapping[str, Any] = field(default_factory=dict)
    is_marked: bool = True
    unclear: str = ""
    parameters: tuple[str, ...] = ()
    yields: bool = False

    @property
    def order(self) -> str:
        """``"first"``, ``"last"`` or empty: what it asks for among several."""
        if self.options.get("tryfirst") is True:
            return "first"
        return "last" if self.options.get("trylast") is True else ""

    def to_json(self) -> dict[str, Any]:
        """The function as JSON values."""
        return {
            "function": self.name,
            "line": self.line,
            "options": dict(self.options),
            "order": self.order,
            "unclear": self.unclear,
        }


def functions_in(tree: ast.Module) -> Iterator[HookFunction]:
    """What may be an implementation, in the order of the file; of two with one name the later one counts."""
    found: dict[str, HookFunction] = {}
    for node in _statements(tree.body):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            one = _function(node)
            if one is not None:
                found.pop(one.name, None)
                found[one.name] = one
        for name in _assigned(node):
            if name.startswith(_PREFIX):
                found.pop(name, None)
                found[name] = HookFunction(
                    name, node.lineno, unclear="it is assigned; only running the file tells what it is"
                )
    yield from found.values()


def _statements(body: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements of the module, those under ``if``, ``try`` and ``with`` too."""
    for node in body:
        yield node
        for name in ("body", "orelse", "finalbody"):
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                yield from _statements(getattr(node, name, []))
        for handler in getattr(node, "handlers", []):
            yield from _statements(handler.body)


def _assigned(node: ast.stmt) -> Iterator[str]:
    targets: Sequence[ast.expr] = ()
    if isinstance(node, ast.Assign):
        targets = node.targets
    elif isinstance(node, ast.AnnAssign | ast.AugAssign):
        targets = [node.target]
    for target in targets:
        for part in ast.walk(target):
            if isinstance(part, ast.Name):
                yield part.id
    if isinstance(node, ast.Import | ast.ImportFrom):
        for alias in node.names:
            yield alias.asname or alias.name


def _function(node: ast.FunctionDef | ast.AsyncFunctionDef) -> HookFunction | None:
    marks = [one for one in node.decorator_list if _is_mark(one)]
    given = _parameters(node)
    yields = isinstance(node, ast.FunctionDef) and _yields(node)
    if not marks:
        if not node.name.startswith(_PREFIX):
            return None
        others = [ast.unparse(one) for one in node.decorator_list]
        unclear = f"what @{others[0]} makes of it, only running the file tells" if others else ""
        return HookFunction(
            node.name,
            node.lineno,
            is_marked=bool(others),
            unclear=unclear,
            parameters=given,
            yields=yields,
        )
    options, unclear = _options(marks[0])
    if len(node.decorator_list) > 1:
        unclear = unclear or "it has other decorators too; what they make of it, only running the file tells"
    return HookFunction(node.name, node.lineno, options, unclear=unclear, parameters=given, yields=yields)


def _parameters(node: ast.FunctionDef | ast.AsyncFunctionDef) -> tuple[str, ...]:
    """The names that it must be given: those without a default."""
    given = [one.arg for one in (*node.args.posonlyargs, *node.args.args)]
    named = zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)
    return (
        *given[: len(given) - len(node.args.defaults)],
        *(one.arg for one, default in named if default is None),
    )


def _yields(function: ast.FunctionDef) -> bool:
    """Whether a ``yield`` is the function's own, and not one of a function inside it."""
    left: list[ast.AST] = list(function.body)
    while left:
        node = left.pop()
        if isinstance(node, ast.Yield | ast.YieldFrom):
            return True
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            left += ast.iter_child_nodes(node)
    return False


def _is_mark(node: ast.expr) -> bool:
    """Whether a decorator is ``hookimpl``, called or not, by whatever module name."""
    target = node.func if isinstance(node, ast.Call) else node
    return (target.id if isinstance(target, ast.Name) else getattr(target, "attr", "")) == "hookimpl"


def _options(node: ast.expr) -> tuple[dict[str, Any], str]:
    if not isinstance(node, ast.Call):
        return {}, ""
    options: dict[str, Any] = {}
    unclear = ""
    for keyword in node.keywords:
        if keyword.arg in _OPTIONS and isinstance(keyword.value, ast.Constant):
            options[keyword.arg] = keyword.value.value
        else:
            unclear = "its @hookimpl is computed; only running the file tells what it says"
    return options, unclear if not node.args else "its @hookimpl is computed"
