"""A worker on a disk that is full after a while: no file may grow beyond a limit."""

import resource
import signal
import sys

from rpa_commons.runtime import worker

LIMIT = 400_000  # bytes: the database and DBOS's tables fit, 200 cases do not


def main() -> int:
    """A worker, limited."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # a write then fails as on a full disk
    resource.setrlimit(resource.RLIMIT_FSIZE, (LIMIT, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))
    return worker.main()


if __name__ == "__main__":
    sys.exit(main())
