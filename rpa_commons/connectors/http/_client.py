"""The client of one system: send, repeat where it is safe, and leave alone what does not work."""

import random
import time
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import replace
from typing import Literal

import requests
from requests.auth import AuthBase

from rpa_commons.capabilities import TransientError
from rpa_commons.connectors._base import Surroundings

from ._answer import Answer, Kind, judged
from ._breaker import Breaker
from ._certificate import load_certificate
from ._errors import (
    AccessRefusedError,
    AddressRefusedError,
    CircuitOpenError,
    RequestRefusedError,
    UnexpectedAnswerError,
)
from ._session import NO_HEADERS, Authorization, Call, Headers, Session
from ._settings import HttpSettings
from ._tokens import Tokens
from ._transport import host_of, keep_urls_out_of_logs

__all__ = ["HttpClient"]

_LARGEST_ANSWER = 20 * 1024 * 1024  # bytes
_FIRST_PAUSE = 0.5  # seconds, doubled for each further attempt


class HttpClient:
    """One session to one system; safe for several threads.

    Attributes:
        system: The connector's name for the system; begins every error text.
        hosts: The ``host:port`` pairs it may call.
        certificate: The client certificate it presents, or ``None``.
    """

    def __init__(
        self,
        system: str,
        settings: HttpSettings,
        surroundings: Surroundings,
        *,
        addresses: Iterable[str],
        auth: AuthBase | None = None,
        largest_answer: int = _LARGEST_ANSWER,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Open nothing yet; read certificate and trust.

        Args:
            system: The connector's name for the system.
            settings: Time-outs, repeats, breaker, trust, proxy, certificate.
            surroundings: Where the connector runs; its ``pause`` waits between attempts.
            addresses: URLs whose hosts may be called; no other is.
            auth: A login of ``requests`` for every call, such as ``requests_ntlm.HttpNtlmAuth``; tokens are
                given per call, see :meth:`request`. NTLM logs a connection in, by several requests between
                which ``requests_ntlm`` gives it back: calls with it must take turns.
            largest_answer: Bytes after which an answer is refused.
            clock: Monotonic seconds.

        Raises:
            AddressRefusedError: an address is not https.
            CertificateError: the client certificate or CA bundle cannot be used.
        """
        self.system = system
        self.hosts = frozenset(host_of(system, address) for address in addresses)
        self.certificate = load_certificate(settings, surroundings)
        self._settings = settings
        self._surroundings = surroundings
        failures, rest = settings.breaker_failures, settings.breaker_rest
        self._breaker = surroundings.memory.kept(
            (Breaker, system, failures, rest),
            lambda: Breaker(system, failures=failures, rest=rest, clock=clock),
        )
        self._session = Session(
            system,
            settings,
            surroundings,
            self.certificate,
            hosts=self.hosts,
            auth=auth,
            largest_answer=largest_answer,
        )
        keep_urls_out_of_logs()

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def tokens(self, *login: Hashable, clock: Callable[[], float]) -> Tokens:
        """The tokens of a login, shared with every client that has the same surroundings.

        Args:
            login: Who logs in where; everything by which one login's tokens differ from another's.
            clock: Monotonic seconds, of whoever comes first.
        """
        return self._surroundings.memory.kept((Tokens, self.system, *login), lambda: Tokens(clock))

    def request(
        self,
        method: str,
        url: str,
        *,
        kind: Kind,
        headers: Headers = NO_HEADERS,
        params: Mapping[str, str] | None = None,
        body: bytes | None = None,
        accept: Iterable[int] = (),
        authorization: Authorization | None = None,
    ) -> Answer:
        """Send a request and return its whole answer.

        Args:
            method: ``GET``, ``POST`` …
            url: An address on one of :attr:`hosts`.
            kind: Whether the request may be repeated.
            headers: To send; a function is called for each attempt.
            params: Query parameters; never logged.
            body: To send.
            accept: Statuses besides 2xx that the caller reads itself.
            authorization: Gives headers that a 401 renews once.

        Raises:
            AddressRefusedError: the address is not one of :attr:`hosts`.
            TransientError: no whole answer, or an effect whose first attempt may have been carried out is
                refused when repeated; ``sent`` says whether any attempt may have reached the receiver.
            BusyError: the receiver wants to be called later than a call can wait (``longest_wait``).
            CircuitOpenError: the host failed so often that it is left alone now.
            RequestRefusedError: a 4xx status, and nothing was done.
        """
        host = host_of(self.system, url)
        if host not in self.hosts:
            remedy = "a connector calls the hosts it declares and no other"
            raise AddressRefusedError(self.system, host, "not a declared host", remedy=remedy)
        call = Call(method, url, host, kind, headers, params, body, frozenset(accept), authorization)
        self._wait_for(host)
        return self._repeat(call)

    def _wait_for(self, host: str) -> None:
        """Keep to what the receiver asked of an earlier caller."""
        busy = self._breaker.busy(host)
        if busy is not None and not self._waited(busy):
            raise busy

    def _repeat(self, call: Call) -> Answer:
        sent_before = False
        for attempt in range(1, self._settings.attempts + 1):
            opening = self._opening(call, sent_before=sent_before)
            try:
                return replace(self._authorized(call, opening), after_doubt=sent_before)
            except RequestRefusedError as error:
                if not sent_before or call.kind == "query":
                    raise
                # Refused is the repeat; the attempt before it may be done, so the whole is not refused.
                problem = f"refused a repeat (status {error.status})"
                raise TransientError(self.system, problem, sent="maybe") from None
            except TransientError as error:
                # Once an attempt may have arrived, a later one that did not changes nothing about that.
                sent_before = sent_before or error.sent == "maybe"
                error.sent = "maybe" if sent_before else "no"
                repeatable = call.kind != "unsafe" or error.sent == "no"
                final = isinstance(error, AccessRefusedError | CircuitOpenError)
                last = attempt == self._settings.attempts
                if final or last or not repeatable or not self._waited(error, attempt):
                    raise
        raise AssertionError  # the last attempt returns or raises

    def _authorized(self, call: Call, opening: Mapping[str, str]) -> Answer:
        answer = self._attempt(call, opening)
        if answer.status == requests.codes.unauthorized and call.authorization is not None:
            # 401 means that nothing was done (RFC 9110 15.5.2), so even an unsafe effect may be sent again.
            call.authorization.invalidate(opening)
            answer = self._attempt(call, self._opening(call))
        return judged(answer, call.accept)

    def _attempt(self, call: Call, opening: Mapping[str, str]) -> Answer:
        with self._breaker.attempt(call.host):
            answer = self._session.send(call, opening)
            return answer if answer.status == requests.codes.unauthorized else judged(answer, call.accept)

    def _opening(self, call: Call, *, sent_before: bool = False) -> Mapping[str, str]:
        """The headers of the authorization, which does its own repeating."""
        if call.authorization is None:
            return NO_HEADERS
        # The token's request may have been sent; what counts is whether an attempt of this call was.
        sent: Literal["no", "maybe"] = "maybe" if sent_before else "no"
        try:
            return call.authorization.headers()
        except TransientError as error:
            error.sent = sent
            raise
        # Whatever is wrong with a token is not this case's fault, and no word about it: the cases wait.
        except UnexpectedAnswerError as error:
            problem, remedy = error.problem, error.remedy
        except RequestRefusedError as error:
            problem = f"the token service refuses (status {error.status})"
            remedy = "check the token service's address in stack.toml"
        raise TransientError(self.system, problem, sent=sent, remedy=remedy)

    def _waited(self, error: TransientError, attempt: int = 1) -> bool:
        """Wait after a failure; false when that takes longer than a call should, or the run is to stop."""
        seconds = error.retry_after
        if seconds is None:
            spread = random.uniform(0.75, 1.25)  # noqa: S311 - spreads load, guards nothing
            seconds = _FIRST_PAUSE * 2.0 ** (attempt - 1) * spread
        elif seconds > self._settings.longest_wait:
            return False
        return self._surroundings.pause(seconds)
