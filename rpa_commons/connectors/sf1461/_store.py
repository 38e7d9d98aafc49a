"""What came out of the queue, in a SQLite file that all bot instances of the municipality share.

Rules this module keeps: a batch is on the disk when :meth:`Store.put` returns, so that it may be
acknowledged; a ``BeskedId`` is one row, another content under the same id another one, and neither is lost;
content is sealed by the runtime's key and bound to its row, and what is compared is a keyed digest.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Literal, Self

from rpa_commons.capabilities import Move
from rpa_commons.connectors._base import Vault
from rpa_commons.connectors._message_file import MessageFile

from ._errors import SYSTEM

__all__ = ["Arrival", "Aside", "State", "Store"]

State = Literal[
    "move", "waiting", "undecided", "repeat", "no-move", "ignored", "foreign", "aside", "conflict"
]
"""``waiting``: the register must still say to where. ``undecided``: it does not say so yet. ``repeat``: the
same move under another id. ``foreign``: of a type that is not read. ``aside``: cannot be read. ``conflict``:
another content under a known id."""

_ASKED_AGAIN = timedelta(days=7)  # the register's copy may be some days behind
_MIGRATIONS: tuple[str, ...] = (
    """
    CREATE TABLE messages (
        key TEXT PRIMARY KEY,
        received_at TEXT NOT NULL,
        state TEXT NOT NULL,
        message_type TEXT NOT NULL,
        fingerprint TEXT NOT NULL,
        fact TEXT,
        to_municipality TEXT,
        moved_on TEXT,
        reason TEXT NOT NULL,
        content BLOB
    );
    CREATE INDEX messages_moves ON messages (state, to_municipality, moved_on);
    CREATE INDEX messages_facts ON messages (fact);
    """,
)
VERSION = len(_MIGRATIONS)


@dataclass(frozen=True, repr=False)
class Arrival:
    """One message, read.

    Attributes:
        key: Its ``BeskedId``; empty where it has none.
        state: What it is.
        content: What two deliveries of one message have in common, to compare by.
        kept: What is kept, sealed: a move as JSON, or the message itself; ``None`` for nothing.
        move: The move, where it is one.
    """

    key: str
    state: State
    content: bytes
    message_type: str = ""
    kept: bytes | None = None
    move: Move | None = None
    reason: str = ""


@dataclass(frozen=True)
class Aside:
    """A message that somebody must look at; holds nothing personal."""

    key: str
    state: State
    received_at: str
    reason: str
    message_type: str


class Store:
    """The messages of one dueslag. One thread at a time; any number of processes."""

    def __init__(self, file: MessageFile, vault: Vault) -> None:
        self._file = file
        self._vault = vault

    @classmethod
    def open(cls, path: Path, vault: Vault) -> Self:
        """Open or create the file.

        Raises:
            StoreTooNewError: a newer release wrote it.
            StoreError: it cannot be used.
        """
        return cls(MessageFile.open(SYSTEM, path, _MIGRATIONS), vault)

    @classmethod
    def copy_of(cls, path: Path, vault: Vault) -> Self:
        """A copy in memory, for a plan: it may be written to and is forgotten; the file stays untouched.

        Raises:
            StoreTooNewError, StoreError: as :meth:`open`.
        """
        return cls(MessageFile.copy_of(SYSTEM, path, _MIGRATIONS), vault)

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def put(self, batch: Sequence[Arrival], now: datetime) -> None:
        """Keep a batch; it is on the disk when this returns.

        Raises:
            StoreError: nothing of the batch is kept.
        """
        with self._file.transaction():
            for arrival in batch:
                self._put(arrival, _moment(now))

    def moves(self, municipality: str, since: date) -> list[Move]:
        """Every undisputed move into the municipality from the day on, by day and id."""
        rows = self._file.all(
            "SELECT key, content FROM messages AS one WHERE state = 'move' AND to_municipality = ?"
            " AND moved_on >= ? AND content IS NOT NULL AND NOT EXISTS"
            " (SELECT 1 FROM messages WHERE state = 'conflict' AND key LIKE one.key || '#%')",
            (municipality, since.isoformat()),
        )
        found = [Move.model_validate_json(self._vault.unseal(blob, _place(key))) for key, blob in rows]
        return sorted(found, key=lambda move: (move.moved_on, move.id))

    def waiting(self, now: datetime) -> Iterator[tuple[str, bytes]]:
        """Key and message of every event that the register is to be asked about, some days long again.

        New ones come first.
        """
        rows = self._file.all(
            "SELECT key, content FROM messages WHERE content IS NOT NULL AND (state = 'waiting'"
            " OR state = 'undecided' AND received_at >= ?) ORDER BY state DESC, key",
            (_moment(now - _ASKED_AGAIN),),
        )
        return ((key, self._vault.unseal(blob, _place(key))) for key, blob in rows)

    def reread(self, read: Callable[[bytes], Arrival]) -> None:
        """Read once more what could not be read or was of no known type: the settings may say more now."""
        rows = self._file.all(
            "SELECT key, state, reason, content FROM messages WHERE state IN ('aside', 'foreign')"
            " AND content IS NOT NULL ORDER BY key"
        )
        for key, state, reason, blob in rows:
            arrival = read(self._vault.unseal(blob, _place(key)))
            if (arrival.state, arrival.reason) == (state, reason):
                continue
            with self._file.transaction():
                if self._still(key, state):
                    self._file.run(
                        "UPDATE messages SET message_type = ?, reason = ? WHERE key = ?",
                        (arrival.message_type, arrival.reason, key),
                    )
                    self._write(key, arrival.state, arrival.move, arrival.kept)

    def settle(self, key: str, move: Move) -> None:
        """A waiting event is this move; nothing, where another bot instance was told so meanwhile."""
        with self._file.transaction():
            if self._still(key, "waiting", "undecided"):
                self._write(key, "move", move, move.model_dump_json().encode())

    def leave_undecided(self, key: str, reason: str) -> None:
        """A waiting event cannot be completed now; what it said stays until it is deleted."""
        with self._file.transaction():
            if self._still(key, "waiting", "undecided"):
                self._file.run(
                    "UPDATE messages SET state = 'undecided', reason = ? WHERE key = ?", (reason, key)
                )

    def asides(self) -> list[Aside]:
        """What somebody must look at, oldest first."""
        rows = self._file.all(
            "SELECT key, state, received_at, reason, message_type FROM messages"
            " WHERE state IN ('aside', 'conflict', 'foreign', 'undecided') AND content IS NOT NULL"
            " ORDER BY received_at, key"
        )
        return [Aside(*row) for row in rows]

    def erase(self, now: datetime, days: int) -> None:
        """Delete what messages said that came more than so many days ago; ids and digests stay."""
        before = _moment(now - timedelta(days=days))
        if self._file.all(
            "SELECT 1 FROM messages WHERE content IS NOT NULL AND received_at < ? LIMIT 1", (before,)
        ):
            with self._file.transaction():
                self._file.run(
                    "UPDATE messages SET content = NULL, moved_on = NULL, to_municipality = NULL"
                    " WHERE content IS NOT NULL AND received_at < ?",
                    (before,),
                )

    def _put(self, arrival: Arrival, now: str) -> None:
        fingerprint = self._vault.digest("message", arrival.content.hex())
        key, state, reason = arrival.key or f"unnamed-{fingerprint}", arrival.state, arrival.reason
        kept = arrival.kept
        known = self._file.all("SELECT fingerprint FROM messages WHERE key = ?", (key,))
        if known and known[0][0] == fingerprint:
            return
        if known:
            key, state, kept = f"{key}#{fingerprint}", "conflict", arrival.content if kept is None else kept
            reason = "the BeskedId came again with another content; neither is acted on"
        self._file.run(
            "INSERT INTO messages (key, received_at, state, message_type, fingerprint, reason)"
            " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (key) DO NOTHING",
            (key, now, state, arrival.message_type, fingerprint, reason),
        )
        self._write(key, state, None if known else arrival.move, kept)

    def _still(self, key: str, *states: State) -> bool:
        """Whether a message is what it was when it was read; another process may have gone on with it."""
        rows = self._file.all("SELECT state FROM messages WHERE key = ? AND content IS NOT NULL", (key,))
        return bool(rows) and rows[0][0] in states

    def _write(self, key: str, state: State, move: Move | None, kept: bytes | None) -> None:
        """Write what a message is; a move that is told already under another ``BeskedId`` is a repeat."""
        if move is not None and self._file.all(
            "SELECT 1 FROM messages WHERE fact = ? LIMIT 1", (self._fact(move),)
        ):
            state, kept, move = "repeat", None, None
        self._file.run(
            "UPDATE messages SET state = ?, fact = ?, to_municipality = ?, moved_on = ?, content = ?"
            " WHERE key = ?",
            (
                state,
                None if move is None else self._fact(move),
                None if move is None else move.to_municipality,
                None if move is None else move.moved_on.isoformat(),
                None if kept is None else self._vault.seal(kept, _place(key)),
                key,
            ),
        )

    def _fact(self, move: Move) -> str:
        previous = move.from_municipality or move.origin
        return self._vault.digest("move", move.cpr, str(move.moved_on), previous, move.to_municipality)


def _place(key: str) -> str:
    return f"sf1461/messages/{key}"


def _moment(when: datetime) -> str:
    return when.astimezone(UTC).isoformat(timespec="seconds")
