"""DigitalPost through SF1601 and PostForespoerg."""

import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar

from rpa_commons.capabilities import (
    BusinessError,
    Channel,
    Delivery,
    DigitalPost,
    EffectClass,
    Letter,
    Receipt,
    RpaCommonsError,
    TextMessage,
)
from rpa_commons.connectors._access import Access, Rung
from rpa_commons.connectors._base import ConnectorSettings, Surroundings, message_uuid
from rpa_commons.connectors._letter_rules import recipient_cpr
from rpa_commons.connectors.http import CertificateError, HttpClient, UnexpectedAnswerError
from rpa_commons.connectors.kombit_access import KombitAccess
from rpa_commons.connectors.pdf_outbox import Outbox
from rpa_commons.connectors.sf1461 import Broker, Queue, broker_address
from rpa_commons.validators import InvalidIdentifierError, dk

from ._access import ACCESS, VERIFIED
from ._answer import PERHAPS_DUPLICATE, taken_by
from ._checks import check_letter
from ._fetched import FetchedReceipts
from ._receipts import SOURCE, Receipts, latest
from ._request import Envelope, letter_request, text_request
from ._settings import ReceiptsQueue, Sf1601Settings

__all__ = ["SenderError", "Sf1601"]

_SEND = "http://entityid.kombit.dk/service/kombipostafsend/1"
_LOOKUP = "http://entityid.kombit.dk/service/postforespoerg/1"


class SenderError(RpaCommonsError):
    """There is no valid CVR number to send as.

    Attributes:
        problem: What is wrong with the one that was given.
    """

    exit_code: int = 2

    def __init__(self, problem: str) -> None:
        super().__init__(
            f"sf1601: the sender is {problem}",
            remedy="set cvr in municipality.toml, or in the settings of DigitalPost in stack.toml",
        )
        self.problem = problem


