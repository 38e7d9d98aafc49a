"""HTTP to the registry: whole answers or an error that names the place, and what was answered before kept.

Rules this module keeps: TLS with the system's trust store, proxies as the environment says, plain http to
this machine only; always a time-out; no redirect, cookie or ``.netrc``; a document that did not change is
not sent again (ETag); what is kept is told apart by its whole address; a token goes to the registry alone.

Usage::

    http = RegistryHttp("https://registry.digit.dk", Path("/var/lib/rpac/0265/registry"))
    http.json("/catalogue/index.json")
"""

import contextlib
import hashlib
import json
import ssl
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http.cookiejar import DefaultCookiePolicy
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests
import truststore
from requests.auth import HTTPBasicAuth
from requests.utils import get_environ_proxies
from urllib3.exceptions import HTTPError

from rpa_commons import __version__
from rpa_commons.config.documents import replace_file
from rpa_commons.connectors.http import NoRedirects, TlsAdapter, is_loopback

from ._errors import BrokenAnswerError, RegistryAddressError, UnreachableError

__all__ = ["RegistryHttp", "Timeouts", "checked_address", "reason_of"]

_LARGEST_DOCUMENT = 64 * 1024 * 1024  # bytes; the index of 10,000 projects is some 5 MB
_PIECE = 64 * 1024
_PAUSE = 0.3  # seconds before a question is asked again
_LONGEST_REASON = 2000
_NO_TLS = ("wrong_version_number", "wrong version number", "record layer failure", "http_request")
_BUSY = frozenset({429, 502, 503, 504})
_OK, _NOT_MODIFIED = 200, 304


@dataclass(frozen=True)
class Timeouts:
    """How long to wait, in seconds; ``attempts`` is how often a question is asked."""

    connect: float = 10.0
    read: float = 30.0
    attempts: int = 3


def checked_address(url: str) -> str:
    """The address of a registry without a slash at its end.

    Raises:
        RegistryAddressError: no https address, or more than one.
    """
    try:
        parts = urlsplit(url.strip())
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        raise RegistryAddressError(url) from None
    secure = parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host))
    if not host or not secure or parts.username or parts.password or parts.query or parts.fragment:
        raise RegistryAddressError(url)
    return url.strip().rstrip("/")


