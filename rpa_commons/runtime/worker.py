"""The worker: a process of the instance's own environment that does one job.

``python -m rpa_commons.runtime.worker`` reads one JSON job (a line) from standard input, writes JSON lines of
events to standard output and logs to standard error. The last event is ``finished`` or ``refused``.

Rules this module keeps: the first stop signal (SIGTERM, SIGINT, or the end of standard input when supervised)
lets it finish the item in hand, a second one ends it; when its slot is taken away it leaves at once; what it
logs holds no personal number.
"""

import contextlib
import json
import logging
import os
import queue
import signal
import sys
import threading
from collections.abc import Callable
from typing import Any

from pydantic import ValidationError

from rpa_commons.capabilities import RpaCommonsError
from rpa_commons.config import resolve_secret
from rpa_commons.validators import mask_personal_numbers

from ._crypto import Keys, open_keys
from ._database import instance_folder, open_instance
from ._disks import refuse_network_disk
from ._errors import RunRefusedError, Signal
from ._job import Job
from ._process import bug_in_words
from ._run import Run
from ._slots import Slot

__all__ = ["main"]

_FAILED = 1
_OUR_BUG = 70
_WATCH_SECONDS = 0.5

Stop = Callable[[], None]
Emit = Callable[[dict[str, Any]], None]


class _MaskingFormatter(logging.Formatter):
    """Log lines without personal numbers, whoever wrote them."""

    def format(self, record: logging.LogRecord) -> str:
        return mask_personal_numbers(super().format(record))


def main() -> int:
    """Do the job on standard input; returns the exit code."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_MaskingFormatter("%(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    emit = _emitter()
    try:
        job = Job.model_validate_json(_read_line())
    except ValidationError as error:
        problem = f"the job does not fit this release of rpa-commons ({error.error_count()} problems)"
        return _refuse(emit, RunRefusedError(problem, remedy="install the same release for host and bot"))
    try:
        return _do(job, emit)
    except RpaCommonsError as error:
        return _refuse(emit, error)
    except Signal as failure:
        emit(
            {
                "event": "refused",
                "message": str(failure),
                "remedy": "nothing is lost; run again",
                "exit_code": _FAILED,
            }
        )
        return _FAILED


def _do(job: Job, emit: Emit) -> int:
    if job.mode == "plan":
        from ._plan import plan

        return plan(job, emit)
    refuse_network_disk(job.state_dir)
    folder = instance_folder(job.state_dir, job.instance.id)
    folder.mkdir(parents=True, exist_ok=True)
    slot = Slot(folder, job.instance.name)
    slot.acquire()
    try:
        with _opened(job) as (keys, database):
            if job.mode == "adopt":
                from ._adopt import adopt

                return adopt(job, keys, database, emit)
            run = Run(job, keys, database, slot, emit)
            _watch(job, slot, run.state.interrupt, emit)
            summary = run.go()
    finally:
        slot.release()
    emit({"event": "finished", **summary})
    return int(summary["exit_code"])


@contextlib.contextmanager
def _opened(job: Job) -> Any:  # noqa: ANN401 - a generator of (Keys, Engine)
    secret = resolve_secret(job.journal_key, job.folder) if job.journal_key is not None else None
    keys: Keys = open_keys(job.state_dir, secret, create=True)
    database = open_instance(job.state_dir, job.instance.id, keys.sealer, threads=job.threads)
    try:
        yield keys, database
    finally:
        database.dispose()


def _watch(job: Job, slot: Slot, stop: Stop, emit: Emit) -> None:
    """Listen for everything that ends a run from outside."""
    signalled: queue.SimpleQueue[int] = queue.SimpleQueue()

    def on_signal(number: int, _frame: object) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        signalled.put(number)  # stop() takes a lock that the interrupted thread may hold; put() takes none

    def heed_signal() -> None:
        signalled.get()
        stop()

    threading.Thread(target=heed_signal, name="signal-listener", daemon=True).start()

    signal.signal(signal.SIGTERM, on_signal)
    signal.signal(signal.SIGINT, on_signal)

    def guard_slot() -> None:
        pause = threading.Event()
        while not pause.wait(_WATCH_SECONDS):
            if slot.lost():
                with contextlib.suppress(Exception):
                    emit(
                        {
                            "event": "refused",
                            "message": "the slot's lock file was taken away",
                            "remedy": "",
                            "exit_code": _FAILED,
                        }
                    )
                os._exit(_FAILED)  # another worker may start now: no cleaning up, no further effect

    threading.Thread(target=guard_slot, name="slot-guard", daemon=True).start()
    if job.supervised:

        def listen() -> None:
            while os.read(0, 4096):
                pass
            stop()

        threading.Thread(target=listen, name="host-listener", daemon=True).start()


def _emitter() -> Emit:
    """A way out for events alone: whatever a bot or a library prints goes to standard error."""
    lock = threading.Lock()
    stream = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)

    def emit(event: dict[str, Any]) -> None:
        with lock:
            stream.write(json.dumps(event, ensure_ascii=True, default=str) + "\n")
            stream.flush()

    return emit


def _refuse(emit: Emit, error: RpaCommonsError) -> int:
    message, remedy = mask_personal_numbers(error.message), mask_personal_numbers(error.remedy)
    emit({"event": "refused", "message": message, "remedy": remedy, "exit_code": error.exit_code})
    return error.exit_code


def _read_line() -> bytes:
    """The job; read without buffering, so that a later reader finds what follows."""
    line = bytearray()
    while not line.endswith(b"\n"):
        part = os.read(0, 65536)
        if not part:
            break
        line += part
    return bytes(line)


if __name__ == "__main__":
    try:
        code = main()
    except Exception as bug:  # noqa: BLE001 - our own bug, told by the exit code
        # Class and place only: an error's text may hold a name or an address, which no masking finds.
        logging.getLogger("rpa_commons.runtime").error("the worker failed: %s", bug_in_words(bug))  # noqa: TRY400 - see above
        code = _OUR_BUG
    sys.exit(code)
