"""The form that was not chosen: one DBOS workflow an item, intents and keys in a table of our own.

It keeps the promises ours keeps (an intent row before the effect, a deterministic key, recovery after
``kill -9``), so that the choice between the two rests on the same storm and the same benchmark.

Arguments: number of items, number of threads, folder, receiver file (or ``-`` for an effect that does
nothing). Prints items a second for a run from an empty folder. Started again on the same folder it goes on.
"""

import hashlib
import os
import sys
import time
from pathlib import Path

import sqlalchemy as sa
from dbos import DBOS, SetWorkflowID


def pragmas(connection: object, _record: object) -> None:
    """WAL with full synchronisation, as ours."""
    cursor = connection.cursor()  # type: ignore[attr-defined]
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.close()


def deliver(receiver: Path, key: str) -> None:
    """A receiver that honours keys: it appends every key it has not seen, in one write."""
    line = f"{key}\n".encode()
    if receiver.exists() and line in receiver.read_bytes():
        return
    handle = os.open(receiver, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.write(handle, line)
    os.close(handle)


def main(items: int, threads: int, folder: Path, receiver: Path | None) -> float:
    """Items a second."""
    engine = sa.create_engine(f"sqlite:///{folder / 'dbos.sqlite'}")
    sa.event.listen(engine, "connect", pragmas)
    with engine.begin() as connection:
        connection.execute(
            sa.text("CREATE TABLE IF NOT EXISTS intents (reference TEXT PRIMARY KEY, key TEXT, result TEXT)")
        )
    DBOS(
        config={
            "name": "per-item",
            "system_database_engine": engine,
            "system_database_url": f"sqlite:///{folder / 'dbos.sqlite'}",
            "application_version": "per-item",
            "executor_id": "slot-0",
            "max_executor_threads": threads + 4,
            "log_level": "CRITICAL",
        }
    )

    @DBOS.step()
    def one(reference: str) -> str:
        return reference

    @DBOS.step()
    def two(reference: str) -> str:
        return reference

    @DBOS.step()
    def effect(reference: str) -> str:
        key = hashlib.sha256(reference.encode()).hexdigest()
        with engine.begin() as connection:
            connection.execute(
                sa.text("INSERT INTO intents VALUES (:reference, :key, NULL) ON CONFLICT DO NOTHING"),
                {"reference": reference, "key": key},
            )
        if receiver is not None:
            deliver(receiver, key)
        with engine.begin() as connection:
            connection.execute(
                sa.text("UPDATE intents SET result = 'taken' WHERE reference = :reference"),
                {"reference": reference},
            )
        return key

    @DBOS.workflow()
    def process(reference: str) -> str:
        one(reference)
        two(reference)
        return effect(reference)

    DBOS.launch()
    queue = DBOS.register_queue("items", worker_concurrency=threads, polling_interval_sec=0.05)
    start = time.perf_counter()
    handles = []
    for number in range(items):
        with SetWorkflowID(f"item-{number}"):
            handles.append(queue.enqueue(process, f"item-{number}"))
    for handle in handles:
        handle.get_result(polling_interval_sec=0.02)
    rate = items / (time.perf_counter() - start)
    DBOS.destroy()
    engine.dispose()
    return rate


if __name__ == "__main__":
    target = None if sys.argv[4] == "-" else Path(sys.argv[4])
    print(main(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]), target))
