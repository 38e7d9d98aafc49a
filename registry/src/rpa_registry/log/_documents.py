"""The log as plain files: blocks that never change once they are full, and a list of them.

Rules this module keeps: whoever has the files can check the whole chain without the registry; an act renders
the newest blocks alone, however long the log is. Entries that belong to no project (people, tokens) come with
the next act on one.

Usage::

    for path, body in log_documents(connection):
        ...  # "log/1.json", then "log.json"
"""

from collections.abc import Iterator

import sqlalchemy as sa

from rpa_registry.db import log

from ._append import START, canonical
from ._read import entries

__all__ = ["log_documents"]

_BLOCK = 500  # entries


def log_documents(connection: sa.Connection, *, whole: bool = False) -> Iterator[tuple[str, bytes]]:
    """The log's files that an act can have changed, or all of them.

    Args:
        connection: To read with.
        whole: Every block, not the newest two.

    Yields:
        Path and bytes; last ``log.json``, which lists the blocks.
    """
    newest = connection.execute(sa.select(log.c.seq, log.c.hash).order_by(log.c.seq.desc()).limit(1)).first()
    count, head = (newest.seq, newest.hash) if newest else (0, START)
    blocks = max(1, -(-count // _BLOCK))
    for number in range(1 if whole else max(1, blocks - 1), blocks + 1):
        part = entries(connection, after=(number - 1) * _BLOCK, limit=_BLOCK)
        document = {"api": 1, "block": number, "entries": [one.to_json() for one in part]}
        yield f"log/{number}.json", canonical(document)
    listed = [f"log/{number}.json" for number in range(1, blocks + 1)]
    yield "log.json", canonical({"api": 1, "count": count, "head": head, "blocks": listed})
