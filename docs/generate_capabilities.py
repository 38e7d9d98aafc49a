"""Writes ``reference/capabilities.md`` from the Protocols, models and errors of ``rpa_commons.capabilities``.

The words around the marked places stay. Meanings are the docstrings', also those below a model's fields; a
field without one is an error, so that nothing is published without a meaning. A test compares the page with
what this script would write. Usage, from anywhere::

    python docs/generate_capabilities.py
"""  # noqa: INP001 - a script beside the pages, no package

import ast
import inspect
import re
import runpy
import sys
import textwrap
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from types import ModuleType, UnionType
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin

from pydantic import AwareDatetime, BaseModel

from rpa_commons import capabilities
from rpa_commons.capabilities import CallSpec, RpaCommonsError, capability_spec, is_capability
from rpa_commons.config.schema._schema import SchemaView, bounds_text
from rpa_commons.connectors import contract

_READER = runpy.run_path(str(Path(__file__).with_name("read_docstrings.py")))
_connectors = runpy.run_path(str(Path(__file__).with_name("generate_connectors.py")))["connectors"]
doc_of, noted, field_docs = _READER["doc_of"], _READER["noted"], _READER["field_docs"]

PAGE = Path(__file__).parent / "reference" / "capabilities.md"

_MARKED = re.compile(r"(<!-- generated: (\w+) -->\n).*?(<!-- /generated -->)", re.DOTALL)
_ROLE = re.compile(r":(?:class|meth|func|data|attr|mod):`([^`]+)`")
_WIDEST = 88  # characters of a signature in one line
_WORDS: Mapping[Any, str] = {
    str: "text",
    int: "whole number",
    bool: "true or false",
    bytes: "bytes",
    Decimal: "decimal number",
    date: "date",
    datetime: "date and time",
    AwareDatetime: "date and time with its zone",
    type(None): "`None`",
}


class Words(NamedTuple):
    """A named choice of words, such as ``Channel``."""

    name: str
    values: tuple[str, ...]
    doc: str


def page(text: str) -> str:
    """The page with its marked parts written anew; the words between them stay."""
    parts = {"overview": _overview, "capabilities": _capabilities, "shared": _shared, "errors": _errors}
    missing = parts.keys() - {name for _, name, _ in _MARKED.findall(text)}
    if missing:
        raise SystemExit(f"{PAGE} has no place for: {', '.join(sorted(missing))}")

    def written(found: re.Match[str]) -> str:
        body = re.sub(r"\n{3,}", "\n\n", "\n".join(parts[found[2]]()))
        return f"{found[1]}\n{body.strip()}\n\n{found[3]}"

    return _MARKED.sub(written, text)


# What there is


def _exported(kind: type) -> list[type]:
    found = (getattr(capabilities, name) for name in capabilities.__all__)
    return [one for one in found if isinstance(one, type) and issubclass(one, kind)]


@cache
def protocols() -> tuple[type, ...]:
    """Every capability, by name."""
    return tuple(filter(is_capability, _exported(object)))


@cache
def homes() -> Mapping[type[BaseModel], str]:
    """Every model that a call takes or gives -> the capability it is described at; empty for several."""
    users: dict[type[BaseModel], list[str]] = {}
    for protocol in protocols():
        for model in _reached(protocol):
            users.setdefault(model, []).append(protocol.__name__)
    modules = {protocol.__module__: protocol.__name__ for protocol in protocols()}
    return {
        model: modules.get(model.__module__, names[0] if len(names) == 1 else "")
        for model, names in users.items()
    }


@cache
def words() -> tuple[Words, ...]:
    """The named choices of words that calls and models use, with the docstrings below them."""
    modules = {one.__module__: None for one in (*protocols(), *homes())}
    return tuple(found for name in modules for found in _words_of(sys.modules[name]))


def _words_of(module: ModuleType) -> Iterator[Words]:
    for name, doc in noted(ast.parse(inspect.getsource(module)).body).items():
        value = getattr(module, name, None)
        if get_origin(value) is Literal and not name.startswith("_"):
            yield Words(name, get_args(value), doc)


def _reached(protocol: type) -> dict[type[BaseModel], None]:
    """The models of a capability: those of its calls first, then what these consist of."""
    found: dict[type[BaseModel], None] = {}
    waiting: list[Any] = [
        annotation
        for call in capability_spec(protocol).calls.values()
        for annotation in (*(one.annotation for one in call.signature.parameters.values()), call.returns)
    ]
    while waiting:
        one = waiting.pop(0)
        if isinstance(one, type) and issubclass(one, BaseModel) and one not in found:
            found[one] = None
            waiting += [field.annotation for field in one.model_fields.values()]
        waiting += get_args(one)
    return found


