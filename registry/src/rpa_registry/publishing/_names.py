"""When two project names are too alike to be told apart on a screen or by a tired person.

Rules this module keeps: what separates words does not count (PEP 503 and more: no separator at all is alike
too), nor do letters and digits that look alike (``0 o``, ``1 l i``, ``5 s``, ``rn m``, ``vv w``).

Usage::

    similar_name("we1come-letters", ["welcome-letters"])  # "welcome-letters"
"""

import re
from collections.abc import Iterable

__all__ = ["similar_name", "skeleton"]

_SEPARATORS = re.compile(r"[-_.]+")
_ALIKE = (("rn", "m"), ("vv", "w"), ("0", "o"), ("1", "l"), ("i", "l"), ("5", "s"))


def skeleton(name: str) -> str:
    """What is left of a name when everything that a reader may overlook is gone."""
    text = _SEPARATORS.sub("", name.lower())
    for one, other in _ALIKE:
        text = text.replace(one, other)
    return text


def similar_name(name: str, taken: Iterable[str]) -> str | None:
    """The first taken name that differs from ``name`` and looks like it, or ``None``."""
    wanted = skeleton(name)
    return next((other for other in sorted(taken) if other != name and skeleton(other) == wanted), None)
