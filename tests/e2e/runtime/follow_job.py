"""Follows a worker as ``rpac run`` does; the job stands in the file that the command line names."""

import json
import os
import signal
import sys
from pathlib import Path

from rpa_commons.cli._worker import follow
from rpa_commons.runtime import Job, Prepared


def main() -> None:
    """Print each event; the worker's last one says how it ended."""
    # A shell starts what runs in the background with Ctrl-C ignored, and a process hands that on.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    job = Job.model_validate_json(Path(sys.argv[1]).read_text("utf-8"))
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": os.environ["PYTHONPATH"]}
    for event in follow(Prepared(job, Path(sys.executable), environment, ()), "letters"):
        sys.stdout.write(json.dumps(event) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
