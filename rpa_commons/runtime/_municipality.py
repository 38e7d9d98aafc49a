"""The municipality's own small book: every run with its counts and the minutes it freed."""

import json
from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from . import _clock
from ._database import guarded
from ._job import Job
from ._tables import audit

__all__ = ["write_audit"]


def write_audit(
    engine: sa.Engine, job: Job, run: int, started: datetime, counts: Mapping[str, int], minutes: float
) -> None:
    """Write one run's line.

    Raises:
        JournalFailure: the database cannot be written.
    """
    row = {
        "instance": job.instance.id,
        "run": run,
        "name": job.instance.name,
        "bot": job.instance.bot,
        "bot_version": job.instance.bot_version,
        "environment": job.environment,
        "started_at": _clock.text(started),
        "ended_at": _clock.text(_clock.now()),
        "counts": json.dumps(counts, sort_keys=True),
        "minutes": minutes,
    }
    with guarded(), engine.begin() as connection:
        connection.execute(insert(audit).values(row).on_conflict_do_nothing())
