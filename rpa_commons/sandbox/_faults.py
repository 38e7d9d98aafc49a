"""Faults on request: which service misbehaves next, how, and how often.

A fault is set with a count (``times=3``: the next three calls) or a probability (``probability=0.1``; from a
seeded generator, so that a test meets the same calls again), or both. Without either it happens once.
"""

import difflib
import random
import threading
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from ._errors import FaultError
from ._service import Service
from ._services import SERVICES

__all__ = ["DONE_FIRST", "FAULT_ALIASES", "FAULT_KINDS", "Fault", "Faults"]

FAULT_KINDS: Mapping[str, str] = {
    "time-out": "takes the request, does nothing with it and never answers",
    "taken-then-time-out": "takes the effect, then never answers",
    "401": "answers HTTP 401: the token is refused",
    "429": "answers HTTP 429 with Retry-After, and does nothing",
    "500": "answers HTTP 500 and does nothing",
    "503": "answers HTTP 503 with Retry-After, and does nothing",
    "half-answer": "does what was asked, then breaks off in the middle of the answer",
    "reset": "does what was asked, then resets the connection in the middle of the answer",
    "invalid-answer": "does what was asked, and answers what the contract does not know",
    "slow": "answers after a delay",
    "duplicate-receipt": "takes the effect, but answers that it had it already",
}
FAULT_ALIASES: Mapping[str, str] = {"timeout": "time-out", "refused-token": "401"}
DONE_FIRST = frozenset(
    {"half-answer", "reset", "invalid-answer", "taken-then-time-out", "duplicate-receipt", "slow"}
)
"""What was asked is done, and then something goes wrong; before the others nothing is done."""
_EFFECTS_ONLY = {"taken-then-time-out", "duplicate-receipt"}
_LONGEST = 24 * 3600 * 1000  # milliseconds; nobody waits longer, and a thread cannot wait for any number
_DEFAULT_MILLISECONDS = {"slow": 1000, "429": 1000, "503": 1000}


@dataclass
class Fault:
    """One standing order to misbehave.

    Attributes:
        times: How many more calls it hits; ``None`` for no limit.
        probability: Share of the calls it hits, 0-1.
        milliseconds: ``slow``: the delay. ``429``, ``503``: what Retry-After says, rounded up to whole
            seconds.
            Time-outs: when the connection is cut; 0 leaves that to the caller.
    """

    service: str
    kind: str
    times: int | None
    probability: float
    milliseconds: int


class Faults:
    """The switchboard; safe to use from several threads."""

    def __init__(self, seed: int) -> None:
        self._rng = random.Random(f"faults:{seed}")  # noqa: S311 - which calls fail, no secret
        self._lock = threading.Lock()
        self._standing: list[Fault] = []
        self._services: Mapping[str, Service] = {}

    def know(self, services: Iterable[Service]) -> None:
        """Which services can be told to misbehave from now on."""
        self._services = {service.name: service for service in services}

    def set(
        self,
        service: str,
        kind: str,
        *,
        times: int | None = None,
        probability: float | None = None,
        milliseconds: int | None = None,
    ) -> None:
        """Order a fault.

        Raises:
            FaultError: unknown service or kind, one that the service cannot show, or a number out of range.
        """
        kind = FAULT_ALIASES.get(kind, kind)
        self._check_possible(service, kind)
        _check_numbers(service, kind, times, probability, milliseconds)
        if times is None and probability is None:
            times = 1
        delay = _DEFAULT_MILLISECONDS.get(kind, 0)
        fault = Fault(
            service,
            kind,
            times,
            1.0 if probability is None else probability,
            delay if milliseconds is None else milliseconds,
        )
        with self._lock:
            self._standing.append(fault)

    def _check_service(self, service: str, kind: str) -> Service:
        known = self._services.get(service)
        if known is None:
            names = ", ".join(self._services) or "none, the sandbox is not running"
            near = _near(service, self._services)
            absent = "it is not started here; " if service in SERVICES and self._services else ""
            raise FaultError(service, kind, f"{absent}the services are {names}{near}")
        return known

    def _check_possible(self, service: str, kind: str) -> None:
        known = self._check_service(service, kind)
        if kind not in FAULT_KINDS:
            near = _near(kind, (*FAULT_KINDS, *FAULT_ALIASES))
            raise FaultError(service, kind, f"the kinds are {', '.join(FAULT_KINDS)}{near}")
        if kind in _EFFECTS_ONLY and not known.takes_effects:
            takers = ", ".join(other.name for other in self._services.values() if other.takes_effects)
            raise FaultError(service, kind, f"it takes no effects; only {takers or 'none here'} can show it")
        if kind in known.lacks:
            raise FaultError(service, kind, known.lacks[kind])

    def take(self, service: str) -> Fault | None:
        """The fault that hits this call, if one does; uses up one of its times."""
        with self._lock:
            for fault in self._standing:
                if fault.service != service or self._rng.random() >= fault.probability:
                    continue
                if fault.times is not None:
                    fault.times -= 1
                    if not fault.times:
                        self._standing.remove(fault)
                return fault
        return None

    def clear(self, service: str | None = None) -> None:
        """Behave again: one service, or all of them.

        Raises:
            FaultError: no such service.
        """
        if service is not None:
            self._check_service(service, "")
        with self._lock:
            self._standing = [fault for fault in self._standing if service not in {None, fault.service}]

    def standing(self) -> list[dict[str, Any]]:
        """What is ordered and not used up."""
        with self._lock:
            return [asdict(fault) for fault in self._standing]


def _check_numbers(
    service: str, kind: str, times: int | None, probability: float | None, milliseconds: int | None
) -> None:
    if times is not None and (type(times) is not int or times < 1):
        raise FaultError(service, kind, "times must be a whole number, 1 or more")
    if probability is not None and not 0 < probability <= 1:
        raise FaultError(service, kind, "the probability must be above 0 and at most 1")
    if milliseconds is not None and (type(milliseconds) is not int or not 0 <= milliseconds <= _LONGEST):
        raise FaultError(service, kind, f"milliseconds must be a whole number from 0 to {_LONGEST} (a day)")


def _near(word: str, words: Iterable[str]) -> str:
    near = difflib.get_close_matches(word, list(words), 1)
    return f"; did you mean {near[0]}?" if near else ""
