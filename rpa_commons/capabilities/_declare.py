"""How a capability declares itself: a versioned Protocol whose methods are queries or effects.

Rules this module keeps:

* every public method of a capability is marked ``@query`` or ``@effect``; an unmarked one is an error;
* an effect names its class, there is no default: what happens after a crash must be decided by whoever
  knows the receiver (see :class:`EffectClass`);
* an effect takes a keyword ``key``. The bot may pass a word there that tells two calls of one effect in one
  item apart; the runtime replaces it by the idempotency key before the connector sees it;
* an effect names ``planned``, a function of the same arguments that builds the typed receipt a plan shows.

Usage::

    @capability(version="1.0")
    class Ledger(Protocol):
        @query
        def balance(self, account: str) -> Decimal: ...

        @effect("keyed", planned=lambda posting, *, key="": Receipt(id="planned", planned=True))
        def post(self, posting: Posting, *, key: str = "") -> Receipt: ...
"""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal, TypeVar, get_args

__all__ = [
    "CallSpec",
    "CapabilitySpec",
    "EffectClass",
    "added_in",
    "capability",
    "capability_spec",
    "effect",
    "is_capability",
    "query",
]

EffectClass = Literal["keyed", "probe", "local", "unsafe"]
"""What may be done when an effect was interrupted between its intent and its result.

``keyed``   the receiver honours our key: repeat with the same key.
``probe``   the receiver can be searched by our key: ``probe_<method>(..., key=...)`` is asked first.
``local``   the effect is part of our own database transaction: repeat.
``unsafe``  at most once: the item becomes ``in_doubt`` and a person says whether it happened.
"""

_T = TypeVar("_T")
_F = TypeVar("_F", bound=Callable[..., Any])
_MARK = "__rpac_call__"
_SPEC = "__rpac_capability__"
_SINCE = "__rpac_since__"


@dataclass(frozen=True)
class CallSpec:
    """One method of a capability.

    Attributes:
        capability: Name of the capability, e.g. ``"DigitalPost"``.
        method: Name of the method, e.g. ``"send"``.
        effect_class: ``None`` for a query.
        decisive: The effect carries out a decision about a citizen; the runtime checks who decided.
        planned: Builds the receipt that a plan returns instead of calling; ``None`` for a query.
        returns: The annotated return type, which the journal needs to read a recorded result back.
        signature: The method's signature without ``self``.
        since: The capability's version that brought the method, when it was not there from the start: a
            connector made before that may lack it.
    """

    capability: str
    method: str
    effect_class: EffectClass | None
    decisive: bool
    planned: Callable[..., Any] | None
    returns: Any
    signature: inspect.Signature
    since: str = ""

    @property
    def name(self) -> str:
        """The name under which the call is journalled: ``Capability.method``."""
        return f"{self.capability}.{self.method}"


@dataclass(frozen=True)
class CapabilitySpec:
    """A capability's name, version (``major.minor``) and calls by method name."""

    name: str
    version: str
    calls: Mapping[str, CallSpec]


def query(function: _F) -> _F:
    """Mark a capability method as a query: it changes nothing outside and may be repeated freely."""
    setattr(function, _MARK, (None, False, None))
    return function


def added_in(version: str) -> Callable[[_F], _F]:
    """Mark a call that a later ``major.minor`` version has added; connectors made before may lack it.

    A bot that calls it on such a connector meets a ``BusinessError``, in a plan too.
    """

    def mark(function: _F) -> _F:
        setattr(function, _SINCE, version)
        return function

    return mark


def effect(
    effect_class: EffectClass, *, planned: Callable[..., Any], decisive: bool = False
) -> Callable[[_F], _F]:
    """Mark a capability method as an effect: it changes the outside world and has one door.

    Args:
        effect_class: What may be done after an interruption; see :data:`EffectClass`.
        planned: A function of the same arguments that returns the receipt shown by ``rpac plan``.
        decisive: Whether the call carries out a decision about a citizen.

    Raises:
        TypeError: ``effect_class`` is not one of the four.
    """
    if effect_class not in get_args(EffectClass):
        raise TypeError(f"an effect is one of {', '.join(get_args(EffectClass))}, not {effect_class!r}")

    def mark(function: _F) -> _F:
        setattr(function, _MARK, (effect_class, decisive, planned))
        return function

    return mark


def capability(*, version: str) -> Callable[[type[_T]], type[_T]]:
    """Declare a Protocol class as a capability of the given ``major.minor`` version.

    Raises:
        TypeError: a public method is neither a query nor an effect, or an effect has no keyword ``key``.
    """

    def declare(protocol: type[_T]) -> type[_T]:
        calls = {}
        for method, function in vars(protocol).items():
            if method.startswith("_") or not inspect.isfunction(function):
                continue
            calls[method] = _call_spec(protocol.__name__, method, function)
        spec = CapabilitySpec(protocol.__name__, version, MappingProxyType(calls))
        setattr(protocol, _SPEC, spec)
        return protocol

    return declare


def is_capability(annotation: object) -> bool:
    """Whether an annotation is a class declared with :func:`capability`."""
    return isinstance(annotation, type) and _SPEC in vars(annotation)


def capability_spec(protocol: type) -> CapabilitySpec:
    """The spec of a declared capability.

    Raises:
        TypeError: the class is not declared with :func:`capability`.
    """
    if not is_capability(protocol):
        raise TypeError(f"{protocol.__name__} is not declared with @capability(version=...)")
    spec: CapabilitySpec = vars(protocol)[_SPEC]
    return spec


def _call_spec(capability_name: str, method: str, function: Callable[..., Any]) -> CallSpec:
    mark = getattr(function, _MARK, None)
    if mark is None:
        raise TypeError(f"{capability_name}.{method} must be marked @query or @effect(...)")
    effect_class, decisive, planned = mark
    signature = inspect.signature(function, eval_str=True)
    parameters = list(signature.parameters.values())[1:]
    signature = signature.replace(parameters=parameters)
    key = signature.parameters.get("key")
    if effect_class is not None and (key is None or key.kind is not key.KEYWORD_ONLY):
        raise TypeError(f"{capability_name}.{method} is an effect and needs a keyword-only parameter 'key'")
    return CallSpec(
        capability=capability_name,
        method=method,
        effect_class=effect_class,
        decisive=decisive,
        planned=planned,
        returns=signature.return_annotation,
        signature=signature,
        since=getattr(function, _SINCE, ""),
    )
