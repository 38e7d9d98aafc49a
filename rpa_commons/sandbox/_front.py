"""The TLS side of the sandbox: which path is which service, and which of them misbehaves right now.

Faults strike before a request is looked at, as they would in a real outage; ``half-answer``, ``slow``,
``taken-then-time-out`` and ``duplicate-receipt`` do what was asked first.
"""

import json
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from ._cpr import PersonLookup, refusal_soap
from ._faults import Fault, Faults
from ._http import Request, Response
from ._kombi import KombiPost, refusal_xml
from ._refusal import Refusal
from ._registered import Registered
from ._tokens import Tokens

__all__ = ["PATHS", "Front", "Services"]

PATHS = {
    "/runtime/api/rest/wstrust/v1/issue": ("sts", "POST"),
    "/service/AccessTokenService_1/token": ("token", "POST"),
    "/service/KombiPostAfsend_1/memos": ("sf1601", "POST"),
    "/service/KombiPostAfsend_1/kombi": ("sf1601", "POST"),
    "/service/PostForespoerg_1/digitalpost": ("postforespoerg", "GET"),
    "/service/PostForespoerg_1/nemsms": ("postforespoerg", "GET"),
    "/service/CPR/PersonBaseDataExtended/4": ("sf1520", "POST"),
}
_KEPT = 1000  # calls shown on the page; they are not effects, so memory is enough
_DONE_FIRST = {"half-answer", "taken-then-time-out", "duplicate-receipt", "slow"}


@dataclass(frozen=True)
class Services:
    """Everything that answers on the TLS port."""

    tokens: Tokens
    kombi: KombiPost
    registered: Registered
    lookup: PersonLookup


class Front:
    """Answers every request on the TLS port."""

    def __init__(self, services: Services, faults: Faults, clock: Callable[[], datetime]) -> None:
        self._services = services
        self._faults = faults
        self._clock = clock
        self._lock = threading.Lock()
        self._calls: deque[dict[str, Any]] = deque(maxlen=_KEPT)

    def answer(self, request: Request) -> Response:
        """Route, misbehave when ordered, note the call."""
        service, method = PATHS.get(request.path, ("", ""))
        if not service:
            return Response(404, b"no such service")
        if request.method != method:
            return Response(405, b"another method", headers={"Allow": method})
        fault = self._faults.take(service)
        response = self._misbehave(request, service, fault) if fault else self._serve(request, service)
        moment = f"{self._clock().astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}Z"
        outcome = f"fault:{fault.kind}" if fault else str(response.status)
        with self._lock:
            self._calls.append({"service": service, "outcome": outcome, "received_at": moment})
        return response

    def calls(self) -> list[dict[str, Any]]:
        """The last calls, oldest first: service, outcome and when."""
        with self._lock:
            return list(self._calls)

    def _serve(self, request: Request, service: str, *, pretend_duplicate: bool = False) -> Response:
        if service == "sf1601":
            return self._services.kombi.send(request, pretend_duplicate=pretend_duplicate)
        serve = {
            "sts": self._services.tokens.issue,
            "token": self._services.tokens.exchange,
            "postforespoerg": self._services.registered.ask,
            "sf1520": self._services.lookup.look_up,
        }[service]
        try:
            return serve(request)
        except Refusal as refusal:
            return _refused(refusal, service)

    def _misbehave(self, request: Request, service: str, fault: Fault) -> Response:
        seconds = fault.milliseconds / 1000
        if fault.kind in _DONE_FIRST:
            duplicate = fault.kind == "duplicate-receipt"
            done = self._serve(request, service, pretend_duplicate=duplicate)
            if fault.kind == "slow":
                return replace(done, delay=seconds)
            if fault.kind == "half-answer":
                return replace(done, ending="half")
            return done if duplicate else replace(done, ending="never", delay=seconds)
        if service == "sf1601":
            self._services.kombi.note(request, f"fault:{fault.kind}")
        if fault.kind == "time-out":
            return Response(504, ending="never", delay=seconds)
        if fault.kind == "refused-token":
            return _refused(Refusal(401, "fault", "ordered: the token is refused"), service)
        return Response(500, b"ordered: internal error")


def _refused(refusal: Refusal, service: str) -> Response:
    """The refusal in the format of the service; the JSON is ours."""
    if service == "sf1520":
        return refusal_soap(refusal)
    if service == "sf1601":
        return refusal_xml(refusal)
    body = json.dumps({"error": refusal.code, "error_description": refusal.text}).encode()
    headers = {"WWW-Authenticate": "Holder-of-key"} if refusal.status == 401 else {}  # noqa: PLR2004 - HTTP
    return Response(refusal.status, body, "application/json", headers)
