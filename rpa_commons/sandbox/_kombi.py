"""SF1601 KombiPostAfsend: takes letters and text messages, once, twice or with a complaint.

Rules this module keeps: a letter is in the journal before its sender is answered; one business key
(``messageUUID``, on paper alone ``AfsendelseIdentifikator``) is handled by one call at a time; what the real
receiver does with a repeated one is not publicly known, so the sandbox can do any of four things
(``REPEATED_MODES``); taken is not delivered, see ``_post_status``.

What each ``KombiValgKode`` holds: ``Digital Post`` and ``NemSMS`` a message, ``Fysisk Post`` a shipment (a
public client sends it alone), ``Automatisk Valg`` both, in either order (public clients differ).
"""

import hashlib
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ._certificates import cvr_of
from ._files import write_private
from ._http import Request, Response
from ._journal import ACCEPTED, Journal, moment_text
from ._kombi_answer import already_here, duplicate, receipt, refusal_xml
from ._memo import Memo, read_memo
from ._memo_rules import MESSAGE
from ._memo_schema import MemoSchema
from ._model import Population
from ._numbers import is_cvr, is_synthetic
from ._refusal import Refusal, check_transaction_headers
from ._registered import has_sms
from ._shipment import SHIPMENTS, Shipment, read_shipments
from ._shipment_schema import check_shipment
from ._tokens import Tokens
from ._xml import parse_xml

if TYPE_CHECKING:
    from lxml import etree

    from rpa_commons.validators.xsd import XmlSchema

__all__ = ["REPEATED_MODES", "KombiPost", "refusal_xml"]

REPEATED_MODES = ("same-receipt", "duplicate-error", "duplicate-error-400", "accepts-twice")
_CHOICES = {
    "Digital Post": ("DIGITALPOST", {MESSAGE}),
    "NemSMS": ("NEMSMS", {MESSAGE}),
    "Fysisk Post": ("", {SHIPMENTS}),
    "Automatisk Valg": ("DIGITALPOST", {MESSAGE, SHIPMENTS}),
}
_WORDS = {MESSAGE: "memo:Message", SHIPMENTS: "ForsendelseISamling"}


@dataclass(frozen=True)
class _Letter:
    """What a request asks to send. Personal."""

    choice: str
    key: str
    memo: Memo | None = field(repr=False)
    shipment: Shipment | None = field(repr=False)

    @property
    def document(self) -> tuple[bytes, str]:
        """What is sent, and the ending of the file that keeps it: the letter itself, or a message's text."""
        if self.memo is not None and self.choice == "NemSMS":
            return self.memo.notification.encode(), "txt"
        content = self.memo.document if self.memo is not None else b""
        if self.memo is None and self.shipment is not None:
            content = self.shipment.document
        return content, "pdf" if content.startswith(b"%PDF-") else "bin"

    @property
    def digest(self) -> str:
        """Of what is sent, to tell a repeated letter from another one under its key."""
        return hashlib.sha256(self.document[0]).hexdigest()

    @property
    def attachments(self) -> int:
        """How many documents go with it."""
        if self.memo is not None:
            return self.memo.attachments
        return self.shipment.attachments if self.shipment is not None else 0

    @property
    def label(self) -> str:
        """Its title."""
        if self.memo is not None:
            return self.memo.label
        return self.shipment.title if self.shipment is not None else ""


