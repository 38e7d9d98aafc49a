"""What a template may say before there is anybody to write to: known names, each with an invented value.

A bot says once, in a comment in any of its own templates, which values it gives and of which kind::

    {# values: moved_on (date), household (yes/no), closing (text) #}

Kinds: text, number, date, yes/no, list. With it, every name in a municipality's template can be checked
without importing the bot. Without it, a plain name that is not documented may still be one of the bot's.
"""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

from rpa_commons.capabilities import Address, Person

from ._errors import TemplateError, TemplateProblem
from ._letterhead import Letterhead, Recipient
from ._store import SUFFIX, TemplateStore
from ._values import LetterValue, letter_values, names_of

if TYPE_CHECKING:
    from ._grammar import Sheet

__all__ = ["declared_values", "invented_extra", "invented_person", "invented_values", "known_names"]

_COMMENT = re.compile(r"\{#-?\s*values:(.*?)-?#\}", re.DOTALL)
_VALUE = re.compile(r"([a-z][a-z0-9_]*)\s*(?:\(\s*([a-z/]+)\s*\))?")
_DAY = dt.date(2050, 1, 1)
_KINDS: Mapping[str, LetterValue] = MappingProxyType(
    {"text": "Tekst", "number": 2, "date": _DAY, "yes/no": False, "list": ("Tekst", "Tekst")}
)
_CPR = "0101505555"  # spells a birth date in 2050: nobody's


def declared_values(store: TemplateStore) -> dict[str, str] | None:
    """Name -> kind, as the bot's own templates say; ``None`` when they say nothing.

    Raises:
        TemplateError: such a comment cannot be read.
    """
    found: dict[str, str] | None = None
    problems = []
    for name in store.names("bot"):
        canonical = f"bot:{name}{SUFFIX}"
        source = store.read(canonical)
        for comment in _COMMENT.finditer(source):
            found = found or {}
            for part in filter(None, (part.strip() for part in comment[1].split(","))):
                value = _VALUE.fullmatch(part)
                if value is None or (value[2] or "text") not in _KINDS:
                    line = source.count("\n", 0, comment.start()) + 1
                    problem = f"{part!r} in the list of values is no name with a kind"
                    help_ = f"write name (kind); kinds there are: {', '.join(_KINDS)}"
                    problems.append(TemplateProblem(canonical, line, problem, help_))
                else:
                    found[value[1]] = value[2] or "text"
    if problems:
        raise TemplateError(problems)
    return found


def known_names(declared: Mapping[str, str] | None, sheets: Sequence["Sheet"]) -> dict[str, tuple[str, ...]]:
    """The names that these templates may say: documented, declared and, where nothing is, any plain one."""
    names = names_of(invented_values(Letterhead(name="x"), declared or {}))
    if declared is None:
        given = (use.name for sheet in sheets for use in sheet.uses if not use.part)
        names = dict.fromkeys(given, ()) | names
    return names


def invented_person() -> Person:
    """Somebody whom there is not, with two children."""
    address = Address(
        street_line="Eksempelvej 1, 2. tv", locality="Eksempelby", postal_code="0000", city="Eksempelstad"
    )
    return Person(
        cpr=_CPR,
        name="Alex Eksempel",
        status="active",
        protected=False,
        children_under_18=2,
        address=address,
    )


def invented_extra(declared: Mapping[str, str]) -> dict[str, LetterValue]:
    """A value for each that the bot gives, by its kind; a text is its own name in brackets."""
    return {name: f"[{name}]" if kind == "text" else _KINDS[kind] for name, kind in declared.items()}


def invented_values(letterhead: Letterhead, declared: Mapping[str, str]) -> dict[str, object]:
    """All values of a letter that is sent to nobody."""
    person = invented_person()
    return letter_values(
        person=person,
        recipient=Recipient.of(person),
        letterhead=letterhead,
        sender="Tekst",
        contact=("Tekst", "Tekst"),
        date=_DAY,
        language="da",
        extra=invented_extra(declared),
    )
