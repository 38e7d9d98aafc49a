"""Jinja2 in its sandbox, narrowed to the language of letters, with every value kept apart from the Markdown.

Rules this module keeps:

* what ``{{ ... }}`` shows is never text in the Markdown but a marker (see ``_markdown``); only text that
  stood in a template, and what ``super()`` made of a template, goes through unmarked;
* a template is checked against the language (``_grammar``) when it is compiled, whoever asks for it;
* a letter has a budget of loop turns and characters; the clock is not needed to stop a hostile template;
* an error names the template, the line and the names there are, never a value.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import jinja2
from jinja2 import nodes
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

from ._errors import LetterError, TemplateError, TemplateProblem
from ._grammar import Sheet, read_sheet
from ._markdown import fill, marker
from ._store import LAYERS, TemplateStore
from ._values import Part, show
from ._words import Language, short_date

__all__ = ["Rendered", "environment_for", "parse_template", "render"]

_MOST_TURNS = 1_000  # loop turns per letter, all loops together
_MOST_CHARACTERS = 40_000  # of a letter's body and of all its values; some fifteen pages
_LONGEST_TITLE = 256  # MeMo: memoTextType
_PEN = "_pen"  # no template can say it: the language has no leading underscores
_TITLE_BEGIN, _TITLE_END = "\ue002", "\ue003"


@dataclass(frozen=True)
class Rendered:
    """A letter before typesetting: title, Markdown with markers, and what the markers stand for."""

    title: str
    markdown: str
    values: Sequence[str]


@dataclass
class _Pen:
    """What one rendering writes down: the values shown so far and the budget left."""

    language: Language
    values: list[str] = field(default_factory=list)
    turns: int = 0
    characters: int = 0

    def keep(self, value: object) -> str:
        text = self.words(value)
        self.characters += len(text)
        if self.characters > _MOST_CHARACTERS:
            raise _TooLongError
        self.values.append(text)
        return marker(len(self.values) - 1)

    def words(self, value: object) -> str:
        text = show(value, self.language)
        if text is None:
            raise _NotShownError(_kind(value))
        return text

    def turn(self) -> None:
        self.turns += 1
        if self.turns > _MOST_TURNS:
            raise _TooLongError


class _NotShownError(Exception):
    """A value of a kind that has no one way to be written."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


class _WrongKindError(Exception):
    """A loop or filter got a value of another kind than it takes; the message is ours, without a value."""


class _TooLongError(Exception):
    """The letter's budget is spent."""


class _Loader(jinja2.BaseLoader):
    def __init__(self, store: TemplateStore) -> None:
        self._store = store

    def get_source(
        self, environment: jinja2.Environment, template: str
    ) -> tuple[str, str, Callable[[], bool]]:
        del environment
        return self._store.read(template), template, lambda: True  # a run reads each template once


