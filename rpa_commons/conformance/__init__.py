"""Static rules on a wheel: run by ``rpac check`` and by the registry; nothing in a wheel is executed.

Whatever looks into a wheel is loaded when it is first asked for, since every command that reads a
configuration imports this package for :func:`record_problems` alone.

Usage::

    report = examine(Path("welcome_letters-1.0.0-py3-none-any.whl"))
    report.refused, report.findings, report.observations
"""

import importlib
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from ._codes import CODES
from ._members import Places, mode_problems, path_problems, portability_problems
from ._pages import UnknownWheelCodeError, page_of
from ._record import record_problems
from ._signing import (
    SigningKeyError,
    canonical,
    load_key_file,
    new_key_file,
    public_key_text,
    sign,
    verify,
)

if TYPE_CHECKING:
    from ._examine import WheelUnreadableError, examine
    from ._licence import ACCEPTED_LICENCES
    from ._limits import Limits
    from ._report import Observation, WheelFinding, WheelReport
    from ._schema_rules import is_secret_in_clear
    from ._stack_match import StackMatch, stack_match

__all__ = [
    "ACCEPTED_LICENCES",
    "CODES",
    "Limits",
    "Observation",
    "Places",
    "SigningKeyError",
    "StackMatch",
    "UnknownWheelCodeError",
    "WheelFinding",
    "WheelReport",
    "WheelUnreadableError",
    "canonical",
    "examine",
    "is_secret_in_clear",
    "load_key_file",
    "mode_problems",
    "new_key_file",
    "page_of",
    "path_problems",
    "portability_problems",
    "public_key_text",
    "record_problems",
    "sign",
    "stack_match",
    "verify",
]

_LATER = MappingProxyType(
    {
        "ACCEPTED_LICENCES": "_licence",
        "Limits": "_limits",
        "Observation": "_report",
        "StackMatch": "_stack_match",
        "WheelFinding": "_report",
        "WheelReport": "_report",
        "WheelUnreadableError": "_examine",
        "examine": "_examine",
        "is_secret_in_clear": "_schema_rules",
        "stack_match": "_stack_match",
    }
)


def __getattr__(name: str) -> Any:  # noqa: ANN401 - whatever the name stands for
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_LATER[name]}"), name)
