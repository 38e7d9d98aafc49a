"""A queue that gives in order, takes back in place, and tells what it got rid of."""

import threading
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass

__all__ = ["Dueslag", "Message"]


@dataclass
class Message:
    """A message, and whether it was given to somebody before."""

    body: bytes
    redelivered: bool = False


class Dueslag:
    """One queue; safe for several threads.

    Args:
        note: Is told what was acknowledged.
    """

    def __init__(self, note: Callable[[list[bytes]], None] = lambda _: None) -> None:
        self._note = note
        self._lock = threading.Lock()
        self._waiting: deque[Message] = deque()

    def put(self, bodies: Iterable[bytes]) -> None:
        """Messages at the end."""
        with self._lock:
            self._waiting.extend(Message(body) for body in bodies)

    def waiting(self) -> int:
        """How many are not out with anybody and not taken."""
        with self._lock:
            return len(self._waiting)

    def next(self) -> Message | None:
        """The first, out of the queue."""
        with self._lock:
            return self._waiting.popleft() if self._waiting else None

    def acknowledged(self, messages: Iterable[Message]) -> None:
        """These will not come again."""
        self._note([message.body for message in messages])

    def give_back(self, messages: Iterable[Message]) -> None:
        """These come again, in their places."""
        with self._lock:
            for message in reversed(list(messages)):
                message.redelivered = True
                self._waiting.appendleft(message)
