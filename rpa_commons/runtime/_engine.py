"""DBOS, and nothing but DBOS: queues, workers and recovery for chunks of work items.

Rules this module keeps (each is a known trap of the engine):

* only a worker that holds its slot launches DBOS, under the slot's name as executor id;
* the application version is a constant and there is one generic workflow, so an upgrade strands no run;
* every value goes through our JSON serializer, encrypted; nothing is ever pickled;
* the queue's worker concurrency and the number of threads are set;
* a chunk's result is nothing: which items are done stands in our own tables, so a chunk that runs twice finds
  nothing left to take up.
"""

import base64
import contextlib
import json
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

import sqlalchemy as sa
from dbos import DBOS, Serializer, SetWorkflowID, WorkflowStatus

from ._crypto import Sealer
from ._database import guarded
from ._errors import JournalFailure
from ._slots import SLOT

__all__ = ["Engine"]

_APPLICATION = "rpa-commons"
_VERSION = "1"  # never changes while runs may be in flight
_QUEUE = "items"
_PLACE = "dbos"
_POLL_SECONDS = 0.05


def _in_flight() -> list[WorkflowStatus]:
    return DBOS.list_workflows(status=["PENDING", "ENQUEUED"], load_input=False, load_output=False)


class _SealedJson(Serializer):
    """JSON, encrypted; an error is kept by its class only."""

    def __init__(self, sealer: Sealer) -> None:
        self._sealer = sealer

    def serialize(self, data: Any) -> str:  # noqa: ANN401 - DBOS's own signature
        """The sealed text of a value."""
        if isinstance(data, BaseException):
            data = {"error": type(data).__name__}
        sealed = self._sealer.seal(json.dumps(data).encode(), _PLACE)
        return base64.b64encode(sealed).decode()

    def deserialize(self, serialized_data: str) -> Any:  # noqa: ANN401 - DBOS's own signature
        """The value of a sealed text."""
        return json.loads(self._sealer.unseal(base64.b64decode(serialized_data), _PLACE))

    def name(self) -> str:
        """How DBOS remembers who wrote a value."""
        return "rpac_sealed_json"


class Engine:
    """Carries chunks of references to lanes, also those that a dead worker left.

    Args:
        database: The instance's state; DBOS keeps its tables beside ours in it.
        sealer: Encrypts what DBOS stores.
        threads: How many chunks are worked on at a time.
        work: Works through the references of one chunk of a run; must not raise.
    """

    def __init__(
        self, database: sa.Engine, sealer: Sealer, threads: int, work: Callable[[int, Sequence[str]], None]
    ) -> None:
        self._work = work
        self._threads = threads
        self._permits = threading.Semaphore(threads)  # recovered chunks come by a queue of DBOS's own
        self._changed = threading.Condition()
        self._finished: set[str] = set()
        self._awaited: set[str] = set()
        self._has_started = False
        DBOS(
            config={
                "name": _APPLICATION,
                "system_database_url": str(database.url),
                "system_database_engine": database,
                "application_version": _VERSION,
                "executor_id": SLOT,
                "max_executor_threads": threads + 4,
                "serializer": _SealedJson(sealer),
                "log_level": "ERROR",
                "scheduler_polling_interval_sec": 3600.0,
                "notification_listener_polling_interval_sec": 0.25,  # it bounds how fast DBOS ends
                "enable_otlp": False,
            }
        )

        # No recovery limit: deaths are counted per item, by us.
        @DBOS.workflow(name="rpac_chunk", max_recovery_attempts=None)
        def chunk(run: int, references: list[str]) -> None:
            self._run_chunk(run, references)

        self._chunk = chunk

    def start(self) -> None:
        """Launch DBOS; chunks that a dead worker left are worked on from here.

        Raises:
            JournalFailure: the database cannot be used.
        """
        with guarded():
            DBOS.launch()
            DBOS.register_queue(_QUEUE, worker_concurrency=self._threads, polling_interval_sec=_POLL_SECONDS)
            left = _in_flight()
        with self._changed:
            self._awaited.update(one.workflow_id for one in left)
        self._has_started = True

    def offer(self, run: int, chunks: Sequence[Sequence[str]]) -> None:
        """Enqueue chunks under ids that follow from the run and their order.

        Raises:
            JournalFailure: the database cannot be written.
        """
        for number, references in enumerate(chunks, start=1):
            name = f"run-{run}-chunk-{number}"
            with self._changed:
                self._awaited.add(name)
            with guarded(), SetWorkflowID(name):
                DBOS.enqueue_workflow(_QUEUE, self._chunk, run, list(references))

    def wait(self, seconds: float) -> bool:
        """Wait for every chunk; true when all of them have ended."""
        with self._changed:
            self._changed.wait_for(lambda: self._awaited <= self._finished, timeout=seconds)
            return self._awaited <= self._finished

    def stop(self) -> None:
        """Let the lanes finish and end DBOS."""
        # Told to wait at all, DBOS waits a whole second, also where nothing is left.
        DBOS.destroy(workflow_completion_timeout_sec=0 if self._is_idle() else 30, destroy_registry=True)

    def _is_idle(self) -> bool:
        """Whether every chunk has ended and DBOS has written that down, which it does a moment later."""
        if not self._has_started or not self.wait(0):
            return False
        with contextlib.suppress(JournalFailure):
            for _ in range(20):
                with guarded():
                    if not _in_flight():
                        return True
                time.sleep(_POLL_SECONDS)
        return False

    def _run_chunk(self, run: int, references: list[str]) -> None:
        try:
            with self._permits:
                self._work(run, references)
        finally:
            with self._changed:
                self._finished.add(str(DBOS.workflow_id))
                self._changed.notify_all()
