"""A Danish bank account: registration number and account number.

Rules this module keeps: four digits name the bank's branch, up to ten the account, and zeros before the
account's digits mean nothing (the Danish part of an IBAN is four and ten digits); each bank has check digits
of its own and no common rule is published, so none is checked. Without anything between the two, only all
fourteen digits can be told apart.
"""

import re
from typing import ClassVar, Self

from rpa_commons.validators._identifier import Identifier

__all__ = ["Account"]

_BETWEEN = re.compile(r"([0-9]{4})(?: *[- ] *)([0-9][0-9 ]*)", re.ASCII)
_BRANCH, _ACCOUNT = 4, 10


class Account(Identifier):
    """A Danish bank account: four digits of the branch and ten of the account."""

    __slots__ = ()

    kind = "Danish bank account"
    name = "account"
    pattern = "^[0-9]{14}$"
    examples: ClassVar[tuple[str, ...]] = ("00400440116243",)  # of the IBAN registry's Danish example
    personal = True
    full_length = _BRANCH + _ACCOUNT

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``0040 440116243``, ``0040-0440116243`` or all fourteen digits.

        Raises:
            InvalidIdentifierError: the two parts cannot be told apart, have too many digits, or are zeros.
        """
        given = cls._text(text)
        match = _BETWEEN.fullmatch(given)
        if match:
            branch, account = match[1], match[2].replace(" ", "")
        else:
            digits = cls._digits(given)
            branch, account = digits[:_BRANCH], digits[_BRANCH:]
            if len(digits) != _BRANCH + _ACCOUNT:
                raise cls._refused("write four digits, a space or hyphen, and the account; or all 14 digits")
        if len(account) > _ACCOUNT:
            raise cls._refused("the account must have at most 10 digits")
        if not int(branch) or not int(account):
            raise cls._refused("its registration number or its account is nothing but zeros")
        return cls._made(f"{branch}{account:0>{_ACCOUNT}}")

    @property
    def registration_number(self) -> str:
        """The bank's branch: four digits."""
        return self[:_BRANCH]

    @property
    def account_number(self) -> str:
        """The account: ten digits, zeros before it included."""
        return self[_BRANCH:]

    @property
    def masked(self) -> str:
        """``0040 ••••••••••``."""
        return f"{self[:_BRANCH]} ••••••••••"

    def _written(self) -> str:
        """``0040 0440116243``."""
        return f"{self[:_BRANCH]} {self[_BRANCH:]}"
