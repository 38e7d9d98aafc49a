"""BIC: the identifier of a bank or business by ISO 9362.

Rules this module keeps: eight or eleven characters; four letters, an ISO 3166-1 country (and XK), two and
three letters or digits. The standard of 2014 allows digits among the first four; none is issued so, and
neither SEPA nor python-stdnum, whose rule this is, takes one.

Usage:
    Bic.parse("DABADKKK").country
"""

from typing import ClassVar, Self

from ._identifier import Identifier

__all__ = ["Bic"]


class Bic(Identifier):
    """A business identifier code (ISO 9362, "SWIFT code"), in capitals."""

    __slots__ = ()

    kind: ClassVar[str] = "business identifier code (BIC)"
    name: ClassVar[str] = "bic"
    pattern: ClassVar[str] = "^[A-Z]{6}[0-9A-Z]{2}([0-9A-Z]{3})?$"
    examples: ClassVar[tuple[str, ...]] = ("DABADKKK", "DNBANOKKXXX")

    @classmethod
    def parse(cls, text: str) -> Self:
        """The code without spaces, in capitals.

        Raises:
            InvalidIdentifierError: other characters, another length, a country that does not exist.
        """
        from stdnum import bic, exceptions

        code = cls._text(text).replace(" ", "").upper()
        if not code.isascii() or not code.isalnum():
            raise cls._refused("it must be letters A-Z and digits 0-9")
        try:
            return cls._made(bic.validate(code))
        except exceptions.InvalidLength:
            raise cls._refused("it must have 8 or 11 characters") from None
        except exceptions.InvalidComponent:
            raise cls._refused("its fifth and sixth letters are no country") from None
        except exceptions.ValidationError:
            raise cls._refused("it must be six letters, two letters or digits, three more or none") from None

    @property
    def country(self) -> str:
        """The two letters of the country (ISO 3166-1, or XK)."""
        return self[4:6]

    @property
    def branch(self) -> str:
        """The three characters of the branch; ``XXX``, the head office, where they are left out."""
        return self[8:] or "XXX"
