"""The catalogue's documents: what clients, exports and web pages read of a project.

Rules this module keeps: what is not published yet shows its version and state and nothing of its contents;
a quarantined release keeps its description and loses its file; the list of all projects is joined from
entries that are kept per project, so that one change never reads a thousand projects.

Usage::

    document = project_document(load_project(connection, "welcome-letters"), runs_at(connection, name))
    canonical(document)
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa

from rpa_registry import db
from rpa_registry.settings import Settings
from rpa_registry.tiers import TIERS

from ._records import Project, Release

__all__ = [
    "RUNGS",
    "advisories_document",
    "canonical",
    "file_path",
    "highest_rung",
    "index_document",
    "index_entry",
    "names_document",
    "project_document",
    "runs_at",
]

API = 1
RUNGS = ("", "schema", "simulator", "official-test", "production")
"""How near the real system something was tried, the farthest first."""
_STATES = ("staged", "in_review", "published", "certified")


def canonical(document: Any) -> bytes:  # noqa: ANN401 - any JSON value
    """The one way every document is written: equal values, equal bytes."""
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def file_path(sha256: str, filename: str) -> str:
    """Where a wheel lies, from the registry's root."""
    return f"files/{sha256[:2]}/{sha256}/{filename}"


def index_entry(project: Project) -> dict[str, Any]:
    """One project's line in the list of all."""
    latest, certified = project.newest("all"), project.newest("certified")
    described = certified or latest or next((one for one in project.releases if one.is_public), None)
    manifest = described.manifest if described else {}
    record = manifest.get("record") or {}
    shown = latest or next(iter(project.releases), None)
    times = [project.row["created"], *(one.changed for one in project.releases)]
    return {
        "name": project.name,
        "kind": project.row["kind"],
        "summary": described.row["summary"] if described else "",
        "owner": {"code": project.row["owner"], "name": project.owner_name},
        "country": project.country,
        "status": project.row["status"],
        "latest": latest.version if latest else None,
        "certified": certified.version if certified else None,
        "state": shown.state if shown else "",
        "tier": described.assessed.tier if described else TIERS[0],
        "kle": list(record.get("kle", ())),
        "capabilities": [one["name"] for one in manifest.get("capabilities", ())],
        "data_categories": list(record.get("data_categories", ())),
        "languages": list(manifest.get("languages", ())),
        "updated": max(times),
        **_connectors(manifest),
    }


def _connectors(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """What a connector wheel's line says besides: what it serves, how near real systems it was tried."""
    entries = manifest.get("connectors") or ()
    if not entries:
        return {}
    return {
        "capabilities": sorted({one["capability"] for one in entries}),
        "connectors": [one["name"] for one in entries],
        "verified": min((highest_rung(one.get("verified") or ()) for one in entries), key=RUNGS.index),
    }


def highest_rung(verified: Iterable[Mapping[str, Any]]) -> str:
    """The rung nearest to the real system that a connector was tried on; empty for none."""
    reached = {str(one.get("level")) for one in verified}
    return next((rung for rung in reversed(RUNGS) if rung in reached), "")


def project_document(project: Project, running: Iterable[Mapping[str, Any]] = ()) -> dict[str, Any]:
    """Everything that anyone may read of one project.

    Args:
        project: With its releases.
        running: Who runs it (:func:`runs_at`).
    """
    described = project.newest("certified") or project.newest("all")
    if described is None:
        described = next((one for one in project.releases if one.is_public), None)
    return {
        **index_entry(project),
        "api": API,
        "readme": described.row["readme"] if described else "",
        "status_reason": project.row["status_reason"],
        "runs_at": list(running),
        "releases": [_release(one) for one in project.releases if one.base_state != "withdrawn"],
    }


def index_document(settings: Settings, generation: int, entries: Iterable[bytes]) -> bytes:
    """The list of all projects.

    Args:
        settings: For the cooperation's name.
        generation: How many writes the registry has seen.
        entries: Each project's :func:`index_entry` in canonical bytes, by name.
    """
    cooperation = canonical({"country": settings.country, "name": settings.cooperation})
    head = b'{"api":%d,"cooperation":%s,"generation":%d,"projects":[' % (API, cooperation, generation)
    return head + b",".join(entries) + b"]}"


def names_document(connection: sa.Connection) -> bytes:
    """Every project name that is owned and accepted here: these resolve from the registry alone."""
    query = sa.select(db.projects.c.name).where(db.projects.c.accepted.is_not(None))
    names = connection.scalars(query).all()
    return canonical({"names": sorted(names)})


def advisories_document(connection: sa.Connection) -> bytes:
    """Every advisory with the signature of who issued it, oldest first."""
    table = db.advisories
    query = (
        sa.select(table, db.people.c.member)
        .join(db.people, db.people.c.login == table.c.person)
        .order_by(table.c.at, table.c.id)
    )
    found = [
        {
            "signed": json.loads(row["signed"]),
            "person": row["person"],
            "member": row["member"],
            "key": row["key"],
            "signature": row["signature"],
        }
        for row in connection.execute(query).mappings()
    ]
    return canonical({"api": API, "advisories": found})


def runs_at(connection: sa.Connection, project: str) -> list[dict[str, Any]]:
    """The members that said they run it, and which version."""
    query = (
        sa.select(db.usage.c.member, db.members.c.name, db.usage.c.version)
        .join(db.members)
        .where(db.usage.c.project == project)
        .order_by(db.usage.c.member)
    )
    return [
        {"member": {"code": row.member, "name": row.name}, "version": row.version}
        for row in connection.execute(query)
    ]


def _release(release: Release) -> dict[str, Any]:
    row = release.row
    found: dict[str, Any] = {
        "version": release.version,
        "state": release.state,
        "base_state": release.base_state,
        "since": {state: row[state] for state in _STATES},
    }
    if not release.is_public:
        return found
    deprecated = {"reason": row["deprecated_reason"] or "", "use": row["deprecated_use"] or ""}
    return found | {
        "certified_by": [one.to_json() for one in release.certified_by()],
        "signatures": [
            one.by.to_json() | {"act": one.act, "for": one.for_coordinator, "note": one.note, "at": one.at}
            for one in release.signatures
        ],
        "deprecated": deprecated if row["deprecated"] else None,
        "yanked": release.yanked,
        "quarantined": {"advisory": row["advisory"]} if row["quarantined"] else None,
        "tier": release.assessed.tier,
        "tier_rules": [one.to_json() for one in release.assessed.rules],
        "file": _file(release) if release.is_served else None,
        "summary": row["summary"],
        "requires_python": row["requires_python"],
        "requires_dist": json.loads(row["requires_dist"]),
        "manifest": release.manifest,
        "manifest_sha256": row["manifest_sha256"],
        "licence": row["licence"],
        "uploaded_by": release.uploaded_by.to_json(),
        "reports": [
            one.by.to_json() | {"kind": one.kind, "result": one.result, "at": one.at}
            for one in release.reports
        ],
    }


def _file(release: Release) -> dict[str, Any]:
    file = release.file
    return {
        "filename": file["filename"],
        "sha256": file["sha256"],
        "size": file["size"],
        "path": file_path(file["sha256"], file["filename"]),
    }
