"""The peer: DBOS alone, one workflow an item with the same three steps, on SQLite in WAL, through a queue.

Arguments: number of items, number of threads, folder. Prints items a second, enqueueing included.
"""

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


def main(items: int, threads: int, folder: Path) -> float:
    """Items a second."""
    engine = sa.create_engine(f"sqlite:///{folder / 'dbos.sqlite'}")
    sa.event.listen(engine, "connect", pragmas)
    DBOS(
        config={
            "name": "bare",
            "system_database_engine": engine,
            "system_database_url": f"sqlite:///{folder / 'dbos.sqlite'}",
            "application_version": "bare",
            "executor_id": "bare",
            "max_executor_threads": threads + 4,
            "log_level": "ERROR",
        }
    )

    @DBOS.step()
    def one() -> None: ...

    @DBOS.step()
    def two() -> None: ...

    @DBOS.step()
    def effect() -> None: ...

    @DBOS.workflow()
    def process(_reference: str) -> str:
        one()
        two()
        effect()
        return "done"

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
    print(main(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])))
