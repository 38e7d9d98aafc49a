"""Where something is: the key of an address, and a postal code.

Rules this module keeps: the form is checked; whether the address or the code is in use is a lookup in
Danmarks Adresseregister, which changes every day.
"""

import re
from typing import ClassVar, Self

from rpa_commons.validators._identifier import Identifier

__all__ = ["AddressId", "PostalCode"]

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)
_POSTAL = re.compile(r"(?:DK[- ]?)?([0-9]{4})", re.ASCII | re.IGNORECASE)


class AddressId(Identifier):
    """The key of an address in Danmarks Adresseregister: a UUID in lower case."""

    __slots__ = ()

    kind = "Danish address id"
    name = "address_id"
    pattern = "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"
    examples: ClassVar[tuple[str, ...]] = ("00000000-0000-4000-a000-000000000001",)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a UUID with its hyphens, of any version: the register's older keys have none.

        Raises:
            InvalidIdentifierError: another form, or nothing but zeros.
        """
        given = cls._text(text).lower()
        if not _UUID.fullmatch(given):
            raise cls._refused("it must be a UUID, 32 hexadecimal digits with hyphens after 8, 12, 16 and 20")
        if not given.strip("0-"):
            raise cls._refused("it is nothing but zeros")
        return cls._made(given)


class PostalCode(Identifier):
    """A Danish postal code: four digits, of Greenland and of large receivers too."""

    __slots__ = ()

    kind = "Danish postal code"
    name = "postal_code"
    pattern = "^[0-9]{4}$"
    examples: ClassVar[tuple[str, ...]] = ("4000", "0900")
    full_length = 4

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read four digits, with ``DK-`` before them or not.

        Raises:
            InvalidIdentifierError: another form, or 0000.
        """
        given = cls._text(text)
        match = _POSTAL.fullmatch(given)
        if not match:
            if not given.isascii():
                cls._digits(given)  # says when it is another script's digits
            raise cls._refused("it must be four digits, leading zeros kept")
        if match[1] == "0000":
            raise cls._refused("it is nothing but zeros")
        return cls._made(match[1])
