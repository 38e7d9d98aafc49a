"""Values to bytes and back: what the journal keeps of calls, payloads and facts.

Rules this module keeps: JSON only, never pickle; a result is read back by the type that its capability
declares; what cannot be read back is refused when it is written and not a week later.
"""

import functools
import json
from collections.abc import Mapping
from typing import Any

import pydantic_core
from pydantic import BaseModel, TypeAdapter, ValidationError

from rpa_commons.capabilities import CallSpec, RpaCommonsError

__all__ = ["ContractError", "arguments_bytes", "payload_bytes", "read_result", "record_bytes", "result_bytes"]


class ContractError(RpaCommonsError):
    """A connector answered with something that its capability does not declare.

    Attributes:
        call: ``Capability.method``.
    """

    def __init__(self, call: str) -> None:
        super().__init__(
            f"{call}: the connector's answer is not of the type that the capability declares",
            remedy="report it to whoever ships the connector; its contract tests should fail too",
        )
        self.call = call


def result_bytes(spec: CallSpec, value: object) -> bytes:
    """A call's result as JSON.

    Raises:
        ContractError: the value is not of the declared type.
    """
    adapter = _adapter(spec.returns)
    try:
        return adapter.dump_json(adapter.validate_python(value))
    except (ValidationError, pydantic_core.PydanticSerializationError):
        raise ContractError(spec.name) from None


def read_result(spec: CallSpec, data: bytes) -> Any:  # noqa: ANN401 - the capability's own type
    """The result that :func:`result_bytes` wrote.

    Raises:
        ContractError: the capability's type has changed so that it can no longer be read.
    """
    try:
        return _adapter(spec.returns).validate_json(data)
    except ValidationError:
        raise ContractError(spec.name) from None


def arguments_bytes(arguments: Mapping[str, Any]) -> bytes:
    """A call's arguments as JSON, equal for equal arguments: compared by digest, never stored."""
    return pydantic_core.to_json(arguments, bytes_mode="base64")


def payload_bytes(payload: BaseModel) -> tuple[bytes, bytes]:
    """A payload as JSON to store, and in the form to compare.

    The second leaves out what equals its default: a field that an upgrade adds with a default does not make
    every known payload another one.
    """
    compared = payload.model_dump(mode="json", exclude_defaults=True)
    return payload.model_dump_json().encode(), json.dumps(compared, sort_keys=True).encode()


def record_bytes(record: Mapping[str, Any]) -> bytes:
    """An outcome's record (kind, reason, facts, rules) as JSON; unknown objects by their text."""
    return pydantic_core.to_json(record, bytes_mode="base64", fallback=str)


@functools.cache
def _adapter(annotation: Any) -> TypeAdapter[Any]:  # noqa: ANN401 - any annotation
    return TypeAdapter(annotation)
