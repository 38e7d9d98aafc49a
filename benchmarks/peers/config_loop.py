"""A contestant that stays alive: it says what it resolved, then times as many resolutions as it is asked for.

Each line read from stdin is a number of resolutions; each line written is the seconds of processor time, the
system's part with it, that they took: waiting for a turn on a busy machine is nobody's work.
"""

import json
import platform
import sys
import time
from collections.abc import Callable
from typing import Any

__all__ = ["serve"]


def serve(resolve: Callable[[], Any], result: Callable[[Any], Any]) -> None:
    """Answer until stdin ends.

    Args:
        resolve: One resolution.
        result: What it gave, as JSON, for the comparison of all contestants.
    """
    print(json.dumps({"python": platform.python_version(), "result": result(resolve())}), flush=True)
    for line in sys.stdin:
        times = range(int(line))
        if len(times) > 1:
            resolve()  # not counted: what ran on the processor before has left nothing of ours in its caches
        start = time.process_time()
        for _ in times:
            resolve()
        print(time.process_time() - start, flush=True)
