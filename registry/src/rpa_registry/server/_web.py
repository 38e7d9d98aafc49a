"""What of the website is an answer to a question: the search, the stack check, the language at the door.

Rules this module keeps: everything else is a page that lies ready; a question is answered by the server in
plain HTML; what a visitor pastes is neither kept nor logged nor sent back; an address below a language that
is no page is answered in that language.

Usage::

    routes(registry)  # gathered by create_app
"""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from types import MappingProxyType
from typing import Any

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from rpa_commons.conformance import stack_match
from rpa_registry import web
from rpa_registry.catalogue import (
    LARGEST_STACK,
    StackFile,
    answer_document,
    kept_entries,
    read_stack,
    search,
)
from rpa_registry.context import Registry
from rpa_registry.errors import RegistryError, TooLargeError

__all__ = ["routes"]

_MOST_TEXT = 500  # characters of a question
_FORM = 2 * LARGEST_STACK  # bytes of the whole form: a file or a text, and the form's own lines
_UNKEPT = MappingProxyType({"cache-control": "no-store", "x-content-type-options": "nosniff"})
_LONG = "public, max-age=31536000, immutable"


def routes(registry: Registry) -> list[BaseRoute]:
    """The addresses, in the order in which they are tried."""
    site = _Web(registry, {path: (kind, body) for path, kind, body in web.static_files()})
    languages = "|".join(registry.settings.languages)
    found: list[BaseRoute] = [
        Route("/", site.door),
        Route("/static/{path:path}", site.static),
        Route("/api/v1/search", site.api_search),
        Route("/api/v1/stack-match", site.api_stack_match, methods=["POST"]),
    ]
    for language in languages.split("|"):
        found += [
            Route(f"/{language}/search", site.search),
            Route(f"/{language}/stack/", site.stack, methods=["POST"]),
            Route(f"/{language}/{{rest:path}}", site.nothing),
        ]
    return found


