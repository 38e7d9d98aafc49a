"""The upload form read while it arrives: the wheel to a file, a few short fields to memory, the rest nowhere.

Rules this module keeps: never more than a chunk of the wheel is in memory; too many bytes are noticed while
they come, not after; of fields that nobody asks for, nothing is kept.

Usage::

    form = UploadForm(boundary, stream, largest=64 * 1024 * 1024)
    form.write(chunk)
    form.finish()  # form.filename, form.fields
"""

from collections.abc import Mapping
from typing import IO

import python_multipart
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import parse_options_header

from rpa_registry.errors import RefusedError, TooLargeError

__all__ = ["UploadForm", "boundary_of"]

_LONGEST_FIELD = 4096  # bytes of a field that is kept
_MOST_BESIDE = 8 * 1024 * 1024  # bytes of all fields but the wheel: a description is one of them
_MOST_PARTS = 2000  # classifiers and requirements come one to a part
_REMEDY = "upload with twine or `uv publish`"


def boundary_of(content_type: str) -> bytes:
    """What separates the parts of the form.

    Raises:
        RefusedError: the request is no such form.
    """
    kind, options = parse_options_header(content_type)
    boundary = options.get(b"boundary", b"")
    if kind.lower() != b"multipart/form-data" or not boundary:
        raise RefusedError("an upload is a form, multipart/form-data", remedy=_REMEDY)
    return boundary


class UploadForm:
    """One form while it arrives.

    Attributes:
        filename: Of the wheel, once its part has begun; the last part of a path.
        size: Bytes of the wheel so far.
    """

    def __init__(self, boundary: bytes, target: IO[bytes], *, kept: frozenset[str], largest: int) -> None:
        self.filename = ""
        self.size = 0
        self._target = target
        self._kept = kept
        self._largest = largest
        self._fields: dict[str, bytearray] = {}
        self._header = (bytearray(), bytearray())
        self._headers: dict[bytes, bytes] = {}
        self._name = ""
        self._parts = 0
        self._beside = 0
        self._ended = False
        try:
            self._parser = python_multipart.MultipartParser(
                boundary,
                {
                    "on_part_begin": self._begin,
                    "on_part_data": self._data,
                    "on_header_field": self._header_name,
                    "on_header_value": self._header_value,
                    "on_header_end": self._header_end,
                    "on_headers_finished": self._headers_end,
                    "on_end": self._end,
                },
            )
        except FormParserError as error:
            raise RefusedError(f"the form cannot be read: {error}", remedy=_REMEDY) from error

    def write(self, chunk: bytes) -> None:
        """Take the next bytes of the request's body.

        Raises:
            RefusedError: it is no form.
            TooLargeError: the wheel has more bytes than the registry takes.
            OSError: the disk is full.
        """
        try:
            self._parser.write(chunk)
        except FormParserError as error:
            raise RefusedError(f"the form cannot be read: {error}", remedy=_REMEDY) from error

    def finish(self) -> Mapping[str, str]:
        """The fields, once everything has come.

        Raises:
            RefusedError: the form ended in the middle, or is no upload of a file.
        """
        if not self._ended:
            raise RefusedError("the form ended in the middle", remedy="send it again")
        fields = {name: value.decode("utf-8", "replace") for name, value in self._fields.items()}
        action = fields.pop(":action", "")
        if action != "file_upload":
            raise RefusedError(f"the form's :action is {action!r}, not 'file_upload'", remedy=_REMEDY)
        if not self.filename:
            raise RefusedError("the form has no file in the field 'content'", remedy=_REMEDY)
        return fields

    def _begin(self) -> None:
        self._parts += 1
        if self._parts > _MOST_PARTS:
            raise RefusedError(f"the form has more than {_MOST_PARTS} parts", remedy=_REMEDY)
        self._headers = {}
        self._header = (bytearray(), bytearray())
        self._name = ""

    def _header_name(self, data: bytes, start: int, end: int) -> None:
        self._header[0].extend(data[start:end])

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._header[1].extend(data[start:end])

    def _header_end(self) -> None:
        name, value = self._header
        self._headers[bytes(name).lower()] = bytes(value)
        self._header = (bytearray(), bytearray())

    def _headers_end(self) -> None:
        _, options = parse_options_header(self._headers.get(b"content-disposition", b""))
        self._name = options.get(b"name", b"").decode("utf-8", "replace")
        if self._name != "content":
            if self._name in self._kept:
                self._fields.setdefault(self._name, bytearray())
            return
        if self.filename:
            raise RefusedError("the form has two files", remedy="a release is exactly one wheel")
        path = options.get(b"filename", b"").decode("utf-8", "replace")
        self.filename = path.replace("\\", "/").rpartition("/")[2] or "content"

    def _data(self, data: bytes, start: int, end: int) -> None:
        if self._name == "content":
            self.size += end - start
            if self.size > self._largest:
                raise TooLargeError(
                    f"{self.filename} has more than the {self._largest} bytes that this registry takes",
                    remedy="leave out what the bot does not need; `limits.largest_wheel` in registry.toml",
                )
            self._target.write(data[start:end])
            return
        self._beside += end - start
        if self._beside > _MOST_BESIDE:
            raise TooLargeError(
                f"the form has more than {_MOST_BESIDE} bytes beside the file", remedy=_REMEDY
            )
        if self._name in self._kept:
            field = self._fields[self._name]
            if len(field) + end - start > _LONGEST_FIELD:
                raise RefusedError(f"the form's field {self._name} is too long", remedy=_REMEDY)
            field.extend(data[start:end])

    def _end(self) -> None:
        self._ended = True
