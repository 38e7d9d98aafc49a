"""The Beskedfordeler's broker through pika: AMQP 0-9-1 over TLS, the SAML assertion as SASL EXTERNAL.

That the assertion itself, decoded, is the response to mechanism ``EXTERNAL``, that the virtual host is ``BF``
and that the queue is called by the id of the dueslag is shown by KOMBIT's own code samples for SF1461.

Rules this module keeps: TLS 1.2 or later, the broker's name checked; a client certificate is offered; each
wait has an end (connecting, handshake, heartbeat); pika's own log is silent, for it prints frames; a message
that was not acknowledged goes back to the queue.
"""

import logging
import re
import socket
import ssl
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

from rpa_commons.capabilities import TransientError
from rpa_commons.connectors._base import Surroundings
from rpa_commons.connectors.http import (
    AccessRefusedError,
    AddressRefusedError,
    ClientCertificate,
    HttpSettings,
    UnexpectedAnswerError,
    tls_context,
)

from ._errors import SYSTEM, MissingClientError
from ._place import BrokerPlace
from ._queue import BATCH, Delivery

__all__ = ["Broker", "broker_address"]

_PORT = 5671
_QUIET = 0.3  # seconds without a message after which the broker is asked whether the queue is empty
_ACCESS_REFUSED, _NOT_FOUND, _NOT_ALLOWED = 403, 404, 530  # AMQP 0-9-1, reply codes
_SAID_CODE = re.compile(r"ConnectionClosedByBroker: \(([0-9]{3})\)")  # pika hands on its own words only
_REGISTERED = (
    "check in KOMBIT's administration that the service agreement for BeskedModtag is approved, that the "
    "dueslag belongs to this user system, and that queue in stack.toml is its id"
)


