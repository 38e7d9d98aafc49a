"""The upload API that twine and ``uv publish`` speak, at ``/legacy/`` and ``/upload/``.

Rules this module keeps: whoever sends is asked before a byte is kept; the bytes go to a file while they come;
an answer is sent when the sender has finished, for a program that is cut off in the middle of sending shows
its user a broken connection instead of the reason; at most a few wheels are examined at once.

Usage::

    twine upload --repository-url http://127.0.0.1:8080/legacy/ dist/*.whl
"""

import asyncio
import contextlib
import os
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import IO

from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from rpa_registry.accounts import Identity
from rpa_registry.blobs import FolderBlobStore, sweep_folder
from rpa_registry.context import Registry
from rpa_registry.errors import RegistryError, StorageError
from rpa_registry.publishing import CLAIMED_DIGESTS, CLAIMED_FIELDS, Admitted, admit

from ._errors import error_answer
from ._form import UploadForm, boundary_of
from ._staged import credentials

__all__ = ["routes", "sweep"]

_AT_ONCE = 4  # wheels that are examined at the same time; each may be in memory as a whole
_MOST_BESIDE = 16 * 1024 * 1024  # bytes of a form beside the wheel that are read, if only to be thrown away
_KEPT = frozenset({":action", *CLAIMED_FIELDS, *CLAIMED_DIGESTS})


def sweep(registry: Registry) -> int:
    """Remove what uploads left that ended in the middle a day ago or longer; how many files."""
    folders = [_incoming(registry)]
    if isinstance(registry.blobs, FolderBlobStore):
        folders.append(registry.blobs.incoming)
    return sum(sweep_folder(folder) for folder in folders)


def _incoming(registry: Registry) -> Path:
    return registry.settings.data_dir / "incoming"


def routes(registry: Registry) -> list[BaseRoute]:
    """The addresses of uploading; with and without the last slash, for people leave it out."""
    upload = _Upload(registry, asyncio.Semaphore(_AT_ONCE))
    return [
        Route(path, upload.post, methods=["POST"]) for path in ("/legacy/", "/legacy", "/upload/", "/upload")
    ]


@dataclass(frozen=True)
class _Upload:
    registry: Registry
    free: asyncio.Semaphore

    async def post(self, request: Request) -> Response:
        """Take one wheel in."""
        unread = _Unread(request, self.registry.settings.limits.largest_wheel + _MOST_BESIDE)
        try:
            identity = await asyncio.to_thread(self._identity, request)
            boundary = boundary_of(request.headers.get("content-type", ""))
            with _temporary(_incoming(self.registry)) as (path, stream):
                form = UploadForm(
                    boundary, stream, kept=_KEPT, largest=self.registry.settings.limits.largest_wheel
                )
                async for chunk in unread.chunks():
                    with _room():
                        form.write(chunk)
                fields = form.finish()
                with _room():
                    stream.close()
                async with self.free:
                    admitted = await asyncio.to_thread(
                        admit, self.registry, identity, path, form.filename, claimed=fields
                    )
        except RegistryError as error:
            answer = error_answer(request.url.path, error)
            if not await unread.throw_away():
                answer.headers["connection"] = "close"
            return answer
        except ClientDisconnect:
            return Response(status_code=HTTPStatus.BAD_REQUEST)  # nobody hears it
        return PlainTextResponse(_sentence(admitted), headers={"cache-control": "no-store"})

    def _identity(self, request: Request) -> Identity:
        username, password = credentials(request)
        with self.registry.database.read() as connection:
            identity = self.registry.authenticate(connection, username, password)
        self.registry.upload_rate.take(f"{identity.via} {identity.login}")
        return identity


class _Unread:
    """A request's body, and what of it has not been read; never more of it than any upload needs."""

    def __init__(self, request: Request, most: int) -> None:
        self._stream = request.stream()
        self._left = most

    async def chunks(self) -> AsyncIterator[bytes]:
        async for chunk in self._stream:
            self._left -= len(chunk)
            yield chunk

    async def throw_away(self) -> bool:
        """Read the rest, up to the bound, so that the sender hears the answer; whether that was all."""
        with contextlib.suppress(ClientDisconnect):
            async for chunk in self._stream:
                self._left -= len(chunk)
                if self._left < 0:
                    return False
        return True


@contextlib.contextmanager
def _temporary(folder: Path) -> Iterator[tuple[Path, IO[bytes]]]:
    with _room():
        folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=folder)
    stream = os.fdopen(handle, "wb")
    try:
        yield Path(name), stream
    finally:
        with contextlib.suppress(OSError):  # what is left in its buffer has no room; the file goes anyway
            stream.close()
        Path(name).unlink(missing_ok=True)


@contextlib.contextmanager
def _room() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StorageError(
            f"the upload could not be kept: {error.strerror or error}; nothing was changed",
            remedy="make room in the registry's data folder, then send it again",
        ) from error


def _sentence(admitted: Admitted) -> str:
    what = "is staged" if admitted.created else "was here already, with the same bytes"
    lines = [f"{admitted.project} {admitted.version} {what}. SHA-256 {admitted.sha256}"]
    if admitted.created:
        lines.append(f"Next: rpac-registry submit {admitted.project} {admitted.version}")
    if admitted.waits:
        accept = f"rpac-registry accept {admitted.project} --reason TEXT --as LOGIN"
        lines.append(f"The name is new: a coordinator of another municipality accepts it with {accept}")
    lines += [_warning(finding) for finding in admitted.report.get("findings", ())]
    return "\n".join(lines) + "\n"


def _warning(finding: Mapping[str, str]) -> str:
    return f"{finding['severity']} {finding['code']} {finding['place']}: {finding['message']}"
