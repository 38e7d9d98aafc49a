"""The limit: a bare SQLite intent journal, the same rows and commits a careful hand would write.

Per item: started, two query results, the effect's intent, its result, the outcome; six commits in WAL with
synchronous FULL, one thread, standard library only. Prints items a second.
"""

import sqlite3
import sys
import tempfile
import time
from pathlib import Path


def main(items: int) -> float:
    """Items a second for ``items`` cases of three steps."""
    with tempfile.TemporaryDirectory(dir=sys.argv[2] if len(sys.argv) > 2 else None) as folder:  # noqa: PLR2004 - an optional argument
        database = sqlite3.connect(Path(folder) / "journal.sqlite", isolation_level=None)
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = FULL")
        database.execute(
            "CREATE TABLE items (reference TEXT PRIMARY KEY, state TEXT, payload TEXT, outcome TEXT)"
        )
        database.execute(
            "CREATE TABLE journal (reference TEXT, name TEXT, intent TEXT, result TEXT, "
            "PRIMARY KEY (reference, name))"
        )
        start = time.perf_counter()
        database.execute("BEGIN")
        database.executemany(
            "INSERT INTO items VALUES (?, 'new', ?, NULL)", ((f"item-{n}", "{}") for n in range(items))
        )
        database.execute("COMMIT")
        for number in range(items):
            reference = f"item-{number}"
            database.execute("UPDATE items SET state = 'running' WHERE reference = ?", (reference,))
            for query in ("one", "two"):
                database.execute("INSERT INTO journal VALUES (?, ?, NULL, 'null')", (reference, query))
            database.execute(
                "INSERT INTO journal VALUES (?, 'effect', 'key', NULL) ON CONFLICT DO NOTHING RETURNING 1",
                (reference,),
            ).fetchall()
            database.execute(
                "UPDATE journal SET result = 'null' WHERE reference = ? AND name = 'effect'", (reference,)
            )
            database.execute(
                "UPDATE items SET state = 'done', outcome = '{}' WHERE reference = ?", (reference,)
            )
        rate = items / (time.perf_counter() - start)
        database.close()
        return rate


if __name__ == "__main__":
    print(main(int(sys.argv[1])))
