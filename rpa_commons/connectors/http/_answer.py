"""An answer: read whole or not at all, and judged by its status (RFC 9110)."""

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from types import MappingProxyType
from typing import Any, Literal, NoReturn, TypeVar

import requests
from pydantic import BaseModel, ValidationError

from rpa_commons.capabilities import RpaCommonsError, TransientError

from ._errors import (
    AccessRefusedError,
    BusyError,
    RequestRefusedError,
    UnclearAnswerError,
    UnexpectedAnswerError,
)

__all__ = ["Answer", "Kind", "judged", "read_whole"]

Kind = Literal["query", "keyed", "unsafe"]
"""``query`` changes nothing, ``keyed`` may be repeated, ``unsafe`` must not be sent twice."""

_Model = TypeVar("_Model", bound=BaseModel)
_MOST_PLACES = 5  # fields named in an error
_PIECE = 64 * 1024  # bytes
_NOT_DONE = frozenset({408, 425, 429})  # RFC 9110 15.5.9, RFC 8470 5.2, RFC 6585 4: not processed
_BUSY = frozenset({429, 503})
_NO_BODY = frozenset({204, 304})
_LONGEST_WISH = 24 * 3600.0  # seconds; what is more is a mistake of the receiver's
_MOST_VALUES = 1_000_000  # "[", "{" and ",": an upper bound of values; 20 MB of "{}," are 500 MB in Python
_MAYBE_HALF = re.compile(rb"\\u[dD][89a-fA-F]")


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
        kind: What the request was; see :data:`Kind`.
    """

    system: str
    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    after_doubt: bool = field(default=False, repr=False)
    kind: Kind = field(default="query", repr=False)

    @property
    def is_page(self) -> bool:
        """Whether it is a page for people: a gateway sends its sign-in or error page as a success, too."""
        return "html" in self.headers.get("content-type", "").lower()

    def json(self) -> Any:  # noqa: ANN401 - JSON
        """The body as JSON, strictly: in UTF-8, without ``NaN`` (RFC 8259 6 and 8), of bounded richness.

        Raises:
            UnexpectedAnswerError: it is none, and was asked for by a query.
            UnclearAnswerError: it is none, and an effect was asked for.
        """
        try:
            if sum(map(self.body.count, (b"[", b"{", b","))) <= _MOST_VALUES:
                return _json(self.body)
            problem = f"the answer has more than {_MOST_VALUES} values"
        except (ValueError, RecursionError):  # the latter: a hundred thousand brackets
            problem = "the answer is no JSON"
        raise self.unexpected(problem)

    def as_model(self, model: type[_Model], expected: str = "as the system's contract says") -> _Model:
        """The body as JSON of a declared shape.

        Args:
            model: The shape.
            expected: For the error: what the answer is not.

        Raises:
            UnexpectedAnswerError: it is not of the shape, and was asked for by a query; names the fields that
                are wrong and no value.
            UnclearAnswerError: the same, and an effect was asked for.
        """
        try:
            return model.model_validate(self.json())
        except ValidationError as error:
            places = sorted({".".join(map(str, one["loc"])) or "the whole" for one in error.errors()})
        raise self.unexpected(f"the answer is not {expected} at {', '.join(places[:_MOST_PLACES])}")

    def unexpected(self, problem: str) -> RpaCommonsError:
        """The error to raise for an answer that is not what the system's contract says.

        A query's is a business error. An effect's is not: whoever answers with nonsense may have carried it
        out, and a business error is remembered as a refusal.

        Args:
            problem: What was expected; never the answer itself.
        """
        if self.kind == "query":
            return UnexpectedAnswerError(self.system, problem)
        return UnclearAnswerError(self.system, problem)


def read_whole(system: str, response: requests.Response, *, largest: int) -> Answer:
    """Read all of an answer; half of one is a failure, however well it began.

    Raises:
        TransientError: it is over ``largest`` bytes, or may not be whole.
    """
    headers = {name.lower(): text for name, text in response.headers.items()}
    body = bytearray()
    while piece := response.raw.read1(_PIECE, decode_content=False):
        body += piece
        if len(body) > largest:
            raise TransientError(system, f"the answer is over {largest} bytes", sent="maybe")
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
        wait = _retry_after(answer.headers)
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
    # One length said twice is one (RFC 9110 8.6); of two that differ urllib3 reads no answer.
    promised = headers.get("content-length", "").split(",")[0].strip()
    if promised.isdecimal() and (promised.lstrip("0") or "0") != str(size):
        return f"half an answer: {size} of {promised[:20]} bytes"
    # Without a length and without chunks, an answer cut short, even in the middle of its headers, looks
    # whole (RFC 9112 8). An error is one all the same; a success that may be half of one is none. What is no
    # length, and a coding that http.client does not take apart, is read to the end of the connection, too.
    told = promised.isdecimal() or headers.get("transfer-encoding", "").lower() == "chunked"
    if not told and status < requests.codes.bad_request and status not in _NO_BODY:
        return "the answer does not say how long it is, so it may be half of one"
    if headers.get("content-encoding", "identity") != "identity":
        return "the answer is compressed though not asked for"
    return ""


def _json(body: bytes) -> Any:  # noqa: ANN401 - JSON
    value = json.loads(body.decode("utf-8-sig"), parse_constant=_no_constant)
    if _MAYBE_HALF.search(body):
        # Half a character ("\ud800") is a text that no file, database or letter can hold.
        json.dumps(value, ensure_ascii=False).encode()
    return value


def _no_constant(_: str) -> NoReturn:
    raise ValueError("no number of JSON")


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds in a ``Retry-After`` header, which holds seconds or a date (RFC 9110 10.2.3); at most a day.

    A date is read against the answer's own ``Date``: what the receiver's clock and ours say of the hour does
    not matter then.
    """
    text = headers.get("retry-after", "").strip()
    if text.isascii() and text.isdecimal():
        return min(float(text[:9]), _LONGEST_WISH)
    when, sent = _moment(text), _moment(headers.get("date", ""))
    if when is None:
        return None
    return min(max(0.0, (when - (sent or datetime.now(UTC))).total_seconds()), _LONGEST_WISH)


def _moment(text: str) -> datetime | None:
    try:
        when = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return when if when.tzinfo else when.replace(tzinfo=UTC)
