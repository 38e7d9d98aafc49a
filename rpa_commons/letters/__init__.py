"""Letters: a bot's templates and a municipality's words become a tagged PDF.

The way of a letter: a Jinja2 template in a sandbox, whose values are kept apart from its text; Markdown,
parsed into a tree of plain data; the values join the tree; one fixed typst template of ours typesets it. No
municipal or personal text is ever source of the typesetter, and no value is ever read as Markdown.

A template is a file ``<name>.md.j2``. It begins with its title and consists of blocks::

    {% block title %}Velkommen til {{ municipality.name }}{% endblock %}

    {% block greeting %}
    Kære {{ person.name }}
    {% endblock %}

    {% block school %}
    Læs om skoler på [vores hjemmeside](https://www.roskilde.dk/skoler).
    {% endblock %}

A municipality, or its cooperation's baseline, overrides one block and copies nothing else::

    {% extends "bot:families.md.j2" %}
    {% block greeting %}
    Hej {{ person.name }}
    {% endblock %}

A tag on a line of its own separates paragraphs. What a template may say is listed in ``_values``, its
language in ``_grammar``.
"""

from ._check import check_letters, check_template
from ._describe import block_digest, block_text, describe_templates
from ._errors import (
    LetterError,
    LetterNotBoundError,
    TemplateError,
    TemplateMissingError,
    TemplateProblem,
    TypesettingError,
    UnprintableCharacterError,
    ValueRefusedError,
)
from ._letterhead import Letterhead, Recipient
from ._letters import Letters
from ._preview import preview
from ._store import LetterSource, template_source
from ._values import LetterValue
from ._words import Language, long_date, short_date

__all__ = [
    "Language",
    "LetterError",
    "LetterNotBoundError",
    "LetterSource",
    "LetterValue",
    "Letterhead",
    "Letters",
    "Recipient",
    "TemplateError",
    "TemplateMissingError",
    "TemplateProblem",
    "TypesettingError",
    "UnprintableCharacterError",
    "ValueRefusedError",
    "block_digest",
    "block_text",
    "check_letters",
    "check_template",
    "describe_templates",
    "long_date",
    "preview",
    "short_date",
    "template_source",
]
