"""Numbers for people who do not exist.

Rules this module keeps: a made number spells a birth date in 2040-2057 with a seventh digit of 5 to 8, so
that it cannot belong to a living person before 2040; the published test numbers of Danish Digital Post's
examples are the only others. ``is_synthetic`` is also the sandbox's door: a letter for any other number is
refused, so that nobody's real number ends up in a sandbox folder.
"""

import random
from datetime import date, timedelta
from typing import get_args

from rpa_commons.validators import InvalidIdentifierError, dk

from ._errors import PopulationError
from ._model import Sex

__all__ = ["PUBLISHED", "NumberMaker", "is_cvr", "is_synthetic", "stable_uuid"]

PUBLISHED = ("2211771212", "2512169996", "0706614818")
_FIRST, _LAST = date(2040, 1, 1), date(2057, 12, 31)
_MOST = 200_000  # far below the 13 million numbers there are, so that a free one is found quickly


def is_synthetic(cpr: str) -> bool:
    """Whether it is ten digits and nothing else, and these certainly are nobody's."""
    if cpr in PUBLISHED:
        return True
    try:
        number = dk.Cpr.parse(cpr)
    except InvalidIdentifierError:
        return False
    spelt = number.birth_date
    return number == cpr and spelt is not None and _FIRST <= spelt <= _LAST


def is_cvr(text: str) -> bool:
    """Whether it is a CVR number of eight digits and nothing else, as systems take it."""
    try:
        return dk.Cvr.parse(text) == text
    except InvalidIdentifierError:
        return False


def stable_uuid(rng: random.Random) -> str:
    """A UUID of version-4 shape out of a seeded generator, lower case."""
    text = f"{rng.getrandbits(128):032x}"
    return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-a{text[17:20]}-{text[20:]}"


class NumberMaker:
    """Hands out each number once, in an order that the seed decides."""

    def __init__(self, seed: int) -> None:
        self._rng = random.Random(f"numbers:{seed}")  # noqa: S311 - invented people, no secret
        self._given: set[str] = set()

    def make(self, sex: Sex) -> str:
        """A fresh number; odd for ``M``, even for ``K``.

        Raises:
            PopulationError: so many were made that free ones would be hard to find.
        """
        if len(self._given) >= _MOST:
            raise PopulationError(len(self._given) + 1, _MOST)
        while True:
            number = self._candidate(sex)
            if number not in self._given:
                self._given.add(number)
                return number

    def _candidate(self, sex: Sex) -> str:
        spelt = _FIRST + timedelta(days=self._rng.randrange((_LAST - _FIRST).days + 1))
        parity = get_args(Sex).index(sex)  # ("K", "M"): even for women, odd for men
        last = 2 * self._rng.randrange(5) + parity
        return f"{spelt:%d%m%y}{self._rng.randrange(5, 9)}{self._rng.randrange(100):02}{last}"
