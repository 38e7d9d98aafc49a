"""SF1601 KombiPostAfsend: takes letters, once, twice or with a complaint.

Rules this module keeps: a letter is in the journal before its sender is answered; one business key
(``messageUUID``) is handled by one call at a time; what the real receiver does with a repeated one is not
publicly known, so the sandbox can do any of four things (``REPEATED_MODES``).

The shape of the answer's body is ours, in a namespace of our own: the real one was not found in public
sources. Senders should go by the HTTP status.
"""

import hashlib
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from lxml import etree

from ._certificates import cvr_of
from ._files import write_private
from ._http import Request, Response
from ._journal import ACCEPTED, Journal
from ._memo import Memo, read_memo
from ._memo_rules import MESSAGE
from ._model import Population
from ._numbers import is_synthetic
from ._refusal import Refusal, check_transaction_headers
from ._tokens import Tokens
from ._xml import parse_xml

__all__ = ["REPEATED_MODES", "KombiPost", "refusal_xml"]

REPEATED_MODES = ("same-receipt", "duplicate-error", "duplicate-error-400", "accepts-twice")
_CHOICES = {
    "Digital Post": "DIGITALPOST",
    "NemSMS": "NEMSMS",
    "Fysisk Post": "DIGITALPOST",
    "Automatisk Valg": "DIGITALPOST",
}
_OURS = "urn:rpa-commons:sandbox:sf1601"
_XML = "application/xml; charset=utf-8"


