"""A release as an act sees it: read inside the act's own transaction, shown when it is done.

Rules this module keeps: an unknown project or version is an error that names those there are; a version is
looked up as PEP 440 spells it, so ``1.0`` finds ``1.0``, and ``01.0`` too.

Usage::

    release = find_release(connection, "welcome-letters", "1.0.0")
    release.situation.shown
"""

import difflib
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from rpa_registry import db
from rpa_registry.errors import NotFoundError

from ._states import ACTS, Situation

Row = sa.RowMapping

__all__ = ["Found", "ReleaseView", "Signature", "find_project", "find_release", "signatures_of", "view_of"]


@dataclass(frozen=True)
class Signature:
    """One coordinator's signature on a release.

    Attributes:
        id: Its number in the database.
        act: ``certify`` or ``release_from_quarantine``.
        person: Login of who signed.
        member: Their municipality's code on that day.
        for_coordinator: Whose stand-in they were, or empty.
        note: What they wrote.
        at: When.
    """

    id: int
    act: str
    person: str
    member: str
    for_coordinator: str
    note: str
    at: str

    def to_json(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "act": self.act,
            "person": self.person,
            "member": self.member,
            "for": self.for_coordinator or None,
            "note": self.note,
            "at": self.at,
        }


@dataclass(frozen=True)
class Found:
    """A release's row, its project's and its file's.

    Attributes:
        row: Of ``releases``.
        project: Of ``projects``.
        sha256: Of its wheel.
        filename: Of its wheel.
    """

    row: Row
    project: Row
    sha256: str
    filename: str

    @property
    def subject(self) -> str:
        """As the log names it."""
        return f"{self.project['name']} {self.row['version']}"

    @property
    def situation(self) -> Situation:
        """Where it stands."""
        row = self.row
        return Situation(row["state"], bool(row["deprecated"]), bool(row["yanked"]), bool(row["quarantined"]))


@dataclass(frozen=True)
class ReleaseView:
    """A release after an act, for whoever did it.

    Attributes:
        project: Normalised name.
        version: Canonical.
        owner: Code of the member that owns it.
        state: What is shown.
        base_state: How far it came.
        signatures: Those that count.
        waits_for: What is missing until the last act happens: ``1 of 2 signatures``; or empty.
        pending: The act that it waits for, when that needs more than one signature.
        advisory: Id of the advisory that quarantines it, or empty.
        sha256: Of its wheel.
    """

    project: str
    version: str
    owner: str
    state: str
    base_state: str
    signatures: tuple[Signature, ...] = ()
    waits_for: str = ""
    advisory: str = ""
    sha256: str = ""
    pending: str = ""

    @property
    def given(self) -> tuple[Signature, ...]:
        """The signatures on the act that it waits for: those that ``waits_for`` counts."""
        return tuple(one for one in self.signatures if one.act == self.pending)

    def to_json(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "project": self.project,
            "version": self.version,
            "owner": self.owner,
            "state": self.state,
            "base_state": self.base_state,
            "signatures": [one.to_json() for one in self.signatures],
            "waits_for": self.waits_for,
            "advisory": self.advisory or None,
            "sha256": self.sha256,
        }


def find_project(connection: sa.Connection, name: str) -> Row:
    """A project's row.

    Raises:
        NotFoundError: there is none of this name.
    """
    wanted = str(canonicalize_name(name))
    row = connection.execute(sa.select(db.projects).where(db.projects.c.name == wanted)).mappings().first()
    if row is None:
        known = list(connection.scalars(sa.select(db.projects.c.name).order_by(db.projects.c.name)))
        close = difflib.get_close_matches(wanted, known, n=1)
        remedy = f"did you mean {close[0]}?" if close else "the catalogue lists every project"
        raise NotFoundError(f"there is no project {wanted!r}", remedy=remedy)
    return row


def find_release(connection: sa.Connection, name: str, version: str) -> Found:
    """A release of a project.

    Raises:
        NotFoundError: there is no such project, or no such version of it.
    """
    project = find_project(connection, name)
    wanted = _canonical(version)
    query = (
        sa.select(db.releases, db.files.c.sha256, db.files.c.filename)
        .join(db.files, db.files.c.release == db.releases.c.id)
        .where(db.releases.c.project == project["name"], db.releases.c.version == wanted)
    )
    row = connection.execute(query).mappings().first()
    if row is None:
        versions = list(
            connection.scalars(
                sa.select(db.releases.c.version).where(db.releases.c.project == project["name"])
            )
        )
        there = ", ".join(sorted(versions, key=_order)) or "none yet"
        raise NotFoundError(f"{project['name']} has no version {version}", remedy=f"there is: {there}")
    return Found(row, project, row["sha256"], row["filename"])


def signatures_of(connection: sa.Connection, release: int, act: str = "") -> tuple[Signature, ...]:
    """The signatures on a release that count, oldest first."""
    table = db.signatures
    query = sa.select(table).where(table.c.release == release, table.c.superseded.is_(None))
    if act:
        query = query.where(table.c.act == act)
    return tuple(
        Signature(
            one["id"],
            one["act"],
            one["person"],
            one["member"],
            one["for_coordinator"] or "",
            one["note"],
            one["at"],
        )
        for one in connection.execute(query.order_by(table.c.id)).mappings()
    )


def view_of(connection: sa.Connection, name: str, version: str) -> ReleaseView:
    """A release as it stands now.

    Raises:
        NotFoundError: there is no such release.
    """
    found = find_release(connection, name, version)
    signed = signatures_of(connection, found.row["id"])
    pending = "release_from_quarantine" if found.situation.quarantined else "certify"
    count = sum(one.act == pending for one in signed)
    needed = ACTS[pending].signatures
    is_open = found.situation.quarantined or found.situation.base == "published"
    waits = f"{count} of {needed} signatures to {pending.replace('_', ' ')}" if is_open and count else ""
    return ReleaseView(
        project=found.project["name"],
        version=found.row["version"],
        owner=found.project["owner"],
        state=found.situation.shown,
        base_state=found.situation.base,
        signatures=signed,
        waits_for=waits,
        advisory=(found.row["advisory"] or "") if found.situation.quarantined else "",
        sha256=found.sha256,
        pending=pending,
    )


def _canonical(version: str) -> str:
    try:
        return str(Version(version))
    except InvalidVersion:
        return version


def _order(version: str) -> Version:
    try:
        return Version(version)
    except InvalidVersion:  # a row that was written by hand
        return Version("0")
