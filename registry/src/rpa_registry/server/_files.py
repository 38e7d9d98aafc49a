"""Wheels and their METADATA: whole or in ranges, kept for ever by whoever fetched them.

Rules this module keeps: a file's address holds its digest, so its bytes never change and its answer is
``immutable``; what is withheld is 410 with the advisory's number, what is not public is not there; a file
whose size is not the recorded one is never sent; a download that broke off goes on where it stopped
(RFC 9110 section 14).

Usage::

    await send_file(path, size, sha256, scope, send)
"""

import asyncio
import re
from collections.abc import Mapping
from pathlib import Path

from starlette.types import Scope, Send

from rpa_registry.errors import StorageError

from ._answers import SECURITY, Header

__all__ = ["FILE_PATH", "send_file"]

FILE_PATH = re.compile(r"files/([0-9a-f]{2})/(\1[0-9a-f]{62})/([^/]+)")
_CHUNK = 256 * 1024
_RANGE = re.compile(rb"bytes=(\d{0,18})-(\d{0,18})")
FOREVER: Header = (b"cache-control", b"max-age=31536000, immutable")
PRIVATE: Header = (b"cache-control", b"private, no-store")


async def send_file(
    path: Path, sha256: str, wanted: Mapping[bytes, bytes], scope: Scope, send: Send, *, private: bool = False
) -> None:
    """Send a file, the part of it that was asked for, 304 or 416.

    Args:
        path: On this machine's disk.
        sha256: For the ETag.
        wanted: The request's headers.
        scope: For the method.
        send: The server's.
        private: Whether only this client may keep it, and not even that.

    Raises:
        StorageError: it is not there, or not as long as it was when it was taken in.
    """
    metadata = path.name.endswith(".metadata")
    etag = f'"{sha256}{".metadata" if metadata else ""}"'.encode()
    headers = [(b"etag", etag), PRIVATE if private else FOREVER, *SECURITY]
    if etag in wanted.get(b"if-none-match", b""):
        await send({"type": "http.response.start", "status": 304, "headers": headers})
        await send({"type": "http.response.body", "body": b""})
        return
    size = (await asyncio.to_thread(path.stat)).st_size
    kind = b"text/plain; charset=utf-8" if metadata else b"application/octet-stream"
    headers += [(b"content-type", kind), (b"accept-ranges", b"bytes")]
    part = _part(wanted, etag, size)
    if part is None:
        headers += [(b"content-range", b"bytes */%d" % size), (b"content-length", b"0")]
        await send({"type": "http.response.start", "status": 416, "headers": headers})
        await send({"type": "http.response.body", "body": b""})
        return
    start, end = part
    status = 200
    if (start, end) != (0, size) or (size and b"range" in wanted and _is_range(wanted, etag)):
        status = 206
        headers.append((b"content-range", b"bytes %d-%d/%d" % (start, end - 1, size)))
    headers.append((b"content-length", b"%d" % (end - start)))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await _send_part(path, start, 0 if scope["method"] == "HEAD" else end - start, send)


async def _send_part(path: Path, start: int, left: int, send: Send) -> None:
    if left <= _CHUNK:
        body = await asyncio.to_thread(_read, path, start, left) if left else b""
        await send({"type": "http.response.body", "body": body})
        return
    with await asyncio.to_thread(path.open, "rb") as file:
        await asyncio.to_thread(file.seek, start)
        while left > 0:
            body = await asyncio.to_thread(file.read, min(_CHUNK, left))
            if not body:
                raise StorageError(f"{path.name} ended before its size", remedy="run `rpac-registry verify`")
            left -= len(body)
            await send({"type": "http.response.body", "body": body, "more_body": left > 0})


def _read(path: Path, start: int, length: int) -> bytes:
    with path.open("rb") as file:
        file.seek(start)
        return file.read(length)


def _is_range(wanted: Mapping[bytes, bytes], etag: bytes) -> bool:
    """Whether the Range header counts: of one range in bytes, and of the file the client has the start of."""
    return bool(_RANGE.fullmatch(wanted.get(b"range", b""))) and wanted.get(b"if-range", etag) == etag


def _part(wanted: Mapping[bytes, bytes], etag: bytes, size: int) -> tuple[int, int] | None:
    """First byte and the one after the last; ``None`` when there is no such part."""
    if not _is_range(wanted, etag):
        return 0, size
    found = _RANGE.fullmatch(wanted[b"range"])
    first, last = found.groups() if found else (b"", b"")
    if not first and not last:
        return 0, size
    if not first:  # the last so many bytes
        return (max(size - int(last), 0), size) if int(last) and size else None
    start = int(first)
    end = min(int(last) + 1, size) if last else size
    return (start, end) if start < end else None
