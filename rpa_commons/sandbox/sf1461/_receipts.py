"""The dueslag of a municipality's receipts: what the sandbox tells of its letters.

Rules this module keeps: the messages (PKO_PostStatus) are the files that telling leaves (``_post_status``),
as they are; a municipality gets those that name it as ``TilladtModtager``, and each once.
"""

from collections.abc import Callable
from pathlib import Path

from ._dueslag import Dueslag, Message

__all__ = ["ReceiptsDueslag"]


class ReceiptsDueslag(Dueslag):
    """A queue that is filled from a folder whenever somebody looks; safe for several threads.

    Args:
        folder: Where the messages are left.
        cvr: Whose they are.
        taken: Whether a message was acknowledged before, over a restart, too.
        note: Is told what was acknowledged.
    """

    def __init__(
        self, folder: Path, cvr: str, taken: Callable[[bytes], bool], note: Callable[[list[bytes]], None]
    ) -> None:
        super().__init__(note)
        self._folder = folder
        self._receiver = f"urn:oio:cvr:{cvr}<".encode()
        self._was_taken = taken
        self._seen: set[str] = set()

    def next(self) -> Message | None:
        """The first, out of the queue."""
        self._fill()
        return super().next()

    def waiting(self) -> int:
        """How many are not out with anybody and not taken."""
        self._fill()
        return super().waiting()

    def _fill(self) -> None:
        with self._lock:  # over all of it: another thread must not find a message seen and not yet there
            for path in sorted(self._folder.glob("*.xml")):
                if path.name not in self._seen:
                    body = path.read_bytes()
                    self._seen.add(path.name)
                    if self._receiver in body and not self._was_taken(body):
                        self._waiting.append(Message(body))
