"""The command line: ``rpac``, also installed as ``rpa-commons``.

Rules this module keeps: nothing heavier than click is imported for ``--help`` (each command lives in a
module of its own that is imported when it is called), and every expected error ends with a message, a
remedy and an exit code: 0 done, 1 findings or a failed run, 2 usage, 3 cancelled, 4 a login or secret is
missing, 5 refused by policy, 70 our bug, 130 Ctrl-C.
"""

from ._ending import end, serves_on
from ._lazy import LazyGroup
from ._main import main

__all__ = ["LazyGroup", "end", "main", "serves_on"]
