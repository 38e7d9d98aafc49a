"""One key, one file: the order of steps that makes it so.

The print room takes files away, so "is the file there?" does not say whether a letter was delivered. Hence:

1. the PDF is written to ``.rpac/staging`` and fsynced;
2. its receipt is written to ``.rpac/receipts`` and fsynced: from here on the letter is promised;
3. the PDF is renamed from staging into the folder, which is one atomic step of the file system.

Killed before 2, nothing is promised and a repeat begins anew. Killed between 2 and 3, a repeat finds the
receipt and the staged file, and does step 3. Killed after 3, a repeat finds the receipt and no staged file:
delivered, whether or not the file is still in the folder.
"""

import hashlib
import json
import re
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from rpa_commons.capabilities import BusinessError, Delivery, Letter, Receipt
from rpa_commons.connectors._base import message_uuid
from rpa_commons.connectors._durable import make_folder, sync_folder, write_whole
from rpa_commons.connectors._folder import OURS, FolderError, Sent, guarded, read_note, refuse_missing
from rpa_commons.connectors._letter_rules import refuse_unfit_letter

__all__ = ["Outbox", "OutboxError", "refuse_beyond_paper"]

_Result = TypeVar("_Result")
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_DAMAGED = (
    "look for the letter in the folder and the print room; restore the file, or remove it to have the letter "
    "made again"
)


class OutboxError(FolderError):
    """The outbox takes no letter now; the cases wait."""


class _Promise(BaseModel):
    """What of a receipt is read back."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    accepted_at: AwareDatetime = Field(strict=True)


def refuse_beyond_paper(system: str, letter: Letter) -> None:
    """Refuse what one PDF in a folder cannot be.

    Raises:
        BusinessError: the letter has attachments, links or print options.
    """
    for held, problem, remedy in (
        (letter.attachments, "one PDF holds no attachments", "put them into the letter's PDF"),
        (letter.links, "a link is nothing on paper", "print the address in the letter itself"),
        (letter.printing, "a folder takes no print options", "agree them with the print room"),
    ):
        if held:
            raise BusinessError(f"{system}: {problem}", remedy=remedy)


class Outbox:
    """A folder that letters are put into, once each; safe for several threads of one process."""

    def __init__(
        self, system: str, folder: Path, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        """Touch nothing yet."""
        self._system = system
        self._folder = folder
        self._staging = folder / OURS / "staging"
        self._receipts = folder / OURS / "receipts"
        self._now = now
        self._lock = threading.Lock()

    def put(self, letter: Letter, key: str) -> Receipt:
        """Put a letter into the folder, or find that it was put there before.

        Raises:
            OutboxError: the folder cannot be written, with ``sent="maybe"`` once the letter may be promised;
                a repeat with the same key ends what was begun.
            BusinessError: the letter is no PDF, or too large.
            ValueError: ``key`` is not an idempotency key.
        """
        letter_id = message_uuid(key)
        refuse_unfit_letter(self._system, letter)
        with self._lock:
            return self._guarded(lambda: self._put(letter, letter_id))

    def delivery(self, letter_id: str) -> Delivery:
        """``accepted`` for a letter that was put here, also once it was fetched; ``unknown`` for others.

        Raises:
            OutboxError: the folder cannot be read.
        """
        if not _ID.fullmatch(letter_id):
            return Delivery(state="unknown", source="outbox")
        return self._guarded(lambda: self._delivery(letter_id))

    def _delivery(self, letter_id: str) -> Delivery:
        try:
            at = self._accepted_at(letter_id)
        except FileNotFoundError:
            refuse_missing(self._folder)
            return Delivery(state="unknown", source="outbox")
        return Delivery(state="accepted", channel="physical", at=at, source="outbox")

    def _put(self, letter: Letter, letter_id: str) -> Receipt:
        staged, promise = self._staging / f"{letter_id}.pdf", self._receipts / f"{letter_id}.json"
        repeated = promise.exists()
        if not repeated:
            refuse_missing(self._folder)
            for folder in (self._staging.parent, self._staging, self._receipts):
                make_folder(folder)
            write_whole(staged, letter.pdf)
            content = self._promise(letter, letter_id)
            self._guarded(lambda: write_whole(promise, content), sent="maybe")
        if staged.exists():
            self._guarded(lambda: self._hand_over(staged), sent="maybe")
            repeated = False
        at = self._accepted_at(letter_id)
        return Receipt(id=letter_id, channel="physical", accepted_at=at, repeated=repeated)

    def _hand_over(self, staged: Path) -> None:
        """Step 3."""
        staged.replace(self._folder / staged.name)
        sync_folder(self._folder)
        sync_folder(self._staging)
        for part in self._staging.glob(f".{staged.name}.*"):  # begun by a process that was killed
            part.unlink(missing_ok=True)

    def _accepted_at(self, letter_id: str) -> datetime:
        """When a letter was taken, UTC.

        Raises:
            OSError: its receipt cannot be read.
            OutboxError: its receipt is not one of ours any more: whether it is in the folder is open.
        """
        path = self._receipts / f"{letter_id}.json"
        return read_note(OutboxError, self._system, path, _Promise, remedy=_DAMAGED).accepted_at

    def _guarded(self, work: Callable[[], _Result], *, sent: Sent = "no") -> _Result:
        return guarded(OutboxError, self._system, self._folder, work, sent=sent)

    def _promise(self, letter: Letter, letter_id: str) -> bytes:
        content = {
            "id": letter_id,
            "title": letter.title,
            "language": letter.language,
            "template": letter.template,
            "bytes": len(letter.pdf),
            "sha256": hashlib.sha256(letter.pdf).hexdigest(),
            "accepted_at": self._now().isoformat(),
        }
        return json.dumps(content, indent=2, ensure_ascii=False).encode() + b"\n"
