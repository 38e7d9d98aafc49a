"""What can be wrong with a letter: said with the place and the next thing to do, never with its contents."""

from collections.abc import Sequence
from dataclasses import dataclass

from rpa_commons.capabilities import BusinessError, RpaCommonsError

__all__ = [
    "LetterError",
    "LetterNotBoundError",
    "TemplateError",
    "TemplateMissingError",
    "TemplateProblem",
    "TypesettingError",
    "UnprintableCharacterError",
    "ValueRefusedError",
]


class LetterError(RpaCommonsError):
    """A letter cannot be made. Names templates, lines and value names, never values."""


@dataclass(frozen=True)
class TemplateProblem:
    """One thing wrong in a template.

    Attributes:
        template: Canonical name, e.g. ``municipality:families.md.j2``.
        line: Line in that file, from 1; 0 when the file as a whole is meant.
        problem: What is wrong; never a value.
        help: The next thing to do, or an empty string.
        unused: Nothing is wrong inside the file, but no letter comes from it.
    """

    template: str
    line: int
    problem: str
    help: str = ""
    unused: bool = False

    def __str__(self) -> str:
        place = f"{self.template}:{self.line}" if self.line else self.template
        return f"{place}: {self.problem}"


class TemplateError(LetterError):
    """A template is not one that we render; every problem found is named at once.

    Attributes:
        problems: What is wrong, in the order of the lines.
    """

    def __init__(self, problems: Sequence[TemplateProblem]) -> None:
        helps = dict.fromkeys(one.help for one in problems if one.help)
        super().__init__("; ".join(map(str, problems)), remedy="; ".join(helps) or "correct the template")
        self.problems = tuple(problems)


class TemplateMissingError(LetterError):
    """No layer has a template of this name.

    Attributes:
        template: The name that was asked for.
        known: The names there are.
    """

    def __init__(self, template: str, known: Sequence[str], guess: str = "") -> None:
        remedy = f"did you mean {guess!r}?" if guess else f"there are: {', '.join(known) or 'none'}"
        super().__init__(f"there is no letter template {template!r}", remedy=remedy)
        self.template = template
        self.known = tuple(known)


class LetterNotBoundError(LetterError):
    """``Letters`` was asked to render before the runtime told it where the templates are."""

    def __init__(self) -> None:
        super().__init__(
            "the letters have no templates yet",
            remedy="call Letters.bind(LetterSource(...)) first; the runtime does it for a bot",
        )


class ValueRefusedError(LetterError):
    """A value given to a template is of a kind that letters do not show.

    Attributes:
        name: Name of the value.
        kind: Its type's name, never the value.
    """

    def __init__(self, name: str, kind: str, remedy: str) -> None:
        super().__init__(f"the value {name!r} ({kind}) cannot stand in a letter", remedy=remedy)
        self.name = name
        self.kind = kind


class UnprintableCharacterError(LetterError, BusinessError):
    """A character has no glyph in the letter's fonts: a person writes this one.

    Attributes:
        template: Which letter it was.
    """

    def __init__(self, template: str) -> None:
        super().__init__(
            f"{template}: the letter holds a character that its fonts do not have",
            remedy="a name or address in another script; send this letter by hand",
        )
        self.template = template


class TypesettingError(LetterError):
    """The typesetter refused a letter for another reason: our template or its version is at fault.

    Attributes:
        template: Which letter it was.
        problem: The typesetter's message, without its quotation of the letter.
    """

    def __init__(self, template: str, problem: str) -> None:
        super().__init__(
            f"{template}: the letter could not be typeset: {problem}",
            remedy="please report this with the version of rpa-commons; no letter was made",
        )
        self.template = template
        self.problem = problem