# Docstrings


def _prose(text: str) -> str:
    """A docstring's text as Markdown, with links to what stands on the page."""
    text = _ROLE.sub(lambda found: f"``{found[1]}``", text)
    return re.sub(r"``(.+?)``", lambda found: _link(found[1]), text)


@cache
def _headings() -> frozenset[str]:
    """What can be linked to."""
    calls = {call.name for one in protocols() for call in capability_spec(one).calls.values()}
    classes = {one.__name__ for one in (*protocols(), *homes(), *_exported(RpaCommonsError))}
    return frozenset(calls | classes | {one.name for one in words()})


def _link(name: str) -> str:
    """A name as code; a link where the page has a heading for it, or for the model it is a field of."""
    for target in (name, name.partition(".")[0]):
        if target in _headings() and re.fullmatch(r"\w+(\.\w+)?", name):
            return f"[`{name}`](#{_anchor(target)})"
    return f"`{name}`"


def _anchor(heading: str) -> str:
    return heading.lower().replace(".", "")


def _cell(text: str) -> str:
    return _prose(" ".join(text.split())).replace("|", "\\|")


# Types


def kind(annotation: Any) -> str:  # noqa: ANN401 - any annotation
    """What a value may be, in words; models and named words as links."""
    origin, parts = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return kind(parts[0])
    if origin in {Union, UnionType}:
        return " or ".join(map(kind, parts))
    if origin is Literal:
        named = next((one.name for one in words() if one.values == parts), "")
        return _link(named) if named else "one of " + ", ".join(f"`{one}`" for one in parts)
    if isinstance(origin, type):  # a list or a mapping; unions and literals have other origins
        return f"{kind(parts[1])} by name" if issubclass(origin, Mapping) else f"list of {kind(parts[0])}"
    if annotation not in _WORDS and annotation not in homes():
        raise SystemExit(f"no words for the type {annotation!r}")
    return _WORDS.get(annotation) or _link(annotation.__name__)


def _default(value: object) -> str:
    if value is None or isinstance(value, bool):
        return f"`{value}`"
    return f"`{value}`" if value not in ("", (), {}) else "empty"


# The page's parts


def _overview() -> Iterator[str]:
    yield "| capability | version | meaning |"
    yield "| --- | --- | --- |"
    for one in protocols():
        yield f"| {_link(one.__name__)} | {capability_spec(one).version} | {_cell(doc_of(one).first)} |"


def _capabilities() -> Iterator[str]:
    for protocol in protocols():
        doc, spec = doc_of(protocol), capability_spec(protocol)
        yield from (f"## {spec.name}", "", f"Version {spec.version}. {_prose(doc.text)}", "")
        yield from (_contract(spec.name), "", *_served(protocol), "", "Every call may raise:", "")
        yield from ("| error | when |", "| --- | --- |")
        raises = doc.entries("Raises")
        if not raises:
            raise SystemExit(f"{spec.name} does not say what its calls raise")
        yield from (f"| {_link(name)} | {_cell(when)} |" for name, when in raises.items())
        yield ""
        for call in spec.calls.values():
            yield from _call(protocol, call)
        yield from (f"### Models of {spec.name}", "")
        models = [model for model, home in homes().items() if home == spec.name]
        for model in models:
            yield from _model(model)
        modules = {protocol.__module__, *(model.__module__ for model in models)}
        for one in words():
            if any(hasattr(sys.modules[name], one.name) for name in modules):
                yield from _choice(one)


def _contract(name: str) -> str:
    derived = getattr(contract, f"{name}Contract").__name__
    return f"A connector's tests derive `{derived}` ([how](../how-to/write-a-connector.md#8-the-contract))."


def _served(protocol: type) -> Iterator[str]:
    """The connectors of a capability, and in which effects each is weaker than it asks for."""
    yield from ("| connector | weaker effects |", "| --- | --- |")
    for name, connector in _connectors().items():
        if connector.capability is protocol:
            weaker = inspect.getattr_static(connector, "effect_classes", None) or {}
            notes = ", ".join(f"`{call}` is *{weak}*" for call, weak in weaker.items())
            if "self.effect_classes" in inspect.getsource(connector):
                notes = "as its settings say"
            yield f"| [{name}](connectors/{name}.md) | {notes or 'none'} |"


