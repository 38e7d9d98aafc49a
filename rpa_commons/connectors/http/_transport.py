"""TLS and proxies: the adapter under a connector's session, and how urllib3 is kept from logging URLs."""

import logging
import re
import ssl
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import requests
import truststore
from requests.adapters import HTTPAdapter
from requests.utils import get_environ_proxies

from rpa_commons.connectors._base import Surroundings

from ._certificate import CertificateError, ClientCertificate
from ._errors import AddressRefusedError
from ._punctual import make_punctual
from ._settings import HttpSettings

__all__ = ["TlsAdapter", "host_of", "is_loopback", "keep_urls_out_of_logs", "proxies_for", "tls_context"]

_LOGGERS = ("urllib3.connection", "urllib3.connectionpool", "urllib3.util.retry", "urllib3.poolmanager")
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_PORTS = {"https": 443, "http": 80}
# A backslash ends a host for one parser and not for another; blanks and control characters vanish in some.
_STRANGE = re.compile(r"[\x00-\x20\x7f\\]")
_HOST = re.compile(r"[a-z0-9._-]+|[0-9a-f:.]+")  # a name or an address; anything else is spelt in two ways
_PATH = re.compile(r"""(?<![^\s"'])/[^\s"']*""")
_PATH_OF_URL = re.compile(r"""(https?://[^/\s"']+)/[^\s"']*""")


class TlsAdapter(HTTPAdapter):
    """Requests' adapter with our TLS context as the only word on whom to trust.

    Requests would add its own bundle of authorities to any context it is given, and read another one from the
    environment: a connector that trusts one private authority would then trust the whole world besides.
    """

    def __init__(
        self,
        context: ssl.SSLContext,
        *,
        system: str = "",
        hosts: Collection[str] | None = None,
        answer_timeout: float | None = None,
    ) -> None:
        """Connect to nobody yet.

        Args:
            context: Whom to trust, and as whom to call.
            system: The connector's name for the system, for errors.
            hosts: The only ``host:port`` pairs to connect to; ``None`` for any.
            answer_timeout: Seconds from the first byte of an answer to its last; ``None`` for no end.
        """
        self._context = context
        self._answer_timeout = answer_timeout
        self._system = system
        self._hosts = hosts
        super().__init__(max_retries=0)

    def send(self, request: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - as in requests
        """Send, to a declared host only.

        Whatever led here (a redirect, a login's second request, an address that was changed on its way): this
        is read by the very parser by which requests 2.32 decides where the connection goes.

        Raises:
            AddressRefusedError: the host is not declared.
        """
        if self._hosts is not None:
            host = host_of(self._system, request.url)
            if host not in self._hosts:
                remedy = "a connector calls the hosts it declares and no other"
                raise AddressRefusedError(self._system, host, "not a declared host", remedy=remedy)
        return super().send(request, *args, **kwargs)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - as in requests
        """Give every direct connection our context."""
        super().init_poolmanager(*args, **kwargs, ssl_context=self._context)

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:  # noqa: ANN401 - as in requests
        """Give every connection through a proxy our context, and the one to the proxy itself another.

        The client certificate is for the receiver: a proxy that asks for one would be shown who is calling,
        and could have things signed in the municipality's name.
        """
        return super().proxy_manager_for(
            proxy, **kwargs, ssl_context=self._context, proxy_ssl_context=_proxy_context()
        )

    def cert_verify(self, conn: Any, url: str, verify: object, cert: object) -> None:  # noqa: ANN401, ARG002 - as in requests
        """Ask for the peer's certificate, add no authority to the context, and have answers end in time."""
        conn.cert_reqs = "CERT_REQUIRED"
        if self._answer_timeout is not None:
            make_punctual(conn, self._answer_timeout)


class _WithoutPaths(logging.Filter):
    """Takes path, query and others' words out of what urllib3 logs; equal to its like, so added once."""

    def filter(self, record: logging.LogRecord) -> bool:
        # The text of an exception may quote the answer: of headers that cannot be parsed urllib3 shows all.
        record.exc_info = record.exc_text = None
        if isinstance(record.args, tuple):
            record.args = tuple(
                type(one).__name__ if isinstance(one, BaseException) else one for one in record.args
            )
        message = record.getMessage()
        shown = _PATH_OF_URL.sub(r"\1/…", _PATH.sub("/…", message))
        shown = shown.split("?", 1)[0]  # what is left of a query stands in a form we do not know
        if shown != message:
            record.msg, record.args = shown, ()
        return True

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _WithoutPaths)

    def __hash__(self) -> int:
        return hash(_WithoutPaths)


