"""The JSON API: every act that the command line has, for programs and for a coordinator's own machine.

Rules this module keeps: an address is one line in :data:`ENDPOINTS`, which the documentation is tested
against; who asks is known before a body is read; a body is JSON, small, and holds no field that is not known;
nothing is answered from a cache; the work is done by :mod:`rpa_registry.curation`, as for the command line.

Usage::

    POST /api/v1/releases/welcome-letters/1.0.0/certify
    Authorization: Bearer rpac_…
    {"reason": "read the code and the diff"}
"""

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from rpa_registry.accounts import Identity
from rpa_registry.context import Registry
from rpa_registry.errors import ForbiddenError, RegistryError, TooLargeError
from rpa_registry.texts import unspeakable

from . import _api_acts as acts
from . import _api_reads as reads
from ._api_call import Call
from ._staged import credentials

__all__ = ["ENDPOINTS", "Endpoint", "routes"]

_ROOT = "/api/v1"
_DEEPEST = 8  # lists and objects in each other; a signed document has two
_LARGEST_BODY = 256 * 1024  # bytes; an advisory is a page of text
_RELEASE = f"{_ROOT}/releases/{{project}}/{{version}}"


@dataclass(frozen=True)
class Endpoint:
    """One address.

    Attributes:
        method: ``GET`` or ``POST``.
        path: With its parts in braces.
        summary: What it does, for the documentation.
        handler: What answers.
        fields: What a body may hold; a name with ``?`` may be left out.
        is_open: Whether anyone may ask, without a token.
        scopes: One of these the token must have; empty: any token.
    """

    method: str
    path: str
    summary: str
    handler: Callable[[Call], Any]
    fields: tuple[str, ...] = ()
    is_open: bool = False
    scopes: tuple[str, ...] = ()


_READERS = ("read", "curate")
ENDPOINTS = (
    Endpoint("GET", f"{_ROOT}/me", "Who this token belongs to and what it may do.", reads.me),
    Endpoint("GET", _RELEASE, "Where a release stands and who signed it.", reads.release, scopes=_READERS),
    Endpoint(
        "GET",
        f"{_RELEASE}/review",
        "Everything that differs from the last certified version.",
        reads.review,
        scopes=_READERS,
    ),
    Endpoint("GET", f"{_RELEASE}/tier", "Its tier with each rule.", reads.tier, scopes=_READERS),
    Endpoint("GET", f"{_RELEASE}/reports", "The signed test reports.", reads.reports, scopes=_READERS),
    Endpoint(
        "POST",
        f"{_RELEASE}/quarantine",
        "Publish a signed advisory and withhold the files of its versions.",
        acts.quarantine,
        ("signed", "signature"),
    ),
    Endpoint(
        "POST",
        f"{_RELEASE}/{{act}}",
        "Do an act: submit, return, publish, certify, deprecate, undeprecate, yank, unyank, withdraw, "
        "release-from-quarantine.",
        acts.release_act,
        ("reason?", "use?"),
    ),
    Endpoint("GET", f"{_ROOT}/advisories/next", "The id to sign the next advisory with.", reads.next_id),
    Endpoint(
        "POST",
        f"{_ROOT}/advisories/{{id}}/withdraw",
        "Take an advisory back, signed with the time of its withdrawal.",
        acts.withdraw_advisory,
        ("signed", "signature"),
    ),
    Endpoint("POST", f"{_ROOT}/reports", "Add a signed test report.", acts.report, ("signed", "signature")),
    Endpoint(
        "POST",
        f"{_ROOT}/projects/{{project}}/accept",
        "Let a new name stand: a coordinator of another municipality than its owner's.",
        acts.accept,
        ("reason",),
    ),
    Endpoint(
        "POST",
        f"{_ROOT}/projects/{{project}}/status",
        "Say how a project lives on (PEP 792); to end a quarantine takes two coordinators.",
        acts.status,
        ("status", "reason?"),
    ),
    Endpoint(
        "POST",
        f"{_ROOT}/projects/{{project}}/exemptions",
        "Exempt a project from a quality rule, or end an exemption.",
        acts.exemption,
        ("rule", "reason", "end?"),
    ),
    Endpoint(
        "POST",
        f"{_ROOT}/usage",
        "A municipality says which version it runs; an empty version: none any more.",
        acts.usage,
        ("municipality", "project", "version"),
    ),
    Endpoint(
        "GET",
        f"{_ROOT}/log",
        "The log, oldest first: `after` a number, at most `limit`, of one `subject`.",
        reads.log,
        is_open=True,
    ),
    Endpoint("GET", f"{_ROOT}/tokens", "One's own tokens, never their text.", reads.tokens),
    Endpoint("POST", f"{_ROOT}/tokens/{{number}}/revoke", "Revoke one of one's own tokens.", acts.revoke),
    Endpoint("GET", f"{_ROOT}/stand-ins", "Who signs for whom, and when.", reads.stand_ins),
    Endpoint(
        "POST",
        f"{_ROOT}/stand-ins",
        "A coordinator names who signs for them.",
        acts.name_stand_in,
        ("stand_in", "starts", "ends", "reason"),
        scopes=("curate",),
    ),
    Endpoint(
        "POST",
        f"{_ROOT}/stand-ins/{{number}}/end",
        "Take a stand-in back before the last day.",
        acts.end_stand_in,
        scopes=("curate",),
    ),
)
"""Every address of the API; the first that fits answers."""


