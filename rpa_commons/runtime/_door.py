"""The one door between a bot and its municipality's systems.

Rules this module keeps: a bot reaches a connector through a door only; a door knows the calls that its
capability declares and no others; what a call means (journal it, plan it, refuse it) is decided by ``Calls``.
"""

import difflib
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from rpa_commons.capabilities import BusinessError, CallSpec, CapabilitySpec, EffectClass
from rpa_commons.validators import contains_personal_number

from ._errors import BotMistake, RunRefusedError

__all__ = ["Calls", "Door", "effect_class_of", "refuse_unfit"]

_WEAKER: Mapping[EffectClass, tuple[EffectClass, ...]] = {
    "keyed": ("keyed", "probe", "unsafe"),
    "probe": ("probe", "unsafe"),
    "local": ("local", "probe", "unsafe"),
    "unsafe": ("unsafe",),
}


class Calls(Protocol):
    """What becomes of a bot's calls."""

    def query(self, spec: CallSpec, connector: object, arguments: dict[str, Any]) -> Any:  # noqa: ANN401 - the capability's type
        """Answer a query."""
        ...

    def effect(self, spec: CallSpec, connector: object, arguments: dict[str, Any], call_key: str) -> Any:  # noqa: ANN401 - the capability's type
        """Carry out an effect, or do whatever stands in its place."""
        ...


class Door:
    """A capability as a bot sees it."""

    def __init__(self, spec: CapabilitySpec, connector: object, calls: Calls) -> None:
        self._spec = spec
        self._connector = connector
        self._calls = calls

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name.startswith("_"):
            raise AttributeError(name)
        if name not in self._spec.calls:
            close = difflib.get_close_matches(name, self._spec.calls, n=1)
            guess = f"; did you mean {close[0]}?" if close else ""
            raise AttributeError(f"{self._spec.name} {self._spec.version} has no call {name!r}{guess}")
        spec = self._spec.calls[name]

        def call(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - the capability's own signature
            return self._call(spec, args, kwargs)

        return call

    def _call(self, spec: CallSpec, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:  # noqa: ANN401 - as above
        bound = spec.signature.bind(*args, **kwargs)
        bound.apply_defaults()
        arguments = dict(bound.arguments)
        if spec.since and not callable(getattr(self._connector, spec.method, None)):
            name = getattr(self._connector, "name", "this connector")
            raise BusinessError(
                f"{name} does not know {spec.name}, which came with version {spec.since}",
                remedy=f"bind {spec.capability} in stack.toml to a connector that does, or upgrade it",
            )
        if spec.effect_class is None:
            return self._calls.query(spec, self._connector, arguments)
        call_key = arguments.pop("key")
        if not isinstance(call_key, str):
            raise BotMistake(f"{spec.name}: key must be a word, not {type(call_key).__name__}")
        if contains_personal_number(call_key):  # it is kept and shown in clear
            raise BotMistake(
                f"{spec.name}: key must not hold a personal number; use the bot's digest() of it"
            )
        return self._calls.effect(spec, self._connector, arguments, call_key)


def effect_class_of(spec: CallSpec, connector: object) -> EffectClass:
    """The class of an effect as this connector carries it out: as declared, or weaker where it says so."""
    weakened: Mapping[str, EffectClass] = getattr(connector, "effect_classes", None) or {}
    declared: EffectClass = spec.effect_class or "unsafe"
    return weakened.get(spec.method, declared)


def refuse_unfit(spec: CapabilitySpec, name: str, connector: object) -> None:
    """Check a connector instance against its capability before anything runs.

    Raises:
        RunRefusedError: it lacks a call or a probe, or claims a stronger class than the capability declares.
    """
    for call in spec.calls.values():
        if not callable(getattr(connector, call.method, None)):
            if call.since:  # made before the call was: the door says so when a bot wants it
                continue
            raise RunRefusedError(f"connector {name} does not implement {call.name}")
        if call.effect_class is None:
            continue
        used = effect_class_of(call, connector)
        if used not in _WEAKER[call.effect_class]:
            raise RunRefusedError(
                f"connector {name} calls {call.name} {used}, the capability declares {call.effect_class}",
                remedy="a connector may only weaken what a capability declares",
            )
        if used == "probe" and not callable(getattr(connector, f"probe_{call.method}", None)):
            raise RunRefusedError(f"connector {name} has no probe_{call.method}, which {call.name} needs")
