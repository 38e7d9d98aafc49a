"""A process that asks what became of letters, and dies of SIGKILL where it is told to.

Its one argument is a JSON file: settings, folder, key, letters, and ``die``: ``""``, ``before-commit`` or
``before-acknowledge``.
"""

import json
import sys
from pathlib import Path
from typing import Any

from rpa_commons.connectors.sf1461 import _broker
from rpa_commons.connectors.sf1601 import Sf1601, Sf1601Settings, _kept
from rpa_commons.runtime._crypto import Digester, Keys, Sealer
from tests.e2e.rabbitmq.reader import dying
from tests.support.beskedfordeler import surroundings


def main(told: dict[str, Any]) -> None:
    """Ask, and print the state of each letter."""
    if told["die"] == "before-commit":
        dying(_kept.KeptReceipts, "put", 1)
    elif told["die"] == "before-acknowledge":
        dying(_broker.Broker, "acknowledge", 1)
    key = bytes.fromhex(told["key"])
    settings = Sf1601Settings.model_validate_json(json.dumps(told["settings"]))
    post = Sf1601(settings, surroundings(Path(told["folder"]), Keys(Sealer([key]), Digester(key))))
    states = [post.delivery(letter).state for letter in told["letters"]]
    post.close()
    sys.stdout.write(json.dumps({"states": states, "problems": post.problems}))


if __name__ == "__main__":
    main(json.loads(Path(sys.argv[1]).read_text("utf-8")))
