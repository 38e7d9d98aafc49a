"""The application: pages and files at once, everything else through Starlette.

Rules this module keeps: a page costs one look whether something changed, one look into a dictionary and the
sending; nothing is computed for a reader; a request that is neither a page nor a file goes to the routes of
uploading, the API, the staged channel and the web, in that order.

Usage::

    app = create_app(registry)
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from typing import Any
from urllib.parse import parse_qs

from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from rpa_registry.context import Registry
from rpa_registry.errors import NotFoundError, RegistryError
from rpa_registry.pages import PageStore
from rpa_registry.simple import negotiate

from . import _api, _staged, _upload, _web
from ._answers import Answer, Choice
from ._errors import ErrorAnswer, error_answer, handlers
from ._files import FILE_PATH, send_file
from ._find import Finder
from ._reason import with_reason
from ._withheld import check_served, wheel_on_disk

__all__ = ["create_app"]

_READS = ("GET", "HEAD")
_MOST_FORMS = 1000  # Accept headers whose answer is remembered; clients send a handful
_LONGEST_FORM = 500  # bytes of one that is remembered


def create_app(registry: Registry) -> ASGIApp:
    """The registry's application.

    Args:
        registry: An opened registry; it stays the caller's to close.
    """
    return _App(registry)


class _App:
    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._store = PageStore(registry.database)
        self._finder = Finder(self._store, max_age=registry.settings.page_max_age)
        self._forms: dict[tuple[bytes, bytes], str | None] = {}
        self._rest = Starlette(
            routes=_routes(registry), exception_handlers=dict(handlers()), lifespan=self._lifespan
        )
        self._rest.router.redirect_slashes = False
        self._rest.router.default = self._nothing

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "http" and ("\0" in scope["path"] or b"%00" in scope["query_string"]):
            # No name, text or file has it, and PostgreSQL refuses to be asked for it.
            error = RegistryError("the address holds the character NUL", remedy="ask without it")
            await error_answer(scope["path"], error)(scope, receive, with_reason(send))
            return
        if scope["type"] == "http" and scope["method"] in _READS:
            path = scope["path"]
            root = scope.get("root_path")
            if root:
                path = path.removeprefix(root)
            try:
                answer = self._finder.find(path) if self._store.is_cheap else await self._find(path)
                if answer is not None:
                    await self._send(answer, scope, send)
                    return
                if path.startswith("/files/"):
                    await self._send_file(path, scope, send)
                    return
            except RegistryError as error:
                await error_answer(path, error)(scope, receive, with_reason(send))
                return
        await self._rest(scope, receive, with_reason(send))

    async def _find(self, path: str) -> Answer | Choice | None:
        """As the finder's, with a database that may let one wait: then a thread waits, not the loop."""
        if self._store.is_fresh and self._finder.is_ready(path):
            return self._finder.find(path)
        return await asyncio.to_thread(self._finder.find, path)

    async def _send(self, found: Answer | Choice, scope: Scope, send: Send) -> None:
        accept = known = b""
        for name, value in scope["headers"]:
            if name == b"accept":
                accept = accept + b"," + value if accept else value
            elif name == b"if-none-match":
                known = value
        if not isinstance(found, Answer):
            form = self._form(accept, scope["query_string"])
            if form is None:
                await _unacceptable(found)(scope, _no_body, with_reason(send))
                return
            found = found[form]
        await found.send(known, send, head=scope["method"] == "HEAD")

    def _form(self, accept: bytes, query: bytes) -> str | None:
        """The media type to send; remembered, for all clients of one kind send the same header."""
        try:
            return self._forms[accept, query]
        except KeyError:
            pass
        wanted = parse_qs(query.decode("latin-1")).get("format", [""])[-1] if query else ""
        form = negotiate(accept.decode("latin-1"), wanted)
        if len(accept) + len(query) < _LONGEST_FORM:
            if len(self._forms) > _MOST_FORMS:
                self._forms.clear()
            self._forms[accept, query] = form
        return form

    async def _send_file(self, path: str, scope: Scope, send: Send) -> None:
        found = FILE_PATH.fullmatch(path.removeprefix("/"))
        if found is None:
            raise NotFoundError(f"there is no file at {path}", remedy=_ADDRESSES)
        _, sha256, name = found.groups()
        served = check_served(self._store.file(sha256), name)
        on_disk = await asyncio.to_thread(wheel_on_disk, self._registry, served, name)
        await send_file(on_disk, sha256, dict(scope["headers"]), scope, send)

    async def _nothing(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Whatever no route knows: 405 where there is something to read, 404 elsewhere."""
        if scope["type"] != "http":
            return
        path = scope["path"]
        is_read = path.startswith("/files/") or self._finder.find(path) is not None
        if scope["method"] not in _READS and is_read:
            answer = ErrorAnswer(
                405, f"{path} can only be read", "use GET", as_json=False, headers={"allow": "GET, HEAD"}
            )
        else:
            answer = error_answer(path, self._finder.nothing_at(path))
        await answer(scope, receive, send)

    @contextlib.asynccontextmanager
    async def _lifespan(self, _app: Starlette) -> AsyncIterator[None]:
        try:
            yield
        finally:
            self._store.close()


def _routes(registry: Registry) -> list[BaseRoute]:
    # The web's come last: an address below a language that nothing else knows is theirs.
    return [route for room in (_upload, _api, _staged, _web) for route in room.routes(registry)]


def _unacceptable(forms: Mapping[str, Answer]) -> Response:
    return ErrorAnswer(406, "this page is there as " + ", ".join(forms), "ask for one of them", as_json=False)


async def _no_body() -> dict[str, Any]:
    return {"type": "http.request", "body": b"", "more_body": False}


_ADDRESSES = "the pages under /certified/simple/ and /all/simple/ name every file"
