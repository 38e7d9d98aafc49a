"""The template language of letters: a small part of Jinja2, checked before a template is ever run.

What there is: ``{{ name }}``, ``{{ person.name }}``, filters of ours, ``{% if %}``, ``{% for %}`` over given
lists, ``{% block %}``, ``{% extends "..." %}`` and ``{{ super() }}``. Everything else - calls, arithmetic,
``{% set %}``, ``{% include %}``, macros, subscripts - is refused by an allow list of syntax-tree nodes. The
sandbox behind it would refuse most of that too; this check names the place and leaves no way to build large
or unescaped text.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from jinja2 import nodes

from ._errors import TemplateProblem

__all__ = ["FILTER_NAMES", "Sheet", "Use", "read_sheet"]

FILTER_NAMES = frozenset(
    {"capitalize", "first", "join", "last", "length", "lower", "short_date", "trim", "upper"}
)
_LOOP_PARTS = frozenset({"index", "first", "last", "length"})
_DEEPEST = 12  # blocks, conditions, loops and expressions within each other; CPython's own limit is 20 loops
_PLAIN = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.If,
    nodes.CondExpr,
    nodes.Compare,
    nodes.Operand,
    nodes.And,
    nodes.Or,
    nodes.Not,
    nodes.Concat,
    nodes.Const,
    nodes.List,
    nodes.Tuple,
)
_SPELT: Mapping[type[nodes.Node], str] = {
    nodes.Include: "{% include %}",
    nodes.Import: "{% import %}",
    nodes.FromImport: "{% from %}",
    nodes.Macro: "{% macro %}",
    nodes.CallBlock: "{% call %}",
    nodes.FilterBlock: "{% filter %}",
    nodes.With: "{% with %}",
    nodes.Assign: "{% set %}",
    nodes.AssignBlock: "{% set %}",
    nodes.Scope: "{% autoescape %}",
    nodes.Getitem: "[...]",
    nodes.Dict: "{...}",
    nodes.Test: "'is ...'",
    nodes.Call: "a call",
}


@dataclass(frozen=True)
class Use:
    """A name as a template uses it; ``part`` is empty for a plain name."""

    name: str
    part: str
    line: int
    block: str


@dataclass
class Sheet:
    """One template as far as its syntax tree tells.

    Attributes:
        template: Canonical name.
        extends: The name in ``{% extends %}``, or empty, and its line.
        blocks: Block name -> line.
        within: Block name -> the block around it, for blocks within blocks.
        supers: Block that calls ``super()`` -> line.
        uses: Every name that must be given, in order.
        problems: What the language of letters does not have.
    """

    template: str
    extends: str = ""
    extends_line: int = 0
    blocks: dict[str, int] = field(default_factory=dict)
    within: dict[str, str] = field(default_factory=dict)
    supers: dict[str, int] = field(default_factory=dict)
    uses: list[Use] = field(default_factory=list)
    problems: list[TemplateProblem] = field(default_factory=list)


@dataclass(frozen=True)
class _Place:
    """Where the walk is: the block it is in, the loop variables it sees, how deep it is."""

    block: str = ""
    local: frozenset[str] = frozenset()
    depth: int = 0

    def deeper(self, *, block: str | None = None, local: Iterable[str] = ()) -> "_Place":
        inherited = self.local if block is None else frozenset[str]()
        return _Place(self.block if block is None else block, inherited | frozenset(local), self.depth + 1)


def read_sheet(tree: nodes.Template, template: str) -> Sheet:
    """What a parsed template uses and defines, and what in it is not of our language."""
    sheet = Sheet(template)
    for node in tree.body:
        _walk(sheet, node, _Place())
    if not sheet.extends:
        _need_title(sheet, tree)
    else:
        _nothing_outside_blocks(sheet, tree)
    return sheet


def _walk(sheet: Sheet, node: nodes.Node, place: _Place) -> None:
    if place.depth > _DEEPEST:
        _refuse(sheet, node, "is nested too deeply")
        return
    match node:
        case nodes.Block():
            _block(sheet, node, place)
        case nodes.Extends():
            _extends(sheet, node)
        case nodes.For():
            _loop(sheet, node, place)
        case nodes.Name() | nodes.Getattr():
            _name(sheet, node, place)
        case nodes.Filter():
            _filter(sheet, node, place)
        case nodes.Output():
            _output(sheet, node, place)
        case _ if isinstance(node, _PLAIN):
            _walk_all(sheet, node.iter_child_nodes(), place.deeper())
        case _:
            what = _SPELT.get(type(node), f"'{type(node).__name__.lower()}'")
            _refuse(sheet, node, f"{what} is not available in letters", _help_for(node))


def _walk_all(sheet: Sheet, children: Iterable[nodes.Node], place: _Place) -> None:
    for child in children:
        _walk(sheet, child, place)


def _is_super(node: nodes.Node) -> bool:
    return (
        isinstance(node, nodes.Call)
        and isinstance(node.node, nodes.Name)
        and node.node.name == "super"
        and not (node.args or node.kwargs or node.dyn_args or node.dyn_kwargs)
    )


def _block(sheet: Sheet, node: nodes.Block, place: _Place) -> None:
    if node.name in sheet.blocks:
        _refuse(sheet, node, f"the block {node.name!r} stands twice")
    sheet.blocks[node.name] = node.lineno
    sheet.within[node.name] = place.block
    local = place.local if node.scoped else ()
    _walk_all(sheet, node.body, place.deeper(block=node.name, local=local))


def _output(sheet: Sheet, node: nodes.Output, place: _Place) -> None:
    for child in node.nodes:
        if place.block and _is_super(child):
            sheet.supers.setdefault(place.block, child.lineno)
        else:
            _walk(sheet, child, place.deeper())


def _extends(sheet: Sheet, node: nodes.Extends) -> None:
    if sheet.extends:
        _refuse(sheet, node, "a template extends one other")
    elif isinstance(node.template, nodes.Const) and isinstance(node.template.value, str):
        sheet.extends, sheet.extends_line = node.template.value, node.lineno
    else:
        _refuse(sheet, node, '{% extends %} needs a name in quotes, e.g. "bot:families.md.j2"')


def _loop(sheet: Sheet, node: nodes.For, place: _Place) -> None:
    if not isinstance(node.target, nodes.Name):
        _refuse(sheet, node, "a loop has one variable")
        return
    if node.recursive:
        _refuse(sheet, node, "a recursive loop is not available in letters")
    _walk(sheet, node.iter, place.deeper())
    inner = place.deeper(local={node.target.name, "loop"})
    if node.test is not None:
        _walk(sheet, node.test, inner)
    _walk_all(sheet, node.body, inner)
    _walk_all(sheet, node.else_, place.deeper())


def _name(sheet: Sheet, node: nodes.Name | nodes.Getattr, place: _Place) -> None:
    name, part = (node, "") if isinstance(node, nodes.Name) else (node.node, node.attr)
    if not isinstance(name, nodes.Name):
        _refuse(sheet, node, f"'.{part}' cannot stand here", "a value has one dot at most: person.name")
    elif part.startswith("_") or name.name.startswith("_"):
        _refuse(sheet, node, "names with a leading underscore are not available in letters")
    elif name.name == "loop" and "loop" in place.local:
        if part not in _LOOP_PARTS:
            known = ", ".join(f"loop.{part}" for part in sorted(_LOOP_PARTS))
            _refuse(sheet, node, f"there is no {f'loop.{part}'.rstrip('.')!r}", f"there are: {known}")
    elif name.name not in place.local:
        sheet.uses.append(Use(name.name, part, node.lineno, place.block))
    elif part:
        _refuse(sheet, node, f"{name.name!r} is a plain value and has no {part!r}")


def _filter(sheet: Sheet, node: nodes.Filter, place: _Place) -> None:
    if node.name not in FILTER_NAMES:
        known = ", ".join(sorted(FILTER_NAMES))
        _refuse(sheet, node, f"there is no filter {node.name!r} in letters", f"there are: {known}")
    if node.kwargs or node.dyn_args is not None or node.dyn_kwargs is not None:
        _refuse(sheet, node, "a filter takes plain arguments only")
    if node.node is not None:
        _walk(sheet, node.node, place.deeper())
    _walk_all(sheet, node.args, place.deeper())


def _need_title(sheet: Sheet, tree: nodes.Template) -> None:
    if not any(isinstance(node, nodes.Block) and node.name == "title" for node in tree.body):
        sheet.problems.append(
            TemplateProblem(
                sheet.template,
                1,
                "the letter has no title",
                "begin with {% block title %}...{% endblock %}",
            )
        )


def _nothing_outside_blocks(sheet: Sheet, tree: nodes.Template) -> None:
    # Jinja2 drops such text without a word; its author would look for it in the letter.
    for node in tree.body:
        parts = node.nodes if isinstance(node, nodes.Output) else [node]
        for part in parts:
            blank = isinstance(part, nodes.TemplateData) and not part.data.strip()
            if not blank and not isinstance(part, nodes.Block | nodes.Extends):
                _refuse(sheet, part, "what stands outside a block of a template that extends another is lost")


def _refuse(sheet: Sheet, node: nodes.Node, problem: str, remedy: str = "") -> None:
    line = node.lineno or next((child.lineno for child in node.iter_child_nodes()), 0)
    if isinstance(node, nodes.TemplateData):  # begins with the line ends before its first word
        line += node.data[: len(node.data) - len(node.data.lstrip())].count("\n")
    sheet.problems.append(TemplateProblem(sheet.template, line, problem, remedy))


def _help_for(node: nodes.Node) -> str:
    match node:
        case nodes.Call(node=nodes.Name(name="range")):
            return "a loop goes over a list that the bot gives"
        case nodes.Include() | nodes.Import() | nodes.FromImport():
            return "share text through {% extends %} and blocks"
        case _:
            return "available: names, filters, if, for, block, extends, super()"
