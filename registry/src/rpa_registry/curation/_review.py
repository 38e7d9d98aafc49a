"""What two people look at before they sign: everything that differs from the last certified version.

Rules this module keeps: nothing of the wheel is executed; what could not be looked at is said, with why; the
same report for the command line, the API and the web.

Usage::

    found = review(registry, "welcome-letters", "1.1.0")
    found.to_json()["permissions"]
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from packaging.version import Version

from rpa_commons.capabilities import RpaCommonsError
from rpa_commons.manifest import Manifest, parse_manifest
from rpa_registry import db
from rpa_registry.catalogue import load_project
from rpa_registry.context import Registry
from rpa_registry.publishing import foreign_names, resembling, why_taken
from rpa_registry.tiers import Assessed, assessed_releases

from ._acts import accepting
from ._code_diff import CodeDiff, code_diff
from ._dependencies import DependencyChange, Vulnerability, dependency_changes, load_osv, vulnerable
from ._first_review import everything_new
from ._releases import Found, ReleaseView, find_release, view_of
from ._reports import reports_of

__all__ = ["Review", "review"]

_PERMISSIONS = ("permission", "record")
_SETTINGS = ("removed", "renamed", "required", "tightened", "default", "new", "loosened")


@dataclass(frozen=True)
class Review:
    """A release beside the version it would replace.

    Attributes:
        view: The release as it stands.
        name: Of a name that is not accepted yet: who accepts it how, and which names it resembles.
        compared_to: The last certified version, else the last published one; empty without any: then
            everything is new, and everything that it declares is listed.
        permissions: What it may do otherwise: capabilities, calls, decisions, the record of processing.
        observations: What its code may do that the older one's did not (network, subprocess …).
        settings: Settings that differ.
        others: Steps, letters, languages, needs.
        dependencies: Requirements that differ.
        vulnerabilities: Requirements that allow a version with a known vulnerability.
        code: The files that differ.
        conformance: The report of the upload.
        fleet: What it would do to each member, as ``rpac fleet check --json`` says it, where looked at.
        tier: Its tier with each rule.
        reports: Signed test reports about this wheel.
        notes: What could not be looked at, and why.
    """

    view: ReleaseView
    name: Mapping[str, Any] | None
    compared_to: str
    permissions: tuple[Mapping[str, Any], ...]
    observations: tuple[Mapping[str, Any], ...]
    settings: tuple[Mapping[str, Any], ...]
    others: tuple[Mapping[str, Any], ...]
    dependencies: tuple[DependencyChange, ...]
    vulnerabilities: tuple[Vulnerability, ...]
    code: CodeDiff
    conformance: Mapping[str, Any]
    fleet: Mapping[str, Any] | None
    tier: Assessed
    reports: tuple[Mapping[str, Any], ...]
    notes: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """The whole report as JSON values."""
        return {
            "release": self.view.to_json(),
            "new_name": self.name,
            "compared_to": self.compared_to or None,
            "permissions": list(self.permissions),
            "observations": list(self.observations),
            "settings": list(self.settings),
            "others": list(self.others),
            "dependencies": [one.to_json() for one in self.dependencies],
            "vulnerabilities": [one.to_json() for one in self.vulnerabilities],
            "code": self.code.to_json(),
            "conformance": self.conformance,
            "fleet": self.fleet,
            "tier": self.tier.to_json(),
            "reports": list(self.reports),
            "notes": list(self.notes),
        }


@dataclass(frozen=True)
class _Side:
    """One of the two versions."""

    found: Found
    wheel: Path

    @property
    def manifest(self) -> Manifest:
        return parse_manifest(self.found.row["manifest"], self.found.subject)

    @property
    def requires(self) -> list[str]:
        return list(json.loads(self.found.row["requires_dist"]))

    @property
    def report(self) -> dict[str, Any]:
        report: dict[str, Any] = json.loads(self.found.row["report"])
        return report


def review(registry: Registry, project: str, version: str) -> Review:
    """Compare a release with the last certified version.

    Raises:
        NotFoundError: there is no such release.
        StorageError: a wheel cannot be read.
    """
    with registry.database.read() as connection:
        view = view_of(connection, project, version)
        new = _side(registry, find_release(connection, project, version))
        before = _before(connection, new.found)
        old = _side(registry, find_release(connection, project, before)) if before else None
        tier = assessed_releases(connection, view.project)[view.version]
        reports = tuple(reports_of(connection, view.sha256))
        name = _new_name(connection, new.found)
    notes: list[str] = []
    changes = _changes(old, new, notes)
    return Review(
        view=view,
        name=name,
        compared_to=before,
        permissions=tuple(one for one in changes if one["kind"] in _PERMISSIONS),
        observations=_observations(old, new),
        settings=tuple(one for one in changes if one["kind"] in _SETTINGS),
        others=tuple(one for one in changes if one["kind"] not in {*_PERMISSIONS, *_SETTINGS}),
        dependencies=dependency_changes(old.requires if old else [], new.requires),
        vulnerabilities=_vulnerabilities(registry, new, notes),
        code=code_diff(old.wheel if old else None, new.wheel),
        conformance=new.report,
        fleet=_fleet(registry, new, old, notes),
        tier=tier,
        reports=reports,
        notes=tuple(notes),
    )


def _side(registry: Registry, found: Found) -> _Side:
    return _Side(found, registry.blobs.path(found.sha256, found.filename))


def _new_name(connection: sa.Connection, found: Found) -> dict[str, Any] | None:
    """What there is to know of a name before it is accepted; nothing is asked of a network."""
    if found.project["accepted"] is not None:
        return None
    name = found.project["name"]
    others = set(connection.scalars(sa.select(db.projects.c.name)))
    return {
        "text": f"the name is new: a coordinator of another municipality accepts it with {accepting(name)}",
        "resembles": list(resembling(name, others | foreign_names())),
        "means": why_taken(connection, name, is_new=False) or None,
    }


def _before(connection: sa.Connection, found: Found) -> str:
    """The highest certified version below this one, else the highest published one; or empty."""
    table = db.releases
    query = sa.select(table.c.version, table.c.state).where(
        table.c.project == found.project["name"],
        table.c.state.in_(("certified", "published")),
        table.c.quarantined.is_(None),
    )
    limit = Version(found.row["version"])
    older = [(Version(one.version), one.state) for one in connection.execute(query)]
    older = [one for one in older if one[0] < limit]
    certified = [one for one in older if one[1] == "certified"]
    best = max(certified or older, default=None)
    return str(best[0]) if best else ""


def _changes(old: _Side | None, new: _Side, notes: list[str]) -> list[dict[str, Any]]:
    from rpa_commons.upgrades import manifest_changes

    try:
        if old is None:
            return everything_new(new.manifest)
        return [one.to_json() for one in manifest_changes(old.manifest, new.manifest)]
    except RpaCommonsError as error:
        notes.append(f"the manifests could not be compared: {error.message}")
        return []


def _observations(old: _Side | None, new: _Side) -> tuple[Mapping[str, Any], ...]:
    """What the code may do that the older code did not: a line that only moved is nothing new."""
    known = {(one["kind"], one["text"]) for one in _observed(old)} if old else set()
    return tuple(one for one in _observed(new) if (one["kind"], one["text"]) not in known)


def _observed(side: _Side | None) -> list[dict[str, Any]]:
    return list(side.report.get("observations", [])) if side else []


def _vulnerabilities(registry: Registry, new: _Side, notes: list[str]) -> tuple[Vulnerability, ...]:
    name = registry.settings.advisories_file
    if not name:
        notes.append(
            "known vulnerabilities were not looked at: `advisories_file` in registry.toml names no file"
        )
        return ()
    try:
        return vulnerable(new.requires, load_osv(registry.settings.folder / name))
    except RpaCommonsError as error:
        notes.append(f"known vulnerabilities were not looked at: {error.message}")
        return ()


def _baseline(registry: Registry) -> Path | None:
    """What the members' configurations lie on, where ``registry.toml`` says so."""
    name = registry.settings.baseline
    return registry.settings.folder / name if name else None


