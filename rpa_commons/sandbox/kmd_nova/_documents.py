"""Documents: a file is uploaded under the caller's UUID, then imported into a case under the same one."""

import hashlib
from pathlib import PurePath
from typing import Any

from rpa_commons.sandbox._http import Request
from rpa_commons.sandbox._refusal import Refusal, is_uuid

from ._body import Body, uploaded_file
from ._store import Store
from ._words import SENSITIVITY, identity_of, page_of

__all__ = ["Documents"]

_TYPES = (
    "Indgående",
    "Udgående",
    "Internt",  # codespell:ignore internt
    "Dagsordenpunkt",
    "Dagsorden",
    "Referat",
    "Andet",
    "GisKort",
    "NovaDagsordenspunkt",
)


class Documents:
    """The document part of the API."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def upload(self, request: Request) -> None:
        """``POST api/Document/UploadFile/{transactionId}/{documentId}``: the bytes, in no case yet."""
        transaction, _, uuid = request.path.removeprefix("/api/Document/UploadFile/").partition("/")
        if not is_uuid(transaction) or not is_uuid(uuid):
            raise Refusal(400, "uuid", "transactionId and documentId must be UUIDs")
        name, content = uploaded_file(request)
        file = {
            "extension": PurePath(name).suffix.removeprefix(".").lower(),
            "size": len(content),
            "sha256": hashlib.sha256(content).hexdigest(),
        }
        self._store.create("file", uuid.lower(), file.copy, transaction, content)

    def import_(self, request: Request) -> None:
        """``POST api/Document/Import``: puts an uploaded file into a case."""
        body = Body.of(request)
        transaction, uuid = body.uuid("common", "transactionId"), body.uuid("common", "uuid")
        case = body.uuid("caseUuid")
        self._store.case(case)
        file = self._store.get("file", uuid)
        if file is None:
            raise Refusal(400, "file-unknown", "no file was uploaded under this uuid")
        document = {
            "case": case,
            "title": body.needed("title"),
            "sensitivity": body.chosen(SENSITIVITY, "sensitivity"),
            "type": body.chosen(_TYPES, "documentType"),
            "date": body.moment("documentDate"),
            "description": body.text("description"),
            "approved": body.find("approved") is True,
            "caseworker": identity_of(body),
            "extension": file["extension"],
        }
        self._store.create("document", uuid, lambda: {**document, **self._numbered()}, transaction)

    def get_list(self, request: Request) -> dict[str, Any]:
        """``PUT api/Document/GetList``: the documents of a case, by its UUID."""
        body = Body.of(request)
        body.uuid("common", "transactionId")
        case = body.uuid("caseUuid")
        wanted = body.inside("getOutput")
        pairs = [pair for pair in self._store.all("document") if pair[1]["case"] == case]
        told = {}
        if body.find("paging") is not None:  # recorded calls send it or leave it out
            pairs, told["pagingInformation"] = page_of(body, pairs)
        return {**told, "documents": [_shown(uuid, document, wanted) for uuid, document in pairs]}

    def get_file(self, request: Request) -> bytes:
        """``PUT api/Document/GetFile``: the bytes of an imported document."""
        body = Body.of(request)
        body.uuid("common", "transactionId")
        uuid = body.uuid("common", "uuid")
        if self._store.get("document", uuid) is None:
            raise Refusal(400, "document-unknown", "no document has this uuid")
        return self._store.file(uuid)

    def _numbered(self) -> dict[str, str]:
        return {"nova_number": f"D{self._store.year}-{self._store.count('document') + 1:05}"}


def _shown(uuid: str, document: dict[str, Any], wanted: Body) -> dict[str, Any]:
    full = {
        "title": document["title"],
        "sensitivity": document["sensitivity"],
        "documentType": document["type"],
        "description": document["description"] or None,
        "approved": document["approved"],
        "documentDate": document["date"],
        "fileExtension": document["extension"],
        "caseworker": {"kspIdentity": document["caseworker"]} if document["caseworker"] else None,
    }
    asked = {name: value for name, value in full.items() if wanted.find(name) and value is not None}
    return {"documentUuid": uuid, "documentNumber": document["nova_number"], **asked}