class Sf1601:
    """Sends letters and text messages through KOMBIT; paper through its printer or through an outbox."""

    name: ClassVar[str] = "sf1601"
    capability: ClassVar[type] = DigitalPost
    Settings: ClassVar[type[ConnectorSettings]] = Sf1601Settings
    access: ClassVar[Access] = ACCESS
    verified: ClassVar[tuple[Rung, ...]] = VERIFIED

    def __init__(
        self,
        settings: Sf1601Settings,
        surroundings: Surroundings,
        *,
        queue: Callable[[], Queue] | None = None,
    ) -> None:
        """Read the certificate and check the sender; call nobody.

        Args:
            settings: Who sends, and where to.
            surroundings: Where the connector runs.
            queue: Opens the queue that tells receipts; the broker's by default.

        Raises:
            SenderError: neither the settings nor the municipality have a valid CVR number.
            CertificateError: the client certificate cannot be used.
            AddressRefusedError: an address is not https.
        """
        self._settings = settings
        self._surroundings = surroundings
        self._cvr = _cvr(settings.cvr or surroundings.municipality.cvr)
        self._client = HttpClient(
            self.name, settings, surroundings, addresses=[settings.url, settings.sts_url]
        )
        self._access = KombitAccess(self._client, settings, cvr=self._cvr)
        self._outbox: Outbox | None = None
        if settings.physical_outbox:
            folder = surroundings.folder / Path(settings.physical_outbox).expanduser()
            self._outbox = Outbox(self.name, folder)
        self.hosts = self._client.hosts
        if settings.receipts_queue is not None:
            host, port = broker_address(settings.receipts_queue.broker)
            self.hosts |= {f"{host}:{port}"}
        self._receipts = tuple(self._told_by(queue))
        self.effect_classes: Mapping[str, EffectClass] = {
            "send": settings.repeat,
            "notify": settings.repeat,
        }

    @property
    def problems(self) -> Sequence[str]:
        """Receipts that could not be read, one line each."""
        return tuple(problem for source in self._receipts for problem in source.problems)

    def registered(self, cpr: str) -> bool:
        """What PostForespoerg says; a time-out raises, for unknown is not yes."""
        return self._ask(self._settings.lookup_path, cpr)

    def reachable_by_sms(self, cpr: str) -> bool:
        """What PostForespoerg says of NemSMS; a time-out raises."""
        return self._ask(self._settings.sms_lookup_path, cpr)

    def send(self, letter: Letter, *, to: str, channel: Channel = "digital", key: str = "") -> Receipt:
        """Send a letter, once per key; a receiver that has it already has taken it."""
        self.check_send(letter, to=to, channel=channel)
        if channel == "physical" and self._outbox is not None:
            return self._outbox.put(letter, key)
        envelope = self._envelope(to, key)
        body = letter_request(letter, channel, envelope, shipment_type=self._settings.shipment_type)
        return self._deliver(channel, envelope.message_id, body)

    def notify(self, message: TextMessage, *, to: str, key: str = "") -> Receipt:
        """Send a text message, once per key."""
        envelope = self._envelope(to, key)
        return self._deliver("sms", envelope.message_id, text_request(message, envelope))

    def delivery(self, receipt_id: str) -> Delivery:
        """What the Beskedfordeler has said of a letter, or what the outbox knows of one on paper.

        Raises:
            BusinessError: nobody has said where the Beskedfordeler's messages are.
            TransientError: their folder cannot be read, or their queue not be asked.
        """
        if self._outbox is not None:
            kept = self._outbox.delivery(receipt_id)
            if kept.state != "unknown":
                return kept
        if not self._receipts:
            raise BusinessError(
                f"{self.name}: what became of a letter is told by the Beskedfordeler, which is not read here",
                remedy="set receipts_queue or receipts_folder in stack.toml",
            )
        told = [source.of(receipt_id) for source in self._receipts]
        known = latest(one for one in told if one.state != "unknown" or one.at is not None)
        return known or Delivery(state="unknown", source=SOURCE)

    def check_send(self, letter: Letter, *, to: str, channel: Channel = "digital") -> None:
        """Whether such a letter can be sent at all; a plan asks the same.

        Raises:
            BusinessError: it cannot, with what to set or send instead.
        """
        check_letter(letter, channel, self._settings)
        recipient_cpr(self.name, to)

    def check_notify(self, message: TextMessage, *, to: str) -> None:  # noqa: ARG002 - the effect's signature; the model has checked it
        """Whether the number can be anybody's."""
        recipient_cpr(self.name, to)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _told_by(self, queue: Callable[[], Queue] | None) -> Iterator[Receipts | FetchedReceipts]:
        """Where it stands what became of letters."""
        settings, surroundings = self._settings, self._surroundings
        if settings.receipts_folder:
            folder = surroundings.folder / Path(settings.receipts_folder).expanduser()
            # One reader for all lanes of a run: each file is read once.
            yield surroundings.memory.kept((Receipts, folder), lambda: Receipts(self.name, folder))
        place = settings.receipts_queue
        if place is not None:
            yield FetchedReceipts(place, surroundings, queue or self._opens(place))

    def _opens(self, place: ReceiptsQueue) -> Callable[[], Queue]:
        """Opens the broker's queue with a fresh assertion, and with the certificate that the calls have."""
        certificate = self._client.certificate
        if certificate is None:
            raise CertificateError("none given", "the Beskedfordeler needs one", remedy="set certificate")

        def opened() -> Queue:
            return Broker(
                place,
                self._surroundings,
                certificate,
                lambda: self._access.assertion(place.entity_id),
                reach=self._settings,
            )

        return opened

    def _envelope(self, to: str, key: str) -> Envelope:
        return Envelope(
            message_id=message_uuid(key),
            cpr=recipient_cpr(self.name, to),
            cvr=self._cvr,
            sender_label=self._settings.sender_label,
        )

    def _ask(self, path: str, cpr: str) -> bool:
        answer = self._client.request(
            "GET",
            self._settings.url.rstrip("/") + path,
            kind="query",
            headers=_transaction,
            params={"cprNumber": recipient_cpr(self.name, cpr)},
            authorization=self._access.to(_LOOKUP),
        )
        found = answer.json()
        result = found.get("result") if isinstance(found, dict) else None
        if not isinstance(result, bool):
            raise UnexpectedAnswerError(self.name, "PostForespoerg's answer is neither true nor false")
        return result

    def _deliver(self, channel: Channel, message_id: str, body: bytes) -> Receipt:
        answer = self._client.request(
            "POST",
            self._settings.url.rstrip("/") + self._settings.send_path,
            kind=self._settings.repeat,
            headers=lambda: {
                "Content-Type": "application/xml",
                "Accept": "application/xml",
                **_transaction(),
            },
            body=body,
            accept=PERHAPS_DUPLICATE,
            authorization=self._access.to(_SEND),
        )
        taken = taken_by(answer, message_id)
        return Receipt(
            id=message_id,
            channel=channel,
            accepted_at=datetime.now(UTC),
            repeated=taken.repeated,
            reference=taken.reference,
        )


def _transaction() -> Mapping[str, str]:
    """The headers of one attempt: Serviceplatformen follows a call by its transaction, not by its message."""
    now = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    return {"X-TransaktionsId": str(uuid.uuid4()), "X-TransaktionsTid": now}


def _cvr(text: str) -> str:
    try:
        return dk.Cvr.parse(text)
    except InvalidIdentifierError as error:
        problem = str(error)
    raise SenderError(problem)
