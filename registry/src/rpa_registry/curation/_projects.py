"""The life of a project: its name, its status (PEP 792), its exemptions from quality rules, who runs it.

Rules this module keeps: a new name means nothing to anybody until a coordinator of another municipality
accepts it; a project that is archived or deprecated stays installable, a quarantined one offers nothing; one
coordinator quarantines, two end it; who exempts is a coordinator, and has nothing to do with the owner;
who runs what is told by the municipality itself.

Usage::

    set_status(registry, jens, "welcome-letters", "archived", reason="the law it follows has ended")
"""

from typing import Any

import sqlalchemy as sa

from rpa_registry import db, log, pages
from rpa_registry.accounts import Identity
from rpa_registry.context import Registry
from rpa_registry.errors import ConflictError, ForbiddenError, NotFoundError, RegistryError
from rpa_registry.publishing import why_taken
from rpa_registry.texts import checked_text
from rpa_registry.tiers import RULES, Assessed, assessed_releases

from ._acts import record
from ._events import deliver
from ._people import check_scope, current_actor, require_coordinator, signed_so_far
from ._releases import find_project, find_release
from ._states import ACCEPT_NAME, END_QUARANTINE, EXEMPT
from ._who import Capacity, capacity_of

__all__ = ["STATUSES", "accept_name", "exempt", "record_usage", "set_status", "tier_of", "withdraw_exemption"]

STATUSES = ("active", "archived", "quarantined", "deprecated")
"""Status markers of PEP 792."""


def set_status(
    registry: Registry, identity: Identity, project: str, status: str, *, reason: str = ""
) -> dict[str, Any]:
    """Say how a project lives on.

    Args:
        registry: Where.
        identity: Somebody of the owner, or a coordinator; for quarantine a coordinator, for its end two.
        project: Its name.
        status: One of :data:`STATUSES`.
        reason: Why; may be left out for ``active``.

    Raises:
        NotFoundError: there is no such project.
        ConflictError: it has this status already, or they signed already.
        ForbiddenError: this person or token may not.
        RegistryError: there is no such status, or the reason is missing.
    """
    if status not in STATUSES:
        raise RegistryError(f"{status!r} is no status", remedy=f"there is: {', '.join(STATUSES)}")
    said = checked_text(reason, "the reason", is_required=status != "active")
    with registry.database.write() as connection:
        row = find_project(connection, project)
        was = row["status"]
        if was == status:
            _may_change(connection, identity, row, status)
            raise ConflictError(f"{row['name']} is {status} already", remedy="there is nothing to do")
        details = {"from": was, "to": status, "reason": said}
        happens = True
        if was == "quarantined":
            count, capacity = _sign_end(connection, identity, row, status, said)
            happens = count >= END_QUARANTINE.signatures
            details["signature"] = f"{count} of {END_QUARANTINE.signatures}"
            if capacity.for_coordinator:
                details["for_coordinator"] = capacity.for_coordinator
        else:
            _may_change(connection, identity, row, status)
        if happens:
            _put_status(connection, row["name"], status, said)
        act = "project_status" if happens else END_QUARANTINE.name
        record(registry, connection, identity, act, row, "", details)
    deliver(registry)
    waits = "" if happens else f"{details['signature']} signatures to end the quarantine"
    return {
        "project": row["name"],
        "status": status if happens else was,
        "reason": said,
        "waits_for": waits,
    }


