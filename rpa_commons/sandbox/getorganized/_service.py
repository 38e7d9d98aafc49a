"""The simulated GetOrganized as a service of the sandbox: who is let in, and which call is which."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from rpa_commons.sandbox._http import Request, Response
from rpa_commons.sandbox._refusal import Refusal, refusal_json
from rpa_commons.sandbox._service import Route, Service, World

from ._cases import Cases
from ._documents import Documents
from ._ntlm import Ntlm
from ._store import NAME, Store

__all__ = ["GetOrganized"]

_CONTACTS = "/_goapi/contacts/readitem"
_CASE_METADATA = "/_goapi/cases/metadata/"
_DOCUMENT_METADATA = "/_goapi/documents/metadata/"
_DOCUMENT_BYTES = "/_goapi/documents/documentbytes/"
_UNAUTHORIZED = 401

_Calls = Mapping[str, Callable[[Request], dict[str, Any]]]


class GetOrganized(Service):
    """GetOrganized's ``_goapi``, from recorded calls of public clients; unverified."""

    name = NAME
    summary = "cases and documents, by NTLM; recorded shapes, unverified"
    mutual_tls = False
    takes_effects = True
    unvalidated = "no schema of it is public; its rules are those that recorded calls keep"
    routes = (
        Route("GET", "/_goapi/*"),
        Route("POST", "/_goapi/*"),
        Route("POST", f"/borgersager{_CONTACTS}"),
        Route("GET", "/cases/*"),
        Route("POST", "/_goapi/Cases"),
    )

    def __init__(self, world: World) -> None:
        self._store = Store(world)
        self._ntlm = Ntlm()
        self._cases = Cases(self._store, world.people)
        self._documents = Documents(self._store)
        cases, documents = self._cases, self._documents
        self._effects: _Calls = {
            "/_goapi/cases": cases.create,
            "/_goapi/cases/closecase": cases.close,
            "/_goapi/cases/opencase": cases.reopen,
            "/_goapi/documents/addtocase": documents.add,
            "/_goapi/documents/addtodocumentlibrary": documents.add,
            "/_goapi/documents/markmultipleascaserecord/bydocumentid": documents.journalise,
            "/_goapi/documents/finalizemultiple/bydocumentid": documents.finalise,
        }
        self._questions: _Calls = {
            "/_goapi/cases/findbycaseproperties": cases.find_by_properties,
            "/_goapi/cases/findcases": cases.find,
            f"/borgersager{_CONTACTS}": cases.contact,
        }

    def serve(self, request: Request) -> Response:
        """Answer one call; what is refused of an effect is in the journal, too."""
        self._ntlm.check(request)
        path = _path(request)
        try:
            if request.method == "GET":
                return self._read(request)
            return _json(self._call(path)(request))
        except Refusal as refusal:
            if path in self._effects:
                self._store.note("refused", reason=refusal.code)
            raise

    def refuse(self, refusal: Refusal) -> Response:
        """A refusal as JSON, in a shape of ours; without access the challenge of NTLM."""
        if refusal.status != _UNAUTHORIZED:
            return refusal_json(refusal)
        token = refusal.text if refusal.code == "ntlm" else ""
        return Response(_UNAUTHORIZED, b"", headers={"WWW-Authenticate": f"NTLM {token}".strip()})

    def spoil(self, answer: Response) -> Response:
        """A page for people in place of the answer, as SharePoint sends when it is being worked on."""
        return replace(answer, body=b"<html><body>Try again later</body></html>", content_type="text/html")

    def note_fault(self, request: Request, kind: str) -> None:
        """A fault of an effect is in the journal."""
        if _path(request) in self._effects:
            self._store.note(f"fault:{kind}")

    def _call(self, path: str) -> Callable[[Request], dict[str, Any]]:
        call = self._effects.get(path) or self._questions.get(path)
        if call is None:
            raise Refusal(404, "path", "no such call is recorded")
        return call

    def _read(self, request: Request) -> Response:
        path = _path(request)
        name = request.path.rstrip("/").rpartition("/")[2]
        if path.startswith(_CASE_METADATA):
            return _json(self._cases.metadata(name))
        if path.startswith(_DOCUMENT_METADATA):
            return _json(self._documents.metadata(name))
        if path.startswith(_DOCUMENT_BYTES):
            return Response(200, self._documents.content(name), "application/octet-stream")
        return _json(self._documents.listed(request.path))


def _path(request: Request) -> str:
    """The path as routes are compared: ASP.NET reads them without regard to case and to a last slash."""
    return request.path.rstrip("/").lower()


def _json(answer: dict[str, Any]) -> Response:
    return Response(200, json.dumps(answer).encode(), "application/json; charset=utf-8")
