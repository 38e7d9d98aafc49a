"""Who acts, and what they may: the answer of every way of signing in.

Usage::

    identity = as_person(connection, "anna")
    require_scope(identity, "upload", project="welcome-letters")
"""

from dataclasses import dataclass

import sqlalchemy as sa

from rpa_registry.db import members, people
from rpa_registry.errors import ForbiddenError, LoginError, NotFoundError

__all__ = [
    "ROLES",
    "SCOPES",
    "Identity",
    "as_person",
    "identity_of",
    "may_act_for",
    "operator",
    "require_care",
    "require_coordinator",
    "require_operator",
    "require_scope",
]

ROLES = ("developer", "coordinator", "auditor")
SCOPES = ("upload", "curate", "read")
_OPERATOR = "operator"


@dataclass(frozen=True)
class Identity:
    """A person of a member, signed in.

    Attributes:
        login: Their login; ``operator`` for whoever sits at the server and names nobody.
        name: Their name.
        member: Code of their municipality; empty for the operator.
        member_name: Its name.
        role: ``developer``, ``coordinator``, ``auditor`` or, at the server, ``operator``.
        scopes: Of ``upload``, ``curate``, ``read``: what this token is for.
        projects: The only ones that this token is for; ``None``: every project of the member.
        token_id: Number of the token; ``None`` at the command line.
        via: ``token 3`` or ``command line``, for the log.
    """

    login: str
    name: str
    member: str
    member_name: str
    role: str
    scopes: frozenset[str]
    projects: tuple[str, ...] | None = None
    token_id: int | None = None
    via: str = "command line"

    @property
    def is_coordinator(self) -> bool:
        """Whether they are one themselves; a stand-in is asked for with :func:`standing_in_for`."""
        return self.role == "coordinator"


def operator() -> Identity:
    """Whoever may write the registry's folder, before there is anybody else: makes the first members."""
    return Identity(_OPERATOR, "operator", "", "", _OPERATOR, frozenset(SCOPES))


def identity_of(
    connection: sa.Connection,
    login: str,
    scopes: frozenset[str],
    projects: tuple[str, ...] | None = None,
    token_id: int | None = None,
    via: str = "command line",
) -> Identity:
    """The person with this login, as somebody of these scopes.

    Raises:
        NotFoundError: there is none.
        LoginError: they take part no longer.
    """
    query = (
        sa.select(people, members.c.name.label("member_name"))
        .join(members, members.c.code == people.c.member)
        .where(people.c.login == login)
    )
    row = connection.execute(query).first()
    if row is None:
        raise NotFoundError(f"there is no person {login!r}", remedy="`rpac-registry person list` shows them")
    if not row.active:
        raise LoginError(
            f"{login} takes part no longer", remedy=f"`rpac-registry person enable {login}` lets them again"
        )
    return Identity(
        row.login, row.name, row.member, row.member_name, row.role, scopes, projects, token_id, via
    )


def as_person(connection: sa.Connection, login: str) -> Identity:
    """The person for whom the operator at the server acts: ``--as LOGIN``; the log says by which way.

    Raises:
        NotFoundError: there is no such person.
        LoginError: they take part no longer.
    """
    return identity_of(connection, login, frozenset(SCOPES))


def require_scope(identity: Identity, scope: str, project: str | None = None) -> None:
    """Refuse a token that is not for this.

    Raises:
        ForbiddenError: another scope, another project, or an auditor who would write.
    """
    if scope not in identity.scopes:
        raise ForbiddenError(
            f"this token is not for {scope}", remedy=f"a coordinator issues one with the scope {scope}"
        )
    if scope != "read" and identity.role == "auditor":
        raise ForbiddenError(f"{identity.login} is an auditor, who reads everything and changes nothing")
    if project is not None and identity.projects is not None and project not in identity.projects:
        raise ForbiddenError(
            f"this token is for {', '.join(identity.projects)} only, not for {project}",
            remedy="use the token of that project, or ask a coordinator for one",
        )


def require_coordinator(identity: Identity, what: str) -> None:
    """Refuse whoever is neither a coordinator nor the operator at the server.

    Raises:
        ForbiddenError: they are somebody else.
    """
    if identity.role not in ("coordinator", _OPERATOR):
        raise ForbiddenError(
            f"{what} is a coordinator's; {identity.login} is {_article(identity.role)}",
            remedy="ask one: `rpac-registry person list` shows who they are",
        )


def require_operator(identity: Identity, what: str) -> None:
    """Refuse everybody but the operator: with these acts one coordinator could become two.

    Raises:
        ForbiddenError: they are somebody else.
    """
    if identity.role != _OPERATOR:
        raise ForbiddenError(
            f"{what} is the operator's, for two must sign and nobody may be both",
            remedy="ask whoever runs the registry: they do it at the server, without --as",
        )


def require_care(identity: Identity, member: str, role: str, what: str) -> None:
    """Refuse whoever does not look after such a person: the operator does, and coordinators after their own.

    Args:
        identity: Who acts.
        member: Code of the municipality of the person it is about.
        role: That person's.
        what: The act, as the beginning of a sentence.

    Raises:
        ForbiddenError: they are no coordinator; or it is about a coordinator or somebody else's people.
    """
    require_coordinator(identity, what)
    if role == "coordinator" or member != identity.member:
        whose = "coordinator" if role == "coordinator" else f"{role} of another municipality"
        require_operator(identity, f"{what} who is {_article(whose)}")


def may_act_for(identity: Identity, member: str) -> bool:
    """Whether they are a developer or coordinator of that municipality."""
    return identity.member == member and identity.role in ("developer", "coordinator")


def _article(role: str) -> str:
    return f"{'an' if role[:1] in 'aeiou' else 'a'} {role}"
