"""A template and those it extends, checked together: blocks that exist, names that are given, no circles.

Usage::

    sheets = chain(store, "municipality:families.md.j2")
    check_names(sheets, names_of(values))
"""

from collections.abc import Mapping, Sequence

from ._errors import TemplateError, TemplateMissingError, TemplateProblem
from ._grammar import Sheet, Use
from ._render import parse_template
from ._store import TemplateStore, closest
from ._values import IMPERSONAL_NAMES

__all__ = ["chain", "check_names", "name_problems"]

_LONGEST = 8  # templates that extend each other; three layers and a shared base are four


def chain(store: TemplateStore, canonical: str) -> tuple[Sheet, ...]:
    """The sheets of a template and of those it extends, itself first, without a problem.

    Raises:
        TemplateError: what is wrong in any of them, all at once.
        TemplateMissingError: a name in ``{% extends %}`` that no layer has.
    """
    sheets: list[Sheet] = []
    seen: list[str] = []
    name = canonical
    while name:
        if name in seen or len(seen) == _LONGEST:
            raise TemplateError([_circle(sheets[-1], name)])
        seen.append(name)
        _, sheet = parse_template(store.read(name), name)
        sheets.append(sheet)
        name = _parent(store, sheet) if sheet.extends else ""
    problems = [problem for sheet in sheets for problem in sheet.problems]
    problems += _unknown_blocks(sheets)
    if problems:
        raise TemplateError(problems)
    return tuple(sheets)


def name_problems(sheets: Sequence[Sheet], names: Mapping[str, tuple[str, ...]]) -> list[TemplateProblem]:
    """Every name in the templates that is not given, whichever branch it stands in.

    Args:
        sheets: From :func:`chain`.
        names: Name -> its parts, none for a plain value.
    """
    return [
        problem
        for sheet in sheets
        for use in sheet.uses
        if (problem := _wrong_use(sheet.template, use, names)) is not None
    ]


def check_names(sheets: Sequence[Sheet], names: Mapping[str, tuple[str, ...]]) -> None:
    """As :func:`name_problems`, for whoever cannot go on.

    Raises:
        TemplateError: every name that is not given, with line, guess and the names there are.
    """
    problems = name_problems(sheets, names)
    if problems:
        raise TemplateError(problems)


def _parent(store: TemplateStore, sheet: Sheet) -> str:
    try:
        return store.resolve(sheet.extends)
    except TemplateMissingError as error:
        problem = f"extends {sheet.extends!r}, which there is not"
        raise TemplateError(
            [TemplateProblem(sheet.template, sheet.extends_line, problem, error.remedy)]
        ) from None


def _circle(sheet: Sheet, name: str) -> TemplateProblem:
    file_name = name.partition(":")[2]
    problem = f"extends {sheet.extends!r}, which comes back to itself"
    return TemplateProblem(
        sheet.template,
        sheet.extends_line,
        problem,
        f'name the layer below: {{% extends "bot:{file_name}" %}}',
    )


def _unknown_blocks(sheets: Sequence[Sheet]) -> list[TemplateProblem]:
    """Blocks that no template above has (Jinja2 would drop them without a word), and ``super()`` of none."""
    problems = []
    for index, sheet in enumerate(sheets):
        known = tuple(sorted({block for parent in sheets[index + 1 :] for block in parent.blocks}))
        for block, line in sheet.supers.items():
            if block not in known:
                problem = f"super() in the block {block!r}, which no extended letter has"
                problems.append(TemplateProblem(sheet.template, line, problem))
        for block, line in sheet.blocks.items():
            if sheet.extends and block not in known and not _nested(sheet, block, known):
                guess = closest(block, known)
                remedy = f"did you mean {guess!r}?" if guess else f"blocks there are: {', '.join(known)}"
                problem = f"the block {block!r} is not in the letter that is extended"
                problems.append(TemplateProblem(sheet.template, line, problem, remedy))
    return problems


def _nested(sheet: Sheet, block: str, known: Sequence[str]) -> bool:
    """Whether a new block stands within an overridden one, where it is shown."""
    while block := sheet.within.get(block, ""):
        if block in known:
            return True
    return False


def _wrong_use(template: str, use: Use, names: Mapping[str, tuple[str, ...]]) -> TemplateProblem | None:
    if use.name not in names:
        return _unknown(template, use.line, use.name, tuple(sorted(names)))
    parts = names[use.name]
    if parts and not use.part:
        remedy = f"there are: {', '.join(f'{use.name}.{part}' for part in parts)}"
        return TemplateProblem(template, use.line, f"{use.name!r} is a group of values", remedy)
    if use.part and use.part not in parts:
        known = tuple(f"{use.name}.{part}" for part in parts)
        return _unknown(template, use.line, f"{use.name}.{use.part}", known or tuple(sorted(names)))
    if use.block == "title" and use.name not in IMPERSONAL_NAMES:
        problem = f"the title says {use.name!r}; it is shown outside the letter: nothing about a person"
        return TemplateProblem(
            template, use.line, problem, f"a title may say: {', '.join(sorted(IMPERSONAL_NAMES))}"
        )
    return None


def _unknown(template: str, line: int, name: str, known: tuple[str, ...]) -> TemplateProblem:
    guess = closest(name, known)
    help_ = f"did you mean {guess!r}? " if guess else ""
    return TemplateProblem(template, line, f"there is no {name!r}", f"{help_}there are: {', '.join(known)}")
