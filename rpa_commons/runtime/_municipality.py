"""The municipality's own small book: every run with its counts and the minutes it freed."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from ._database import guarded
from ._job import Job
from ._tables import audit

__all__ = ["AuditLine", "write_audit"]


@dataclass(frozen=True)
class AuditLine:
    """One run as the municipality's book has it: counts by name, minutes freed, times in UTC."""

    run: int
    bot_version: str
    environment: str
    started_at: str
    ended_at: str
    counts: Mapping[str, int]
    minutes: float


def write_audit(engine: sa.Engine, job: Job, line: AuditLine) -> None:
    """Write one run's line; a line that is there already stays.

    Raises:
        JournalFailure: the database cannot be written.
    """
    row = vars(line) | {
        "instance": job.instance.id,
        "name": job.instance.name,
        "bot": job.instance.bot,
        "counts": json.dumps(line.counts, sort_keys=True),
    }
    with guarded(), engine.begin() as connection:
        connection.execute(insert(audit).values(row).on_conflict_do_nothing())
