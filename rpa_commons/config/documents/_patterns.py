r"""What the parts of a TOML document look like to whoever looks for places in it.

Rules this module keeps: the patterns are for documents that ``tomllib`` has accepted; none of them decides
whether something is TOML, nor what a value is.

Usage::

    STRING.match('"a\\"b" # c').group()  # '"a\\"b"'
"""

import re

__all__ = ["BARE_KEY", "SPACE", "STRING"]

SPACE = re.compile(r"[ \t]*")
BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
# Loops are unrolled instead of possessive: Python 3.11 before 3.11.5 gets possessive groups wrong.
STRING = re.compile(  # alternatives in TOML's own order: the three quotes first
    r'"""[^\\"]*(?:(?:\\.|"(?!""))[^\\"]*)*"{3,5}'
    r"|'''[^']*(?:'(?!'')[^']*)*'{3,5}"
    r'|"[^\\"\n]*(?:\\.[^\\"\n]*)*"'
    r"|'[^'\n]*'",
    re.DOTALL,
)
