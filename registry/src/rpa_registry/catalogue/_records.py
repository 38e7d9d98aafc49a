"""A project with its releases, as the database has them: what every page and document is made from.

Rules this module keeps: a fixed number of queries, however many releases there are; what may be shown to
whom is decided here once (:attr:`Release.is_public`, :meth:`Release.is_in`), and nowhere else.

Usage::

    project = load_project(connection, "welcome-letters")
    [release.version for release in project.releases if release.is_in("certified")]
"""

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import sqlalchemy as sa
from packaging.version import InvalidVersion, Version

from rpa_registry import db
from rpa_registry.tiers import Assessed, assessed_releases

from ._served import PUBLIC, is_served

__all__ = ["CHANNELS", "Channel", "Person", "Project", "Release", "Report", "Signature", "load_project"]

Channel = Literal["certified", "all"]
CHANNELS: tuple[Channel, ...] = ("certified", "all")


@dataclass(frozen=True)
class Person:
    """Who did something, and for which member on that day."""

    login: str
    name: str
    member: str
    """The member's code."""
    member_name: str

    def to_json(self) -> dict[str, Any]:
        """As the documents name a person."""
        return {
            "login": self.login,
            "person": self.name,
            "member": {"code": self.member, "name": self.member_name},
        }


@dataclass(frozen=True)
class Signature:
    """One coordinator's yes; superseded ones are not loaded."""

    act: str
    by: Person
    for_coordinator: str
    """Login of whom they stood in for, or empty."""
    note: str
    at: str


@dataclass(frozen=True)
class Report:
    """What somebody measured on exactly this wheel, shown as theirs."""

    kind: str
    by: Person
    result: Any
    at: str


@dataclass(frozen=True)
class Release:
    """One version: its row, its one wheel, its signatures and reports."""

    row: Mapping[Any, Any]
    file: Mapping[Any, Any]
    uploaded_by: Person
    assessed: Assessed
    signatures: tuple[Signature, ...] = ()
    reports: tuple[Report, ...] = ()
    status: str = "active"
    """Its project's."""

    @property
    def version(self) -> str:
        """Canonical (PEP 440)."""
        return str(self.row["version"])

    @property
    def base_state(self) -> str:
        """staged, in_review, published, certified or withdrawn."""
        return str(self.row["state"])

    @property
    def state(self) -> str:
        """What is shown: the gravest thing that is true of it."""
        if self.row["quarantined"]:
            return "quarantined"
        if self.base_state == "withdrawn":
            return "withdrawn"
        return next((flag for flag in ("yanked", "deprecated") if self.row[flag]), self.base_state)

    @property
    def is_public(self) -> bool:
        """Whether it was published, so that its contents may be shown to anyone."""
        return self.base_state in PUBLIC

    @property
    def is_served(self) -> bool:
        """Whether anyone may fetch its wheel."""
        return is_served(self.base_state, self.row["quarantined"], self.status)

    def is_in(self, channel: Channel) -> bool:
        """Whether a channel offers it."""
        return self.is_served and (channel == "all" or self.base_state == "certified")

    @property
    def yanked(self) -> str | None:
        """The reason it was yanked for, or ``None``."""
        return str(self.row["yanked_reason"] or "") if self.row["yanked"] else None

    @property
    def changed(self) -> str:
        """When something last happened to it."""
        times = ("staged", "in_review", "published", "certified", "withdrawn")
        return max(self.row[key] or "" for key in (*times, "deprecated", "yanked", "quarantined"))

    @property
    def manifest(self) -> dict[str, Any]:
        """The plugin description in the wheel."""
        found: dict[str, Any] = json.loads(self.row["manifest"])
        return found

    def certified_by(self) -> list[Person]:
        """Who signed its certification so far, the first one first."""
        return [one.by for one in self.signatures if one.act == "certify"]


@dataclass(frozen=True)
class Project:
    """One project; its releases newest first."""

    row: Mapping[Any, Any]
    owner_name: str
    country: str
    releases: tuple[Release, ...]

    @property
    def name(self) -> str:
        """Normalised (PEP 503)."""
        return str(self.row["name"])

    @property
    def is_accepted(self) -> bool:
        """Whether the name counts: pages, lists and clients know it from then on."""
        return self.row["accepted"] is not None

    def newest(self, channel: Channel) -> Release | None:
        """What an installer would choose in a channel: none yanked; pre-releases when nothing else is."""
        offered = [one for one in self.releases if one.is_in(channel) and not one.row["yanked"]]
        final = [one for one in offered if not _order(one.version).is_prerelease]
        return next(iter(final or offered), None)


