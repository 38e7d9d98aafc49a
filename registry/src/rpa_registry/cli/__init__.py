"""The command line of the registry: ``rpac-registry``.

Rules this module keeps: as ``rpac``: nothing heavier than click is imported for ``--help``, results go to
stdout and talk to stderr, every reading command has ``--json``, and the exit codes are the same. Whoever may
write the registry's folder is its operator; what they do for a person (``--as LOGIN``) is logged as that.
"""

from ._main import main

__all__ = ["main"]
