"""What can go wrong over HTTP, told by what the caller does about it, without personal data.

The one question that matters after a failure is whether the request may have reached the receiver. The rules
follow RFC 9110 (which status means that nothing was done) and what urllib3 knows of a connection's state.
"""

import ssl
from collections.abc import Iterator
from typing import Literal

import requests
from urllib3 import exceptions as urllib3_exceptions

from rpa_commons.capabilities import BusinessError, RpaCommonsError, TransientError

__all__ = [
    "AccessRefusedError",
    "AddressRefusedError",
    "BusyError",
    "CircuitOpenError",
    "RequestRefusedError",
    "UnclearAnswerError",
    "UnexpectedAnswerError",
    "failure_of",
]

# Reasons of OpenSSL that end a handshake: the receiver has not seen a request. Under TLS 1.3 the receiver's
# word about *our* certificate arrives after we have written, but it is still its handshake that failed.
_OUR_CERTIFICATE = ("ALERT_CERTIFICATE", "ALERT_BAD_CERTIFICATE", "ALERT_UNKNOWN_CA", "CERTIFICATE_REQUIRED")
_HANDSHAKE = ("HANDSHAKE", "WRONG_VERSION", "UNSUPPORTED_PROTOCOL", "PROTOCOL_VERSION", "HTTP_REQUEST")

_Failure = tuple[tuple[type[BaseException], ...], str, Literal["no", "maybe"], str]
_FAILURES: tuple[_Failure, ...] = (  # the first that fits
    # requests gives this one the name of the next; it is about the answer, so the request has arrived.
    ((urllib3_exceptions.InvalidHeader,), "{host} says two lengths of its answer", "maybe", ""),
    (
        (requests.exceptions.InvalidHeader, UnicodeError),
        "a header for {host} cannot be written",
        "no",
        "check secrets and texts in stack.toml that go into headers: no line break, nothing beyond Latin-1",
    ),
    (
        (requests.exceptions.ProxyError, urllib3_exceptions.ProxyError),
        "the proxy did not open a way to {host}",
        "no",
        "check proxy and proxy_login in stack.toml, or HTTPS_PROXY and NO_PROXY",
    ),
    (
        (urllib3_exceptions.NameResolutionError,),
        "the name {host} is not known",
        "no",
        "check the address in stack.toml and the name server",
    ),
    (
        (urllib3_exceptions.ConnectTimeoutError, urllib3_exceptions.NewConnectionError),
        "{host} takes no connection",
        "no",
        "check that the system is up and the firewall lets this machine through",
    ),
    ((urllib3_exceptions.ReadTimeoutError, TimeoutError), "{host} did not answer in time", "maybe", ""),
    ((urllib3_exceptions.IncompleteRead,), "{host} sent half an answer", "maybe", ""),
)


class AccessRefusedError(TransientError):
    """The receiver does not let this municipality in: cases wait until a person has mended the access."""

    exit_code: int = 4

    def __init__(self, system: str, problem: str, *, remedy: str) -> None:
        super().__init__(system, problem, sent="no", remedy=remedy)


class AddressRefusedError(RpaCommonsError):
    """An address is not one that this connector may call.

    Attributes:
        system: The connector's name for the system.
        host: The host that was refused.
    """

    exit_code: int = 2

    def __init__(self, system: str, host: str, problem: str, *, remedy: str) -> None:
        super().__init__(f"{system}: {host}: {problem}", remedy=remedy)
        self.system = system
        self.host = host


class BusyError(TransientError):
    """The receiver asks to be called later.

    Attributes:
        status: The HTTP status that said so.
        retry_after: Seconds to wait, as the receiver says; ``None`` when it does not.
    """

    def __init__(self, system: str, status: int, *, sent: bool, retry_after: float | None) -> None:
        wait = "" if retry_after is None else f" and asks to wait {retry_after:.0f} s"
        problem = f"is busy (status {status}){wait}"
        super().__init__(system, problem, sent="maybe" if sent else "no", retry_after=retry_after)
        self.status = status


