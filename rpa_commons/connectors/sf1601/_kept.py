"""Receipts that came out of the queue, in a SQLite file that all bot instances of the municipality share.

Rules this module keeps: a batch is on the disk when :meth:`KeptReceipts.put` returns, so that it may be
acknowledged; a ``BeskedId`` counts once, and of one that came with two contents neither does; of a message
that can be read only state, time, way, code and the letter's ids are kept, which are nobody's; one that
cannot be read is kept whole, sealed by the runtime's key and bound to its row, until it can be read or its
time is over; a plan reads and writes nothing.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self

from rpa_commons.capabilities import Delivery
from rpa_commons.connectors._base import Vault
from rpa_commons.connectors._message_file import MessageFile

from ._receipts import PostStatus, latest

__all__ = ["KeptReceipts", "Message"]

_SYSTEM = "sf1601"
_MIGRATIONS = (
    """
    CREATE TABLE messages (
        key TEXT PRIMARY KEY,
        received_at TEXT NOT NULL,
        fingerprint TEXT NOT NULL,
        delivery TEXT,
        reason TEXT NOT NULL,
        content BLOB
    );
    CREATE TABLE letters (letter TEXT NOT NULL, key TEXT NOT NULL, PRIMARY KEY (letter, key));
    """,
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

    def __init__(self, file: MessageFile, vault: Vault) -> None:
        self._file = file
        self._vault = vault

    @classmethod
    def open(cls, path: Path, vault: Vault, *, planning: bool = False) -> Self:
        """Open or create the file; in a plan a copy of it, and one that is not there is empty.

        Raises:
            StoreTooNewError: a newer release wrote it.
            StoreError: it cannot be used.
        """
        opened = MessageFile.copy_of if planning else MessageFile.open
        return cls(opened(_SYSTEM, path, _MIGRATIONS), vault)

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def put(self, batch: Sequence[Message], now: datetime) -> None:
        """Keep a batch; it is on the disk when this returns.

        Raises:
            StoreError: nothing of the batch is kept.
        """
        with self._file.transaction():
            for message in batch:
                self._put(message, _moment(now))

    def of(self, letter: str) -> Delivery | None:
        """What the latest message about a letter says; ``None`` without one."""
        rows = self._file.all(
            "SELECT delivery FROM messages JOIN letters USING (key) WHERE letter = ? AND reason = ''",
            (letter.lower(),),
        )
        return latest(Delivery.model_validate_json(row[0]) for row in rows)

    def reread(self, read: Callable[[bytes], Message]) -> None:
        """Read once more what could not be read: this release may know more."""
        rows = self._file.all(
            "SELECT key, content FROM messages WHERE content IS NOT NULL AND reason != ? ORDER BY key",
            (_TWICE,),
        )
        for key, blob in rows:
            message = read(self._vault.unseal(blob, _place(key)))
            if message.status is not None:
                twice = "SELECT 1 FROM messages WHERE key = ? AND reason = ?"
                with self._file.transaction():
                    if not self._file.all(twice, (key, _TWICE)):  # as another process may know by now
                        self._write(key, message)

    def unread(self) -> list[tuple[int, str, str]]:
        """How many messages cannot be used, why, and since when; for each reason once."""
        return [
            (count, reason, since)
            for count, reason, since in self._file.all(
                "SELECT count(*), reason, min(received_at) FROM messages WHERE reason != ''"
                " GROUP BY reason ORDER BY reason"
            )
        ]

    def erase(self, now: datetime, days: int) -> None:
        """Delete messages that came more than so many days ago."""
        before = (_moment(now - timedelta(days=days)),)
        if self._file.all("SELECT 1 FROM messages WHERE received_at < ? LIMIT 1", before):
            with self._file.transaction():
                old = "SELECT key FROM messages WHERE received_at < ?"
                self._file.run(f"DELETE FROM letters WHERE key IN ({old})", before)  # noqa: S608 - a constant
                self._file.run("DELETE FROM messages WHERE received_at < ?", before)

    def _put(self, message: Message, now: str) -> None:
        fingerprint = self._vault.digest("receipt", message.content.hex())
        key = message.key or f"unnamed-{fingerprint}"
        known = self._file.all("SELECT fingerprint FROM messages WHERE key = ?", (key,))
        if known and known[0][0] == fingerprint:
            return
        if known:
            other = self._vault.seal(message.body, _place(key))
            self._file.run("UPDATE messages SET reason = ?, content = ? WHERE key = ?", (_TWICE, other, key))
            return
        self._file.run(
            "INSERT INTO messages (key, received_at, fingerprint, reason) VALUES (?, ?, ?, '')",
            (key, now, fingerprint),
        )
        self._write(key, message)

    def _write(self, key: str, message: Message) -> None:
        status = message.status
        self._file.run(
            "UPDATE messages SET delivery = ?, reason = ?, content = ? WHERE key = ?",
            (
                None if status is None else status.delivery.model_dump_json(),
                message.reason,
                self._vault.seal(message.body, _place(key)) if status is None else None,
                key,
            ),
        )
        for letter in () if status is None else sorted(status.ids):
            self._file.run("INSERT OR IGNORE INTO letters (letter, key) VALUES (?, ?)", (letter, key))


def _place(key: str) -> str:
    return f"sf1601/receipts/{key}"


def _moment(when: datetime) -> str:
    return when.astimezone(UTC).isoformat(timespec="seconds")