def accept_name(registry: Registry, identity: Identity, project: str, *, reason: str) -> dict[str, Any]:
    """Let a new name stand: from now on clients know it, and releases of it can be published.

    Args:
        registry: Where.
        identity: A coordinator of another municipality than the owner's, or who stands in for one.
        project: The name.
        reason: Why it may mean a project of this cooperation; others read it for good.

    Raises:
        NotFoundError: nobody has uploaded under this name.
        ConflictError: it is accepted already, or it means something else meanwhile.
        ForbiddenError: this person or token may not.
        RegistryError: the reason is missing.
    """
    said = checked_text(reason, "the reason to accept the name", is_required=True)
    with registry.database.write() as connection:
        row = find_project(connection, project)
        name = row["name"]
        capacity = capacity_of(ACCEPT_NAME, current_actor(connection, identity), row["owner"])
        check_scope(identity, name, capacity)
        if row["accepted"] is not None:
            raise ConflictError(f"{name} is accepted already", remedy="there is nothing to do")
        if why := why_taken(connection, name, is_new=False):
            raise ConflictError(
                f"{name} cannot be accepted: it {why}", remedy="its owner chooses another name"
            )
        connection.execute(
            sa.update(db.projects)
            .where(db.projects.c.name == name)
            .values(accepted=db.now(), accepted_by=identity.login)
        )
        details = {"reason": said}
        if capacity.for_coordinator:
            details["for_coordinator"] = capacity.for_coordinator
        # Pages of the log that were full before name it without a link: it had no page to lead to.
        record(registry, connection, identity, ACCEPT_NAME.name, row, "", details, whole_log=True)
    deliver(registry)
    return {"project": name, "accepted_by": identity.login, "reason": said}


def _sign_end(
    connection: sa.Connection,
    identity: Identity,
    row: Any,  # noqa: ANN401 - a row
    status: str,
    reason: str,
) -> tuple[int, Capacity]:
    """Keep one signature that ends a quarantine; how many there are, and in which capacity it was given."""
    if status != "active":
        raise ConflictError(
            f"{row['name']} is quarantined",
            remedy="two coordinators make it active first, then it can change",
        )
    checked_text(reason, "the reason to end the quarantine", is_required=True)
    table = db.project_signatures
    mine = (table.c.project == row["name"], table.c.act == END_QUARANTINE.name)
    actor = current_actor(connection, identity)
    signed = signed_so_far(connection, table, *mine)
    capacity = capacity_of(END_QUARANTINE, actor, row["owner"], signed)
    check_scope(identity, row["name"], capacity)
    connection.execute(
        sa.insert(table).values(
            project=row["name"],
            act=END_QUARANTINE.name,
            person=identity.login,
            member=actor.member,
            for_coordinator=capacity.for_coordinator or None,
            at=db.now(),
        )
    )
    return len(signed) + 1, capacity


def _put_status(connection: sa.Connection, name: str, status: str, reason: str) -> None:
    connection.execute(
        sa.update(db.projects).where(db.projects.c.name == name).values(status=status, status_reason=reason)
    )
    table = db.project_signatures
    connection.execute(
        sa.update(table)
        .where(table.c.project == name, table.c.superseded.is_(None))
        .values(superseded=db.now())
    )


def _may_change(connection: sa.Connection, identity: Identity, row: Any, status: str) -> None:  # noqa: ANN401 - a row
    if status == "quarantined":
        require_coordinator(connection, identity, row["name"], "quarantine a project")
    else:
        _owner_or_coordinator(connection, identity, row)


def exempt(registry: Registry, identity: Identity, project: str, rule: str, *, reason: str) -> dict[str, Any]:
    """Let a quality rule not count for a project; kept with person and reason.

    Raises:
        NotFoundError: there is no such project or rule.
        ForbiddenError: they are no coordinator, or of the owner's municipality.
        ConflictError: it is exempt already.
        RegistryError: the rule has no exemption, or the reason is missing.
    """
    said = checked_text(reason, "the reason to exempt", is_required=True)
    known = RULES.get(rule)
    if known is None:
        raise NotFoundError(f"there is no rule {rule!r}", remedy=f"there is: {', '.join(RULES)}")
    if not known.is_exemptable:
        raise RegistryError(f"nothing is exempt from {rule}", remedy=known.how)
    with registry.database.write() as connection:
        row = find_project(connection, project)
        _other_coordinator(connection, identity, row, "exempt a project from a rule")
        if _has_exemption(connection, row["name"], rule):
            raise ConflictError(
                f"{row['name']} is exempt from {rule} already", remedy="there is nothing to do"
            )
        connection.execute(
            sa.insert(db.exemptions).values(
                project=row["name"], rule=rule, reason=said, person=identity.login, at=db.now()
            )
        )
        record(registry, connection, identity, "exempt", row, "", {"rule": rule, "reason": said})
    deliver(registry)
    return {"project": row["name"], "rule": rule, "reason": said, "person": identity.login}