class CircuitOpenError(TransientError):
    """A host failed so often that it is left alone for a while; nothing was sent.

    That is our own wish and not the receiver's, so ``retry_after`` says nothing: who has many cases gives up
    early instead of waiting with each of them.

    Attributes:
        host: The ``host:port``.
        rest: Seconds until it is tried again.
    """

    def __init__(self, system: str, host: str, *, failures: int, rest: float) -> None:
        super().__init__(
            system,
            f"{host} is left alone for another {max(1.0, rest):.0f} s: the last {failures} calls to "
            "it got no usable answer",
            sent="no",
            remedy="the cases wait and nothing is lost; check that the system is up, or change "
            "breaker_failures and breaker_rest in stack.toml",
        )
        self.host = host
        self.rest = rest


class RequestRefusedError(BusinessError):
    """The receiver refuses this request for good.

    Attributes:
        system: The connector's name for the system.
        status: The HTTP status.
    """

    def __init__(self, system: str, status: int) -> None:
        super().__init__(
            f"{system}: the request was refused (status {status})",
            remedy="look the case up in the system; the run log has the transaction's time",
        )
        self.system = system
        self.status = status


class UnclearAnswerError(TransientError):
    """The answer to an effect is not what the system's contract says: it may have been carried out.

    Attributes:
        problem: What was expected; never the answer itself.
    """

    def __init__(self, system: str, problem: str) -> None:
        super().__init__(
            system,
            f"{problem}; it may have been carried out",
            sent="maybe",
            remedy="check that the address in stack.toml is this system's and that its version is supported",
        )
        self.problem = problem


class UnexpectedAnswerError(BusinessError):
    """An answer is not what the system's contract says.

    Attributes:
        system: The connector's name for the system.
        problem: What was expected; never the answer itself.
    """

    def __init__(self, system: str, problem: str) -> None:
        super().__init__(
            f"{system}: {problem}",
            remedy="check that the address in stack.toml is this system's and that its version is supported",
        )
        self.system = system
        self.problem = problem


def failure_of(system: str, host: str, error: Exception, *, certificate: bool) -> TransientError:
    """The failure that an exception of requests, urllib3 or the socket means, saying whether it was sent.

    Args:
        system: The connector's name for the system.
        host: Which host was called.
        error: What was raised; its text names the URL and is never passed on.
        certificate: Whether a client certificate was offered; then a cut connection may be about it.
    """
    causes = tuple(_causes(error))
    for cause in causes:
        if isinstance(cause, ssl.SSLError):
            return _tls_failure(system, host, cause)
    for types, problem, sent, remedy in _FAILURES:
        if any(isinstance(cause, types) for cause in causes):
            return TransientError(system, problem.format(host=host), sent=sent, remedy=remedy)
    hint = (
        "if it happens always, check that the receiver accepts the client certificate" if certificate else ""
    )
    return TransientError(system, f"{host} cut the connection", sent="maybe", remedy=hint)


def _tls_failure(system: str, host: str, error: ssl.SSLError) -> TransientError:
    reason = (getattr(error, "reason", None) or "").upper()
    if isinstance(error, ssl.SSLCertVerificationError) or "CERTIFICATE_VERIFY_FAILED" in reason:
        why = getattr(error, "verify_message", "") or "it is not trusted"
        return AccessRefusedError(
            system,
            f"the certificate of {host} was not accepted: {why}",
            remedy="name the authority's PEM file in ca_bundle, or add it to the system's trust store",
        )
    if any(word in reason for word in _OUR_CERTIFICATE):
        return AccessRefusedError(
            system,
            f"{host} does not accept our client certificate ({reason.lower()})",
            remedy="check that the certificate is in date, issued by an authority the receiver trusts, and "
            "registered for this system; then renew certificate in stack.toml",
        )
    if any(word in reason for word in _HANDSHAKE):
        remedy = "check that the address is an https address and speaks TLS 1.2 or later"
        return TransientError(system, f"no TLS session with {host}", sent="no", remedy=remedy)
    return TransientError(system, f"the TLS session with {host} broke", sent="maybe")


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The exception and all it wraps, which requests and urllib3 keep in ``args`` and ``reason``."""
    pending: list[object] = [error]
    seen: set[int] = set()
    while pending:
        one = pending.pop(0)
        if not isinstance(one, BaseException) or id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        pending += [getattr(one, "reason", None), *one.args, one.__cause__]
