"""The connector: empty the dueslag into the store, complete what the register must complete, answer."""

from collections.abc import Callable, Sequence
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
from rpa_commons.connectors.http import CertificateError, HttpClient, load_certificate
from rpa_commons.connectors.kombit_access import KombitAccess, KombitSettings
from rpa_commons.connectors.sf1520 import Sf1520

from ._access import ACCESS, VERIFIED
from ._broker import Broker, broker_address
from ._errors import SYSTEM, MessageError, StateMissingError
from ._message import besked_id_in, read_envelope
from ._move import by_fields, by_register, event_of
from ._queue import Drained, Limits, Queue, drain
from ._settings import Sf1461Settings
from ._store import Arrival, Aside, Store

__all__ = ["Sf1461"]

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
        certificate = load_certificate(settings, surroundings)
        if certificate is None:
            raise CertificateError("none given", "the Beskedfordeler needs one", remedy="set certificate")
        self._certificate = certificate
        self._client = HttpClient(SYSTEM, settings, surroundings, addresses=[settings.sts_url])
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
            AccessRefusedError: broker, token service or register does not let us in.
            TransientError: the broker gave nothing; what it gave before is answered by the next call.
            UnexpectedAnswerError: what answers is no AMQP broker.
            StateMissingError: there is nowhere to keep messages.
        """
        self.problems = ()
        with _closing(self._store()) as store:
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
            return self._read_or_fail(body)
        except MessageError as error:
            reason = f"{error.problem}; {error.remedy}" if error.remedy else error.problem
            return Arrival(besked_id_in(body), "aside", body, kept=body, reason=reason)

    def _read_or_fail(self, body: bytes) -> Arrival:
        settings, envelope = self.settings, read_envelope(body)
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
        """Complete events by the register; one that does not answer keeps the rest for the next call."""
        if self._register is None:
            return []
        for key, body in list(store.waiting(self._now())):
            try:
                event = event_of(read_envelope(body))
                person = self._register.person(event.cpr)
                store.settle(key, by_register(event, person, self._vault().digest))
            except MessageError as error:
                reason = f"{error.problem}; {error.remedy}" if error.remedy else error.problem
                store.leave_undecided(key, reason)
            except PersonNotFoundError:
                store.leave_undecided(key, "the register knows nobody by the event's number")
            except BusinessError as error:
                store.leave_undecided(key, error.message)
            except TransientError as error:
                return [f"{error.message}; events wait for the register and are asked about again"]
        return []

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


class _closing:  # noqa: N801 - as contextlib.closing, which asks for another type
    def __init__(self, store: Store) -> None:
        self._store = store

    def __enter__(self) -> Store:
        return self._store

    def __exit__(self, *_: object) -> None:
        self._store.close()


def _foreign_once(found: Sequence[Aside]) -> list[Aside]:
    """One line for each type that is not read, not one for each message."""
    types: set[str] = set()
    kept = []
    for one in found:
        if one.state != "foreign" or one.message_type not in types:
            kept.append(one)
        types |= {one.message_type} if one.state == "foreign" else set()
    return kept
