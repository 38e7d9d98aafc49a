"""The page of each code: what it means, an example, what to do.

Usage::

    page_of("E301")  # "# E301: locked by the cooperation ..."
"""

from importlib import resources

from rpa_commons.capabilities import RpaCommonsError

from ._codes import CODES
from ._keys import guess

__all__ = ["UnknownCodeError", "page_of"]


class UnknownCodeError(RpaCommonsError):
    """No finding has this code.

    Attributes:
        code: What was asked for.
    """

    exit_code: int = 2

    def __init__(self, code: str) -> None:
        meant = guess(code.upper(), CODES)
        remedy = f"did you mean {meant}?" if meant else "`rpac explain` lists every code"
        super().__init__(f"no finding has the code {code[:40]!r}", remedy=remedy)
        self.code = code


def page_of(code: str) -> str:
    """The page of a code as Markdown; small letters are as good as capitals.

    Raises:
        UnknownCodeError: there is no such code.
    """
    name = code.upper()
    if name not in CODES:
        raise UnknownCodeError(code)
    page = resources.files("rpa_commons.config.findings") / "codes" / f"{name}.md"
    return page.read_text(encoding="utf-8")