def broker_address(url: str) -> tuple[str, int]:
    """Host and port.

    Raises:
        AddressRefusedError: it is no address.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if not host:
        raise AddressRefusedError(SYSTEM, "?", "no address", remedy="write amqps://host[:port]")
    return host, port or _PORT


class Broker:
    """One connection and one queue; see :class:`._queue.Queue`.

    Args:
        place: Which broker and queue.
        surroundings: Where the connector runs.
        certificate: Offered to the broker.
        token: Gives the assertion, decoded.
        reach: How long to wait, and whom to trust.
        look: Only look: messages are fetched one by one and none is meant to be acknowledged.

    Raises:
        AccessRefusedError: the broker does not let us in, or there is no such queue for us.
        TransientError: it cannot be reached.
        UnexpectedAnswerError: what answers speaks no AMQP 0-9-1.
        MissingClientError: pika is not installed.
    """

    def __init__(
        self,
        place: BrokerPlace,
        surroundings: Surroundings,
        certificate: ClientCertificate,
        token: Callable[[], bytes],
        *,
        reach: HttpSettings,
        look: bool = False,
    ) -> None:
        self._pika = _pika()
        self._place = place
        self._reach = reach
        self._host, self._port = broker_address(place.broker)
        self._ready: list[Delivery] = []
        parameters = self._parameters(_context(reach, surroundings, certificate), token())
        self._connection: Any = self._told(lambda: self._pika.BlockingConnection(parameters))
        try:
            self._channel: Any = self._told(self._connection.channel)
            self._messages: Any = None if look else self._told(self._consume)
        except BaseException:
            self.close()
            raise

    def next(self) -> Delivery | None:
        """The next message; asks the broker itself whether the queue is empty, which no silence can say."""
        if not self._ready:
            self._ready += [one for one in self._fetched() if one is not None]
            self._ready.sort(key=lambda one: one.tag)
        return self._ready.pop(0) if self._ready else None

    def acknowledge(self, tag: int) -> None:
        """This message and all before it; out of our hands when this returns, into the broker's maybe not."""

        def send() -> None:
            self._channel.basic_ack(tag, multiple=True)
            self._connection.process_data_events(0)

        self._told(send)

    def close(self) -> None:
        """Close politely; the broker takes back what was not acknowledged either way."""
        try:
            if self._connection.is_open:
                self._connection.close()
        except self._errors():
            return

    def _fetched(self) -> Iterator[Delivery | None]:
        """The next message, or what had been under way while the broker was asked whether there is more.

        All of that, and in the order of the tags: to acknowledge one is to acknowledge those before it, and
        an empty queue says nothing of messages that have left it for us.
        """
        delivery = None if self._messages is None else self._pushed()
        if delivery is not None:
            yield delivery
            return
        yield _delivery(self._told(lambda: self._channel.basic_get(self._place.queue, auto_ack=False)))
        for _ in range(self._channel.get_waiting_message_count()):
            yield self._pushed()

    def _pushed(self) -> Delivery | None:
        return _delivery(self._told(lambda: next(self._messages, (None, None, None))))

    def _consume(self) -> Any:  # noqa: ANN401 - pika has no types
        self._channel.basic_qos(prefetch_count=2 * BATCH)
        messages = self._channel.consume(self._place.queue, auto_ack=False, inactivity_timeout=_QUIET)
        self._channel.add_on_cancel_callback(lambda _: None)
        return messages

    def _parameters(self, context: ssl.SSLContext, token: bytes) -> Any:  # noqa: ANN401 - as above
        place, reach = self._place, self._reach
        return self._pika.ConnectionParameters(
            host=self._host,
            port=self._port,
            virtual_host=place.virtual_host,
            credentials=_credentials(self._pika, token),
            ssl_options=self._pika.SSLOptions(context, self._host),
            heartbeat=place.heartbeat,
            socket_timeout=reach.connect_timeout,
            stack_timeout=reach.connect_timeout + reach.read_timeout,
            blocked_connection_timeout=reach.read_timeout,
            connection_attempts=1,
            client_properties={"product": "rpa-commons"},
        )

    def _errors(self) -> tuple[type[BaseException], ...]:
        known = self._pika.exceptions
        workflow = self._pika.adapters.utils.connection_workflow.AMQPConnectorException
        return (known.AMQPError, known.ChannelError, workflow, OSError)

    def _told(self, call: Callable[[], Any]) -> Any:  # noqa: ANN401 - as above
        """Call pika; its failures as ours."""
        try:
            return call()
        except self._errors() as error:
            raise self._failure(error) from None

    def _failure(self, error: BaseException) -> Exception:
        known, host = self._pika.exceptions, self._host
        if isinstance(error, ssl.SSLError):
            return self._tls_failure(error)
        guess = isinstance(error, known.ProbableAuthenticationError | known.ProbableAccessDeniedError)
        said = _SAID_CODE.match(str(next(iter(error.args), ""))) if guess else None
        code = int(said[1]) if said else getattr(error, "reply_code", 0)
        refused = isinstance(error, known.AuthenticationError)
        if refused or code in (_ACCESS_REFUSED, _NOT_FOUND, _NOT_ALLOWED):
            what = {_NOT_FOUND: "knows no such queue", _NOT_ALLOWED: "does not allow this virtual host"}
            problem = what.get(code, "refuses access")
            return AccessRefusedError(SYSTEM, f"the broker {host} {problem}", remedy=_REGISTERED)
        if "_ALERT_" in repr(error) or "ALERT CERTIFICATE" in repr(error).upper():
            return self._unwelcome("a TLS alert")
        strange = isinstance(error, known.ProtocolSyntaxError) or "InvalidFrameError" in repr(error)
        lost = "StreamLostError" in repr(error)
        if strange or (isinstance(error, known.IncompatibleProtocolError) and not lost):
            return UnexpectedAnswerError(SYSTEM, f"what answers at {host} speaks no AMQP 0-9-1")
        return self._broken(error, code)

    def _broken(self, error: BaseException, code: int) -> TransientError:
        host = self._host
        if isinstance(error, socket.gaierror):
            remedy = "check broker in stack.toml and the name server"
            return TransientError(SYSTEM, f"the name {host} is not known", sent="no", remedy=remedy)
        if isinstance(error, ConnectionRefusedError) or "ConnectionRefused" in repr(error):
            remedy = "check that the firewall lets this machine out to the broker's port"
            return TransientError(SYSTEM, f"{host} takes no connection", sent="no", remedy=remedy)
        # pika wraps a time-out in several ways; its name is in each of them.
        if isinstance(error, TimeoutError) or "timeout" in repr(error).casefold():
            return TransientError(SYSTEM, f"{host} did not answer in time", sent="maybe")
        said = f" (reply code {code})" if code else ""
        hint = "if it happens always, check that the broker accepts the client certificate"
        return TransientError(SYSTEM, f"{host} broke off the connection{said}", sent="maybe", remedy=hint)

    def _tls_failure(self, error: ssl.SSLError) -> TransientError:
        reason = (error.reason or "").upper()
        if isinstance(error, ssl.SSLCertVerificationError):
            return AccessRefusedError(
                SYSTEM,
                f"the certificate of {self._host} was not accepted: {error.verify_message}",
                remedy="name the authority's PEM file in ca_bundle, or add it to the system's trust store",
            )
        if "ALERT" in reason or "CERTIFICATE_REQUIRED" in reason:
            return self._unwelcome(reason.lower())
        return TransientError(SYSTEM, f"no TLS session with {self._host}", sent="maybe")

    def _unwelcome(self, reason: str) -> AccessRefusedError:
        return AccessRefusedError(
            SYSTEM,
            f"{self._host} does not accept our client certificate ({reason})",
            remedy="check that the certificate is in date and registered for this user system",
        )


def _delivery(got: tuple[Any, Any, Any]) -> Delivery | None:
    method, _, body = got
    return None if method is None else Delivery(method.delivery_tag, body)


def _pika() -> Any:  # noqa: ANN401 - pika has no types
    try:
        import pika
        import pika.adapters.utils.connection_workflow
    except ImportError:
        raise MissingClientError from None
    # Its log prints frames, and a frame holds a message; what matters of its errors is in ours.
    logging.getLogger("pika").setLevel(logging.CRITICAL + 1)
    return pika


def _credentials(pika: Any, token: bytes) -> Any:  # noqa: ANN401 - as above
    class Assertion(pika.credentials.ExternalCredentials):  # type: ignore[misc]
        """Mechanism EXTERNAL with the assertion as its response."""

        def response_for(self, start: Any) -> tuple[str | None, bytes | None]:  # noqa: ANN401 - as above
            mechanism, _ = super().response_for(start)
            return (mechanism, token) if mechanism else (None, None)

    return Assertion()


def _context(
    reach: HttpSettings, surroundings: Surroundings, certificate: ClientCertificate
) -> ssl.SSLContext:
    """Whom to trust: the system's store as OpenSSL reads it.

    The wrapper that the HTTP layer uses checks in its own handshake, and pika makes the handshake itself.
    """
    if reach.ca_bundle:
        return tls_context(reach, surroundings, certificate)
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    certificate.offer_in(context)
    return context
