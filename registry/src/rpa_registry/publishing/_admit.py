"""One wheel from upload to staged release.

Rules this module keeps, in this order: who may upload at all; the same bytes again are answered at once; the
wheel is examined, and nothing of it is executed; every reason to refuse is told together; names and versions
are judged; the bytes are kept for good; then one transaction judges again and writes release, log and pages,
so a crash at any point leaves either the whole release or none (at most bytes that nobody can see).

Usage::

    admit(registry, identity, path, "welcome_letters-1.0.0-py3-none-any.whl").created
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from rpa_commons.conformance import Limits, WheelFinding, WheelReport, examine
from rpa_commons.connectors import built_in_names
from rpa_registry import pages
from rpa_registry.accounts import Identity, check_current, mark_used, may_act_for, require_scope
from rpa_registry.context import Registry
from rpa_registry.db import files, now, projects, releases
from rpa_registry.errors import ForbiddenError, RefusedError, TooLargeError
from rpa_registry.hooks import Event
from rpa_registry.log import append, canonical
from rpa_registry.tiers import quality_facts

from ._claims import contradictions
from ._judge import Repeat, judge, manifest_of, owner_of, repeated
from ._modules import brought_modules
from ._public import answered_names

__all__ = ["Admitted", "WheelRefusedError", "admit"]

_MOST_REASONS = 20  # in one message; `rpac check` shows all
_SOURCES = (".tar.gz", ".tgz", ".zip", ".tar.bz2", ".egg")


@dataclass(frozen=True)
class Admitted:
    """A staged release.

    Attributes:
        project: Its normalised name.
        version: Its version.
        sha256: Of the wheel.
        created: ``False`` when the same bytes were here already.
        report: The examination as JSON values, and the wheel's ``quality.toml`` as ``quality``.
        waits: Whether its name waits for a coordinator's acceptance.
    """

    project: str
    version: str
    sha256: str
    created: bool
    report: Mapping[str, Any]
    waits: bool = False


class WheelRefusedError(RefusedError):
    """The wheel was examined and cannot be taken.

    Attributes:
        report: What was found, warnings too.
    """

    def __init__(self, report: WheelReport) -> None:
        reasons = [finding for finding in report.findings if finding.severity == "error"]
        said = [f"{one.code} {one.place}: {one.message}" if one.place else f"{one.code} {one.message}"
                for one in reasons[:_MOST_REASONS]]  # fmt: skip
        more = len(reasons) - len(said)
        if more > 0:
            said.append(f"and {more} more")
        remedy = (
            f"`rpac check {report.filename}` shows the same with help for each; then build and send it again"
        )
        helps = list(dict.fromkeys(one.help for one in reasons[:_MOST_REASONS] if one.help))
        super().__init__(
            f"{report.filename} is refused: {'; '.join(said)}", remedy="\n".join([*helps, remedy])
        )
        self.report = report


def admit(
    registry: Registry,
    identity: Identity,
    wheel: Path,
    filename: str,
    *,
    expected_sha256: str = "",
    claimed: Mapping[str, str] | None = None,
) -> Admitted:
    """Take a wheel in.

    Args:
        registry: Where.
        identity: Who sends it.
        wheel: The bytes; they stay the caller's.
        filename: As it is to be published.
        expected_sha256: What it must have, where the sender said.
        claimed: What else the sender said of it, by field of the upload form.

    Raises:
        ForbiddenError: this person or token may not upload, or not this project.
        RefusedError: it is no wheel, the form contradicts it, or (:class:`WheelRefusedError`) it was examined
            and cannot be taken.
        TooLargeError: it has more bytes than the registry takes.
        ConflictError: the name or the version is taken or closed.
        LoginError: the token was revoked, or the person left, while this was going on.
        StorageError: there is no room, or the database cannot be written; nothing was changed.
    """
    _check_person(identity)
    _check_filename(filename)
    said = {**(claimed or {}), **({"sha256_digest": expected_sha256} if expected_sha256 else {})}
    _check_size(registry, wheel, filename)
    with registry.database.read() as connection:
        repeat = _known(connection, identity, wheel, filename, said)
        answered = answered_names(connection)
    if repeat is not None:
        return _again(repeat)
    report = _examined(registry, identity, wheel, filename, answered)
    _check_claims(said, report, wheel)
    modules = brought_modules(wheel)
    with registry.database.read() as connection:
        repeat = judge(connection, identity, report, modules)
    return _again(repeat) if repeat is not None else _stage(registry, identity, wheel, report, modules)


def _stage(
    registry: Registry, identity: Identity, wheel: Path, report: WheelReport, modules: frozenset[str]
) -> Admitted:
    """Keep the bytes, then judge once more and write, in one transaction."""
    document = {**report.to_json(), "quality": quality_facts(wheel)}
    registry.blobs.put(wheel, report.sha256, report.filename, report.metadata)
    with registry.database.write() as connection:
        check_current(connection, identity)
        repeat = judge(connection, identity, report, modules)
        if repeat is not None:
            return _again(repeat)
        known = owner_of(connection, report.name)
        details = _write(registry, connection, identity, report, document, is_new=known is None)
    subject = f"{report.name} {report.version}"
    registry.notify(Event("upload", subject, identity.login, identity.member, details))
    waits = known is None or known.accepted is None
    return Admitted(report.name, report.version, report.sha256, created=True, report=document, waits=waits)


def _check_person(identity: Identity) -> None:
    require_scope(identity, "upload")
    if not may_act_for(identity, identity.member):
        raise ForbiddenError(
            f"{identity.login} belongs to no municipality and cannot own a name",
            remedy="upload with the token of a developer, or `--as LOGIN`",
        )


def _check_filename(filename: str) -> None:
    if filename.endswith(".whl") and "/" not in filename and "\\" not in filename:
        return
    if filename.endswith(_SOURCES):
        raise RefusedError(
            f"{filename} is no wheel: a release is exactly one wheel, for building a source archive would "
            "execute it",
            remedy="send the wheel alone: `rpac build` makes it",
        )
    raise RefusedError(f"{filename!r} is no wheel's file name", remedy="send the file that `rpac build` made")


def _check_size(registry: Registry, wheel: Path, filename: str) -> None:
    size = wheel.stat().st_size
    if size > registry.settings.limits.largest_wheel:
        raise TooLargeError(
            f"{filename} has {size} bytes, and this registry takes {registry.settings.limits.largest_wheel}",
            remedy="leave out what the bot does not need; `limits.largest_wheel` in registry.toml",
        )


def _known(
    connection: sa.Connection, identity: Identity, wheel: Path, filename: str, said: Mapping[str, str]
) -> Repeat | None:
    with wheel.open("rb") as stream:
        sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
    if said.get("sha256_digest", sha256).lower() != sha256:
        raise RefusedError(
            f"the form says sha256_digest {said['sha256_digest']}, what arrived has {sha256}",
            remedy="it was damaged on its way, or another file was sent: send it again",
        )
    return repeated(connection, identity, sha256, filename)


def _again(repeat: Repeat) -> Admitted:
    return Admitted(
        repeat.project, repeat.version, repeat.sha256, created=False, report=json.loads(repeat.report)
    )


def _examined(
    registry: Registry, identity: Identity, wheel: Path, filename: str, answered: frozenset[str]
) -> WheelReport:
    limits = replace(Limits(), wheel_bytes=registry.settings.limits.largest_wheel)
    report = examine(
        wheel,
        filename=filename,
        limits=limits,
        owned=answered.__contains__,
        reserved=built_in_names(),
    )
    more: list[WheelFinding] = []
    if not report.refused:  # a plugin is given what can be read
        for found in registry.plugins.hook.rpa_registry_admission(report=report, member=identity.member):
            more += found or ()
    report = replace(report, findings=(*report.findings, *more))
    if report.refused:
        raise WheelRefusedError(report)
    return report


def _check_claims(said: Mapping[str, str], report: WheelReport, wheel: Path) -> None:
    differ = contradictions(said, report, wheel)
    if differ:
        raise RefusedError(
            "; ".join(differ), remedy="the wheel decides; send it with a program that reads it, such as twine"
        )


def _write(
    registry: Registry,
    connection: sa.Connection,
    identity: Identity,
    report: WheelReport,
    document: Mapping[str, Any],
    *,
    is_new: bool,
) -> dict[str, Any]:
    moment = now()
    if is_new:
        project = {
            "name": report.name,
            "kind": manifest_of(report).kind,
            "owner": identity.member,
            "status": "active",
            "created": moment,
        }
        connection.execute(sa.insert(projects).values(project))
    number = connection.execute(
        sa.insert(releases).values(_release(report, document, identity, moment)).returning(releases.c.id)
    ).scalar_one()
    connection.execute(sa.insert(files).values(_file(report, number, moment)))
    mark_used(connection, identity)
    warnings = sorted({one.code for one in report.findings})
    details = {"sha256": report.sha256, "filename": report.filename, "warnings": warnings}
    if is_new:
        details["owner"] = identity.member
    append(connection, identity, "upload", f"{report.name} {report.version}", details)
    pages.render(connection, registry.settings, report.name)
    return details


def _release(
    report: WheelReport, document: Mapping[str, Any], identity: Identity, moment: str
) -> dict[str, Any]:
    manifest = manifest_of(report)
    return {
        "project": report.name,
        "version": report.version,
        "state": "staged",
        "manifest": manifest.to_json(),
        "manifest_sha256": manifest.digest,
        "summary": report.summary,
        "readme": report.readme,
        "licence": report.licence,
        "requires_python": report.requires_python,
        "requires_dist": json.dumps(report.requires_dist),
        "report": canonical(document).decode(),
        "uploaded_by": identity.login,
        "staged": moment,
    }


def _file(report: WheelReport, release: int, moment: str) -> dict[str, Any]:
    return {
        "sha256": report.sha256,
        "release": release,
        "filename": report.filename,
        "size": report.size,
        "metadata": report.metadata,
        "metadata_sha256": hashlib.sha256(report.metadata).hexdigest(),
        "uploaded": moment,
    }