class _Environment(ImmutableSandboxedEnvironment):
    """Jinja2 without globals, tests and filters of its own, and with our check before code is made."""

    def __init__(self, store: TemplateStore | None) -> None:
        super().__init__(
            loader=None if store is None else _Loader(store),
            undefined=jinja2.StrictUndefined,
            autoescape=True,  # makes super() and template text Markup, which tells them from values
            finalize=_finalize,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self._store = store
        self.globals.clear()
        self.tests.clear()
        self.filters.clear()
        self.filters.update(_FILTERS)

    def join_path(self, template: str, parent: str) -> str:
        """``bot:x`` and plain names mean what they mean to the store, wherever they are written."""
        del parent
        return template if self._store is None else self._store.resolve(template)

    def _generate(
        self,
        source: nodes.Template,
        name: str | None,
        filename: str | None,
        defer_init: bool = False,  # noqa: FBT001, FBT002 - Jinja2's hook has it so
    ) -> str:
        sheet = read_sheet(source, name or "template")
        if sheet.problems:
            raise TemplateError(sheet.problems)
        _rewrite(source, marks_title=not sheet.extends)
        return super()._generate(source, name, filename, defer_init)


def environment_for(store: TemplateStore) -> jinja2.Environment:
    """A Jinja2 environment over a store's templates; safe to share between threads."""
    return _Environment(store)


def parse_template(source: str, template: str) -> tuple[nodes.Template, Sheet]:
    """The syntax tree of a template and what it says of itself, problems included.

    Raises:
        TemplateError: the text is no Jinja2 at all.
    """
    try:
        tree = _Environment(None).parse(source, template)
    except jinja2.TemplateSyntaxError as error:
        problem = TemplateProblem(template, error.lineno, f"is not a template: {error.message}")
        raise TemplateError([problem]) from None
    except (RecursionError, ValueError):  # ten thousand brackets; a number of ten thousand digits
        raise TemplateError([TemplateProblem(template, 0, "is nested too deeply")]) from None
    return tree, read_sheet(tree, template)


def render(
    environment: jinja2.Environment, canonical: str, values: Mapping[str, object], language: Language
) -> Rendered:
    """Fill in one template; the chain it extends must have been checked before (``_chain``).

    Args:
        environment: From :func:`environment_for`.
        canonical: ``layer:file`` of the template.
        values: What a template may say, by name.
        language: How dates and numbers are written.

    Raises:
        TemplateError: the template does something that values or budget do not allow; names place, not value.
    """
    pen = _Pen(language)
    try:
        text = _written(environment.get_template(canonical), {**values, _PEN: pen}, pen)
    except LetterError:
        raise
    except _TooLongError:
        problem = f"the letter is too long (over {_MOST_CHARACTERS} characters or {_MOST_TURNS} loop turns)"
        raise TemplateError([TemplateProblem(canonical, 0, problem)]) from None
    except _NotShownError as error:
        where, line = _place_of(error, canonical)
        remedy = "show one part of it, join a list, or ask with {% if %}"
        raise TemplateError([TemplateProblem(where, line, f"shows {error.kind}", remedy)]) from None
    except _WrongKindError as error:
        where, line = _place_of(error, canonical)
        raise TemplateError([TemplateProblem(where, line, str(error))]) from None
    except Exception as error:  # noqa: BLE001 - whatever a template provokes; its message may quote a value
        where, line = _place_of(error, canonical)
        problem = f"does something with a value that cannot be done ({type(error).__name__})"
        raise TemplateError([TemplateProblem(where, line, problem)]) from None
    title, body = _split(text)
    shown = " ".join(fill(title, pen.values).split())
    if not 0 < len(shown) <= _LONGEST_TITLE:
        problem = f"the title has {len(shown)} characters"
        raise TemplateError([TemplateProblem(canonical, 0, problem, f"write 1 to {_LONGEST_TITLE}")])
    return Rendered(shown, body, tuple(pen.values))


def _written(template: jinja2.Template, values: dict[str, object], pen: _Pen) -> str:
    chunks = []
    for chunk in template.generate(values):
        chunks.append(chunk)
        pen.characters += len(chunk)
        if pen.characters > _MOST_CHARACTERS:
            raise _TooLongError
    return "".join(chunks)


def _split(text: str) -> tuple[str, str]:
    before, _, rest = text.partition(_TITLE_BEGIN)
    title, _, after = rest.partition(_TITLE_END)
    return title, f"{before}\n\n{after}"


def _rewrite(tree: nodes.Template, *, marks_title: bool) -> None:
    """Make our rules part of the tree.

    Loops count their turns; ``~`` joins what ``{{ }}`` would show, not Python's words; and in the template
    that has the layout the title is marked where it begins and ends.
    """
    for concat in tree.find_all(nodes.Concat):
        concat.nodes = [
            nodes.Filter(one, _WORDED, [], [], None, None, lineno=one.lineno) for one in concat.nodes
        ]
    for loop in tree.find_all(nodes.For):
        loop.iter = nodes.Filter(loop.iter, _COUNTED, [], [], None, None, lineno=loop.lineno)
    body: list[nodes.Node] = []
    for node in tree.body:
        if marks_title and isinstance(node, nodes.Block) and node.name == "title":
            body += [_literal(_TITLE_BEGIN, node.lineno), node, _literal(_TITLE_END, node.lineno)]
        else:
            body.append(node)
    tree.body = body
    tree.set_environment(tree.environment)  # type: ignore[arg-type]


def _literal(text: str, line: int) -> nodes.Output:
    return nodes.Output([nodes.TemplateData(text, lineno=line)], lineno=line)


def _place_of(error: BaseException, canonical: str) -> tuple[str, int]:
    """Template and line of an error, from the frames Jinja2 has rewritten to template lines."""
    place, trace = (canonical, 0), error.__traceback__
    while trace is not None:
        name = trace.tb_frame.f_code.co_filename
        if name.partition(":")[0] in LAYERS:
            place = (name, trace.tb_lineno)
        trace = trace.tb_next
    return place


def _kind(value: object) -> str:
    match value:
        case None:
            return "a value that is not given"
        case bool():
            return "a yes/no value"
        case tuple() | list():
            return "a whole list"
        case Part():
            return "a group of values"
        case _:
            return f"a {type(value).__name__}"


@jinja2.pass_context
def _finalize(context: Context, value: Any) -> Any:  # noqa: ANN401 - whatever an expression gives
    if hasattr(value, "__html__"):  # template text and super() are markup; values are plain, see _values
        return value
    pen: _Pen = context[_PEN]
    return pen.keep(value)


@jinja2.pass_context
def _counted(context: Context, items: Any) -> Iterator[Any]:  # noqa: ANN401 - whatever a loop is given
    if not isinstance(items, tuple | list):
        raise _WrongKindError("a loop goes over a list")
    pen: _Pen = context[_PEN]
    for item in items:
        pen.turn()
        yield item


@jinja2.pass_context
def _join(context: Context, items: Any, separator: str = "") -> str:  # noqa: ANN401 - whatever a template gives
    pen: _Pen = context[_PEN]
    if not isinstance(items, tuple | list):
        raise _WrongKindError("join takes a list")
    return separator.join(pen.words(item) for item in items)


@jinja2.pass_context
def _short_date(context: Context, day: Any) -> str:  # noqa: ANN401 - whatever a template gives
    if not isinstance(day, dt.date):
        raise _WrongKindError("short_date takes a date")
    pen: _Pen = context[_PEN]
    return short_date(day, pen.language)


def _on_words(change: Callable[[str], str]) -> Callable[[Context, Any], str]:
    """A filter that changes the words a value is shown in."""

    @jinja2.pass_context
    def changed(context: Context, value: Any) -> str:  # noqa: ANN401 - whatever a template gives
        pen: _Pen = context[_PEN]
        return change(pen.words(value))

    return changed


def _first(items: Any) -> Any:  # noqa: ANN401 - whatever a template gives
    return items[0]


def _last(items: Any) -> Any:  # noqa: ANN401 - whatever a template gives
    return items[-1]


_COUNTED, _WORDED = "_counted", "_worded"  # ours: no template can say them
_FILTERS: Mapping[str, Callable[..., Any]] = MappingProxyType(
    {
        "capitalize": _on_words(lambda text: text[:1].upper() + text[1:]),
        "first": _first,
        "join": _join,
        "last": _last,
        "length": len,
        "lower": _on_words(str.lower),
        "short_date": _short_date,
        "trim": _on_words(str.strip),
        "upper": _on_words(str.upper),
        _COUNTED: _counted,
        _WORDED: _on_words(str),
    }
)
