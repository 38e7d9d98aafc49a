"""Receipts that came out of the queue, in a SQLite file that all bot instances of the municipality share.

Rules this module keeps: a batch is on the disk when :meth:`KeptReceipts.put` returns (rollback journal,
``synchronous = EXTRA``), so that it may be acknowledged; a ``BeskedId`` counts once, and of one that came
with two contents neither does; of a message that can be read only state, time, way, code and the letter's ids
are kept, which are nobody's; one that cannot be read is kept whole, sealed by the runtime's key and bound to
its row, until it can be read or its time is over; a plan reads and writes nothing.
"""

import contextlib
import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self

from rpa_commons.capabilities import Delivery
from rpa_commons.connectors._base import Vault
from rpa_commons.connectors.sf1461 import StoreError, StoreTooNewError

from ._receipts import PostStatus, latest

__all__ = ["KeptReceipts", "Message"]

VERSION = 1
_WAIT = 30.0  # seconds for another process's transaction
_TABLES = (
    """CREATE TABLE messages (
        key TEXT PRIMARY KEY,
        received_at TEXT NOT NULL,
        fingerprint TEXT NOT NULL,
        delivery TEXT,
        reason TEXT NOT NULL,
        content BLOB
    )""",
    "CREATE TABLE letters (letter TEXT NOT NULL, key TEXT NOT NULL, PRIMARY KEY (letter, key))",
    f"PRAGMA user_version = {VERSION}",
)
_TWICE = "one BeskedId came with two contents; neither counts"


@dataclass(frozen=True, repr=False)
class Message:
    """One message, read.

    Attributes:
        key: Its ``BeskedId``; empty where it has none.
        content: What two deliveries of one message have in common, to compare by.
        body: The message as it came.
        status: What it says; ``None`` where it cannot be read.
        reason: Why it cannot be.
    """

    key: str
    content: bytes
    body: bytes
    status: PostStatus | None
    reason: str = ""


