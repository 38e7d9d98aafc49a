"""The tiers of a project's releases, from the database.

Rules this module keeps: a fixed number of queries, however many releases there are; no wheel is opened: what
the owner says in it lies beside the conformance report since the upload.

Usage::

    assessed_releases(connection, "welcome-letters")["1.0.0"].tier
"""

import json
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from rpa_registry import db

from ._facts import Exemption, Facts, TestReport
from ._rules import Assessed, assess

__all__ = ["assessed_releases"]


def assessed_releases(connection: sa.Connection, project: str) -> dict[str, Assessed]:
    """Version -> its tier and rules, for each release of a project.

    Args:
        connection: To read with.
        project: Normalised name.
    """
    row = connection.execute(sa.select(db.projects).where(db.projects.c.name == project)).mappings().first()
    if row is None:
        return {}
    exemptions = _exemptions(connection, project)
    runs_at = frozenset(connection.scalars(sa.select(db.usage.c.member).where(db.usage.c.project == project)))
    tests = _tests(connection, project)
    query = (
        sa.select(db.releases, db.files.c.sha256)
        .join(db.files, db.files.c.release == db.releases.c.id)
        .where(db.releases.c.project == project)
    )
    found: dict[str, Assessed] = {}
    for one in connection.execute(query).mappings():
        report = _object(one["report"])
        quality = report.get("quality")
        facts = Facts(
            kind=row["kind"],
            owner=row["owner"],
            state=one["state"],
            summary=one["summary"],
            readme=one["readme"],
            licence=one["licence"],
            manifest=_object(one["manifest"]),
            report=report,
            quality=quality if isinstance(quality, dict) else {},
            tests=tuple(tests[one["sha256"]]),
            runs_at=runs_at,
            exemptions=exemptions,
        )
        found[one["version"]] = assess(facts)
    return found


def _exemptions(connection: sa.Connection, project: str) -> dict[str, Exemption]:
    table = db.exemptions
    query = sa.select(table).where(table.c.project == project).order_by(table.c.id)
    return {
        one["rule"]: Exemption(one["rule"], one["reason"], one["person"], one["at"])
        for one in connection.execute(query).mappings()
    }


def _tests(connection: sa.Connection, project: str) -> Mapping[str, list[TestReport]]:
    query = (
        sa.select(db.reports.c.sha256, db.reports.c.kind, db.reports.c.signed, db.people.c.member)
        .join(db.files, db.files.c.sha256 == db.reports.c.sha256)
        .join(db.releases, db.releases.c.id == db.files.c.release)
        .join(db.people, db.people.c.login == db.reports.c.person)
        .where(db.releases.c.project == project)
        .order_by(db.reports.c.id)
    )
    found: dict[str, list[TestReport]] = defaultdict(list)
    for one in connection.execute(query).mappings():
        passed = _object(one["signed"]).get("result") == "passed"
        found[one["sha256"]].append(TestReport(one["kind"], passed, one["member"]))
    return found


def _object(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