class KombiPost:
    """The receiver of letters."""

    def __init__(
        self,
        journal: Journal,
        tokens: Tokens,
        population: Population,
        clock: Callable[[], datetime],
        repeated: str,
        schema: MemoSchema | None = None,
        print_schema: "XmlSchema | None" = None,
    ) -> None:
        self._journal = journal
        self._tokens = tokens
        self._population = population
        self._clock = clock
        self._repeated = repeated
        self._schema = schema
        self._print_schema = print_schema

    @property
    def _folder(self) -> Path:
        return self._journal.path.parent / "letters"

    def send(self, request: Request, *, pretend_duplicate: bool = False) -> Response:
        """``POST /service/KombiPostAfsend_1/memos`` and ``.../kombi``."""
        try:
            check_transaction_headers(request)
            grant = self._tokens.check(request, "sf1601")
            letter = self._read(request)
            if letter.memo is not None:
                _check_parties(letter.memo, grant.cvr, cvr_of(request.certificate))
        except Refusal as refusal:
            self.note(request, "refused", reason=refusal.code)
            return refusal_xml(refusal)
        return self._take(request, letter, grant.cvr, pretend_duplicate=pretend_duplicate)

    def note(self, request: Request, outcome: str, **more: str | bool) -> None:
        """Put an attempt into the journal that took no letter."""
        entry = {"service": "sf1601", "outcome": outcome, "message_uuid": "", "received_at": self._now()}
        self._journal.append({**entry, "transaction_id": request.header("X-TransaktionsId")[:64], **more})

    def _read(self, request: Request) -> _Letter:
        if request.media_type != "application/xml":
            raise Refusal(415, "content-type", "KombiPostAfsend takes application/xml")
        root = parse_xml(request.body)
        children = [child for child in root if isinstance(child.tag, str)]
        names = [child.tag for child in children]
        if root.tag != "kombi_request" or not names or names[0] != "KombiValgKode":
            raise Refusal(400, "kombi-request", "a kombi_request begins with KombiValgKode")
        choice = (children[0].text or "").strip()
        if choice not in _CHOICES:
            raise Refusal(400, "kombi-choice", f"KombiValgKode must be one of {', '.join(_CHOICES)}")
        kind, parts = _CHOICES[choice]
        if len(names[1:]) != len(parts) or set(names[1:]) != parts:
            wanted = " and ".join(sorted(_WORDS[part] for part in parts))
            raise Refusal(400, "kombi-request", f"after KombiValgKode {choice} stands {wanted}, and no more")
        found = dict(zip(names[1:], children[1:], strict=True))
        memo = self._memo(found[MESSAGE], kind) if MESSAGE in found else None
        shipment = self._shipment(found[SHIPMENTS]) if SHIPMENTS in found else None
        key = memo.message_uuid if memo is not None else shipment.identifier if shipment is not None else ""
        return _Letter(choice, key, memo, shipment)

    def _memo(self, message: "etree._Element", kind: str) -> Memo:
        if message.prefix != "memo":
            raise Refusal(400, "memo-prefix", "the message must use the namespace prefix memo")
        memo = read_memo(message)
        if memo.message_type != kind:
            raise Refusal(400, "kombi-choice", "messageType does not fit KombiValgKode")
        if kind == "DIGITALPOST" and not memo.document:
            raise Refusal(400, "memo-structure", "a letter needs a MessageBody with a document")
        if kind == "NEMSMS" and not memo.notification:
            raise Refusal(400, "memo-structure", "a NemSMS needs its notification")
        if self._schema is not None:
            self._schema.check(message)
        return memo

    def _shipment(self, shipments: "etree._Element") -> Shipment:
        shipment = read_shipments(shipments)
        if self._print_schema is not None:
            check_shipment(self._print_schema, shipments[0])
        return shipment

    def _take(self, request: Request, letter: _Letter, cvr: str, *, pretend_duplicate: bool) -> Response:
        with self._journal.lock:  # one at a time, so that two equal calls cannot both be the first
            first = self._journal.taken(letter.key)
            if first is None or self._repeated == "accepts-twice":
                entry = self._accept(request, letter, cvr)
                return self._complaint(entry) if pretend_duplicate else receipt(entry)
            quiet = self._repeated == "same-receipt" and not pretend_duplicate
            outcome = "repeated" if quiet else "duplicate"
            same = first["content"] == letter.digest
            self.note(request, outcome, message_uuid=letter.key, same_content=same)
            return receipt(first) if quiet else self._complaint(first)

    def _complaint(self, entry: dict[str, Any]) -> Response:
        """That the letter is there already, as a conflict or as a plain refusal; both shapes are ours."""
        return already_here(entry) if self._repeated == "duplicate-error-400" else duplicate(entry)

    def _accept(self, request: Request, letter: _Letter, cvr: str) -> dict[str, Any]:
        content, ending = letter.document
        document = f"{self._journal.next_number:06}.{ending}"
        write_private(self._folder / document, content)
        return self._journal.append(
            {
                "service": "sf1601",
                "outcome": ACCEPTED,
                "message_uuid": letter.key,
                "received_at": self._now(),
                "transaction_id": request.header("X-TransaktionsId"),
                "receipt": str(uuid.uuid4()),
                "choice": letter.choice,
                "channel": self._channel(letter),
                "cvr": cvr,
                "recipient": letter.memo.recipient_id if letter.memo is not None else "",
                "label": letter.label,
                "document": document,
                "attachments": letter.attachments,
                "content": letter.digest,
            }
        )

    def _channel(self, letter: _Letter) -> str:
        """By which way the letter would go; ``undeliverable`` where it would come back as a receipt."""
        if letter.memo is None:
            return "physical"
        person = self._population.get(letter.memo.recipient_id)
        if letter.choice == "NemSMS":
            return "sms" if person is not None and has_sms(person) else "undeliverable"
        reachable = person is not None and person.digital_post
        if letter.choice == "Automatisk Valg":
            return "digital" if reachable else "physical"
        return "digital" if reachable else "undeliverable"

    def _now(self) -> str:
        return moment_text(self._clock())


def _check_parties(memo: Memo, token_cvr: str, certificate_cvr: str) -> None:
    if memo.sender_type != "CVR" or memo.sender_id != token_cvr or memo.sender_id != certificate_cvr:
        raise Refusal(400, "sender", "senderID must be the CVR number of the certificate's holder")
    if memo.recipient_type == "CVR":
        if not is_cvr(memo.recipient_id):
            raise Refusal(400, "recipient", "recipientID must be a CVR number of eight digits")
        return
    if memo.recipient_type != "CPR":
        raise Refusal(400, "recipient", "the recipient's idType must be CPR or CVR")
    if not is_synthetic(memo.recipient_id):
        # Ours: a sandbox folder must never hold a letter to somebody who may exist.
        raise Refusal(400, "recipient-not-synthetic", "the sandbox takes synthetic and test numbers only")