def routes(registry: Registry) -> list[BaseRoute]:
    """The addresses of the API."""
    return [
        Route(
            one.path, _Answerer(registry, one).answer, methods=[one.method], name=f"{one.method} {one.path}"
        )
        for one in ENDPOINTS
    ]


@dataclass(frozen=True)
class _Answerer:
    registry: Registry
    endpoint: Endpoint

    async def answer(self, request: Request) -> Response:
        """Ask who it is, read the body, do the work in a thread."""
        identity = None
        if not self.endpoint.is_open:
            identity = await asyncio.to_thread(self._identity, request)
        body = await _body(request, self.endpoint) if self.endpoint.method == "POST" else {}
        call = Call(self.registry, identity, dict(request.path_params), dict(request.query_params), body)
        document = await asyncio.to_thread(self.endpoint.handler, call)
        text = json.dumps(document, ensure_ascii=False) + "\n"
        headers = {"cache-control": "no-store", "x-content-type-options": "nosniff"}
        return Response(text, media_type="application/json", headers=headers)

    def _identity(self, request: Request) -> Identity:
        user, password = _credentials(request)
        with self.registry.database.read() as connection:
            identity = self.registry.authenticate(connection, user, password)
        wanted = self.endpoint.scopes
        if wanted and not set(wanted) & set(identity.scopes):
            raise ForbiddenError(
                f"this token has the scope {', '.join(sorted(identity.scopes)) or 'none'}; "
                f"this needs {' or '.join(wanted)}",
                remedy=f"use a token with the scope {wanted[0]}",
            )
        self.registry.act_rate.take(f"{identity.via} {identity.login}")
        return identity


def _credentials(request: Request) -> tuple[str, str]:
    scheme, _, text = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and text.strip():
        return "__token__", text.strip()
    return credentials(request)


async def _body(request: Request, endpoint: Endpoint) -> Mapping[str, Any]:
    """The fields of a body.

    Raises:
        TooLargeError: it is larger than any act's.
        RegistryError: it is no JSON object, or has a field too many or too few.
    """
    content = bytearray()
    async for chunk in request.stream():
        content += chunk
        if len(content) > _LARGEST_BODY:
            raise TooLargeError(
                f"the body has more than {_LARGEST_BODY} bytes", remedy="send the fields of this act alone"
            )
    if not content and not endpoint.fields:
        return {}
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if content and kind != "application/json":
        raise RegistryError(
            f"the body is {kind or 'of no type'}", remedy="send JSON with Content-Type: application/json"
        )
    try:
        found = json.loads(bytes(content) or b"{}")
    except (ValueError, RecursionError) as error:
        raise RegistryError("the body is no JSON", remedy="send one JSON object") from error
    _check_texts(found)
    return _known_fields(found, endpoint)


def _check_texts(found: Any) -> None:  # noqa: ANN401 - any JSON value
    """Refuse what no database and no log can keep, wherever it stands.

    Raises:
        RegistryError: a text holds NUL or half of a surrogate pair, or values lie in each other without end.
    """
    waiting = [(found, 0)]
    while waiting:
        value, depth = waiting.pop()
        if depth > _DEEPEST:
            raise RegistryError("the body is no act's", remedy="send the fields of this act alone")
        if isinstance(value, str) and (what := unspeakable([value])):
            raise RegistryError(f"a text of the body holds {what}", remedy="send plain text")
        if isinstance(value, dict):
            waiting += [(one, depth + 1) for pair in value.items() for one in pair]
        elif isinstance(value, list):
            waiting += [(one, depth + 1) for one in value]


def _known_fields(found: Any, endpoint: Endpoint) -> Mapping[str, Any]:  # noqa: ANN401 - any JSON value
    if not isinstance(found, dict):
        raise RegistryError("the body is no JSON object", remedy="send one JSON object")
    known = {one.rstrip("?") for one in endpoint.fields}
    strange = sorted(found.keys() - known)
    missing = [one for one in endpoint.fields if not one.endswith("?") and one not in found]
    if strange or missing:
        parts = [f"unknown: {', '.join(strange)}"] if strange else []
        parts += [f"missing: {', '.join(missing)}"] if missing else []
        raise RegistryError(
            f"the fields of the body are not right ({'; '.join(parts)})",
            remedy=f"send {', '.join(endpoint.fields) or 'no field'} (? may be left out)",
        )
    return found