def load_project(connection: sa.Connection, name: str) -> Project | None:
    """One project with everything that is shown of it, or ``None``."""
    owner = sa.select(db.projects, db.members.c.name.label("owner_name"), db.members.c.country)
    row = (
        connection.execute(owner.join(db.members).where(db.projects.c.name == name)).mappings().one_or_none()
    )
    if row is None:
        return None
    rows = connection.execute(_releases(name)).mappings().all()
    files = {one["release"]: one for one in connection.execute(_files(name)).mappings()}
    signatures = _signatures(connection, name)
    reports = _reports(connection, name)
    assessed = assessed_releases(connection, name)
    releases = [
        Release(
            row=one,
            file=files[one["id"]],
            uploaded_by=_person(one, "uploaded_by"),
            assessed=assessed[one["version"]],
            signatures=tuple(signatures[one["id"]]),
            reports=tuple(reports[files[one["id"]]["sha256"]]),
            status=str(row["status"]),
        )
        for one in rows
        if one["id"] in files
    ]
    releases.sort(key=lambda one: _order(one.version), reverse=True)
    return Project(row, str(row["owner_name"]), str(row["country"]), tuple(releases))


def _releases(name: str) -> sa.Select[Any]:
    people, members = db.people, db.members
    unneeded = {"report"}  # the conformance report is long and no page shows it
    columns = [column for column in db.releases.c if column.name not in unneeded]
    names = (people.c.name.label("person_name"), people.c.member, members.c.name.label("member_name"))
    joined = db.releases.join(people, people.c.login == db.releases.c.uploaded_by)
    return sa.select(*columns, *names).select_from(joined.join(members)).where(db.releases.c.project == name)


def _files(name: str) -> sa.Select[Any]:
    columns = [column for column in db.files.c if column.name != "metadata"]
    return sa.select(*columns).join(db.releases).where(db.releases.c.project == name)


def _signatures(connection: sa.Connection, name: str) -> dict[int, list[Signature]]:
    table, people, members = db.signatures, db.people, db.members
    query = (
        sa.select(table, people.c.name.label("person_name"), members.c.name.label("member_name"))
        .join(db.releases, db.releases.c.id == table.c.release)
        .join(people, people.c.login == table.c.person)
        .join(members, members.c.code == table.c.member)
        .where(db.releases.c.project == name, table.c.superseded.is_(None))
        .order_by(table.c.id)
    )
    found: dict[int, list[Signature]] = defaultdict(list)
    for row in connection.execute(query).mappings():
        by = _person(row, "person")
        one = Signature(row["act"], by, row["for_coordinator"] or "", row["note"], row["at"])
        found[row["release"]].append(one)
    return found


def _reports(connection: sa.Connection, name: str) -> dict[str, list[Report]]:
    table, people, members = db.reports, db.people, db.members
    query = (
        sa.select(
            table, people.c.name.label("person_name"), people.c.member, members.c.name.label("member_name")
        )
        .join(db.files, db.files.c.sha256 == table.c.sha256)
        .join(db.releases, db.releases.c.id == db.files.c.release)
        .join(people, people.c.login == table.c.person)
        .join(members, members.c.code == people.c.member)
        .where(db.releases.c.project == name)
        .order_by(table.c.id)
    )
    found: dict[str, list[Report]] = defaultdict(list)
    for row in connection.execute(query).mappings():
        signed = json.loads(row["signed"])
        result = signed.get("result") if isinstance(signed, dict) else None
        found[row["sha256"]].append(Report(row["kind"], _person(row, "person"), result, row["at"]))
    return found


def _person(row: Mapping[Any, Any], login: str) -> Person:
    return Person(row[login], row["person_name"], row["member"], row["member_name"])


def _order(version: str) -> Version:
    try:
        return Version(version)
    except InvalidVersion:  # admission takes none; a row written by hand must not stop the pages
        return Version("0")
