"""Tasks in a case: Import, GetList and Update."""

from typing import Any

from rpa_commons.sandbox._http import Request
from rpa_commons.sandbox._refusal import Refusal

from ._body import Body
from ._store import Store
from ._words import page_of

__all__ = ["Tasks"]

_STATUS = ("N", "S", "F")  # not started, started, finished


class Tasks:
    """The task part of the API."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def import_(self, request: Request) -> None:
        """``POST api/Task/Import``: a new task under the caller's UUID."""
        body = Body.of(request)
        transaction, uuid = body.uuid("common", "transactionId"), body.uuid("common", "uuid")
        case = body.uuid("caseUuid")
        self._store.case(case)
        body.needed("taskTypeName")
        made = {"case": case, **_given(body), "nova_created": self._store.moment}
        self._store.create("task", uuid, made.copy, transaction)

    def update(self, request: Request) -> None:
        """``PUT api/Task/Update``: the whole task once more, under ``uuid`` at the top."""
        body = Body.of(request)
        transaction, uuid = body.uuid("common", "transactionId"), body.uuid("uuid")
        case = body.uuid("caseUuid")
        self._store.case(case)
        body.needed("taskType")
        task = self._store.get("task", uuid)
        if task is None or task["case"] != case:
            raise Refusal(400, "task-unknown", "no task of this case has this uuid")
        self._store.change("task", uuid, _given(body), transaction)

    def get_list(self, request: Request) -> dict[str, Any]:
        """``PUT api/Task/GetList``: the tasks of a case; without any, no ``taskList``."""
        body = Body.of(request)
        body.uuid("common", "transactionId")
        case = body.uuid("caseUuid")
        page, told = page_of(body, [pair for pair in self._store.all("task") if pair[1]["case"] == case])
        listed = [_shown(uuid, task) for uuid, task in page]
        return {"pagingInformation": told, **({"taskList": listed} if listed else {})}


def _given(body: Body) -> dict[str, Any]:
    given = {
        "title": body.needed("title"),
        "description": body.text("description"),
        "worker": body.text("caseworkerPersonId"),
        "status": body.chosen(_STATUS, "statusCode"),
        "deadline": body.moment("deadline"),
        "started": body.moment("startDate"),
        "closed": body.moment("closeDate"),
    }
    if not given["deadline"]:
        raise Refusal(400, "missing", "deadline is missing")
    return given


def _shown(uuid: str, task: dict[str, Any]) -> dict[str, Any]:
    shown = {
        "taskUuid": uuid,
        "taskTitle": task["title"],
        "taskDescription": task["description"],
        "taskStatusCode": task["status"],
        "taskDeadline": task["deadline"],
        "taskCreateDate": task["nova_created"],
        "taskStartDate": task["started"],
        "taskCloseDate": task["closed"],
    }
    shown = {name: value for name, value in shown.items() if value}
    if task["worker"]:
        # Name and user name of a caseworker are Nova's own register, which the sandbox does not have.
        shown["caseWorker"] = {"id": task["worker"], "ident": "SANDBOX1", "name": "Sandkasse"}
    return shown
