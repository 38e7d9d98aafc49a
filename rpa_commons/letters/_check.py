"""All templates of an instance at once: what is wrong in any of them, before the first letter is due.

Usage, by a host that does not import the bot::

    source = LetterSource(templates=zipfile.Path(wheel, "welcome_letters/letters/"), ...)
    for one in check_letters(source):
        print(source.file_of(one.template) or one.template, one.line, one.problem, one.help)
"""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING

from ._errors import TemplateError, TemplateProblem
from ._store import LAYERS, SUFFIX, LetterSource, TemplateStore, closest

if TYPE_CHECKING:
    import jinja2

    from ._grammar import Sheet

__all__ = ["check_letters", "check_template"]


def check_letters(source: LetterSource) -> tuple[TemplateProblem, ...]:
    """Every problem in every layer's templates, and files that look like a misspelt override.

    Blocks, names and language of each template are looked at, and each is filled in once for somebody
    invented. Where the bot does not say which values it gives (see ``_invented``), a plain name that nobody
    knows is left to the first letter.
    """
    return tuple(dict.fromkeys(_Checking(source).problems()))


def check_template(text: str, template: str) -> tuple[TemplateProblem, ...]:
    """What is wrong with one template as such, without the bot whose letters it changes.

    Args:
        text: Of the file, line ends as line feeds.
        template: What problems call it.
    """
    from ._render import parse_template

    try:
        sheet = parse_template(text, template)[1]
    except TemplateError as error:
        return error.problems
    return tuple(sheet.problems)


class _Checking:
    def __init__(self, source: LetterSource) -> None:
        from ._render import environment_for  # brings Jinja2, which whoever reads a letterhead does without

        self._store = TemplateStore(source.templates, source.overrides)
        self._source = source
        self._environment: jinja2.Environment = environment_for(self._store)
        self._extended: set[str] = set()

    def problems(self) -> Iterator[TemplateProblem]:
        from ._invented import declared_values

        declared: Mapping[str, str] | None = None
        try:
            declared = declared_values(self._store)
        except TemplateError as error:
            yield from error.problems
        for layer in LAYERS:
            for name in self._store.names(layer):
                yield from self._one(f"{layer}:{name}{SUFFIX}", declared)
        for layer in LAYERS[:-1]:
            yield from self._misspelt(layer)
            yield from self._unread(layer)

    def _one(self, canonical: str, declared: Mapping[str, str] | None) -> Iterator[TemplateProblem]:
        from ._chain import chain, name_problems
        from ._invented import known_names
        from ._render import parse_template

        try:
            sheets = chain(self._store, canonical)
        except TemplateError as error:
            yield from error.problems
            with suppress(TemplateError):  # said already
                alone = (parse_template(self._store.read(canonical), canonical)[1],)
                yield from name_problems(alone, known_names(declared, alone))
            return
        self._extended.update(sheet.template.partition(":")[2] for sheet in sheets[1:])
        problems = name_problems(sheets, known_names(declared, sheets))
        yield from problems or self._try(canonical, sheets, declared)

    def _try(
        self, canonical: str, sheets: "tuple[Sheet, ...]", declared: Mapping[str, str] | None
    ) -> tuple[TemplateProblem, ...]:
        """Fill it in for somebody invented: shows links and values that cannot stand in a letter."""
        from ._invented import invented_values
        from ._markdown import parse
        from ._render import render

        values = invented_values(self._source.letterhead, declared or {})
        if any(use.name not in values for sheet in sheets for use in sheet.uses):
            return ()
        try:
            rendered = render(self._environment, canonical, values, "da")
        except TemplateError as error:
            # Without a line it is about the whole letter; a base may leave its title to those that extend it.
            return tuple(one for one in error.problems if one.line)
        try:
            parse(rendered.markdown, rendered.values, canonical)
        except TemplateError as error:
            return error.problems
        return ()

    def _misspelt(self, layer: str) -> Iterator[TemplateProblem]:
        """Overrides that override nothing although a template of nearly that name exists."""
        below = self._store.names("bot")
        for name in self._store.names(layer):
            guess = closest(name, below)
            if name not in below and f"{name}{SUFFIX}" not in self._extended and guess:
                problem = "overrides no letter of the bot"
                help_ = f"did you mean '{guess}{SUFFIX}'?"
                yield TemplateProblem(f"{layer}:{name}{SUFFIX}", 0, problem, help_, unused=True)

    def _unread(self, layer: str) -> Iterator[TemplateProblem]:
        """Files meant as letters that are none by their names, and letters in a folder too deep."""
        below = self._store.names("bot")
        for file_name in self._store.others(layer):
            stem = file_name.rpartition("/")[2].partition(".")[0]
            guess = closest(stem.lower(), below)
            if stem in self._store.names(layer) or not (guess or ".j2" in file_name.lower()):
                continue  # a copy of one that is read, or a note of somebody's
            problem = f"nothing reads this file: a letter is called NAME{SUFFIX}, in small letters"
            help_ = f"call it {guess}{SUFFIX}" if guess else f"call it NAME{SUFFIX}, or remove it"
            if "/" in file_name:
                problem = "nothing reads this file: letters lie directly in the bot's folder"
                help_ = "move it one folder up"
            yield TemplateProblem(f"{layer}:{file_name}", 0, problem, help_, unused=True)
