"""The staged channel: one release that is not published yet, for who reviews it.

Rules this module keeps: only a token that may read or curate sees it; nothing of it is kept by any cache;
every other project is what the certified channel offers, so that the release can be installed as it will be.

Usage::

    pip install --index-url https://__token__:TOKEN@registry/staged/welcome-letters-1.1.0/simple/ NAME
"""

import base64
import binascii
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import sqlalchemy as sa
from packaging.utils import InvalidName, canonicalize_name
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from rpa_registry import db
from rpa_registry.catalogue import Project, load_project, served
from rpa_registry.context import Registry
from rpa_registry.errors import ForbiddenError, LoginError, NotFoundError
from rpa_registry.pages import PageStore, project_page
from rpa_registry.simple import (
    JSON,
    LEGACY_HTML,
    index_html,
    index_json,
    negotiate,
    project_html,
    project_json,
)

from ._errors import ErrorAnswer
from ._files import send_file
from ._withheld import check_named, wheel_on_disk

__all__ = ["credentials", "routes"]

_PRIVATE = {"cache-control": "private, no-store", "vary": "Accept, Authorization"}
_SHA256 = re.compile(r"[0-9a-f]{64}")


def routes(registry: Registry) -> list[BaseRoute]:
    """The channel's addresses."""
    staged = _Staged(registry)
    root = "/staged/{release}"
    return [
        Route(f"{root}/simple/", staged.index),
        Route(f"{root}/simple/{{project}}/", staged.project),
        Route(f"{root}/simple/{{project}}", staged.slash),
        Route(f"{root}/files/{{start}}/{{sha256}}/{{name}}", staged.file),
    ]


def credentials(request: Request) -> tuple[str, str]:
    """User name and password of HTTP Basic.

    Raises:
        LoginError: there are none, or they cannot be read.
    """
    scheme, _, text = request.headers.get("authorization", "").partition(" ")
    try:
        name, colon, password = base64.b64decode(text.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        name, colon, password = "", "", ""
    if scheme.lower() != "basic" or not colon:
        raise LoginError(
            "a token is needed here", remedy="send user name __token__ and the token as password"
        )
    return name, password


@dataclass(frozen=True)
class _Release:
    project: Project
    version: str
    sha256: str


class _Staged:
    def __init__(self, registry: Registry) -> None:
        self._registry = registry

    def index(self, request: Request) -> Response:
        """Every project that the release could need, and its own."""
        staged = self._release(request)
        with self._registry.database.read() as connection:
            query = sa.select(db.releases.c.project).join(db.projects)
            query = query.where(db.releases.c.state == "certified", served())
            names = sorted({*connection.scalars(query), staged.project.name})
        return _page(request, html=lambda: index_html(names), json=lambda: index_json(names))

    def project(self, request: Request) -> Response:
        """The release's own project with it, or another one as it is certified."""
        staged = self._release(request)
        name = _named(request)
        if name != request.path_params["project"]:
            return RedirectResponse(f"../{name}/", 301, {"cache-control": "private, no-store"})
        if name == staged.project.name:
            page = project_page(staged.project, "certified", root="../../", also=staged.version)
        else:
            with self._registry.database.read() as connection:
                other = load_project(connection, name)
            if other is None or not other.is_accepted:
                raise NotFoundError(f"this registry owns no project {name!r}", remedy="look for it elsewhere")
            page = project_page(other, "certified", root="../../../../")
        return _page(request, html=lambda: project_html(page), json=lambda: project_json(page))

    def slash(self, request: Request) -> Response:
        """The address with its last slash."""
        self._release(request)
        return RedirectResponse(f"{_named(request)}/", 301, {"cache-control": "private, no-store"})

    def file(self, request: Request) -> Response:
        """The release's wheel or METADATA, or a certified one of the same project."""
        staged = self._release(request)
        sha256, name = request.path_params["sha256"], request.path_params["name"]
        store = PageStore(self._registry.database)
        served = check_named(store.file(sha256) if _SHA256.fullmatch(sha256) else None, name)
        if sha256 != staged.sha256 and not served.public:
            raise NotFoundError(f"{name} is of another release", remedy="use that release's own channel")
        path = wheel_on_disk(self._registry, served, name)

        async def send_it(scope: Scope, _receive: Receive, send: Send) -> None:
            await send_file(path, sha256, dict(scope["headers"]), scope, send, private=True)

        return _Streamed(send_it)

    def _release(self, request: Request) -> _Release:
        """The release of the address, for somebody who may see it.

        Raises:
            LoginError: no token, or none that counts.
            ForbiddenError: a token that may neither read nor curate.
            NotFoundError: there is no such release, or it was withdrawn.
        """
        user, password = credentials(request)
        with self._registry.database.read() as connection:
            identity = self._registry.authenticate(connection, user, password)
            if not {"read", "curate"} & set(identity.scopes):
                raise ForbiddenError(
                    "this token may not see what is staged", remedy="use one with the scope read or curate"
                )
            wanted = request.path_params["release"]
            name, _, version = wanted.rpartition("-")
            project = load_project(connection, canonicalize_name(name)) if name else None
        found = [one for one in project.releases if one.version == version] if project else []
        if project is None or not found or found[0].state == "withdrawn":
            raise NotFoundError(
                f"there is no release {wanted}", remedy="the address is /staged/<project>-<version>/simple/"
            )
        return _Release(project, version, found[0].file["sha256"])


def _named(request: Request) -> str:
    """The normalised name of the project that the address asks for.

    Raises:
        NotFoundError: no project has such a name: ``https:evil`` would redirect to another server.
    """
    asked = request.path_params["project"]
    try:
        return str(canonicalize_name(asked, validate=True))
    except InvalidName:
        raise NotFoundError(
            f"this registry owns no project {asked!r}", remedy="look for it elsewhere"
        ) from None


class _Streamed(Response):
    """An answer that sends itself."""

    def __init__(self, send_it: Callable[[Scope, Receive, Send], Awaitable[None]]) -> None:
        super().__init__()
        self._send_it = send_it

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        await self._send_it(scope, receive, send)


def _page(request: Request, *, html: Callable[[], bytes], json: Callable[[], bytes]) -> Response:
    form = negotiate(request.headers.get("accept", ""), request.query_params.get("format", ""))
    if form is None:
        return ErrorAnswer(406, "this page is there as JSON and HTML (PEP 691)", "", as_json=False)
    body = json() if form == JSON else html()
    kind = f"{form}; charset=utf-8" if form == LEGACY_HTML else form
    headers = {"content-type": kind, "x-content-type-options": "nosniff", **_PRIVATE}
    return Response(body, headers=headers)
