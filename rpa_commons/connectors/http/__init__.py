"""HTTP as connectors need it: always a time-out, never a silent half answer, repeated only where safe.

Rules this package keeps:

* one session per connector, over TLS 1.2 or later, trusting the system's store or one named CA bundle;
* a query and a keyed effect are repeated, an unsafe effect only when it certainly was not sent;
* ``Retry-After`` is obeyed: waited for within a bound, and by every client of the same run; a longer wish
  travels with the error (``retry_after``), and the runtime puts the case back into the queue;
* no wait between attempts outlasts a run that is to stop (``Surroundings.pause``);
* a host that fails again and again is left alone for a while, then tried by one call;
* a token is renewed before it ends, by the monotonic clock;
* a run's clients of one binding share breaker, ``Retry-After`` and tokens (``Surroundings.memory``); sessions
  they do not share;
* every failure says whether the request may have reached the receiver (``TransientError.sent``);
* only hosts the connector declares are called; a redirect is refused, cookies and ``.netrc`` are not used;
* no path, query string, header or body reaches a log line or an error text: a CPR number may stand there.

Usage::

    client = HttpClient("sf1601", settings, surroundings, addresses=[settings.url])
    answer = client.request("GET", settings.url + "/path", kind="query", params={"id": "7"})
    answer.status, answer.body

Logins: a client certificate in the settings; a token per call (``authorization=``:
:class:`ClientCredentials`, or anything with ``headers`` and ``invalidate``); a login of ``requests`` for all
calls (``auth=``, such as NTLM).
"""

from ._answer import Answer, Kind
from ._certificate import CertificateError, ClientCertificate, load_certificate
from ._client import HttpClient
from ._credentials import ClientCredentials
from ._errors import (
    AccessRefusedError,
    AddressRefusedError,
    BusyError,
    CircuitOpenError,
    RequestRefusedError,
    UnclearAnswerError,
    UnexpectedAnswerError,
)
from ._session import Authorization, NoRedirects
from ._settings import HttpSettings
from ._steps import Steps, effect_of_steps
from ._tokens import Tokens, token_in
from ._transport import TlsAdapter, is_loopback, tls_context

__all__ = [
    "AccessRefusedError",
    "AddressRefusedError",
    "Answer",
    "Authorization",
    "BusyError",
    "CertificateError",
    "CircuitOpenError",
    "ClientCertificate",
    "ClientCredentials",
    "HttpClient",
    "HttpSettings",
    "Kind",
    "NoRedirects",
    "RequestRefusedError",
    "Steps",
    "TlsAdapter",
    "Tokens",
    "UnclearAnswerError",
    "UnexpectedAnswerError",
    "effect_of_steps",
    "is_loopback",
    "load_certificate",
    "tls_context",
    "token_in",
]
