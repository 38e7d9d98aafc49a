"""The session of one connector: send, and repeat where it is safe."""

import random
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from http.cookiejar import DefaultCookiePolicy
from types import MappingProxyType
from typing import Literal, Protocol

import requests
from urllib3.exceptions import HTTPError

from rpa_commons import __version__
from rpa_commons.capabilities import TransientError
from rpa_commons.connectors._base import Surroundings

from ._answer import Answer, judged, read_whole
from ._certificate import load_certificate
from ._errors import AccessRefusedError, AddressRefusedError, BusyError, RequestRefusedError, failure_of
from ._settings import HttpSettings
from ._transport import TlsAdapter, host_of, keep_queries_out_of_logs, proxies_for, tls_context

__all__ = ["Authorization", "HttpClient", "Kind"]

Kind = Literal["query", "keyed", "unsafe"]
"""``query`` changes nothing, ``keyed`` may be repeated, ``unsafe`` must not be sent twice."""

Headers = Mapping[str, str] | Callable[[], Mapping[str, str]]
"""Fixed headers, or a function called for each attempt (for a transaction id that must be fresh)."""

_NO_HEADERS: Mapping[str, str] = MappingProxyType({})
_LARGEST_ANSWER = 20 * 1024 * 1024  # bytes
_FIRST_PAUSE = 0.5  # seconds, doubled for each further attempt
_LONGEST_PAUSE = 30.0  # seconds; a longer wish is the queue's business, not that of a call in progress


class Authorization(Protocol):
    """Gives the headers that open the door, and is told when they did not."""

    def headers(self) -> Mapping[str, str]:
        """The headers to send with a call.

        Raises:
            TransientError: they could not be had now.
        """
        ...

    def invalidate(self, used: Mapping[str, str]) -> None:
        """The receiver answered 401 to these headers: do not give them again."""
        ...


@dataclass(frozen=True, repr=False)
class _Call:
    method: str
    url: str
    kind: Kind
    headers: Headers
    params: Mapping[str, str] | None
    body: bytes | None
    accept: frozenset[int]
    authorization: Authorization | None


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
        largest_answer: int = _LARGEST_ANSWER,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Open nothing yet; read certificate and trust.

        Args:
            system: The connector's name for the system.
            settings: Time-outs, trust, proxy, certificate.
            surroundings: Where the connector runs.
            addresses: URLs whose hosts may be called; no other is.
            largest_answer: Bytes after which an answer is refused.
            sleep: Waits between attempts; seconds.

        Raises:
            AddressRefusedError: an address is not https.
            CertificateError: the client certificate or CA bundle cannot be used.
        """
        self.system = system
        self.hosts = frozenset(host_of(system, address) for address in addresses)
        self.certificate = load_certificate(settings, surroundings)
        self._settings = settings
        self._surroundings = surroundings
        self._largest_answer = largest_answer
        self._sleep = sleep
        self._session = _session(TlsAdapter(tls_context(settings, surroundings, self.certificate)))
        keep_queries_out_of_logs()

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def request(
        self,
        method: str,
        url: str,
        *,
        kind: Kind,
        headers: Headers = _NO_HEADERS,
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
            RequestRefusedError: a 4xx status, and nothing was done.
        """
        host = host_of(self.system, url)
        if host not in self.hosts:
            remedy = "a connector calls the hosts it declares and no other"
            raise AddressRefusedError(self.system, host, "not a declared host", remedy=remedy)
        call = _Call(method, url, kind, headers, params, body, frozenset(accept), authorization)
        return self._repeat(call)

    def _repeat(self, call: _Call) -> Answer:
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
                pause = _pause(attempt, error)
                repeatable = call.kind != "unsafe" or error.sent == "no"
                refused = isinstance(error, AccessRefusedError)
                if refused or not repeatable or pause is None or attempt == self._settings.attempts:
                    raise
            self._sleep(pause)
        raise AssertionError  # the last attempt returns or raises

    def _authorized(self, call: _Call, opening: Mapping[str, str]) -> Answer:
        answer = self._once(call, opening)
        if answer.status == requests.codes.unauthorized and call.authorization is not None:
            # 401 means that nothing was done (RFC 9110 15.5.2), so even an unsafe effect may be sent again.
            call.authorization.invalidate(opening)
            answer = self._once(call, self._opening(call))
        return judged(answer, call.accept)

    def _opening(self, call: _Call, *, sent_before: bool = False) -> Mapping[str, str]:
        """The headers of the authorization, which does its own repeating."""
        if call.authorization is None:
            return _NO_HEADERS
        try:
            return call.authorization.headers()
        except TransientError as error:
            # The token's request may have been sent; what counts is whether an attempt of this call was.
            error.sent = "maybe" if sent_before else "no"
            raise

    def _once(self, call: _Call, opening: Mapping[str, str]) -> Answer:
        headers = call.headers() if callable(call.headers) else call.headers
        try:
            with self._session.request(
                call.method,
                call.url,
                params=call.params,
                data=call.body,
                headers={**headers, **opening},
                timeout=(self._settings.connect_timeout, self._settings.read_timeout),
                proxies=dict(proxies_for(call.url, self._settings, self._surroundings)),
                allow_redirects=False,
                stream=True,
            ) as response:
                return read_whole(
                    self.system, response, largest=self._largest_answer, seconds=self._settings.answer_timeout
                )
        except (requests.RequestException, HTTPError, OSError) as error:
            host = host_of(self.system, call.url)
            failure = failure_of(self.system, host, error, certificate=self.certificate is not None)
        # Outside the handler, so that the failure does not carry the other exception, whose text has the URL.
        raise failure


def _session(adapter: TlsAdapter) -> requests.Session:
    session = requests.Session()
    session.trust_env = False  # no .netrc, no CA bundle from the environment; proxies are looked up by us
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    # Uncompressed, so that the promised length can be compared and nothing unfolds in memory.
    session.headers.update({"User-Agent": f"rpa-commons/{__version__}", "Accept-Encoding": "identity"})
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    return session


def _pause(attempt: int, error: TransientError) -> float | None:
    """Seconds to wait before the next attempt; ``None`` when the receiver wants more than a call can wait."""
    wish = error.retry_after if isinstance(error, BusyError) else None
    if wish is None:
        spread = random.uniform(0.75, 1.25)  # noqa: S311 - spreads load, guards nothing
        return _FIRST_PAUSE * float(2 ** (attempt - 1)) * spread
    return wish if wish <= _LONGEST_PAUSE else None
