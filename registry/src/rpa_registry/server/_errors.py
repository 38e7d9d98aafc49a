"""Errors as answers: the status of the error, its sentence, and the next thing to do.

Rules this module keeps: the reason phrase says the same as the body, for twine and pip show nothing else; no
answer about an error may be kept by a cache; what we did not foresee says that it is ours and no more.

Usage::

    Starlette(exception_handlers=handlers())
"""

import json
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from rpa_registry.errors import LoginError, RegistryError, TooManyError

from ._reason import as_reason

__all__ = ["ErrorAnswer", "error_answer", "handlers"]

_JSON_PLACES = ("/api/", "/catalogue/", "/advisories.json", "/names.json")


class ErrorAnswer(Response):
    """An answer whose status line carries the sentence."""

    def __init__(
        self,
        status: int,
        sentence: str,
        remedy: str,
        *,
        as_json: bool,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        if as_json:
            document = {"error": sentence, "help": remedy}
            content, media_type = json.dumps(document, ensure_ascii=False) + "\n", "application/json"
        else:
            # Some clients fold lines: the two must be told apart on one as well.
            content = f"{sentence};\n{remedy}\n" if remedy else f"{sentence}\n"
            media_type = "text/plain"
        kept = {"cache-control": "no-store", "x-content-type-options": "nosniff", **(headers or {})}
        super().__init__(content, status, kept, media_type)
        self.reason = as_reason(sentence)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""

        async def reasoned(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["reason"] = self.reason
            await send(message)

        await super().__call__(scope, receive, reasoned)


def error_answer(path: str, error: RegistryError) -> ErrorAnswer:
    """The answer to a request for ``path`` that ended with ``error``."""
    headers = {}
    if isinstance(error, LoginError):
        headers["www-authenticate"] = 'Basic realm="registry", charset="UTF-8"'
    if isinstance(error, TooManyError):
        headers["retry-after"] = str(error.seconds)
    return ErrorAnswer(
        int(error.status),
        error.message,
        error.remedy,
        as_json=path.startswith(_JSON_PLACES),
        headers=headers,
    )


def handlers() -> Mapping[Any, Callable[[Request, Exception], Response]]:
    """What Starlette is to do with errors."""
    return {RegistryError: _ours, HTTPException: _starlette, Exception: _unforeseen}


def _ours(request: Request, error: Exception) -> Response:
    if not isinstance(error, RegistryError):  # the mapping says so; a checker cannot see it
        return _unforeseen(request, error)
    return error_answer(request.url.path, error)


def _starlette(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):  # the mapping says so; a checker cannot see it
        return _unforeseen(request, error)
    as_json = request.url.path.startswith(_JSON_PLACES)
    return ErrorAnswer(error.status_code, error.detail, "", as_json=as_json, headers=error.headers)


def _unforeseen(request: Request, _error: Exception) -> Response:
    return ErrorAnswer(
        int(HTTPStatus.INTERNAL_SERVER_ERROR),
        "something is wrong in the registry itself; nothing was changed",
        "whoever runs it finds the cause in its log; a repeat does no harm",
        as_json=request.url.path.startswith(_JSON_PLACES),
    )
