"""Documents of a case: added, described, read, journalised (marked as case record), finalised."""

import base64
import binascii
import re
from pathlib import PurePath
from typing import Any
from urllib.parse import quote, unquote

from rpa_commons.sandbox._http import Request
from rpa_commons.sandbox._json import json_object
from rpa_commons.sandbox._refusal import Refusal

from ._cases import needed
from ._fields import read_row, row
from ._store import Store

__all__ = ["Documents"]

_LIBRARY = "Dokumenter"
_UNSAFE = re.compile(r'[<>:"/\\|?*\x00-\x1f]')
_LISTED = re.compile(
    r"(?P<url>/cases/[^/]+/[^/]+)/_api/web/getFolderByServerRelativeUrl\('(?P<folder>[^']*)'\)/Files"
)


class Documents:
    """``/_goapi/Documents``, and SharePoint's list of the files of a case."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add(self, request: Request) -> dict[str, Any]:
        """``POST /_goapi/Documents/AddToCase`` or ``AddToDocumentLibrary``."""
        body = json_object(request)
        case = self._store.case(needed(body, "CaseId"))
        name, content = needed(body, "FileName"), _bytes(body)
        fields = read_row(str(body.get("Metadata") or row({})))
        if needed(body, "ListName") != _LIBRARY:
            raise Refusal(400, "library", f"only the library {_LIBRARY} is recorded")
        if _UNSAFE.search(name):
            raise Refusal(400, "file-name", 'a file name has no control sign and none of < > : " / \\ | ? *')
        with self._store.lock:
            same = [one for one in self._store.documents(case["id"]) if one["name"].lower() == name.lower()]
            if not same:
                return {"DocId": self._store.add_document(case["id"], name, content, fields)}
            if body.get("Overwrite") not in (True, "true"):
                raise Refusal(409, "file-exists", "the case has a file of this name")
            if same[0]["final"]:
                raise Refusal(409, "finalized", "the document is finalised")
            self._store.replace_document(same[0]["id"], content, fields)
            return {"DocId": same[0]["id"]}

    def metadata(self, number: str) -> dict[str, Any]:
        """``GET /_goapi/Documents/Metadata/{DocID}``: the fields of a document."""
        return {"Metadata": row(self._fields(self._store.document(_number(number))))}

    def content(self, number: str) -> bytes:
        """``GET /_goapi/Documents/DocumentBytes/{DocID}``."""
        return self._store.content(self._store.document(_number(number))["id"])

    def journalise(self, request: Request) -> dict[str, Any]:
        """``POST /_goapi/Documents/MarkMultipleAsCaseRecord/ByDocumentId``."""
        with self._store.lock:  # two calls at a time must not give one number twice
            for document in self._asked(request):
                others = self._store.documents(document["case"])
                if not document["recorded"]:
                    number = 1 + max(other["recorded"] for other in others)
                    self._store.change_document(document["id"], recorded=number)
        return {}

    def finalise(self, request: Request) -> dict[str, Any]:
        """``POST /_goapi/Documents/FinalizeMultiple/ByDocumentId``."""
        for document in self._asked(request):
            self._store.change_document(document["id"], final=True)
        return {}

    def listed(self, path: str) -> dict[str, Any]:
        """``GET {case}/_api/web/getFolderByServerRelativeUrl('{case}/Dokumenter/')/Files``."""
        found = _LISTED.fullmatch(unquote(path))
        cases = [one for one in self._store.cases() if found and one["url"] == found["url"]]
        if not found or not cases or found["folder"].rstrip("/") != f"{found['url']}/{_LIBRARY}":
            raise Refusal(404, "folder-unknown", "no such folder")
        return {"value": [self._item(cases[0], one) for one in self._store.documents(cases[0]["id"])]}

    def _item(self, case: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
        # A link, so it is percent-encoded (RFC 3986), and an apostrophe is written twice (OData).
        path = quote(f"{case['url']}/{_LIBRARY}/{document['name']}".replace("'", "''"), safe="/'")
        fields = self._fields(document)
        shown = {name.removeprefix("ows_"): value for name, value in fields.items()}
        return {
            "odata.editLink": f"Web/GetFileByServerRelativePath(decodedurl='{path}')",
            "ListItemAllFields": {**shown, "DocID": document["id"]},
        }

    def _asked(self, request: Request) -> list[dict[str, Any]]:
        numbers = json_object(request).get("DocumentIds")
        if not isinstance(numbers, list) or not numbers:
            raise Refusal(400, "documents", "DocumentIds must be a list of numbers")
        return [self._store.document(_number(str(number))) for number in numbers]

    def _fields(self, document: dict[str, Any]) -> dict[str, str]:
        stem, extension = PurePath(document["name"]).stem, PurePath(document["name"]).suffix
        own = {
            "ows_CaseID": document["case"],
            "ows_CCMVisualId": document["case"],
            "ows_DocID": str(document["id"]),
            "ows_Finalized": "1" if document["final"] else "0",
            "ows_CaseRecordNumber": str(document["recorded"]),
            "ows_ExtendedDocIcon": extension.removeprefix("."),
            "ows_CCMLinkTitleFilename": stem,
        }
        given = {"ows_Title": stem, "ows_Korrespondance": "Intern", "ows_Dato": self._store.today}
        return {**given, **document["fields"], **own}


def _bytes(body: dict[str, Any]) -> bytes:
    """The file: an array of byte values, or base64, in ``Bytes`` or ``bytes``; all are recorded."""
    given = body.get("Bytes", body.get("bytes"))
    try:
        if isinstance(given, str):
            return base64.b64decode(given, validate=True)
        if isinstance(given, list):
            return bytes(given)
    except (binascii.Error, ValueError, TypeError):
        raise Refusal(400, "bytes", "Bytes must be byte values or base64") from None
    raise Refusal(400, "bytes", "Bytes is missing")


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 12 else -1  # noqa: PLR2004 - digits
