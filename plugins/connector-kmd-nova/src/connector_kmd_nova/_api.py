"""Calls to Nova: a question answered in a recorded shape, an effect taken or refused.

Rules this module keeps: every call has a transaction id of its own; an effect carries the caller's UUID,
which Nova takes for the entity's, so it may be repeated; what an effect is answered is not recorded, so only
its status counts, and a page for people in its place is no answer.
"""

import json
import uuid
from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

from rpa_commons.capabilities import BusinessError, TransientError
from rpa_commons.connectors import Surroundings
from rpa_commons.connectors.http import Answer, ClientCredentials, HttpClient, RequestRefusedError

from ._settings import KmdNovaSettings
from ._shapes import CaseList, DocumentList, NovaCase, NovaDocument, NovaTask, TaskList, read

__all__ = ["PAGE", "Api"]

PAGE = 500  # rows; recorded as the most that one page may have
_REFUSED = frozenset({400, 404, 409, 422})
_MOST_PAGES = 1000

_ShapeT = TypeVar("_ShapeT", CaseList, DocumentList, TaskList)


class Api:
    """Nova's API; safe for several threads."""

    def __init__(self, system: str, settings: KmdNovaSettings, surroundings: Surroundings) -> None:
        """Call nobody yet.

        Raises:
            AddressRefusedError: an address is not https.
            CertificateError: the CA bundle or client certificate cannot be used.
        """
        self.client = HttpClient(system, settings, surroundings, addresses=[settings.url, settings.token_url])
        self._access = ClientCredentials(
            self.client,
            token_url=settings.token_url,
            client_id=settings.client_id,
            secret=lambda: surroundings.secret(settings.client_secret),
            scope="client",
            style="body",
        )
        self._url = settings.url.rstrip("/")
        self._system = system
        self._versions = {"Case": settings.case_version, "Task": settings.task_version}
        self._most_cases = settings.most_cases

    def cases(self, body: Mapping[str, Any]) -> list[NovaCase]:
        """All cases that fit, page after page.

        Raises:
            BusinessError: there are more than the settings allow.
        """
        found: dict[str, NovaCase] = {}
        for page in self._pages("Case/GetList", body, CaseList):
            found |= {case.common.uuid: case for case in page.cases}
            if len(found) > self._most_cases:
                raise BusinessError(
                    f"{self._system}: the search finds more than {self._most_cases} cases",
                    remedy="ask for less: by number, with a KLE number or a status; or raise most_cases",
                )
            if not _goes_on(page, len(page.cases)):
                break
        return list(found.values())

    def documents(self, case: str) -> list[NovaDocument]:
        """The documents of a case."""
        wanted = ("title", "sensitivity", "documentType", "approved", "documentDate", "fileExtension")
        body = {"caseUuid": case, "getOutput": dict.fromkeys(wanted, True)}
        found: dict[str, NovaDocument] = {}
        for page in self._pages("Document/GetList", body, DocumentList):
            found |= {one.document_uuid: one for one in page.documents}
            if not _goes_on(page, len(page.documents)):
                break
        return list(found.values())

    def tasks(self, case: str) -> list[NovaTask]:
        """The tasks of a case."""
        found: dict[str, NovaTask] = {}
        for page in self._pages("Task/GetList", {"caseUuid": case}, TaskList):
            found |= {one.task_uuid: one for one in page.task_list}
            if not _goes_on(page, len(page.task_list)):
                break
        return list(found.values())

    def file(self, document: str) -> bytes:
        """A document's bytes."""
        body = {"common": {"uuid": document}, "checkOutDocument": False, "checkOutComment": None}
        answer = self._call("PUT", "Document/GetFile", body, kind="query")
        return _machine_made(answer).body

    def change(self, method: str, path: str, body: Mapping[str, Any]) -> Answer:
        """An effect: the answer says by its status whether it was taken; see :func:`taken`."""
        return self._call(method, path, body, kind="keyed")

    def upload(self, document: str, form: bytes, content_type: str) -> Answer:
        """The file of a document that is imported afterwards."""
        return self.client.request(
            "POST",
            f"{self._url}/api/Document/UploadFile/{uuid.uuid4()}/{document}",
            kind="keyed",
            headers={"Content-Type": content_type, "Accept": "*/*"},
            params={"api-version": self._versions["Case"]},
            body=form,
            accept=_REFUSED,
            authorization=self._access,
        )

    def taken(self, answer: Answer) -> bool:
        """Whether an effect was taken; ``False``: refused, perhaps because it is there already.

        Raises:
            UnclearAnswerError: a success, but of a page for people.
        """
        if answer.status in _REFUSED:
            return False
        _machine_made(answer)
        return True

    def refusal(self, answer: Answer) -> Exception:
        """What to raise for a refused effect whose entity is not there."""
        if answer.after_doubt:
            # Refused is the repeat; the attempt before it may be done, so the whole is not refused.
            return TransientError(self._system, f"refused a repeat (status {answer.status})", sent="maybe")
        return RequestRefusedError(self._system, answer.status)

    def _pages(self, path: str, body: Mapping[str, Any], shape: type[_ShapeT]) -> Iterator[_ShapeT]:
        for number in range(_MOST_PAGES):
            paging = {"startRow": 1 + number * PAGE, "numberOfRows": PAGE}
            yield read(self._call("PUT", path, {**body, "paging": paging}, kind="query"), shape)

    def _call(self, method: str, path: str, body: Mapping[str, Any], *, kind: Any) -> Answer:  # noqa: ANN401 - a Kind
        common = {"transactionId": str(uuid.uuid4()), **body.get("common", {})}
        version = self._versions["Task" if path.startswith("Task/") else "Case"]
        return self.client.request(
            method,
            f"{self._url}/api/{path}",
            kind=kind,
            headers={"Content-Type": "application/json", "Accept": "application/json"},
            params={"api-version": version},
            body=json.dumps({**body, "common": common}, ensure_ascii=False).encode(),
            accept=() if kind == "query" else _REFUSED,
            authorization=self._access,
        )


def _goes_on(page: CaseList | DocumentList | TaskList, rows: int) -> bool:
    """Whether there may be another page: Nova's word where it gives one, else a full page."""
    said = page.paging_information.has_more_rows if page.paging_information else None
    return rows > 0 and (rows >= PAGE if said is None else said)


def _machine_made(answer: Answer) -> Answer:
    """The answer, unless it is a page for people."""
    if answer.is_page:
        raise answer.unexpected("a page for people came in place of an answer")
    return answer
