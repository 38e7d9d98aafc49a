"""The connector: empty the dueslag into the store, complete what the register must complete, answer."""

from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from typing import ClassVar

from rpa_commons.capabilities import (
    BusinessError,
    Move,
    PersonNotFoundError,
    PopulationEvents,
    TransientError,
)
from rpa_commons.connectors._access import Access, Rung
from rpa_commons.connectors._base import Surroundings, Vault
from rpa_commons.connectors._soap import SoapFaultError
from rpa_commons.connectors.http import CertificateError, HttpClient
from rpa_commons.connectors.kombit_access import KombitAccess, KombitSettings
from rpa_commons.connectors.sf1520 import Sf1520

from ._access import ACCESS, VERIFIED
from ._broker import Broker, broker_address
from ._errors import SYSTEM, MessageError, StateMissingError
from ._message import Envelope, besked_id_in, read_envelope
from ._move import PersonEvent, by_fields, by_register, event_of
from ._queue import Drained, Limits, Queue, drain
from ._settings import Sf1461Settings
from ._store import Arrival, Aside, Store

__all__ = ["Sf1461"]

_MOST_FAULTS = 10  # of the register before it has answered anything; then all events wait
_WAIT = "events wait for the register and are asked about again"
_NO_CVR = "write cvr in the settings of sf1461 or in municipality.toml"


