"""Taking over from another robot: what it handled is marked done, so that nobody is written to twice."""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from rpa_commons.sdk import Nothing, WorkItem

from . import _clock
from ._crypto import Keys
from ._database import open_municipality_state
from ._errors import RunRefusedError
from ._find import Finding, find_items
from ._job import Job
from ._outfit import Outfit
from ._queue import Queue
from ._redact import Redactor

__all__ = ["adopt"]


def adopt(
    job: Job, keys: Keys, database: sa.Engine, emit: Callable[[dict[str, Any]], None], redact: Redactor
) -> int:
    """Mark the references that the job names, or the cases before its date; returns the exit code.

    Raises:
        RunRefusedError: a reference is none, or the cases cannot be listed; nothing was marked.
    """
    undated = 0
    if job.adopt_before is None:
        references = list(dict.fromkeys(job.adopt_references))
        _refuse_broken(references)
    else:
        references, undated = _before(job, keys, redact)
    instance = job.instance
    municipality = open_municipality_state(job.state_dir)
    try:
        shared = municipality if instance.unique == "municipality" else None
        marked = Queue(database, keys, shared, (instance.bot, instance.id)).adopt(references)
    finally:
        municipality.dispose()
    summary = {
        "named": len(references),
        "adopted": marked,
        "known": len(references) - marked,
        "undated": undated,
    }
    emit({"event": "finished", **summary, "exit_code": 0})
    return 0


def _refuse_broken(references: list[str]) -> None:
    for number, reference in enumerate(references, start=1):
        try:
            WorkItem(reference, Nothing())
        except ValueError as error:
            raise RunRefusedError(
                f"reference {number}: {error}", remedy="nothing was marked; correct the file"
            ) from None


def _before(job: Job, keys: Keys, redact: Redactor) -> tuple[list[str], int]:
    finding, references, undated = Finding(), [], 0
    outfit = Outfit(
        job.model_copy(update={"instance": job.instance.model_copy(update={"start_from": None})}),
        keys.digester,
        redact,
        keys,
    )
    with outfit.connectors() as connectors:
        for item in find_items(outfit, connectors, _clock.now(), finding):
            if item.occurred_on is None:
                undated += 1
            elif job.adopt_before is not None and item.occurred_on < job.adopt_before:
                references.append(item.reference)
    if finding.error:
        remedy = f"{finding.remedy}; nothing was marked" if finding.remedy else "nothing was marked"
        raise RunRefusedError(finding.error, remedy=remedy)
    return references, undated