def withdraw_exemption(
    registry: Registry, identity: Identity, project: str, rule: str, *, reason: str
) -> dict[str, Any]:
    """Let a quality rule count again.

    Raises:
        NotFoundError: there is no such project or exemption.
        ForbiddenError: they are no coordinator, or of the owner's municipality.
        RegistryError: the reason is missing.
    """
    said = checked_text(reason, "the reason to end the exemption", is_required=True)
    with registry.database.write() as connection:
        row = find_project(connection, project)
        _other_coordinator(connection, identity, row, "end an exemption")
        if not _has_exemption(connection, row["name"], rule):
            raise NotFoundError(f"{row['name']} is not exempt from {rule}", remedy="there is nothing to do")
        table = db.exemptions
        connection.execute(sa.delete(table).where(table.c.project == row["name"], table.c.rule == rule))
        record(registry, connection, identity, "unexempt", row, "", {"rule": rule, "reason": said})
    deliver(registry)
    return {"project": row["name"], "rule": rule, "reason": said, "person": identity.login}


def record_usage(
    registry: Registry, identity: Identity, municipality: str, project: str, version: str
) -> dict[str, Any]:
    """A municipality says which version of a project it runs; an empty version: none any more.

    Raises:
        NotFoundError: there is no such release.
        ForbiddenError: they speak for another municipality.
    """
    with registry.database.write() as connection:
        actor = current_actor(connection, identity)
        if actor.member != municipality or actor.role == "auditor":
            raise ForbiddenError(
                f"{identity.login} is {actor.role} of {actor.member} and cannot speak for {municipality}",
                remedy="somebody of that municipality says what it runs",
            )
        row = find_project(connection, project)
        check_scope_of_usage(identity, row["name"])
        name, table = row["name"], db.usage
        mine = (table.c.member == municipality, table.c.project == name)
        was = connection.scalar(sa.select(table.c.version).where(*mine))
        runs = find_release(connection, name, version).row["version"] if version else ""
        if (was or "") != runs:
            connection.execute(sa.delete(table).where(*mine))
            if runs:
                connection.execute(
                    sa.insert(table).values(member=municipality, project=name, version=runs, at=db.now())
                )
            details = {"from": was or "", "to": runs}
            log.append(connection, identity, "usage", f"{name} {runs}".strip(), details)
            pages.render(connection, registry.settings, name)
    return {"municipality": municipality, "project": name, "version": runs or None}


def check_scope_of_usage(identity: Identity, project: str) -> None:
    """Any token of a municipality may say what it runs, if it is for this project."""
    if identity.projects is not None and project not in identity.projects:
        raise ForbiddenError(
            f"this token is for {', '.join(identity.projects)}, not for {project}",
            remedy="use a token without a list of projects",
        )


def tier_of(registry: Registry, project: str, version: str) -> Assessed:
    """The tier of a release with each rule.

    Raises:
        NotFoundError: there is no such release.
    """
    with registry.database.read() as connection:
        found = find_release(connection, project, version)
        return assessed_releases(connection, found.project["name"])[found.row["version"]]


def _owner_or_coordinator(connection: sa.Connection, identity: Identity, row: Any) -> None:  # noqa: ANN401 - a row
    actor = current_actor(connection, identity)
    if actor.member == row["owner"] and actor.role in {"developer", "coordinator"}:
        check_scope(identity, row["name"], Capacity("owner"))
        return
    require_coordinator(connection, identity, row["name"], f"change the life of {row['name']}")


def _other_coordinator(connection: sa.Connection, identity: Identity, row: Any, what: str) -> None:  # noqa: ANN401 - a row
    capacity = capacity_of(EXEMPT, require_coordinator(connection, identity, row["name"], what), row["owner"])
    check_scope(identity, row["name"], capacity)


def _has_exemption(connection: sa.Connection, project: str, rule: str) -> bool:
    table = db.exemptions
    query = sa.select(table.c.id).where(table.c.project == project, table.c.rule == rule)
    return connection.scalar(query) is not None
