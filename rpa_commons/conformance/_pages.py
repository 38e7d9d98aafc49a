"""The page of each code: what it means, an example, what to do.

Usage::

    page_of("A112")  # "# A112: RECORD and the wheel disagree ..."
"""

import difflib
from importlib import resources

from rpa_commons.capabilities import RpaCommonsError

from ._codes import CODES

__all__ = ["UnknownWheelCodeError", "page_of"]


class UnknownWheelCodeError(RpaCommonsError):
    """No finding about a wheel has this code.

    Attributes:
        code: What was asked for.
    """

    exit_code: int = 2

    def __init__(self, code: str) -> None:
        close = difflib.get_close_matches(code.upper(), CODES, n=1)
        remedy = f"did you mean {close[0]}?" if close else "`rpac explain` lists every code"
        super().__init__(f"no finding has the code {code[:40]!r}", remedy=remedy)
        self.code = code


def page_of(code: str) -> str:
    """The page of a code as Markdown; small letters are as good as capitals.

    Raises:
        UnknownWheelCodeError: there is no such code.
    """
    name = code.upper()
    if name not in CODES:
        raise UnknownWheelCodeError(code)
    return (resources.files(__package__) / "codes" / f"{name}.md").read_text(encoding="utf-8")
