"""KID, the customer identification of a Norwegian payment: 2 to 25 digits, the last one a check digit.

Whether it is of modulus 10 or modulus 11, and how long it is, stands in the creditor's agreement with the
bank. Modulus 11 (weights 2 to 7 from the right, over again) writes ``-`` where the digit would be 10.

Source: Mastercard Payment Services (Nets), "OCR giro, brukerhåndbok" and its system specification.
"""

from collections.abc import Collection, Mapping
from typing import Any, ClassVar, Literal, Self

from rpa_commons.validators._check_digits import mod10, mod11_digit
from rpa_commons.validators._identifier import Identifier, ParseOptions

__all__ = ["Kid", "kid_rule"]

_SHORTEST, _LONGEST = 2, 25
_WEIGHTS = (2, 3, 4, 5, 6, 7)

Lengths = int | Collection[int] | None
Modulus = Literal[10, 11] | None


class Kid(Identifier):
    """A Norwegian payment reference (KID) of 2 to 25 digits; the last is a check digit, or ``-``."""

    __slots__ = ()

    kind: ClassVar[str] = "Norwegian payment reference (KID)"
    name: ClassVar[str] = "kid"
    pattern: ClassVar[str] = "^[0-9]{1,24}[0-9-]$"
    examples: ClassVar[tuple[str, ...]] = ("2345676", "12345678903")
    personal: ClassVar[bool] = True

    @classmethod
    def parse(cls, text: str, *, length: Lengths = None, modulus: Modulus = None) -> Self:
        """The reference without spaces, right by the creditor's agreement.

        Args:
            text: The reference.
            length: How many characters it has by the agreement, the check digit included; several are
                given as a collection. Any from 2 to 25 when left out.
            modulus: 10 or 11 by the agreement. Left out, either will do: one wrong digit in eleven or so then
                passes unseen.

        Raises:
            InvalidIdentifierError: other characters, another length, or a wrong check digit.
            ValueError: an agreement that cannot be: a length outside 2 to 25, another modulus.
        """
        lengths = _lengths(length, modulus)
        reference = cls._text(text).replace(" ", "")
        body, check = reference[:-1], reference[-1:]
        cls._digits(f"{body}{'0' if check == '-' else check}", drop="")
        if not _SHORTEST <= len(reference) <= _LONGEST:
            raise cls._refused(f"it must have {_SHORTEST} to {_LONGEST} digits")
        if lengths and len(reference) not in lengths:
            wanted = " or ".join(map(str, sorted(lengths)))
            raise cls._refused(f"it must have {wanted} digits by the agreement")
        if check == "-" and modulus == 10:  # noqa: PLR2004 - the modulus
            raise cls._refused("a check character - belongs to modulus 11, the agreement has modulus 10")
        if not any(_closes(body, check, tried) for tried in ((modulus,) if modulus else (10, 11))):
            raise cls._refused("its check digit is wrong")
        return cls._made(reference)

    @classmethod
    def _pattern_with(cls, options: Mapping[str, Any]) -> str:
        """The pattern of the agreement: its lengths, and ``-`` under modulus 11 alone."""
        last = "[0-9]" if options.get("modulus") == 10 else "[0-9-]"  # noqa: PLR2004 - the modulus
        lengths = sorted(_lengths(options.get("length"), None))
        bodies = "|".join(f"[0-9]{{{length - 1}}}" for length in lengths) or "[0-9]{1,24}"
        return f"^({bodies}){last}$" if len(lengths) > 1 else f"^{bodies}{last}$"


def kid_rule(*, length: Lengths = None, modulus: Modulus = None) -> ParseOptions:
    """The creditor's agreement, beside the type in an annotation.

    Raises:
        ValueError: a length outside 2 to 25, another modulus than 10 and 11.
    """
    lengths = _lengths(length, modulus)
    return ParseOptions.of(length=tuple(sorted(lengths)) or None, modulus=modulus)


def _lengths(length: Lengths, modulus: Modulus) -> frozenset[int]:
    lengths = frozenset(() if length is None else (length,) if isinstance(length, int) else length)
    if modulus not in (None, 10, 11):
        raise ValueError(f"a KID is of modulus 10 or 11, not {modulus!r}")
    if any(not _SHORTEST <= one <= _LONGEST for one in lengths):
        raise ValueError(f"a KID has {_SHORTEST} to {_LONGEST} characters, not {sorted(lengths)}")
    return lengths


def _closes(body: str, check: str, modulus: int) -> bool:
    """Whether the check character belongs behind these digits."""
    if modulus == 10:  # noqa: PLR2004 - the modulus
        return check != "-" and mod10(f"{body}{check}")
    weights = [_WEIGHTS[place % len(_WEIGHTS)] for place in range(len(body))]
    return check == (mod11_digit(body, weights[::-1]) or "-")