class Sf1461:
    """Moves from the Beskedfordeler. Each call empties the dueslag first; safe for several threads.

    Attributes:
        hosts: The broker, the token service and, where it is asked, the register, as ``host:port``.
        problems: Of the last :meth:`moves_into`: what could not be read, is disputed or waits for somebody.
    """

    name: ClassVar[str] = SYSTEM
    capability: ClassVar[type] = PopulationEvents
    Settings: ClassVar[type[Sf1461Settings]] = Sf1461Settings
    access: ClassVar[Access] = ACCESS
    verified: ClassVar[tuple[Rung, ...]] = VERIFIED

    def __init__(
        self,
        settings: Sf1461Settings,
        surroundings: Surroundings,
        *,
        queue: Callable[[], Queue] | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Read the certificate; call nothing yet.

        Args:
            settings: Where broker and dueslag are, what its messages mean.
            surroundings: Where the connector runs.
            queue: Opens the queue; the broker's by default.
            now: The time of day, aware.

        Raises:
            AddressRefusedError: an address is none.
            CertificateError: the client certificate cannot be used.
        """
        self.settings = settings
        self.problems: tuple[str, ...] = ()
        self._surroundings = surroundings
        self._now = now
        self._client = HttpClient(SYSTEM, settings, surroundings, addresses=[settings.sts_url])
        if self._client.certificate is None:
            raise CertificateError("none given", "the Beskedfordeler needs one", remedy="set certificate")
        self._certificate = self._client.certificate
        lookup = settings.register_lookup if settings.fields is None else None
        self._register = None if lookup is None else Sf1520(lookup, surroundings)
        host, port = broker_address(settings.broker)
        self.hosts = self._client.hosts | {f"{host}:{port}"}
        self.hosts |= self._register.hosts if self._register else frozenset()
        self._open_queue = queue or self._broker

    def moves_into(self, municipality: str, since: date) -> Sequence[Move]:
        """Every change of address into ``municipality`` with ``moved_on >= since`` that has been told.

        Messages are kept and acknowledged before the answer. In a plan nothing is: waiting messages are
        looked at and go back.

        Raises:
            AccessRefusedError: broker or token service does not let us in. That the register does not, or
                does not answer, is one of the ``problems``.
            TransientError: the broker gave nothing; what it gave before is answered by the next call.
            UnexpectedAnswerError: what answers is no AMQP broker.
            StateMissingError: there is nowhere to keep messages.
        """
        self.problems = ()
        with closing(self._store()) as store:
            drained = self._drain(store)
            problems = [] if drained is None else list(self._of_drain(drained))
            store.reread(self._read)
            problems += self._ask_register(store)
            if not self._surroundings.planning:
                store.erase(self._now(), self.settings.keep_days)
            problems += [self._of_aside(one) for one in _foreign_once(store.asides())]
            self.problems = tuple(problems)
            return store.moves(municipality, since)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()
        if self._register is not None:
            self._register.close()

    def _store(self) -> Store:
        vault = self._vault()
        if self._surroundings.state is None:
            raise StateMissingError
        path = self._surroundings.state / SYSTEM / f"queue-{self.settings.queue}.sqlite"
        return Store.copy_of(path, vault) if self._surroundings.planning else Store.open(path, vault)

    def _vault(self) -> Vault:
        if self._surroundings.vault is None:
            raise StateMissingError
        return self._surroundings.vault

    def _drain(self, store: Store) -> Drained | None:
        planning = self._surroundings.planning
        if planning and not self.settings.plan_looks:
            return None
        limits = Limits(self.settings.most_messages, self.settings.most_seconds)

        def keep(bodies: Sequence[bytes]) -> None:
            store.put([self._read(body) for body in bodies], self._now())

        queue = self._open_queue()
        try:
            return drain(queue, keep, limits, acknowledge=not planning)
        finally:
            queue.close()

    def _broker(self) -> Queue:
        look = self._surroundings.planning
        given = self.settings
        return Broker(given, self._surroundings, self._certificate, self._assertion, reach=given, look=look)

    def _assertion(self) -> bytes:
        """A fresh SAML assertion: a connection is opened with one and asked for no other."""
        settings = self.settings
        cvr = settings.cvr or self._surroundings.municipality.cvr
        if not cvr:
            raise CertificateError("cvr", "for which authority is not said", remedy=_NO_CVR)
        where = KombitSettings(
            certificate=settings.certificate,
            url=settings.sts_url,
            sts_url=settings.sts_url,
            sts_path=settings.sts_path,
        )
        return KombitAccess(self._client, where, cvr=cvr).assertion(settings.entity_id)

    def _read(self, body: bytes) -> Arrival:
        """What a message is; nothing is raised for one message's sake."""
        try:
            envelope = read_envelope(body)
        except MessageError as error:
            return Arrival(besked_id_in(body), "aside", body, kept=body, reason=error.said)
        key, content, kind = envelope.besked_id, envelope.content, envelope.message_type
        try:
            return self._arrival(envelope, body)
        except MessageError as error:
            return Arrival(key, "aside", content, kind, kept=body, reason=error.said)

    def _arrival(self, envelope: Envelope, body: bytes) -> Arrival:
        settings = self.settings
        key, content, kind = envelope.besked_id, envelope.content, envelope.message_type
        if kind in settings.ignored_types:
            return Arrival(key, "ignored", content, kind)
        if kind not in settings.message_types:
            return Arrival(key, "foreign", content, kind, kept=body)
        if not envelope.identifiers & {*settings.move_events}:
            return Arrival(key, "no-move", content, kind)
        if settings.fields is None:
            event_of(envelope)
            return Arrival(key, "waiting", content, kind, kept=body)
        move = by_fields(envelope, settings, settings.fields)
        return Arrival(key, "move", content, kind, kept=move.model_dump_json().encode(), move=move)

    def _ask_register(self, store: Store) -> list[str]:
        """Complete events by the register; one that does not answer keeps the rest for the next call.

        A fault may be about the access or about this one person. It is the latter where others are answered:
        nobody's move waits behind it for ever.
        """
        if self._register is None:
            return []
        faults: dict[str, str] = {}
        answered = False
        for key, body in list(store.waiting(self._now())):
            try:
                event = event_of(read_envelope(body))
                answered |= self._complete(store, key, event, self._register)
            except MessageError as error:
                store.leave_undecided(key, error.said)
            except SoapFaultError as error:
                faults[key] = error.message
                if len(faults) == _MOST_FAULTS and not answered:
                    break
            except TransientError as error:
                return [f"{error.message}; {_WAIT}"]
        if not answered:
            return [f"{said}; {_WAIT}" for said in [*faults.values()][:1]]
        for key, said in faults.items():
            store.leave_undecided(key, said)
        return []

    def _complete(self, store: Store, key: str, event: PersonEvent, register: Sf1520) -> bool:
        """Ask about one event; always true, for the register has answered.

        Raises:
            TransientError: it has not answered.
        """
        try:
            person = register.person(event.cpr)
            store.settle(key, by_register(event, person, self._vault().digest))
        except PersonNotFoundError:
            store.leave_undecided(key, "the register knows nobody by the event's number")
        except BusinessError as error:
            store.leave_undecided(key, error.message)
        except MessageError as error:  # what it answers shows no move
            store.leave_undecided(key, error.said)
        return True

    def _of_drain(self, drained: Drained) -> Sequence[str]:
        if drained.failure is not None:
            said = f"{drained.failure.message} after {drained.kept} messages; they are kept"
            return [f"{said}, the others come with the next run"]
        if drained.more:
            limits = "most_messages or most_seconds in stack.toml was reached"
            return [f"{SYSTEM}: {limits} after {drained.kept} messages; the others come with the next run"]
        return []

    def _of_aside(self, one: Aside) -> str:
        until = datetime.fromisoformat(one.received_at) + timedelta(days=self.settings.keep_days)
        what = f"{SYSTEM}: message {one.key[:45]} of {one.received_at[:10]}"
        if one.state == "foreign":
            what = f"{SYSTEM}: messages of type {one.message_type[:36]}"
            reason = "are not read; name it in message_types or ignored_types, or take it out of the dueslag"
            return f"{what} {reason} (kept until {until.date()})"
        return f"{what} is kept aside until {until.date()}: {one.reason}"


def _foreign_once(found: Sequence[Aside]) -> list[Aside]:
    """One line for each type that is not read, not one for each message."""
    types: set[str] = set()
    kept = []
    for one in found:
        if one.state != "foreign" or one.message_type not in types:
            kept.append(one)
        types |= {one.message_type} if one.state == "foreign" else set()
    return kept
