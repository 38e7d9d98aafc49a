"""The address line an envelope needs, from the parts the register gives. Pure.

The form is CPR-kontoret's standard address since 2023 (after the guide to the address rules, version 1.0 of
1 April 2019): ``Strandvejen 123A, st. tv``. No leading zeros, no space before a house letter, floor and
door in small letters, a full stop after the floor.
"""

import re

__all__ = ["street_line"]

_HOUSE = re.compile(r"0*([1-9][0-9]*) ?([A-Za-zÆØÅæøå]?)")


def street_line(street: str, house: str, floor: str, door: str) -> str:
    """Street, house number, floor and door in one line.

    Args:
        street: Name of the street (``vejadresseringsnavn``).
        house: House number with leading zeros and perhaps a letter: ``031A``.
        floor: ``st``, ``kl`` or a number with leading zeros: ``02``; empty for none.
        door: ``tv``, ``mf``, ``th`` or a number with leading zeros: ``0001``; empty for none.
    """
    line = f"{street} {_house(house)}".strip()
    rest = " ".join(part for part in (_floor(floor), _without_zeros(door)) if part)
    return f"{line}, {rest}" if rest else line


def _house(house: str) -> str:
    found = _HOUSE.fullmatch(house)
    if found:
        return f"{found[1]}{found[2].upper()}"
    return "" if not house.strip("0") else house


def _floor(floor: str) -> str:
    plain = _without_zeros(floor)
    return f"{plain}." if plain else ""


def _without_zeros(text: str) -> str:
    plain = text.strip().rstrip(".").casefold()
    return plain.lstrip("0") if plain.isdecimal() else plain
