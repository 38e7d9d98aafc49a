"""One attempt on the wire: the session, its login, and what an exception of it means."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from http.cookiejar import DefaultCookiePolicy
from types import MappingProxyType
from typing import Protocol

import requests
from requests.auth import AuthBase
from urllib3.exceptions import HTTPError

from rpa_commons import __version__
from rpa_commons.capabilities import RpaCommonsError, TransientError
from rpa_commons.connectors._base import Surroundings

from ._answer import Answer, Kind, read_whole
from ._certificate import ClientCertificate
from ._errors import AccessRefusedError, failure_of
from ._settings import HttpSettings
from ._transport import TlsAdapter, proxies_for, tls_context

__all__ = ["NO_HEADERS", "Authorization", "Call", "Headers", "NoRedirects", "Session"]

Headers = Mapping[str, str] | Callable[[], Mapping[str, str]]
"""Fixed headers, or a function called for each attempt (for a transaction id that must be fresh)."""

NO_HEADERS: Mapping[str, str] = MappingProxyType({})


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
class Call:
    """One request, however often it is attempted."""

    method: str
    url: str
    host: str
    kind: Kind
    headers: Headers
    params: Mapping[str, str] | None
    body: bytes | None
    accept: frozenset[int]
    authorization: Authorization | None


class NoRedirects(requests.Session):
    """Knows no redirect: of one that is not followed requests would still read the address and the body."""

    def get_redirect_target(self, resp: requests.Response) -> str | None:  # noqa: ARG002 - as in requests
        """None, whatever the answer says."""
        return None


class Session:
    """One ``requests`` session: connections are kept open and used again; safe for several threads."""

    def __init__(
        self,
        system: str,
        settings: HttpSettings,
        surroundings: Surroundings,
        certificate: ClientCertificate | None,
        *,
        hosts: frozenset[str],
        auth: AuthBase | None,
        largest_answer: int,
    ) -> None:
        """Open nothing yet; read whom to trust.

        Raises:
            CertificateError: client certificate or CA bundle cannot be used.
        """
        self._system = system
        self._settings = settings
        self._surroundings = surroundings
        self._certificate = certificate
        self._auth = auth
        self._largest_answer = largest_answer
        context = tls_context(settings, surroundings, certificate)
        seconds = settings.answer_timeout
        self._session = _session(TlsAdapter(context, system=system, hosts=hosts, answer_timeout=seconds))

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def send(self, call: Call, opening: Mapping[str, str]) -> Answer:
        """Send once and read the whole answer, whatever its status.

        Raises:
            TransientError: there is no whole answer.
        """
        headers = call.headers() if callable(call.headers) else call.headers
        try:
            with self._session.send(
                self._prepared(call, {**headers, **opening}),
                timeout=(self._settings.connect_timeout, self._settings.read_timeout),
                proxies=dict(proxies_for(call.url, self._settings, self._surroundings)),
                allow_redirects=False,
                stream=True,
            ) as response:
                answer = read_whole(self._system, response, largest=self._largest_answer)
                return replace(answer, kind=call.kind)
        except RpaCommonsError:
            raise
        except (requests.RequestException, HTTPError, OSError, UnicodeError) as error:
            failure: TransientError = failure_of(
                self._system, call.host, error, certificate=self._certificate is not None
            )
        except Exception as error:
            if self._auth is None:
                raise
            # A login of another library (NTLM) has errors of its own; their text may hold the user's name.
            failure = AccessRefusedError(
                self._system,
                f"the login at {call.host} could not be made ({type(error).__name__})",
                remedy="check user and password, and how the system wants to be logged in to",
            )
        # Outside the handler, so that the failure does not carry the other exception, whose text has the URL.
        raise failure

    def _prepared(self, call: Call, headers: Mapping[str, str]) -> requests.PreparedRequest:
        """The request, ready to send.

        A session prepares its requests by merging seven settings of its own into each, of which we use the
        headers alone; that is a fifth of the processor time of a call.
        """
        request = requests.PreparedRequest()
        request.prepare(
            method=call.method,
            url=call.url,
            headers={**self._session.headers, **headers},
            params=call.params,
            data=call.body,
            auth=self._auth,
        )
        return request


def _session(adapter: TlsAdapter) -> requests.Session:
    session = NoRedirects()
    session.trust_env = False  # no .netrc, no CA bundle from the environment; proxies are looked up by us
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    # Uncompressed, so that the promised length can be compared and nothing unfolds in memory.
    session.headers.update({"User-Agent": f"rpa-commons/{__version__}", "Accept-Encoding": "identity"})
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    return session
