"""The simulated Nova as a service of the sandbox: which call is which, and how it refuses."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from rpa_commons.sandbox._http import Request, Response
from rpa_commons.sandbox._refusal import Refusal, refusal_json
from rpa_commons.sandbox._service import Route, Service, World

from ._access import TOKEN_SERVICE, AccessTokens
from ._cases import Cases
from ._documents import Documents
from ._store import NAME, Store
from ._tasks import Tasks

__all__ = ["KmdNova"]

_VERSIONS = {
    "Case": ("1.0-Case", "2.0-Case"),
    "Document": ("1.0-Case", "2.0-Case"),
    "Task": ("1.0-Task", "1.0-Case", "2.0-Case"),
}
"""Part of the API -> the values of api-version that recorded calls send."""
_UPLOAD = "/api/Document/UploadFile/"
_EFFECTS = ("/Import", "/Update")

_Change = Callable[[Request], None]
_Question = Callable[[Request], dict[str, Any]]


class KmdNova(Service):
    """KMD Nova's case API, from recorded calls of public clients; unverified."""

    name = NAME
    summary = "cases, documents, tasks and notes; recorded shapes, unverified"
    mutual_tls = False
    takes_effects = True
    needs = (TOKEN_SERVICE,)
    unvalidated = "no schema of it is public; its rules are those that recorded calls keep"
    routes = (
        Route("PUT", "/api/Case/GetList"),
        Route("POST", "/api/Case/Import"),
        Route("PATCH", "/api/Case/Update"),
        Route("POST", f"{_UPLOAD}*"),
        Route("POST", "/api/Document/Import"),
        Route("PUT", "/api/Document/GetList"),
        Route("PUT", "/api/Document/GetFile"),
        Route("POST", "/api/Task/Import"),
        Route("PUT", "/api/Task/GetList"),
        Route("PUT", "/api/Task/Update"),
    )

    def __init__(self, world: World, *, settle: float) -> None:
        self._store = Store(world, settle)
        self._tokens = AccessTokens(world)
        cases, documents, tasks = Cases(self._store), Documents(self._store), Tasks(self._store)
        self._documents = documents
        self._changes: Mapping[str, _Change] = {
            "/api/Case/Import": cases.import_,
            "/api/Case/Update": cases.update,
            "/api/Document/Import": documents.import_,
            "/api/Task/Import": tasks.import_,
            "/api/Task/Update": tasks.update,
        }
        self._questions: Mapping[str, _Question] = {
            "/api/Case/GetList": cases.get_list,
            "/api/Document/GetList": documents.get_list,
            "/api/Task/GetList": tasks.get_list,
        }

    def serve(self, request: Request) -> Response:
        """Answer one call; what is refused of an effect is in the journal, too."""
        try:
            self._tokens.check(request)
            _check_version(request)
            return self._answer(request)
        except Refusal as refusal:
            if _is_effect(request) and refusal.code != "uuid-exists":
                self._store.note("refused", reason=refusal.code)
            raise

    def refuse(self, refusal: Refusal) -> Response:
        """A refusal as JSON; the shape of Nova's is not public, this one is ours."""
        return refusal_json(refusal, challenge="Bearer")

    def spoil(self, answer: Response) -> Response:
        """A page for people in place of the answer, as a gateway in front of an API sends."""
        return replace(answer, body=b"<html><body>Sign in</body></html>", content_type="text/html")

    def note_fault(self, request: Request, kind: str) -> None:
        """A fault of an effect is in the journal."""
        if _is_effect(request):
            self._store.note(f"fault:{kind}")

    def _answer(self, request: Request) -> Response:
        if request.path in self._questions:
            answer = self._questions[request.path](request)
            return Response(200, json.dumps(answer).encode(), "application/json; charset=utf-8")
        if request.path == "/api/Document/GetFile":
            return Response(200, self._documents.get_file(request), "application/octet-stream")
        if request.path.startswith(_UPLOAD):
            self._documents.upload(request)
        else:
            self._changes[request.path](request)
        # What Nova answers to an effect is not recorded: public clients look at the status only.
        return Response(200, b"", "application/json; charset=utf-8")


def _is_effect(request: Request) -> bool:
    return request.path.startswith(_UPLOAD) or request.path.endswith(_EFFECTS)


def _check_version(request: Request) -> None:
    part = request.path.split("/")[2]
    known = _VERSIONS[part]
    if request.query.get("api-version") not in known:
        raise Refusal(400, "api-version", f"api-version must be one of {', '.join(known)}")
