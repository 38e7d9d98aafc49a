"""Why a simulated service refuses a call; each service renders it in its own format."""

import json
import re
from datetime import datetime

from ._http import Request, Response

__all__ = ["Refusal", "check_transaction_headers", "is_uuid", "refusal_json"]

_UUID = re.compile(r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}", re.ASCII)
_UTC = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z", re.ASCII)


class Refusal(Exception):  # noqa: N818 - it is an answer, not a failure
    """A call that the service turns down.

    Attributes:
        status: HTTP status.
        code: A short word for tests and the journal; ours, the real systems' codes are not public.
        text: What is wrong, without personal data.
    """

    def __init__(self, status: int, code: str, text: str) -> None:
        super().__init__(f"{status} {code}: {text}")
        self.status = status
        self.code = code
        self.text = text


def refusal_json(refusal: Refusal, challenge: str = "Holder-of-key") -> Response:
    """The refusal as JSON with ``error`` and ``error_description`` (RFC 6749, section 5.2).

    Args:
        refusal: What is refused, and why.
        challenge: What ``WWW-Authenticate`` of a 401 says; empty: there is no such header.
    """
    body = json.dumps({"error": refusal.code, "error_description": refusal.text}).encode()
    headers = {"WWW-Authenticate": challenge} if refusal.status == 401 and challenge else {}  # noqa: PLR2004 - HTTP
    return Response(refusal.status, body, "application/json", headers)


def is_uuid(text: str) -> bool:
    """Whether the text has the shape of a UUID, any version, either case."""
    return _UUID.fullmatch(text) is not None


def check_transaction_headers(request: Request) -> None:
    """``X-TransaktionsId`` is a UUID, ``X-TransaktionsTid`` a moment in UTC that ends in Z.

    Raises:
        Refusal: 400 when one is missing or malformed.
    """
    if not is_uuid(request.header("X-TransaktionsId")):
        raise Refusal(400, "transaction-id", "the header X-TransaktionsId must be a UUID")
    moment = request.header("X-TransaktionsTid")
    try:
        datetime.fromisoformat(moment)
        well_formed = _UTC.fullmatch(moment) is not None
    except ValueError:
        well_formed = False
    if not well_formed:
        raise Refusal(400, "transaction-time", "the header X-TransaktionsTid must be UTC, ISO 8601 with Z")
