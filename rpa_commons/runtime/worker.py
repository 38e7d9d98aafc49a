"""The worker: a process of the instance's own environment that does one job.

``python -m rpa_commons.runtime.worker`` reads one JSON job (a line) from standard input, writes JSON lines of
events to standard output and logs to standard error. The last event is ``finished`` or ``refused``.

Rules this module keeps: the first stop signal (SIGTERM, SIGINT, or the end of standard input when supervised)
lets it finish the item in hand, a second one ends it; when its slot is taken away it leaves at once; what it
logs or prints holds no secret that it has or read, and what it logs no personal number.
"""

import atexit
import contextlib
import gc
import json
import logging
import os
import queue
import signal
import sys
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Any

from pydantic import ValidationError

from rpa_commons.capabilities import RpaCommonsError
from rpa_commons.validators import mask_personal_numbers

from ._crypto import Keys, open_keys
from ._database import instance_folder, open_instance
from ._disks import refuse_network_disk
from ._errors import RunRefusedError, Signal
from ._job import Job
from ._outfit import journal_secret, learn_what_is_at_hand
from ._process import bug_in_words
from ._redact import RedactedStream, Redactor
from ._run import Run
from ._slots import Slot

__all__ = ["main"]

_LOG = logging.getLogger("rpa_commons.runtime")
_FAILED = 1
_OUR_BUG = 70
_WATCH_SECONDS = 0.5

Stop = Callable[[], None]
Emit = Callable[[dict[str, Any]], None]


class _MaskingFormatter(logging.Formatter):
    """Log lines without personal numbers and secrets, whoever wrote them."""

    def __init__(self, redact: Redactor) -> None:
        super().__init__("%(levelname)s %(name)s: %(message)s")
        self._redact = redact

    def format(self, record: logging.LogRecord) -> str:
        return self._redact.masked(super().format(record))


def main() -> int:
    """Do the job on standard input; returns the exit code."""
    # What was imported stays to the end: to look for garbage in it again and again, and once more when the
    # process ends, is a quarter of a short run's time.
    gc.freeze()
    atexit.register(gc.freeze)
    redact = Redactor()
    emit = _emitter(redact)
    said, logged = RedactedStream(sys.stdout, redact), RedactedStream(sys.stderr, redact)
    sys.stdout, sys.stderr = said, logged
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_MaskingFormatter(redact))
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    _hush_tracebacks()
    try:
        return _main(emit, redact)
    finally:
        said.finish()
        logged.finish()


def _main(emit: Emit, redact: Redactor) -> int:
    try:
        job = Job.model_validate_json(_read_line())
    except ValidationError as error:
        problem = f"the job does not fit this release of rpa-commons ({error.error_count()} problems)"
        return _refuse(emit, RunRefusedError(problem, remedy="install the same release for host and bot"))
    learn_what_is_at_hand(job, redact)
    try:
        return _do(job, emit, redact)
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


def _hush_tracebacks() -> None:
    """Say of an error that nobody caught its class and place: its text may hold a name, or half a secret."""

    def in_thread(unhandled: threading.ExceptHookArgs) -> None:
        if unhandled.exc_value is not None:
            _LOG.error("a thread failed: %s", bug_in_words(unhandled.exc_value))

    def in_finalizer(unhandled: "sys.UnraisableHookArgs") -> None:
        if unhandled.exc_value is not None:
            _LOG.error("an error that nobody could catch: %s", bug_in_words(unhandled.exc_value))

    def in_main(_: type[BaseException], error: BaseException, __: TracebackType | None) -> None:
        _LOG.error("the worker failed: %s", bug_in_words(error))

    threading.excepthook, sys.unraisablehook, sys.excepthook = in_thread, in_finalizer, in_main


def _do(job: Job, emit: Emit, redact: Redactor) -> int:
    if job.mode == "check":
        from ._deep import check

        return check(job, emit, redact)
    if job.mode == "plan":
        from ._plan import plan

        return plan(job, emit, redact)
    refuse_network_disk(job.state_dir)
    folder = instance_folder(job.state_dir, job.instance.id)
    folder.mkdir(parents=True, exist_ok=True)
    slot = Slot(folder, job.instance.name)
    slot.acquire()
    try:
        with _opened(job, redact) as (keys, database):
            if job.mode == "adopt":
                from ._adopt import adopt

                return adopt(job, keys, database, emit, redact)
            run = Run(job, keys, database, slot, emit, redact)
            _watch(job, slot, run.state.interrupt, emit)
            summary = run.go()
    finally:
        slot.release()
    emit({"event": "finished", **summary})
    return int(summary["exit_code"])


@contextlib.contextmanager
def _opened(job: Job, redact: Redactor) -> Any:  # noqa: ANN401 - a generator of (Keys, Engine)
    secret = journal_secret(job, redact)
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


def _emitter(redact: Redactor) -> Emit:
    """A way out for events alone: whatever a bot or a library prints goes to standard error."""
    lock = threading.Lock()
    stream = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)

    def emit(event: dict[str, Any]) -> None:
        line = json.dumps(redact.tree(_plain(event)), ensure_ascii=True)
        with lock:
            stream.write(line + "\n")
            stream.flush()

    return emit


def _plain(event: dict[str, Any]) -> Any:  # noqa: ANN401 - JSON
    """The event as JSON has it: a date is text before it is looked through."""
    return json.loads(json.dumps(event, default=str))


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
        _LOG.error("the worker failed: %s", bug_in_words(bug))
        code = _OUR_BUG
    sys.exit(code)
