"""What was asked for by name and is not there.

Usage::

    raise NoSuchNameError("there is no member 'Roskild' here", "Roskild", ["Roskilde"], "name its folder")
"""

from collections.abc import Sequence

from rpa_commons.capabilities import RpaCommonsError
from rpa_commons.config.findings import guess

__all__ = ["NoSuchNameError"]


class NoSuchNameError(RpaCommonsError):
    """Nothing is called so.

    Attributes:
        word: What was asked for.
    """

    exit_code: int = 2

    def __init__(self, problem: str, word: str, known: Sequence[str], otherwise: str) -> None:
        meant = guess(word, known)
        super().__init__(problem, remedy=f"did you mean {meant}?" if meant else otherwise)
        self.word = word
