"""Reports of dynamic tests: what somebody ran against exactly this wheel, signed by them, shown as theirs.

Rules this module keeps: a report names the SHA-256 of the wheel, so it says nothing about any other one; who
signed it answers for it, the registry does not; a report is kept as it was signed, and never changed.

Usage::

    draft = draft_report(registry, "welcome-letters", "1.0.0", kind="sandbox", result="passed", summary="…")
    add_report(registry, bo, draft, sign(key, draft))
"""

import json
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from rpa_commons.conformance import canonical
from rpa_registry import db
from rpa_registry.accounts import Identity
from rpa_registry.context import Registry
from rpa_registry.errors import ConflictError, ForbiddenError, NotFoundError, RegistryError
from rpa_registry.texts import checked_text

from ._acts import record
from ._advisories import check_signature
from ._events import deliver
from ._people import current_actor
from ._projects import check_scope_of_usage
from ._releases import Found, find_release

__all__ = ["REPORT_KINDS", "add_report", "draft_report", "reports_of"]

REPORT_KINDS = ("sandbox", "tests", "test-systems", "production-trial")
"""Against simulators, the bot's own tests, a member's test systems, a first time in production."""

_RESULTS = ("passed", "failed")
_FIELDS = frozenset({"sha256", "kind", "result", "summary", "ran"})


def draft_report(
    registry: Registry, project: str, version: str, *, kind: str, result: str, summary: str
) -> dict[str, Any]:
    """The document to sign.

    Raises:
        NotFoundError: there is no such release.
    """
    with registry.database.read() as connection:
        found = find_release(connection, project, version)
    return {
        "sha256": found.sha256,
        "kind": kind,
        "result": result,
        "summary": summary.strip(),
        "ran": db.now(),
    }


def add_report(
    registry: Registry, identity: Identity, signed: Mapping[str, Any], signature: str
) -> dict[str, Any]:
    """Keep a signed report.

    Raises:
        RegistryError: the document is not of this shape.
        NotFoundError: there is no wheel with this hash.
        ForbiddenError: they are an auditor, have no key, or the signature is not theirs.
        ConflictError: exactly this report is here already.
    """
    _check(signed)
    with registry.database.write() as connection:
        actor = current_actor(connection, identity)
        if actor.role == "auditor":
            raise ForbiddenError("an auditor reads and does not report", remedy="ask who ran the test")
        found = _release_of(connection, signed["sha256"])
        check_scope_of_usage(identity, found.project["name"])
        key = check_signature(connection, identity, signed, signature)
        if connection.scalar(sa.select(db.reports.c.id).where(db.reports.c.signature == signature)):
            raise ConflictError("this report is here already", remedy="there is nothing to do")
        connection.execute(
            sa.insert(db.reports).values(
                sha256=signed["sha256"],
                kind=signed["kind"],
                signed=canonical(dict(signed)).decode(),
                signature=signature,
                key=key,
                person=identity.login,
                at=db.now(),
            )
        )
        details = {"kind": signed["kind"], "result": signed["result"], "sha256": signed["sha256"]}
        record(registry, connection, identity, "report", found.project, found.row["version"], details)
    deliver(registry)
    return {"project": found.project["name"], "version": found.row["version"], **details}


def reports_of(connection: sa.Connection, sha256: str) -> list[dict[str, Any]]:
    """The reports about a wheel, oldest first, each with who signed it."""
    query = (
        sa.select(db.reports, db.people.c.member)
        .join(db.people, db.people.c.login == db.reports.c.person)
        .where(db.reports.c.sha256 == sha256)
        .order_by(db.reports.c.id)
    )
    return [
        {
            "signed": json.loads(row["signed"]),
            "person": row["person"],
            "member": row["member"],
            "key": row["key"],
            "signature": row["signature"],
            "at": row["at"],
        }
        for row in connection.execute(query).mappings()
    ]


def _check(signed: Mapping[str, Any]) -> None:
    problem = ""
    if set(signed) != _FIELDS or not all(isinstance(one, str) for one in signed.values()):
        problem = f"it needs exactly the texts {', '.join(sorted(_FIELDS))}"
    elif signed["kind"] not in REPORT_KINDS:
        problem = f"kind is one of {', '.join(REPORT_KINDS)}"
    elif signed["result"] not in _RESULTS:
        problem = f"result is {' or '.join(_RESULTS)}"
    if problem:
        raise RegistryError(
            f"this is no test report: {problem}", remedy="`rpac-registry report send` writes and signs one"
        )
    checked_text(signed["summary"], "the summary", is_required=True)


def _release_of(connection: sa.Connection, sha256: str) -> Found:
    query = (
        sa.select(db.releases.c.project, db.releases.c.version)
        .join(db.files, db.files.c.release == db.releases.c.id)
        .where(db.files.c.sha256 == sha256)
    )
    row = connection.execute(query).first()
    if row is None:
        raise NotFoundError(
            "no release has a wheel with this hash", remedy="the report names the SHA-256 of the wheel's file"
        )
    return find_release(connection, row.project, row.version)