def _connector_wheels(registry: Registry) -> list[Manifest]:
    """What the connector wheels here say that a member may have installed: of each the newest to install."""
    with registry.database.read() as connection:
        query = sa.select(db.projects.c.name).where(db.projects.c.kind == "connector")
        found = [load_project(connection, name) for name in connection.scalars(query).all()]
    newest = [one.newest("certified") or one.newest("all") for one in found if one is not None]
    return [parse_manifest(json.dumps(one.manifest), one.version) for one in newest if one is not None]


def _fleet(registry: Registry, new: _Side, old: _Side | None, notes: list[str]) -> dict[str, Any] | None:
    """The fleet check over the members' published configurations."""
    name = registry.settings.members_folder
    if new.manifest.kind != "bot":
        return None
    if not name:
        notes.append("members were not looked at: `members_folder` in registry.toml names no folder")
        return None
    from rpa_commons.connectors import catalogue, entries_of_wheel
    from rpa_commons.sharing import fleet_check, open_members

    known = {one.manifest.digest: one.manifest for one in (new, old) if one is not None}
    shipped = {
        name: entry
        for manifest in _connector_wheels(registry)
        for name, entry in entries_of_wheel(manifest).items()
    }
    try:
        with open_members(registry.settings.folder / name, baseline=_baseline(registry)) as members:
            report = fleet_check(
                new.manifest,
                members,
                connectors=catalogue(shipped),
                known=lambda _version, digest: known.get(digest),
            )
            return report.to_json()
    except (RpaCommonsError, OSError) as error:
        notes.append(f"members were not looked at: {error}")
        return None