@dataclass(frozen=True)
class _Web:
    registry: Registry
    files: Mapping[str, tuple[str, bytes]]

    async def door(self, request: Request) -> Response:
        """Send a visitor to the language that the browser asks for."""
        language = web.preferred(request.headers.get("accept-language", ""), self.registry.settings.languages)
        return RedirectResponse(
            f"{language}/",
            HTTPStatus.FOUND,
            {"vary": "Accept-Language", "cache-control": "no-cache", "x-content-type-options": "nosniff"},
        )

    async def static(self, request: Request) -> Response:
        """A style sheet, a font, an icon."""
        path = f"static/{request.path_params['path']}"
        if path not in self.files:
            return Response("there is no such file\n", HTTPStatus.NOT_FOUND, media_type="text/plain")
        kind, body = self.files[path]
        stamped = request.query_params.get("v") == web.stamp()
        kept = _LONG if stamped else f"max-age={self.registry.settings.page_max_age}"
        return Response(
            body, headers={"content-type": kind, "cache-control": kept, "x-content-type-options": "nosniff"}
        )

    async def search(self, request: Request) -> Response:
        """The catalogue as the answer to a question."""
        chosen = {
            name: request.query_params[name][:_MOST_TEXT]
            for name in web.FILTERS
            if request.query_params.get(name)
        }
        page = request.query_params.get("page", "1")
        number = int(page) if page.isascii() and page.isdecimal() and len(page) < 7 else 1  # noqa: PLR2004 - nobody leafs further
        query = web.Query(request.query_params.get("q", "")[:_MOST_TEXT], chosen, number)
        body = await asyncio.to_thread(self._answer, _language(request), query)
        return _html(body)

    def _answer(self, language: web.Language, query: web.Query) -> bytes:
        settings = self.registry.settings
        with self.registry.database.read() as connection:
            found = search(connection, settings, query.text, query.chosen, limit=1000)
            every = [web.Entry(one) for one in kept_entries(connection)]
            runs = web.runs_by_project(connection)
        site = web.Site(settings, language, "search", query.address(page=query.page))
        relaxed = any(one.partial for one in found)
        shown = [web.Entry(one.text.encode()) for one in found]
        return web.answer_page(site, query, shown, every, runs, relaxed=relaxed)

    async def stack(self, request: Request) -> Response:
        """Which projects run on a stack."""
        language, problem, stack = _language(request), "", None
        status = HTTPStatus.OK
        try:
            stack = read_stack(await _pasted(request))
        except RegistryError as error:
            status, problem = error.status, f"{error.message}; {error.remedy}"
        body = await asyncio.to_thread(self._stack_page, language, stack, problem)
        return _html(body, status)

    def _stack_page(self, language: web.Language, stack: StackFile | None, problem: str) -> bytes:
        with self.registry.database.read() as connection:
            every = web.read_document(connection, "catalogue/index.json").get("projects", [])
        return web.stack_page(
            web.Site(self.registry.settings, language, "stack/"), every, stack, problem=problem
        )

    async def nothing(self, request: Request) -> Response:
        """No such page, said in the language of the address."""
        site = web.Site(self.registry.settings, _language(request), request.path_params["rest"][:_MOST_TEXT])
        return _html(web.not_found_page(site), HTTPStatus.NOT_FOUND)

    async def api_search(self, request: Request) -> Response:
        """The search for programs."""
        values = dict(request.query_params)
        text = values.pop("q", "")[:_MOST_TEXT]
        limit = values.pop("limit", "100")
        if not (limit.isascii() and limit.isdecimal() and 0 < len(limit) < 5):  # noqa: PLR2004 - 1000 is the most
            raise RegistryError(f"limit is {limit!r}", remedy="give a number from 1 to 1000")
        body = await asyncio.to_thread(self._found, text, values, int(limit))
        return Response(body, media_type="application/json", headers=_UNKEPT)

    def _found(self, text: str, filters: Mapping[str, str], limit: int) -> bytes:
        with self.registry.database.read() as connection:
            found = search(connection, self.registry.settings, text, filters, limit=limit)
        return answer_document(found)

    async def api_stack_match(self, request: Request) -> Response:
        """Which bots run on the stack file that is the body."""
        stack = read_stack((await _body(request, LARGEST_STACK)).decode(errors="replace"))
        return _json(await asyncio.to_thread(self._matches, stack))

    def _matches(self, stack: StackFile) -> Any:  # noqa: ANN401 - JSON
        with self.registry.database.read() as connection:
            every = web.read_document(connection, "catalogue/index.json").get("projects", [])
        found = []
        for entry in every:
            if entry["kind"] == "bot" and entry["latest"]:
                match = stack_match(entry["capabilities"], stack.bound)
                version = entry["certified"] or entry["latest"]
                what = {"name": entry["name"], "version": version}
                found.append(what | {"runs": match.runs, "needs": list(match.needs)})
        return {"profiles": list(stack.profiles), "bots": found}


async def _pasted(request: Request) -> str:
    """What stands in the form: the chosen file, else the text."""
    length = request.headers.get("content-length", "")
    if not length.isdecimal() or int(length) > _FORM:
        raise TooLargeError(f"the form has more than {_FORM} bytes", remedy="send the stack file alone")
    async with request.form(max_files=1, max_fields=2, max_part_size=LARGEST_STACK) as form:
        file = form.get("file")
        if isinstance(file, UploadFile) and file.filename:
            return (await file.read(LARGEST_STACK + 1)).decode(errors="replace")
        text = form.get("stack")
        return text if isinstance(text, str) else ""


async def _body(request: Request, most: int) -> bytes:
    found = bytearray()
    async for chunk in request.stream():
        found += chunk
        if len(found) > most:
            raise TooLargeError(f"the body has more than {most} bytes", remedy="send the stack file alone")
    return bytes(found)


def _language(request: Request) -> web.Language:
    path: str = request.scope["path"].removeprefix(request.scope.get("root_path", ""))
    return web.as_language(path.split("/")[1])


def _html(body: bytes, status: int = HTTPStatus.OK) -> Response:
    headers = {"content-type": web.HTML, "cache-control": "no-store", **dict(web.SECURITY_HEADERS)}
    return Response(body, status, headers)


def _json(document: Any) -> Response:  # noqa: ANN401 - JSON
    text = json.dumps(document, ensure_ascii=False) + "\n"
    return Response(text, media_type="application/json", headers=_UNKEPT)
