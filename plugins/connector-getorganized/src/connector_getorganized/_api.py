"""Calls to GetOrganized, in the recorded shapes.

Rules this module keeps: a call that creates something is never repeated by itself, since GetOrganized honours
no key of ours; one call at a time, because NTLM lets a connection in and not a request: a thread that took
the connection between two messages of another one's login would break it.
"""

import json
import threading
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from rpa_commons.capabilities import BusinessError, NewDocument, TransientError
from rpa_commons.connectors import Surroundings
from rpa_commons.connectors.http import Answer, HttpClient, Kind

from ._fields import read_row, row
from ._login import NtlmLogin
from ._settings import GetOrganizedSettings
from ._shapes import CaseInfo, Cases, Created, Filed, FolderList, Metadata, read

__all__ = ["Api"]

_LIBRARY = "Dokumenter"
_SELECT = {"$select": "ListItemAllFields/*", "$expand": "ListItemAllFields"}
_BUSY_PAGE = b"HTTP Error 503. The service is unavailable."  # recorded: comes with status 200


class Api:
    """GetOrganized's ``_goapi``; safe for several threads."""

    def __init__(self, system: str, settings: GetOrganizedSettings, surroundings: Surroundings) -> None:
        """Call nobody yet.

        Raises:
            AddressRefusedError: the address is not https.
            CertificateError: the CA bundle cannot be used.
        """
        login = NtlmLogin(system, settings.user, lambda: surroundings.secret(settings.password))
        self.client = HttpClient(
            system,
            settings,
            surroundings,
            addresses=[settings.url],
            auth=login,
            largest_answer=settings.largest_file + 1_000_000,
        )
        self._system = system
        self._settings = settings
        self._url = settings.url.rstrip("/")
        self._turn = threading.Lock()

    def find(self, fields: Mapping[str, str], types: Sequence[str]) -> list[CaseInfo]:
        """The cases whose fields have these values.

        Raises:
            BusinessError: there are more than the settings allow.
        """
        most = self._settings.most_cases
        body = {
            "FieldProperties": [
                {
                    "InternalName": name,
                    "Value": value,
                    "DataType": "Text",
                    "ComparisonType": "Equal",
                    "IsMultiValue": "False",
                }
                for name, value in fields.items()
            ],
            "CaseTypePrefixes": list(types),
            "LogicalOperator": "AND",
            "ExcludeDeletedCases": "True",
            "ReturnCasesNumber": str(most + 1),
        }
        answer = self._send("Cases/FindByCaseProperties", body, kind="query")
        found = {one.id: one for one in read(answer, Cases).found if one.exists}
        if len(found) > most:
            raise BusinessError(
                f"{self._system}: the search finds more than {most} cases",
                remedy="ask for less: by number or title; or raise most_cases",
            )
        return list(found.values())

    def case_fields(self, case: str) -> dict[str, str]:
        """Every field of a case."""
        return self._fields(f"Cases/Metadata/{case}")

    def document_fields(self, document: int) -> dict[str, str]:
        """Every field of a document."""
        return self._fields(f"Documents/Metadata/{document}")

    def files(self, case: CaseInfo) -> list[tuple[int, str]]:
        """DocID and file name of a case's documents."""
        folder = "/" + case.url.removeprefix("/")
        path = quote(f"{folder}/_api/web/getFolderByServerRelativeUrl('{folder}/{_LIBRARY}/')/Files", "/'()")
        listed = read(self._get(self._url + path, params=_SELECT), FolderList)
        return sorted((one.item.id, one.name) for one in listed.files)

    def content(self, document: int) -> bytes:
        """A document's bytes.

        Raises:
            TransientError: the page that GetOrganized sends, with status 200, in place of a large file.
        """
        answer = self._get(f"{self._url}/_goapi/Documents/DocumentBytes/{document}")
        if answer.is_page or _BUSY_PAGE in answer.body[:4096]:
            raise TransientError(self._system, "a page for people came in place of a file")
        return answer.body

    def create(self, fields: Mapping[str, str]) -> str:
        """Open a case; its CaseID."""
        body = {
            "CaseTypePrefix": self._settings.case_type,
            "MetadataXml": row(fields),
            "ReturnWhenCaseFullyCreated": True,
        }
        return read(self._send("Cases", body, kind="unsafe"), Created).id

    def add(self, case: str, document: NewDocument, name: str, fields: Mapping[str, str]) -> int:
        """File a document under a name that the case does not have; its DocID."""
        body = {
            "CaseId": case,
            "ListName": _LIBRARY,
            "FolderPath": "",
            "FileName": name,
            "Metadata": row(fields),
            "Overwrite": False,
            "Bytes": list(document.content),
        }
        return read(self._send("Documents/AddToCase", body, kind="unsafe"), Filed).id

    def journalise(self, document: int) -> None:
        """Mark a document as case record and finalise it; both may be repeated."""
        body: dict[str, Any] = {"DocumentIds": [document]}
        self._done("Documents/MarkMultipleAsCaseRecord/ByDocumentId", body)
        self._done("Documents/FinalizeMultiple/ByDocumentId", {**body, "ShouldCloseOpenTasks": False})

    def _done(self, path: str, body: Mapping[str, Any]) -> None:
        answer = self._send(path, body, kind="keyed")
        if answer.is_page:
            raise answer.unexpected("a page for people came in place of an answer")

    def _fields(self, path: str) -> dict[str, str]:
        answer = self._get(f"{self._url}/_goapi/{path}")
        try:
            return read_row(read(answer, Metadata).row)
        except ValueError as error:
            problem = str(error)
        raise answer.unexpected(problem)

    def _get(self, url: str, params: Mapping[str, str] | None = None) -> Answer:
        headers = {"Accept": "application/json", "Content-Type": "application/json"}
        with self._turn:
            return self.client.request("GET", url, kind="query", headers=headers, params=params)

    def _send(self, path: str, body: Mapping[str, Any], *, kind: Kind) -> Answer:
        content = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        with self._turn:
            return self.client.request(
                "POST", f"{self._url}/_goapi/{path}", kind=kind, headers=headers, body=content
            )
