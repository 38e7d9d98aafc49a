"""Faults on request: which service misbehaves next, how, and how often.

A fault is set with a count (``times=3``: the next three calls) or a probability (``probability=0.1``; from a
seeded generator, so that a test meets the same calls again), or both. Without either it happens once.
"""

import random
import threading
from dataclasses import asdict, dataclass
from typing import Any

from ._errors import FaultError

__all__ = ["FAULT_KINDS", "SERVICES", "Fault", "Faults"]

SERVICES = ("sf1601", "postforespoerg", "sf1520", "sts", "token")
FAULT_KINDS = {
    "time-out": "takes the request, does nothing with it and never answers",
    "taken-then-time-out": "takes the letter, then never answers",
    "500": "answers HTTP 500 and does nothing",
    "half-answer": "does what was asked, then breaks off in the middle of the answer",
    "slow": "answers after a delay",
    "duplicate-receipt": "takes the letter, but answers that it had it already",
    "refused-token": "answers HTTP 401",
}
_ONLY_SF1601 = {"taken-then-time-out", "duplicate-receipt"}
_DEFAULT_DELAY = 1000  # milliseconds, of "slow"


@dataclass
class Fault:
    """One standing order to misbehave.

    Attributes:
        times: How many more calls it hits; ``None`` for no limit.
        probability: Share of the calls it hits, 0-1.
        milliseconds: ``slow``: the delay. Time-outs: when the connection is cut; 0 leaves that to the caller.
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
        _check(service, kind, times, probability, milliseconds)
        if times is None and probability is None:
            times = 1
        delay = _DEFAULT_DELAY if kind == "slow" else 0
        fault = Fault(
            service,
            kind,
            times,
            1.0 if probability is None else probability,
            delay if milliseconds is None else milliseconds,
        )
        with self._lock:
            self._standing.append(fault)

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
        """Behave again: one service, or all of them."""
        with self._lock:
            self._standing = [fault for fault in self._standing if service not in {None, fault.service}]

    def standing(self) -> list[dict[str, Any]]:
        """What is ordered and not used up."""
        with self._lock:
            return [asdict(fault) for fault in self._standing]


def _check(
    service: str, kind: str, times: int | None, probability: float | None, milliseconds: int | None
) -> None:
    if service not in SERVICES:
        raise FaultError(service, kind, f"the services are {', '.join(SERVICES)}")
    if kind not in FAULT_KINDS:
        raise FaultError(service, kind, f"the kinds are {', '.join(FAULT_KINDS)}")
    if kind in _ONLY_SF1601 and service != "sf1601":
        raise FaultError(service, kind, "only sf1601 takes letters")
    if kind == "refused-token" and service == "sf1520":
        raise FaultError(service, kind, "its calls carry no token")
    if times is not None and times < 1:
        raise FaultError(service, kind, "times must be 1 or more")
    if probability is not None and not 0 < probability <= 1:
        raise FaultError(service, kind, "the probability must be above 0 and at most 1")
    if milliseconds is not None and milliseconds < 0:
        raise FaultError(service, kind, "milliseconds must not be negative")
