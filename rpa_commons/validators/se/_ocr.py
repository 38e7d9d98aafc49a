"""OCR references of Swedish payments: 2 to 25 digits, controlled as the creditor's agreement says.

Bankgirot's agreements: the last digit is the Luhn digit (always, here: an agreement without control has
nothing to check); the digit before it may be the *length digit*, the number of digits of the whole reference
without its tens; or the length is fixed to one or two values.

Source: Bankgirot, "Bankgiro Inbetalningar, teknisk manual", OCR-referenskontroll.
"""

from collections.abc import Collection, Mapping
from typing import Any, ClassVar, Self

from rpa_commons.validators._check_digits import mod10
from rpa_commons.validators._identifier import Identifier, ParseOptions

__all__ = ["Ocr", "ocr_rule"]

_SHORTEST, _LONGEST = 2, 25

Lengths = int | Collection[int] | None


class Ocr(Identifier):
    """A Swedish OCR reference of 2 to 25 digits, the last a check digit."""

    __slots__ = ()

    kind: ClassVar[str] = "Swedish payment reference (OCR)"
    name: ClassVar[str] = "ocr"
    pattern: ClassVar[str] = "^[0-9]{2,25}$"
    examples: ClassVar[tuple[str, ...]] = ("1234567897",)
    personal: ClassVar[bool] = True

    @classmethod
    def parse(cls, text: str, *, length: Lengths = None, length_digit: bool = False) -> Self:
        """The reference without spaces, right by the creditor's agreement.

        Args:
            text: The reference.
            length: How many digits it has by the agreement, check digit included; several as a collection.
            length_digit: Whether the digit before the check digit says how long the reference is.

        Raises:
            InvalidIdentifierError: other characters, another length, a wrong length digit or check digit.
            ValueError: an agreement that cannot be: a length outside 2 to 25.
        """
        lengths = _lengths(length)
        digits = cls._digits(text, drop=" ")
        if not _SHORTEST <= len(digits) <= _LONGEST:
            raise cls._refused(f"it must have {_SHORTEST} to {_LONGEST} digits")
        if lengths and len(digits) not in lengths:
            raise cls._refused(
                f"it must have {' or '.join(map(str, sorted(lengths)))} digits by the agreement"
            )
        if not mod10(digits):
            raise cls._refused("its check digit is wrong")
        if length_digit and int(digits[-2]) != len(digits) % 10:
            raise cls._refused("its length digit is wrong")
        return cls._made(digits)

    @classmethod
    def _pattern_with(cls, options: Mapping[str, Any]) -> str:
        """The pattern of the agreement: its lengths."""
        lengths = sorted(_lengths(options.get("length")))
        return f"^({'|'.join(f'[0-9]{{{length}}}' for length in lengths) or '[0-9]{2,25}'})$"


def ocr_rule(*, length: Lengths = None, length_digit: bool = False) -> ParseOptions:
    """The creditor's agreement, beside the type in an annotation.

    Raises:
        ValueError: a length outside 2 to 25.
    """
    return ParseOptions.of(length=tuple(sorted(_lengths(length))) or None, length_digit=length_digit)


def _lengths(length: Lengths) -> frozenset[int]:
    lengths = frozenset(() if length is None else (length,) if isinstance(length, int) else length)
    if any(not _SHORTEST <= one <= _LONGEST for one in lengths):
        raise ValueError(f"an OCR reference has {_SHORTEST} to {_LONGEST} digits, not {sorted(lengths)}")
    return lengths
