"""A worker that takes its slot without asking whether another one holds it."""

import sys
from typing import Any

from rpa_commons.runtime import _slots, worker


class NoLock:
    """Locks nothing."""

    def __init__(self, path: Any) -> None:
        path.touch()

    def acquire(self, timeout: float) -> None:
        """Always."""

    def release(self) -> None:
        """Nothing to give back."""


def main() -> int:
    """A worker, mutated."""
    _slots.FileLock = NoLock  # type: ignore[assignment,misc] - the mutation
    return worker.main()


if __name__ == "__main__":
    sys.exit(main())
