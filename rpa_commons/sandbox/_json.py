"""Reading JSON from a caller: UTF-8, no ``NaN``, no half characters, not nested beyond what Python reads."""

import json
from typing import Any

from ._http import Request
from ._refusal import Refusal

__all__ = ["json_object", "parse_json"]


def json_object(request: Request) -> dict[str, Any]:
    """The JSON object that a request holds.

    Raises:
        Refusal: 415 for another media type, 400 where no JSON object was sent.
    """
    if request.media_type != "application/json":
        raise Refusal(415, "content-type", "the body must be application/json")
    data = parse_json(request.body)
    if not isinstance(data, dict):
        raise Refusal(400, "json", "the body must be a JSON object")
    return data


def parse_json(body: bytes) -> Any:  # noqa: ANN401 - parsed JSON
    """What the document says.

    Raises:
        Refusal: 400 for anything that is no JSON (RFC 8259).
    """
    try:
        data = json.loads(body.decode("utf-8"), parse_constant=_refuse)
        if b"\\u" in body:  # half a surrogate pair (RFC 8259, section 8.2) fits into no file
            json.dumps(data, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise Refusal(400, "json", "the body is no JSON") from None
    return data


def _refuse(constant: str) -> None:
    raise ValueError(constant)
