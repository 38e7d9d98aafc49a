"""The book of runs of one instance, and whether a first run in production may start.

Rules this module keeps: a first run in production never begins with the whole past, because the robot before
it has handled that; each run is written down with the versions and digests it ran with.
"""

import json
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from rpa_commons import __version__

from . import _clock
from ._crypto import Sealer
from ._database import guarded
from ._errors import RunRefusedError
from ._job import PRODUCTION, BindingEntry, Job
from ._municipality import AuditLine, write_audit
from ._tables import history, items, reports, run_connectors, runs

__all__ = [
    "begin_run",
    "end_broken_runs",
    "end_run",
    "keep_report",
    "overrides_place",
    "refuse_unprepared",
    "report_place",
]

_UNENDED = ("new", "running")


def refuse_unprepared(engine: sa.Engine, job: Job) -> None:
    """Check the cut-over from whatever handled these cases before.

    Raises:
        RunRefusedError: it is the first run in production, and neither ``start_from`` is set nor has anything
            been adopted.
    """
    if job.environment != PRODUCTION or job.instance.start_from is not None:
        return
    with guarded(), engine.connect() as connection:
        ran = connection.execute(
            sa.select(runs.c.number).where(runs.c.environment == PRODUCTION).limit(1)
        ).first()
        adopted = connection.execute(
            sa.select(history.c.id).where(history.c.what == "adopted").limit(1)
        ).first()
    if ran is None and adopted is None:
        name = job.instance.name
        raise RunRefusedError(
            f"{name} has never run in production: it is not known which cases were handled before it",
            remedy=(
                f"set start_from = YYYY-MM-DD in bots/{name}.toml, or mark what was handled: "
                f"rpac items adopt {name} FILE, or rpac items adopt {name} --before YYYY-MM-DD"
            ),
        )


def begin_run(engine: sa.Engine, sealer: Sealer, job: Job, hook_sha256: str | None) -> int:
    """Write down that a run begins; returns its number."""
    with guarded(), engine.begin() as connection:
        # The write lock first: a number is read and used in one transaction.
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        number = (connection.execute(sa.select(sa.func.max(runs.c.number))).scalar() or 0) + 1
        overrides = sealer.seal(json.dumps(list(job.overrides)).encode(), overrides_place(number))
        connection.execute(
            runs.insert().values(
                number=number,
                started_at=_clock.text(_clock.now()),
                environment=job.environment,
                bot_version=job.instance.bot_version,
                config_digest=job.config_digest,
                hook_sha256=hook_sha256,
                overrides=overrides,
            )
        )
        if connectors := [_connector(number, one) for one in job.bindings]:
            connection.execute(run_connectors.insert().values(connectors))
    return int(number)


def _connector(number: int, binding: BindingEntry) -> dict[str, Any]:
    """Which connector serves a capability in a run, and of which version."""
    own = binding.wheel
    return {
        "run": number,
        "capability": binding.capability,
        "connector": binding.connector,
        "wheel": own.name if own else "rpa-commons",
        "version": own.version if own else __version__,
    }


def end_run(
    engine: sa.Engine, municipality: sa.Engine, job: Job, number: int, counts: Mapping[str, int]
) -> None:
    """Write down how a run ended, in the municipality's book too: that one first, for it bears repetition."""
    ended = _clock.text(_clock.now())
    with guarded(), engine.connect() as connection:
        row = connection.execute(sa.select(runs).where(runs.c.number == number)).one()
    minutes = counts.get("done", 0) * job.instance.minutes_per_case
    times = (row.started_at, ended)
    write_audit(
        municipality, job, AuditLine(number, row.bot_version, row.environment, *times, counts, minutes)
    )
    values = {"ended_at": ended, "counts": json.dumps(counts, sort_keys=True)}
    with guarded(), engine.begin() as connection:
        connection.execute(runs.update().where(runs.c.number == number).values(values))


def keep_report(engine: sa.Engine, sealer: Sealer, number: int, report: Mapping[str, Any]) -> None:
    """Keep what a run found, why it stopped and why items ended as they did; of the latest run alone.

    Sealed, because a bot's reasons are its own words, and masking finds numbers only.
    """
    sealed = sealer.seal(json.dumps(report).encode(), report_place(number))
    with guarded(), engine.begin() as connection:
        connection.execute(reports.delete())
        connection.execute(reports.insert().values(run=number, report=sealed))


def overrides_place(number: int) -> str:
    """The place a run's overrides are sealed for."""
    return f"overrides/{number}"


def report_place(number: int) -> str:
    """The place a run's report is sealed for."""
    return f"report/{number}"


def end_broken_runs(engine: sa.Engine, municipality: sa.Engine, job: Job) -> None:
    """Count what earlier runs brought to an end before they broke off, so that no freed minute is lost."""
    with guarded(), engine.connect() as connection:
        numbers = list(
            connection.execute(sa.select(runs.c.number).where(runs.c.ended_at.is_(None))).scalars()
        )
        by_run = sa.select(items.c.run, items.c.state, sa.func.count()).group_by(items.c.run, items.c.state)
        found = connection.execute(by_run.where(items.c.run.in_(numbers))).all()
    for number in numbers:
        counts = {state: count for run, state, count in found if run == number and state not in _UNENDED}
        end_run(engine, municipality, job, number, counts)