class KeptReceipts:
    """The receipts of one queue. One thread at a time; any number of processes."""

    def __init__(self, path: Path, database: sqlite3.Connection, vault: Vault) -> None:
        self._path = path
        self._database = database
        self._vault = vault

    @classmethod
    def open(cls, path: Path, vault: Vault, *, planning: bool = False) -> Self:
        """Open or create the file; in a plan it is only read, and one that is not there is empty.

        Raises:
            StoreTooNewError: a newer release wrote it.
            StoreError: it cannot be used.
        """
        looks = planning and _is_filled(path)
        with _ours(path):
            if looks:
                address = f"{path.absolute().as_uri()}?mode=ro"
                database = sqlite3.connect(address, timeout=_WAIT, uri=True, isolation_level=None)
            elif planning:
                database = sqlite3.connect(":memory:", isolation_level=None)
            else:
                _make(path)
                database = sqlite3.connect(path, timeout=_WAIT, isolation_level=None)
        kept = cls(path, database, vault)
        try:
            kept._prepare(writes=not looks)
        except BaseException:
            database.close()
            raise
        return kept

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def put(self, batch: Sequence[Message], now: datetime) -> None:
        """Keep a batch; it is on the disk when this returns.

        Raises:
            StoreError: nothing of the batch is kept.
        """
        with self._transaction():
            for message in batch:
                self._put(message, _moment(now))

    def of(self, letter: str) -> Delivery | None:
        """What the latest message about a letter says; ``None`` without one."""
        rows = self._all(
            "SELECT delivery FROM messages JOIN letters USING (key) WHERE letter = ? AND reason = ''",
            (letter.lower(),),
        )
        return latest(Delivery.model_validate_json(row[0]) for row in rows)

    def reread(self, read: Callable[[bytes], Message]) -> None:
        """Read once more what could not be read: this release may know more."""
        rows = self._all(
            "SELECT key, content FROM messages WHERE content IS NOT NULL AND reason != ? ORDER BY key",
            (_TWICE,),
        )
        for key, blob in rows:
            message = read(self._vault.unseal(blob, _place(key)))
            if message.status is not None:
                with self._transaction():
                    self._write(key, message)

    def unread(self) -> list[tuple[int, str, str]]:
        """How many messages cannot be used, why, and since when; for each reason once."""
        return [
            (count, reason, since)
            for count, reason, since in self._all(
                "SELECT count(*), reason, min(received_at) FROM messages WHERE reason != ''"
                " GROUP BY reason ORDER BY reason"
            )
        ]

    def erase(self, now: datetime, days: int) -> None:
        """Delete messages that came more than so many days ago."""
        before = (_moment(now - timedelta(days=days)),)
        if self._all("SELECT 1 FROM messages WHERE received_at < ? LIMIT 1", before):
            with self._transaction():
                old = "SELECT key FROM messages WHERE received_at < ?"
                self._run(f"DELETE FROM letters WHERE key IN ({old})", before)  # noqa: S608 - a constant
                self._run("DELETE FROM messages WHERE received_at < ?", before)

    def _put(self, message: Message, now: str) -> None:
        fingerprint = self._vault.digest("receipt", message.content.hex())
        key = message.key or f"unnamed-{fingerprint}"
        known = self._all("SELECT fingerprint FROM messages WHERE key = ?", (key,))
        if known and known[0][0] == fingerprint:
            return
        if known:
            other = self._vault.seal(message.body, _place(key))
            self._run("UPDATE messages SET reason = ?, content = ? WHERE key = ?", (_TWICE, other, key))
            return
        self._run(
            "INSERT INTO messages (key, received_at, fingerprint, reason) VALUES (?, ?, ?, '')",
            (key, now, fingerprint),
        )
        self._write(key, message)

    def _write(self, key: str, message: Message) -> None:
        status = message.status
        self._run(
            "UPDATE messages SET delivery = ?, reason = ?, content = ? WHERE key = ?",
            (
                None if status is None else status.delivery.model_dump_json(),
                message.reason,
                self._vault.seal(message.body, _place(key)) if status is None else None,
                key,
            ),
        )
        for letter in () if status is None else sorted(status.ids):
            self._run("INSERT OR IGNORE INTO letters (letter, key) VALUES (?, ?)", (letter, key))

    def _prepare(self, *, writes: bool) -> None:
        with _ours(self._path):
            (version,) = self._database.execute("PRAGMA user_version").fetchone()
            if version > VERSION:
                raise StoreTooNewError(self._path, version, VERSION)
            self._database.execute("PRAGMA synchronous = EXTRA")
            self._database.execute("PRAGMA secure_delete = ON")
        if version == VERSION or not writes:
            return
        with self._transaction():
            (version,) = self._database.execute("PRAGMA user_version").fetchone()  # now under the lock
            for statement in _TABLES if version == 0 else ():
                self._run(statement)

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[None]:
        with _ours(self._path):
            self._database.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._database.execute("COMMIT")
            except BaseException:
                if self._database.in_transaction:
                    self._database.execute("ROLLBACK")
                raise

    def _run(self, statement: str, values: Sequence[str | bytes | None] = ()) -> None:
        self._database.execute(statement, values)

    def _all(self, statement: str, values: Sequence[str] = ()) -> list[Any]:
        with _ours(self._path):
            return self._database.execute(statement, values).fetchall()


def _is_filled(path: Path) -> bool:
    """Whether there is anything to read; a run that was killed early leaves an empty file."""
    try:
        return path.stat().st_size > 0
    except FileNotFoundError:
        return False
    except OSError as error:
        raise StoreError(path, error.strerror or "it cannot be read") from None


def _make(path: Path) -> None:
    """An empty file that only its owner reads."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with contextlib.suppress(FileExistsError):
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    except OSError as error:
        raise StoreError(path, error.strerror or "it cannot be made") from None


@contextlib.contextmanager
def _ours(path: Path) -> Iterator[None]:
    """SQLite's errors as ours; theirs may quote a statement but never a value."""
    try:
        yield
    except sqlite3.Error as error:
        raise StoreError(path, f"SQLite says {error}") from None


def _place(key: str) -> str:
    return f"sf1601/receipts/{key}"


def _moment(when: datetime) -> str:
    return when.astimezone(UTC).isoformat(timespec="seconds")
