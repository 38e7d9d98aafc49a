"""A million CPR numbers: ``validate_column`` against python-stdnum and against a bare vectorised check.

Before anything is timed, all contestants must refuse the same rows, in the column with one wrong row in a
thousand and in the one with one in ten, where each wrong row is read again for its reason.
"""

import sys
from contextlib import ExitStack
from functools import partial

from ._contestants import Contestant, agreed
from ._measure import Figures, compare
from ._peers import peer_python

__all__ = ["NOTE", "UNIT", "run"]

UNIT = "seconds for a million numbers"
NOTE = (
    "a list of 1,000,000 texts, one in a thousand wrong; ours: counts, reasons and row numbers; "
    "peer: python-stdnum 2.2, is_valid for each; limit: a bare NumPy check, yes or no for each; "
    "'one in ten wrong' is another column, its ratio to ours is the price of the reasons; "
    "all refuse the same rows; aim: python-stdnum takes at least 10 times ours"
)
_ROUNDS = 5


def run() -> list[Figures]:
    """Five rounds of each."""
    stdnum = peer_python("stdnum", "python-stdnum==2.2")
    numpy = peer_python("numpy", "numpy>=2.2,<3")
    with ExitStack() as stack:
        started = [
            stack.enter_context(Contestant(*words))
            for words in (
                ("ours", sys.executable, "cpr_ours.py", "clean"),
                ("python-stdnum", stdnum, "cpr_stdnum.py", "clean"),
                ("bare NumPy, from the list", numpy, "cpr_numpy.py", "clean", "list"),
                ("bare NumPy, array at hand", numpy, "cpr_numpy.py", "clean", "array"),
                ("ours, one in ten wrong", sys.executable, "cpr_ours.py", "dirty"),
                ("python-stdnum, one in ten wrong", stdnum, "cpr_stdnum.py", "dirty"),
            )
        ]
        agreed(started[:4])
        agreed(started[4:])
        if len({one.python for one in started}) > 1:
            raise RuntimeError("contestants run on several interpreter versions; no comparison")
        return compare({one.name: partial(one.seconds, 1) for one in started}, rounds=_ROUNDS)
