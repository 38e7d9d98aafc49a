"""All templates of an instance at once: what is wrong in any of them, before the first letter is due."""

from ._errors import TemplateError, TemplateMissingError, TemplateProblem
from ._store import LAYERS, SUFFIX, LetterSource, TemplateStore, closest

__all__ = ["check_letters"]


def check_letters(source: LetterSource) -> tuple[TemplateProblem, ...]:
    """Every problem in every layer's templates, and files that look like a misspelt override.

    Names that templates say are checked when a letter is made, for only then all are given.
    """
    from ._chain import chain  # brings Jinja2, which whoever only reads a letterhead does without

    store = TemplateStore(source.templates, source.overrides)
    problems: dict[TemplateProblem, None] = {}
    extended: set[str] = set()
    for layer in LAYERS:
        for name in store.names(layer):
            try:
                sheets = chain(store, f"{layer}:{name}{SUFFIX}")
            except TemplateError as error:
                problems.update(dict.fromkeys(error.problems))
            except TemplateMissingError as error:
                problems[TemplateProblem(f"{layer}:{name}", 0, error.message, error.remedy)] = None
            else:
                extended.update(sheet.template.partition(":")[2] for sheet in sheets[1:])
    problems.update(dict.fromkeys(_misspelt(store, extended)))
    return tuple(problems)


def _misspelt(store: TemplateStore, extended: set[str]) -> list[TemplateProblem]:
    """Overrides that override nothing although a template of nearly that name exists."""
    below = store.names("bot")
    found = []
    for layer in LAYERS[:-1]:
        for name in store.names(layer):
            guess = closest(name, below)
            if name not in below and f"{name}{SUFFIX}" not in extended and guess:
                problem = "overrides no letter of the bot"
                found.append(
                    TemplateProblem(f"{layer}:{name}{SUFFIX}", 0, problem, f"did you mean '{guess}{SUFFIX}'?")
                )
    return found
