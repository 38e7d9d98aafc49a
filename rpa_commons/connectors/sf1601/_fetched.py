"""Receipts from a queue of the Beskedfordeler (SF1461): fetched, kept, then acknowledged.

Rules this module keeps: a message is on our disk before the broker forgets it; a plan asks no broker and
answers with what runs have fetched; the broker is asked once in ``fetch_every`` seconds, however many letters
are asked about in however many lanes of a run, and so is one that failed; without it a letter whose end is
known is answered, and for every other one the error is raised, for nothing is called unknown that only could
not be looked up.
"""

import threading
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import UTC, datetime

from rpa_commons.capabilities import Delivery, TransientError
from rpa_commons.connectors._base import Surroundings
from rpa_commons.connectors.http import UnexpectedAnswerError
from rpa_commons.connectors.sf1461 import (
    Drained,
    Limits,
    MessageError,
    Queue,
    StateMissingError,
    besked_id_in,
    drain,
    read_envelope,
)

from ._kept import KeptReceipts, Message
from ._receipts import SOURCE, PostStatusError, read_post_status
from ._settings import ReceiptsQueue

__all__ = ["FetchedReceipts", "message_of"]

_SYSTEM = "sf1601"
_ENDS = ("delivered", "failed")


class _Asked:
    """What the last look into a queue gave: all connectors of a run know it."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.at: float | None = None
        self.failure: TransientError | None = None
        self.problems: Sequence[str] = ()


class FetchedReceipts:
    """What became of letters, as a queue tells it; safe for several threads."""

    def __init__(
        self,
        place: ReceiptsQueue,
        surroundings: Surroundings,
        open_queue: Callable[[], Queue],
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Touch nothing yet.

        Args:
            place: Which queue, and how much of it is taken.
            surroundings: Where the connector runs; its state keeps the receipts.
            open_queue: Opens the queue.
            now: The time of day, aware.
            clock: A monotonic clock in seconds.
        """
        self._place = place
        self._surroundings = surroundings
        self._open_queue = open_queue
        self._now = now
        self._clock = clock
        key = (FetchedReceipts, place.broker, place.virtual_host, place.queue)
        self._asked = surroundings.memory.kept(key, _Asked)

    @property
    def problems(self) -> Sequence[str]:
        """Of the last time the queue was asked: what could not be fetched or read, one line each."""
        return self._asked.problems

    def of(self, receipt_id: str) -> Delivery:
        """What the latest message about a letter says; *unknown* without one.

        Raises:
            TransientError: the queue cannot be asked, and no end of the letter is known.
            StateMissingError: there is nowhere to keep receipts.
            MissingClientError: the AMQP client is not installed.
        """
        with self._asked.lock, closing(self._kept()) as kept:
            if not self._surroundings.planning:
                self._fetch(kept)
            found = kept.of(receipt_id) or Delivery(state="unknown", source=SOURCE)
            failure = self._asked.failure
            if failure is not None and found.state not in _ENDS:
                raise failure.with_traceback(None)  # one error for many letters must not grow
            return found

    def _kept(self) -> KeptReceipts:
        state, vault = self._surroundings.state, self._surroundings.vault
        if state is None or vault is None:
            raise StateMissingError
        path = state / _SYSTEM / f"receipts-{self._place.queue}.sqlite"
        return KeptReceipts.open(path, vault, planning=self._surroundings.planning)

    def _fetch(self, kept: KeptReceipts) -> None:
        """Empty the queue into the file, unless it was asked a moment ago."""
        now, asked = self._clock(), self._asked
        if asked.at is not None and now - asked.at < self._place.fetch_every:
            return
        problems: list[str] = []
        try:
            drained = self._drain(kept)
            asked.failure = drained.failure
            problems += _of_drain(drained)
        except (TransientError, UnexpectedAnswerError) as error:
            asked.failure = _as_transient(error)
            problems.append(f"{error.message}; receipts wait there and come with the next run")
        asked.at = now
        kept.reread(message_of)
        kept.erase(self._now(), self._place.keep_days)
        for count, reason, since in kept.unread():
            what = f"{_SYSTEM}: {count} messages of the queue, the first of {since[:10]}, are kept aside"
            problems.append(f"{what} for {self._place.keep_days} days: {reason}")
        asked.problems = tuple(problems)

    def _drain(self, kept: KeptReceipts) -> Drained:
        limits = Limits(self._place.most_messages, self._place.most_seconds)
        queue = self._open_queue()
        try:
            return drain(queue, lambda bodies: kept.put([*map(message_of, bodies)], self._now()), limits)
        finally:
            queue.close()


def message_of(body: bytes) -> Message:
    """What a message is; nothing is raised for one message's sake."""
    try:
        envelope = read_envelope(body)
        key, content = envelope.besked_id, envelope.content
    except MessageError:
        key, content = besked_id_in(body), body
    try:
        return Message(key, content, body, read_post_status(body))
    except PostStatusError as error:
        return Message(key, content, body, None, error.problem)


def _as_transient(error: TransientError | UnexpectedAnswerError) -> TransientError:
    """Whatever is wrong with broker or token service is not this letter's fault: its case waits."""
    if isinstance(error, TransientError):
        return error
    return TransientError(error.system, error.problem, sent="no", remedy=error.remedy)


def _of_drain(drained: Drained) -> list[str]:
    rest = f"after {drained.kept} receipts, which are kept; the others come with the next run"
    if drained.failure is not None:
        return [f"{drained.failure.message} {rest}"]
    if drained.more:
        return [f"{_SYSTEM}: most_messages or most_seconds of receipts_queue was reached {rest}"]
    return []
