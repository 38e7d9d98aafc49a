"""The letters of a bot, as a field of its settings.

Usage in a bot::

    class Settings(BotSettings):
        letters: Letters = Letters()

    letter = self.settings.letters.render("families", person=person, moved_on=item.payload.moved_on)

The runtime calls :meth:`Letters.bind` once, before the first work item.
"""

from typing import TYPE_CHECKING, ClassVar, Optional

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr

from rpa_commons.capabilities import Letter, Person

from ._errors import LetterNotBoundError
from ._letterhead import Lines
from ._store import LetterSource
from ._values import LetterValue
from ._words import Language

if TYPE_CHECKING:
    from ._press import Press, Signature

__all__ = ["Letters"]


class Letters(BaseModel):
    """Which language the letters are in and who signs them. The texts themselves are templates."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, use_attribute_docstrings=True)

    language: Language = "da"
    """Language the templates are written in: of dates, of fixed words and of the PDF's language tag."""
    sender: str = Field(default="Borgerservice", min_length=1, max_length=80)
    """Who signs: the department's name below the closing words."""
    contact: Lines = ()
    """Lines below the signature, e.g. a direct telephone number or opening hours."""

    _press: Optional["Press"] = PrivateAttr(default=None)
    _language: Language | None = PrivateAttr(default=None)

    # Unhashable, so that pydantic copies a default ``Letters()`` for every settings object: a bound one must
    # not be shared between two municipalities in one process.
    __hash__: ClassVar[None] = None  # type: ignore[assignment]

    def bind(self, source: LetterSource) -> None:
        """Tell where the templates are and whose letters these are; called by the runtime, once."""
        from ._press import Press

        self._press = Press(source)
        self._language = source.language

    def render(self, template: str, *, person: Person, **values: LetterValue) -> Letter:
        """The letter of a template to a person.

        Args:
            template: ``families``; ``bot:families`` skips the overrides.
            person: To whom; name and address become the recipient block.
            **values: What the template may say besides the documented names: texts, numbers, dates, yes/no,
                or lists of these.

        Raises:
            LetterError: the letter cannot be made: no such template, a template that is not of our language,
                a name that is not given, a value that is not shown, or the typesetter refuses.
            UnprintableCharacterError: a character that the fonts do not have; also a ``BusinessError``.
        """
        return self._bound().letter(template, person, self._signature(), values)

    def preview_text(self, template: str, *, person: Person, **values: LetterValue) -> str:
        """The letter as plain text, without typesetting it. Personal: show it, never log it.

        Raises:
            LetterError: as :meth:`render`, except for the typesetter's.
        """
        return self._bound().text(template, person, self._signature(), values)

    def _bound(self) -> "Press":
        if self._press is None:
            raise LetterNotBoundError
        return self._press

    def _signature(self) -> "Signature":
        from ._press import Signature

        return Signature(self._language or self.language, self.sender, self.contact)
