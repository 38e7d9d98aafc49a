"""The log as plain files: blocks that never change once they are full, and a list of them.

Rules this module keeps: whoever has the files can check the whole chain without the registry; an act renders
the blocks that grew since the last one, however long the log is. Entries that belong to no project (people,
tokens) come with the next act on one.

Usage::

    for path, body in log_documents(connection):
        ...  # "log/1.json", then "log.json"
"""

from collections.abc import Iterator

import sqlalchemy as sa

from rpa_registry.db import log

from ._append import START, canonical
from ._read import entries

__all__ = ["log_count", "log_documents"]

_BLOCK = 500  # entries


def log_count(connection: sa.Connection) -> int:
    """How many entries there are."""
    return int(connection.scalar(sa.select(sa.func.max(log.c.seq))) or 0)


def log_documents(
    connection: sa.Connection, *, shown: int = 0, count: int | None = None
) -> Iterator[tuple[str, bytes]]:
    """The log's files.

    Args:
        connection: To read with.
        shown: How many entries the files have already: blocks that were full by then are left out.
        count: How many entries they shall have; all when not given.

    Yields:
        Path and bytes; last ``log.json``, which lists the blocks.
    """
    count = log_count(connection) if count is None else count
    head = connection.scalar(sa.select(log.c.hash).where(log.c.seq == count)) or START
    blocks = max(1, -(-count // _BLOCK))
    for number in range(max(1, -(-min(shown, count) // _BLOCK)), blocks + 1):
        after = (number - 1) * _BLOCK
        part = entries(connection, after=after, limit=min(_BLOCK, count - after))
        document = {"api": 1, "block": number, "entries": [one.to_json() for one in part]}
        yield f"log/{number}.json", canonical(document)
    listed = [f"log/{number}.json" for number in range(1, blocks + 1)]
    yield "log.json", canonical({"api": 1, "count": count, "head": head, "blocks": listed})
