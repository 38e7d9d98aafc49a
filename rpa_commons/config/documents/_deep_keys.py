r"""Dotted keys that are too deep, found before a parser meets them: it takes them part by part, for ever.

Usage::

    line_of_deep_key("a = 1\nb.b.b.b = 2\n", limit=3)  # 2
"""

import functools
import re

__all__ = ["line_of_deep_key"]

_ASIDE = re.compile(
    r'"""(?:\\.|[^\\])*?"""|\'\'\'.*?\'\'\'|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'|#[^\n]*', re.DOTALL
)


def line_of_deep_key(text: str, *, limit: int) -> int | None:
    """The first line with a key of more than so many dots; ``None`` when there is none.

    Args:
        text: TOML, right or wrong.
        limit: How many dots a key may have.
    """
    if text.count(".") <= limit or not any(line.count(".") > limit for line in text.split("\n")):
        return None
    found = _pattern(limit).search(_ASIDE.sub(_stand_in, text))
    return None if found is None else found.string.count("\n", 0, found.start()) + 1


def _stand_in(match: re.Match[str]) -> str:
    """What a text or comment leaves: its lines, and a part of a key where it may be one."""
    found = match.group()
    several = found.startswith(('"""', "'''", "#"))
    return "\n" * found.count("\n") if several else "q"


@functools.lru_cache(maxsize=8)
def _pattern(limit: int) -> re.Pattern[str]:
    part = r"[A-Za-z0-9_-]+"
    return re.compile(rf"(?<![A-Za-z0-9_-]){part}(?:[ \t]*\.[ \t]*{part}){{{limit + 1}}}")