def keep_urls_out_of_logs() -> None:
    """See to it that urllib3 logs host, method and status only, at any level.

    ``cprNumber`` is a query parameter, and in many an API a number or a name is a part of the path.
    """
    for name in _LOGGERS:
        logging.getLogger(name).addFilter(_WithoutPaths())


def tls_context(
    settings: HttpSettings, surroundings: Surroundings, certificate: ClientCertificate | None
) -> ssl.SSLContext:
    """The context that checks the receiver and presents the client certificate.

    Raises:
        CertificateError: the CA bundle cannot be read, or OpenSSL refuses the client certificate.
    """
    if settings.ca_bundle:
        path = surroundings.folder / Path(settings.ca_bundle).expanduser()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        try:
            context.load_verify_locations(cafile=path)
        except OSError:  # ssl.SSLError, too: no certificate in the file
            remedy = f"put the authority's certificates (PEM) at {path}"
            raise CertificateError(settings.ca_bundle, "no CA bundle there", remedy=remedy) from None
    else:
        context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if certificate is not None:
        try:
            certificate.offer_in(context)
        except ssl.SSLError as error:
            problem = f"OpenSSL refuses it ({(error.reason or 'no reason given').lower()})"
            remedy = "order a certificate with a key that today's security level accepts"
            raise CertificateError("certificate", problem, remedy=remedy) from None
    return context


def _proxy_context() -> ssl.SSLContext:
    """The context for an https proxy: the system's trust, and no client certificate."""
    context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def host_of(system: str, url: str) -> str:
    """The ``host:port`` of an address, as it is connected to: lower case, ASCII.

    Raises:
        AddressRefusedError: it is no https address (http is for this machine only), or holds a password.
    """
    try:
        if _STRANGE.search(url):
            raise ValueError  # noqa: TRY301 - the same answer as from the parser below
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
        if not host.isascii():
            host = urlsplit(str(requests.Request("GET", f"https://{host}/").prepare().url)).hostname or ""
        if host and not _HOST.fullmatch(host):
            raise ValueError  # noqa: TRY301 - as above
    except ValueError:  # requests' InvalidURL is one
        raise AddressRefusedError(system, "?", "no address", remedy="write https://host[:port]") from None
    if parts.username is not None or parts.password is not None:
        remedy = "take user and password out of the address; secrets are references"
        raise AddressRefusedError(system, host, "a password in the address", remedy=remedy)
    if not host or not (parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host))):
        remedy = "write https://host[:port]; plain http is for this machine only"
        raise AddressRefusedError(system, host or "?", "not an https address", remedy=remedy)
    return f"{host}:{_PORTS[parts.scheme] if port is None else port}"


def is_loopback(host: str) -> bool:
    """Whether a host name is this machine."""
    return host in _LOOPBACK


def proxies_for(url: str, settings: HttpSettings, surroundings: Surroundings) -> Mapping[str, str]:
    """Scheme -> proxy for an address; empty for none. This machine is never reached through a proxy."""
    if is_loopback(urlsplit(url).hostname or ""):
        return {}
    if not settings.proxy:
        return get_environ_proxies(url, no_proxy=None)
    proxy = settings.proxy
    if settings.proxy_login is not None:
        user, _, password = surroundings.secret(settings.proxy_login).partition(":")
        scheme, _, rest = proxy.partition("://")
        proxy = f"{scheme}://{quote(user, safe='')}:{quote(password, safe='')}@{rest}"
    return {"http": proxy, "https": proxy}
