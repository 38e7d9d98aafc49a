"""A letter to somebody invented, to be looked at: no bot is imported and nobody's data is touched.

Usage::

    letter = preview(source, "families", letters=Letters(sender="Borgerservice"))
    Path("families.pdf").write_bytes(letter.pdf)
"""

from rpa_commons.capabilities import Letter

from ._letters import Letters
from ._store import LetterSource, TemplateStore
from ._values import LetterValue

__all__ = ["preview"]


def preview(
    source: LetterSource, template: str, *, letters: Letters | None = None, **values: LetterValue
) -> Letter:
    """The letter of a template to an invented person with an invented address and two children.

    Args:
        source: Where the templates are; ``language`` there wins, as for any letter.
        template: As for :meth:`Letters.render`.
        letters: The instance's setting: language, sender, contact; the defaults when left out.
        **values: What the bot would give; the rest is invented by the kind that the bot's templates say.

    Raises:
        LetterError: as :meth:`Letters.render`.
    """
    from ._invented import declared_values, invented_extra, invented_person

    declared = declared_values(TemplateStore(source.templates, source.overrides)) or {}
    bound = (letters or Letters()).model_copy()
    bound.bind(source)
    return bound.render(template, person=invented_person(), **(invented_extra(declared) | values))
