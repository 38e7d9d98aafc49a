"""Whether a wheel that was examined may become a release here: names, owners, what is there already.

Rules this module keeps: it only reads, so it is asked twice: before the bytes are kept, and again inside the
transaction that writes, where nobody can come between. The first upload of a free name makes it the
uploader's municipality's for good; a version number is used once.

Usage::

    repeat = judge(connection, identity, report, brought_modules(wheel))  # None: it is new
"""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from packaging.version import Version

from rpa_commons.conformance import WheelReport
from rpa_commons.manifest import Manifest
from rpa_registry.accounts import Identity, require_scope
from rpa_registry.db import files, members, projects, releases
from rpa_registry.errors import ConflictError, ForbiddenError, RefusedError

from ._known import foreign_names, why_taken
from ._modules import check_modules
from ._names import similar_name

__all__ = ["Repeat", "judge", "manifest_of", "owner_of", "repeated"]

_CLOSED = {"archived": "archived", "quarantined": "quarantined"}
_RAISE = "raise the version: other bytes are another release"


@dataclass(frozen=True)
class Repeat:
    """A release that is here already with the same bytes; ``report`` is the JSON text of its examination."""

    project: str
    version: str
    sha256: str
    report: str


def judge(
    connection: sa.Connection, identity: Identity, report: WheelReport, modules: frozenset[str]
) -> Repeat | None:
    """Refuse, or say whether it is here already.

    Args:
        connection: A reading or a writing one.
        identity: Who uploads.
        report: The wheel, with no error in it.
        modules: What it brings (:func:`rpa_registry.publishing._modules.brought_modules`).

    Raises:
        ForbiddenError: the name is another municipality's, or the token is not for this project.
        ConflictError: the name is too like another one or means a public package, a module is somebody
            else's, the version number is used, or the project takes no releases.
    """
    require_scope(identity, "upload", report.name)
    project = owner_of(connection, report.name)
    if project is None:
        _check_free(connection, report.name)
        check_modules(connection, modules, report.name, identity.member, is_new=True)
        return None
    if project.owner != identity.member:
        raise ForbiddenError(
            f"{report.name} belongs to {project.owner_name} ({project.owner}), and {identity.login} is of "
            f"{identity.member_name} ({identity.member})",
            remedy="choose another name, or send the change to its owner",
        )
    if project.status in _CLOSED:
        raise ConflictError(
            f"{report.name} is {_CLOSED[project.status]} and takes no releases: {project.status_reason}",
            remedy="its owner or a coordinator makes it active again",
        )
    if project.kind != (kind := manifest_of(report).kind):
        raise ConflictError(
            f"{report.name} is a {project.kind}, and this wheel is a {kind}",
            remedy="choose another name for it",
        )
    check_modules(connection, modules, report.name, project.owner, is_new=project.accepted is None)
    return _same_release(connection, report)


def repeated(connection: sa.Connection, identity: Identity, sha256: str, filename: str) -> Repeat | None:
    """The release that has these bytes under this file name already, if it is this member's and in use.

    Everything else is for :func:`judge`, after the wheel was examined.
    """
    query = (
        sa.select(releases, projects.c.owner, files.c.filename)
        .join(files, files.c.release == releases.c.id)
        .join(projects, projects.c.name == releases.c.project)
        .where(files.c.sha256 == sha256)
    )
    row = connection.execute(query).first()
    if row is None or row.filename != filename or row.owner != identity.member or _unusable(row):
        return None
    require_scope(identity, "upload", row.project)
    return Repeat(row.project, row.version, sha256, row.report)


def manifest_of(report: WheelReport) -> Manifest:
    """What the wheel says of itself; one without an error says it.

    Raises:
        RefusedError: it says nothing.
    """
    if report.manifest is None:
        raise RefusedError(f"{report.filename} has no manifest", remedy="build it with `rpac build`")
    return report.manifest


def owner_of(connection: sa.Connection, name: str) -> Any | None:  # noqa: ANN401 - a row of SQLAlchemy
    """The project's row and ``owner_name``, or ``None``."""
    query = (
        sa.select(projects, members.c.name.label("owner_name"))
        .join(members, members.c.code == projects.c.owner)
        .where(projects.c.name == name)
    )
    return connection.execute(query).first()


def _check_free(connection: sa.Connection, name: str) -> None:
    if why := why_taken(connection, name):
        raise ConflictError(
            f"{name} cannot be a project here: it {why}",
            remedy="choose another name: an installer that looks here first would get yours instead",
        )
    taken = set(connection.scalars(sa.select(projects.c.name)))
    alike = similar_name(name, taken | foreign_names())
    if alike is None:
        return
    row = owner_of(connection, alike)
    whose = f"of {row.owner_name} ({row.owner})" if row else "elsewhere"
    raise ConflictError(
        f"{name} is too like {alike} {whose}: people would take one for the other",
        remedy="choose a name that differs in more than separators, digits and letters that look alike",
    )


def _same_release(connection: sa.Connection, report: WheelReport) -> Repeat | None:
    spelt = _spelt(connection, report.name, report.version)
    query = (
        sa.select(releases, files.c.sha256, files.c.filename)
        .join(files, files.c.release == releases.c.id)
        .where(
            sa.or_(
                sa.and_(releases.c.project == report.name, releases.c.version == spelt),
                files.c.filename == report.filename,
                files.c.sha256 == report.sha256,
            )
        )
    )
    row = connection.execute(query).first()
    if row is None:
        return None
    subject = f"{row.project} {row.version}"
    problem = _unusable(row)
    if problem:
        raise ConflictError(f"{subject} {problem}; a version number is used once", remedy="raise the version")
    if row.sha256 != report.sha256:
        raise ConflictError(
            f"{subject} is here already with other bytes (SHA-256 {row.sha256[:12]}…, not "
            f"{report.sha256[:12]}…), since {row.staged}",
            remedy=_RAISE,
        )
    if row.filename != report.filename:
        raise ConflictError(f"the same bytes are here already as {row.filename}", remedy=_RAISE)
    return Repeat(row.project, row.version, row.sha256, row.report)


def _spelt(connection: sa.Connection, project: str, version: str) -> str:
    """A version as it is here: 1.0 and 1.0.0 are one version to every installer."""
    known = connection.scalars(sa.select(releases.c.version).where(releases.c.project == project))
    return next((one for one in known if Version(one) == Version(version)), version)


def _unusable(row: Any) -> str:  # noqa: ANN401 - a row of SQLAlchemy
    if row.withdrawn:
        return f"was withdrawn on {row.withdrawn}"
    if row.quarantined:
        return f"is quarantined by the advisory {row.advisory}"
    return ""
