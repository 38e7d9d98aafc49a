"""HTTP as connectors need it: always a time-out, never a silent half answer, repeated only where safe.

Rules this package keeps:

* one session per connector, over TLS 1.2 or later, trusting the system's store or one named CA bundle;
* a query and a keyed effect are repeated, an unsafe effect only when it certainly was not sent;
* every failure says whether the request may have reached the receiver (``TransientError.sent``);
* only hosts the connector declares are called; a redirect is refused, cookies and ``.netrc`` are not used;
* no query string, header or body reaches a log line or an error text: a CPR number may stand there.

Usage::

    client = HttpClient("sf1601", settings, surroundings, addresses=[settings.url])
    answer = client.request("GET", settings.url + "/path", kind="query", params={"id": "7"})
    answer.status, answer.body
"""

from ._answer import Answer
from ._certificate import CertificateError, ClientCertificate, load_certificate
from ._client import Authorization, HttpClient, Kind
from ._errors import (
    AccessRefusedError,
    AddressRefusedError,
    BusyError,
    RequestRefusedError,
    UnexpectedAnswerError,
)
from ._settings import HttpSettings
from ._transport import TlsAdapter, is_loopback

__all__ = [
    "AccessRefusedError",
    "AddressRefusedError",
    "Answer",
    "Authorization",
    "BusyError",
    "CertificateError",
    "ClientCertificate",
    "HttpClient",
    "HttpSettings",
    "Kind",
    "RequestRefusedError",
    "TlsAdapter",
    "UnexpectedAnswerError",
    "is_loopback",
    "load_certificate",
]
