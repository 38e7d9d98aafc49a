"""Pages as ready answers: every header is bytes before the first request asks for it.

Rules this module keeps: a page's ETag is strong and is checked before anything else; what differs by Accept
says ``Vary``; pages may be kept for the settings' time, files for ever.

Usage::

    answer = page_answer(page, max_age=60)
    await answer.send(if_none_match, send, head=False)
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from starlette.types import Send

from rpa_registry import web
from rpa_registry.pages import Page
from rpa_registry.simple import HTML, JSON, LEGACY_HTML

__all__ = ["SECURITY", "Answer", "Choice", "Header", "choice", "page_answer", "redirect"]

Header = tuple[bytes, bytes]

SECURITY: tuple[Header, ...] = ((b"x-content-type-options", b"nosniff"),)
_HTML_SECURITY: tuple[Header, ...] = tuple(
    (name.lower().encode(), value.encode()) for name, value in web.SECURITY_HEADERS
)


@dataclass(frozen=True)
class Answer:
    """One complete answer to a GET or HEAD."""

    status: int
    headers: Sequence[Header]
    body: bytes
    etag: bytes = b""
    """Quoted; empty when the answer has none."""
    unchanged: Sequence[Header] = ()
    """The headers of a 304."""

    async def send(self, known: bytes, send: Send, *, head: bool) -> None:
        """Send it, or 304 when ``known`` (``If-None-Match``) names its ETag.

        A weak comparison is right here (RFC 9110 section 13.1.2), so looking for the quoted tag suffices.
        """
        if known and self.etag and (self.etag in known or known.strip() == b"*"):
            await send({"type": "http.response.start", "status": 304, "headers": self.unchanged})
            await send({"type": "http.response.body", "body": b""})
            return
        await send({"type": "http.response.start", "status": self.status, "headers": self.headers})
        await send({"type": "http.response.body", "body": b"" if head else self.body})


Choice = Mapping[str, Answer]
"""Media type -> answer, for a page that exists in several forms."""


def choice(html: Page, json: Page, *, max_age: int) -> Choice:
    """A page of the simple API in its three forms."""
    return {
        JSON: page_answer(json, max_age=max_age, varies=True),
        HTML: page_answer(html, max_age=max_age, varies=True, media_type=HTML),
        LEGACY_HTML: page_answer(html, max_age=max_age, varies=True),
    }


def page_answer(page: Page, *, max_age: int, varies: bool = False, media_type: str = "") -> Answer:
    """A page as it is served."""
    etag = f'"{page.etag}"'.encode()
    kept: list[Header] = [
        (b"etag", etag),
        (b"last-modified", page.modified.encode()),
        (b"cache-control", b"max-age=%d" % max_age),
    ]
    if varies:
        kept.append((b"vary", b"Accept"))
    headers = [
        (b"content-type", (media_type or page.media_type).encode()),
        (b"content-length", b"%d" % len(page.body)),
        *kept,
        *(_HTML_SECURITY if "html" in page.media_type else SECURITY),
    ]
    return Answer(200, headers, page.body, etag, kept)


def redirect(location: str, *, max_age: int) -> Answer:
    """301 to a relative address, which holds under any host and prefix."""
    headers = [
        (b"location", location.encode()),
        (b"content-length", b"0"),
        (b"cache-control", b"max-age=%d" % max_age),
        *SECURITY,
    ]
    return Answer(301, headers, b"")
