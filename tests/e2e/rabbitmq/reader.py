"""A process that reads a dueslag, and dies of SIGKILL where it is told to: run by the tests, as a worker is.

Its one argument is a JSON file: settings, folder, key, and ``die``: ``""``, ``before-commit`` or
``before-acknowledge``; ``at``: in which batch; ``since``: which moves to answer.
"""

import json
import os
import resource
import signal
import sys
from datetime import date
from pathlib import Path
from typing import Any

from rpa_commons.connectors.sf1461 import Sf1461, Sf1461Settings, _broker, _store
from rpa_commons.runtime._crypto import Digester, Keys, Sealer
from tests.support.beskedfordeler import surroundings


def dying(owner: Any, name: str, at: int) -> None:
    """Replace a method by death, the ``at``-th time."""
    method, calls = getattr(owner, name), iter(range(1, 1_000_000))

    def instead(self: Any, *args: Any, **kwargs: Any) -> Any:
        if next(calls) == at:
            os.kill(os.getpid(), signal.SIGKILL)
        return method(self, *args, **kwargs)

    setattr(owner, name, instead)


def main(told: dict[str, Any]) -> None:
    """Read, print how many moves there are and whether anything is amiss."""
    if told["die"] == "before-commit":
        dying(_store.Store, "put", told["at"])
    elif told["die"] == "before-acknowledge":
        dying(_broker.Broker, "acknowledge", told["at"])
    key = bytes.fromhex(told["key"])
    settings = Sf1461Settings.model_validate_json(json.dumps(told["settings"]))
    events = Sf1461(settings, surroundings(Path(told["folder"]), Keys(Sealer([key]), Digester(key))))
    moves = events.moves_into("0265", date.fromisoformat(told["since"]))
    events.close()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024  # Linux counts in KiB
    answer = {"moves": [move.id for move in moves], "problems": events.problems, "peak": peak}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main(json.loads(Path(sys.argv[1]).read_text("utf-8")))
