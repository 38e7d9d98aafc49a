"""``python -m rpa_commons.environments.describe DISTRIBUTION``: print a plugin's manifest as JSON.

Started by ``rpac build`` and ``rpac install`` in the plugin's own environment. The answer on standard output
is ``{"manifest": {…}}`` or ``{"problems": ["…"]}``; whatever the plugin prints goes to standard error.
"""

import contextlib
import json
import sys

from ._describe import describe
from ._errors import BuildRefusedError

__all__ = ["main"]


def main() -> int:
    """Describe the distribution named on the command line; 0 with a manifest, 1 with problems."""
    if len(sys.argv) != 2:  # noqa: PLR2004 - the program and one name
        print("usage: python -m rpa_commons.environments.describe DISTRIBUTION", file=sys.stderr)  # noqa: T201 - a program's usage
        return 2
    try:
        with contextlib.redirect_stdout(sys.stderr):
            manifest = describe(sys.argv[1])
    except BuildRefusedError as error:
        json.dump({"problems": error.problems}, sys.stdout)
        return 1
    json.dump({"manifest": manifest.model_dump(mode="json")}, sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())