@dataclass(frozen=True)
class RegistryHttp:
    """Questions to one registry.

    Attributes:
        address: Of the registry, without a slash at its end.
        folder: Where answers are kept; ``None``: nowhere.
        timeouts: How long to wait.
    """

    address: str
    folder: Path | None = None
    timeouts: Timeouts = field(default_factory=Timeouts)

    def url(self, path: str) -> str:
        """The whole address of a document."""
        return f"{self.address}/{path.lstrip('/')}"

    def json(self, path: str, params: Mapping[str, str] | None = None) -> Any:  # noqa: ANN401 - JSON
        """A document; ``None`` where the registry has none (404).

        Raises:
            UnreachableError: there is no whole answer.
            BrokenAnswerError: it is no JSON.
        """
        kept = self._kept(path) if not params else None
        headers = {"Accept": "application/json"}
        if kept is not None:
            headers["If-None-Match"] = kept["etag"]
        status, answered, body = self._whole(path, headers, params)
        if status == _NOT_MODIFIED and kept is not None:
            return kept["body"]
        if status in {404, 410}:
            return None
        if status != _OK:
            raise UnreachableError(
                self.url(path), f"the registry answers {status} {reason_of(body)}".rstrip()
            )
        try:
            document = json.loads(body)
        except (ValueError, RecursionError):
            raise BrokenAnswerError(self.url(path), "the answer is no JSON") from None
        if not params and (etag := answered.get("etag")):
            self._keep(path, etag, document)
        return document

    def kept(self, path: str) -> Any:  # noqa: ANN401 - JSON
        """The document as it was when it was last asked for; ``None`` when it never was."""
        kept = self._kept(path)
        return None if kept is None else kept["body"]

    def known_age(self, path: str) -> float | None:
        """Seconds since the document was last asked for with success; ``None`` when it never was."""
        place = self._place(path)
        try:
            return None if place is None else max(0.0, time.time() - place.stat().st_mtime)
        except OSError:
            return None

    @contextlib.contextmanager
    def stream(self, path: str, headers: Mapping[str, str]) -> Iterator[requests.Response]:
        """An answer that is read piece by piece; its body as it was sent, not unpacked.

        Raises:
            UnreachableError: there is none, or it breaks off.
        """
        url = self.url(path)
        with self._speaking(url) as session:
            answer = session.get(
                url, headers=dict(headers) | {"Accept-Encoding": "identity"}, **self._how(url)
            )
            with answer:
                yield answer

    def post(
        self,
        path: str,
        token: str,
        *,
        json_body: Mapping[str, Any] | None = None,
        form: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> tuple[int, str, bytes]:
        """Write something, once: status, reason phrase and body of the answer.

        Args:
            path: Where to.
            token: Goes along as the password of ``__token__``.
            json_body: Sent as JSON; or
            form: Bytes, with ``headers`` that say what they are.
            headers: To send besides.

        Raises:
            UnreachableError: there is no whole answer; it may have been written.
        """
        url = self.url(path)
        with self._speaking(url) as session:
            answer = session.post(
                url,
                json=json_body,
                data=form,
                headers=dict(headers or {}),
                auth=HTTPBasicAuth("__token__", token),
                **self._how(url),
            )
            with answer:
                return answer.status_code, str(answer.reason or ""), self._read(answer, url)

    def _whole(
        self, path: str, headers: Mapping[str, str], params: Mapping[str, str] | None
    ) -> tuple[int, Mapping[str, str], bytes]:
        url = self.url(path)
        for attempt in range(1, self.timeouts.attempts + 1):
            last = attempt == self.timeouts.attempts
            try:
                with self._speaking(url) as session:
                    answer = session.get(url, headers=dict(headers), params=params, **self._how(url))
                    with answer:
                        if answer.status_code not in _BUSY or last:
                            return answer.status_code, answer.headers, self._read(answer, url)
            except UnreachableError:
                if last:
                    raise
            time.sleep(_PAUSE * attempt)
        raise AssertionError  # the last attempt returns or raises

    def _how(self, url: str) -> dict[str, Any]:
        loopback = is_loopback(urlsplit(url).hostname or "")
        return {
            "timeout": (self.timeouts.connect, self.timeouts.read),
            "allow_redirects": False,
            "stream": True,
            "proxies": {} if loopback else get_environ_proxies(url, no_proxy=None),
        }

    @contextlib.contextmanager
    def _speaking(self, url: str) -> Iterator[requests.Session]:
        try:
            with _session() as session:
                yield session
        except (requests.RequestException, HTTPError, OSError) as error:
            raise UnreachableError(url, _why(error)) from None

    def _read(self, answer: requests.Response, url: str) -> bytes:
        body = bytearray()
        for piece in answer.iter_content(_PIECE):
            body += piece
            if len(body) > _LARGEST_DOCUMENT:
                raise BrokenAnswerError(url, f"the answer is over {_LARGEST_DOCUMENT} bytes")
        return bytes(body)

    def _place(self, path: str) -> Path | None:
        if self.folder is None:
            return None
        name = hashlib.sha256(self.url(path).encode()).hexdigest()[:32]
        return self.folder / "answers" / f"{name}.json"

    def _kept(self, path: str) -> dict[str, Any] | None:
        place = self._place(path)
        try:
            kept = json.loads(place.read_bytes()) if place is not None else None
        except (OSError, ValueError, RecursionError):
            return None
        if not isinstance(kept, dict) or "body" not in kept or kept.get("url") != self.url(path):
            return None
        return kept if isinstance(kept.get("etag"), str) else None

    def _keep(self, path: str, etag: str, document: Any) -> None:  # noqa: ANN401 - JSON
        place = self._place(path)
        if place is None:
            return
        with contextlib.suppress(OSError):  # an answer that is not kept is asked for again
            place.parent.mkdir(parents=True, exist_ok=True)
            text = json.dumps({"url": self.url(path), "etag": etag, "body": document}, ensure_ascii=False)
            replace_file(place, text)


def reason_of(body: bytes) -> str:
    """What an answer says went wrong, as one line: its ``error`` where it is JSON, or its text."""
    text = body[: _LONGEST_REASON * 4].decode("utf-8", "replace")
    with contextlib.suppress(ValueError, RecursionError):
        document = json.loads(text)
        if isinstance(document, dict):
            parts = [document.get("error") or document.get("message") or "", document.get("help") or ""]
            text = "; ".join(str(part) for part in parts if part)
    if text.lstrip().startswith("<"):  # a page of a proxy or web server
        return ""
    return " ".join("".join(one if one.isprintable() else " " for one in text).split())[:_LONGEST_REASON]


def _session() -> requests.Session:
    context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    session = NoRedirects()
    session.trust_env = False
    session.headers["User-Agent"] = f"rpa-commons/{__version__}"
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    session.mount("https://", TlsAdapter(context))
    return session


def _why(error: Exception) -> str:  # noqa: PLR0911 - one for each cause
    """What happened, in words; requests' own hold addresses and object names."""
    text = f"{type(error).__name__} {error}".lower()
    if isinstance(error, requests.exceptions.ProxyError):
        return "the proxy cannot be reached"
    if any(one in text for one in _NO_TLS):
        return "it speaks plain http, not https"
    if "certificate" in text:
        return "its certificate is not trusted by this machine"
    if isinstance(error, requests.exceptions.SSLError):
        return "no secure connection comes about (TLS 1.2 at least)"
    if isinstance(error, requests.exceptions.ConnectTimeout):
        return "no connection in time"
    if isinstance(error, requests.exceptions.Timeout) or "timed out" in text:
        return "no answer in time"
    if "name or service" in text or "nameresolution" in text or "getaddrinfo" in text:
        return "its name is not known here (no network, or no such host)"
    if "refused" in text:
        return "nobody answers there (connection refused)"
    return "the connection broke off"
