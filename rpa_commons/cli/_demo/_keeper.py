"""Runs a program as long as somebody holds our standard input open, so that nothing outlives a killed demo.

Started by its path, so it imports nothing of ours.

Usage::

    python -I _keeper.py PROGRAM [ARGUMENT]...
"""

import os
import subprocess
import sys
import threading

_END = 15  # seconds the program has to end


def main() -> None:
    """Start the program; end it when standard input ends, and end when it does."""
    child = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL)  # noqa: S603 - what we were started for

    def follow() -> None:
        os._exit(child.wait())

    threading.Thread(target=follow, daemon=True).start()
    sys.stdin.buffer.read()  # until the demo ends, however it ends
    child.terminate()
    try:
        child.wait(_END)
    except subprocess.TimeoutExpired:
        child.kill()


if __name__ == "__main__":
    main()
