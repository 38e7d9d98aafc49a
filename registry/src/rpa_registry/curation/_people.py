"""Who acts, as the database knows them at that moment, and what their token lets them do.

Rules this module keeps: a role, a municipality or a stand-in that changed since the token was read counts as
it is now; a token that is bound to projects does nothing to others; what is written into the log for good
holds no personal number.

Usage::

    actor = current_actor(connection, identity)
"""

from datetime import UTC, datetime

import sqlalchemy as sa

from rpa_commons.validators import contains_personal_number
from rpa_registry import db
from rpa_registry.accounts import Identity, standing_in_for
from rpa_registry.errors import ForbiddenError, LoginError, RegistryError

from ._who import Actor, Capacity, StandIn

__all__ = ["LONGEST_TEXT", "check_scope", "checked_text", "current_actor", "require_coordinator"]

LONGEST_TEXT = 2000
"""Characters of a reason, a note, a remedy."""


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
    )


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


def checked_text(text: str, what: str, *, is_required: bool = False) -> str:
    """A text that people will read for good: trimmed, bounded, without personal numbers.

    Raises:
        RegistryError: it is missing, too long, or holds what must not stand in a log.
    """
    found = text.strip()
    if is_required and not found:
        raise RegistryError(f"{what} is missing", remedy="say why; those who run the bot will read it")
    if len(found) > LONGEST_TEXT:
        raise RegistryError(
            f"{what} has {len(found)} characters, the most is {LONGEST_TEXT}", remedy="say it shorter"
        )
    if not found.replace("\n", "").replace("\t", "").isprintable():
        raise RegistryError(f"{what} holds control characters", remedy="send plain text")
    if contains_personal_number(found):
        raise RegistryError(
            f"{what} holds what looks like a personal number; the log keeps it for good and anyone reads it",
            remedy="say it without the number",
        )
    return found
