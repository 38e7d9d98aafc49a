"""Reading JSON from a caller: UTF-8, no ``NaN``, not nested beyond what Python reads."""

import json
from typing import Any

from ._refusal import Refusal

__all__ = ["parse_json"]


def parse_json(body: bytes) -> Any:  # noqa: ANN401 - parsed JSON
    """What the document says.

    Raises:
        Refusal: 400 for anything that is no JSON (RFC 8259).
    """
    try:
        return json.loads(body.decode("utf-8"), parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise Refusal(400, "json", "the body is no JSON") from None


def _refuse(constant: str) -> None:
    raise ValueError(constant)