def _call(protocol: type, call: CallSpec) -> Iterator[str]:
    doc = doc_of(getattr(protocol, call.method))
    yield from (f"### {call.name}", "", "```python", _signature(protocol, call), "```", "")
    since = call.since or capability_spec(protocol).version.partition(".")[0] + ".0"
    if call.effect_class is None:
        yield f"**Query**, since version {since}."
    else:
        decisive = "decisive" if call.decisive else "not decisive"
        yield f"**Effect**, *{call.effect_class}*, {decisive}, since version {since}."
    yield from ("", _prose(doc.text), "", *_arguments(call, doc.entries("Args")))
    meaning = " ".join(doc.sections.get("Returns", "").split())
    if not meaning:
        raise SystemExit(f"{call.name} does not say what it returns")
    yield from (f"**Returns** {kind(call.returns)}. {_prose(meaning)}", "")
    for name, when in doc.entries("Raises").items():
        yield from (f"**Raises** {_link(name)}: {_prose(when)}", "")


def _arguments(call: CallSpec, meanings: Mapping[str, str]) -> Iterator[str]:
    if not call.signature.parameters:
        return
    yield from ("| argument | type | meaning |", "| --- | --- | --- |")
    for name, one in call.signature.parameters.items():
        meaning = meanings.get(name)
        if not meaning:
            raise SystemExit(f"{call.name} does not say what {name} is")
        said = "" if one.default is one.empty else f"; default: {_default(one.default)}"
        yield f"| `{name}` | {kind(one.annotation)}{said} | {_cell(meaning)} |"
    yield ""


def _signature(protocol: type, call: CallSpec) -> str:
    """As the Protocol has it, with the types by their names."""
    [tree] = ast.parse(textwrap.dedent(inspect.getsource(getattr(protocol, call.method)))).body
    if not isinstance(tree, ast.FunctionDef) or tree.returns is None:
        raise SystemExit(f"{call.name} is no annotated function")
    tree.args.args = tree.args.args[1:]
    after = f") -> {ast.unparse(tree.returns)}"
    arguments = ast.unparse(tree.args).replace("=", " = ")
    line = f"{call.method}({arguments}{after}"
    if len(line) <= _WIDEST:
        return line.replace("'", '"')
    split = re.sub(r", (?=\*|\w+:)", ",\n    ", arguments)
    return f"{call.method}(\n    {split},\n{after}".replace("'", '"')


def _model(model: type[BaseModel]) -> Iterator[str]:
    yield from (f"#### {model.__name__}", "", _prose(doc_of(model).text), "")
    yield from ("| field | type | meaning |", "| --- | --- | --- |")
    meanings, view = field_docs(model), SchemaView(model.model_json_schema())
    for name, field in model.model_fields.items():
        if not meanings[name]:
            raise SystemExit(f"{model.__name__}.{name} has no docstring")
        default = field.get_default(call_default_factory=True)
        said = "required" if field.is_required() else f"default: {_default(default)}"
        type_text = kind(field.annotation)
        if default is None:
            type_text = type_text.removesuffix(" or `None`")  # the default says it
        bounds = bounds_text(view.at((name,)), patterns=False)
        what = ", ".join(filter(None, (type_text, bounds)))
        personal = "" if field.repr else "*Personal.* "
        yield f"| `{name}` | {what}; {said} | {personal}{_cell(meanings[name])} |"
    yield from ("", *_methods(model), "")


def _methods(model: type[BaseModel]) -> Iterator[str]:
    """What a model can be asked besides its fields."""
    for name, one in vars(model).items():
        if name.startswith(("_", "model_")) or not (inspect.isfunction(one) or isinstance(one, property)):
            continue
        arguments = ""
        if not isinstance(one, property):
            arguments = f"({', '.join(list(inspect.signature(one).parameters)[1:])})"
        doc = doc_of(one)
        raises = "".join(f" Raises {_link(error)}: {when}" for error, when in doc.entries("Raises").items())
        yield f"- `{name}{arguments}`: {_prose(doc.first)}{_prose(raises)}"


def _choice(one: Words) -> Iterator[str]:
    if not one.doc:
        raise SystemExit(f"{one.name} has no docstring")
    yield from (f"#### {one.name}", "", f"One of {', '.join(f'`{value}`' for value in one.values)}.", "")
    yield from (_prose(one.doc), "")


def _shared() -> Iterator[str]:
    for model, home in homes().items():
        if not home:
            yield from _model(model)


def _errors() -> Iterator[str]:
    for error in sorted(_exported(RpaCommonsError), key=lambda one: (len(one.__mro__), one.__name__)):
        doc = doc_of(error)
        base = "" if error is RpaCommonsError else f"A {_link(error.__mro__[1].__name__)}. "
        yield from (f"### {error.__name__}", "", base + _prose(doc.text), "")
        attributes = doc.entries("Attributes")
        if attributes:
            yield from ("| attribute | meaning |", "| --- | --- |")
            yield from (f"| `{name}` | {_cell(meaning)} |" for name, meaning in attributes.items())
            yield ""


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text("utf-8")), encoding="utf-8", newline="\n")
