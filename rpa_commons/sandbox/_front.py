"""The TLS side of the sandbox: which path is which service, and which of them misbehaves right now.

Faults strike before a request is looked at, as they would in a real outage; those in ``DONE_FIRST`` do what
was asked first. A service is reached on the port of its kind only: with a client certificate, or without.
"""

import threading
from collections import Counter, deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from ._errors import PathTakenError
from ._faults import DONE_FIRST, Fault, Faults
from ._http import Request, Response
from ._journal import moment_text
from ._refusal import Refusal
from ._service import Service

__all__ = ["Front"]

_KEPT = 1000  # calls shown on the page; they are not effects, so memory is enough
_GOOD = range(200, 300)


class Front:
    """Answers every request on the TLS ports."""

    def __init__(self, services: Iterable[Service], faults: Faults, clock: Callable[[], datetime]) -> None:
        """Raises ``PathTakenError`` when two services claim one path."""
        self._exact: dict[str, dict[str, Service]] = {}
        self._below: dict[str, dict[str, Service]] = {}
        for service in services:
            self._add(service)
        self._faults = faults
        self._clock = clock
        self._lock = threading.Lock()
        self._calls: deque[dict[str, Any]] = deque(maxlen=_KEPT)
        self._counts: Counter[str] = Counter()

    def answer(self, request: Request, *, mutual_tls: bool) -> Response:
        """Route, misbehave when ordered, note the call."""
        methods = self._methods(request.path)
        if not methods:
            return Response(404, b"no such service")
        service = methods.get(request.method)
        if service is None:
            return Response(405, b"another method", headers={"Allow": ", ".join(sorted(methods))})
        if service.mutual_tls != mutual_tls:
            return Response(404, b"this service answers on another port")
        fault = self._faults.take(service.name)
        outcome = f"fault:{fault.kind}" if fault else "500"  # what it is where the simulator itself breaks
        try:
            response = _misbehaving(service, request, fault) if fault else _served(service, request)
            outcome = outcome if fault else str(response.status)
        finally:
            self._note(service.name, outcome)
        return response

    def calls(self) -> list[dict[str, Any]]:
        """The last calls, oldest first: service, outcome and when."""
        with self._lock:
            return list(self._calls)

    def counts(self) -> Mapping[str, int]:
        """Service -> how many calls since the start."""
        with self._lock:
            return dict(self._counts)

    def _add(self, service: Service) -> None:
        for route in service.routes:
            below = route.path.endswith("/*")
            table = self._below if below else self._exact
            methods = table.setdefault(route.path.removesuffix("*") if below else route.path, {})
            if route.method in methods:
                taken = (methods[route.method].name, service.name)
                raise PathTakenError(route.method, route.path, taken)
            methods[route.method] = service

    def _methods(self, path: str) -> Mapping[str, Service]:
        """Method -> service for a path: the exact one, else the longest beginning."""
        if path in self._exact:
            return self._exact[path]
        fitting = [start for start in self._below if path.startswith(start)]
        return self._below[max(fitting, key=len)] if fitting else {}

    def _note(self, service: str, outcome: str) -> None:
        moment = moment_text(self._clock())
        with self._lock:
            self._counts[service] += 1
            self._calls.append({"service": service, "outcome": outcome, "received_at": moment})


def _served(service: Service, request: Request, *, duplicate: bool = False) -> Response:
    try:
        return service.serve_duplicate(request) if duplicate else service.serve(request)
    except Refusal as refusal:
        return service.refuse(refusal)


def _misbehaving(service: Service, request: Request, fault: Fault) -> Response:
    if fault.kind in DONE_FIRST:
        return _done_and_spoilt(service, request, fault)
    service.note_fault(request, fault.kind)
    if fault.kind == "time-out":
        return Response(504, ending="never", delay=fault.milliseconds / 1000)
    if fault.kind == "401":
        return replace(service.refuse(Refusal(401, "fault", "ordered: the token is refused")), status=401)
    if fault.kind == "500":
        return Response(500, b"ordered: internal error")
    busy = Response(503, b"ordered: unavailable")
    if fault.kind == "429":
        busy = replace(service.refuse(Refusal(429, "fault", "ordered: too many requests")), status=429)
    seconds = -(-fault.milliseconds // 1000)  # whole ones, RFC 9110 section 10.2.3
    return replace(busy, headers={**busy.headers, "Retry-After": str(seconds)})


def _done_and_spoilt(service: Service, request: Request, fault: Fault) -> Response:
    seconds = fault.milliseconds / 1000
    done = _served(service, request, duplicate=fault.kind == "duplicate-receipt")
    if fault.kind == "slow":
        return replace(done, delay=seconds)
    if fault.kind == "half-answer":
        return replace(done, ending="half")
    if fault.kind == "reset":
        return replace(done, ending="reset")
    if fault.kind == "taken-then-time-out":
        return replace(done, ending="never", delay=seconds)
    if fault.kind == "invalid-answer" and done.status in _GOOD:
        return service.spoil(done)
    return done
