"""Reading what a caller sent: JSON whose names may be written in either case, and one uploaded file.

Rules this module keeps: names are compared without regard to case, because recorded calls spell one name in
two ways (``accessToDocuments`` and ``AccessToDocuments``) and both are taken; a refusal names the field and
never shows what stood there.
"""

from collections.abc import Mapping
from datetime import datetime
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any

from rpa_commons.sandbox._http import Request
from rpa_commons.sandbox._json import json_object
from rpa_commons.sandbox._refusal import Refusal, is_uuid

__all__ = ["Body", "uploaded_file"]


class Body:
    """A JSON object that was sent; names in any case."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self._data = {name.lower(): value for name, value in data.items()}

    @classmethod
    def of(cls, request: Request) -> "Body":
        """The object in a request.

        Raises:
            Refusal: 415 for another media type, 400 where no JSON object was sent.
        """
        return cls(json_object(request))

    def find(self, *path: str) -> Any:  # noqa: ANN401 - JSON
        """The value at a path of names; ``None`` where there is none."""
        value: Any = self._data
        for name in path:
            folded = {n.lower(): v for n, v in value.items()} if isinstance(value, dict) else {}
            value = folded.get(name.lower())
        return value

    def inside(self, *path: str) -> "Body":
        """The object at a path; empty where there is none.

        Raises:
            Refusal: 400 where something else stands there.
        """
        return self._object(self.find(*path), path)

    def items(self, *path: str) -> list["Body"]:
        """The objects of the list at a path; empty where there is none.

        Raises:
            Refusal: 400 where something else stands there.
        """
        value = self.find(*path)
        if not isinstance(value, list | None):
            raise Refusal(400, "type", f"{'.'.join(path)} must be a list")
        return [self._object(one, path) for one in value or ()]

    @staticmethod
    def _object(value: object, path: tuple[str, ...]) -> "Body":
        if not isinstance(value, dict | None):
            raise Refusal(400, "type", f"{'.'.join(path)} must be an object")
        return Body(value or {})

    def text(self, *path: str) -> str:
        """The text at a path, stripped; empty where there is none.

        Raises:
            Refusal: 400 where something else stands there.
        """
        value = self.find(*path)
        if value is None:
            return ""
        if not isinstance(value, str):
            raise Refusal(400, "type", f"{'.'.join(path)} must be a text")
        return value.strip()

    def needed(self, *path: str) -> str:
        """The text at a path.

        Raises:
            Refusal: 400 where it is missing.
        """
        text = self.text(*path)
        if not text:
            raise Refusal(400, "missing", f"{'.'.join(path)} is missing")
        return text

    def uuid(self, *path: str) -> str:
        """The UUID at a path, lower case.

        Raises:
            Refusal: 400 where there is none.
        """
        text = self.needed(*path)
        if not is_uuid(text):
            raise Refusal(400, "uuid", f"{'.'.join(path)} must be a UUID")
        return text.lower()

    def moment(self, *path: str) -> str:
        """The ISO 8601 moment at a path as it was sent; empty where there is none.

        Raises:
            Refusal: 400 where it is none.
        """
        text = self.text(*path)
        try:
            if text:
                datetime.fromisoformat(text)
        except ValueError:
            raise Refusal(400, "date", f"{'.'.join(path)} must be an ISO 8601 date") from None
        return text

    def chosen(self, allowed: tuple[str, ...], *path: str) -> str:
        """The word at a path.

        Raises:
            Refusal: 400 where it is missing or none of those that public clients know.
        """
        text = self.needed(*path)
        if text not in allowed:
            raise Refusal(400, "value", f"{'.'.join(path)} must be one of {', '.join(allowed)}")
        return text


def uploaded_file(request: Request) -> tuple[str, bytes]:
    """File name and content of the form field ``file`` (RFC 7578).

    Raises:
        Refusal: 415 for another media type, 400 where there is no such field.
    """
    if request.media_type != "multipart/form-data":
        raise Refusal(415, "content-type", "a file is uploaded as multipart/form-data")
    head = f"Content-Type: {request.header('Content-Type')}\r\n\r\n".encode()
    message = BytesParser(policy=HTTP).parsebytes(head + request.body)
    try:
        for part in message.iter_parts() if message.is_multipart() else ():
            if part.get_param("name", header="content-disposition") == "file" and part.get_filename():
                content = part.get_payload(decode=True)
                return str(part.get_filename()), content if isinstance(content, bytes) else b""
    except (LookupError, TypeError, ValueError):  # of the email package: parameters that contradict
        raise Refusal(400, "file", "the form's fields cannot be read") from None
    raise Refusal(400, "file", "the form has no field named file")
