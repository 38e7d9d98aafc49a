"""Who acts, as the database knows them at that moment, and what their token lets them do.

Rules this module keeps: a role, a municipality or a stand-in that changed since the token was read counts as
it is now; a token that is bound to projects does nothing to others.

Usage::

    actor = current_actor(connection, identity)
"""

from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa

from rpa_registry import db
from rpa_registry.accounts import Identity, standing_in_for, tied_to
from rpa_registry.errors import ForbiddenError, LoginError

from ._who import Actor, Capacity, Signed, StandIn

__all__ = ["check_scope", "current_actor", "require_coordinator", "signed_so_far"]


def current_actor(connection: sa.Connection, identity: Identity) -> Actor:
    """The person behind an identity as they are now.

    Raises:
        LoginError: they are gone or were put out of action.
    """
    row = connection.execute(
        sa.select(db.people).where(db.people.c.login == identity.login, db.people.c.active.is_(True))
    ).first()
    if row is None:
        raise LoginError(
            f"{identity.login} is nobody who acts here",
            remedy="`rpac-registry person list` shows who does; the operator adds people",
        )
    today = datetime.now(UTC).date()
    away = standing_in_for(connection, row.login, today)
    return Actor(
        row.login,
        row.member,
        row.role,
        tuple(StandIn(one.coordinator, one.coordinator_member) for one in away),
        tied_to(connection, row.login, today),
    )


def signed_so_far(connection: sa.Connection, table: sa.Table, *where: sa.ColumnElement[bool]) -> list[Signed]:
    """Signatures that count, each with whom its signer was tied to on that day.

    Args:
        connection: To read with.
        table: ``signatures`` or ``project_signatures``.
        where: Which of them.
    """
    query = sa.select(table).where(table.c.superseded.is_(None), *where).order_by(table.c.id)
    return [_signed(connection, row) for row in connection.execute(query).all()]


def _signed(connection: sa.Connection, row: Any) -> Signed:  # noqa: ANN401 - a row of SQLAlchemy
    people = db.people
    away = connection.scalar(sa.select(people.c.member).where(people.c.login == row.for_coordinator))
    tied = tied_to(connection, row.person, date.fromisoformat(row.at[:10]))
    members = {row.member} | ({str(away)} if away else set())
    return Signed(row.person, frozenset(members), row.for_coordinator or "", tied)


def check_scope(identity: Identity, project: str, capacity: Capacity) -> None:
    """Refuse what the token does not let its owner do.

    Raises:
        ForbiddenError: it is for something else, or for other projects.
    """
    wanted = {"curate"} if capacity.kind == "coordinator" else {"curate", "upload"}
    if not wanted & set(identity.scopes):
        raise ForbiddenError(
            f"this token has the scope {', '.join(sorted(identity.scopes)) or 'none'}; "
            f"this needs {' or '.join(sorted(wanted))}",
            remedy=f"use a token with the scope {min(wanted)}",
        )
    if identity.projects is not None and project not in identity.projects:
        raise ForbiddenError(
            f"this token is for {', '.join(identity.projects) or 'no project'}, not for {project}",
            remedy="use a token without a list of projects, or one for this one",
        )


def require_coordinator(connection: sa.Connection, identity: Identity, project: str, what: str) -> Actor:
    """The actor, who must be a coordinator or stand in for one.

    Raises:
        ForbiddenError: they are neither, or their token is for something else.
        LoginError: they are gone.
    """
    actor = current_actor(connection, identity)
    if actor.role == "auditor" or (actor.role != "coordinator" and not actor.stands_in_for):
        raise ForbiddenError(
            f"to {what} is for coordinators, and who stands in for one today; "
            f"{actor.login} is {actor.role} of {actor.member}",
            remedy="ask a coordinator",
        )
    check_scope(identity, project, Capacity("coordinator"))
    return actor