class KombiPost:
    """The receiver of letters."""

    def __init__(
        self,
        journal: Journal,
        tokens: Tokens,
        population: Population,
        clock: Callable[[], datetime],
        repeated: str,
    ) -> None:
        self._journal = journal
        self._tokens = tokens
        self._population = population
        self._clock = clock
        self._repeated = repeated

    @property
    def _folder(self) -> Path:
        return self._journal.path.parent / "letters"

    def send(self, request: Request, *, pretend_duplicate: bool = False) -> Response:
        """``POST /service/KombiPostAfsend_1/memos`` (and the older path ``/kombi``)."""
        try:
            check_transaction_headers(request)
            grant = self._tokens.check(request, "sf1601")
            choice, memo = self._read(request)
            self._check_parties(memo, grant.cvr, cvr_of(request.certificate))
        except Refusal as refusal:
            self.note(request, "refused", reason=refusal.code)
            return refusal_xml(refusal)
        return self._take(request, choice, memo, pretend_duplicate=pretend_duplicate)

    def note(self, request: Request, outcome: str, **more: str | bool) -> None:
        """Put an attempt into the journal that took no letter."""
        entry = {"service": "sf1601", "outcome": outcome, "message_uuid": "", "received_at": self._now()}
        self._journal.append({**entry, "transaction_id": request.header("X-TransaktionsId")[:64], **more})

    def _read(self, request: Request) -> tuple[str, Memo]:
        if request.media_type != "application/xml":
            raise Refusal(415, "content-type", "KombiPostAfsend takes application/xml")
        root = parse_xml(request.body)
        children = [child for child in root if isinstance(child.tag, str)]
        names = [child.tag for child in children]
        # ForsendelseI carries print options; its inside is not checked.
        if root.tag != "kombi_request" or names[:2] != ["KombiValgKode", MESSAGE] or len(names) > 3:  # noqa: PLR2004
            raise Refusal(400, "kombi-request", "a kombi_request holds KombiValgKode and memo:Message")
        if len(names) == 3 and etree.QName(children[2]).localname != "ForsendelseI":  # noqa: PLR2004
            raise Refusal(400, "kombi-request", "only ForsendelseI may follow the message")
        choice, message = (children[0].text or "").strip(), children[1]
        if choice not in _CHOICES:
            raise Refusal(400, "kombi-choice", f"KombiValgKode must be one of {', '.join(_CHOICES)}")
        if message.prefix != "memo":
            raise Refusal(400, "memo-prefix", "the message must use the namespace prefix memo")
        memo = read_memo(message)
        if memo.message_type != _CHOICES[choice]:
            raise Refusal(400, "kombi-choice", "messageType does not fit KombiValgKode")
        if memo.message_type == "DIGITALPOST" and not memo.document:
            raise Refusal(400, "memo-structure", "a letter needs a MessageBody with a document")
        return choice, memo

    def _check_parties(self, memo: Memo, token_cvr: str, certificate_cvr: str) -> None:
        if memo.sender_type != "CVR" or memo.sender_id != token_cvr or memo.sender_id != certificate_cvr:
            raise Refusal(400, "sender", "senderID must be the CVR number of the certificate's holder")
        if memo.recipient_type == "CVR":
            return
        if memo.recipient_type != "CPR":
            raise Refusal(400, "recipient", "the recipient's idType must be CPR or CVR")
        if not is_synthetic(memo.recipient_id):
            # Ours: a sandbox folder must never hold a letter to somebody who may exist.
            raise Refusal(400, "recipient-not-synthetic", "the sandbox takes synthetic and test numbers only")

    def _take(self, request: Request, choice: str, memo: Memo, *, pretend_duplicate: bool) -> Response:
        with self._journal.lock:  # one at a time, so that two equal calls cannot both be the first
            first = self._journal.taken(memo.message_uuid)
            if first is None or self._repeated == "accepts-twice":
                entry = self._accept(request, choice, memo)
                return self._complaint(entry) if pretend_duplicate else _receipt(entry)
            outcome = "repeated" if self._repeated == "same-receipt" else "duplicate"
            same = first["content"] == _digest(memo)
            self.note(request, outcome, message_uuid=memo.message_uuid, same_content=same)
            return _receipt(first) if self._repeated == "same-receipt" else self._complaint(first)

    def _complaint(self, entry: dict[str, Any]) -> Response:
        """That the letter is there already, as a conflict or as a plain refusal; both shapes are ours."""
        if self._repeated == "duplicate-error-400":
            text = f"message {entry['message_uuid']} has already been received"
            return _answer(400, "error", code="message-received", text=text)
        return _duplicate(entry)

    def _accept(self, request: Request, choice: str, memo: Memo) -> dict[str, Any]:
        document = ""
        if memo.document:
            document = f"{self._journal.next_number:06}.{'pdf' if memo.document[:5] == b'%PDF-' else 'bin'}"
            write_private(self._folder / document, memo.document)
        return self._journal.append(
            {
                "service": "sf1601",
                "outcome": ACCEPTED,
                "message_uuid": memo.message_uuid,
                "received_at": self._now(),
                "transaction_id": request.header("X-TransaktionsId"),
                "receipt": str(uuid.uuid4()),
                "choice": choice,
                "channel": self._channel(choice, memo.recipient_id),
                "cvr": memo.sender_id,
                "recipient": memo.recipient_id,
                "label": memo.label,
                "document": document,
                "content": _digest(memo),
            }
        )

    def _channel(self, choice: str, recipient: str) -> str:
        """By which way the letter would go; ``undeliverable`` where it would come back as a receipt."""
        if choice == "Fysisk Post":
            return "physical"
        person = self._population.get(recipient)
        reachable = person is not None and person.digital_post
        if choice == "Automatisk Valg":
            return "digital" if reachable else "physical"
        return "digital" if reachable else "undeliverable"

    def _now(self) -> str:
        return f"{self._clock().astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}Z"


def _digest(memo: Memo) -> str:
    return hashlib.sha256(memo.document).hexdigest()


def _receipt(entry: dict[str, Any]) -> Response:
    return _answer(200, "receipt", receiptId=entry["receipt"], messageUUID=entry["message_uuid"])


def _duplicate(entry: dict[str, Any]) -> Response:
    return _answer(409, "duplicate", receiptId=entry["receipt"], messageUUID=entry["message_uuid"])


def refusal_xml(refusal: Refusal) -> Response:
    """A refusal as SF1601 would send one; the shape is ours."""
    headers = {"WWW-Authenticate": "Holder-of-key"} if refusal.status == 401 else {}  # noqa: PLR2004 - HTTP
    return _answer(refusal.status, "error", headers, code=refusal.code, text=refusal.text)


def _answer(status: int, outcome: str, headers: dict[str, str] | None = None, **values: str) -> Response:
    root = etree.Element(f"{{{_OURS}}}kombi_response", nsmap={"sandbox": _OURS})
    root.set("outcome", outcome)
    for name, value in values.items():
        etree.SubElement(root, f"{{{_OURS}}}{name}").text = value
    body = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return Response(status, body, _XML, headers or {})
