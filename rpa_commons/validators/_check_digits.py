"""The arithmetic of check digits, on strings of ASCII digits alone.

Rules this module keeps: what comes in has been checked to be ASCII digits (`Identifier` does that); nothing
here raises for a wrong check digit, it answers; a modulus 11 remainder of 10 has no digit.

Usage:
    if not mod11(digits, (2, 7, 6, 5, 4, 3, 2, 1)):
        raise ...
"""

from collections.abc import Sequence

__all__ = ["gs1", "luhn_digit", "mod10", "mod11", "mod11_digit", "mod97", "weighted_sum"]

_DOUBLED = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)  # twice the digit, its two digits added


def _luhn_sum(digits: str) -> int:
    return sum(map(int, digits[-1::-2])) + sum(_DOUBLED[int(digit)] for digit in digits[-2::-2])


def mod10(digits: str) -> bool:
    """Whether the last digit is the Luhn digit of those before it (ISO/IEC 7812-1, annex B)."""
    return _luhn_sum(digits) % 10 == 0


def luhn_digit(body: str) -> str:
    """The Luhn digit that belongs behind these digits."""
    return str(-_luhn_sum(f"{body}0") % 10)


def gs1(digits: str) -> bool:
    """Whether the last digit closes a GS1 number: weights 1, 3, 1, 3 … from the right, modulus 10."""
    return (sum(map(int, digits[-1::-2])) + 3 * sum(map(int, digits[-2::-2]))) % 10 == 0


def weighted_sum(digits: str, weights: Sequence[int]) -> int:
    """The digits times their weights, added; as many weights as digits.

    Raises:
        ValueError: another number of weights than of digits, which is a mistake of the caller.
    """
    return sum(weight * int(digit) for weight, digit in zip(weights, digits, strict=True))


def mod11(digits: str, weights: Sequence[int]) -> bool:
    """Whether the weighted sum of all digits, the check digit's weight included, is a multiple of 11."""
    return weighted_sum(digits, weights) % 11 == 0


def mod11_digit(body: str, weights: Sequence[int]) -> str | None:
    """The digit that belongs behind these under modulus 11; ``None`` where none does (remainder 10)."""
    digit = -weighted_sum(body, weights) % 11
    return str(digit) if digit < 10 else None  # noqa: PLR2004 - one digit


def mod97(digits: str) -> int:
    """The remainder by 97 (ISO/IEC 7064): 1 for a valid IBAN with its letters turned into numbers."""
    remainder = 0
    for start in range(0, len(digits), 9):  # in pieces: int() of a hostile length is quadratic, and bounded
        remainder = int(f"{remainder}{digits[start : start + 9]}") % 97
    return remainder
