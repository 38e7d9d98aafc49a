"""An answer: read whole or not at all, and judged by its status (RFC 9110)."""

import json
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from types import MappingProxyType
from typing import Any

import requests

from rpa_commons.capabilities import TransientError

from ._errors import AccessRefusedError, BusyError, RequestRefusedError, UnexpectedAnswerError

__all__ = ["Answer", "judged", "read_whole"]

_PIECE = 64 * 1024  # bytes
_NOT_DONE = frozenset({408, 425, 429})  # RFC 9110 15.5.9, RFC 8470 5.2, RFC 6585 4: not processed
_BUSY = frozenset({429, 503})
_NO_BODY = frozenset({204, 304})


@dataclass(frozen=True)
class Answer:
    """A whole answer. Its body may be personal: it stays out of ``repr``.

    Attributes:
        system: The connector's name for the system that answered.
        status: The HTTP status.
        headers: Header names in lower case.
        body: All of it.
        after_doubt: An earlier attempt of the same call may have been carried out: what this answer says
            about the repeat says nothing about that one.
    """

    system: str
    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    after_doubt: bool = field(default=False, repr=False)

    def json(self) -> Any:  # noqa: ANN401 - JSON
        """The body as JSON.

        Raises:
            UnexpectedAnswerError: it is none.
        """
        try:
            return json.loads(self.body)
        except ValueError:
            problem = "the answer is no JSON"
        raise UnexpectedAnswerError(self.system, problem)


def read_whole(system: str, response: requests.Response, *, largest: int, seconds: float) -> Answer:
    """Read all of an answer; half of one is a failure, however well it began.

    Raises:
        TransientError: it is over ``largest`` bytes, took over ``seconds``, or may not be whole.
    """
    headers = {name.lower(): text for name, text in response.headers.items()}
    deadline = time.monotonic() + seconds
    body = bytearray()
    # read1 returns what has come, so that a receiver who trickles meets the deadline.
    while piece := response.raw.read1(_PIECE, decode_content=False):
        body += piece
        if len(body) > largest:
            raise TransientError(system, f"the answer is over {largest} bytes", sent="maybe")
        if time.monotonic() > deadline:
            raise TransientError(system, "the answer did not end in time", sent="maybe")
    problem = _doubt(response.status_code, headers, len(body))
    if problem:
        raise TransientError(system, problem, sent="maybe")
    return Answer(system, response.status_code, MappingProxyType(headers), bytes(body))


def judged(answer: Answer, accept: Collection[int]) -> Answer:
    """The answer, where its status is a success or one that the caller reads itself.

    Raises:
        AccessRefusedError: 401 or 403.
        TransientError: the request can be sent again later.
        RequestRefusedError: any other 4xx.
    """
    system, status = answer.system, answer.status
    if requests.codes.ok <= status < requests.codes.multiple_choices or status in accept:
        return answer
    if status in (requests.codes.unauthorized, requests.codes.forbidden):
        remedy = "check agreement, registered certificate and CVR number with the system's owner"
        raise AccessRefusedError(system, f"no access (status {status})", remedy=remedy)
    if status in _BUSY:
        wait = _retry_after(answer.headers.get("retry-after", ""))
        raise BusyError(system, status, sent=status not in _NOT_DONE, retry_after=wait)
    if status in _NOT_DONE:
        raise TransientError(system, f"did not take the request (status {status})", sent="no")
    if status >= requests.codes.server_error:
        raise TransientError(system, f"failed (status {status})", sent="maybe")
    if status < requests.codes.bad_request:
        remedy = "set the system's present address in stack.toml; redirects are not followed"
        raise TransientError(system, f"moved elsewhere (status {status})", sent="maybe", remedy=remedy)
    raise RequestRefusedError(system, status)


def _doubt(status: int, headers: Mapping[str, str], size: int) -> str:
    """Why an answer may not be whole or cannot be read; empty when it is and can."""
    promised = headers.get("content-length", "")
    if promised.isdecimal() and int(promised) != size:
        return f"half an answer: {size} of {promised} bytes"
    # Without a length and without chunks, an answer cut short, even in the middle of its headers, looks
    # whole (RFC 9112 8). An error is one all the same; a success that may be half of one is none.
    chunked = "chunked" in headers.get("transfer-encoding", "").lower()
    if not promised and not chunked and status < requests.codes.bad_request and status not in _NO_BODY:
        return "the answer does not say how long it is, so it may be half of one"
    if headers.get("content-encoding", "identity") != "identity":
        return "the answer is compressed though not asked for"
    return ""


def _retry_after(text: str) -> float | None:
    """Seconds in a ``Retry-After`` header, which holds seconds or a date (RFC 9110 10.2.3)."""
    if text.isascii() and text.isdecimal():
        return float(text)
    try:
        when = parsedate_to_datetime(text)
    except ValueError:
        return None
    when = when if when.tzinfo else when.replace(tzinfo=UTC)
    return max(0.0, (when - datetime.now(UTC)).total_seconds())
